// SPDX-License-Identifier: Apache-2.0
/* dial.c - trunks in order, and the states of a leg that rings. */
#include "core/dial.h"

#include "core/admission.h"
#include "core/leg.h"
#include "core/offer.h"
#include "core/operators.h"
#include "core/phones.h"
#include "core/places.h"
#include "core/redirect.h"
#include "core/trunk.h"

static bool is_of_users(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != 0 && text_find(TEXT("-_.!~*'()&=+$,;/"), (struct text){&c, 1}) >= 0);
}

void dial_user(struct text number, char *out, uint32_t size)
{
    struct text_buffer buffer;

    text_buffer_init(&buffer, out, size - 1);
    for (uint32_t i = 0; i < number.size; i++) {
        unsigned char c = (unsigned char)number.data[i];
        if (is_of_users(number.data[i])) {
            text_append_char(&buffer, number.data[i]);
            continue;
        }
        text_append_char(&buffer, '%');
        text_append_char(&buffer, "0123456789ABCDEF"[c >> 4]);
        text_append_char(&buffer, "0123456789ABCDEF"[c & 15]);
    }
    out[buffer.cut ? 0 : buffer.size] = 0;
}

/* It has room, and is not known to be down. */
static bool usable(struct step *step, const struct call *call, int16_t trunk)
{
    bool now = call->plan == step->core->plan_now;

    return !admission_trunk_full(step->core, call_plan(step->core, call), trunk) &&
           (!now || trunk_take(step, trunk));
}

static int16_t next_trunk(struct step *step, struct call *call)
{
    const struct plan *plan = call_plan(step->core, call);
    struct dial *dial = &call->dial;

    if (dial->only >= 0)
        return dial->tried++ == 0 && usable(step, call, dial->only) ? dial->only : -1;
    while (dial->tried < plan->outbound_count) {
        int16_t trunk = plan->outbound[dial->tried++];
        if (usable(step, call, trunk))
            return trunk;
    }
    return -1;
}

/* "sip:NUMBER@HOST:PORT;transport=tcp"; a whole URI stays as it is: a copy, since in this step others
 * may be called beside it. */
static struct text write_uri(struct step *step, const struct call *call,
                             const struct plan_trunk *trunk)
{
    struct text target = text_of(call->dial.target);
    struct text_buffer uri = step_text(step);
    bool ipv6 = text_find(trunk->host, TEXT(":")) >= 0;

    if (text_starts_nocase(target, TEXT("sip:")) || text_starts_nocase(target, TEXT("sips:")))
        return step_text_copy(step, target);
    text_append(&uri, TEXT("sip:"));
    text_append(&uri, target);
    text_append(&uri, ipv6 ? TEXT("@[") : TEXT("@"));
    text_append(&uri, trunk->host);
    if (ipv6)
        text_append_char(&uri, ']');
    if (trunk->port) {
        text_append_char(&uri, ':');
        text_append_number(&uri, trunk->port);
    }
    if (trunk->transport_given && trunk->transport != TRANSPORT_UDP) {
        text_append(&uri, TEXT(";transport="));
        text_append(&uri, text_of(transport_names[trunk->transport]));
    }
    return step_text_take(step, &uri);
}

/* A telephone is called by its own address, where it registered from and as it did: its address may
 * be one that only its own network knows. */
static void write_telephone(struct step *step, const struct binding *binding,
                            struct command *command)
{
    struct text_buffer route = step_text(step);

    text_append(&route, TEXT("sip:"));
    text_append(&route, text_of(binding->source));
    text_append(&route, TEXT(";transport="));
    text_append(&route, text_of(transport_names[binding->transport]));
    command->sip.route = step_text_take(step, &route);
    command->sip.uri = step_text_copy(step, text_of(binding->contact));
    command->sip.user = step_text_copy(step, text_of(binding->user));
}

static bool is_telephone(const struct core *core, const struct call *call, const struct leg *leg)
{
    return leg->trunk >= 0 && call_plan(core, call)->trunks[leg->trunk].phones;
}

/* A user whom a reload has added is never called as a number. */
struct text dial_meant(const struct core *core, const struct call *call, struct text target,
                       int16_t only)
{
    struct text user = phones_meant(call_plan(core, call), target, only);

    if (user.size || only >= 0 || core->plan_now < 0)
        return user;
    return phones_meant(core->plans[core->plan_now], target, -1);
}

static struct text user_of(const struct step *step, const struct call *call)
{
    return dial_meant(step->core, call, text_of(call->dial.target), call->dial.only);
}

static const struct binding *binding_of(const struct step *step, const struct call *call,
                                        uint32_t before)
{
    struct text user = user_of(step, call);

    return user.size ? phones_next(step->core, user, step->event->wall_ms, before) : NULL;
}

/* Where it goes: over a trunk, or to a telephone. False: the telephone is gone meanwhile. */
static bool write_way(struct step *step, const struct call *call, struct leg *leg,
                      struct command *way)
{
    const struct plan_trunk *trunk = &call_plan(step->core, call)->trunks[leg->trunk];

    if (call->dial.direct) {
        way->sip.uri = step_text_copy(step, text_of(call->dial.target));
        return true;
    }
    if (!trunk->phones) {
        way->sip.uri = write_uri(step, call, trunk);
        way->sip.trunk = trunk->name;
        return true;
    }
    const struct binding *binding = binding_of(step, call, call->dial.binding + 1);
    if (!binding)
        return false;
    write_telephone(step, binding, way);
    text_copy(leg->user, sizeof(leg->user), text_of(binding->user));
    if (leg->role != ROLE_OPERATOR) { /* It may have been led on from another's. */
        operators_leave(step->core, leg, step->event->now_ms);
        operators_take_user(step->core, leg, text_of(binding->user));
    }
    return true;
}

static bool send_dial(struct step *step, struct call *call, struct leg *leg)
{
    const struct plan *plan = call_plan(step->core, call);
    const struct plan_trunk *trunk = &plan->trunks[leg->trunk];
    const struct dial *dial = &call->dial;
    struct command way = {.kind = SIP_DIAL};
    struct text sdp, from = step_text_copy(step, text_of(dial->from)); /* `dial` may be lent. */

    if (!dial->target[0] || !write_way(step, call, leg, &way))
        return false;
    struct text_buffer buffer = step_text(step);

    offer_make(leg, leg_port(step, call, leg), &buffer);
    sdp = step_text_take(step, &buffer);
    struct command *command = step_emit_to(step, SIP_DIAL, leg);
    command->sip.uri = way.sip.uri;
    command->sip.route = way.sip.route;
    command->sip.user = way.sip.user;
    command->sip.trunk = way.sip.trunk;
    command->sip.sdp = sdp;
    command->sip.from = from.size          ? from
                        : trunk->from.size ? trunk->from
                        : trunk->user.size ? trunk->user
                                           : TEXT("offhook");
    command->sip.headers = text_of(dial->headers);
    command->sip.referred_by = text_of(dial->referred_by);
    command->sip.replaces = text_of(dial->replaces);
    command->sip.hops = dial->hops;
    if (leg->status != 422 && leg->role != ROLE_SUPERVISOR)
        command->sip.session_expires_s = plan->session_expires_s;
    leg->dialed = true;
    leg->outgoing = true;
    leg->state = LEG_DIALING;
    return true;
}

static int16_t phones_trunk(const struct plan *plan)
{
    for (int16_t i = 0; i < plan->trunk_count; i++) {
        if (plan->trunks[i].phones)
            return i;
    }
    return -1;
}

/* The trunk that the next try goes by, the telephones' for a telephone; -1: there is no next. */
static int16_t next_way(struct step *step, struct call *call)
{
    const struct plan *plan = call_plan(step->core, call);
    struct dial *dial = &call->dial;

    if (user_of(step, call).size == 0)
        return next_trunk(step, call);
    const struct binding *binding = binding_of(step, call, dial->binding);
    dial->unreachable = !binding;
    if (!binding)
        return -1;
    dial->binding = binding->serial;
    return phones_trunk(plan);
}

bool dial_next(struct step *step, struct call *call, struct leg *leg)
{
    const struct plan *plan = call_plan(step->core, call);
    int16_t trunk = call->dial.target[0] ? next_way(step, call) : -1;

    if (trunk < 0)
        return false;
    places_count_trunk(step->core, call, leg, trunk);
    leg_speak_as(leg, plan, trunk);
    if (leg->sdp_id == 0)
        leg->sdp_id = step->event->wall_ms + leg->number;
    return send_dial(step, call, leg);
}

struct text dial_failure(struct step *step, const struct call *call, uint16_t *status,
                         enum cause *cause)
{
    const struct plan *plan = call_plan(step->core, call);
    struct text_buffer words = step_text(step);
    bool nobody = call->dial.only >= 0 && plan->trunks[call->dial.only].phones;

    *status = call->dial.unreachable ? 480 : nobody ? 404 : 503;
    *cause = call->dial.unreachable ? CAUSE_UNREACHABLE
             : nobody               ? CAUSE_NOT_FOUND
                                    : CAUSE_TRUNK_FAILED;
    if (!call->dial.unreachable && !nobody)
        return TEXT("no trunk or no second leg is free");
    struct text user = user_of(step, call);
    text_append(&words, !call->dial.unreachable ? TEXT("there is no telephone ")
                        : phones_silent(step->core, user, step->event->wall_ms)
                            ? TEXT("the telephone answers no more: ")
                            : TEXT("no telephone is registered as "));
    text_append(&words, call->dial.unreachable ? user : text_of(call->dial.target));
    return step_text_take(step, &words);
}

struct leg *dial_second(struct step *step, struct call *call, enum leg_role role)
{
    const struct leg *near = core_leg(step->core, call->leg);
    struct leg *far = call->far ? NULL : places_take_leg(step->core, call, near);

    if (!far)
        return NULL;
    far->role = role;
    far->started_wall_ms = step->event->wall_ms;
    text_copy(far->party, sizeof(far->party), text_of(call->dial.target));
    text_copy(far->local, sizeof(far->local), text_of(near->local));
    call->dial.tried = 0;
    call->dial.redirects = 0;
    call->dial.direct = call->dial.alone = false;
    call->dial.binding = 0;
    call->dial.unreachable = false;
    if (!dial_next(step, call, far)) {
        places_put_leg(step->core, far);
        return NULL;
    }
    call->far = far->id;
    leg_account(step, call, far, false);
    return far;
}

void dial_dialed(struct step *step, struct call *call)
{
    struct leg *leg = step->leg;

    (void)call;
    leg->dialed = false;
    places_bind(step->core, leg, step->event->sip.dialog);
    if (leg->state == LEG_ENDING) /* It was given up while the dialog was being made. */
        leg_emit(step, SIP_HANG_UP, leg);
}

static bool take_answer(struct step *step, struct call *call, struct leg *leg)
{
    if (step->event->sip.sdp.size == 0)
        return leg->media_open;
    if (offer_answered(leg, step->event->sip.sdp) != OFFER_AGREED)
        return false;
    if (leg->media_open)
        leg_update_media(step, call, leg);
    else
        leg_open_media(step, call, leg);
    return true;
}

/* Early sound is heard, not spoken to: a ringing tone is not the callee. */
void dial_progress(struct step *step, struct leg *leg, struct call *call)
{
    if (leg->state != LEG_DIALING && leg->state != LEG_EARLY)
        return;
    leg->state = LEG_EARLY;
    (void)take_answer(step, call, leg);
}

static void outcome(struct step *step, const struct call *call, const struct leg *leg,
                    uint16_t status)
{
    if (leg->trunk >= 0 && !is_telephone(step->core, call, leg))
        trunk_outcome(step, call_plan(step->core, call)->trunks[leg->trunk].name, status);
}

bool dial_answered(struct step *step, struct call *call, struct leg *leg)
{
    const struct plan *plan = call_plan(step->core, call);

    if (!take_answer(step, call, leg))
        return false;
    leg->state = LEG_UP;
    outcome(step, call, leg, 200);
    leg->answered_wall_ms = step->event->wall_ms;
    leg->session = (struct session){0};
    if (step->event->sip.session_expires_s >= plan->min_se_s) {
        leg->session.interval_s = step->event->sip.session_expires_s;
        leg->session.refresh = step->event->sip.refresher != REFRESHER_UAS;
    }
    leg_arm_session(step, call, leg);
    return true;
}

/* Not there (any more): 430 is a connection that is gone (RFC 5626 11.1). */
static bool is_gone(uint16_t status)
{
    return status == 408 || status == 430 || status == 502 || status == 503;
}

/* The next place of a telephone: it is not at this one, or will not take calls there. Who is busy
 * is so everywhere. */
static bool telephone_again(struct step *step, struct call *call, struct leg *leg)
{
    uint16_t status = leg->status;

    if ((is_gone(status) || status == 404 || status == 410 || status == 480 || status >= 500) &&
        status < 600 && !call->dial.alone && dial_next(step, call, leg))
        return true;
    call->dial.unreachable = is_gone(status);
    if (is_gone(status))
        leg->status = 480;
    return false;
}

static bool redirected(struct step *step, struct call *call, struct leg *leg)
{
    const struct plan *plan = call_plan(step->core, call);
    struct text uri = step->event->sip.target;
    struct dial *dial = &call->dial;

    if (uri.size == 0 || dial->alone || dial->redirects >= DIAL_REDIRECTS)
        return false;
    if (is_telephone(step->core, call, leg)) {
        struct text user = phones_meant(plan, uri, leg->trunk);
        text_copy(dial->target, sizeof(dial->target), user.size ? user : text_of(dial->target));
        dial->binding = 0;
        dial->redirects++;
        return user.size && dial_next(step, call, leg);
    }
    dial->redirects++;
    return redirect_within(dial, &plan->trunks[leg->trunk], uri) && send_dial(step, call, leg);
}

bool dial_refused(struct step *step, struct call *call, struct leg *leg)
{
    uint16_t status = step->event->sip.status, before = leg->status;
    bool lost = leg->dialed && status == 503; /* The signalling restarted: it may be ringing. */

    places_forget_dialog(step->core, leg->dialog);
    leg->dialog = 0;
    leg->dialed = false;
    leg->released = true;
    leg->status = status;
    text_copy(leg->reason, sizeof(leg->reason), step->event->sip.reason);
    outcome(step, call, leg, leg->state == LEG_ENDING ? 0 : status);
    if (leg->state == LEG_ENDING || lost || step->event->kind != SIP_REFUSED)
        return false;
    if (leg->media_open) /* Early sound has come: another trunk would be another call. */
        return false;
    if (status >= 300 && status < 400)
        return redirected(step, call, leg);
    if (status == 422 && before != 422) { /* Once more, without a session timer. */
        return send_dial(step, call, leg);
    }
    if (is_telephone(step->core, call, leg))
        return telephone_again(step, call, leg);
    return !call->dial.redirects && /* What it was led to is not the next trunk's to find. */
           (status == 408 || (status >= 500 && status < 600)) && dial_next(step, call, leg);
}

enum cause dial_cause(const struct core *core, const struct call *call, const struct leg *leg)
{
    uint16_t status = leg->status;

    if (call->dial.unreachable)
        return CAUSE_UNREACHABLE;
    if (status == 486 || status == 600)
        return CAUSE_BUSY;
    if (status == 480 || status == 487)
        return CAUSE_NO_ANSWER;
    if (!is_telephone(core, call, leg) &&
        (status == 0 || status == 408 || (status >= 500 && status < 600)))
        return CAUSE_TRUNK_FAILED;
    return CAUSE_REFUSED;
}

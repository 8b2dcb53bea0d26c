// SPDX-License-Identifier: Apache-2.0
/* supervise_leg.c - a supervisor's telephone: it dials, or is rung, and what it says. */
#include "core/supervise_inside.h"

#include "core/call.h"
#include "core/dial.h"
#include "core/leg.h"
#include "core/offer.h"
#include "core/places.h"
#include "core/taping.h"

/* ---- Rung ---- */

struct leg *supervise_take_leg(struct step *step, struct call *call, struct text user)
{
    const struct leg *near = core_leg(step->core, call->leg);
    struct leg *leg = places_take_leg(step->core, call, near);

    if (!leg)
        return NULL;
    leg->role = ROLE_SUPERVISOR;
    leg->started_wall_ms = leg->sdp_id = step->event->wall_ms;
    text_copy(leg->party, sizeof(leg->party), user);
    text_copy(leg->local, sizeof(leg->local), text_of(near->local));
    return leg;
}

/* The call's own dialling goes on where it was. */
static bool dial(struct step *step, struct call *call, struct leg *leg,
                 bool (*go)(struct step *, struct call *, struct leg *))
{
    struct supervise *supervise = &call->supervise;
    struct dial own = call->dial;

    text_copy(call->dial.target, sizeof(call->dial.target), text_of(supervise->user));
    dial_user(text_of(call->talk.context.caller), call->dial.from, sizeof(call->dial.from));
    call->dial.headers[0] = call->dial.referred_by[0] = call->dial.replaces[0] = 0;
    call->dial.only = -1;
    call->dial.hops = call->dial.hops ? call->dial.hops : 70;
    call->dial.direct = call->dial.alone = call->dial.unreachable = false;
    call->dial.binding = supervise->binding;
    call->dial.tried = supervise->tried;
    call->dial.redirects = supervise->redirects;
    bool done = go(step, call, leg);
    supervise->binding = call->dial.binding;
    supervise->tried = call->dial.tried;
    supervise->redirects = call->dial.redirects;
    call->dial = own;
    return done;
}

static bool ring(struct step *step, struct call *call)
{
    struct text user = step_text_copy(step, text_of(call->supervise.user));
    struct leg *leg = supervise_take_leg(step, call, user);

    if (!leg)
        return false;
    call->supervise.binding = 0;
    call->supervise.tried = call->supervise.redirects = 0;
    if (!dial(step, call, leg, dial_next)) {
        places_put_leg(step->core, leg);
        return false;
    }
    leg_account(step, call, leg, false);
    call->supervise.state = SUPERVISE_RINGING;
    call->supervise.leg = leg->id;
    call->supervise.until_ms =
        step->event->now_ms + call_manners(step->core, call)->ring_ms;
    supervise_account(step, call, SUPERVISE_WANTED, TEXT_EMPTY);
    supervise_arm(step, call);
    return true;
}

static void ask(struct step *step, struct call *call, struct text user, enum supervise_mode mode)
{
    const struct plan *plan = call_plan(step->core, call);
    const struct plan_supervisor *who = supervise_who(plan, user);
    enum supervise_refusal may = supervise_may(step->core, plan, who, user, call);

    struct supervise present = call->supervise;

    supervise_name(call, who, user, mode);
    if (may == SUPERVISE_TWO)
        supervise_account(step, call, SUPERVISE_REFUSED, TEXT("somebody else supervises the call"));
    else if (may == SUPERVISE_NO_RIGHT)
        supervise_account(step, call, SUPERVISE_REFUSED, TEXT("no supervisor, or not of this call"));
    else if (may == SUPERVISE_NO_CALL)
        supervise_account(step, call, SUPERVISE_REFUSED, TEXT("there is nobody to listen to now"));
    else if (!ring(step, call))
        supervise_account(step, call, SUPERVISE_REFUSED, TEXT("the telephone cannot be called"));
    if (present.state == SUPERVISE_NONE)
        return;
    present.rows = call->supervise.rows; /* Who it is stays as they are. */
    call->supervise = present;
}

void supervise_asked(struct step *step)
{
    const struct event *event = step->event;
    struct call *call = places_call_named(step->core, event->supervise.ref);

    if (!call || event->supervise.mode > SUPERVISE_END) {
        step->core->figures.stale_events++;
        return;
    }
    bool same = call->supervise.state != SUPERVISE_NONE &&
                text_equal(text_of(call->supervise.user), event->supervise.user);
    if (event->supervise.mode == SUPERVISE_END)
        supervise_end(step, call, TEXT("by the control socket"));
    else if (same)
        supervise_change(step, call, event->supervise.mode);
    else
        ask(step, call, event->supervise.user, event->supervise.mode);
    call_settle(step, call);
}

static void key(struct step *step, struct call *call, char pressed)
{
    if (pressed >= '1' && pressed < '1' + SUPERVISE_CODES)
        supervise_change(step, call, (enum supervise_mode)(pressed - '1'));
}

/* ---- Events ---- */

static void answered(struct step *step, struct call *call)
{
    struct leg *leg = step->leg;

    if (leg->state != LEG_DIALING && leg->state != LEG_EARLY)
        return; /* It was given up: BYE is on its way. */
    if (!dial(step, call, leg, dial_answered))
        supervise_end(step, call, TEXT("the answer has no sound that we can speak"));
    else
        supervise_up(step, call);
}

static void refused(struct step *step, struct call *call)
{
    if (dial(step, call, step->leg, dial_refused))
        return;
    supervise_end(step, call, step_text_copy(step, text_of(step->leg->reason)));
    supervise_settle(step, call);
}

static void acked(struct step *step, struct call *call)
{
    struct leg *leg = step->leg;
    bool brings = leg->awaiting_answer;

    if (!leg_is_up(leg) && leg->state != LEG_ANSWERING)
        return;
    leg->awaiting_answer = false;
    if (brings && offer_answered(leg, step->event->sip.sdp) != OFFER_AGREED) {
        supervise_end(step, call, TEXT("the ACK brought no answer that we can speak"));
        return;
    }
    if (brings && leg->media_open)
        leg_update_media(step, call, leg);
    else if (brings)
        leg_open_media(step, call, leg);
    if (leg->state != LEG_ANSWERING)
        return;
    leg->state = LEG_UP;
    leg->answered_wall_ms = step->event->wall_ms;
    supervise_up(step, call);
}

static void gone(struct step *step, struct call *call)
{
    supervise_end(step, call, step->event->sip.reason.size
                                  ? step->event->sip.reason
                                  : TEXT("the supervisor hung up"));
}

static void released(struct step *step, struct call *call)
{
    places_forget_dialog(step->core, step->leg->dialog);
    step->leg->released = true;
    supervise_end(step, call, TEXT("the dialog was lost"));
    supervise_settle(step, call);
}

static void media_closed(struct step *step, struct call *call)
{
    leg_take_figures(step->leg, step->event);
    taping_closed(step, call, step->leg);
    supervise_end(step, call, TEXT("the media endpoint was lost"));
    supervise_settle(step, call);
}

/* ---- A telephone that is gone without a word ---- */

/* Who listens may be mute: silence is no hang-up as long as the telephone says that the call goes on. */
static void silent(struct step *step, struct call *call)
{
    uint32_t end_ms = call_plan(step->core, call)->manners.no_audio_end_ms;
    uint32_t for_ms = step->event->silent.for_ms;
    struct leg *leg = step->leg;

    leg->silent = step->event->silent.silent;
    if (!leg->silent)
        leg->asked = false;
    call->supervise.ask_ms =
        leg->silent && end_ms ? step->event->now_ms + (end_ms > for_ms ? end_ms - for_ms : 0) : 0;
    supervise_arm(step, call);
}

static void ask_whether_there(struct step *step, struct call *call)
{
    struct leg *leg = core_leg(step->core, call->supervise.leg);

    if (leg->asked) {
        supervise_end(step, call, TEXT("no sound came, and no answer whether to go on"));
        return;
    }
    leg_ask(step, call, leg);
    call->supervise.ask_ms = step->event->now_ms + ASKED_MS;
}

static void is_there(struct step *step, struct call *call)
{
    struct leg *leg = step->leg;
    uint16_t status = step->event->sip.status;
    uint32_t end_ms = call_plan(step->core, call)->manners.no_audio_end_ms;

    leg->refreshing = leg->asked = false;
    if (status == 408 || status == 481 || status == 503) { /* The last: nobody is at its address. */
        supervise_end(step, call, TEXT("no sound came, and no answer whether to go on"));
        return;
    }
    call->supervise.ask_ms = leg->silent && end_ms ? step->event->now_ms + end_ms : 0;
    supervise_arm(step, call);
}

static void refuse_refer(struct step *step)
{
    struct command *reply = leg_emit(step, SIP_REPLY, step->leg);

    reply->sip.request = step->event->refer.request;
    reply->sip.status = 603;
}

static void handle(struct step *step, struct call *call)
{
    const struct event *event = step->event;
    bool rings = step->leg->state == LEG_DIALING || step->leg->state == LEG_EARLY;

    switch ((int)event->kind) {
    case SIP_DIALED:
        dial_dialed(step, call);
        return;
    case SIP_PROGRESS:
        dial_progress(step, step->leg, call);
        return;
    case SIP_ANSWERED:
        answered(step, call);
        return;
    case SIP_REFUSED:
        refused(step, call);
        return;
    case SIP_CANCELLED:
    case SIP_FAILED:
    case SIP_BYE:
        if (rings)
            refused(step, call);
        else
            gone(step, call);
        return;
    case SIP_RELEASED:
        released(step, call);
        return;
    case SIP_ACKED:
        acked(step, call);
        return;
    case SIP_REINVITED:
        leg_reinvited(step, call);
        return;
    case SIP_REFERRED:
        refuse_refer(step);
        return;
    case SIP_KEY:
        key(step, call, event->sip_key.key);
        return;
    case MEDIA_KEY:
        key(step, call, event->key.key);
        return;
    case MEDIA_CLOSED:
        media_closed(step, call);
        return;
    case MEDIA_SILENT:
        silent(step, call);
        return;
    case SIP_REFRESHED:
        is_there(step, call);
        return;
    case SPEECH_READY:
    case SPEECH_FAILED:
        supervise_answered(step, call);
        return;
    default:
        return;
    }
}

bool supervise_event(struct step *step, struct call *call)
{
    if (call->supervise.state == SUPERVISE_NONE || call->supervise.leg != step->leg->id)
        return false;
    handle(step, call);
    call_settle(step, call);
    return true;
}

void supervise_timer(struct step *step, struct call *call)
{
    struct supervise *supervise = &call->supervise;

    if (supervise->state == SUPERVISE_ON) {
        if (supervise->tone_ms && supervise->tone_ms <= step->event->now_ms)
            supervise_tell(step, call);
        if (supervise->ask_ms && supervise->ask_ms <= step->event->now_ms)
            ask_whether_there(step, call);
    } else if (supervise->state == SUPERVISE_LEAVING) { /* A limb never let go. */
        struct leg *leg = core_leg(step->core, supervise->leg);
        leg->released = leg->media_closed = true;
        leg->dialed = false;
        supervise_settle(step, call);
        call_settle(step, call);
        return;
    } else {
        supervise_end(step, call, TEXT("nobody answered in time"));
    }
    supervise_arm(step, call);
}

// SPDX-License-Identifier: Apache-2.0
/* offering_leg.c - what the operators' telephones say: ringing, answer, a key, silence. */
#include "core/call.h"
#include "core/dial.h"
#include "core/inbound.h"
#include "core/join.h"
#include "core/leg.h"
#include "core/offering_inside.h"
#include "core/operators.h"
#include "core/overhear.h"
#include "core/places.h"
#include "core/standing.h"
#include "core/taping.h"
#include "core/waiting.h"

static struct offer *offer_of(struct call *call, uint32_t leg)
{
    for (int i = 0; i < OFFER_LEGS; i++) {
        if (call->offering.items[i].state != OFFER_FREE && call->offering.items[i].leg == leg)
            return &call->offering.items[i];
    }
    return NULL;
}

static bool is_live(const struct offer *offer)
{
    return offer->state == OFFER_RINGING || offer->state == OFFER_BRIEFING;
}

/* ---- Accepted ---- */

/* The others hear that somebody has answered. Of an operator whose other telephone it was nothing
 * more is told; others may be offered the next caller. */
static void release_others(struct step *step, struct call *call, const struct offer *won)
{
    for (int i = 0; i < OFFER_LEGS; i++) {
        struct offer *offer = &call->offering.items[i];
        if (offer == won || !is_live(offer))
            continue;
        offering_leave(step, call, offer, TEXT("Call completed elsewhere"), true);
        if (offer->who != won->who)
            operators_ask(step->core, offer->who, 0, step->event->now_ms);
    }
    offering_settle(step, call);
}

void offering_accept(struct step *step, struct call *call, struct offer *offer)
{
    struct core *core = step->core;
    struct leg *leg = core_leg(core, offer->leg);
    const struct plan_operator *person = operators_person(core, offer->who);
    struct text name = step_text_copy(step, text_of(core->roster.items[offer->who].name));

    release_others(step, call, offer);
    core->roster.items[offer->who].missed = 0;
    operators_ask(core, offer->who, 0, step->event->now_ms);
    operators_take(core, leg, offer->who);
    core->roster.items[offer->who].taken_ms = core->roster.items[offer->who].asked_ms;
    if (call->offering.utterance) {
        step_emit_to(step, SPEECH_CANCEL, leg);
        step_emit_to(step, MEDIA_FLUSH, leg);
    }
    waiting_taken(step, call, name);
    call->far = leg->id;
    text_copy(call->dial.target, sizeof(call->dial.target), name);
    *offer = (struct offer){.state = OFFER_FREE};
    call->offering.utterance = 0;
    call->offering.briefed_ms = 0;
    call->offering.voiced_ms = call->offering.again_ms = 0;
    offering_arm(step, call); /* For those who are still letting go. */
    if (call->state == CALL_STANDING) {
        standing_accepted(step, call);
        return;
    }
    join_connect(step, call, TEXT("warm"));
    offering_introduce(step, call, person ? person->label : name);
}

static void answered(struct step *step, struct call *call, struct offer *offer)
{
    struct leg *leg = step->leg;

    if (leg->state != LEG_DIALING && leg->state != LEG_EARLY)
        return; /* It was given up: BYE is on its way. */
    if (!dial_answered(step, call, leg)) {
        offering_over(step, call, offer->who, OFFER_FAILED, 488,
                      TEXT("the answer has no sound that we can speak"));
        return;
    }
    release_others(step, call, offer);
    if (call->offering.plain) {
        offering_accept(step, call, offer);
        return;
    }
    offer->state = OFFER_BRIEFING;
    offer->until_ms = step->event->now_ms + BRIEF_MOST_MS;
    offering_deafen(step, call);
    offering_brief(step, call, leg);
    offering_arm(step, call);
}

/* ---- Not accepted ---- */

static bool others_ring(const struct call *call, const struct offer *but)
{
    for (int i = 0; i < OFFER_LEGS; i++) {
        const struct offer *offer = &call->offering.items[i];
        if (offer != but && offer->who == but->who && is_live(offer))
            return true;
    }
    return false;
}

/* Busy, or refused by hand: the person says no. Other refusals are of one telephone. */
static bool is_no(uint16_t status)
{
    return status == 486 || status == 600 || status == 603;
}

/* The call's own dialling goes on where it was: it may be another's by the time an offer that was
 * given up is refused. */
static bool dial_again(struct step *step, struct call *call, struct offer *offer)
{
    struct dial own = call->dial;

    if (is_live(offer))
        offering_load(step->core, call, offer);
    bool again = dial_refused(step, call, step->leg);
    if (is_live(offer))
        offering_save(call, offer);
    call->dial = own;
    return again;
}

static void refused(struct step *step, struct call *call, struct offer *offer)
{
    struct leg *leg = step->leg;
    bool live = is_live(offer);
    uint16_t status = step->event->sip.status;
    bool said_no = is_no(status) || status == 480;

    if (dial_again(step, call, offer))
        return;
    struct text why = step_text_copy(step, text_of(leg->reason));
    if (live && !is_no(status) && others_ring(call, offer))
        offering_leave(step, call, offer, why, false);
    else if (live)
        offering_over(step, call, offer->who, said_no ? OFFER_DECLINED : OFFER_FAILED, status, why);
    offering_settle(step, call);
}

/* Its dialog ended without a word of refusal. */
static void lost(struct step *step, struct call *call, struct offer *offer)
{
    bool briefed = offer->state == OFFER_BRIEFING;
    struct text why = step_text_copy(step, step->event->sip.reason);

    if (briefed)
        offering_over(step, call, offer->who, OFFER_DECLINED, 0, TEXT("the operator hung up"));
    else if (is_live(offer) && others_ring(call, offer))
        offering_leave(step, call, offer, why, false);
    else if (is_live(offer))
        offering_over(step, call, offer->who, OFFER_FAILED, step->event->sip.status, why);
}

static void released(struct step *step, struct call *call, struct offer *offer)
{
    struct leg *leg = step->leg;

    places_forget_dialog(step->core, leg->dialog);
    leg->released = true;
    lost(step, call, offer);
    offering_settle(step, call);
}

static void media_closed(struct step *step, struct call *call, struct offer *offer)
{
    leg_take_figures(step->leg, step->event);
    taping_closed(step, call, step->leg);
    if (is_live(offer))
        offering_over(step, call, offer->who, OFFER_FAILED, 0,
                      TEXT("the media endpoint was lost"));
    offering_settle(step, call);
}

/* ---- The brief ---- */

static void key(struct step *step, struct call *call, struct offer *offer, char pressed)
{
    if (offer->state != OFFER_BRIEFING)
        return;
    if (pressed == '1')
        offering_accept(step, call, offer);
    else if (pressed == '2')
        offering_over(step, call, offer->who, OFFER_DECLINED, 0, TEXT("by a key"));
}

static void played(struct step *step, struct call *call, struct offer *offer)
{
    uint64_t until_ms = step->event->now_ms + BRIEF_KEY_MS;

    if (offer->state != OFFER_BRIEFING ||
        step->event->played.utterance != call->offering.utterance)
        return;
    offer->until_ms = until_ms < offer->until_ms ? until_ms : offer->until_ms;
    offering_listen(step, call);
    offering_arm(step, call);
}

void offering_timer(struct step *step, struct call *call)
{
    uint64_t now_ms = step->event->now_ms;

    for (int i = 0; i < OFFER_LEGS; i++) {
        struct offer *offer = &call->offering.items[i];
        bool machine = offer->state == OFFER_BRIEFING && call->offering.voiced_ms &&
                       call->offering.voiced_ms + MACHINE_MS <= now_ms;
        if (offer->state == OFFER_FREE || (offer->until_ms > now_ms && !machine))
            continue;
        if (offer->state == OFFER_LEAVING) { /* A limb never let go. */
            struct leg *leg = core_leg(step->core, offer->leg);
            leg->released = leg->media_closed = true;
            leg->dialed = false;
            overhear_let_go(step->core, call, leg->id);
        } else {
            bool rang = offer->state == OFFER_RINGING;
            offering_over(step, call, offer->who, OFFER_MISSED, rang ? 408 : 0,
                          machine ? TEXT("an answering machine")
                          : rang  ? TEXT("it rang in vain")
                                  : TEXT("no key was pressed"));
        }
    }
    offering_settle(step, call);
    offering_arm(step, call);
    call_settle(step, call);
}

/* ---- Events ---- */

static void recogniser(struct step *step, struct call *call)
{
    if (overhear_event(step, call))
        offering_settle(step, call);
}

static void refuse_refer(struct step *step)
{
    struct command *reply = leg_emit(step, SIP_REPLY, step->leg);

    reply->sip.request = step->event->refer.request;
    reply->sip.status = 603;
}

bool offering_event(struct step *step, struct call *call)
{
    const struct event *event = step->event;
    struct leg *leg = step->leg;
    struct offer *offer = offer_of(call, leg->id);

    if (!offer)
        return false;
    switch ((int)event->kind) {
    case SIP_DIALED:
        dial_dialed(step, call);
        break;
    case SIP_PROGRESS:
        dial_progress(step, leg, call);
        break;
    case SIP_ANSWERED:
        answered(step, call, offer);
        break;
    case SIP_REFUSED:
        refused(step, call, offer);
        break;
    case SIP_FAILED:
    case SIP_BYE:
        if (leg->state == LEG_DIALING || leg->state == LEG_EARLY)
            refused(step, call, offer);
        else
            lost(step, call, offer);
        break;
    case SIP_RELEASED:
        released(step, call, offer);
        break;
    case SIP_ACKED:
        inbound_acked(step, call);
        break;
    case SIP_REINVITED:
        leg_reinvited(step, call);
        break;
    case SIP_REFERRED:
        refuse_refer(step);
        break;
    case SIP_KEY:
        key(step, call, offer, event->sip_key.key);
        break;
    case MEDIA_KEY:
        key(step, call, offer, event->key.key);
        break;
    case MEDIA_VOICE:
        offering_voice(step, call, offer);
        break;
    case MEDIA_PLAYED:
        played(step, call, offer);
        break;
    case MEDIA_CLOSED:
        media_closed(step, call, offer);
        break;
    case SPEECH_READY:
        offering_brief_ready(step, call, offer);
        break;
    case SPEECH_FAILED:
        if (event->speech.utterance)
            offering_brief_ready(step, call, offer);
        else
            recogniser(step, call);
        break;
    default:
        recogniser(step, call);
        break;
    }
    call_settle(step, call);
    return true;
}

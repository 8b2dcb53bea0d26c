// SPDX-License-Identifier: Apache-2.0
/* inbound.c - calls to us, from the INVITE to the first words. */
#include "core/inbound.h"

#include <assert.h>

#include "core/admission.h"
#include "core/call.h"
#include "core/context.h"
#include "core/conversation.h"
#include "core/leg.h"
#include "core/offer.h"
#include "core/places.h"

/* ---- Beginning ---- */

static void begin_call(struct step *step, struct call *call, const struct admission *admission)
{
    const struct event *event = step->event;
    const struct plan *plan = call_plan(step->core, call);
    struct context *context = &call->talk.context;
    struct text caller = event->invite.asserted.size ? event->invite.asserted : event->invite.from;

    call->state = CALL_OPENING;
    call->trunk = admission->trunk;
    step->core->trunk_calls[call->plan][call->trunk]++;
    call->seed = event->invite.seed;
    call->reliable = event->invite.reliable_required;
    call->invited_ms = event->now_ms;
    text_copy(context->caller, sizeof(context->caller), caller);
    text_copy(context->called, sizeof(context->called), event->invite.to);
    context_from_signalling(context->given, event->invite.diversion, event->invite.user_to_user,
                            event->invite.headers);
    call->talk.agent = call->talk.first_agent = admission->agent;
    admission_ref(event, call->ref);
    admission_account(step, call->ref, admission, plan, call);
    step_timer_set(step, call, TIMER_CALL, event->now_ms + STORE_WAIT_MS);
}

static struct leg *begin_leg(struct step *step, struct call *call, int16_t trunk)
{
    const struct event *event = step->event;
    const struct plan *plan = call_plan(step->core, call);
    struct leg *leg = core_leg(step->core, call->leg);

    leg->dialog = event->invite.dialog;
    leg->media_closed = true; /* Until it is opened. */
    leg->sdp_id = event->wall_ms;
    leg_speak_as(leg, plan, trunk);
    text_copy(leg->local, sizeof(leg->local),
              plan->media_address.size ? plan->media_address : event->invite.local);
    return leg;
}

/* What we will say of sound in the 200. */
static enum offer_result prepare_answer(struct step *step, struct call *call, struct leg *leg)
{
    struct text_buffer sdp;
    enum offer_result result = OFFER_AGREED;

    text_buffer_init(&sdp, call->sdp, sizeof(call->sdp));
    if (step->event->invite.sdp.size == 0) {
        offer_make(leg, leg_port(step, call), &sdp);
        leg->awaiting_answer = true;
    } else {
        result = offer_accept(leg, step->event->invite.sdp, leg_port(step, call), &sdp);
    }
    call->sdp_size = (uint16_t)sdp.size;
    return result;
}

static void refuse_offer(struct step *step, struct call *call, enum offer_result result,
                         struct admission *admission)
{
    admission->status = 488;
    admission->cause = CAUSE_NO_CODEC;
    if (result == OFFER_PLAIN || result == OFFER_ENCRYPTED)
        admission->cause = CAUSE_ENCRYPTION;
    if (result == OFFER_PLAIN)
        admission->phrase = TEXT("Encrypted Sound Required");
    if (result == OFFER_ENCRYPTED)
        admission->phrase = TEXT("Encrypted Sound Not Accepted");
    admission_refuse(step, admission);
    places_put_call(step, call);
}

void inbound_invited(struct step *step)
{
    struct admission admission;
    const struct event *event = step->event;

    if (!admission_decide(step, &admission)) {
        admission_refuse(step, &admission);
        return;
    }
    struct call *call = places_take_call(step->core, event->invite.dialog);
    if (!call) {
        admission.status = 503;
        admission.cause = CAUSE_FULL;
        admission_refuse(step, &admission);
        return;
    }
    struct leg *leg = begin_leg(step, call, admission.trunk);
    leg->session = admission.session;
    call->session_answer = admission.refresher;
    enum offer_result result = prepare_answer(step, call, leg);
    if (result != OFFER_AGREED) {
        refuse_offer(step, call, result, &admission);
        return;
    }
    bool heard = !call_plan(step->core, call)->refuse_unheard || places_take_ring(step->core, call);
    assert(heard); /* Admission has seen that a place is free. */
    begin_call(step, call, &admission);
}

/* ---- Answer ---- */

static void answer(struct step *step, struct call *call)
{
    struct leg *leg = core_leg(step->core, call->leg);
    struct command *command = leg_emit(step, SIP_ANSWER, call);

    command->sip.sdp = (struct text){.data = call->sdp, .size = call->sdp_size};
    command->sip.session_expires_s = leg->session.interval_s;
    command->sip.refresher = call->session_answer;
    if (!leg->awaiting_answer)
        leg_open_media(step, call, leg);
    call->state = CALL_ANSWERING;
    step_timer_set(step, call, TIMER_CALL, step->event->now_ms + SETUP_MS);
}

void inbound_account_open(struct step *step, struct call *call)
{
    if (call->state != CALL_OPENING)
        return;
    if (!call->reliable) {
        answer(step, call);
        return;
    }
    struct command *ring = leg_emit(step, SIP_RING, call);
    ring->sip.status = 180;
    ring->sip.reliable = true;
    call->state = CALL_RINGING;
    step_timer_set(step, call, TIMER_CALL, step->event->now_ms + SETUP_MS);
}

void inbound_pracked(struct step *step, struct call *call)
{
    if (call->state == CALL_RINGING)
        answer(step, call);
}

static void listen(struct step *step, struct call *call)
{
    struct command *tap = step_emit(step, MEDIA_TAP, call);

    tap->tap.ring = (uint32_t)call->ring - 1;
    tap->tap.epoch = call->epoch;
    struct command *listen = step_emit(step, SPEECH_LISTEN, call);
    listen->listen.ring = (uint32_t)call->ring - 1;
    listen->listen.epoch = call->epoch;
    listen->listen.plan = call->plan;
    listen->listen.agent = (uint32_t)call->talk.agent;
    call->speech_stopped = false;
}

static void up(struct step *step, struct call *call)
{
    const struct plan *plan = call_plan(step->core, call);
    const struct leg *leg = core_leg(step->core, call->leg);
    struct command *answered = step_emit(step, STORE_CALL_ANSWERED, call);

    call->state = CALL_UP;
    call->answered_ms = step->event->now_ms;
    answered->answered.ref = text_of(call->ref);
    answered->answered.wall_ms = step->event->wall_ms;
    answered->answered.codec = leg->codec;
    answered->answered.suite = leg->suite;
    answered->answered.agent = plan->agents[call->talk.agent].name;
    step_timer_set(step, call, TIMER_CALL, step->event->now_ms + plan->manners.longest_call_ms);
    leg_arm_session(step, call);
    bool place = call->ring || places_take_ring(step->core, call);
    if (place)
        listen(step, call);
    conversation_start(step, call, call->talk.agent, place);
    conversation_hold(step, call, leg->way == WAY_RECEIVE || leg->way == WAY_NONE);
}

void inbound_acked(struct step *step, struct call *call)
{
    struct leg *leg = core_leg(step->core, call->leg);
    bool answered = leg->awaiting_answer;

    if (call->state != CALL_ANSWERING && call->state != CALL_UP)
        return;
    leg->awaiting_answer = false;
    enum offer_result result = answered ? offer_answered(leg, step->event->sip.sdp) : OFFER_AGREED;
    if (result != OFFER_AGREED) {
        bool plain = result == OFFER_PLAIN;
        if (call->state == CALL_ANSWERING)
            call_end(step, call, plain ? CAUSE_ENCRYPTION : CAUSE_NO_CODEC,
                     plain ? TEXT("the ACK brought no encryption")
                           : TEXT("the ACK brought no answer that we can speak"));
        return;
    }
    if (call->state == CALL_UP) {
        if (answered)
            leg_update_media(step, call, leg);
        return;
    }
    if (answered)
        leg_open_media(step, call, leg);
    up(step, call);
}

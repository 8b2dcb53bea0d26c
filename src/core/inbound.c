// SPDX-License-Identifier: Apache-2.0
/* inbound.c - calls to us, from the INVITE to the first words. */
#include "core/inbound.h"

#include <assert.h>

#include "core/admission.h"
#include "core/join.h"
#include "core/call.h"
#include "core/context.h"
#include "core/dial.h"
#include "core/enforce.h"
#include "core/leg.h"
#include "core/lookup.h"
#include "core/offer.h"
#include "core/operators.h"
#include "core/outbound.h"
#include "core/places.h"
#include "core/supervise.h"
#include "core/transfer.h"

/* ---- Beginning ---- */

static void begin_call(struct step *step, struct call *call, const struct admission *admission)
{
    const struct event *event = step->event;
    const struct plan *plan = call_plan(step->core, call);
    struct context *context = &call->talk.context;
    struct text caller = admission_caller(plan, admission->trunk, event);

    call->state = CALL_OPENING;
    call->trunk = admission->trunk;
    places_count_trunk(step->core, call, core_leg(step->core, call->leg), call->trunk);
    call->seed = event->invite.seed;
    call->reliable = event->invite.reliable_required;
    call->invited_ms = event->now_ms;
    text_copy(context->caller, sizeof(context->caller), caller);
    text_copy(context->called, sizeof(context->called), event->invite.to);
    context_from_signalling(context->given, event->invite.diversion, event->invite.user_to_user,
                            event->invite.headers);
    call->code = admission->code;
    call->talk.agent = call->talk.first_agent = admission->agent;
    call->talk.at_home = enforce_at_home(step->core, call_plan(step->core, call), admission->agent);
    if (admission->route->queue >= 0 && admission->route->queue < plan->queue_count) {
        call->wait.wanted = true;
        call->wait.then = OVERFLOW_QUEUE;
        call->wait.into = (uint8_t)admission->route->queue;
        call->wait.into_priority = -1;
    }
    if (admission->route->agent < 0) {
        call->link = LINK_FORWARD;
        if (admission->route->forward.size)
            text_copy(call->dial.target, sizeof(call->dial.target), admission->route->forward);
        else
            dial_user(event->invite.to, call->dial.target, sizeof(call->dial.target));
        dial_user(caller, call->dial.from, sizeof(call->dial.from));
        call->dial.only = admission->route->forward_trunk;
    }
    /* Of whatever call follows from this one: what goes round comes to an end. */
    call->dial.hops =
        event->invite.hops > 1 ? (uint8_t)(event->invite.hops - 1) : event->invite.hops;
    admission_ref(event->wall_ms, event->invite.seed, call->ref);
    admission_account(step, call->ref, admission, plan, call);
    step_timer_set(step, call, TIMER_CALL, event->now_ms + STORE_WAIT_MS);
    lookup_ask(step, call);
}

static struct leg *begin_leg(struct step *step, struct call *call, int16_t trunk)
{
    const struct event *event = step->event;
    const struct plan *plan = call_plan(step->core, call);
    struct leg *leg = core_leg(step->core, call->leg);

    leg->state = LEG_OFFERED;
    leg->role = ROLE_CALLER;
    leg->started_wall_ms = event->wall_ms;
    text_copy(leg->party, sizeof(leg->party), event->invite.from);
    operators_take_user(step->core, leg, event->invite.user);
    if (plan->trunks[trunk].phones)
        text_copy(leg->user, sizeof(leg->user), event->invite.user);
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
        offer_make(leg, leg_port(step, call, leg), &sdp);
        leg->awaiting_answer = true;
    } else {
        result = offer_accept(leg, step->event->invite.sdp, leg_port(step, call, leg), &sdp);
    }
    call->sdp_size = (uint16_t)sdp.size;
    /* Refused media are named in the offer's words: only a senseless one makes them that long. */
    return sdp.cut ? OFFER_MALFORMED : result;
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

    if (event->invite.replaces) {
        transfer_invited(step);
        return;
    }
    if (supervise_invited(step))
        return;

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
    bool heard = !call_plan(step->core, call)->refuse_unheard || admission.agent < 0 ||
                 places_take_ring(step->core, call, admission.agent);
    assert(heard); /* Admission has seen that a place is free. */
    begin_call(step, call, &admission);
}

/* ---- Answer ---- */

void inbound_answer(struct step *step, struct call *call)
{
    struct leg *leg = core_leg(step->core, call->leg);
    struct command *command = leg_emit(step, SIP_ANSWER, leg);

    command->sip.sdp = (struct text){.data = call->sdp, .size = call->sdp_size};
    command->sip.session_expires_s = leg->session.interval_s;
    command->sip.refresher = call->session_answer;
    if (!leg->awaiting_answer && !leg->media_open)
        leg_open_media(step, call, leg);
    call->state = CALL_ANSWERING;
    leg->state = LEG_ANSWERING;
    step_timer_set(step, call, TIMER_CALL, step->event->now_ms + SETUP_MS);
}

void inbound_account_open(struct step *step, struct call *call)
{
    if (call->state != CALL_OPENING)
        return;
    if (call->outbound) {
        outbound_account_open(step, call);
        return;
    }
    if (call->link == LINK_FORWARD) {
        join_forward(step, call);
        return;
    }
    if (!call->reliable) {
        inbound_answer(step, call);
        return;
    }
    struct command *ring = leg_emit(step, SIP_RING, core_leg(step->core, call->leg));
    ring->sip.status = 180;
    ring->sip.reliable = true;
    call->state = CALL_RINGING;
    step_timer_set(step, call, TIMER_CALL, step->event->now_ms + SETUP_MS);
}

void inbound_pracked(struct step *step, struct call *call)
{
    if (call->state == CALL_RINGING)
        inbound_answer(step, call);
}

void inbound_acked(struct step *step, struct call *call)
{
    struct leg *leg = step->leg;
    bool answered = leg->awaiting_answer;

    if (!leg_is_up(leg) && leg->state != LEG_ANSWERING)
        return;
    leg->awaiting_answer = false;
    enum offer_result result = answered ? offer_answered(leg, step->event->sip.sdp) : OFFER_AGREED;
    if (result != OFFER_AGREED) {
        bool plain = result == OFFER_PLAIN;
        if (leg->state == LEG_ANSWERING && leg->id != call->leg)
            call_leave(step, call, leg, TEXT("the ACK brought no answer that we can speak"));
        else if (leg->state == LEG_ANSWERING)
            call_end(step, call, plain ? CAUSE_ENCRYPTION : CAUSE_NO_CODEC,
                     plain ? TEXT("the ACK brought no encryption")
                           : TEXT("the ACK brought no answer that we can speak"));
        return;
    }
    if (answered && leg->media_open)
        leg_update_media(step, call, leg);
    else if (answered)
        leg_open_media(step, call, leg);
    if (leg_is_up(leg))
        return;
    leg->state = LEG_UP;
    leg->answered_wall_ms = step->event->wall_ms;
    if (leg->id != call->leg)
        transfer_replace(step, call);
    else if (call->far)
        join_answered(step, call);
    else
        call_up(step, call);
}

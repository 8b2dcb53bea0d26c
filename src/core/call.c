// SPDX-License-Identifier: Apache-2.0
/* call.c - a call that is up, and its end: one account a call. */
#include "core/call.h"

#include "core/codes.h"
#include "core/comeback.h"
#include "core/join.h"
#include "core/conversation.h"
#include "core/hear.h"
#include "core/hold.h"
#include "core/inbound.h"
#include "core/leg.h"
#include "core/lookup.h"
#include "core/offering.h"
#include "core/outbound.h"
#include "core/overhear.h"
#include "core/passing.h"
#include "core/places.h"
#include "core/promise.h"
#include "core/recall.h"
#include "core/reply.h"
#include "core/standing.h"
#include "core/supervise.h"
#include "core/taping.h"
#include "core/transfer.h"
#include "core/unavailable.h"
#include "core/voicemail.h"
#include "core/waiting.h"

/* ---- Up ---- */

/* The call has a ring. False, and it has none any more: nobody can hear it. */
static bool listen(struct step *step, struct call *call)
{
    if (!hear_begin(step, call)) {
        places_put_ring(step->core, call);
        return false;
    }
    struct command *tap = step_emit(step, MEDIA_TAP, call);
    tap->tap.ring = (uint32_t)call->ring - 1;
    tap->tap.epoch = call->epoch;
    call->listener = call->leg;
    return true;
}

void call_answered(struct step *step, struct call *call)
{
    const struct plan *plan = call_plan(step->core, call);
    struct leg *leg = core_leg(step->core, call->leg);
    struct command *answered = step_emit(step, STORE_CALL_ANSWERED, call);

    call->answered_ms = step->event->now_ms;
    answered->answered.ref = text_of(call->ref);
    answered->answered.wall_ms = step->event->wall_ms;
    answered->answered.codec = leg->codec;
    answered->answered.suite = leg->suite;
    if (call->talk.agent >= 0)
        answered->answered.agent = plan->agents[call->talk.agent].name;
    step_timer_set(step, call, TIMER_CALL, step->event->now_ms + plan->manners.longest_call_ms);
    leg_arm_session(step, call, leg);
}

void call_up(struct step *step, struct call *call)
{
    if (call->code) {
        call->state = CALL_UP;
        call_answered(step, call);
        codes_obey(step, call);
        return;
    }
    const struct leg *leg = core_leg(step->core, call->leg);
    bool place = call->ring || places_take_ring(step->core, call, call->talk.agent);

    call->state = CALL_UP;
    call_answered(step, call);
    conversation_start(step, call, call->talk.agent, place && listen(step, call));
    conversation_hold(step, call, leg->way == WAY_RECEIVE || leg->way == WAY_NONE);
}

void call_listen(struct step *step, struct call *call)
{
    call->listens_again = false;
    call->talk.listening = true;
    if ((!call->ring && !places_take_ring(step->core, call, call->talk.agent)) || !listen(step, call))
        conversation_recogniser_lost(step, call);
}

void call_deafen(struct step *step, struct call *call)
{
    if (call->listener == 0)
        return;
    struct leg *leg = core_leg(step->core, call->listener);
    if (leg && leg->media_open && !leg->media_closed && leg->state != LEG_ENDING)
        step_emit_to(step, MEDIA_UNTAP, leg);
    struct command *stop = step_emit(step, SPEECH_STOP, call);
    stop->leg = call->listener;
}

/* The recogniser has let go of a leg: of the one that was left, the new one is listened to now. */
void call_speech_stopped(struct step *step, struct call *call)
{
    if (step->event->leg != call->listener)
        return;
    call->listener = 0;
    if (call->state == CALL_UP && call->ring && call->talk.listening) {
        places_put_ring(step->core, call);
        call_listen(step, call);
        return;
    }
    if (call->state == CALL_BRIDGED) {
        places_put_ring(step->core, call);
        overhear_look(step, call);
    }
    call_settle(step, call);
}

/* ---- What follows ---- */

static void nobody(struct step *step, struct call *call)
{
    enum after after = call->talk.after;
    bool begun = after == AFTER_VOICEMAIL ? voicemail_begin(step, call, TEXT_EMPTY)
                 : after == AFTER_CALLBACK ? promise_begin(step, call, TEXT_EMPTY)
                                           : unavailable_begin(step, call, call->talk.after_why,
                                                               TEXT_EMPTY);

    if (!begun)
        call_end(step, call, CAUSE_FALLBACK, TEXT_EMPTY);
    call_follow(step, call);
}

void call_follow(struct step *step, struct call *call)
{
    if (call->state == CALL_UP && call->talk.over)
        call_end(step, call, call->talk.after_cause, TEXT_EMPTY);
    else if (call->state == CALL_UP && call->talk.nobody)
        nobody(step, call);
    else if (call->state == CALL_UP && call->talk.give)
        transfer_begin(step, call);
    else if (call->state == CALL_UP && call->wait.wanted)
        waiting_follow(step, call);
}

/* ---- End ---- */

static bool ends(const struct call *call)
{
    return call->state == CALL_ENDING || call->state == CALL_CLOSED || call->state == CALL_FREE;
}

/* Who waits, and is gone. */
static bool gives_up(enum cause cause)
{
    return cause == CAUSE_CALLER_HUNG_UP || cause == CAUSE_CALLEE_HUNG_UP ||
           cause == CAUSE_SIGNALLING || cause == CAUSE_NO_AUDIO;
}

void call_end(struct step *step, struct call *call, enum cause cause, struct text detail)
{
    const uint32_t ids[] = {call->leg, call->far};
    uint32_t open = 0;

    if (ends(call))
        return;
    waiting_end(step, call, gives_up(cause) ? QUEUE_ABANDONED : QUEUE_LEFT, detail);
    conversation_end(step, call);
    for (enum timer_kind kind = 0; kind < TIMER_KINDS; kind++) {
        if (kind != TIMER_OLD && kind != TIMER_OFFER && kind != TIMER_SUPERVISE)
            step_timer_cancel(step, call, kind);
    }
    call->state = CALL_ENDING;
    call->cause = cause;
    call->ended_ms = step->event->now_ms;
    text_copy(call->detail, sizeof(call->detail), detail);
    if (call->listener)
        step_emit(step, SPEECH_STOP, call)->leg = call->listener;
    overhear_look(step, call);
    step_timer_set(step, call, TIMER_CALL, step->event->now_ms + ENDING_MS);
    recall_ended(step, call);
    transfer_given_up(step, call);
    passing_end(step, call);
    offering_withdraw(step, call, text_of(call->detail));
    supervise_end(step, call, TEXT("the call ended"));
    for (int i = 0; i < 2; i++) {
        struct leg *leg = core_leg(step->core, ids[i]);
        if (!leg)
            continue;
        leg_end(step, leg, text_of(call->detail));
        open += !leg->media_closed;
    }
    if (open == 0)
        call_media_closed(step, call);
}

void call_leave(struct step *step, struct call *call, struct leg *leg, struct text reason)
{
    struct leg *before = core_leg(step->core, call->old);

    if (before) { /* One at a time is waited for. */
        leg_account(step, call, before, true);
        overhear_let_go(step->core, call, before->id);
        places_put_leg(step->core, before);
    }
    if (call->far == leg->id)
        call->far = 0;
    call->old = leg->id;
    step_timer_cancel(step, call, TIMER_FAR_SESSION);
    leg_end(step, leg, reason);
    step_timer_set(step, call, TIMER_OLD, step->event->now_ms + RELEASE_MS);
    call_settle(step, call);
}

/* Why nobody could come, if that was so; how the call ended. */
static struct text detail_of(struct step *step, const struct call *call)
{
    struct text why = unavailable_cause(call), how = text_of(call->detail);
    struct text_buffer words = step_text(step);

    if (why.size == 0)
        return how;
    text_append(&words, why);
    text_append(&words, how.size ? TEXT(": ") : TEXT_EMPTY);
    text_append(&words, how);
    return step_text_take(step, &words);
}

/* The CDR. */
static void write_closed(struct step *step, struct call *call)
{
    const struct event *event = step->event;
    const struct talk *talk = &call->talk;
    const struct leg *leg = core_leg(step->core, call->leg);
    struct command *command = step_emit(step, STORE_CALL_CLOSED, call);
    uint64_t answered_ms = call->answered_ms ? call->answered_ms : call->ended_ms;

    command->closed.ref = text_of(call->ref);
    command->closed.wall_ms = event->wall_ms;
    command->closed.cause = call->cause;
    command->closed.status = call->status;
    command->closed.detail = detail_of(step, call);
    if (talk->agent >= 0)
        command->closed.agent = call_plan(step->core, call)->agents[talk->agent].name;
    command->closed.intent = text_of(talk->context.intent);
    command->closed.sentiment = talk->context.sentiment;
    command->closed.ring_ms = (uint32_t)(answered_ms - call->invited_ms);
    command->closed.talk_ms = (uint32_t)(call->ended_ms - answered_ms);
    command->closed.turns = talk->turns;
    command->closed.keys = talk->keys;
    command->closed.handovers = talk->handovers;
    command->closed.interruptions = talk->interruptions;
    command->closed.transfers = call->transfers;
    command->closed.keys_only = talk->keys_only;
    command->closed.leg_number = leg->number;
    command->closed.received = leg->figures.received;
    command->closed.lost = leg->figures.lost;
    command->closed.late = leg->figures.late;
    command->closed.jitter_us = leg->figures.jitter_us;
    command->closed.concealed = leg->figures.concealed;
    command->closed.sent = leg->figures.sent;
    command->closed.strangers = leg->figures.strangers;
    command->closed.forged = leg->figures.forged;
    command->closed.replayed = leg->figures.replayed;
    command->closed.echo_ms = leg->figures.echo_ms;
    command->closed.erle_db = leg->figures.erle_db;
    command->closed.round_trip_us = leg->figures.round_trip_us;
    command->closed.remote_lost_permille = leg->figures.remote_lost_permille;
    command->closed.burst_permille = leg->figures.burst_permille;
    command->closed.burst_ms = leg->figures.burst_ms;
    command->closed.gap_permille = leg->figures.gap_permille;
    command->closed.gap_ms = leg->figures.gap_ms;
    command->closed.r_tenths = leg->figures.r_tenths;
    command->closed.mos_hundredths = leg->figures.mos_hundredths;
    command->closed.remote_late_permille = leg->figures.remote_late_permille;
    command->closed.remote_r_tenths = leg->figures.remote_r_tenths;
    command->closed.remote_mos_hundredths = leg->figures.remote_mos_hundredths;
}

static bool gone(struct core *core, uint32_t id)
{
    const struct leg *leg = core_leg(core, id);

    return !leg || leg_gone(leg);
}

void call_settle(struct step *step, struct call *call)
{
    struct leg *old = core_leg(step->core, call->old);

    if (old && leg_gone(old) && !overhear_is(call, old->id)) {
        leg_account(step, call, old, true);
        places_put_leg(step->core, old);
        call->old = 0;
        step_timer_cancel(step, call, TIMER_OLD);
    }
    if (call->state == CALL_CLOSED && call->listener == 0 && overhear_gone(call) && gone(step->core, call->leg) &&
        gone(step->core, call->far) && call->old == 0 && offering_gone(call) && supervise_gone(call))
        places_put_call(step, call);
}

static void close_call(struct step *step, struct call *call)
{
    struct leg *others[] = {core_leg(step->core, call->far), core_leg(step->core, call->old)};

    reply_end(step, call);
    hold_end(step, call);
    for (int i = 0; i < 2; i++) {
        if (others[i])
            leg_account(step, call, others[i], true);
    }
    if (call->outbound || core_leg(step->core, call->leg)->number > 1)
        leg_account(step, call, core_leg(step->core, call->leg), true);
    offering_close(step, call);
    supervise_close(step, call);
    write_closed(step, call);
    call->state = CALL_CLOSED;
    step_timer_set(step, call, TIMER_CALL, step->event->now_ms + RELEASE_MS);
    call_settle(step, call);
}

void call_media_closed(struct step *step, struct call *call)
{
    const struct leg *near = core_leg(step->core, call->leg), *far = core_leg(step->core, call->far);

    if (step->event->kind == MEDIA_CLOSED) {
        leg_take_figures(step->leg, step->event);
        taping_closed(step, call, step->leg);
    }
    if (call->state == CALL_ENDING) {
        if (near->media_closed && (!far || far->media_closed))
            close_call(step, call);
    } else if (call->state == CALL_CLOSED || step->leg->id == call->old ||
               (call->state == CALL_EXCUSING && step->leg->id == call->leg)) {
        call_settle(step, call);
    } else {
        call_end(step, call, CAUSE_SERVER_FAILURE, TEXT("the media endpoint was lost"));
    }
}

/* ---- A leg's signalling ends by itself ---- */

void call_hung_up(struct step *step, struct call *call)
{
    const struct leg *leg = step->leg;

    if (leg->id == call->old || transfer_left(step, call) ||
        passing_left(step, call, leg, step->event->sip.reason))
        return;
    if (call->state == CALL_EXCUSING) {
        standing_said(step, call);
        return;
    }
    bool other = leg->outgoing || leg->role == ROLE_SUPERVISOR; /* Who took the call over. */
    call_end(step, call, other ? CAUSE_CALLEE_HUNG_UP : CAUSE_CALLER_HUNG_UP,
             step->event->sip.reason);
}

void call_lost(struct step *step, struct call *call, const struct leg *leg, enum cause cause,
               struct text why)
{
    if (passing_left(step, call, leg, why))
        return;
    if (leg->id != call->far || !comeback_begin(step, call, COMEBACK_LOST, why))
        call_end(step, call, cause, why);
}

void call_failed(struct step *step, struct call *call)
{
    struct leg *leg = step->leg;

    if (leg->id == call->old)
        return;
    if (leg->id == call->far && call->link == LINK_REPLACES) {
        call_leave(step, call, leg, step->event->sip.reason);
        call->link = LINK_NONE;
        offering_look(step);
        return;
    }
    if (leg->state == LEG_DIALING || leg->state == LEG_EARLY) {
        outbound_refused(step, call);
        return;
    }
    call->status = call->answered_ms ? 0 : step->event->sip.status;
    call_lost(step, call, leg, leg->asked ? CAUSE_NO_AUDIO : CAUSE_SIGNALLING,
              step->event->sip.reason);
}

void call_released(struct step *step, struct call *call)
{
    struct leg *leg = step->leg;

    places_forget_dialog(step->core, leg->dialog);
    leg->released = true;
    if (leg->state == LEG_ENDING)
        call_settle(step, call);
    else if (leg->id == call->far && call->link != LINK_BRIDGED &&
             call->state != CALL_FORWARDING && !standing_is(call))
        join_far_lost(step, call);
    else
        call_lost(step, call, leg, CAUSE_SIGNALLING, TEXT("the dialog was lost"));
}

/* ---- Timers ---- */

static void call_overdue(struct step *step, struct call *call)
{
    switch (call->state) {
    case CALL_OPENING: /* The account is late: nobody who calls is kept waiting for it. */
        inbound_account_open(step, call);
        return;
    case CALL_DIALING:
        outbound_unanswered(step, call);
        return;
    case CALL_STANDING:
    case CALL_FETCHING:
    case CALL_EXCUSING:
        standing_overdue(step, call);
        return;
    case CALL_FORWARDING:
        join_unanswered(step, call);
        return;
    case CALL_RINGING:
    case CALL_ANSWERING:
        call_end(step, call, CAUSE_SIGNALLING, TEXT("the call was not set up in time"));
        return;
    case CALL_UP:
    case CALL_BRIDGED:
        call_end(step, call, CAUSE_TOO_LONG, TEXT_EMPTY);
        return;
    case CALL_ENDING: /* Media is silent: the account is closed without its figures. */
        close_call(step, call);
        return;
    case CALL_CLOSED: /* A limb never let go. */
        places_put_call(step, call);
        return;
    case CALL_FREE:
    case CALL_STATES:
        return;
    }
}

static void old_overdue(struct step *step, struct call *call)
{
    struct leg *old = core_leg(step->core, call->old);

    if (!old)
        return;
    old->released = old->media_closed = true;
    old->dialed = false;
    overhear_let_go(step->core, call, old->id);
    call_settle(step, call);
}

void call_timer(struct step *step, struct call *call, enum timer_kind kind)
{
    struct leg *far = core_leg(step->core, call->far);

    switch ((int)kind) {
    case TIMER_SESSION:
        leg_refresh(step, call, core_leg(step->core, call->leg));
        return;
    case TIMER_FAR_SESSION:
        if (far)
            leg_refresh(step, call, far);
        return;
    case TIMER_AUDIO:
        leg_unheard(step, call);
        return;
    case TIMER_FAR:
        if (passing_is(call))
            passing_overdue(step, call);
        else
            transfer_overdue(step, call);
        return;
    case TIMER_OLD:
        old_overdue(step, call);
        return;
    case TIMER_WAIT:
        if (call->wait.standing)
            standing_reached(step, call);
        else
            waiting_timer(step, call);
        return;
    case TIMER_OFFER:
        offering_timer(step, call);
        return;
    case TIMER_SUPERVISE:
        supervise_timer(step, call);
        return;
    case TIMER_GLARE:
        hold_again(step, call);
        return;
    case TIMER_LOOKUP:
        lookup_overdue(step, call);
        return;
    default:
        call_overdue(step, call);
        return;
    }
}

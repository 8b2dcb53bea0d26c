// SPDX-License-Identifier: Apache-2.0
/* call.c - the end of a call, one account a call. */
#include "core/call.h"

#include "core/inbound.h"
#include "core/conversation.h"
#include "core/leg.h"
#include "core/places.h"
#include "core/reply.h"
#include "core/taping.h"

void call_end(struct step *step, struct call *call, enum cause cause, struct text detail)
{
    struct leg *leg = core_leg(step->core, call->leg);

    if (call->state == CALL_ENDING || call->state == CALL_CLOSED || call->state == CALL_FREE)
        return;
    conversation_end(step, call);
    for (enum timer_kind kind = 0; kind < TIMER_KINDS; kind++)
        step_timer_cancel(step, call, kind);
    call->state = CALL_ENDING;
    call->cause = cause;
    call->ended_ms = step->event->now_ms;
    text_copy(call->detail, sizeof(call->detail), detail);
    if (!call->dialog_released)
        leg_emit(step, SIP_HANG_UP, call)->sip.phrase = text_of(call->detail);
    if (!call->speech_stopped)
        step_emit(step, SPEECH_STOP, call);
    step_timer_set(step, call, TIMER_CALL, step->event->now_ms + ENDING_MS);
    if (leg->media_open && !leg->media_closed)
        step_emit(step, MEDIA_CLOSE, call);
    else
        call_media_closed(step, call);
}

/* The CDR. */
static void write_closed(struct step *step, struct call *call)
{
    const struct event *event = step->event;
    const struct talk *talk = &call->talk;
    struct command *command = step_emit(step, STORE_CALL_CLOSED, call);
    uint64_t answered_ms = call->answered_ms ? call->answered_ms : call->ended_ms;

    command->closed.ref = text_of(call->ref);
    command->closed.wall_ms = event->wall_ms;
    command->closed.cause = call->cause;
    command->closed.status = call->status;
    command->closed.detail = text_of(call->detail);
    command->closed.agent = call_plan(step->core, call)->agents[talk->agent].name;
    command->closed.intent = text_of(talk->context.intent);
    command->closed.sentiment = talk->context.sentiment;
    command->closed.ring_ms = (uint32_t)(answered_ms - call->invited_ms);
    command->closed.talk_ms = (uint32_t)(call->ended_ms - answered_ms);
    command->closed.turns = talk->turns;
    command->closed.keys = talk->keys;
    command->closed.handovers = talk->handovers;
    command->closed.interruptions = talk->interruptions;
    command->closed.keys_only = talk->keys_only;
    if (event->kind != MEDIA_CLOSED)
        return;
    command->closed.received = event->closed.received;
    command->closed.lost = event->closed.lost;
    command->closed.late = event->closed.late;
    command->closed.jitter_us = event->closed.jitter_us;
    command->closed.concealed = event->closed.concealed;
    command->closed.sent = event->closed.sent;
    command->closed.strangers = event->closed.strangers;
    command->closed.forged = event->closed.forged;
    command->closed.replayed = event->closed.replayed;
}

static void free_when_released(struct step *step, struct call *call)
{
    if (call->state != CALL_CLOSED)
        return;
    if (call->dialog_released && call->speech_stopped &&
        core_leg(step->core, call->leg)->media_closed)
        places_put_call(step, call);
}

static void close_call(struct step *step, struct call *call)
{
    reply_end(step, call);
    write_closed(step, call);
    call->state = CALL_CLOSED;
    step_timer_set(step, call, TIMER_CALL, step->event->now_ms + RELEASE_MS);
    free_when_released(step, call);
}

void call_media_closed(struct step *step, struct call *call)
{
    core_leg(step->core, call->leg)->media_closed = true;
    taping_closed(step, call);
    if (call->state == CALL_ENDING)
        close_call(step, call);
    else if (call->state == CALL_CLOSED)
        free_when_released(step, call);
    else
        call_end(step, call, CAUSE_SERVER_FAILURE, TEXT("the media endpoint was lost"));
}

void call_released(struct step *step, struct call *call)
{
    call->dialog_released = true;
    places_forget_dialog(step->core, step->event->sip.dialog);
    if (call->state == CALL_CLOSED)
        free_when_released(step, call);
    else
        call_end(step, call, CAUSE_SIGNALLING, TEXT("the dialog was lost"));
}

void call_speech_stopped(struct step *step, struct call *call)
{
    call->speech_stopped = true;
    free_when_released(step, call);
}

void call_timer(struct step *step, struct call *call, enum timer_kind kind)
{
    if (kind == TIMER_SESSION) {
        leg_refresh(step, call);
        return;
    }
    if (kind == TIMER_AUDIO) {
        call_end(step, call, CAUSE_NO_AUDIO, TEXT("no sound came from the caller"));
        return;
    }
    switch (call->state) {
    case CALL_OPENING: /* The account is late: nobody is kept waiting for it. */
        inbound_account_open(step, call);
        return;
    case CALL_RINGING:
    case CALL_ANSWERING:
        call_end(step, call, CAUSE_SIGNALLING, TEXT("the call was not set up in time"));
        return;
    case CALL_UP:
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

// SPDX-License-Identifier: Apache-2.0
/* call.c - one state at a time, one account a call. */
#include "core/call.h"

#include <string.h>

#include "core/admission.h"
#include "core/context.h"
#include "core/conversation.h"
#include "core/offer.h"
#include "core/places.h"
#include "core/reply.h"
#include "core/session.h"

static uint16_t port_of(const struct step *step, const struct call *call)
{
    return (uint16_t)(call_plan(step->core, call)->rtp_first_port + 2 * slot_of(call->leg));
}

static struct command *emit_sip(struct step *step, enum command_kind kind, const struct call *call)
{
    struct command *command = step_emit(step, kind, call);

    command->sip.dialog = core_leg(step->core, call->leg)->dialog;
    return command;
}

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

static struct leg *begin_leg(struct step *step, struct call *call)
{
    const struct event *event = step->event;
    const struct plan *plan = call_plan(step->core, call);
    struct leg *leg = core_leg(step->core, call->leg);

    leg->dialog = event->invite.dialog;
    leg->media_closed = true; /* Until it is opened. */
    leg->sdp_id = event->wall_ms;
    text_copy(leg->local, sizeof(leg->local),
              plan->media_address.size ? plan->media_address : event->invite.local);
    return leg;
}

/* What we will say of sound in the 200. False: refused. */
static bool prepare_answer(struct step *step, struct call *call, struct leg *leg)
{
    struct text_buffer sdp;
    enum offer_result result = OFFER_AGREED;

    text_buffer_init(&sdp, call->sdp, sizeof(call->sdp));
    if (step->event->invite.sdp.size == 0) {
        offer_make(leg, port_of(step, call), &sdp);
        leg->awaiting_answer = true;
    } else {
        result = offer_accept(leg, step->event->invite.sdp, port_of(step, call), &sdp);
    }
    call->sdp_size = (uint16_t)sdp.size;
    return result == OFFER_AGREED;
}

void call_invited(struct step *step)
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
    struct leg *leg = begin_leg(step, call);
    leg->session = admission.session;
    call->session_answer = admission.refresher;
    if (!prepare_answer(step, call, leg)) {
        admission.status = 488;
        admission.cause = CAUSE_NO_CODEC;
        admission_refuse(step, &admission);
        places_put_call(step, call);
        return;
    }
    begin_call(step, call, &admission);
}

/* ---- Answer ---- */

static void write_media(struct command *command, const struct leg *leg)
{
    command->media.remote = text_of(leg->remote);
    command->media.codec = leg->codec;
    command->media.payload_type = leg->payload_type;
    command->media.event_type = leg->event_type;
    command->media.way = leg->way;
}

static void open_media(struct step *step, struct call *call, struct leg *leg)
{
    const struct plan *plan = call_plan(step->core, call);
    struct command *command = step_emit(step, MEDIA_OPEN, call);

    write_media(command, leg);
    command->media.seed = call->seed;
    command->media.no_audio_ms = plan->manners.no_audio_ms;
    command->media.capture = plan->capture;
    command->media.name = text_of(call->ref);
    leg->media_open = true;
    leg->media_closed = false;
}

static void answer(struct step *step, struct call *call)
{
    struct leg *leg = core_leg(step->core, call->leg);
    struct command *command = emit_sip(step, SIP_ANSWER, call);

    command->sip.sdp = (struct text){.data = call->sdp, .size = call->sdp_size};
    command->sip.session_expires_s = leg->session.interval_s;
    command->sip.refresher = call->session_answer;
    if (!leg->awaiting_answer)
        open_media(step, call, leg);
    call->state = CALL_ANSWERING;
    step_timer_set(step, call, TIMER_CALL, step->event->now_ms + SETUP_MS);
}

void call_account_open(struct step *step, struct call *call)
{
    if (call->state != CALL_OPENING)
        return;
    if (!call->reliable) {
        answer(step, call);
        return;
    }
    struct command *ring = emit_sip(step, SIP_RING, call);
    ring->sip.status = 180;
    ring->sip.reliable = true;
    call->state = CALL_RINGING;
    step_timer_set(step, call, TIMER_CALL, step->event->now_ms + SETUP_MS);
}

void call_pracked(struct step *step, struct call *call)
{
    if (call->state == CALL_RINGING)
        answer(step, call);
}

static void arm_session(struct step *step, struct call *call)
{
    const struct session *session = &core_leg(step->core, call->leg)->session;

    if (session->interval_s)
        step_timer_set(step, call, TIMER_SESSION, session_next_ms(session, step->event->now_ms));
    else
        step_timer_cancel(step, call, TIMER_SESSION);
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
    answered->answered.agent = plan->agents[call->talk.agent].name;
    step_timer_set(step, call, TIMER_CALL, step->event->now_ms + plan->manners.longest_call_ms);
    arm_session(step, call);
    bool place = places_take_ring(step->core, call);
    if (place)
        listen(step, call);
    conversation_start(step, call, call->talk.agent, place);
    conversation_hold(step, call, leg->way == WAY_RECEIVE || leg->way == WAY_NONE);
}

static void update_media(struct step *step, struct call *call, struct leg *leg)
{
    write_media(step_emit(step, MEDIA_UPDATE, call), leg);
    conversation_hold(step, call, leg->way == WAY_RECEIVE || leg->way == WAY_NONE);
}

void call_acked(struct step *step, struct call *call)
{
    struct leg *leg = core_leg(step->core, call->leg);
    bool answered = leg->awaiting_answer;

    if (call->state != CALL_ANSWERING && call->state != CALL_UP)
        return;
    leg->awaiting_answer = false;
    if (answered && offer_answered(leg, step->event->sip.sdp) != OFFER_AGREED) {
        if (call->state == CALL_ANSWERING)
            call_end(step, call, CAUSE_NO_CODEC,
                     TEXT("the ACK brought no answer that we can speak"));
        return;
    }
    if (call->state == CALL_UP) {
        if (answered)
            update_media(step, call, leg);
        return;
    }
    if (answered)
        open_media(step, call, leg);
    up(step, call);
}

/* ---- In the dialog ---- */

static uint16_t take_reoffer(struct step *step, struct call *call, struct leg *leg,
                             struct text_buffer *sdp)
{
    const struct event *event = step->event;

    if (event->reinvite.sdp.size == 0) {
        if (event->reinvite.update)
            return 200;
        offer_make(leg, port_of(step, call), sdp);
        leg->awaiting_answer = true;
        return 200;
    }
    switch (offer_accept(leg, event->reinvite.sdp, port_of(step, call), sdp)) {
    case OFFER_AGREED:
        if (leg->media_open)
            update_media(step, call, leg);
        return 200;
    case OFFER_NO_CODEC:
        return 488;
    case OFFER_MALFORMED:
        return 400;
    }
    return 500;
}

void call_reinvited(struct step *step, struct call *call)
{
    const struct event *event = step->event;
    struct leg *leg = core_leg(step->core, call->leg);
    const struct session_ask ask = {.expires_s = event->reinvite.session_expires_s,
                                    .min_se_s = event->reinvite.min_se_s,
                                    .refresher = event->reinvite.refresher,
                                    .supported = event->reinvite.timer_supported};
    struct text_buffer sdp = step_text(step);
    struct session session;
    enum session_refresher refresher;
    uint16_t status = 481;

    if (call->state == CALL_UP || call->state == CALL_ANSWERING) {
        if (!session_agree(call_plan(step->core, call), &ask, &session, &refresher)) {
            status = 422;
        } else {
            status = take_reoffer(step, call, leg, &sdp);
            if (status == 200) {
                leg->session = session;
                arm_session(step, call);
            }
        }
    }
    struct command *reply = emit_sip(step, SIP_REPLY, call);
    reply->sip.request = event->reinvite.request;
    reply->sip.status = status;
    if (status == 200) {
        reply->sip.sdp = step_text_take(step, &sdp);
        reply->sip.session_expires_s = session.interval_s;
        reply->sip.refresher = refresher;
    } else if (status == 422) {
        reply->sip.min_se_s = call_plan(step->core, call)->min_se_s;
    }
}

void call_refreshed(struct step *step, struct call *call)
{
    struct leg *leg = core_leg(step->core, call->leg);

    if (call->state != CALL_UP || !leg->refreshing)
        return;
    leg->refreshing = false;
    leg->session.refresh = step->event->sip.refresher != REFRESHER_UAS;
    if (step->event->sip.session_expires_s >= call_plan(step->core, call)->min_se_s)
        leg->session.interval_s = step->event->sip.session_expires_s;
    if (step->event->sip.status == 408 || step->event->sip.status == 481)
        call_end(step, call, CAUSE_SIGNALLING, TEXT("the session refresh was not answered"));
    else
        arm_session(step, call);
}

static void refresh(struct step *step, struct call *call)
{
    struct leg *leg = core_leg(step->core, call->leg);

    if (!leg->session.refresh || leg->refreshing) {
        call_end(step, call, CAUSE_SIGNALLING, TEXT("the session expired"));
        return;
    }
    struct text_buffer sdp = step_text(step);
    offer_make(leg, port_of(step, call), &sdp);
    struct command *command = emit_sip(step, SIP_REFRESH, call);
    command->sip.sdp = step_text_take(step, &sdp);
    command->sip.session_expires_s = leg->session.interval_s;
    command->sip.min_se_s = call_plan(step->core, call)->min_se_s;
    command->sip.refresher = REFRESHER_UAC;
    /* No word of it by the end of the interval is the end (RFC 4028 section 10). */
    step_timer_set(step, call, TIMER_SESSION,
                   step->event->now_ms + (uint64_t)leg->session.interval_s * 500);
    leg->refreshing = true;
}

void call_silent(struct step *step, struct call *call)
{
    uint32_t end_ms = call_plan(step->core, call)->manners.no_audio_end_ms;
    uint32_t for_ms = step->event->silent.for_ms;

    if (call->state != CALL_UP)
        return;
    if (!step->event->silent.silent)
        step_timer_cancel(step, call, TIMER_AUDIO);
    else if (end_ms && !call->talk.on_hold)
        step_timer_set(step, call, TIMER_AUDIO,
                       step->event->now_ms + (end_ms > for_ms ? end_ms - for_ms : 0));
}

/* ---- End ---- */

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
        emit_sip(step, SIP_HANG_UP, call)->sip.phrase = text_of(call->detail);
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
        refresh(step, call);
        return;
    }
    if (kind == TIMER_AUDIO) {
        call_end(step, call, CAUSE_NO_AUDIO, TEXT("no sound came from the caller"));
        return;
    }
    switch (call->state) {
    case CALL_OPENING: /* The account is late: nobody is kept waiting for it. */
        call_account_open(step, call);
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

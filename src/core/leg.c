// SPDX-License-Identifier: Apache-2.0
/* leg.c - one dialog and its sound: descriptions, refreshes, silence. */
#include "core/leg.h"

#include <string.h>

#include "core/call.h"
#include "core/conversation.h"
#include "core/hold.h"
#include "core/offer.h"
#include "core/operators.h"
#include "core/passing.h"
#include "core/session.h"
#include "core/taping.h"

const char *const leg_role_names[ROLES] = {
    [ROLE_CALLER] = "caller",     [ROLE_CALLEE] = "callee",     [ROLE_FORWARD] = "forward",
    [ROLE_TRANSFER] = "transfer", [ROLE_REFERRED] = "referred", [ROLE_REPLACES] = "replaces",
    [ROLE_OPERATOR] = "operator", [ROLE_SUPERVISOR] = "supervisor",
};

uint16_t leg_port(const struct step *step, const struct call *call, const struct leg *leg)
{
    return (uint16_t)(call_plan(step->core, call)->rtp_first_port + 2 * slot_of(leg->id));
}

struct command *leg_emit(struct step *step, enum command_kind kind, const struct leg *leg)
{
    struct command *command = step_emit_to(step, kind, leg);

    command->sip.dialog = leg->dialog;
    return command;
}

void leg_speak_as(struct leg *leg, const struct plan *plan, int16_t trunk)
{
    leg->comfort_noise = plan->comfort_noise;
    leg->codec_count = 0;
    leg->srtp = SRTP_OFF;
    if (trunk < 0)
        return;
    leg->srtp = plan->trunks[trunk].srtp;
    leg->codec_count = plan->trunks[trunk].codec_count;
    memcpy(leg->codecs, plan->trunks[trunk].codecs, sizeof(leg->codecs));
}

static void write_media(struct command *command, const struct leg *leg)
{
    command->media.remote = text_of(leg->remote);
    command->media.codec = leg->codec;
    command->media.payload_type = leg->payload_type;
    command->media.event_type = leg->event_type;
    command->media.event_rate = leg->event_rate;
    command->media.noise_type = leg->noise_type;
    command->media.voip_metrics = leg->voip_metrics;
    command->media.bitrate = leg->bitrate;
    command->media.fec = leg->fec;
    command->media.cbr = leg->cbr;
    command->media.dtx = leg->dtx;
    command->media.way = leg->way;
    command->media.suite = leg->suite;
    command->media.key_in = leg->key_in;
    command->media.key_own = leg->key_own;
}

void leg_open_media(struct step *step, struct call *call, struct leg *leg)
{
    const struct plan *plan = call_plan(step->core, call);
    struct command *command = step_emit_to(step, MEDIA_OPEN, leg);

    write_media(command, leg);
    command->media.seed = call->seed + leg->number - 1;
    command->media.no_audio_ms = plan->manners.no_audio_ms;
    leg->media_open = true;
    leg->media_closed = false;
    taping_open(step, call, leg, plan->capture && leg->role != ROLE_SUPERVISOR, command);
}

void leg_update_media(struct step *step, struct call *call, struct leg *leg)
{
    write_media(step_emit_to(step, MEDIA_UPDATE, leg), leg);
    if (leg->id == call->leg)
        conversation_hold(step, call, leg->way == WAY_RECEIVE || leg->way == WAY_NONE);
    hold_joined(step, call);
}

void leg_arm_session(struct step *step, struct call *call, struct leg *leg)
{
    const struct session *session = &leg->session;
    enum timer_kind kind = leg->id == call->leg ? TIMER_SESSION : TIMER_FAR_SESSION;

    if (leg->role == ROLE_SUPERVISOR || leg->id == passing_third(call))
        return; /* That timer is the second leg's. */
    if (session->interval_s)
        step_timer_set(step, call, kind, session_next_ms(session, step->event->now_ms));
    else
        step_timer_cancel(step, call, kind);
}

/* ---- In the dialog ---- */

static uint16_t take_reoffer(struct step *step, struct call *call, struct leg *leg,
                             struct text_buffer *sdp)
{
    const struct event *event = step->event;

    if (event->reinvite.sdp.size == 0) {
        if (event->reinvite.update)
            return 200;
        offer_make(leg, leg_port(step, call, leg), sdp);
        leg->awaiting_answer = true;
        return 200;
    }
    switch (offer_accept(leg, event->reinvite.sdp, leg_port(step, call, leg), sdp)) {
    case OFFER_AGREED:
        if (leg->media_open)
            leg_update_media(step, call, leg);
        return 200;
    case OFFER_NO_CODEC:
    case OFFER_PLAIN:
    case OFFER_ENCRYPTED:
        return 488;
    case OFFER_MALFORMED:
        return 400;
    }
    return 500;
}

void leg_reinvited(struct step *step, struct call *call)
{
    const struct event *event = step->event;
    struct leg *leg = step->leg;
    const struct session_ask ask = {.expires_s = event->reinvite.session_expires_s,
                                    .min_se_s = event->reinvite.min_se_s,
                                    .refresher = event->reinvite.refresher,
                                    .supported = event->reinvite.timer_supported};
    struct text_buffer sdp = step_text(step);
    struct session session;
    enum session_refresher refresher;
    uint16_t status = 481;

    if (leg_is_up(leg) || leg->state == LEG_ANSWERING) {
        if (!session_agree(call_plan(step->core, call), &ask, &session, &refresher)) {
            status = 422;
        } else {
            status = take_reoffer(step, call, leg, &sdp);
            if (status == 200) {
                leg->session = session;
                leg_arm_session(step, call, leg);
            }
        }
    }
    struct command *reply = leg_emit(step, SIP_REPLY, leg);
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

/* Nobody is there: no answer, no such dialog; or, to our question whether a telephone is, that its own
 * socket is closed (503 by RFC 3261 8.1.3.1) or its connection gone (430, RFC 5626 11.1). */
static bool is_gone(const struct leg *leg, uint16_t status)
{
    return status == 408 || status == 481 ||
           (leg->asked && leg->user[0] && (status == 503 || status == 430));
}

void leg_refreshed(struct step *step, struct call *call)
{
    struct leg *leg = step->leg;

    if (!leg_is_up(leg) || !leg->refreshing)
        return;
    bool asked = leg->asked, gone = is_gone(leg, step->event->sip.status);

    leg->refreshing = leg->asked = false;
    if (gone && asked) {
        call_lost(step, call, leg, CAUSE_NO_AUDIO,
                  leg->silent ? TEXT("no sound came, and no answer whether to go on")
                              : TEXT("no answer came whether to go on"));
        return;
    }
    if (asked && leg->silent)
        step_timer_set(step, call, TIMER_AUDIO,
                       step->event->now_ms + call_plan(step->core, call)->manners.no_audio_end_ms);
    leg->session.refresh = step->event->sip.refresher != REFRESHER_UAS;
    if (step->event->sip.session_expires_s >= call_plan(step->core, call)->min_se_s)
        leg->session.interval_s = step->event->sip.session_expires_s;
    if (gone)
        call_lost(step, call, leg, CAUSE_SIGNALLING,
                  TEXT("the session refresh was not answered"));
    else
        leg_arm_session(step, call, leg);
}

static void ask_again(struct step *step, struct call *call, struct leg *leg,
                      enum session_refresher refresher)
{
    struct text_buffer sdp = step_text(step);

    offer_make(leg, leg_port(step, call, leg), &sdp);
    struct command *command = leg_emit(step, SIP_REFRESH, leg);
    command->sip.sdp = step_text_take(step, &sdp);
    command->sip.session_expires_s = leg->session.interval_s;
    command->sip.min_se_s = call_plan(step->core, call)->min_se_s;
    command->sip.refresher = refresher;
    leg->refreshing = true;
}

void leg_refresh(struct step *step, struct call *call, struct leg *leg)
{
    if (!leg->session.refresh || leg->refreshing) {
        call_lost(step, call, leg, CAUSE_SIGNALLING, TEXT("the session expired"));
        return;
    }
    ask_again(step, call, leg, REFRESHER_UAC);
    /* No word of it by the end of the interval is the end (RFC 4028 section 10). */
    step_timer_set(step, call, leg->id == call->leg ? TIMER_SESSION : TIMER_FAR_SESSION,
                   step->event->now_ms + (uint64_t)leg->session.interval_s * 500);
}

void leg_ask(struct step *step, struct call *call, struct leg *leg)
{
    if (!leg_is_up(leg) || leg->asked)
        return;
    if (!leg->refreshing)
        ask_again(step, call, leg, leg->session.refresh ? REFRESHER_UAC : REFRESHER_UAS);
    leg->asked = true;
}

/* A telephone that is muted sends nothing, and so does a trunk that holds without a word: silence
 * is no hang-up as long as the other side says that the call goes on. */
void leg_unheard(struct step *step, struct call *call)
{
    struct leg *leg = core_leg(step->core, call->quiet ? call->quiet : call->leg);

    if (leg->asked) {
        call_lost(step, call, leg, CAUSE_NO_AUDIO,
                  leg->id == call->leg ? TEXT("no sound came from the caller")
                                       : TEXT("no sound came"));
        return;
    }
    leg_ask(step, call, leg);
    step_timer_set(step, call, TIMER_AUDIO, step->event->now_ms + ASKED_MS);
}

/* Of two who are joined both are looked after, one at a time. */
static void quiet_next(struct step *step, struct call *call, uint32_t for_ms)
{
    const uint32_t ids[] = {call->leg, call->far};
    uint32_t end_ms = call_plan(step->core, call)->manners.no_audio_end_ms;

    call->quiet = 0;
    step_timer_cancel(step, call, TIMER_AUDIO);
    for (int i = 0; i < 2 && call->quiet == 0 && end_ms; i++) {
        const struct leg *leg = core_leg(step->core, ids[i]);
        if (leg && leg->silent && leg_is_up(leg))
            call->quiet = leg->id;
    }
    if (call->quiet)
        step_timer_set(step, call, TIMER_AUDIO,
                       step->event->now_ms + (end_ms > for_ms ? end_ms - for_ms : 0));
}

void leg_watch(struct step *step, struct call *call)
{
    quiet_next(step, call, 0);
}

static void joined_silent(struct step *step, struct call *call)
{
    bool silent = step->event->silent.silent;

    if (step->leg->id != call->leg && step->leg->id != call->far)
        return;
    if (silent ? call->quiet == 0 : call->quiet == step->leg->id)
        quiet_next(step, call, silent ? step->event->silent.for_ms : 0);
}

void leg_silent(struct step *step, struct call *call)
{
    uint32_t end_ms = call_plan(step->core, call)->manners.no_audio_end_ms;
    uint32_t for_ms = step->event->silent.for_ms;

    step->leg->silent = step->event->silent.silent;
    if (!step->leg->silent)
        step->leg->asked = false;
    if (call->state == CALL_BRIDGED) {
        joined_silent(step, call);
        return;
    }
    if (call->state != CALL_UP || step->leg->id != call->leg)
        return;
    if (!step->leg->silent)
        step_timer_cancel(step, call, TIMER_AUDIO);
    else if (end_ms && !call->talk.on_hold)
        step_timer_set(step, call, TIMER_AUDIO,
                       step->event->now_ms + (end_ms > for_ms ? end_ms - for_ms : 0));
}

/* ---- The end of one leg ---- */

/* What a Reason header says of it (RFC 3326): ITU-T Q.850 table 1. */
static uint16_t q850(enum cause cause)
{
    switch (cause) {
    case CAUSE_NOT_FOUND:
        return 1; /* Unallocated number */
    case CAUSE_BUSY:
        return 17; /* User busy */
    case CAUSE_NO_ANSWER:
        return 19; /* No answer from user */
    case CAUSE_UNREACHABLE:
        return 20; /* Subscriber absent */
    case CAUSE_FORBIDDEN:
    case CAUSE_REFUSED:
        return 21; /* Call rejected */
    case CAUSE_SERVER_SHUTDOWN:
    case CAUSE_SERVER_FAILURE:
    case CAUSE_TRUNK_FAILED:
        return 41; /* Temporary failure */
    case CAUSE_FULL:
        return 42; /* Switching equipment congestion */
    case CAUSE_NO_CODEC:
    case CAUSE_ENCRYPTION:
        return 88; /* Incompatible destination */
    case CAUSE_NO_AUDIO:
    case CAUSE_SIGNALLING:
        return 102; /* Recovery on timer expiry */
    case CAUSE_BAD_REQUEST:
        return 111; /* Protocol error */
    case CAUSE_NONE:
    case CAUSE_CALLER_HUNG_UP:
    case CAUSE_AGENT_FINISHED:
    case CAUSE_SILENCE:
    case CAUSE_FALLBACK:
    case CAUSE_NOT_SERVED:
    case CAUSE_CANCELLED:
    case CAUSE_TOO_LONG:
    case CAUSE_CALLEE_HUNG_UP:
    case CAUSE_TRANSFERRED:
    case CAUSE_KINDS:
        break;
    }
    return 16; /* Normal call clearing */
}

void leg_end_as(struct step *step, struct leg *leg, struct text reason, uint16_t status)
{
    const struct call *call = core_call(step->core, leg->call);

    if (leg->state == LEG_ENDING)
        return;
    leg->state = LEG_ENDING;
    operators_leave(step->core, leg, leg->answered_wall_ms ? step->event->now_ms : 0);
    if (!leg->released && leg->dialog) {
        struct command *command = leg_emit(step, SIP_HANG_UP, leg);
        command->sip.phrase = step_text_copy(step, reason);
        command->sip.status = status ? status : q850(call ? call->cause : CAUSE_NONE);
    }
    if (leg->media_open && !leg->media_closed)
        step_emit_to(step, MEDIA_CLOSE, leg);
}

void leg_end(struct step *step, struct leg *leg, struct text reason)
{
    leg_end_as(step, leg, reason, 0);
}

bool leg_gone(const struct leg *leg)
{
    return leg->released && leg->media_closed && !leg->dialed;
}

void leg_take_figures(struct leg *leg, const struct event *event)
{
    leg->media_closed = true;
    leg->figures = (struct leg_figures){.received = event->closed.received,
                                        .lost = event->closed.lost,
                                        .late = event->closed.late,
                                        .jitter_us = event->closed.jitter_us,
                                        .concealed = event->closed.concealed,
                                        .sent = event->closed.sent,
                                        .strangers = event->closed.strangers,
                                        .forged = event->closed.forged,
                                        .replayed = event->closed.replayed,
                                        .echo_ms = event->closed.echo_ms,
                                        .erle_db = event->closed.erle_db,
                                        .round_trip_us = event->closed.round_trip_us,
                                        .remote_lost_permille = event->closed.remote_lost_permille,
                                        .burst_permille = event->closed.burst_permille,
                                        .burst_ms = event->closed.burst_ms,
                                        .gap_permille = event->closed.gap_permille,
                                        .gap_ms = event->closed.gap_ms,
                                        .r_tenths = event->closed.r_tenths,
                                        .mos_hundredths = event->closed.mos_hundredths,
                                        .remote_late_permille = event->closed.remote_late_permille,
                                        .remote_r_tenths = event->closed.remote_r_tenths,
                                        .remote_mos_hundredths =
                                            event->closed.remote_mos_hundredths};
}

void leg_account(struct step *step, const struct call *call, struct leg *leg, bool ended)
{
    struct command *command;

    if (leg->accounted)
        return;
    leg->accounted = ended;
    struct text party = step_text_copy(step, text_of(leg->party)); /* It may be put back at once. */
    struct text reason = step_text_copy(step, text_of(leg->reason));
    command = step_emit_to(step, STORE_LEG, leg);
    command->leg_account.ref = text_of(call->ref);
    command->leg_account.number = leg->number;
    command->leg_account.started_ms = leg->started_wall_ms;
    command->leg_account.answered_ms = leg->answered_wall_ms;
    command->leg_account.ended_ms = ended ? step->event->wall_ms : 0;
    command->leg_account.direction = leg->outgoing ? DIRECTION_OUT : DIRECTION_IN;
    command->leg_account.role = text_of(leg_role_names[leg->role]);
    command->leg_account.party = party;
    if (leg->trunk >= 0)
        command->leg_account.trunk = call_plan(step->core, call)->trunks[leg->trunk].name;
    command->leg_account.status = leg->status;
    command->leg_account.reason = reason;
    command->leg_account.codec = leg->codec;
    command->leg_account.received = leg->figures.received;
    command->leg_account.lost = leg->figures.lost;
    command->leg_account.late = leg->figures.late;
    command->leg_account.jitter_us = leg->figures.jitter_us;
    command->leg_account.concealed = leg->figures.concealed;
    command->leg_account.sent = leg->figures.sent;
    command->leg_account.strangers = leg->figures.strangers;
    command->leg_account.round_trip_us = leg->figures.round_trip_us;
    command->leg_account.remote_lost_permille = leg->figures.remote_lost_permille;
    command->leg_account.burst_permille = leg->figures.burst_permille;
    command->leg_account.burst_ms = leg->figures.burst_ms;
    command->leg_account.gap_permille = leg->figures.gap_permille;
    command->leg_account.gap_ms = leg->figures.gap_ms;
    command->leg_account.r_tenths = leg->figures.r_tenths;
    command->leg_account.mos_hundredths = leg->figures.mos_hundredths;
    command->leg_account.remote_late_permille = leg->figures.remote_late_permille;
    command->leg_account.remote_r_tenths = leg->figures.remote_r_tenths;
    command->leg_account.remote_mos_hundredths = leg->figures.remote_mos_hundredths;
    command->leg_account.forged = leg->figures.forged;
    command->leg_account.replayed = leg->figures.replayed;
}

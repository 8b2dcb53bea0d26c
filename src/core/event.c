// SPDX-License-Identifier: Apache-2.0
/* event.c - the table of every event's fields, and the few functions over it. */
#include "core/event.h"

#include <assert.h>
#include <string.h>

#include "core/command.h"

const char *const transport_names[3] = {"udp", "tcp", "tls"};
const char *const session_refresher_names[3] = {"none", "uac", "uas"};
const char *const away_names[AWAYS] = {
    [AWAY_RATE] = "rate", [AWAY_BEHIND] = "behind", [AWAY_DIALOGS] = "dialogs"};
const char *const trunk_fact_names[TRUNK_FACTS] = {[TRUNK_REGISTERED] = "registered",
                                                   [TRUNK_NOT_REGISTERED] = "not_registered",
                                                   [TRUNK_ALIVE] = "alive",
                                                   [TRUNK_DEAD] = "dead"};
const char *const key_source_names[3] = {"rtp", "inband", "info"};
const char *const turn_fact_names[TURN_FACTS] = {
    [TURN_EAGER_END] = "eager_end", [TURN_RESUMED] = "resumed", [TURN_END] = "end",
    [TURN_COMMITTED] = "committed"};
const char *const tool_outcome_names[TOOL_OUTCOMES] = {[TOOL_OK] = "ok",
                                                       [TOOL_REFUSED] = "refused",
                                                       [TOOL_TIMED_OUT] = "timed_out",
                                                       [TOOL_UNREACHABLE] = "unreachable"};
const char *const operator_state_names[OPERATOR_STATES] = {
    [OPERATOR_OFFLINE] = "offline", [OPERATOR_AVAILABLE] = "available",
    [OPERATOR_RINGING] = "ringing", [OPERATOR_BUSY] = "busy",
    [OPERATOR_WRAP_UP] = "wrap_up", [OPERATOR_BREAK] = "break",
    [OPERATOR_ASIDE] = "aside"};
const char *const operator_why_names[OPERATOR_WHYS] = {
    [OPERATOR_BY_PLAN] = "configuration", [OPERATOR_BY_WORD] = "word",
    [OPERATOR_BY_PHONE] = "telephone",    [OPERATOR_BY_OFFER] = "offer",
    [OPERATOR_BY_CALL] = "call",          [OPERATOR_BY_TIME] = "time"};
const char *const supervise_mode_names[SUPERVISE_MODES] = {
    [SUPERVISE_LISTEN] = "listen",
    [SUPERVISE_WHISPER] = "whisper",
    [SUPERVISE_BARGE_IN] = "barge-in",
    [SUPERVISE_TAKE_OVER] = "take-over",
    [SUPERVISE_END] = "end",
};
const char *const operator_said_names[OPERATOR_SAIDS] = {
    [SAID_AVAILABLE] = "available", [SAID_BREAK] = "break", [SAID_OFFLINE] = "offline"};
const char *const task_kind_names[TASK_KINDS] = {[TASK_MESSAGE] = "message",
                                                 [TASK_CALLBACK] = "callback"};

const char *const task_state_names[TASK_STATES] = {
    [TASK_NEW] = "new",
    [TASK_RECORDING] = "recording",
    [TASK_HEARD] = "heard",
    [TASK_DONE] = "done",
    [TASK_DISCARDED] = "discarded",
    [TASK_WAITING] = "waiting",
    [TASK_CALLING] = "calling",
    [TASK_KEPT] = "kept",
    [TASK_CANCELLED] = "cancelled",
    [TASK_GIVEN_UP] = "given_up",
};

const char *const provider_fact_names[PROVIDER_FACTS] = {
    [PROVIDER_OK] = "ok", [PROVIDER_SLOW] = "slow", [PROVIDER_FAILED] = "failed"};
const char *const timer_kind_names[TIMER_KINDS] = {
    [TIMER_TURN] = "turn",     [TIMER_SILENCE] = "silence", [TIMER_BARGE_IN] = "barge_in",
    [TIMER_ANSWER] = "answer", [TIMER_FILLER] = "filler",   [TIMER_TOOL] = "tool",
    [TIMER_SESSION] = "session",
    [TIMER_CALL] = "call",     [TIMER_AUDIO] = "audio",     [TIMER_FAR] = "far",
    [TIMER_FAR_SESSION] = "far_session", [TIMER_OLD] = "old", [TIMER_GLARE] = "glare",
    [TIMER_LOOKUP] = "lookup",
    [TIMER_WAIT] = "wait",
    [TIMER_OFFER] = "offer",           [TIMER_SUPERVISE] = "supervise",
    [TIMER_HOUSE] = "house",
};

const char *const capture_act_names[CAPTURE_ACTS] = {
    [CAPTURE_START] = "start", [CAPTURE_PAUSE] = "pause", [CAPTURE_RESUME] = "resume",
    [CAPTURE_STOP] = "stop",   [CAPTURE_MASK] = "mask",   [CAPTURE_UNMASK] = "unmask",
};
const char *const capture_state_names[CAPTURE_STATES] = {
    [CAPTURE_RECORDING] = "recording", [CAPTURE_PAUSED] = "paused",     [CAPTURE_MASKED] = "masked",
    [CAPTURE_ENDED] = "ended",         [CAPTURE_FINISHED] = "finished", [CAPTURE_FAILED] = "failed",
};

#define F(group, member) RECORD_FIELD(struct event, #member, group.member)
#define E(group, member, words) RECORD_ENUM(struct event, #member, group.member, words)
#define COMMON                                                                                    \
    RECORD_FIELD(struct event, "call", call), RECORD_FIELD(struct event, "leg", leg),             \
        RECORD_FIELD(struct event, "at_ms", at_ms), RECORD_FIELD(struct event, "now_ms", now_ms), \
        RECORD_FIELD(struct event, "wall_ms", wall_ms)

static const struct field common_fields[] = {COMMON};

static const struct field plan_fields[] = {COMMON, F(plan, slot), F(plan, serial)};

static const struct field timer_fields[] = {COMMON, E(timer, kind, timer_kind_names),
                                            F(timer, serial)};

static const struct field wish_fields[] = {COMMON, F(wish, name),
                                            E(wish, said, operator_said_names), F(wish, aside)};

static const struct field counted_fields[] = {
    COMMON,           F(counted, name),   E(counted, kind, slo_kind_names),
    E(counted, measure, slo_measure_names), E(counted, span, slo_span_names),
    F(counted, age_ms), F(counted, turns), F(counted, late)};

static const struct field supervise_fields[] = {
    COMMON, F(supervise, ref), F(supervise, user), E(supervise, mode, supervise_mode_names)};

static const struct field trunk_fields[] = {
    COMMON,           F(trunk, trunk),     E(trunk, fact, trunk_fact_names), F(trunk, status),
    F(trunk, reason), F(trunk, expires_s), F(trunk, round_trip_ms),
};

static const struct field away_fields[] = {
    COMMON, E(away, why, away_names), F(away, count), F(away, seed), F(away, source),
};

static const struct field request_fields[] = {
    COMMON,
    F(request, token),
    F(request, seed),
    F(request, number),
    F(request, trunk),
    F(request, agent),
    F(request, from),
    F(request, headers),
    F(request, key),
    F(request, callback),
};

static const struct field register_fields[] = {
    COMMON,
    F(registering, request),
    F(registering, user),
    F(registering, aor),
    F(registering, source),
    E(registering, transport, transport_names),
    F(registering, contacts),
    F(registering, all),
    F(registering, sip_call_id),
    F(registering, cseq),
};

static const struct field phone_fields[] = {
    COMMON,
    F(phone, user),
    F(phone, contact),
    F(phone, source),
    F(phone, sip_call_id),
    E(phone, transport, transport_names),
    F(phone, expires_ms),
    F(phone, cseq),
};

static const struct field watched_fields[] = {COMMON, F(watched, place), F(watched, serial),
                                              F(watched, silent)};

static const struct field invite_fields[] = {
    COMMON,
    F(invite, dialog),
    F(invite, seed),
    E(invite, transport, transport_names),
    F(invite, source),
    F(invite, local),
    F(invite, from),
    F(invite, from_name),
    F(invite, to),
    F(invite, sip_call_id),
    F(invite, user),
    F(invite, asserted),
    F(invite, diversion),
    F(invite, user_to_user),
    F(invite, headers),
    F(invite, replaces),
    F(invite, hops),
    F(invite, sdp),
    F(invite, reliable_required),
    F(invite, reliable_supported),
    F(invite, timer_supported),
    F(invite, session_expires_s),
    F(invite, min_se_s),
    E(invite, refresher, session_refresher_names),
};

static const struct field sip_fields[] = {
    COMMON,
    F(sip, dialog),
    F(sip, status),
    F(sip, final),
    F(sip, reason),
    F(sip, target),
    F(sip, sdp),
    F(sip, session_expires_s),
    E(sip, refresher, session_refresher_names),
};

static const struct field reinvite_fields[] = {
    COMMON,
    F(reinvite, dialog),
    F(reinvite, request),
    F(reinvite, update),
    F(reinvite, sdp),
    F(reinvite, session_expires_s),
    F(reinvite, min_se_s),
    E(reinvite, refresher, session_refresher_names),
    F(reinvite, timer_supported),
};

static const struct field refer_fields[] = {
    COMMON,
    F(refer, dialog),
    F(refer, request),
    F(refer, target),
    F(refer, replaces),
    F(refer, replaced),
    F(refer, referred_by),
    F(refer, quiet),
};

static const struct field sip_key_fields[] = {COMMON, F(sip_key, dialog), F(sip_key, key)};

static const struct field capture_fields[] = {COMMON, F(capture, ref),
                                              E(capture, act, capture_act_names)};

static const struct field captured_fields[] = {COMMON, F(captured, name), F(captured, file),
                                               E(captured, state, capture_state_names),
                                               F(captured, bytes)};

static const struct field voice_fields[] = {COMMON, F(voice, voiced), F(voice, edge_ms),
                                            F(voice, level_db), F(voice, echo)};

static const struct field key_fields[] = {COMMON, F(key, key), E(key, source, key_source_names),
                                          F(key, duration_ms)};

static const struct field played_fields[] = {COMMON, F(played, utterance), F(played, heard_ms),
                                             F(played, total_ms), F(played, finished)};

static const struct field silent_fields[] = {COMMON, F(silent, silent), F(silent, for_ms)};

static const struct field late_fields[] = {COMMON, F(late, thread), F(late, permille)};

static const struct field closed_fields[] = {
    COMMON,
    F(closed, received),
    F(closed, lost),
    F(closed, late),
    F(closed, duplicate),
    F(closed, strangers),
    F(closed, sent),
    F(closed, captured),
    F(closed, jitter_us),
    F(closed, jitter_max_us),
    F(closed, remote_lost_permille),
    F(closed, round_trip_us),
    F(closed, concealed),
    F(closed, echo_ms),
    F(closed, erle_db),
    F(closed, burst_permille),
    F(closed, burst_ms),
    F(closed, gap_permille),
    F(closed, gap_ms),
    F(closed, r_tenths),
    F(closed, mos_hundredths),
    F(closed, remote_late_permille),
    F(closed, remote_r_tenths),
    F(closed, remote_mos_hundredths),
    F(closed, forged),
    F(closed, replayed),
};

static const struct field verdict_fields[] = {COMMON, F(verdict, speech),
                                              F(verdict, probability_permille),
                                              F(verdict, voiced_ms), F(verdict, last_ms)};

static const struct field heard_fields[] = {
    COMMON,
    F(heard, turn),
    F(heard, text),
    F(heard, confidence_permille),
    F(heard, listening),
    F(heard, speech_from_ms),
    F(heard, speech_to_ms),
};

static const struct field speech_fields[] = {
    COMMON,        F(speech, utterance), F(speech, clip), F(speech, cut_ms), F(speech, cached),
    F(speech, provider), F(speech, made_ms), F(speech, retry_after_s), F(speech, why)};

static const struct field turning_fields[] = {COMMON, F(turning, turn),
                                              E(turning, what, turn_fact_names), F(turning, text),
                                              F(turning, confidence_permille)};

static const struct field session_fields[] = {COMMON, F(session, session), F(session, provider)};

static const struct field mind_fields[] = {
    COMMON,
    F(mind, turn),
    F(mind, provider),
    F(mind, text),
    F(mind, clip),
    F(mind, first_token_ms),
    F(mind, number),
    F(mind, name),
    F(mind, arguments),
    F(mind, tokens_in),
    F(mind, tokens_out),
    F(mind, status),
    F(mind, retry_after_s),
    F(mind, why),
};

static const struct field tool_fields[] = {
    COMMON,
    F(tool, turn),
    F(tool, number),
    F(tool, attempt),
    E(tool, outcome, tool_outcome_names),
    F(tool, status),
    F(tool, retry_after_s),
    F(tool, text),
};

static const struct field task_fields[] = {
    COMMON,
    F(task, ref),
    F(task, turn),
    F(task, number),
    F(task, party),
    F(task, queue),
    F(task, agent),
    F(task, intent),
    F(task, about),
    F(task, promised_ms),
    F(task, from_ms),
    F(task, until_ms),
    F(task, next_ms),
    F(task, place_ms),
    F(task, priority),
    F(task, attempts),
    F(task, calling),
    F(task, made),
    F(task, reached),
};

static const struct field asked_fields[] = {COMMON, F(asked, ref),
                                            E(asked, kind, task_kind_names),
                                            E(asked, state, task_state_names)};

static const struct field lookup_fields[] = {
    COMMON,
    E(lookup, outcome, tool_outcome_names),
    F(lookup, status),
    F(lookup, ms),
    F(lookup, cached),
    F(lookup, facts),
    F(lookup, why),
};

static const struct field noted_fields[] = {COMMON, F(noted, turn), F(noted, number)};

static const struct field provider_fields[] = {
    COMMON, F(provider, plan), F(provider, provider), E(provider, what, provider_fact_names),
    F(provider, ms), F(provider, retry_after_s), F(provider, why)};

static const struct field understood_fields[] = {
    COMMON,
    F(understood, turn),
    F(understood, intent),
    F(understood, confidence_permille),
    E(understood, sentiment, sentiment_names),
    F(understood, entities),
    F(understood, summary),
};

static const struct field store_fields[] = {COMMON, F(store, why)};

#define SHAPE(kind, table) [kind] = RECORD_SHAPE(#kind, table)

const struct shape event_shapes[EVENT_KINDS] = {
    SHAPE(EVENT_NONE, common_fields),
    SHAPE(PLAN_LOADED, plan_fields),
    SHAPE(TIMER_FIRED, timer_fields),
    SHAPE(CALL_REQUESTED, request_fields),
    SHAPE(SERVER_DRAIN, common_fields),
    SHAPE(TASK_ASKED, asked_fields),
    SHAPE(CAPTURE_ASKED, capture_fields),
    SHAPE(OPERATOR_ASKED, wish_fields),
    SHAPE(STORE_OPERATOR_KNOWN, wish_fields),
    SHAPE(STORE_SLO_KNOWN, counted_fields),
    SHAPE(SUPERVISE_ASKED, supervise_fields),
    SHAPE(LIMB_LOST, common_fields),
    SHAPE(SIP_TRUNK, trunk_fields),
    SHAPE(SIP_AWAY, away_fields),
    SHAPE(SIP_REGISTER, register_fields),
    SHAPE(SIP_PHONE, watched_fields),
    SHAPE(SIP_INVITE, invite_fields),
    SHAPE(SIP_PRACKED, sip_fields),
    SHAPE(SIP_CANCELLED, sip_fields),
    SHAPE(SIP_ACKED, sip_fields),
    SHAPE(SIP_REINVITED, reinvite_fields),
    SHAPE(SIP_REFRESHED, sip_fields),
    SHAPE(SIP_KEY, sip_key_fields),
    SHAPE(SIP_BYE, sip_fields),
    SHAPE(SIP_FAILED, sip_fields),
    SHAPE(SIP_DIALED, sip_fields),
    SHAPE(SIP_PROGRESS, sip_fields),
    SHAPE(SIP_ANSWERED, sip_fields),
    SHAPE(SIP_REFUSED, sip_fields),
    SHAPE(SIP_AGREED, sip_fields),
    SHAPE(SIP_REFERRED, refer_fields),
    SHAPE(SIP_REFER_ANSWERED, sip_fields),
    SHAPE(SIP_NOTIFIED, sip_fields),
    SHAPE(SIP_RELEASED, sip_fields),
    SHAPE(MEDIA_VOICE, voice_fields),
    SHAPE(MEDIA_KEY, key_fields),
    SHAPE(MEDIA_AUDIBLE, played_fields),
    SHAPE(MEDIA_PLAYED, played_fields),
    SHAPE(MEDIA_SILENT, silent_fields),
    SHAPE(MEDIA_LATE, late_fields),
    SHAPE(MEDIA_CLOSED, closed_fields),
    SHAPE(MEDIA_CAPTURED, captured_fields),
    SHAPE(SPEECH_LISTENING, common_fields),
    SHAPE(SPEECH_VERDICT, verdict_fields),
    SHAPE(SPEECH_PARTIAL, heard_fields),
    SHAPE(SPEECH_FINAL, heard_fields),
    SHAPE(SPEECH_READY, speech_fields),
    SHAPE(SPEECH_FAILED, speech_fields),
    SHAPE(SPEECH_STOPPED, common_fields),
    SHAPE(SPEECH_TURN, turning_fields),
    SHAPE(SPEECH_SESSION, session_fields),
    SHAPE(MIND_UNDERSTOOD, understood_fields),
    SHAPE(MIND_SAYS, mind_fields),
    SHAPE(MIND_SOUNDS, mind_fields),
    SHAPE(MIND_WRITES, mind_fields),
    SHAPE(MIND_TOOL, mind_fields),
    SHAPE(MIND_DONE, mind_fields),
    SHAPE(MIND_FAILED, mind_fields),
    SHAPE(TOOL_DONE, tool_fields),
    SHAPE(LOOKUP_DONE, lookup_fields),
    SHAPE(PROVIDER_FACT, provider_fields),
    SHAPE(STORE_OPENED, common_fields),
    SHAPE(STORE_FAILED, store_fields),
    SHAPE(STORE_KNOWN, store_fields),
    SHAPE(STORE_BOUND, common_fields),
    SHAPE(STORE_PHONE_KNOWN, phone_fields),
    SHAPE(STORE_TASK_KNOWN, task_fields),
    SHAPE(STORE_TASKS_TOLD, common_fields),
    SHAPE(STORE_NOTED, noted_fields),
};

_Static_assert(EVENT_KINDS < 128, "the kind is one byte");

size_t event_pack(const struct event *event, uint8_t *out, size_t size)
{
    assert((uint32_t)event->kind < EVENT_KINDS);
    if (size < 1)
        return 0;
    size_t packed = record_pack(&event_shapes[event->kind], event, out + 1, size - 1);
    if (packed == 0)
        return 0;
    out[0] = (uint8_t)event->kind;
    return packed + 1;
}

bool event_unpack(const uint8_t *bytes, size_t size, struct event *out)
{
    if (size < 1 || bytes[0] >= EVENT_KINDS)
        return false;
    memset(out, 0, sizeof(*out));
    out->kind = bytes[0];
    return record_unpack(&event_shapes[out->kind], bytes + 1, size - 1, out);
}

void event_print(const struct event *event, struct text_buffer *out)
{
    assert((uint32_t)event->kind < EVENT_KINDS);
    record_print(&event_shapes[event->kind], event, out);
}

bool event_equal(const struct event *a, const struct event *b)
{
    return a->kind == b->kind && record_equal(&event_shapes[a->kind], a, b);
}

enum mailbox_result event_post(struct mailbox *mailbox, const struct event *event)
{
    uint8_t packed[MAX_PACKED];
    size_t size = event_pack(event, packed, sizeof(packed));
    return size > 0 ? mailbox_post(mailbox, packed, size) : MAILBOX_FULL;
}

enum mailbox_result event_try_post(struct mailbox *mailbox, const struct event *event)
{
    uint8_t packed[MAX_PACKED];
    size_t size = event_pack(event, packed, sizeof(packed));
    return size > 0 ? mailbox_try_post(mailbox, packed, size) : MAILBOX_FULL;
}

// SPDX-License-Identifier: Apache-2.0
/* command_fields.c - the table of every command's fields: what is packed, printed, compared and shown is
 * in here, and nowhere else. */
#include "core/command.h"

static const char *const way_names[] = {"both", "send", "receive", "none"};
static const char *const expect_names[] = {"free", "yes_no", "digits"};

#define F(group, member) RECORD_FIELD(struct command, #member, group.member)
#define E(group, member, words) RECORD_ENUM(struct command, #member, group.member, words)
#define COMMON RECORD_FIELD(struct command, "call", call), RECORD_FIELD(struct command, "leg", leg)

static const struct field common_fields[] = {COMMON};

static const struct field timer_fields[] = {COMMON, E(timer, kind, timer_kind_names),
                                            F(timer, serial), F(timer, at_ms)};

static const struct field plan_fields[] = {COMMON, F(plan, slot)};

static const struct field sip_fields[] = {
    COMMON,
    F(sip, dialog),
    F(sip, request),
    F(sip, status),
    F(sip, reliable),
    F(sip, phrase),
    F(sip, sdp),
    F(sip, retry_after_s),
    F(sip, session_expires_s),
    F(sip, min_se_s),
    E(sip, refresher, session_refresher_names),
    F(sip, uri),
    F(sip, from),
    F(sip, trunk),
    F(sip, route),
    F(sip, user),
    F(sip, headers),
    F(sip, referred_by),
    F(sip, replaces),
    F(sip, hops),
    F(sip, final),
    F(sip, key),
};

static const struct field media_fields[] = {
    COMMON,
    F(media, remote),
    E(media, codec, codec_names),
    F(media, payload_type),
    F(media, event_type),
    F(media, event_rate),
    F(media, noise_type),
    F(media, bitrate),
    F(media, fec),
    F(media, cbr),
    F(media, dtx),
    E(media, way, way_names),
    F(media, seed),
    F(media, no_audio_ms),
    F(media, voip_metrics),
    F(media, capture),
    F(media, name),
    E(media, suite, srtp_suite_names),
    F(media, key_in),
    F(media, key_own),
};

static const struct field play_fields[] = {COMMON, F(play, utterance), F(play, clip),
                                          F(play, loop)};
static const struct field bridge_fields[] = {COMMON, F(bridge, other), F(bridge, mask_keys)};
static const struct field hear_fields[] = {COMMON, F(hear, other), F(hear, on),
                                          F(hear, played), F(hear, gain_db)};
static const struct field told_fields[] = {COMMON, F(told, token), F(told, ref), F(told, known),
                                          F(told, why)};
static const struct field tap_fields[] = {COMMON, F(tap, ring), F(tap, epoch)};
static const struct field capture_fields[] = {COMMON, E(capture, act, capture_act_names),
                                              F(capture, name)};
static const struct field captured_fields[] = {
    COMMON,
    F(captured, ref),
    F(captured, wall_ms),
    F(captured, number),
    F(captured, name),
    F(captured, file),
    E(captured, state, capture_state_names),
    F(captured, bytes),
};
static const struct field keys_fields[] = {COMMON, F(keys, keys)};
static const struct field clip_fields[] = {COMMON, F(clip, clip)};

static const struct field listen_fields[] = {COMMON,           F(listen, ring),
                                             F(listen, epoch), F(listen, plan),
                                             F(listen, agent), E(listen, expect, expect_names),
                                             F(listen, provider), F(listen, replay),
                                             F(listen, language)};

static const struct field finish_fields[] = {COMMON, F(finish, turn)};
static const struct field say_fields[] = {COMMON, F(say, utterance), F(say, wide),
                                          F(say, provider), F(say, plan), F(say, voice),
                                          F(say, text), F(say, language)};

static const struct field understand_fields[] = {
    COMMON,
    F(understand, turn),
    F(understand, plan),
    F(understand, agent),
    F(understand, text),
    F(understand, confidence_permille),
    F(understand, asked),
};

static const struct field think_fields[] = {
    COMMON,          F(think, turn),  F(think, plan),     F(think, agent),       F(think, provider),
    F(think, text), F(think, noted), F(think, facts), F(think, language), F(think, session), F(think, speculative),
};

static const struct field result_fields[] = {COMMON, F(result, turn), F(result, number),
                                             E(result, outcome, tool_outcome_names),
                                             F(result, text)};

static const struct field note_fields[] = {COMMON, F(note, turn),
                                           E(note, speaker, speaker_names), F(note, text),
                                           F(note, unheard), F(note, key),
                                           F(note, clip), F(note, heard_ms)};

static const struct field tool_fields[] = {
    COMMON,         F(tool, turn),      F(tool, number), F(tool, attempt),
    F(tool, plan),  F(tool, agent),     F(tool, tool),   F(tool, name),
    F(tool, arguments), F(tool, key),
};

static const struct field tool_account_fields[] = {
    COMMON,
    F(tool_account, ref),
    F(tool_account, wall_ms),
    F(tool_account, turn),
    F(tool_account, number),
    F(tool_account, attempts),
    F(tool_account, ms),
    F(tool_account, agent),
    F(tool_account, name),
    F(tool_account, arguments),
    F(tool_account, key),
    E(tool_account, state, tool_state_names),
    E(tool_account, outcome, tool_outcome_names),
    F(tool_account, status),
    F(tool_account, text),
};

static const struct field place_fields[] = {COMMON,
                                            F(place, callback),
                                            F(place, number),
                                            F(place, trunk),
                                            F(place, agent),
                                            F(place, from),
                                            F(place, key)};

static const struct field task_state_fields[] = {COMMON, F(task_state, ref), F(task_state, wall_ms),
                                                 E(task_state, kind, task_kind_names),
                                                 E(task_state, state, task_state_names)};

static const struct field task_fields[] = {
    COMMON,
    F(task, ref),
    F(task, wall_ms),
    F(task, turn),
    F(task, number),
    E(task, kind, task_kind_names),
    E(task, state, task_state_names),
    F(task, party),
    F(task, due),
    F(task, text),
    F(task, queue),
    F(task, agent),
    F(task, intent),
    F(task, summary),
    F(task, file),
    F(task, length_ms),
    F(task, attempts),
    F(task, from_ms),
    F(task, until_ms),
    F(task, next_ms),
    F(task, why),
    F(task, place_ms),
    F(task, priority),
    F(task, queued),
    F(task, attempt),
};

static const struct field provider_fields[] = {
    COMMON,          F(provider, provider), F(provider, wall_ms),
    E(provider, health, trunk_health_names), F(provider, ms), F(provider, reason),
};

static const struct field duty_fields[] = {
    COMMON,
    F(duty, name),
    F(duty, wall_ms),
    E(duty, state, operator_state_names),
    E(duty, was, operator_state_names),
    E(duty, said, operator_said_names),
    F(duty, aside),
    F(duty, gone),
    E(duty, why, operator_why_names),
    F(duty, ref),
};

static const struct field offer_fields[] = {
    COMMON,
    F(offer, ref),
    F(offer, wall_ms),
    F(offer, name),
    F(offer, label),
    F(offer, place),
    F(offer, queue),
    F(offer, caller),
    F(offer, intent),
    F(offer, statement),
    F(offer, summary),
    F(offer, entities),
    F(offer, given),
    F(offer, transferred_from),
    F(offer, reason),
    E(offer, sentiment, sentiment_names),
    F(offer, brief),
};

static const struct field supervision_fields[] = {
    COMMON,
    F(supervision, ref),
    F(supervision, wall_ms),
    F(supervision, number),
    F(supervision, name),
    F(supervision, telephone),
    F(supervision, operator_name),
    F(supervision, agent),
    E(supervision, mode, supervise_mode_names),
    E(supervision, what, supervise_what_names),
    F(supervision, from_ms),
    F(supervision, until_ms),
    E(supervision, caller_told, plan_tell_names),
    E(supervision, operator_told, plan_tell_names),
    F(supervision, why),
};

static const struct field slo_count_fields[] = {
    COMMON,        F(slo, name),  F(slo, wall_ms), E(slo, kind, slo_kind_names),
    E(slo, measure, slo_measure_names), F(slo, turns), F(slo, late)};

static const struct field slo_fields[] = {
    COMMON,
    F(slo, name),
    F(slo, wall_ms),
    E(slo, kind, slo_kind_names),
    E(slo, step, slo_step_names),
    E(slo, was, slo_step_names),
    E(slo, measure, slo_measure_names),
    F(slo, turns),
    F(slo, late),
    F(slo, burn_hundredths),
};

static const struct field queue_fields[] = {
    COMMON,
    F(queue, ref),
    F(queue, wall_ms),
    F(queue, number),
    F(queue, queue),
    E(queue, what, queue_what_names),
    F(queue, priority),
    F(queue, place_ms),
    F(queue, position),
    F(queue, waited_ms),
    F(queue, told),
    F(queue, p50_ms),
    F(queue, p90_ms),
    F(queue, operator_name),
    F(queue, why),
};

static const struct field opened_fields[] = {
    COMMON,
    F(opened, ref),
    F(opened, wall_ms),
    F(opened, caller),
    F(opened, called),
    F(opened, trunk),
    F(opened, source),
    F(opened, sip_call_id),
    F(opened, agent),
    F(opened, asserted),
    F(opened, diversion),
    F(opened, user_to_user),
    F(opened, headers),
    E(opened, transport, transport_names),
    E(opened, direction, direction_names),
    F(opened, key),
};

static const struct field answered_fields[] = {COMMON,
                                               F(answered, ref),
                                               F(answered, wall_ms),
                                               E(answered, codec, codec_names),
                                               F(answered, agent),
                                               E(answered, suite, srtp_suite_names)};

static const struct field turn_fields[] = {
    COMMON,
    F(turn, ref),
    F(turn, wall_ms),
    F(turn, turn),
    E(turn, speaker, speaker_names),
    F(turn, agent),
    F(turn, text),
    F(turn, unheard),
    F(turn, intent),
    F(turn, confidence_permille),
    F(turn, word_confidence_permille),
    E(turn, sentiment, sentiment_names),
    F(turn, entities),
};

static const struct field held_fields[] = {
    COMMON, F(held, ref), F(held, wall_ms), F(held, number), F(held, role), F(held, holds)};

static const struct field key_fields[] = {
    COMMON,         F(key, ref), F(key, wall_ms), F(key, key), E(key, source, key_source_names),
    F(key, meaning)};

static const struct field handover_fields[] = {
    COMMON,
    F(handover, ref),
    F(handover, wall_ms),
    F(handover, from),
    F(handover, to),
    F(handover, intent),
    F(handover, reason),
    F(handover, statement),
    F(handover, summary),
    F(handover, entities),
    E(handover, sentiment, sentiment_names),
};

static const struct field leg_fields[] = {
    COMMON,
    F(leg_account, ref),
    F(leg_account, number),
    F(leg_account, started_ms),
    F(leg_account, answered_ms),
    F(leg_account, ended_ms),
    E(leg_account, direction, direction_names),
    F(leg_account, role),
    F(leg_account, party),
    F(leg_account, trunk),
    F(leg_account, status),
    F(leg_account, reason),
    E(leg_account, codec, codec_names),
    F(leg_account, received),
    F(leg_account, lost),
    F(leg_account, late),
    F(leg_account, jitter_us),
    F(leg_account, concealed),
    F(leg_account, sent),
    F(leg_account, strangers),
    F(leg_account, round_trip_us),
    F(leg_account, remote_lost_permille),
    F(leg_account, burst_permille),
    F(leg_account, burst_ms),
    F(leg_account, gap_permille),
    F(leg_account, gap_ms),
    F(leg_account, r_tenths),
    F(leg_account, mos_hundredths),
    F(leg_account, remote_late_permille),
    F(leg_account, remote_r_tenths),
    F(leg_account, remote_mos_hundredths),
    F(leg_account, forged),
    F(leg_account, replayed),
};

static const struct field lookup_fields[] = {COMMON, F(lookup, plan), F(lookup, caller),
                                             F(lookup, called)};
static const struct field lookup_account_fields[] = {
    COMMON,
    F(lookup_account, ref),
    F(lookup_account, wall_ms),
    E(lookup_account, outcome, tool_outcome_names),
    F(lookup_account, status),
    F(lookup_account, ms),
    F(lookup_account, cached),
    F(lookup_account, facts),
    F(lookup_account, why),
};

static const struct field delivery_fields[] = {
    COMMON,
    F(delivery, id),
    F(delivery, endpoint),
    F(delivery, wall_ms),
    F(delivery, due_ms),
    E(delivery, state, delivery_state_names),
    F(delivery, attempts),
    F(delivery, status),
    F(delivery, gone),
    F(delivery, why),
};

static const struct field transfer_fields[] = {
    COMMON,
    F(transfer, ref),
    F(transfer, wall_ms),
    F(transfer, how),
    F(transfer, target),
    F(transfer, done),
    F(transfer, status),
    F(transfer, detail),
};

static const struct field ledger_fields[] = {
    COMMON,
    F(ledger, ref),
    F(ledger, wall_ms),
    F(ledger, turn),
    F(ledger, speech_ms),
    F(ledger, first_partial_ms),
    F(ledger, end_of_turn_ms),
    F(ledger, final_text_ms),
    F(ledger, understood_ms),
    F(ledger, first_token_ms),
    F(ledger, first_speech_ms),
    F(ledger, silence_cut_ms),
    F(ledger, audible_ms),
    F(ledger, heard_ms),
    F(ledger, interrupted),
    F(ledger, answer_ms),
    F(ledger, heard_by),
    F(ledger, thought_by),
    F(ledger, spoken_by),
    F(ledger, tokens_in),
    F(ledger, tokens_out),
    F(ledger, thrown_away),
    F(ledger, saved_ms),
};

static const struct field registered_fields[] = {COMMON, F(registered, request),
                                                F(registered, status), F(registered, contacts),
                                                F(registered, min_expires_s)};

static const struct field watch_fields[] = {
    COMMON,
    F(watch, place),
    F(watch, serial),
    F(watch, contact),
    F(watch, source),
    E(watch, transport, transport_names),
    F(watch, expires_ms),
    F(watch, every_ms),
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
    F(phone, silent),
};

static const struct field trunk_fields[] = {
    COMMON,
    F(trunk, trunk),
    F(trunk, wall_ms),
    E(trunk, health, trunk_health_names),
    E(trunk, registration, trunk_registration_names),
    F(trunk, status),
    F(trunk, reason),
    F(trunk, round_trip_ms),
};

static const struct field closed_fields[] = {
    COMMON,
    F(closed, ref),
    F(closed, wall_ms),
    E(closed, cause, cause_names),
    F(closed, status),
    F(closed, detail),
    F(closed, agent),
    F(closed, intent),
    E(closed, sentiment, sentiment_names),
    F(closed, ring_ms),
    F(closed, talk_ms),
    F(closed, turns),
    F(closed, keys),
    F(closed, handovers),
    F(closed, interruptions),
    F(closed, transfers),
    F(closed, keys_only),
    F(closed, leg_number),
    F(closed, received),
    F(closed, lost),
    F(closed, late),
    F(closed, jitter_us),
    F(closed, concealed),
    F(closed, sent),
    F(closed, strangers),
    F(closed, round_trip_us),
    F(closed, remote_lost_permille),
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
    F(closed, echo_ms),
    F(closed, erle_db),
};

#define SHAPE(kind, table) [kind] = RECORD_SHAPE(#kind, table)

const struct shape command_shapes[COMMAND_KINDS] = {
    SHAPE(COMMAND_NONE, common_fields),
    SHAPE(TIMER_SET, timer_fields),
    SHAPE(TIMER_CANCEL, timer_fields),
    SHAPE(PLAN_DROP, plan_fields),
    SHAPE(CALL_PLACE, place_fields),
    SHAPE(CALL_TELL, told_fields),
    SHAPE(SIP_RING, sip_fields),
    SHAPE(SIP_ANSWER, sip_fields),
    SHAPE(SIP_REJECT, sip_fields),
    SHAPE(SIP_REPLY, sip_fields),
    SHAPE(SIP_REFRESH, sip_fields),
    SHAPE(SIP_HANG_UP, sip_fields),
    SHAPE(SIP_DIAL, sip_fields),
    SHAPE(SIP_REINVITE, sip_fields),
    SHAPE(SIP_REFER, sip_fields),
    SHAPE(SIP_NOTIFY, sip_fields),
    SHAPE(SIP_SEND_KEY, sip_fields),
    SHAPE(SIP_REGISTERED, registered_fields),
    SHAPE(SIP_WATCH, watch_fields),
    SHAPE(SIP_WATCH_EVERY, watch_fields),
    SHAPE(MEDIA_OPEN, media_fields),
    SHAPE(MEDIA_UPDATE, media_fields),
    SHAPE(MEDIA_PLAY, play_fields),
    SHAPE(MEDIA_BRIDGE, bridge_fields),
    SHAPE(MEDIA_UNBRIDGE, bridge_fields),
    SHAPE(MEDIA_HEAR, hear_fields),
    SHAPE(MEDIA_PAUSE, common_fields),
    SHAPE(MEDIA_RESUME, common_fields),
    SHAPE(MEDIA_FLUSH, common_fields),
    SHAPE(MEDIA_TAP, tap_fields),
    SHAPE(MEDIA_UNTAP, common_fields),
    SHAPE(MEDIA_CAPTURE, capture_fields),
    SHAPE(MEDIA_SEND_KEYS, keys_fields),
    SHAPE(MEDIA_CLOSE, common_fields),
    SHAPE(CLIP_DROP, clip_fields),
    SHAPE(SPEECH_LISTEN, listen_fields),
    SHAPE(SPEECH_EXPECT, listen_fields),
    SHAPE(SPEECH_FINISH, finish_fields),
    SHAPE(SPEECH_FORGET, common_fields),
    SHAPE(SPEECH_STOP, common_fields),
    SHAPE(SPEECH_SAY, say_fields),
    SHAPE(SPEECH_CANCEL, common_fields),
    SHAPE(MIND_UNDERSTAND, understand_fields),
    SHAPE(MIND_THINK, think_fields),
    SHAPE(MIND_RESULT, result_fields),
    SHAPE(MIND_NOTE, note_fields),
    SHAPE(MIND_CANCEL, common_fields),
    SHAPE(MIND_FORGET, common_fields),
    SHAPE(TOOL_CALL, tool_fields),
    SHAPE(LOOKUP_ASKED, lookup_fields),
    SHAPE(STORE_LOOKUP, lookup_account_fields),
    SHAPE(STORE_CALL_OPENED, opened_fields),
    SHAPE(STORE_CALL_ANSWERED, answered_fields),
    SHAPE(STORE_TURN, turn_fields),
    SHAPE(STORE_KEY, key_fields),
    SHAPE(STORE_HANDOVER, handover_fields),
    SHAPE(STORE_CAPTURE, captured_fields),
    SHAPE(STORE_CAPTURED, captured_fields),
    SHAPE(STORE_LEG, leg_fields),
    SHAPE(STORE_TRANSFER, transfer_fields),
    SHAPE(STORE_LEDGER, ledger_fields),
    SHAPE(STORE_CALL_CLOSED, closed_fields),
    SHAPE(STORE_PHONE, phone_fields),
    SHAPE(STORE_TRUNK, trunk_fields),
    SHAPE(STORE_PROVIDER, provider_fields),
    SHAPE(STORE_TOOL, tool_account_fields),
    SHAPE(STORE_TASK, task_fields),
    SHAPE(STORE_TASK_STATE, task_state_fields),
    SHAPE(STORE_TASKS_WANTED, common_fields),
    SHAPE(STORE_OPERATOR, duty_fields),
    SHAPE(STORE_OFFER, offer_fields),
    SHAPE(STORE_SUPERVISION, supervision_fields),
    SHAPE(STORE_SLO, slo_fields),
    SHAPE(STORE_SLO_COUNT, slo_count_fields),
    SHAPE(STORE_DELIVERY, delivery_fields),
    SHAPE(STORE_QUEUE, queue_fields),
    SHAPE(STORE_HOLD, held_fields),
};

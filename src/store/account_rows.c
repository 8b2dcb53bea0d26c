// SPDX-License-Identifier: Apache-2.0
/* account_rows.c - a table: no code. */
#include "store/account_rows.h"

const struct statement account_statements[] = {
    {.kind = STORE_CALL_OPENED,
     .sql =
         "INSERT INTO calls (ref, started_ms, caller, called, trunk, first_agent, agent, asserted,"
         " diversion, user_to_user, headers, direction, idempotency_key)"
         " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7, ?8, ?9, ?10, ?11, nullif(?12, ''))",
     .params = {TEXT_AT(opened.ref), U64_AT(opened.wall_ms), TEXT_AT(opened.caller),
                TEXT_AT(opened.called), TEXT_AT(opened.trunk), TEXT_AT(opened.agent),
                TEXT_AT(opened.asserted), TEXT_AT(opened.diversion), TEXT_AT(opened.user_to_user),
                TEXT_AT(opened.headers), WORD_AT(opened.direction, direction_names, 2),
                TEXT_AT(opened.key)}},
    {.kind = STORE_CALL_OPENED,
     .sql = "INSERT INTO legs (call, number, started_ms, source, transport, sip_call_id)"
            " VALUES (?1, 1, ?2, ?3, ?4, ?5)",
     .params = {TEXT_AT(opened.ref), U64_AT(opened.wall_ms), TEXT_AT(opened.source),
                WORD_AT(opened.transport, transport_names, 3), TEXT_AT(opened.sip_call_id)}},
    {.kind = STORE_CALL_ANSWERED,
     .must_change = true,
     .sql = "UPDATE calls SET answered_ms = ?2, agent = ifnull(nullif(?3, ''), agent),"
            " first_agent = ifnull(nullif(first_agent, ''), ?3)"
            " WHERE ref = ?1 AND ended_ms IS NULL",
     .params = {TEXT_AT(answered.ref), U64_AT(answered.wall_ms), TEXT_AT(answered.agent)}},
    {.kind = STORE_CALL_ANSWERED,
     .sql = "UPDATE legs SET answered_ms = ?2, codec = ?3, encryption = ?4 WHERE call = ?1 AND "
            "number = 1",
     .params = {TEXT_AT(answered.ref), U64_AT(answered.wall_ms),
                WORD_AT(answered.codec, codec_names, CODEC_KINDS),
                WORD_AT(answered.suite, srtp_suite_names, SUITES)}},
    {.kind = STORE_TURN,
     .sql = "INSERT INTO turns (call, wall_ms, turn, speaker, agent, text, unheard, intent,"
            " confidence_permille, word_confidence_permille, sentiment, entities)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
     .params = {TEXT_AT(turn.ref), U64_AT(turn.wall_ms), U32_AT(turn.turn),
                WORD_AT(turn.speaker, speaker_names, SPEAKERS), TEXT_AT(turn.agent), TEXT_AT(turn.text),
                TEXT_AT(turn.unheard), TEXT_AT(turn.intent), U16_AT(turn.confidence_permille),
                U16_AT(turn.word_confidence_permille), WORD_AT(turn.sentiment, sentiment_names, 4),
                TEXT_AT(turn.entities)}},
    {.kind = STORE_HOLD,
     .sql = "INSERT INTO holds (call, wall_ms, leg, role, state)"
            " VALUES (?1, ?2, ?3, ?4, iif(?5, 'held', 'resumed'))",
     .params = {TEXT_AT(held.ref), U64_AT(held.wall_ms), U32_AT(held.number), TEXT_AT(held.role),
                BOOL_AT(held.holds)}},
    {.kind = STORE_KEY,
     .sql = "INSERT INTO keys (call, wall_ms, key, source, meaning) VALUES (?1, ?2, ?3, ?4, ?5)",
     .params = {TEXT_AT(key.ref), U64_AT(key.wall_ms), AT(PARAM_CHAR, key.key),
                WORD_AT(key.source, key_source_names, 3), TEXT_AT(key.meaning)}},
    {.kind = STORE_HANDOVER,
     .sql = "INSERT INTO handovers (call, wall_ms, from_agent, to_agent, intent, reason, statement,"
            " summary, entities, sentiment) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
     .params = {TEXT_AT(handover.ref), U64_AT(handover.wall_ms), TEXT_AT(handover.from),
                TEXT_AT(handover.to), TEXT_AT(handover.intent), TEXT_AT(handover.reason),
                TEXT_AT(handover.statement), TEXT_AT(handover.summary), TEXT_AT(handover.entities),
                WORD_AT(handover.sentiment, sentiment_names, 4)}},
    {.kind =
         STORE_HANDOVER, /* So that a live call, and one that the server loses, shows who has it. */
     .sql = "UPDATE calls SET agent = ?2 WHERE ref = ?1 AND ended_ms IS NULL",
     .params = {TEXT_AT(handover.ref), TEXT_AT(handover.to)}},
    {.kind = STORE_CAPTURE,
     .sql = "INSERT INTO captures (call, number, name, started_ms, state)"
            " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (call, number) DO UPDATE SET"
            " state = excluded.state,"
            " ended_ms = CASE WHEN excluded.state = 'ended' THEN excluded.started_ms END",
     .params = {TEXT_AT(captured.ref), U32_AT(captured.number), TEXT_AT(captured.name),
                U64_AT(captured.wall_ms),
                WORD_AT(captured.state, capture_state_names, CAPTURE_STATES)}},
    {.kind = STORE_CAPTURED, /* Of a call that was deleted meanwhile: nothing to write. */
     .sql = "UPDATE captures SET state = ?2, file = ?3, bytes = nullif(?4, 0) WHERE name = ?1",
     .params = {TEXT_AT(captured.name),
                WORD_AT(captured.state, capture_state_names, CAPTURE_STATES),
                TEXT_AT(captured.file), U64_AT(captured.bytes)}},
    {.kind = STORE_LEG,
     .sql = "INSERT INTO legs (call, number, started_ms, answered_ms, ended_ms, leg_direction, role,"
            " party, leg_trunk, leg_status, leg_reason, codec, received, lost, late, jitter_us, concealed, sent,"
            " strangers, source, transport, sip_call_id)"
            " VALUES (?1, ?2, ?3, nullif(?4, 0), nullif(?5, 0), ?6, ?7, ?8, ?9, ?10, ?11,"
            " iif(?4, ?12, NULL), ?13, ?14, ?15, ?16, ?17, ?18, ?19, '', '', '')"
            " ON CONFLICT (call, number) DO UPDATE SET answered_ms = nullif(?4, 0),"
            " ended_ms = nullif(?5, 0), leg_direction = ?6, role = ?7, party = ?8, leg_trunk = ?9,"
            " leg_status = ?10, leg_reason = ?11, codec = iif(?4, ?12, codec), received = ?13, lost = ?14,"
            " late = ?15, jitter_us = ?16, concealed = ?17, sent = ?18, strangers = ?19",
     .params = {TEXT_AT(leg_account.ref), U32_AT(leg_account.number),
                U64_AT(leg_account.started_ms), U64_AT(leg_account.answered_ms),
                U64_AT(leg_account.ended_ms), WORD_AT(leg_account.direction, direction_names, 2),
                TEXT_AT(leg_account.role), TEXT_AT(leg_account.party), TEXT_AT(leg_account.trunk),
                U16_AT(leg_account.status), TEXT_AT(leg_account.reason),
                WORD_AT(leg_account.codec, codec_names, CODEC_KINDS),
                U32_AT(leg_account.received), U32_AT(leg_account.lost), U32_AT(leg_account.late),
                U32_AT(leg_account.jitter_us), U32_AT(leg_account.concealed),
                U32_AT(leg_account.sent), U32_AT(leg_account.strangers)}},
    {.kind = STORE_LEG,
     .sql = "UPDATE legs SET round_trip_us = ?3, remote_lost_permille = ?4, burst_permille = ?5,"
            " burst_ms = ?6, gap_permille = ?7, gap_ms = ?8, r_tenths = ?9, mos_hundredths = ?10,"
            " forged = ?11, replayed = ?12, remote_late_permille = ?13, remote_r_tenths = ?14,"
            " remote_mos_hundredths = ?15 WHERE call = ?1 AND number = ?2",
     .params = {TEXT_AT(leg_account.ref), U32_AT(leg_account.number),
                U32_AT(leg_account.round_trip_us), U32_AT(leg_account.remote_lost_permille),
                U32_AT(leg_account.burst_permille), U32_AT(leg_account.burst_ms),
                U32_AT(leg_account.gap_permille), U32_AT(leg_account.gap_ms),
                U32_AT(leg_account.r_tenths), U32_AT(leg_account.mos_hundredths),
                U32_AT(leg_account.forged), U32_AT(leg_account.replayed),
                U32_AT(leg_account.remote_late_permille), U32_AT(leg_account.remote_r_tenths),
                U32_AT(leg_account.remote_mos_hundredths)}},
    {.kind = STORE_TRANSFER,
     .sql = "INSERT INTO transfers (call, wall_ms, how, target, done, status, detail)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
     .params = {TEXT_AT(transfer.ref), U64_AT(transfer.wall_ms), TEXT_AT(transfer.how),
                TEXT_AT(transfer.target), BOOL_AT(transfer.done), U16_AT(transfer.status),
                TEXT_AT(transfer.detail)}},
    {.kind = STORE_LEDGER,
     .sql = "INSERT INTO ledger (call, wall_ms, turn, speech_ms, first_partial_ms, end_of_turn_ms,"
            " final_text_ms, understood_ms, first_token_ms, first_speech_ms, silence_cut_ms,"
            " audible_ms, heard_ms, interrupted, answer_ms, heard_by, thought_by, spoken_by,"
            " tokens_in, tokens_out, thrown_away, saved_ms)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,"
            " ?18, ?19, ?20, ?21, ?22)",
     .params = {TEXT_AT(ledger.ref), U64_AT(ledger.wall_ms), U32_AT(ledger.turn),
                MAYBE_AT(ledger.speech_ms), MAYBE_AT(ledger.first_partial_ms),
                MAYBE_AT(ledger.end_of_turn_ms), MAYBE_AT(ledger.final_text_ms),
                MAYBE_AT(ledger.understood_ms), MAYBE_AT(ledger.first_token_ms),
                MAYBE_AT(ledger.first_speech_ms), MAYBE_AT(ledger.silence_cut_ms),
                MAYBE_AT(ledger.audible_ms), MAYBE_AT(ledger.heard_ms),
                BOOL_AT(ledger.interrupted), MAYBE_AT(ledger.answer_ms), TEXT_AT(ledger.heard_by),
                TEXT_AT(ledger.thought_by), TEXT_AT(ledger.spoken_by), U32_AT(ledger.tokens_in),
                U32_AT(ledger.tokens_out), U32_AT(ledger.thrown_away),
                MAYBE_AT(ledger.saved_ms)}},
    {.kind = STORE_TOOL,
     .sql = "INSERT INTO tools (call, turn, number, asked_ms, agent, name, arguments, key, state,"
            " attempts, ms, outcome, status, text)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, iif(?9 = 'asked', '', ?12),"
            " ?13, ?14) ON CONFLICT (call, turn, number) DO UPDATE SET state = ?9, attempts = ?10,"
            " ms = ?11, outcome = excluded.outcome, status = ?13, text = ?14",
     .params = {TEXT_AT(tool_account.ref), U32_AT(tool_account.turn), U32_AT(tool_account.number),
                U64_AT(tool_account.wall_ms), TEXT_AT(tool_account.agent),
                TEXT_AT(tool_account.name), TEXT_AT(tool_account.arguments),
                TEXT_AT(tool_account.key),
                WORD_AT(tool_account.state, tool_state_names, TOOL_STATES),
                U32_AT(tool_account.attempts), U32_AT(tool_account.ms),
                WORD_AT(tool_account.outcome, tool_outcome_names, TOOL_OUTCOMES),
                U16_AT(tool_account.status), TEXT_AT(tool_account.text)}},
    {.kind = STORE_TASK,
     .sql = "INSERT INTO tasks (call, turn, number, wall_ms, changed_ms, kind, state, party, due,"
            " text, queue, agent, intent, summary, capture, length_ms, attempts, from_ms, until_ms,"
            " next_ms, why, place_ms, priority, queued, attempt) VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6, ?7,"
            " ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24)"
            " ON CONFLICT (call, turn, number) DO UPDATE SET"
            " changed_ms = ?4, state = iif(state IN ('done', 'cancelled'), state, ?6), party = ?7,"
            " text = iif(?9 = '', text, ?9), queue = ?10, length_ms = ?15,"
            " attempts = ?16, from_ms = ?17, until_ms = ?18, next_ms = ?19,"
            " why = iif(?20 = '' AND ?6 = 'waiting', why, ?20), place_ms = ?21, priority = ?22,"
            " queued = ?23,"
            " attempt = iif(?24 = '' AND ?6 NOT IN ('waiting', 'calling'), attempt, ?24)"
            " WHERE state <> ?6 OR attempts <> ?16 OR next_ms <> ?19 OR why <> ?20"
            " OR priority <> ?22 OR queued <> ?23 OR attempt <> ?24 OR (text <> ?9 AND ?9 <> '')",
     .params = {TEXT_AT(task.ref), U32_AT(task.turn), U32_AT(task.number), U64_AT(task.wall_ms),
                WORD_AT(task.kind, task_kind_names, TASK_KINDS),
                WORD_AT(task.state, task_state_names, TASK_STATES), TEXT_AT(task.party),
                TEXT_AT(task.due), TEXT_AT(task.text), TEXT_AT(task.queue), TEXT_AT(task.agent),
                TEXT_AT(task.intent), TEXT_AT(task.summary), TEXT_AT(task.file),
                U32_AT(task.length_ms), U32_AT(task.attempts), U64_AT(task.from_ms),
                U64_AT(task.until_ms), U64_AT(task.next_ms), TEXT_AT(task.why),
                U64_AT(task.place_ms), U32_AT(task.priority), BOOL_AT(task.queued),
                TEXT_AT(task.attempt)}},
    {.kind = STORE_TASK_STATE,
     .sql = "UPDATE tasks SET state = ?3, changed_ms = ?4 WHERE call = ?1 AND kind = ?2"
            " AND state IN ('new', 'heard', 'done', 'waiting', 'given_up')",
     .params = {TEXT_AT(task_state.ref), WORD_AT(task_state.kind, task_kind_names, TASK_KINDS),
                WORD_AT(task_state.state, task_state_names, TASK_STATES),
                U64_AT(task_state.wall_ms)}},
    {.kind = STORE_LOOKUP,
     .sql = "INSERT INTO lookups (call, wall_ms, outcome, status, ms, cached, facts, why)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
     .params = {TEXT_AT(lookup_account.ref), U64_AT(lookup_account.wall_ms),
                WORD_AT(lookup_account.outcome, tool_outcome_names, TOOL_OUTCOMES),
                U16_AT(lookup_account.status), U32_AT(lookup_account.ms),
                BOOL_AT(lookup_account.cached), TEXT_AT(lookup_account.facts),
                TEXT_AT(lookup_account.why)}},
    {.kind = STORE_PROVIDER,
     .sql = "INSERT INTO providers (name, changed_ms, health, ms, reason)"
            " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (name) DO UPDATE SET changed_ms = ?2,"
            " health = ?3, ms = ?4, reason = ?5",
     .params = {TEXT_AT(provider.provider), U64_AT(provider.wall_ms),
                WORD_AT(provider.health, trunk_health_names, TRUNK_HEALTHS),
                U32_AT(provider.ms), TEXT_AT(provider.reason)}},
    {.kind = STORE_SLO_COUNT, /* By the minute; a server may stop and start within one. */
     .sql = "INSERT INTO slo_counts (kind, name, measure, minute, turns, late)"
            " VALUES (?1, ?2, ?3, ?4 / 60000, ?5, ?6) ON CONFLICT (kind, name, measure, minute)"
            " DO UPDATE SET turns = turns + ?5, late = late + ?6",
     .params = {WORD_AT(slo.kind, slo_kind_names, SLO_KINDS), TEXT_AT(slo.name),
                WORD_AT(slo.measure, slo_measure_names, SLO_MEASURES), U64_AT(slo.wall_ms),
                U32_AT(slo.turns), U32_AT(slo.late)}},
    {.kind = STORE_SLO,
     .sql = "INSERT INTO slo (wall_ms, kind, name, step, was, measure, turns, late,"
            " burn_hundredths) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
     .params = {U64_AT(slo.wall_ms), WORD_AT(slo.kind, slo_kind_names, SLO_KINDS),
                TEXT_AT(slo.name), WORD_AT(slo.step, slo_step_names, SLO_STEPS),
                WORD_AT(slo.was, slo_step_names, SLO_STEPS),
                WORD_AT(slo.measure, slo_measure_names, SLO_MEASURES), U32_AT(slo.turns),
                U32_AT(slo.late), U32_AT(slo.burn_hundredths)}},
    {.kind = STORE_QUEUE,
     .sql = "INSERT INTO passages (call, number, queue, entered_ms, changed_ms, state, priority,"
            " position, told, p50_ms, p90_ms, waited_ms, operator, why, place_ms)"
            " VALUES (?1, ?2, ?3, ?4 - ?8, ?4, ?5, ?6, ?7, ?9, ?10, ?11, ?8, ?12, ?13, ?14)"
            " ON CONFLICT (call, number) DO UPDATE SET changed_ms = ?4, state = ?5, priority = ?6,"
            " waited_ms = ?8, operator = ifnull(nullif(?12, ''), operator),"
            " why = ifnull(nullif(?13, ''), why)",
     .params = {TEXT_AT(queue.ref), U32_AT(queue.number), TEXT_AT(queue.queue),
                U64_AT(queue.wall_ms), WORD_AT(queue.what, queue_what_names, QUEUE_WHATS),
                U32_AT(queue.priority), U32_AT(queue.position), U32_AT(queue.waited_ms),
                BOOL_AT(queue.told), U32_AT(queue.p50_ms), U32_AT(queue.p90_ms),
                TEXT_AT(queue.operator_name), TEXT_AT(queue.why), U64_AT(queue.place_ms)}},
    {.kind = STORE_CALL_CLOSED,
     .must_change = true,
     .sql = "UPDATE calls SET ended_ms = ?2, cause = ?3, status = ?4, detail = ?5,"
            " agent = ifnull(nullif(?6, ''), agent), intent = ?7, sentiment = ?8, ring_ms = ?9,"
            " talk_ms = ?10, turns = ?11, keys = ?12, handovers = ?13, interruptions = ?14,"
            " keys_only = ?15, transfers = ?16 WHERE ref = ?1 AND ended_ms IS NULL",
     .params = {TEXT_AT(closed.ref), U64_AT(closed.wall_ms),
                WORD_AT(closed.cause, cause_names, CAUSE_KINDS), U16_AT(closed.status),
                TEXT_AT(closed.detail), TEXT_AT(closed.agent), TEXT_AT(closed.intent),
                WORD_AT(closed.sentiment, sentiment_names, 4), U32_AT(closed.ring_ms),
                U32_AT(closed.talk_ms), U32_AT(closed.turns), U32_AT(closed.keys),
                U32_AT(closed.handovers), U32_AT(closed.interruptions), BOOL_AT(closed.keys_only),
                U32_AT(closed.transfers)}},
    {.kind = STORE_CALL_CLOSED,
     .sql = "UPDATE legs SET round_trip_us = ?2, remote_lost_permille = ?3, burst_permille = ?4,"
            " burst_ms = ?5, gap_permille = ?6, gap_ms = ?7, r_tenths = ?8, mos_hundredths = ?9,"
            " remote_late_permille = ?11, remote_r_tenths = ?12, remote_mos_hundredths = ?13"
            " WHERE call = ?1 AND number = max(1, ?10)",
     .params = {TEXT_AT(closed.ref), U32_AT(closed.round_trip_us),
                U32_AT(closed.remote_lost_permille), U32_AT(closed.burst_permille),
                U32_AT(closed.burst_ms), U32_AT(closed.gap_permille), U32_AT(closed.gap_ms),
                U32_AT(closed.r_tenths), U32_AT(closed.mos_hundredths), U32_AT(closed.leg_number),
                U32_AT(closed.remote_late_permille), U32_AT(closed.remote_r_tenths),
                U32_AT(closed.remote_mos_hundredths)}},
    {.kind = STORE_CALL_CLOSED,
     .sql = "UPDATE legs SET ended_ms = ?2, received = ?3, lost = ?4, late = ?5, jitter_us = ?6,"
            " concealed = ?7, sent = ?8, strangers = ?9, forged = ?10, replayed = ?11, echo_ms = "
            "?12, erle_db = ?13 WHERE call = "
            "?1 AND number = max(1, ?14)",
     .params = {TEXT_AT(closed.ref), U64_AT(closed.wall_ms), U32_AT(closed.received),
                U32_AT(closed.lost), U32_AT(closed.late), U32_AT(closed.jitter_us),
                U32_AT(closed.concealed), U32_AT(closed.sent), U32_AT(closed.strangers),
                U32_AT(closed.forged), U32_AT(closed.replayed), U32_AT(closed.echo_ms),
                U32_AT(closed.erle_db), U32_AT(closed.leg_number)}},
    {.kind = STORE_PHONE,
     .sql = "INSERT INTO phones (user, contact, source, transport, expires_ms, sip_call_id, cseq)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (user, contact) DO UPDATE SET"
            " source = ?3, transport = ?4, expires_ms = ?5, sip_call_id = ?6, cseq = ?7",
     .params = {TEXT_AT(phone.user), TEXT_AT(phone.contact), TEXT_AT(phone.source),
                WORD_AT(phone.transport, transport_names, 3), U64_AT(phone.expires_ms),
                TEXT_AT(phone.sip_call_id), U32_AT(phone.cseq)}},
    {.kind = STORE_PHONE,
     .sql = "DELETE FROM phones WHERE user = ?1 AND expires_ms = 0",
     .params = {TEXT_AT(phone.user)}},
    {.kind = STORE_OPERATOR,
     .sql = "INSERT INTO operators (name, changed_ms, state, said, aside, why)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (name) DO UPDATE SET changed_ms = ?2,"
            " state = ?3, said = ?4, aside = ?5, why = ?6",
     .params = {TEXT_AT(duty.name), U64_AT(duty.wall_ms),
                WORD_AT(duty.state, operator_state_names, OPERATOR_STATES),
                WORD_AT(duty.said, operator_said_names, OPERATOR_SAIDS), BOOL_AT(duty.aside),
                WORD_AT(duty.why, operator_why_names, OPERATOR_WHYS)}},
    {.kind = STORE_SUPERVISION,
     .sql = "INSERT INTO supervisions (call, number, wall_ms, name, telephone, mode, state,"
            " operator, agent, from_ms, until_ms, caller_told, operator_told, why)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"
            " ON CONFLICT (call, number) DO UPDATE SET state = ?7, mode = ?6, operator = ?8,"
            " agent = ?9, from_ms = ?10, until_ms = ?11, caller_told = ?12, operator_told = ?13,"
            " why = ?14",
     .params = {TEXT_AT(supervision.ref), U32_AT(supervision.number), U64_AT(supervision.wall_ms),
                TEXT_AT(supervision.name), TEXT_AT(supervision.telephone),
                WORD_AT(supervision.mode, supervise_mode_names, SUPERVISE_MODES),
                WORD_AT(supervision.what, supervise_what_names, SUPERVISE_WHATS),
                TEXT_AT(supervision.operator_name), TEXT_AT(supervision.agent),
                U64_AT(supervision.from_ms), U64_AT(supervision.until_ms),
                WORD_AT(supervision.caller_told, plan_tell_names, TELLS),
                WORD_AT(supervision.operator_told, plan_tell_names, TELLS),
                TEXT_AT(supervision.why)}},
    {.kind = STORE_OFFER,
     .sql = "INSERT INTO offers (call, wall_ms, operator, label, queue, intent, summary,"
            " sentiment, brief) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
     .params = {TEXT_AT(offer.ref), U64_AT(offer.wall_ms), TEXT_AT(offer.name),
                TEXT_AT(offer.label), TEXT_AT(offer.queue), TEXT_AT(offer.intent),
                TEXT_AT(offer.summary), WORD_AT(offer.sentiment, sentiment_names, 4),
                TEXT_AT(offer.brief)}},
    {.kind = STORE_TRUNK,
     .sql = "INSERT INTO trunks (name, changed_ms, health, registration, status, reason)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (name) DO UPDATE SET changed_ms = ?2,"
            " health = ?3, registration = ?4, status = ?5, reason = ?6",
     .params = {TEXT_AT(trunk.trunk), U64_AT(trunk.wall_ms),
                WORD_AT(trunk.health, trunk_health_names, TRUNK_HEALTHS),
                WORD_AT(trunk.registration, trunk_registration_names, REGISTRATIONS),
                U16_AT(trunk.status), TEXT_AT(trunk.reason)}},
};

const uint32_t account_statement_count =
    sizeof(account_statements) / sizeof(account_statements[0]);

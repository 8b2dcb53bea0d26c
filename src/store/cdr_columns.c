// SPDX-License-Identifier: Apache-2.0
/* cdr_columns.c - tables: no code. */
#include "store/cdr_columns.h"

#include <stddef.h>

/* New columns go to the end. */
const struct column cdr_columns[] = {
    {"ref", "calls.ref", COLUMN_TEXT},
    {"started", "calls.started_ms", COLUMN_TIME},
    {"answered", "calls.answered_ms", COLUMN_TIME},
    {"ended", "calls.ended_ms", COLUMN_TIME},
    {"cause", NULL, COLUMN_TEXT},
    {"status", NULL, COLUMN_NUMBER},
    {"detail", NULL, COLUMN_TEXT},
    {"caller", NULL, COLUMN_TEXT},
    {"called", NULL, COLUMN_TEXT},
    {"trunk", "ifnull(nullif(calls.trunk, ''), ifnull(legs.leg_trunk, ''))", COLUMN_TEXT},
    {"first_agent", NULL, COLUMN_TEXT},
    {"agent", NULL, COLUMN_TEXT},
    {"intent", NULL, COLUMN_TEXT},
    {"sentiment", NULL, COLUMN_TEXT},
    {"ring_ms", NULL, COLUMN_NUMBER},
    {"talk_ms", NULL, COLUMN_NUMBER},
    {"turns", NULL, COLUMN_NUMBER},
    {"keys", NULL, COLUMN_NUMBER},
    {"handovers", NULL, COLUMN_NUMBER},
    {"interruptions", NULL, COLUMN_NUMBER},
    {"keys_only", NULL, COLUMN_BOOL},
    {"source", NULL, COLUMN_TEXT},
    {"transport", NULL, COLUMN_TEXT},
    {"sip_call_id", NULL, COLUMN_TEXT},
    {"asserted", NULL, COLUMN_TEXT},
    {"diversion", NULL, COLUMN_TEXT},
    {"user_to_user", NULL, COLUMN_TEXT},
    {"headers", NULL, COLUMN_TEXT},
    {"codec", NULL, COLUMN_TEXT},
    {"received", NULL, COLUMN_NUMBER},
    {"lost", NULL, COLUMN_NUMBER},
    {"late", NULL, COLUMN_NUMBER},
    {"jitter_us", NULL, COLUMN_NUMBER},
    {"concealed", NULL, COLUMN_NUMBER},
    {"sent", NULL, COLUMN_NUMBER},
    {"strangers", NULL, COLUMN_NUMBER},
    {"encryption", NULL, COLUMN_TEXT},
    {"forged", NULL, COLUMN_NUMBER},
    {"replayed", NULL, COLUMN_NUMBER},
    {"echo_ms", NULL, COLUMN_NUMBER},
    {"erle_db", NULL, COLUMN_NUMBER},
    {"round_trip_us", NULL, COLUMN_NUMBER},
    {"remote_lost_permille", NULL, COLUMN_NUMBER},
    {"burst_permille", NULL, COLUMN_NUMBER},
    {"burst_ms", NULL, COLUMN_NUMBER},
    {"gap_permille", NULL, COLUMN_NUMBER},
    {"gap_ms", NULL, COLUMN_NUMBER},
    {"r_tenths", NULL, COLUMN_NUMBER},
    {"mos_hundredths", NULL, COLUMN_NUMBER},
    {"direction", NULL, COLUMN_TEXT},
    {"idempotency_key", NULL, COLUMN_TEXT},
    {"transfers", NULL, COLUMN_NUMBER},
    {"remote_late_permille", NULL, COLUMN_NUMBER},
    {"remote_r_tenths", NULL, COLUMN_NUMBER},
    {"remote_mos_hundredths", NULL, COLUMN_NUMBER},
};
const uint32_t cdr_column_count = sizeof(cdr_columns) / sizeof(cdr_columns[0]);

static const struct column turn_columns[] = {
    {"at", "wall_ms", COLUMN_TIME},
    {"turn", NULL, COLUMN_NUMBER},
    {"speaker", NULL, COLUMN_TEXT},
    {"agent", NULL, COLUMN_TEXT},
    {"text", NULL, COLUMN_TEXT},
    {"unheard", NULL, COLUMN_TEXT},
    {"intent", NULL, COLUMN_TEXT},
    {"confidence_permille", NULL, COLUMN_NUMBER},
    {"word_confidence_permille", NULL, COLUMN_NUMBER},
    {"sentiment", NULL, COLUMN_TEXT},
    {"entities", NULL, COLUMN_ENTITIES},
};
static const struct column key_columns[] = {
    {"at", "wall_ms", COLUMN_TIME},
    {"key", NULL, COLUMN_TEXT},
    {"source", NULL, COLUMN_TEXT},
    {"meaning", NULL, COLUMN_TEXT},
};
static const struct column handover_columns[] = {
    {"at", "wall_ms", COLUMN_TIME},      {"from", "from_agent", COLUMN_TEXT},
    {"to", "to_agent", COLUMN_TEXT},     {"intent", NULL, COLUMN_TEXT},
    {"reason", NULL, COLUMN_TEXT},       {"statement", NULL, COLUMN_TEXT},
    {"summary", NULL, COLUMN_TEXT},      {"sentiment", NULL, COLUMN_TEXT},
    {"entities", NULL, COLUMN_ENTITIES},
};
static const struct column leg_columns[] = {
    {"number", NULL, COLUMN_NUMBER},
    {"started", "started_ms", COLUMN_TIME},
    {"answered", "answered_ms", COLUMN_TIME},
    {"ended", "ended_ms", COLUMN_TIME},
    {"direction", "leg_direction", COLUMN_TEXT},
    {"role", "ifnull(role, 'caller')", COLUMN_TEXT},
    {"party", NULL, COLUMN_TEXT},
    {"trunk", "leg_trunk", COLUMN_TEXT},
    {"status", "leg_status", COLUMN_NUMBER},
    {"reason", "leg_reason", COLUMN_TEXT},
    {"codec", NULL, COLUMN_TEXT},
    {"received", NULL, COLUMN_NUMBER},
    {"lost", NULL, COLUMN_NUMBER},
    {"late", NULL, COLUMN_NUMBER},
    {"jitter_us", NULL, COLUMN_NUMBER},
    {"sent", NULL, COLUMN_NUMBER},
    {"round_trip_us", NULL, COLUMN_NUMBER},
    {"r_tenths", NULL, COLUMN_NUMBER},
    {"mos_hundredths", NULL, COLUMN_NUMBER},
};
static const struct column transfer_columns[] = {
    {"at", "wall_ms", COLUMN_TIME}, {"how", NULL, COLUMN_TEXT},      {"target", NULL, COLUMN_TEXT},
    {"done", NULL, COLUMN_BOOL},    {"status", NULL, COLUMN_NUMBER}, {"detail", NULL, COLUMN_TEXT},
};
static const struct column passage_columns[] = {
    {"number", NULL, COLUMN_NUMBER},    {"queue", NULL, COLUMN_TEXT},
    {"at", "entered_ms", COLUMN_TIME},  {"ended", "changed_ms", COLUMN_TIME},
    {"state", NULL, COLUMN_TEXT},       {"priority", NULL, COLUMN_NUMBER},
    {"position", NULL, COLUMN_NUMBER},  {"told", NULL, COLUMN_BOOL},
    {"p50_ms", NULL, COLUMN_NUMBER},    {"p90_ms", NULL, COLUMN_NUMBER},
    {"waited_ms", NULL, COLUMN_NUMBER}, {"operator", NULL, COLUMN_TEXT},
    {"why", NULL, COLUMN_TEXT},
};
static const struct column offer_columns[] = {
    {"at", "wall_ms", COLUMN_TIME}, {"operator", NULL, COLUMN_TEXT}, {"queue", NULL, COLUMN_TEXT},
    {"brief", NULL, COLUMN_TEXT},
};
static const struct column hold_columns[] = {
    {"at", "wall_ms", COLUMN_TIME},
    {"leg", NULL, COLUMN_NUMBER},
    {"role", NULL, COLUMN_TEXT},
    {"state", NULL, COLUMN_TEXT},
};
static const struct column capture_columns[] = {
    {"number", NULL, COLUMN_NUMBER},    {"started", "started_ms", COLUMN_TIME},
    {"ended", "ended_ms", COLUMN_TIME}, {"state", NULL, COLUMN_TEXT},
    {"file", NULL, COLUMN_TEXT},        {"bytes", NULL, COLUMN_NUMBER},
};
static const struct column ledger_columns[] = {
    {"at", "wall_ms", COLUMN_TIME},           {"turn", NULL, COLUMN_NUMBER},
    {"speech_ms", NULL, COLUMN_NUMBER},       {"first_partial_ms", NULL, COLUMN_NUMBER},
    {"end_of_turn_ms", NULL, COLUMN_NUMBER},  {"final_text_ms", NULL, COLUMN_NUMBER},
    {"understood_ms", NULL, COLUMN_NUMBER},   {"first_token_ms", NULL, COLUMN_NUMBER},
    {"first_speech_ms", NULL, COLUMN_NUMBER}, {"silence_cut_ms", NULL, COLUMN_NUMBER},
    {"audible_ms", NULL, COLUMN_NUMBER},      {"heard_ms", NULL, COLUMN_NUMBER},
    {"interrupted", NULL, COLUMN_BOOL},       {"answer_ms", NULL, COLUMN_NUMBER},
    {"heard_by", NULL, COLUMN_TEXT},          {"thought_by", NULL, COLUMN_TEXT},
    {"spoken_by", NULL, COLUMN_TEXT},         {"tokens_in", NULL, COLUMN_NUMBER},
    {"tokens_out", NULL, COLUMN_NUMBER},      {"thrown_away", NULL, COLUMN_NUMBER},
    {"saved_ms", NULL, COLUMN_NUMBER},
};
static const struct column tool_columns[] = {
    {"at", "asked_ms", COLUMN_TIME},   {"turn", NULL, COLUMN_NUMBER},
    {"number", NULL, COLUMN_NUMBER},   {"agent", NULL, COLUMN_TEXT},
    {"name", NULL, COLUMN_TEXT},       {"arguments", NULL, COLUMN_TEXT},
    {"state", NULL, COLUMN_TEXT},      {"outcome", NULL, COLUMN_TEXT},
    {"attempts", NULL, COLUMN_NUMBER}, {"ms", NULL, COLUMN_NUMBER},
    {"status", NULL, COLUMN_NUMBER},   {"text", NULL, COLUMN_TEXT},
};
static const struct column task_columns[] = {
    {"at", "wall_ms", COLUMN_TIME}, {"kind", NULL, COLUMN_TEXT}, {"party", NULL, COLUMN_TEXT},
    {"due", NULL, COLUMN_TEXT},     {"text", NULL, COLUMN_TEXT}, {"state", NULL, COLUMN_TEXT},
    {"queue", NULL, COLUMN_TEXT},   {"capture", NULL, COLUMN_TEXT},
    {"length_ms", NULL, COLUMN_NUMBER}, {"attempts", NULL, COLUMN_NUMBER},
    {"priority", NULL, COLUMN_NUMBER},  {"attempt", NULL, COLUMN_TEXT},
    {"why", NULL, COLUMN_TEXT},
};
static const struct column supervision_columns[] = {
    {"at", "wall_ms", COLUMN_TIME},      {"number", NULL, COLUMN_NUMBER},
    {"supervisor", "name", COLUMN_TEXT}, {"telephone", NULL, COLUMN_TEXT},
    {"mode", NULL, COLUMN_TEXT},         {"state", NULL, COLUMN_TEXT},
    {"operator", NULL, COLUMN_TEXT},     {"agent", NULL, COLUMN_TEXT},
    {"from", "from_ms", COLUMN_TIME},    {"until", "until_ms", COLUMN_TIME},
    {"caller_told", NULL, COLUMN_TEXT},  {"operator_told", NULL, COLUMN_TEXT},
    {"why", NULL, COLUMN_TEXT},
};

static const struct column lookup_columns[] = {
    {"at", "wall_ms", COLUMN_TIME},      {"outcome", NULL, COLUMN_TEXT}, {"status", NULL, COLUMN_NUMBER},
    {"ms", NULL, COLUMN_NUMBER},         {"cached", NULL, COLUMN_BOOL},
    {"facts", NULL, COLUMN_ENTITIES},    {"why", NULL, COLUMN_TEXT},
};

#define LIST(columns) columns, sizeof(columns) / sizeof(columns[0])

const struct cdr_part cdr_parts[] = {
    {"turns", LIST(turn_columns), "id"},
    {"keys", LIST(key_columns), "id"},
    {"handovers", LIST(handover_columns), "id"},
    {"captures", LIST(capture_columns), "id"},
    {"ledger", LIST(ledger_columns), "id"},
    {"tools", LIST(tool_columns), "turn, number"},
    {"lookups", LIST(lookup_columns), "id"},
    {"tasks", LIST(task_columns), "id"},
    {"legs", LIST(leg_columns), "number"},
    {"passages", LIST(passage_columns), "id"},
    {"offers", LIST(offer_columns), "id"},
    {"supervisions", LIST(supervision_columns), "number"},
    {"transfers", LIST(transfer_columns), "id"},
    {"holds", LIST(hold_columns), "id"},
};
const uint32_t cdr_part_count = sizeof(cdr_parts) / sizeof(cdr_parts[0]);

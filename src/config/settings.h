// SPDX-License-Identifier: Apache-2.0
/* settings.h - what can be written in offhook.yaml and in an agent's front matter: the two tables.
 */
#ifndef APP_SETTINGS_H
#define APP_SETTINGS_H

#include "config/schema.h"
#include "core/plan.h"

struct trunk_settings {
    struct setting at, name, max_calls;
    struct setting_list sources, codecs;
    struct setting host, transport, user, password, realm, from, authenticate, registers, expires,
        probe, srtp, refer;
};

struct user_settings {
    struct setting at, name, password;
};

struct operator_settings { /* Each under its name. */
    struct setting at, label, wrap_up, supervisor;
    struct setting_list answers_at, queues;
    struct schema_list skills; /* struct setting_pair */
};

struct supervisor_settings { /* Each under its name. */
    struct setting at, everything;
    struct setting_list telephones, operators, queues, agents;
};

struct hours_settings {
    struct setting at, time_zone;
    struct setting_list open, holidays;
};

struct queue_settings {
    struct setting at, label, strategy, max_callers, max_wait, ring, put_aside_after, share, within,
        hours, priority, ageing, music, update_every, while_waiting, callbacks_first;
    struct setting_list skills;
    struct setting overflows[QUEUE_CASES];
    struct schema_list keys; /* struct setting_pair */
    struct setting words[QUEUE_WORDS_COUNT];
};

struct vip_settings {
    struct setting at, priority;
    struct setting_list numbers;
};

struct route_settings {
    struct setting at, number, agent, trunk, queue, forward_trunk, forward_number, forward_sip;
};

struct provider_settings {
    struct setting at, kind, url, key, model, voice, language, max_sessions, warm, soft, hard;
    struct schema_list options; /* struct setting_pair */
};

struct hook_settings {
    struct setting at, url, secret, old_secret, timeout, attempts, transcript, insecure;
    struct setting_list events, rests;
};

struct connector_settings {
    struct setting at, file, url, method, body, token, token_header, idempotency, timeout, attempts,
        transcript, insecure;
    struct schema_list headers; /* struct setting_pair */
    struct setting_list events, rests, expect;
};

struct lookup_settings {
    struct setting url, method, body, token, token_header, budget, cache, insecure;
    struct schema_list headers, facts; /* struct setting_pair */
};

struct tool_settings {
    struct setting at, description, arguments, url, mcp, method, token, token_header, timeout,
        retries, acts, filler, body, result;
    struct schema_list headers; /* struct setting_pair */
};

struct server_settings { /* offhook.yaml */
    struct setting spare_legs, ring, music;
    struct setting_list outbound;
    struct setting max_calls, max_calls_per_second, data, retry_after, when_late, control;
    struct setting_list listen;
    struct setting session_expires, min_se, keep_alive, realm, digest, dns;
    struct setting requests_per_second, trunk_calls_per_second, failures, ban, longest_ban;
    struct setting_list scanners;
    struct setting hep_server, hep_id, hep_password, hep_bodies;
    struct setting tls_certificate, tls_key, tls_ca, tls_clients, tls_minimum;
    struct setting bind, address, first_port, threads, io_uring, capture, capture_dir,
        capture_format, opus_complexity, echo_tail;
    struct setting comfort_noise, send_silence;
    struct setting places, when_full, transcribe_joined, workers, prompt_cache, detector, runtime;
    struct setting segment, total, days;
    struct setting agents;
    struct schema_list trunks, users, routes;
    struct schema_list operators; /* struct operator_settings */
    struct setting operator_files;
    struct schema_list hours, queues, vips; /* struct hours_settings, and so on. */
    struct schema_list supervisors; /* struct supervisor_settings */
    struct setting supervise[SUPERVISE_CODES], tell_caller, tell_operator, tell_every;
    struct setting codes[OPERATOR_SAIDS], three_way;
    struct setting ca_file;
    struct schema_list providers; /* struct provider_settings */
    struct schema_list webhooks;   /* struct hook_settings */
    struct schema_list connectors; /* struct connector_settings */
    struct lookup_settings lookup;
    struct setting end_of_turn, end_of_turn_open, silence, barge_in_decide, understand,
        filler_after, recognise, answer, longest_turn, longest_call, no_audio, no_audio_end, unclear,
        confirm, word_confidence;
    struct setting paths[UNAVAILABLES], offer, outage_file;
    struct setting message_longest, message_silence, message_least, message_review;
    struct setting callback_agent, callback_trunk, callback_from, callback_attempts,
        callback_after, callback_again, callback_within, callback_warn, callback_hours,
        callback_first, callback_slots, callback_book,
        callback_per_caller, callback_per_hour;
    struct setting_list callback_numbers, callback_never;
    struct setting slo_first_partial, slo_round_trip, slo_share, slo_burn, slo_act;
};

struct intent_settings {
    struct setting name, label, description, say, to, transfer, queue, warm, priority, then, escalation,
        choice, expect;
    struct setting_list examples;
};

struct agent_settings { /* agents/NAME.md */
    struct setting name, label, voice, greeting, expect;
    struct setting language, context_tokens, temperature, max_tokens;
    struct setting_list converse, listen, speak, think;
    struct schema_list tools; /* struct tool_settings */
    struct schema_list intents; /* struct intent_settings */
    struct schema_list keys;    /* struct setting_pair */
    struct setting words[WORDS_COUNT];
    struct setting partings[PARTINGS];
    struct setting_list orders[ORDERS];
    struct setting fallback_to, fallback_say, fallback_goodbye;
    struct setting escalation_queue, escalation_turns, escalation_tools, escalation_moods;
};

extern const struct schema settings_server, settings_agent;
extern const struct schema settings_partings;
extern const struct schema settings_words; /* Of an agent: a row for each of `words`. */

#endif

// SPDX-License-Identifier: Apache-2.0
/* state_known.h - what the core remembers of the outside: trunks, providers, telephones, whose
 * turns are late. Private to core/, part of core/state.h. Kept over reloads by name. */
#ifndef CORE_STATE_KNOWN_H
#define CORE_STATE_KNOWN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"
#include "core/command.h"
#include "core/event.h"
#include "core/pool.h"
#include "core/slo.h"

/* What is known of a trunk; kept over reloads by its name. */
struct trunk_state {
    char name[MAX_NAME]; /* Empty: no trunk of the plan. */
    enum trunk_health health;
    enum trunk_registration registration;
    struct pool pool;
};

enum { PROVIDER_TIMES = 64, PROVIDER_WHY = 128 };

/* What is known of a provider; kept over reloads by its name. */
struct provider_state {
    char name[MAX_NAME];      /* Empty: free. */
    enum trunk_health health; /* As last told. */
    struct pool pool;
    uint64_t slow_until_ms;
    uint32_t ms;       /* To its first word, smoothed. */
    uint32_t sessions; /* Of calls, now. */
    uint32_t good, failed; /* So often, since the server started. */
    uint64_t error_ms;     /* When it failed last, and why. */
    char error[PROVIDER_WHY];
    uint32_t time_count; /* To first words, the latest. */
    uint16_t times[PROVIDER_TIMES];
};

enum { PROVIDER_STATES = 2 * MAX_PROVIDERS };

/* An agent, or a provider, whose turns are counted; kept over reloads by its name. */
struct slo_subject {
    char name[MAX_NAME]; /* Empty: free. */
    enum slo_kind kind;
    enum slo_step step;
    uint64_t step_ms; /* Since when; what was earlier does not count for the next one. */
    uint64_t left_ms; /* When it last went a step back. */
    uint8_t returns;  /* In a row it was late again soon after: each step lasts twice as long. */
    struct slo_series series[SLO_MEASURES];
    struct slo_count untold[SLO_MEASURES]; /* Since the last STORE_SLO_COUNT. */
};

enum { SLO_SUBJECTS = MAX_AGENTS + MAX_PROVIDERS + 2 }; /* Of a reload's old ones, a few. */

enum { CONTACT = 192, SOURCE = 72, SIP_CALL_ID = 128, WAITING_PHONES = 64 };

/* Where a telephone is. */
struct binding {
    char user[MAX_NAME]; /* Empty: free. */
    char contact[CONTACT], source[SOURCE], sip_call_id[SIP_CALL_ID];
    enum transport transport;
    bool silent; /* It did answer, and does not any more: not called until it does. */
    uint32_t cseq;
    uint32_t serial;     /* The higher, the later it was said. */
    uint64_t expires_ms; /* Wall clock. */
};

#endif

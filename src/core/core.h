// SPDX-License-Identifier: Apache-2.0
/* core.h - the brain: takes one event, gives the commands it leads to. The only door is
 * core_step().
 *
 * Pure and deterministic: no clock, file, socket, allocation, thread or chance of its own; the same
 * events give the same commands. One flat block of memory without pointers into itself, so a
 * snapshot is a copy. Order: core_init(), core_set_plan() for a slot, then PLAN_LOADED for it, then
 * anything. A step costs 0.3-3 us and is bounded. One thread at a time. */
#ifndef CORE_CORE_H
#define CORE_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "core/command.h"
#include "core/event.h"
#include "core/forecast.h"
#include "core/plan.h"

struct core;

/* The most is the end of a call: eight offers, each its row, its good-bye, its media and its leg's row
 * (32), and one of them with a brief (4); a reply being said and one that is leaving, four utterances
 * each with clip, row and note (26); four tools, row and end (8); a message or a promise (6); timers
 * (18); three who are overheard (6); a supervisor with four edges (10); three legs with good-bye, media
 * and row (9); the recogniser, the queue's row, the model, the account (9): 128. What operators and
 * others who wait are told and offered then is put off where there is no room. */
enum { COMMANDS_A_STEP = 160, COMMAND_TEXT_A_STEP = 32768 };

/* What a step leads to. Texts of the commands may view `storage`, the core and the plan. */
struct commands {
    uint32_t count;
    struct command items[COMMANDS_A_STEP];
    uint32_t text_size;
    char text[COMMAND_TEXT_A_STEP];
};

/* Bytes of memory for a core of max_calls calls (at most MAX_CALLS), each with a leg, and spare
 * second legs (at most MAX_SPARE_LEGS) for all of them. */
size_t core_size(uint32_t max_calls, uint32_t spare_legs);

/* Makes a core in zeroed memory (pages of calls never used stay untouched). Cannot fail. */
struct core *core_init(void *memory, uint32_t max_calls, uint32_t spare_legs);

/* Puts the plan into its slot before PLAN_LOADED is stepped; NULL after PLAN_DROP. */
void core_set_plan(struct core *core, uint32_t slot, const struct plan *plan);

/* Empties *out, then fills it. */
void core_step(struct core *core, const struct event *event, struct commands *out);

struct core_figures {
    uint32_t calls, calls_high, recognisers, spare_legs;
    uint32_t hearers;   /* Calls that providers listen to. */
    uint32_t stand_ins; /* Of those, by the embedded recogniser: theirs have failed. */
    uint64_t calls_total, stale_events, steps;
};
void core_figures(const struct core *core, struct core_figures *out);

/* How late the turns of an agent or a provider are, and what is done about it. */
struct slo_row {
    char name[MAX_NAME];
    enum slo_kind kind;
    enum slo_step step;
    uint32_t step_s; /* So long already; 0: never. */
    struct slo_limits {
        uint32_t first_partial_ms, round_trip_ms; /* round_trip_ms 0: nothing is watched. */
        uint16_t share_permille, burn_hundredths;
        enum slo_act act;
    } limits;
    struct slo_figures {
        struct slo_count windows[SLO_WINDOWS];
        uint32_t p50_ms, p95_ms; /* Of the last hour. */
    } measures[SLO_MEASURES];
};
/* The row of this index, counted from 0; false: there are no more. At most 100 us. */
MUST_USE bool core_slo(const struct core *core, uint32_t index, uint64_t now_ms,
                       struct slo_row *out);

/* A provider of the plan of now, as calls have found it. */
enum provider_breaker { BREAKER_CLOSED, BREAKER_OPEN, BREAKER_TRIAL };
struct provider_row {
    char name[MAX_NAME], url[128]; /* Without a query. */
    enum provider_kind kind;
    enum trunk_health health;
    enum provider_breaker breaker;
    uint32_t open_s;   /* BREAKER_OPEN: nobody goes there for so long. */
    bool slow, avoided; /* avoided: by core/enforce.h. */
    uint32_t sessions, most; /* Calls on it; 0: there is no limit. */
    uint32_t good, failed;   /* Since the start. */
    uint32_t p50_ms, p95_ms; /* To the first word, token or sound, of the last 64. 0: none. */
    uint32_t error_s;        /* It failed last so long ago, */
    char error[128];         /* and why; empty: it never did. */
};
/* The row of this index, counted from 0; false: there are no more. */
MUST_USE bool core_provider(const struct core *core, uint32_t index, uint64_t now_ms,
                            struct provider_row *out);

/* Which providers an agent of it has for one of three things. Three rows an agent. */
struct chain_row {
    char agent[MAX_NAME];
    enum provider_role role;
    uint8_t count;
    char names[MAX_CONVERSE + MAX_CHAIN][MAX_NAME];
};
MUST_USE bool core_chain(const struct core *core, uint32_t index, struct chain_row *out);

/* A queue of the plan of now, as it is. */
struct queue_row {
    char name[MAX_NAME];
    bool open;
    uint32_t waiting, most, longest_ms;
    struct forecast_staff staff;
    struct forecast next; /* For who would enter now. */
    uint32_t service_ms;  /* Talk and wrap-up; FORECAST_SERVICE_MS before there is data. */
    uint32_t served;
    uint16_t target_permille;
    uint32_t target_ms;
    struct forecast_summary hour;
};
/* The row of this index, counted from 0; false: there are no more. Operators times queues. */
MUST_USE bool core_queue(const struct core *core, uint32_t index, uint64_t now_ms, uint64_t wall_ms,
                         struct queue_row *out);

/* The live state for the journal: written when a segment begins, read when a replay begins.
 * Save returns bytes used, 0 when it does not fit. Load wants a fresh core of the same max_calls
 * with its plans set; false when the bytes are not a snapshot of this version. */
MUST_USE size_t core_save(const struct core *core, uint8_t *out, size_t size);
MUST_USE bool core_load(struct core *core, const uint8_t *bytes, size_t size);

/* For simulations and tests: true when all the core's promises to itself hold, else says which
 * broke. */
bool core_check(const struct core *core, struct text_buffer *why);

#endif

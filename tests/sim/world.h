// SPDX-License-Identifier: Apache-2.0
/* world.h - everything around the core, simulated: trunks, callers, sound, recogniser, classifier,
 * voice, account, and the clock. Deterministic from a seed; faults are drawn by their rates.
 *
 * The world carries out each command as a limb would, after a delay, and checks on the way what a
 * limb would suffer from: sound after hang-up, a clip given twice or never, a second account of a
 * call. */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "core/core.h"

/* Per thousand. */
struct world_faults {
    uint32_t lost;      /* Events that never come (of those that can be lost). */
    uint32_t late;      /* Events up to 3 s late. */
    uint32_t slow;      /* Recogniser, classifier, voice: up to 6 s. */
    uint32_t malformed; /* Nonsense from the classifier. */
    uint32_t failing;   /* Voice and recogniser say that they failed. */
    bool models;        /* Agents with providers. When nothing of ours is lost or slow, no caller
                           hears nothing for two seconds. */
    bool sluggish;      /* Turns are watched, and a model is slow in the first five minutes. */
    uint32_t vendors;   /* What providers are asked and fail at, in one way or another. */
    uint32_t dying;     /* Telephones of operators and supervisors, at any instant. */
    bool staff;         /* There are operators and supervisors. */
    bool whole;         /* One provider hears, thinks and speaks for two of the agents. */
    uint32_t stuck;     /* Rows that are written down only after up to 4 s. */
};

struct world_figures {
    uint64_t calls, refused, answered, turns, keys, handovers, overheard, interruptions, ledgers;
    uint64_t steps, commands, most_calls, keys_only, dials, bridges, transfers;
    uint64_t thoughts, tools, longest_silence_ms;
    uint64_t slo_steps[SLO_STEPS]; /* Taken, */
    uint64_t slo_back;             /* and taken back. */
    uint64_t passages[QUEUE_WHATS]; /* Of queues. */
    uint64_t promises[TASK_STATES];
    uint64_t causes[CAUSE_KINDS];
    uint64_t offers, accepted, supervisions, refusals, whole, most_commands;
    uint64_t digest; /* Of every event and command, printed. */
};

/* Runs `calls` calls to their end and everything released. Returns false, with the reason printed
 * on standard error, as soon as a promise is broken. */
bool world_run(uint64_t seed, uint32_t calls, const struct world_faults *faults,
               struct world_figures *out);

#endif

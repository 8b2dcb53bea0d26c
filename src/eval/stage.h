// SPDX-License-Identifier: Apache-2.0
/* stage.h - one call through the core in virtual time: a caller who follows the suite, limbs that
 * take the time that they usually take, and no clock.
 *
 * The core decides as it does in a server; only what carries its commands out is played here: sound
 * takes as long as its words, the recogniser hears what the suite says it hears, models and tools
 * answer by the suite's rules. Understanding is asked of the real classifier through `understand`.
 * The same suite gives the same events. Order: stage_open(), stage_turn() for each turn,
 * stage_finish(), stage_close(). One thread. */
#ifndef EVAL_STAGE_H
#define EVAL_STAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "core/command.h"
#include "core/plan.h"
#include "eval/suite.h"

/* Takes the event to come, with turn and call set, and fills in what was understood. Called within
 * stage_turn(). */
struct stage_mind {
    void (*understand)(void *context, const struct command *command, struct event *out);
    void *context;
};

/* What came of the call, as the account has it. Called in the order of time. */
struct stage_ledger {
    uint64_t at_ms;                /* Since the call began. */
    const struct command *command; /* A STORE_* command; lives for this call only. */
};
struct stage_witness {
    void (*note)(void *context, const struct stage_ledger *what);
    void *context;
};

struct stage;

/* plan: of the suite's configuration, with a trunk. seed: chance of the limbs' times; 0: all take
 * what they usually take. NULL when memory is out, or there is no trunk. */
MUST_USE struct stage *stage_open(const struct plan *plan, const struct suite_conversation *call,
                                  const struct stage_mind *mind,
                                  const struct stage_witness *witness, uint64_t seed);
void stage_close(struct stage *stage);

/* Lets the agent greet to its end: before a first turn that is not about the greeting. */
MUST_USE bool stage_greeting(struct stage *stage, struct text_buffer *why);

/* Plays turn `index` until the agent has done with it. False when the call had ended before, or
 * something went on for ever; why then says it. */
MUST_USE bool stage_turn(struct stage *stage, uint32_t index, struct text_buffer *why);

/* The caller hangs up unless the call is over, and everything is put away. */
void stage_finish(struct stage *stage);

bool stage_over(const struct stage *stage);

#endif

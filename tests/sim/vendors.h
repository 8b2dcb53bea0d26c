// SPDX-License-Identifier: Apache-2.0
/* vendors.h - providers of speech and models, and an agent's tools, simulated: latency, errors,
 * stalls, and deaths in the midst of a sentence, drawn by their rate.
 *
 * They carry out MIND_*, TOOL_CALL and what network providers do for the SPEECH_* commands by
 * events that happen later. */
#ifndef SIM_VENDORS_H
#define SIM_VENDORS_H

#include "base/random.h"
#include "core/core.h"

struct vendors {
    struct random *random;
    uint32_t faults; /* Per thousand of what is asked of one. */
    bool sluggish;   /* The first model's first token comes late, now. */
    void (*happen)(struct event event, uint32_t delay_ms);
    uint32_t (*clip)(void); /* One that carries a reference. */
    uint32_t sessions;      /* Of a whole conversation, so far. */
};

void vendors_mind(const struct vendors *vendors, const struct command *command);

/* When the first sound of a voice comes; 0: it never does. *dies_ms: how long it speaks; 0: to its
 * end. A voice that says at once that it failed has told so, and gives 0. */
uint32_t vendors_say(const struct vendors *vendors, const struct command *command,
                     uint32_t *dies_ms);

/* A session begins: perhaps it dies. */
void vendors_listen(struct vendors *vendors, const struct command *command);
/* When the final text comes; 0: it never does. */
uint32_t vendors_final_ms(const struct vendors *vendors);

#endif

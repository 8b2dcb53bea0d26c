// SPDX-License-Identifier: Apache-2.0
/* built_in.h - the tools that the core itself has: a model's arguments become an act, or an
 * explanation of why not.
 *
 * A model can only lead where the agent's own intents lead. Inside a step, for a call that is up.
 */
#ifndef CORE_BUILT_IN_H
#define CORE_BUILT_IN_H

#include "core/state.h"

struct built_in_end {
    enum tool_outcome outcome;
    struct text text; /* For the model. */
    bool promises;    /* It is done when the account has it. */
    bool leaves;      /* The conversation is over, or another's: no more of this answer. */
};

/* number: of the tool's call, for what is written down. */
/* What was to be written down is not done: a promise that the account may yet have is taken back.
 */
void built_in_undo(struct step *step, struct call *call, const struct plan_tool *tool,
                   uint32_t turn, uint32_t number, struct text why);

struct built_in_end built_in_do(struct step *step, struct call *call, const struct plan_tool *tool,
                                struct text arguments, uint32_t number);
/* What it promised is durable: it will be kept. */
void built_in_noted(struct step *step, struct call *call, const struct plan_tool *tool,
                    struct text arguments, uint32_t turn, uint32_t number);

#endif

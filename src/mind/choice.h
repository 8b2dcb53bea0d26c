// SPDX-License-Identifier: Apache-2.0
/* choice.h - which intent a sentence has, and how sure that is: classifier and clauses together.
 *
 * What is turned down counts against, an intent that asks for a person outranks others, and the
 * confidence is honest: of the answers with 0.8, eight in ten are right (tests/bench/intents shows
 * it). Words from nowhere, and no words, give the general intent at 500. Pure. */
#ifndef MIND_CHOICE_H
#define MIND_CHOICE_H

#include <stdint.h>

#include "base/tokens.h"
#include "core/plan.h"
#include "mind/linear.h"

struct choice {
    int16_t intent; /* Index into the agent's; its general one when undecided. */
    uint16_t confidence_permille;
};

struct choice choice_of(const struct linear *linear, const struct plan_agent *agent,
                        const struct tokens *tokens);

#endif

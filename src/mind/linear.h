// SPDX-License-Identifier: Apache-2.0
/* linear.h - one logistic regression an agent: words in, a probability for each intent out.
 *
 * Trained from the agent's own examples (L2-regularised, one intent against the rest): about 0.2 ms
 * an example; a sentence with its clauses is then understood in 0.1-0.4 ms. Words that no example
 * has count as evidence for nothing, so that a sentence from nowhere comes out undecided. After
 * training the model never changes: any thread may read it. */
#ifndef MIND_LINEAR_H
#define MIND_LINEAR_H

#include <stdint.h>

#include "base/attr.h"
#include "base/tokens.h"
#include "core/plan.h"

enum { MAX_EXAMPLES = 16384 }; /* Of one agent: about two seconds of training. */

struct linear;

/* 0, or -ENOMEM, or -E2BIG for more than MAX_EXAMPLES. The agent is read now and not kept. */
MUST_USE int linear_train(struct linear **out, const struct plan_agent *agent);
void linear_free(struct linear *linear);

/* Fills probabilities[intent] with values that sum to 1, from words from .. to - 1. */
void linear_predict(const struct linear *linear, const struct tokens *tokens, uint32_t from,
                    uint32_t to, double probabilities[MAX_INTENTS]);

/* How much of words from .. to - 1 is known from the examples, 0 to 1; fillers and articles are not
 * counted. */
double linear_known(const struct linear *linear, const struct tokens *tokens, uint32_t from,
                    uint32_t to);

#endif

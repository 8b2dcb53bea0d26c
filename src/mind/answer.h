// SPDX-License-Identifier: Apache-2.0
/* answer.h - judges what a provider answered, so that nothing malformed reaches the core.
 *
 * An unknown intent, a confidence that is no number between 0 and 1, or no answer at all is
 * general, 500, neutral, without entities and summary. Lines that are no entity of ours, an unknown
 * sentiment and control characters are left out one by one. Pure. */
#ifndef MIND_ANSWER_H
#define MIND_ANSWER_H

#include <stdbool.h>

#include "core/event.h"
#include "core/plan.h"
#include "mind/provider.h"

enum { MAX_SUMMARY = 512 };

struct answer {
    struct text intent; /* A name of the agent's, or "general". */
    uint16_t confidence_permille;
    enum sentiment sentiment;
    uint32_t entities_size, summary_size;
    char entities[MAX_ENTITIES];
    char summary[MAX_SUMMARY];
};

/* False when the answer as a whole was malformed. *out is sound in any case. */
bool answer_check(const struct plan_agent *agent, const struct mind_answer *raw,
                  struct answer *out);

#endif

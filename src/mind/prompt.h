// SPDX-License-Identifier: Apache-2.0
/* prompt.h - what a model is told beside the dialogue: who it is, how one speaks on the telephone,
 * and what is known of the call. Pure.
 *
 * The system text is the same in all turns of a call with one agent, so that vendors may keep it;
 * what changes (facts, the summary of old turns) stands in the context behind it. */
#ifndef MIND_PROMPT_H
#define MIND_PROMPT_H

#include "base/text.h"
#include "core/plan.h"

/* language: BCP 47; empty: the agent's. */
void prompt_system(const struct plan_agent *agent, struct text language, struct text_buffer *out);

/* facts: "key=value\n" lines. Empty when there is nothing to say. */
void prompt_context(struct text facts, struct text summary, struct text_buffer *out);

/* For summing up old turns (mind/dialogue.h): what is asked, and of what. */
struct text prompt_sum_system(void);
void prompt_sum(struct text summary, struct text old, struct text_buffer *out);

#endif

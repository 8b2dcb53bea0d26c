// SPDX-License-Identifier: Apache-2.0
/* toolbox.h - what the models of one plan are told of their tools.
 *
 * Tools built in have schemas of ours: the places that a caller can be given to are those that the
 * agent's own intents name, so a model cannot make up one. Made when the plan is prepared, read by
 * the mind's thread, gone with the plan. */
#ifndef MIND_TOOLBOX_H
#define MIND_TOOLBOX_H

#include <stdint.h>

#include "base/attr.h"
#include "core/plan.h"
#include "vendor/llm.h"

struct toolbox;

/* 0, or -ENOMEM, -EINVAL with why (a schema that is none). */
MUST_USE int toolbox_new(struct toolbox **out, const struct plan *plan, char *why,
                         uint32_t why_size);
void toolbox_free(struct toolbox *toolbox); /* NULL is nothing. */

/* The agent's tools, for a request; *count of them. */
const struct llm_tool *toolbox_tools(const struct toolbox *toolbox, uint32_t agent,
                                     uint32_t *count);

#endif

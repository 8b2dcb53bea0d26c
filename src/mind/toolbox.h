// SPDX-License-Identifier: Apache-2.0
/* toolbox.h - what the models of one plan are told of their tools.
 *
 * Tools built in have schemas of ours: the places that a caller can be given to are those that the
 * agent's own intents name, so a model cannot make up one. Servers of tools are asked what they
 * have. Made when the plan is prepared, then the mind thread's, gone with the plan. */
#ifndef MIND_TOOLBOX_H
#define MIND_TOOLBOX_H

#include <stdint.h>

#include "base/attr.h"
#include "core/plan.h"
#include "mind/errand.h"
#include "vendor/llm.h"

struct net;
struct toolbox;

/* 0, or -ENOMEM, -EINVAL with why (a schema or an address that is none). Servers of tools are asked
 * one after the other, each within its time limit; one that does not say is left out, and logged.
 * Blocks. net: NULL: none is asked. */
MUST_USE int toolbox_new(struct toolbox **out, struct net *net, const struct plan *plan, char *why,
                         uint32_t why_size);
void toolbox_free(struct toolbox *toolbox); /* NULL is nothing. */

/* The agent's tools, for a request; *count of them. */
const struct llm_tool *toolbox_tools(const struct toolbox *toolbox, uint32_t agent,
                                     uint32_t *count);

/* The JSON schema of a tool's arguments by the name that the model calls it; empty: none is known.
 */
struct text toolbox_schema(const struct toolbox *toolbox, uint32_t agent, struct text name);

/* The session with a server of tools, as wish and note (mind/errand.h) have it. */
void toolbox_session(const struct toolbox *toolbox, uint32_t agent, uint32_t tool,
                     struct errand_wish *out);
void toolbox_set_session(struct toolbox *toolbox, uint32_t agent, uint32_t tool,
                         const struct errand_note *note);

/* What a server of tools has now (a JSON array), in place of what it had. */
void toolbox_list(struct toolbox *toolbox, uint32_t agent, const struct plan_tool *server,
                  const json_t *tools);

#endif

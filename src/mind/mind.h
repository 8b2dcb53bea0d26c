// SPDX-License-Identifier: Apache-2.0
/* mind.h - the understanding limb: words in; intent, confidence, sentiment and entities out.
 *
 * The embedded classifier is one linear model an agent, trained from the agent's own examples when
 * the plan is prepared (0.2 ms an example), with rules for sentiment and entities; it stands behind
 * mind/provider.h. Models over the network answer callers (mind/thinking.h). Threads: one. */
#ifndef MIND_MIND_H
#define MIND_MIND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/mailbox.h"
#include "core/event.h"
#include "core/plan.h"

struct mind;
struct net;
struct clip_table;

/* net: for models and tools over the network; NULL: there are none. clips: of their voices, if they
 * have any. */
MUST_USE int mind_open(struct mind **out, struct net *net, struct clip_table *clips,
                       struct mailbox *events, char *why, uint32_t why_size);
void mind_close(struct mind *mind); /* Before net_close(), after whoever sends it answers. */

/* Trains for every agent of the plan. Blocks: called by app before PLAN_LOADED. 0, or -errno with
 * why. */
MUST_USE int mind_prepare(struct mind *mind, uint32_t slot, const struct plan *plan, char *why,
                          uint32_t why_size);
void mind_forget(struct mind *mind, uint32_t slot);

struct mailbox *mind_mailbox(struct mind *mind);

/* Where the limb that has the connections to whole-conversation providers sends what they answer
 * (struct realtime_note); open until mind_close(). */
struct mailbox *mind_answers(struct mind *mind);

#endif

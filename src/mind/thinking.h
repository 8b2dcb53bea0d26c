// SPDX-License-Identifier: Apache-2.0
/* thinking.h - models answer callers: MIND_THINK and what belongs to it, on the mind's thread.
 *
 * A call's dialogue is made with the first note or thought of it and goes with MIND_FORGET. A call
 * has one thought at most; a new one takes its place. A thought is rounds: the model is asked, says
 * clauses (posted as they come) and calls tools; when all their results are there it is asked
 * again. While it is speculative its tools are kept back. Between turns, when the dialogue has
 * grown, the model that answered last is asked to sum up the older half; nobody waits for that.
 *
 * `turn` of the core's commands counts thoughts; where words stand in the dialogue is counted here:
 * the caller's words join it with their note, which comes before any note of the answer.
 *
 * Memory: 16 KB a call, 12 KB more while it thinks, and what mind/stream.h says. Threads: the
 * mind's; thinking_plan() another one, before any command for the slot. */
#ifndef MIND_THINKING_H
#define MIND_THINKING_H

#include <stdint.h>

#include "base/attr.h"
#include "base/mailbox.h"
#include "core/command.h"
#include "core/plan.h"

struct thinking;
struct net;
struct clip_table;
struct toolbox;

/* net: NULL: every thought fails. clips: where whole-conversation providers' voices are. 0 or
 * -errno. */
MUST_USE int thinking_open(struct thinking **out, struct net *net, struct clip_table *clips,
                           struct mailbox *events);
/* Cancels what is under way and waits until nothing of it is left: before net_close(). */
void thinking_close(struct thinking *thinking);

/* The slot's plan and its toolbox, which stay the caller's; NULL: no more. Connections to the
 * plan's models are kept open meanwhile. */
void thinking_plan(struct thinking *thinking, uint32_t slot, const struct plan *plan,
                   const struct toolbox *toolbox);

/* MIND_THINK, MIND_RESULT, MIND_NOTE, MIND_CANCEL, MIND_FORGET. Others are nothing to it. */
void thinking_obey(struct thinking *thinking, const struct command *command);

/* Where streams send their notes, and what takes all that are there. */
struct mailbox *thinking_notes(struct thinking *thinking);
void thinking_hear(struct thinking *thinking);

/* Where whole-conversation providers' notes (vendor/realtime.h) are sent; thinking_hear() takes
 * them too. thinking_tend() is due every THINKING_TEND_MS while thinking_talks(). */
enum { THINKING_TEND_MS = 250 };
struct mailbox *thinking_answers(struct thinking *thinking);
bool thinking_talks(const struct thinking *thinking);
void thinking_tend(struct thinking *thinking, uint64_t now_ms);

#endif

// SPDX-License-Identifier: Apache-2.0
/* tools.h - what a model wants done: written down, called, tried again, told.
 *
 * Those built in never leave the core. Others are TOOL_CALLs, TOOLS_OPEN of a call at once; one
 * that acts is called only when the account says that it is written down (STORE_NOTED), and all its
 * tries carry one key. A try that nobody answered is repeated later and later, with chance from the
 * call's seed. The end is told to the model (MIND_RESULT) and to the account (STORE_TOOL); a
 * failure also to the caller. What is under way when the caller takes the floor is not undone: it
 * goes on, and is accounted for. */
#ifndef CORE_TOOLS_H
#define CORE_TOOLS_H

#include "core/state.h"

void tools_asked(struct step *step, struct call *call); /* MIND_TOOL */
void tools_done(struct step *step, struct call *call);  /* TOOL_DONE */
void tools_noted(struct step *step, struct call *call); /* STORE_NOTED */
void tools_due(struct step *step, struct call *call);   /* TIMER_TOOL */

/* The answer that they were for is not wanted any more. */
void tools_let_go(struct step *step, struct call *call);
/* The call ends: those under way are accounted for as failed. */
void tools_end(struct step *step, struct call *call);

/* Whether the model waits for one. */
bool tools_at_work(const struct call *call);
/* What the caller is told meanwhile; empty: none is at work. */
struct text tools_filler(const struct step *step, const struct call *call);

/* For core/built_in.h: gives the model a result of a tool that is over; number as it gave it. */
void tools_result(struct step *step, struct call *call, uint32_t number, enum tool_outcome outcome,
                  struct text text);

#endif

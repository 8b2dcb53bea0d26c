// SPDX-License-Identifier: Apache-2.0
/* lookup.h - who the caller is: asked when the call begins, while it is being answered.
 *
 * Nobody waits for it but a greeting that uses what would be found, and that until the budget ends.
 * What is found are facts of the call: words, models, agents to come and queues (`priority`) have
 * them. Flow: LOOKUP_ASKED, then LOOKUP_DONE or TIMER_LOOKUP; the account has what came of it. */
#ifndef CORE_LOOKUP_H
#define CORE_LOOKUP_H

#include "core/state.h"

/* A call from somebody begins. */
void lookup_ask(struct step *step, struct call *call);

/* Whether these words must wait; TIMER_LOOKUP is set then. */
bool lookup_holds(struct step *step, struct call *call, struct text words);

/* Nothing waits any more: somebody else has the caller. */
void lookup_let_go(struct step *step, struct call *call);

/* The conversation ends: nothing is asked any more. */
void lookup_end(struct step *step, struct call *call);

void lookup_done(struct step *step, struct call *call);    /* LOOKUP_DONE */
void lookup_overdue(struct step *step, struct call *call); /* TIMER_LOOKUP */

#endif

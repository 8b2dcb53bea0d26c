// SPDX-License-Identifier: Apache-2.0
/* join.h - two people over us: a route that leads on, or a transfer that we carry ourselves.
 *
 * The second leg is dialled while the first rings (forward) or hears music (transfer). What it says
 * early is passed on; its refusal comes back with its own status. When both are up media joins them;
 * each side's holds, re-INVITEs and refreshes are dealt with on its own leg. When one hangs up, both
 * end. */
#ifndef CORE_JOIN_H
#define CORE_JOIN_H

#include "core/state.h"

/* The account of a call whose route leads on is open. */
void join_forward(struct step *step, struct call *call);

/* The agent gives the caller to call->dial.target over us. False: it cannot be tried. */
MUST_USE bool join_transfer(struct step *step, struct call *call);

/* Both legs are up: the agent leaves, and the account has how it came to that. */
void join_connect(struct step *step, struct call *call, struct text how);

/* The same where the second leg was there first, and the first has answered now. */
void join_fetched(struct step *step, struct call *call);

/* Events of the second leg. */
void join_progress(struct step *step, struct call *call);
void join_far_answered(struct step *step, struct call *call);
void join_far_lost(struct step *step, struct call *call); /* Refused, or gone before the answer. */

/* The first leg acknowledged our 200. */
void join_answered(struct step *step, struct call *call);
/* TIMER_CALL while it rings. */
void join_unanswered(struct step *step, struct call *call);

/* Joins both legs, whatever they were before; parts them. */
void join_begin(struct step *step, struct call *call);
void join_part(struct step *step, struct call *call);

/* A key by INFO from one side of a bridge, passed on as the other side likes it. */
void join_key(struct step *step, struct call *call, char key);

/* A key in the sound of one side of a bridge. Media passes events and tones itself; who takes no
 * events gets theirs by INFO. */
void join_heard_key(struct step *step, struct call *call, char key, enum key_source source);

#endif

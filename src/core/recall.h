// SPDX-License-Identifier: Apache-2.0
/* recall.h - promises are kept: attempts, their outcomes, the caller who rings first.
 *
 * Exactly once across a crash: that an attempt is under way is written down (STORE_TASK, `calling`)
 * before CALL_PLACE, which comes back as CALL_REQUESTED; its call has the key "callback-REF-N-A" of
 * promise and attempt, and nobody is dialled before the account with that key is durable
 * (core/outbound.h). At a start the account tells those that are open, and of an attempt that was
 * under way, whether it was made and whether it reached the caller: one that was not made is made,
 * with the same key; one that was made and reached nobody is followed by the next; one that reached
 * the caller has kept the promise. */
#ifndef CORE_RECALL_H
#define CORE_RECALL_H

#include "core/state.h"

/* Its place among those who wait: that which the caller had in the queue that it is for, else of
 * now. Sets place_ms and priority. */
void recall_place_of(const struct step *step, const struct call *call, struct callback *out);

/* A promise that is durable. The call is the one in which it was made. */
void recall_add(struct step *step, struct call *call, const struct callback *callback);
/* One of this call, made in turn 0, is for another time. */
void recall_move(struct step *step, const struct call *call, uint32_t number,
                 const struct callback *window, struct text why);
void recall_known(struct step *step); /* STORE_TASK_KNOWN */
void recall_told(struct step *step);  /* STORE_TASKS_TOLD */
void recall_asked(struct step *step); /* TASK_ASKED: somebody cancels one, or has heard a message. */

/* What is due is done, and the house woken for what is next. */
void recall_tend(struct step *step);

/* CALL_REQUESTED came back: its call, or why there is none. */
/* False: it is not wanted any more. */
MUST_USE bool recall_placed(struct step *step, struct call *call);
void recall_refused(struct step *step, struct text why);
/* The attempt's key is in the account already. */
void recall_already(struct step *step, struct call *call);

/* A call is up. True: the first words are said here, as it is a callback; or the caller is owed
 * one, is told so, and the greeting follows. */
MUST_USE bool recall_greet(struct step *step, struct call *call);
/* A call ends, of whatever kind. */
void recall_ended(struct step *step, struct call *call);

#endif

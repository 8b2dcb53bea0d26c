// SPDX-License-Identifier: Apache-2.0
/* think.h - a model answers the caller's turn.
 *
 * MIND_THINK goes to the first of the agent's chain that is well; clauses are spoken as they come.
 * A model that fails, or whose first token is late, is left for the next; when there is none the
 * embedded intents answer. A speculative thought is made ready and not heard: think_confirm() when
 * the caller's turn was over indeed, think_drop() when it was not. What was said and heard goes to
 * the dialogue (MIND_NOTE), the caller's words once something is done about them. */
#ifndef CORE_THINK_H
#define CORE_THINK_H

#include "core/state.h"

/* Begins to answer these words. False: no model can be asked now. */
MUST_USE bool think_begin(struct step *step, struct call *call, struct text words,
                          bool speculative);

/* The turn is over, with these words. False: what is being thought, if anything, was about others;
 * it is thrown away. */
MUST_USE bool think_confirm(struct step *step, struct call *call, struct text words);
void think_drop(struct step *step, struct call *call);

/* The caller takes the floor, or presses a key: nothing more of the answer is wanted. */
void think_cancel(struct step *step, struct call *call);

/* Whether more of an answer is to come, that is not a mere guess. */
bool think_goes_on(const struct call *call);
/* The agent has said all that there is so far: waits for more. */
void think_wait(struct step *step, struct call *call);

/* Events. */
void think_turn(struct step *step, struct call *call); /* SPEECH_TURN */
void think_says(struct step *step, struct call *call);
void think_sounds(struct step *step, struct call *call);
void think_writes(struct step *step, struct call *call);
void think_done(struct step *step, struct call *call);
void think_failed(struct step *step, struct call *call);
/* TIMER_ANSWER and TIMER_FILLER while the agent thinks. */
void think_overdue(struct step *step, struct call *call);
void think_filler(struct step *step, struct call *call);

/* For core/converse.h: who answers is gone; the next one. */
void think_lost(struct step *step, struct call *call);

/* For core/tools.h: something is done about the caller's words; the round's results are all given.
 */
void think_commit(struct step *step, struct call *call);
void think_next_round(struct step *step, struct call *call);
/* The rest of the answer is of no use: the call goes elsewhere when what was said is over. */
void think_finish(struct step *step, struct call *call);

#endif

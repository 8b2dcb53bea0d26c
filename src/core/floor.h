// SPDX-License-Identifier: Apache-2.0
/* floor.h - who may speak: the changes of the floor, each with its timers.
 *
 *   SPEAKING -> LISTENING -> HEARING -> RECOGNISING -> THINKING -> SPEAKING ...
 *      | voice                ^  |
 *      v                      |  +-- more voice: the turn goes on
 *   PAUSED -- evidence -------+
 *      +----- none in time: SPEAKING again, where it stopped */
#ifndef CORE_FLOOR_H
#define CORE_FLOOR_H

#include "core/state.h"

/* The agent's: its reply is composed (an empty one is over at once). */
void floor_speak(struct step *step, struct call *call);
/* Nobody's: the silence timer runs. */
void floor_listen(struct step *step, struct call *call);
/* The caller's; after floor_give_way() with the agent's words held. */
void floor_hear(struct step *step, struct call *call);
void floor_give_way(struct step *step, struct call *call);
/* Nothing was meant by the caller's sound: the answer goes on being waited for, or nobody has it. */
void floor_go_on(struct step *step, struct call *call);
/* The agent's again, where it stopped. */
void floor_resume(struct step *step, struct call *call);

/* All that the agent had to say was said: listens, or the conversation is over. */
void floor_reply_over(struct step *step, struct call *call);

/* A filler is due: when what is awaited is late by its own measure, or the caller has heard nothing
 * for long. */
void floor_explain(struct step *step, struct call *call, uint64_t soft_ms);

/* Sets when the caller's turn is over, by the words so far. */
void floor_arm_turn(struct step *step, struct call *call);

/* To the recogniser: what it heard since the last final is nothing; the turn is over. */
void floor_forget(struct step *step, struct call *call);
void floor_finish(struct step *step, struct call *call);

#endif

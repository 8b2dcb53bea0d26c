// SPDX-License-Identifier: Apache-2.0
/* conversation.h - who has the floor, and what happens to what is said.
 *
 *   SPEAKING -> LISTENING -> HEARING -> RECOGNISING -> THINKING -> SPEAKING ...
 *      | voice                ^  |
 *      v                      |  +-- more voice: the turn goes on
 *   PAUSED -- evidence -------+
 *      +----- none in time: SPEAKING again, where it stopped
 *
 * Keys are taken in every state. Barge-in is in two steps: the caller's voice pauses the agent at
 * once; evidence (words, or the careful detector) within manners.barge_in_decide_ms gives the
 * caller the floor with the agent's words held; only words that are more than a sound of listening
 * end them. The end of the caller's turn adapts to what was said (core/turn.c). What is done with
 * an intent is in core/act.c. All functions run inside a step, for a call that is up. */
#ifndef CORE_CONVERSATION_H
#define CORE_CONVERSATION_H

#include "core/state.h"

/* Greets. listening: a recogniser's place was found; else the call goes on by keys and says so. */
void conversation_start(struct step *step, struct call *call, int16_t agent, bool listening);

/* Events and timers of a call that is up. */
void conversation_voice(struct step *step, struct call *call);
void conversation_verdict(struct step *step, struct call *call);
void conversation_partial(struct step *step, struct call *call);
void conversation_final(struct step *step, struct call *call);
void conversation_understood(struct step *step, struct call *call);
void conversation_key(struct step *step, struct call *call, char key, enum key_source source);
void conversation_recogniser_lost(struct step *step, struct call *call);
void conversation_timer(struct step *step, struct call *call, enum timer_kind kind);

/* The other side put us on hold, or took us back: the agent waits meanwhile. */
void conversation_hold(struct step *step, struct call *call, bool hold);

/* From reply.c: all that the agent had to say was said (or could not be). */
void conversation_reply_over(struct step *step, struct call *call);

/* From act.c: the reply is composed; the floor is the agent's. */
void conversation_speak(struct step *step, struct call *call);

/* The call ends: writes the caller's unfinished words and the replies to the account. */
void conversation_end(struct step *step, struct call *call);

#endif

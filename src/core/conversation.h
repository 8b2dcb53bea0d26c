// SPDX-License-Identifier: Apache-2.0
/* conversation.h - a call that is up: an agent and a caller, until one has nothing more to say.
 *
 * Who has the floor is in core/floor.h; the caller's voice in core/voice.h, its words in
 * core/words.h; what is done with an intent in core/act.h; what the agent says in core/reply.h.
 * Keys are taken in every state. When the conversation is over by its own account (good-bye,
 * silence, fallback), it sets talk.over and talk.after_cause, and the call ends: the outcome goes
 * down, nothing is called upward. */
#ifndef CORE_CONVERSATION_H
#define CORE_CONVERSATION_H

#include "core/state.h"

/* Greets. listening: a recogniser's place was found; else the call goes on by keys and says so. */
/* Instead of a conversation: the first agent says these words, and hangs up. */
void conversation_announce(struct step *step, struct call *call, struct text words);

/* The first words, when they had to wait (core/lookup.h). */
void conversation_greet(struct step *step, struct call *call);
void conversation_start(struct step *step, struct call *call, int16_t agent, bool listening);

void conversation_key(struct step *step, struct call *call, char key, enum key_source source);
void conversation_played(struct step *step, struct call *call); /* MEDIA_PLAYED */
void conversation_not_spoken(struct step *step,
                             struct call *call); /* SPEECH_FAILED of an utterance */
void conversation_recogniser_lost(struct step *step, struct call *call);
void conversation_timer(struct step *step, struct call *call, enum timer_kind kind);

/* The other side put us on hold, or took us back: the agent waits meanwhile. */
void conversation_hold(struct step *step, struct call *call, bool hold);

/* The caller is being given to somebody else: nothing is said or heard until the agent returns. */
void conversation_away(struct step *step, struct call *call);
/* It was not taken: the agent says so, and goes on. */
void conversation_return(struct step *step, struct call *call);

/* Goes on with another leg: stops on the old one; begins on the new one with the last words again.
 */
void conversation_leave(struct step *step, struct call *call);
void conversation_arrive(struct step *step, struct call *call);

/* The caller is joined with somebody: as its end, but what was said is remembered. */
void conversation_suspend(struct step *step, struct call *call);
/* The caller is not joined any more: as before the agent's next words, which the caller of this says. */
void conversation_resume(struct call *call);

/* The call ends: writes the caller's unfinished words and the replies to the account. */
void conversation_end(struct step *step, struct call *call);

#endif

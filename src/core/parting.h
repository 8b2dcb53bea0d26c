// SPDX-License-Identifier: Apache-2.0
/* parting.h - the caller to whom nobody can come: the steps that its causes, messages and promises
 * are made of.
 *
 * For a call that is up and has an agent, whose voice it is. The conversation's floor is used for
 * words and answers; a sound that is no words, a message, and what is waited for at the end
 * (TALK_PARTING) have TIMER_ANSWER over them. Each state's part is in core/unavailable.h,
 * core/voicemail.h or core/promise.h; here is what each state does with words that are said, a key,
 * the caller's words, and silence. */
#ifndef CORE_PARTING_H
#define CORE_PARTING_H

#include "core/state.h"

/* Whatever went on in the conversation gives way. False: there is nobody to speak to. */
MUST_USE bool parting_enter(struct step *step, struct call *call);
/* The conversation goes on as before; its words are to follow. */
void parting_leave(struct step *step, struct call *call);

/* Says the words; when they are over, `state` goes on. */
void parting_say(struct step *step, struct call *call, enum parting_words words,
                 enum parting_state state);
/* The same with a sound of the voice `music`: "beep", or a WAV file. */
void parting_sound(struct step *step, struct call *call, struct text sound,
                   enum parting_state state);
/* The caller's turn: `expect` for so long; 0: as ever. */
void parting_listen(struct step *step, struct call *call, enum expect expect, uint32_t ms);
/* Nothing is said or heard until `at_ms` at the latest. */
void parting_wait(struct step *step, struct call *call, enum parting_state state, uint64_t at_ms);
/* The same for STORE_NOTED, for 3 s: who waits long is told so. */
void parting_wait_for_account(struct step *step, struct call *call, enum parting_state state);
/* The last words, then the end. */
void parting_close(struct step *step, struct call *call, enum parting_words words);

/* The same with the agent's good-bye. */
void parting_goodbye(struct step *step, struct call *call, enum cause cause);

/* A row of the account about the caller; the kind's own fields are the caller's to fill in. */
struct command *parting_task(struct step *step, struct call *call, enum task_kind kind,
                             enum task_state state);

/* Events of the conversation while parting.state is not PARTING_NONE. */
void parting_said(struct step *step, struct call *call);
void parting_key(struct step *step, struct call *call, char key);
void parting_words(struct step *step, struct call *call, struct text words);
void parting_silence(struct step *step, struct call *call);
void parting_overdue(struct step *step, struct call *call); /* TIMER_ANSWER */
/* The other timers of the conversation in TALK_PARTING, but TIMER_TOOL. */
void parting_timer(struct step *step, struct call *call, enum timer_kind kind);
void parting_ended(struct step *step, struct call *call);   /* The call ends. */
void parting_noted(struct step *step, struct call *call);   /* STORE_NOTED of turn 0 */
/* SPEECH_READY or SPEECH_FAILED, MEDIA_PLAYED: true when it was of the sound. */
MUST_USE bool parting_ready(struct step *step, struct call *call);
MUST_USE bool parting_played(struct step *step, struct call *call);

#endif

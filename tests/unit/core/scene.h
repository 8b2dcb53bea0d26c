// SPDX-License-Identifier: Apache-2.0
/* scene.h - a call on the example plan, told event by event; the commands are looked at in between.
 */
#ifndef UNIT_CORE_SCENE_H
#define UNIT_CORE_SCENE_H

#include "core/core.h"

/* A fresh core with the example plan (places: recogniser places); time starts at 1,000 ms. */
void scene_begin(uint32_t places);
void scene_end(void);

/* The INVITE, with this offer (NULL: a usual one). Look at the commands before scene_answered(). */
void scene_invite(const char *to, const char *sdp);
/* To 100, by somebody who proved to be this user. */
void scene_invite_by(const char *user);
/* Account, 200, ACK: the call is up and the greeting is asked for. */
void scene_call(void);
/* scene_call(), the greeting said to its end: the agent listens. */
void scene_listening(void);

void scene_wait(uint64_t ms); /* Time passes; timers that are due fire. */
void scene_event(struct event event);
void scene_clock(uint64_t ms); /* The clock on the wall is put forward. */

void scene_voice(bool on);
void scene_partial(const char *words);
void scene_final_sounding(const char *words, uint16_t confidence_permille, uint16_t listening);
void scene_final_at(const char *words, uint16_t confidence_permille);
void scene_final(const char *words); /* Answers the last SPEECH_FINISH, at confidence 0.8. */
void scene_understood(const char *intent, uint16_t confidence_permille, enum sentiment sentiment,
                      const char *entities);
/* The agents think with models, and have tools: see tests/sim/example_models.h.
 * Before the INVITE. */
void scene_models(void);
/* Of the last MIND_THINK. */
void scene_clause(const char *words);
/* Of a whole conversation: it hears by this session; it speaks, in this clip, these words. */
void scene_session(uint32_t session, int provider);
void scene_sounds(uint32_t clip);
void scene_spoken(uint32_t clip, const char *words);
void scene_thought(void); /* MIND_DONE */
void scene_writes(void); /* The arguments of a tool. */
void scene_mind_failed(void);
void scene_mind_refused(uint32_t retry_after_s);
void scene_tool(uint32_t number, const char *name, const char *arguments);
void scene_tool_done(uint32_t number, uint32_t attempt, enum tool_outcome outcome,
                     const char *text);
void scene_noted(uint32_t number);
void scene_turn(enum turn_fact what, const char *words);
void scene_voice_failed(uint32_t utterance, int provider); /* utterance 0: the recogniser. */

void scene_key(char key);
void scene_ready(void); /* The last utterance asked for can be played. */
void scene_played(uint32_t heard_ms, uint32_t total_ms); /* The oldest in playout ends. */
/* The oldest in playout was flushed. */
void scene_flushed(uint32_t heard_ms);
/* Speaks the whole reply to its end. */
void scene_said(void);
/* The caller says words and they are final. */
void scene_says(const char *words);

/* The last command of this kind in the last step, or NULL. */
const struct command *scene_command(enum command_kind kind);
/* All the words that the agent was to say in the last step, joined by " | ". */
const char *scene_words(void);
uint32_t scene_count(enum command_kind kind); /* How many in the last step. */
/* Sees every command from now on; after scene_begin(). */
void scene_watch(void (*watch)(const struct command *command));
uint64_t scene_now(void);
uint32_t scene_dialog(void);
uint32_t scene_leg(void);
uint32_t scene_call_id(void);
struct plan *scene_plan(void); /* The plan of the scene: change it before the INVITE. */
struct core *scene_core(void);

#endif

// SPDX-License-Identifier: Apache-2.0
/* waiting.h - a caller waits in a queue: enters, is told the place and how long it will take, hears
 * music or goes on talking with the voice agent, and leaves by one of: an operator takes them,
 * their own wish (a key or a word), the queue's overflow, or hanging up.
 *
 * The order is core/queue.h's, over core->waiting: the place of a call is its slot; the places from
 * max_calls on are callbacks' (core/standing.h), whose `who` is theirs. The expected wait is
 * core/forecast.h's. Waiting is a way of the conversation: its words are a reply, the caller's
 * voice stops them as it stops an agent's, never the waiting. Every passage through a queue is in
 * the account by STORE_QUEUE: joined, then one of answered, abandoned, overflowed, left. */
#ifndef CORE_WAITING_H
#define CORE_WAITING_H

#include "core/state.h"

enum {
    WAIT_STEP_MS = 2000,  /* An update that meets the caller's words comes so much later. */
    WAIT_LOOK_MS = 60000, /* Who may leave when nobody is on duty is looked after so often. */
    WAIT_HELP_MS = 20000, /* What is none of the offers is answered so often: callers also talk with
                             others while they wait. */
};

/* The call, which is CALL_UP with an agent, enters a queue of its plan now; or what the queue has
 * for those who cannot follows. priority -1: the caller's own (lookup, vip list), else the queue's.
 */
void waiting_begin(struct step *step, struct call *call, uint8_t queue, int8_t priority);

/* When the agent's words are said the caller enters this queue. plain: who takes them there hears no
 * brief. */
void waiting_next(struct call *call, uint8_t queue, int8_t priority, bool plain);

/* What was to follow the agent's words, or the queue's, follows now: AFTER_QUEUE. */
void waiting_follow(struct step *step, struct call *call);

/* An operator is being rung for the caller, or is not any more: nobody else is meanwhile. */
void waiting_offered(struct step *step, struct call *call, bool offered);
/* An operator has accepted: words and music end, the agent is away, and the caller is out of the
 * queue; the joining of both is the operator's (core/offering.h). */
void waiting_taken(struct step *step, struct call *call, struct text operator_name);
/* Whether a caller who was taken can wait on: the queue is still there, and open. */
MUST_USE bool waiting_can_return(const struct step *step, const struct call *call);
/* It came to nothing after all: is told so in these words, and waits on, in the old place, for as long
 * as anybody may. */
void waiting_back(struct step *step, struct call *call, enum queue_words words, struct text why);
/* The caller was asked by the queue whether to hold, and has not answered yet. */
static inline bool waiting_keeps(const struct call *call)
{
    return call->wait.kept && call->wait.state == WAIT_NONE;
}
/* Holds: waits on in the place of before, also in a queue that is full. */
void waiting_hold(struct step *step, struct call *call);
/* An operator who had a caller of this queue is free again: talk and wrap-up took so long. */
void waiting_served(struct core *core, uint8_t queue, uint32_t ms);

/* The call waits no more. Safe when it does not wait. */
void waiting_end(struct step *step, struct call *call, enum queue_what what, struct text why);

static inline bool waiting_is(const struct call *call)
{
    return call->wait.state == WAIT_ON;
}

/* The caller waits and its position is what core/queue.h says; 0: it does not wait. */
uint32_t waiting_position(const struct core *core, const struct call *call);
/* More is known of the caller: a higher priority counts from now on. */
void waiting_known(struct step *step, struct call *call);
/* How long from now on. */
struct forecast waiting_forecast(const struct core *core, const struct call *call, uint64_t now_ms);

/* ---- For the conversation ---- */

/* Nobody speaks: music, and no question whether somebody is there. */
void waiting_listen(struct step *step, struct call *call);
/* Words are about to be heard: the music makes room. */
void waiting_hush(struct step *step, struct call *call);
/* A turn's words, which may be few or none; sure: they were heard well. True: they were meant for
 * the queue, or for nobody. */
MUST_USE bool waiting_hears(struct step *step, struct call *call, struct text words, bool sure);
/* What the key asks for while the caller waits; WISH_NONE: nothing, or nobody waits. */
enum queue_wish waiting_wish_of(const struct core *core, const struct call *call, char key);
MUST_USE bool waiting_key(struct step *step, struct call *call, char key);
/* The agent cannot help: music until the caller is heard again. */
static inline void waiting_alone(struct call *call)
{
    call->wait.quiet = true;
}
/* Nothing was said for a while; true: nothing need be asked. */
MUST_USE bool waiting_silence(struct step *step, struct call *call);

/* SPEECH_READY, SPEECH_FAILED: true when it was the music. */
MUST_USE bool waiting_music_ready(struct step *step, struct call *call);
void waiting_timer(struct step *step, struct call *call); /* TIMER_WAIT */

/* ---- Of the house ---- */

/* The plan of now: queues are found again by name. */
void waiting_plan(struct step *step, uint32_t slot);
/* Of the plan of now; NULL: it is not there. */
const struct plan_queue *waiting_queue_now(const struct core *core, uint8_t queue);
struct queue_entry *waiting_entries(const struct core *core);
uint32_t waiting_places(const struct core *core);
/* core_queue() */
bool waiting_row(const struct core *core, uint32_t index, uint64_t now_ms, uint64_t wall_ms,
                 struct queue_row *out);
bool waiting_check(const struct core *core, struct text_buffer *why);

#endif

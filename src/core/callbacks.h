// SPDX-License-Identifier: Apache-2.0
/* callbacks.h - the calls that are promised: which is due, which is the caller's that rings, when
 * the next attempt is.
 *
 * A table of MAX_CALLBACKS; the account has all of them, also those for which there is no room here
 * (`more`). Pure: no step, no commands; times are wall clock. Each function costs one pass over the
 * table, 2 us when it is full. */
#ifndef CORE_CALLBACKS_H
#define CORE_CALLBACKS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/limits.h"
#include "base/text.h"
#include "core/state_parting.h"

enum {
    CALLBACK_REF = 24,
    CALLBACK_ABOUT = 256,
    CALLBACKS_AT_ONCE = 8,     /* Made by voice agents. */
    CALLBACKS_SOON_MS = 120000 /* What is to be made so soon stands in its queue already. */
};

enum callback_state {
    CALLBACK_FREE,
    CALLBACK_ENDED, /* Over; the name alone is kept, while the account tells what is open. */
    CALLBACK_WAITING,
    CALLBACK_QUEUED,  /* Stands in its queue: core/standing.h. */
    CALLBACK_OFFERED, /* Its call does: an operator may be rung. */
    CALLBACK_CALLING  /* Attempt number `attempts` is under way. */
};

struct callback {
    enum callback_state state;
    uint32_t id;              /* 0 is none; never used again. */
    char ref[CALLBACK_REF];   /* With turn and number the name of its task. */
    uint32_t turn, number;
    char party[PHONE_NUMBER];
    char queue[MAX_NAME], agent[MAX_NAME], intent[MAX_NAME], about[CALLBACK_ABOUT];
    uint64_t promised_ms;       /* When. */
    uint64_t place_ms;          /* Its time in the order of those that wait: */
    uint8_t priority;           /* the caller's in the queue, with this. */
    bool stands;                /* By the plan of now an operator is first. */
    uint8_t stands_in;          /* CALLBACK_QUEUED: of core->queues. */
    uint64_t by;                /* A digest of who it was promised to; 0: not known. */
    bool asked;                 /* A call for it is on its way. */
    uint64_t from_ms, until_ms; /* For when. */
    uint64_t next_ms;           /* The next attempt. */
    uint64_t since_ms;          /* Its call was asked for; monotonic. */
    uint32_t attempts;          /* So far, the present one too. */
    bool warned;                /* It is about to break: goes before others. */
    bool by_hand;               /* Somebody ended it during an attempt, with this state: */
    enum task_state wish;
    uint32_t call;              /* Of the attempt, or the offer; 0: it is not placed yet. */
    uint32_t held;              /* The call of the caller, who rings; 0: none. */
};

struct callbacks {
    uint32_t serial, count, calling;
    bool more; /* The account has some that are not here. */
    bool told; /* STORE_TASKS_TOLD came for what was asked for last, which the start is too. */
    uint64_t hour_ms, hour_filled; /* core/permit.h */
    struct callback items[MAX_CALLBACKS];
};

static inline bool callback_is_open(const struct callback *callback)
{
    return callback->state > CALLBACK_ENDED;
}

/* A copy, waiting, with an id of its own. NULL: there is no room, or it is there already, or was
 * and ended while the account tells what is open: what it says of it is from before. */
struct callback *callbacks_add(struct callbacks *callbacks, const struct callback *callback);
void callbacks_remove(struct callbacks *callbacks, struct callback *callback);

/* True: the account is to be asked now for those that are not here. */
MUST_USE bool callbacks_ask(struct callbacks *callbacks);
/* The account has told all that it was asked for: what ended meanwhile need not be known any more.
 */
void callbacks_told(struct callbacks *callbacks);

struct callback *callbacks_find(struct callbacks *callbacks, uint32_t id);
/* Also one that ended, while that is kept. */
struct callback *callbacks_named(struct callbacks *callbacks, struct text ref, uint32_t turn,
                                 uint32_t number);
/* It is for this number, */
bool callbacks_is(const struct callback *callback, struct text number);
/* Of this number, however it is written: the last eight digits count, or all of a short one. */
struct callback *callbacks_of(struct callbacks *callbacks, struct text number);

/* Whose attempt a voice agent is to make now: those that are about to break first, then the oldest promise.
 * NULL: nobody's, or CALLBACKS_AT_ONCE are under way. */
struct callback *callbacks_due(struct callbacks *callbacks, uint64_t wall_ms);
/* Whose promise will break in warn_ms, and was not warned of. */
struct callback *callbacks_breaking(struct callbacks *callbacks, uint64_t wall_ms,
                                    uint32_t warn_ms);
/* When there is something to look at next; UINT64_MAX: never. */
uint64_t callbacks_next_ms(const struct callbacks *callbacks, uint64_t wall_ms, uint32_t warn_ms);

void callbacks_call(struct callbacks *callbacks, struct callback *callback, uint64_t now_ms);
/* The attempt came to nothing; it waits until next_ms. */
void callbacks_wait(struct callbacks *callbacks, struct callback *callback, uint64_t next_ms);

#endif

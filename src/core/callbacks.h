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

enum { CALLBACK_REF = 24, CALLBACK_ABOUT = 256, CALLBACKS_AT_ONCE = 8 };

enum callback_state {
    CALLBACK_FREE,
    CALLBACK_WAITING,
    CALLBACK_CALLING /* Attempt number `attempts` is under way. */
};

struct callback {
    enum callback_state state;
    uint32_t id;              /* 0 is none; never used again. */
    char ref[CALLBACK_REF];   /* With turn and number the name of its task. */
    uint32_t turn, number;
    char party[PHONE_NUMBER];
    char queue[MAX_NAME], agent[MAX_NAME], intent[MAX_NAME], about[CALLBACK_ABOUT];
    uint64_t promised_ms;       /* When; its place among those that wait. */
    uint64_t from_ms, until_ms; /* For when. */
    uint64_t next_ms;           /* The next attempt. */
    uint64_t since_ms;          /* CALLBACK_CALLING: monotonic. */
    uint32_t attempts;          /* So far, the present one too. */
    bool warned;                /* It is about to break: goes before others. */
    bool by_hand;               /* Somebody ended it during an attempt, with this state: */
    enum task_state wish;
    uint32_t call;              /* Of the attempt; 0: it is not placed yet. */
    uint32_t held;              /* The call of the caller, who rings; 0: none. */
};

struct callbacks {
    uint32_t serial, count, calling;
    bool more; /* The account has some that are not here. */
    struct callback items[MAX_CALLBACKS];
};

/* A copy, waiting, with an id of its own. NULL: there is no room, or it is there already. */
struct callback *callbacks_add(struct callbacks *callbacks, const struct callback *callback);
void callbacks_remove(struct callbacks *callbacks, struct callback *callback);

struct callback *callbacks_find(struct callbacks *callbacks, uint32_t id);
struct callback *callbacks_named(struct callbacks *callbacks, struct text ref, uint32_t turn,
                                 uint32_t number);
/* Of this number, however it is written: the last eight digits count, or all of a short one. */
struct callback *callbacks_of(struct callbacks *callbacks, struct text number);

/* Whose attempt is to be made now: those that are about to break first, then the oldest promise.
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

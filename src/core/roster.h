// SPDX-License-Identifier: Apache-2.0
/* roster.h - the operators: what each of them does now, and who gets the next caller.
 *
 * Pure data: no step, no commands; core/operators.h moves it by what happens and tells the account.
 * An operator is known by name and keeps their state over reloads; one who is not in the plan any
 * more is forgotten when their last call is over. A state follows from facts, the first that holds:
 * in a call, BUSY; being rung, RINGING; none of their places can be reached, or they said so,
 * OFFLINE; they said so, BREAK; they let it ring too often, ASIDE; a call has just ended, WRAP_UP;
 * else AVAILABLE. Everything costs at most a look at each of the MAX_OPERATORS. Part of
 * core/state.h. */
#ifndef CORE_ROSTER_H
#define CORE_ROSTER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/limits.h"
#include "base/text.h"
#include "core/event.h"
#include "core/plan.h"

enum { ROSTER_PLACES = 2 * MAX_OPERATORS }; /* Of a reload's old ones, those still in calls. */

/* An operator. */
struct roster_entry {
    char name[MAX_NAME]; /* Empty: free. */
    int16_t index;       /* In the plan of now; -1: not there any more. */
    enum operator_said said;
    bool aside;
    bool reachable;
    uint8_t missed;    /* Offers in a row that rang and were not answered. */
    uint16_t calls;    /* They are in. */
    uint32_t asked_by; /* The call that they are being rung for; 0: none. */
    uint64_t taken_ms; /* When they were rung for the caller they have. */
    uint64_t wrap_until_ms;
    uint64_t idle_ms;          /* Since when they are AVAILABLE. */
    uint64_t asked_ms;         /* When they were offered a caller last, of round-robin. */
    enum operator_state state; /* As of roster_note(). */
    enum operator_why why;     /* Of what changes next. */
    bool changed;              /* It is to be told, whatever the state. */
    uint32_t wrap_up_ms;       /* Of the plan, for who has left it meanwhile too. */
};

struct roster {
    struct roster_entry items[ROSTER_PLACES];
    uint16_t count; /* Of items in use or used before. */
    bool dirty;     /* Something of somebody was changed. */
};

/* Whom a caller may be offered to. */
struct roster_wish {
    enum plan_strategy strategy;
    int16_t queue;         /* They serve it; -1: any. */
    uint64_t skills;       /* They have them all, a bit each, */
    const uint8_t *levels; /* at this level at least; NULL: at any. */
    const uint64_t *but;   /* Not these: ROSTER_PLACES bits by place; NULL: all are asked. */
};

/* The plan of now: operators are found again by name. Who is not in it has no index any more, and
 * is to be forgotten when they are in no call. */
void roster_plan(struct roster *roster, const struct plan *plan, uint64_t now_ms);

/* Not in the plan and in no call: the place is to be freed. */
bool roster_is_over(const struct roster_entry *entry);

/* The place of an operator, by name; -1: there is none. */
int16_t roster_find(const struct roster *roster, struct text name);

enum operator_state roster_state(const struct roster_entry *entry, uint64_t now_ms);

/* The state that was told last is the present one now. False: it was already. */
MUST_USE bool roster_note(struct roster_entry *entry, uint64_t now_ms);

/* They serve the queue and have its skills, whatever they do now. */
bool roster_serves(const struct roster *roster, const struct plan *plan, int16_t place,
                   const struct roster_wish *wish);

/* Who is AVAILABLE and serves, the best by the strategy; ties go to the one longest idle, then to
 * the first of the plan. -1: nobody. With STRATEGY_RING_ALL: the longest idle; put them into `but`
 * and ask again for the next. */
int16_t roster_pick(const struct roster *roster, const struct plan *plan,
                    const struct roster_wish *wish, uint64_t now_ms);

/* How many serve: `on_duty` are not OFFLINE nor at BREAK nor ASIDE; `free` are AVAILABLE. */
struct roster_count {
    uint32_t all, on_duty, free;
};
struct roster_count roster_count(const struct roster *roster, const struct plan *plan,
                                 const struct roster_wish *wish, uint64_t now_ms);

/* The next time at which a state changes by itself; UINT64_MAX: none does. */
uint64_t roster_tend(const struct roster *roster, uint64_t now_ms);

#endif

// SPDX-License-Identifier: Apache-2.0
/* queue.h - who waits, in which order.
 *
 * The order is strict: effective priority, then time. Effective priority is the one given (0 to 9)
 * plus one for each `ageing` waited, fractions too: so it grows alike for all, who stands before whom
 * changes by a change of priority only, nobody is overtaken for ever, and a position once told gets
 * only better but for the arrival of somebody more urgent. Without ageing (0) priority is all that
 * counts, then time.
 *
 * A place is an index into entries that the owner keeps (several queues may share one array; each
 * entry is in one queue at most). Who is being offered to an operator keeps its position and is not
 * given to another. A balanced tree (a treap whose chance is a hash of the arrival's number: the same
 * arrivals make the same tree) that counts its branches, so positions are right after every change:
 * every operation is some 2 log2(n) steps; queue_next() also passes over those who need other skills,
 * a branch at a time. Pure; no memory of its own. */
#ifndef CORE_QUEUE_H
#define CORE_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"

enum {
    QUEUE_TOP_PRIORITY = 9,
    QUEUE_SKILLS = 63, /* Bits of a set of skills; the last one says "offered". */
};

#define QUEUE_NONE UINT32_MAX

struct queue_entry {
    uint32_t who; /* The owner's word for it; 0: the place is free. */
    uint8_t priority;
    bool offered;
    int64_t joined_ms; /* Its time in the order; before the start of the clock, perhaps. */
    uint64_t skills;   /* That it needs, a bit each. */
    /* The rest is the queue's. */
    int64_t due;                /* The smaller, the earlier. */
    uint32_t serial;            /* Of the arrival: who came at the same time. */
    uint32_t left, right, size; /* Links are places + 1; 0: none. */
    uint32_t open;              /* Of the branch, who are not being offered. */
    uint64_t all_need;          /* What everyone of the branch needs. */
    int64_t earliest_ms;        /* Of the branch's times. */
};

struct queue {
    uint32_t root, serial;
    uint64_t ageing_ms;
};

/* The place, with who, priority, joined_ms and skills filled in, is in the queue from now on. */
void queue_join(struct queue *queue, struct queue_entry *entries, uint32_t place);
/* And not any more: it is free. */
void queue_leave(struct queue *queue, struct queue_entry *entries, uint32_t place);

void queue_set_priority(struct queue *queue, struct queue_entry *entries, uint32_t place,
                        uint8_t priority);
/* Being offered, or not any more. */
void queue_set_offered(struct queue *queue, struct queue_entry *entries, uint32_t place,
                       bool offered);
/* Everyone's order anew. n log n. */
void queue_set_ageing(struct queue *queue, struct queue_entry *entries, uint64_t ageing_ms);

uint32_t queue_count(const struct queue *queue, const struct queue_entry *entries);
/* 1: the next; those being offered count. */
uint32_t queue_position(const struct queue *queue, const struct queue_entry *entries,
                        uint32_t place);
/* How many go before it who are not being offered; in the whole queue. */
uint32_t queue_open_before(const struct queue *queue, const struct queue_entry *entries,
                           uint32_t place);
uint32_t queue_open(const struct queue *queue, const struct queue_entry *entries);
/* The time of who came first of all, wherever they stand; of a queue that is not empty. */
int64_t queue_earliest(const struct queue *queue, const struct queue_entry *entries);

/* The place at this position; QUEUE_NONE: there are fewer. */
uint32_t queue_at(const struct queue *queue, const struct queue_entry *entries, uint32_t position);

/* The first who is not being offered and needs none but these skills; QUEUE_NONE: nobody. */
uint32_t queue_next(const struct queue *queue, const struct queue_entry *entries, uint64_t skills);

/* True when of two who wait in different queues a goes first: by effective priority at now_ms, then
 * by time. */
bool queue_before(const struct queue_entry *a, uint64_t a_ageing_ms, const struct queue_entry *b,
                  uint64_t b_ageing_ms, int64_t now_ms);

/* True when the order, the counts and the skills of the branches are what they should be. */
bool queue_check(const struct queue *queue, const struct queue_entry *entries, uint32_t places);

#endif

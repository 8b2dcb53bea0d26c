// SPDX-License-Identifier: Apache-2.0
/* lease.h - numbered places that any thread may take and give up, each with a bounded queue of
 * messages to the one owner who does the work behind them.
 *
 * An id is slot (low 16 bits) and generation (high 16, never 0): 0 is no id, and an id of before is
 * recognised. Life of a place: lease_take() by any thread, work by the owner, lease_retire() by
 * whoever ends it first (any thread: from then on the id is dead), lease_free() by the owner, who
 * alone knows when nothing of it is left; only then is the slot taken again, the longest free
 * first. Threads: next and free are the owner's, the rest are anybody's. Cost: one short critical
 * section each; a message is one allocation and one copy. */
#ifndef BASE_LEASE_H
#define BASE_LEASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

enum {
    LEASE_ROOM = 32, /* Bytes before a message, for the header of whoever sends it on. */
    LEASE_COST = 64  /* What a message counts beside its bytes: the heap's part of it. */
};

struct lease_table;

struct lease_message {
    struct lease_message *next;
    uint32_t size;
    uint32_t kind; /* The user's. */
    uint8_t room[LEASE_ROOM];
    uint8_t bytes[];
};

/* Places for `count` (at most 65,535) at once. 0 or -ENOMEM. */
MUST_USE int lease_table_open(struct lease_table **out, uint32_t count);
void lease_table_close(struct lease_table *table); /* With what is left in it. NULL is nothing. */

static inline uint32_t lease_slot(uint32_t id)
{
    return id & 0xffff;
}

/* Takes a place whose queue holds queue_bytes. 0 when all are in use. */
MUST_USE uint32_t lease_take(struct lease_table *table, uint32_t queue_bytes);

/* Ends the id: true for the first who does, false ever after and for ids of before. */
bool lease_retire(struct lease_table *table, uint32_t id);
bool lease_alive(struct lease_table *table, uint32_t id);
/* The queue takes no more, and the id lives on: true for the first who does. */
bool lease_shut(struct lease_table *table, uint32_t id);

/* Queues a copy. FULL leaves the queue as it was. *wake is true when the owner has to be told: it
 * has seen the queue empty since it was told last, so there is never more than one word under way.
 */
enum lease_result { LEASE_OK, LEASE_FULL, LEASE_GONE };
MUST_USE enum lease_result lease_put(struct lease_table *table, uint32_t id, uint32_t kind,
                                     const void *bytes, uint32_t size, bool *wake);

/* The owner's, of retired ids too: takes the oldest message out, which is then the caller's to
 * free(). NULL: there is none, and the next put will say `wake`. */
MUST_USE struct lease_message *lease_next(struct lease_table *table, uint32_t id);

/* The owner's, once for each retired id: drops what is queued, gives the slot back. */
void lease_free(struct lease_table *table, uint32_t id);

uint32_t lease_used(struct lease_table *table); /* Places taken and not yet freed. */

#endif

// SPDX-License-Identifier: Apache-2.0
/* slots.h - numbered places with generations: the core's ids.
 *
 * An id is slot (low 16 bits) and generation (high 16, never 0), so 0 is no id and a late user of
 * an id whose slot was given again is recognised. Freed slots are taken again in the order in which
 * they were freed, the longest free first, and only while slots_rest() more are free, so that a
 * port or a ring rests before its next call; slots never taken are taken no sooner than that, since
 * each costs memory for good. Links live in storage of the owner's. */
#ifndef CORE_SLOTS_H
#define CORE_SLOTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"

struct slot_link {
    uint16_t generation; /* 0: never used. */
    uint16_t next;       /* Of a free slot. */
    bool used;
};

struct slots {
    uint32_t capacity, used, fresh; /* fresh: slots never taken begin here. */
    uint32_t free_count;
    uint16_t first, last;
};

static inline uint32_t slot_of(uint32_t id)
{
    return id & 0xffff;
}

/* How many freed ones rest. */
static inline uint32_t slots_rest(const struct slots *slots)
{
    return slots->capacity / 16 + 16;
}

void slots_init(struct slots *slots, uint32_t capacity);

/* Takes a place. 0 when all are in use. */
MUST_USE uint32_t slots_take(struct slots *slots, struct slot_link *links);
void slots_put(struct slots *slots, struct slot_link *links, uint32_t id);
bool slots_has(const struct slots *slots, const struct slot_link *links, uint32_t id);

#endif

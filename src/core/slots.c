// SPDX-License-Identifier: Apache-2.0
/* slots.c - a free list, first in first out, threaded through the links. */
#include "core/slots.h"

#include <assert.h>

void slots_init(struct slots *slots, uint32_t capacity)
{
    assert(capacity > 0 && capacity <= 0x10000);
    *slots = (struct slots){.capacity = capacity};
}

uint32_t slots_take(struct slots *slots, struct slot_link *links)
{
    uint32_t slot;

    if (slots->fresh < slots->capacity && slots->free_count <= slots_rest(slots)) {
        slot = slots->fresh++;
    } else if (slots->free_count > 0) {
        slot = slots->first;
        slots->first = links[slot].next;
        slots->free_count--;
    } else {
        return 0;
    }
    struct slot_link *link = &links[slot];
    link->generation = link->generation == 0xffff ? 1 : (uint16_t)(link->generation + 1);
    link->used = true;
    slots->used++;
    return (uint32_t)link->generation << 16 | slot;
}

void slots_put(struct slots *slots, struct slot_link *links, uint32_t id)
{
    uint16_t slot = (uint16_t)slot_of(id);

    assert(slots_has(slots, links, id));
    links[slot].used = false;
    links[slot].next = 0;
    if (slots->free_count == 0)
        slots->first = slot;
    else
        links[slots->last].next = slot;
    slots->last = slot;
    slots->free_count++;
    slots->used--;
}

bool slots_has(const struct slots *slots, const struct slot_link *links, uint32_t id)
{
    uint32_t slot = slot_of(id);

    return id != 0 && slot < slots->capacity && links[slot].used &&
           links[slot].generation == id >> 16;
}

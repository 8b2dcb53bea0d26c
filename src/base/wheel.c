// SPDX-License-Identifier: Apache-2.0
/* wheel.c - a binary heap by (time, order of setting), and where each number stands in it.
 *
 * No pointers inside: the memory can be copied as it is. */
#include "base/wheel.h"

#include <assert.h>
#include <string.h>

struct entry {
    uint64_t at_ms, order, key;
    uint32_t number;
};

struct wheel {
    uint32_t count; /* Timers there are. */
    uint32_t size;  /* Timers set. */
    uint64_t order;
    struct entry
        heap[]; /* [count], and after them uint32_t place[count]: 1 + position, 0: not set. */
};

size_t wheel_size(uint32_t count)
{
    return sizeof(struct wheel) + count * (sizeof(struct entry) + sizeof(uint32_t));
}

static uint32_t *places(struct wheel *wheel)
{
    return (uint32_t *)(void *)(wheel->heap + wheel->count);
}

struct wheel *wheel_init(void *memory, uint32_t count)
{
    struct wheel *wheel = memory;
    *wheel = (struct wheel){.count = count};
    memset(places(wheel), 0, count * sizeof(uint32_t));
    return wheel;
}

static bool fires_before(const struct entry *a, const struct entry *b)
{
    return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->order < b->order;
}

static void put_at(struct wheel *wheel, uint32_t position, struct entry entry)
{
    wheel->heap[position] = entry;
    places(wheel)[entry.number] = position + 1;
}

static void sift_up(struct wheel *wheel, uint32_t position, struct entry entry)
{
    while (position > 0) {
        uint32_t parent = (position - 1) / 2;
        if (!fires_before(&entry, &wheel->heap[parent]))
            break;
        put_at(wheel, position, wheel->heap[parent]);
        position = parent;
    }
    put_at(wheel, position, entry);
}

static void sift_down(struct wheel *wheel, uint32_t position, struct entry entry)
{
    for (;;) {
        uint32_t child = 2 * position + 1;
        if (child >= wheel->size)
            break;
        if (child + 1 < wheel->size && fires_before(&wheel->heap[child + 1], &wheel->heap[child]))
            child++;
        if (!fires_before(&wheel->heap[child], &entry))
            break;
        put_at(wheel, position, wheel->heap[child]);
        position = child;
    }
    put_at(wheel, position, entry);
}

/* The last entry fills the hole; it may belong above it or below it. */
static void remove_at(struct wheel *wheel, uint32_t position)
{
    places(wheel)[wheel->heap[position].number] = 0;
    wheel->size--;
    if (position == wheel->size)
        return;
    struct entry last = wheel->heap[wheel->size];
    if (position > 0 && fires_before(&last, &wheel->heap[(position - 1) / 2]))
        sift_up(wheel, position, last);
    else
        sift_down(wheel, position, last);
}

void wheel_set(struct wheel *wheel, uint32_t number, uint64_t at_ms, uint64_t key)
{
    assert(number < wheel->count);
    wheel_cancel(wheel, number);
    struct entry entry = {.at_ms = at_ms, .order = wheel->order++, .key = key, .number = number};
    wheel->size++;
    sift_up(wheel, wheel->size - 1, entry);
}

void wheel_cancel(struct wheel *wheel, uint32_t number)
{
    assert(number < wheel->count);
    uint32_t place = places(wheel)[number];
    if (place != 0)
        remove_at(wheel, place - 1);
}

uint64_t wheel_next_ms(const struct wheel *wheel)
{
    return wheel->size > 0 ? wheel->heap[0].at_ms : UINT64_MAX;
}

bool wheel_take(struct wheel *wheel, uint64_t now_ms, uint32_t *number, uint64_t *key)
{
    if (wheel->size == 0 || wheel->heap[0].at_ms > now_ms)
        return false;
    *number = wheel->heap[0].number;
    *key = wheel->heap[0].key;
    remove_at(wheel, 0);
    return true;
}

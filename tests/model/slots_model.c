// SPDX-License-Identifier: Apache-2.0
/* slots_model.c - slots against a list of who has which and since when each is free. */
#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "core/slots.h"

enum { CAPACITY = 400, STEPS = 200000 };

static struct slot_link links[CAPACITY];
static struct slots slots;
static uint32_t ids[CAPACITY]; /* In use. */
static uint32_t count, most, clock_now;
static uint32_t freed_at[CAPACITY]; /* 0: in use or never taken. */

static void take(void)
{
    uint32_t id = slots_take(&slots, links), slot = slot_of(id);

    if (count == CAPACITY) {
        CHECK(id == 0);
        return;
    }
    CHECK(id != 0 && slot < CAPACITY && slots_has(&slots, links, id));
    for (uint32_t i = 0; i < count; i++)
        CHECK(slot_of(ids[i]) != slot);
    for (uint32_t i = 0; i < CAPACITY; i++) /* Of the free ones the longest free. */
        CHECK(freed_at[slot] == 0 || freed_at[i] == 0 || freed_at[slot] <= freed_at[i]);
    freed_at[slot] = 0;
    ids[count++] = id;
    most = count > most ? count : most;
    CHECK(slots.fresh <= most + slots_rest(&slots) + 1);
}

static void put(uint64_t *seed)
{
    uint32_t at = (uint32_t)(check_random(seed) % count), id = ids[at];

    ids[at] = ids[--count];
    slots_put(&slots, links, id);
    freed_at[slot_of(id)] = ++clock_now;
    CHECK(!slots_has(&slots, links, id));
}

int main(int argc, char **argv)
{
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;

    slots_init(&slots, CAPACITY);
    for (uint32_t i = 0; i < STEPS; i++) {
        uint32_t high = i < STEPS / 2 ? 100 : CAPACITY; /* Few for long; then all that there are. */
        if (count == 0 || (count < high && check_random(&seed) % 100 < 60) ||
            (count == CAPACITY && check_random(&seed) % 10 == 0))
            take();
        else
            put(&seed);
        CHECK(slots.used == count);
        CHECK(i != STEPS / 2 || slots.fresh <= 100 + slots_rest(&slots) + 1);
    }
    CHECK(most == CAPACITY && slots.fresh == CAPACITY);
    return 0;
}

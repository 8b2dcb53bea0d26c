// SPDX-License-Identifier: Apache-2.0
/* queue_model.c - random arrivals, departures and changes of priority against unsorted tables that
 * are too simple to be wrong; two queues share the places, as in the core. */
#include "core/queue.h"

#include "check.h"

enum { PLACES = 300, QUEUES = 2, STEPS = 60000, WHOLE_CHECK = 64 };

struct twin {
    int queue; /* -1: free. */
    uint32_t priority, order;
    int64_t joined_ms;
    uint64_t skills;
    bool offered;
};

static struct twin twins[PLACES];
static struct queue_entry entries[PLACES];
static struct queue queues[QUEUES];
static uint32_t orders;

/* By the words of the header: priority plus waited / ageing, then time, then who came first. Both
 * have waited since before now_ms. */
static bool twin_before(const struct twin *a, const struct twin *b)
{
    int64_t ageing = (int64_t)queues[a->queue].ageing_ms;

    if (ageing == 0 && a->priority != b->priority)
        return a->priority > b->priority;
    if (ageing > 0) {
        int64_t one = a->priority * ageing - a->joined_ms, other = b->priority * ageing - b->joined_ms;
        if (one != other)
            return one > other;
    } else if (a->joined_ms != b->joined_ms) {
        return a->joined_ms < b->joined_ms;
    }
    return a->order < b->order;
}

static uint32_t twin_position(uint32_t place)
{
    uint32_t position = 1;

    for (uint32_t i = 0; i < PLACES; i++)
        position += i != place && twins[i].queue == twins[place].queue &&
                    twin_before(&twins[i], &twins[place]);
    return position;
}

static uint32_t twin_next(int queue, uint64_t skills)
{
    uint32_t best = QUEUE_NONE;

    for (uint32_t i = 0; i < PLACES; i++)
        if (twins[i].queue == queue && !twins[i].offered && !(twins[i].skills & ~skills) &&
            (best == QUEUE_NONE || twin_before(&twins[i], &twins[best])))
            best = i;
    return best;
}

static uint32_t twin_count(int queue)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < PLACES; i++)
        count += twins[i].queue == queue;
    return count;
}

static int64_t twin_earliest(int queue)
{
    int64_t earliest = INT64_MAX;

    for (uint32_t i = 0; i < PLACES; i++)
        if (twins[i].queue == queue && twins[i].joined_ms < earliest)
            earliest = twins[i].joined_ms;
    return earliest;
}

static void join(uint32_t place, int64_t now_ms, uint64_t *state)
{
    int queue = (int)(check_random(state) % QUEUES);
    uint64_t skills = check_random(state) % 3 ? 0 : UINT64_C(1) << check_random(state) % 5;
    bool earlier = check_random(state) % 10 == 0; /* Comes back to an old place. */

    twins[place] = (struct twin){
        .queue = queue,
        .priority = check_random(state) % 4 ? 0 : check_random(state) % (QUEUE_TOP_PRIORITY + 1),
        .order = ++orders,
        .joined_ms = earlier ? now_ms - (int64_t)(check_random(state) % 100000) : now_ms,
        .skills = skills};
    entries[place] = (struct queue_entry){.who = place + 1,
                                          .priority = (uint8_t)twins[place].priority,
                                          .joined_ms = twins[place].joined_ms,
                                          .skills = skills};
    queue_join(&queues[queue], entries, place);
}

static void change(uint32_t place, uint64_t *state)
{
    struct twin *twin = &twins[place];
    struct queue *queue = &queues[twin->queue];

    switch (check_random(state) % 4) {
    case 0:
        queue_leave(queue, entries, place);
        twin->queue = -1;
        return;
    case 1:
        twin->priority = check_random(state) % (QUEUE_TOP_PRIORITY + 1);
        queue_set_priority(queue, entries, place, (uint8_t)twin->priority);
        return;
    default:
        twin->offered = !twin->offered;
        queue_set_offered(queue, entries, place, twin->offered);
        return;
    }
}

static void compare(int queue, uint64_t *state)
{
    uint64_t skills = check_random(state) % 32;
    uint32_t place = check_random(state) % PLACES;

    CHECK(queue_count(&queues[queue], entries) == twin_count(queue));
    CHECK(queue_next(&queues[queue], entries, skills) == twin_next(queue, skills));
    CHECK(queue_next(&queues[queue], entries, UINT64_MAX) == twin_next(queue, UINT64_MAX));
    if (twins[place].queue == queue) {
        uint32_t position = queue_position(&queues[queue], entries, place);
        CHECK(position == twin_position(place));
        CHECK(queue_at(&queues[queue], entries, position) == place);
        uint32_t before = 0; /* By the order just proven. */
        for (uint32_t at = 1; at < position; at++)
            before += !twins[queue_at(&queues[queue], entries, at)].offered;
        CHECK(queue_open_before(&queues[queue], entries, place) == before);
    }
    if (twin_count(queue))
        CHECK(queue_earliest(&queues[queue], entries) == twin_earliest(queue));
    CHECK(queue_at(&queues[queue], entries, twin_count(queue) + 1) == QUEUE_NONE);
    CHECK(queue_at(&queues[queue], entries, 0) == QUEUE_NONE);
}

int main(int argc, char **argv)
{
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    uint64_t state = seed * 2654435761u + 1;
    int64_t now_ms = 0;

    for (uint32_t i = 0; i < PLACES; i++)
        twins[i].queue = -1;
    queues[0].ageing_ms = 60000;
    for (int step = 0; step < STEPS; step++) {
        uint32_t place = check_random(&state) % PLACES;
        now_ms += check_random(&state) % 3 * 500; /* Many come at the same time. */
        if (twins[place].queue < 0)
            join(place, now_ms, &state);
        else
            change(place, &state);
        if (check_random(&state) % 2000 == 0)
            queue_set_ageing(&queues[check_random(&state) % QUEUES], entries,
                             check_random(&state) % 3 * 30000);
        compare(step % QUEUES, &state);
        if (step % WHOLE_CHECK == 0)
            CHECK(queue_check(&queues[0], entries, PLACES) &&
                  queue_check(&queues[1], entries, PLACES));
    }
    printf("ok %d steps with seed %llu\n", STEPS, (unsigned long long)seed);
    return 0;
}

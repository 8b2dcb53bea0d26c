// SPDX-License-Identifier: Apache-2.0
/* service.c - sorted by what is fixed, drawn by what is chance. */
#include "sip/service.h"

#include <stdbool.h>

static bool before(const struct service *a, const struct service *b)
{
    if (a->rank != b->rank)
        return a->rank < b->rank;
    if (a->priority != b->priority)
        return a->priority < b->priority;
    return a->weight == 0 &&
           b->weight > 0; /* RFC 2782: those first in the list that is drawn from. */
}

static void sort(struct service *services, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        struct service moved = services[i];
        uint32_t j = i;
        for (; j > 0 && before(&moved, &services[j - 1]); j--)
            services[j] = services[j - 1];
        services[j] = moved;
    }
}

/* Draws the next of `count` equals to the front; the others keep their order. */
static void draw(struct service *services, uint32_t count, struct random *random)
{
    uint32_t sum = 0, running = 0, at = 0, drawn;

    for (uint32_t i = 0; i < count; i++)
        sum += services[i].weight;
    drawn = random_below(random, sum + 1);
    for (; at + 1 < count; at++) {
        running += services[at].weight;
        if (running >= drawn)
            break;
    }
    struct service chosen = services[at];
    for (; at > 0; at--)
        services[at] = services[at - 1];
    services[0] = chosen;
}

void service_order(struct service *services, uint32_t count, struct random *random)
{
    uint32_t end;

    sort(services, count);
    for (uint32_t i = 0; i < count; i = end) {
        for (end = i + 1; end < count && services[end].rank == services[i].rank &&
                          services[end].priority == services[i].priority;
             end++)
            ;
        for (uint32_t at = i; at + 1 < end; at++)
            draw(services + at, end - at, random);
    }
}

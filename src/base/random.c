// SPDX-License-Identifier: Apache-2.0
/* random.c - splitmix64: a counter in steps of the golden ratio, and a mixing function over it. */
#include "base/random.h"

#include <assert.h>

uint64_t random_next(struct random *random)
{
    random->state += 0x9E3779B97F4A7C15u;
    uint64_t mixed = random->state;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
    return mixed ^ (mixed >> 31);
}

/* The top of a product instead of a remainder; uneven by at most bound / 2^32. */
uint32_t random_below(struct random *random, uint32_t bound)
{
    assert(bound > 0);
    return (uint32_t)(((random_next(random) >> 32) * bound) >> 32);
}

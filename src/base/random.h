// SPDX-License-Identifier: Apache-2.0
/* random.h - chance from a seed (splitmix64): the same seed gives the same numbers on every
 * machine.
 *
 * Pure, 8 bytes of state that may be copied and saved. For jitter, tie-breaking, simulations and
 * tests. Never for anything a stranger must not guess: that is the kernel's getrandom(). */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stdint.h>

struct random {
    uint64_t state; /* Any value is a good seed, 0 too. */
};

uint64_t random_next(struct random *random);

/* Evenly from 0 .. bound - 1; bound is not 0. */
uint32_t random_below(struct random *random, uint32_t bound);

#endif

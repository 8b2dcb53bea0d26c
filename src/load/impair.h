// SPDX-License-Identifier: Apache-2.0
/* impair.h - a bad line made at the sender: which packets are not sent, and how long others are
 * held.
 *
 * Pure and seeded. Loss is independent from packet to packet; the hold is even between 0 and the
 * jitter, so that packets overtake each other when it is longer than a frame. */
#ifndef LOAD_IMPAIR_H
#define LOAD_IMPAIR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/random.h"

enum { IMPAIR_JITTER_MS = 1000, IMPAIR_LOST = -1 };

struct impair {
    struct random chance;
    uint32_t loss_per_million, jitter_ms;
};

void impair_init(struct impair *impair, uint64_t seed, double loss_percent, uint32_t jitter_ms);

/* For one packet: milliseconds to hold it, or IMPAIR_LOST. */
int32_t impair_next(struct impair *impair);

#endif

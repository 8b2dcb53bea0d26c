// SPDX-License-Identifier: Apache-2.0
/* conceal.h - what is played for a lost frame: the last pitch cycle again, fading away in 60 ms.
 *
 * The cycle (5-20 ms) is the distance at which the last 20 ms resemble their past most. The first 5
 * ms of sound after a gap are blended with what would have been made up. Ours, because spandsp's
 * plc copies between overlapping ranges with memcpy. Works at 8 kHz (scale 1) and at 16 (scale 2),
 * in memory that it is given. Pure; 1 KB at 8 kHz; a frame heard costs 20 ns, the first one missing
 * 3 us. One thread at a time. */
#ifndef MEDIA_CONCEAL_H
#define MEDIA_CONCEAL_H

#include <stdint.h>

#include "base/limits.h"

enum {
    CONCEAL_LAG_LEAST = 40,
    CONCEAL_LAG_MOST = 160,
    CONCEAL_HISTORY = FRAME_SAMPLES + CONCEAL_LAG_MOST,
    CONCEAL_ROOM = CONCEAL_HISTORY + CONCEAL_LAG_MOST, /* Samples of memory, times the scale. */
    CONCEAL_FADED = 480 /* Samples of a gap after which there is silence. */
};

struct conceal {
    uint32_t missing; /* Samples of the gap so far. */
    uint32_t lag, at; /* Length of the cycle, and the place in it. */
    uint32_t scale;
    int16_t *cycle, *history;
};

/* All numbers of samples above and below are at 8 kHz: twice as many at scale 2. */
void conceal_init(struct conceal *conceal, uint32_t scale, int16_t *room);

/* A frame that is there: remembered, and after a gap its beginning is blended. */
void conceal_heard(struct conceal *conceal, int16_t *samples);

/* A frame that is missing: made up. */
void conceal_missing(struct conceal *conceal, int16_t *out);

#endif

// SPDX-License-Identifier: Apache-2.0
/* third.h - sound of 24 kHz, which voices over a network send, to a line's 8 kHz: a filter of 96
 * taps, in integers.
 *
 * Flat to 3.4 kHz (0.2 dB at 3.5), -63 dB from 4.4 kHz on. Ours, because it comes for each caller
 * who is spoken to: the resampler that we have takes some 57,000 instructions for a frame of 20 ms,
 * this some 7,000. Streaming, in pieces of any length; pure; 1.2 KB. The first sample out belongs
 * to the first in, so 2 ms are held back: third_end() gives them. Order: third_init(), third_put()
 * at will, third_end(). */
#ifndef BASE_THIRD_H
#define BASE_THIRD_H

#include <stdint.h>

enum {
    THIRD_TAPS = 96,
    THIRD_PIECE = 480,               /* Samples in at once; */
    THIRD_MOST = THIRD_PIECE / 3 + 1 /* so many come out at most. */
};

struct third {
    uint32_t held;
    int16_t samples[THIRD_TAPS + THIRD_PIECE];
};

void third_init(struct third *third);

/* Takes THIRD_PIECE samples or fewer; returns how many it wrote. */
uint32_t third_put(struct third *third, const int16_t *in, uint32_t count, int16_t out[THIRD_MOST]);

/* What is still inside. */
uint32_t third_end(struct third *third, int16_t out[THIRD_MOST]);

#endif

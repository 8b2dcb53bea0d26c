// SPDX-License-Identifier: Apache-2.0
/* half.h - sound of 16 kHz to 8 kHz and back: a half-band filter of 47 taps, in integers.
 *
 * Flat to 3.4 kHz, -50 dB from 4.6 kHz on; delay 1.4 ms each way. Ours, because its state lies in
 * its owner's memory: the resampler that we have allocates. Streaming; pure; a frame of 20 ms costs
 * about 1 us. Zeroed memory is the state at the beginning. In and out may not overlap. */
#ifndef BASE_HALF_H
#define BASE_HALF_H

#include <stdint.h>

enum { HALF_TAPS = 24, HALF_MOST = 320 }; /* Taps that are not zero, without the middle one. */

struct half_down {
    int16_t odd[HALF_TAPS - 1]; /* Every second sample of the past, and the others. */
    int16_t even[HALF_TAPS / 2];
};

struct half_up {
    int16_t past[HALF_TAPS - 1];
};

/* Takes 2 * count samples, writes count. */
void half_down(struct half_down *half, const int16_t *in, int16_t *out, uint32_t count);

/* Takes count samples, writes 2 * count. */
void half_up(struct half_up *half, const int16_t *in, int16_t *out, uint32_t count);

#endif

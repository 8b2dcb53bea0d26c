// SPDX-License-Identifier: Apache-2.0
/* timbre.h - what a frame sounds like: its energy in twenty bands, as ears divide them.
 *
 * Pure, one thread at a time; a frame costs one transform of 256 points. */
#ifndef SPEECH_TIMBRE_H
#define SPEECH_TIMBRE_H

#include <stdint.h>

#include "base/limits.h"

enum { TIMBRE_BANDS = 20, TIMBRE_BEFORE = 96 };

/* The end of the frame before. A zeroed one is fresh. */
struct timbre {
    int16_t before[TIMBRE_BEFORE];
};

/* The next 20 ms, 8 kHz; out in dB, 0 is a sample of 1. */
void timbre_frame(struct timbre *timbre, const int16_t samples[FRAME_SAMPLES],
                  float out[TIMBRE_BANDS]);

#endif

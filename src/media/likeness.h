// SPDX-License-Identifier: Apache-2.0
/* likeness.h - whether one sound is in another, and how much later.
 *
 * The normalised correlation of 200 ms over all delays up to 600 ms, of sums at 2 kHz; then to the
 * sample. Pure. By callgrind 130,000 instructions for likeness_find() with AVX2, 30,000 for
 * likeness_exact().
 */
#ifndef MEDIA_LIKENESS_H
#define MEDIA_LIKENESS_H

#include <stdint.h>

#include "base/limits.h"

enum {
    LIKENESS_SUMS = 40,  /* Of a frame. */
    LIKENESS_HEARD = 10, /* Frames that are looked for, */
    LIKENESS_SENT = 40,  /* and in which they are. */
    LIKENESS_STEP = FRAME_SAMPLES / LIKENESS_SUMS
};

/* A frame at 2 kHz. */
void likeness_sum(const int16_t samples[FRAME_SAMPLES], int16_t out[LIKENESS_SUMS]);

/* The greatest likeness, 0 to 1, and how many samples after the beginning of `sent` it is: the
 * square is how much of what was heard is what was sent. */
float likeness_find(const int16_t heard[LIKENESS_HEARD * LIKENESS_SUMS],
                    const int16_t sent[LIKENESS_SENT * LIKENESS_SUMS], uint32_t *offset);

/* At which of the samples `around` before the middle of `sent`, and as many after it, the two are
 * most alike. sent: count + 2 * around samples. */
int32_t likeness_exact(const int16_t *heard, const int16_t *sent, uint32_t count, uint32_t around);

#endif

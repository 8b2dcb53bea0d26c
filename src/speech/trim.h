// SPDX-License-Identifier: Apache-2.0
/* trim.h - takes the silence off both ends of speech while it streams by.
 *
 * What comes before the first sound is cut and counted, pauses inside are shortened to half a
 * second, and at the end a tenth of a second stays. Pure; sound passes with at most 10 ms held
 * back. */
#ifndef SPEECH_TRIM_H
#define SPEECH_TRIM_H

#include <stdbool.h>
#include <stdint.h>

#include "speech/voice.h"

enum {
    TRIM_BLOCK = 80,
    TRIM_LEAD = 240,
    TRIM_PAUSE = 4000,
    TRIM_TAIL = 800
}; /* Samples at 8 kHz; twice as many at 16. */

struct trim {
    struct voice_sink out;
    uint32_t scale;                /* 1 at 8 kHz, 2 at 16. */
    uint32_t cut;                  /* Samples cut before the first sound, at 8 kHz. */
    bool started;                  /* A sound has passed. */
    uint32_t block_size, quiet_size;
    int16_t block[2 * TRIM_BLOCK]; /* Being filled. */
    int16_t quiet[2 * TRIM_PAUSE]; /* Silence that may yet turn out to be a pause. */
};

/* At the rate of `out`. */
void trim_init(struct trim *trim, struct voice_sink out);

/* A voice's sink: false when the sink behind it said so. `context` is the trim. */
bool trim_put(void *context, const int16_t *samples, uint32_t count);

/* The end of the speech: the last block and the tail. */
void trim_finish(struct trim *trim);

#endif

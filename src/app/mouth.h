// SPDX-License-Identifier: Apache-2.0
/* mouth.h - what a caller in a test sounds like: a voice or a recording, over noise if wanted.
 *
 * Samples are 8 kHz. Order: mouth_open(), mouth_words() or mouth_recording() as often as wanted,
 * mouth_close(). One thread. The noise is the same for every mouth: chance comes from a constant.
 */
#ifndef APP_MOUTH_H
#define APP_MOUTH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/clip.h"
#include "base/limits.h"
#include "base/random.h"
#include "base/text.h"

enum { MOUTH_SAMPLES = 60 * SAMPLE_RATE, MOUTH_NOISE_SAMPLES = 10 * SAMPLE_RATE };

struct mouth {
    struct clip_table *clips;
    struct text voice;
    uint32_t noise_db; /* Words are so much louder than the noise; 0: no noise. */
    struct random random;
    float low; /* Of the noise's filter. */
    int16_t samples[MOUTH_SAMPLES], noise[MOUTH_NOISE_SAMPLES];
    uint32_t count; /* Of samples. */
};

/* 0 or -ENOMEM. mouth is 1.1 MB: not for a stack. */
MUST_USE int mouth_open(struct mouth *mouth, struct text voice, uint32_t noise_db);
void mouth_close(struct mouth *mouth);

/* Fills samples. False: no such voice, or no WAV of 8 kHz; what is beyond a minute is cut off. */
MUST_USE bool mouth_words(struct mouth *mouth, struct text words);
MUST_USE bool mouth_recording(struct mouth *mouth, const char *path);

#endif

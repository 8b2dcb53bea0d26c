// SPDX-License-Identifier: Apache-2.0
/* reflect.h - a leg that sends back what it hears, later and softer, as a bad line does: for `offhook
 * call --echo` and tests. G.711 only. One thread, one leg. */
#ifndef MEDIA_REFLECT_H
#define MEDIA_REFLECT_H

#include <stdint.h>

#include "base/limits.h"
#include "core/command.h"

enum { REFLECT_SAMPLES = 8192, REFLECT_LONGEST_MS = 900 };

struct reflect {
    uint32_t delay; /* Samples, at most REFLECT_LONGEST_MS. */
    float gain;     /* 0: nothing comes back. */
    uint64_t heard; /* Samples so far. */
    int16_t samples[REFLECT_SAMPLES];
};

void reflect_hear(struct reflect *reflect, const int16_t samples[FRAME_SAMPLES]);

/* Adds what was heard so long ago to a coded frame. */
void reflect_speak(const struct reflect *reflect, enum codec codec, uint8_t coded[FRAME_SAMPLES]);

#endif

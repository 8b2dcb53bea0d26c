// SPDX-License-Identifier: Apache-2.0
/* reflect.c - a ring of what was heard. */
#include "media/reflect.h"

#include "media/law.h"

void reflect_hear(struct reflect *reflect, const int16_t samples[FRAME_SAMPLES])
{
    for (uint32_t i = 0; i < FRAME_SAMPLES; i++)
        reflect->samples[reflect->heard++ % REFLECT_SAMPLES] = samples[i];
}

void reflect_speak(const struct reflect *reflect, enum codec codec, uint8_t coded[FRAME_SAMPLES])
{
    int16_t samples[FRAME_SAMPLES];
    uint64_t from = reflect->heard - FRAME_SAMPLES - reflect->delay;

    if (reflect->heard < FRAME_SAMPLES + (uint64_t)reflect->delay)
        return;
    law_decode(codec, coded, samples, FRAME_SAMPLES);
    for (uint32_t i = 0; i < FRAME_SAMPLES; i++) {
        float sum = (float)samples[i] +
                    reflect->gain * (float)reflect->samples[(from + i) % REFLECT_SAMPLES];
        samples[i] = (int16_t)(sum > 32767 ? 32767 : sum < -32768 ? -32768 : sum);
    }
    law_encode(codec, samples, coded, FRAME_SAMPLES);
}

// SPDX-License-Identifier: Apache-2.0
/* g711.c - loops over samples. */
#include "base/g711.h"

#include "base/g711sample.h"

void g711_ulaw_encode(const int16_t *restrict linear, uint8_t *restrict out, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        out[i] = ulaw_sample_encode(linear[i]);
}

void g711_ulaw_decode(const uint8_t *restrict ulaw, int16_t *restrict out, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        out[i] = ulaw_sample_decode(ulaw[i]);
}

void g711_alaw_encode(const int16_t *restrict linear, uint8_t *restrict out, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        out[i] = alaw_sample_encode(linear[i]);
}

void g711_alaw_decode(const uint8_t *restrict alaw, int16_t *restrict out, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        out[i] = alaw_sample_decode(alaw[i]);
}

// SPDX-License-Identifier: Apache-2.0
/* law.c - the loops of base/g711.c once more, in two widths. */
#include "media/law.h"

#include "base/g711sample.h"

TWO_WIDTHS void law_encode(enum codec codec, const int16_t *restrict linear, uint8_t *restrict out,
                           uint32_t count)
{
    if (codec == CODEC_PCMA) {
        for (uint32_t i = 0; i < count; i++)
            out[i] = alaw_sample_encode(linear[i]);
        return;
    }
    for (uint32_t i = 0; i < count; i++)
        out[i] = ulaw_sample_encode(linear[i]);
}

TWO_WIDTHS void law_decode(enum codec codec, const uint8_t *restrict coded, int16_t *restrict out,
                           uint32_t count)
{
    if (codec == CODEC_PCMA) {
        for (uint32_t i = 0; i < count; i++)
            out[i] = alaw_sample_decode(coded[i]);
        return;
    }
    for (uint32_t i = 0; i < count; i++)
        out[i] = ulaw_sample_decode(coded[i]);
}

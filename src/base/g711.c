// SPDX-License-Identifier: Apache-2.0
/* g711.c - a companded byte is a tiny floating-point number: sign, 3 bits of exponent, 4 of
 * mantissa.
 *
 * So the machine's own floats do the work: converting the magnitude to float puts exponent and
 * mantissa side by side at bit 19, with the segment number biased by 127 + 7. Every magnitude is
 * below 2^24, so each conversion is exact, and each step has a vector instruction in the oldest
 * x86-64. */
#include "base/g711.h"

#include <string.h>

enum {
    SHIFT = 23 - 4,             /* Down to four bits of mantissa. */
    SEGMENT_0 = (127 + 7) << 4, /* Exponent of segment 0, above the mantissa. */
    HALF_STEP = 1 << (SHIFT - 1),
    ULAW_BIAS = 132,
    ULAW_CLIP = 32635
};

static inline int32_t bits_of(float number)
{
    int32_t bits;
    memcpy(&bits, &number, sizeof(bits));
    return bits;
}

static inline float float_of(int32_t bits)
{
    float number;
    memcpy(&number, &bits, sizeof(number));
    return number;
}

void g711_ulaw_encode(const int16_t *restrict linear, uint8_t *restrict out, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        int32_t sample = linear[i];
        int32_t sign = sample < 0 ? 0x80 : 0;
        int32_t magnitude = sample < 0 ? -sample : sample;
        magnitude = magnitude > ULAW_CLIP ? ULAW_CLIP : magnitude;
        int32_t code = (bits_of((float)(magnitude + ULAW_BIAS)) >> SHIFT) - SEGMENT_0;
        out[i] = (uint8_t) ~(code | sign);
    }
}

void g711_ulaw_decode(const uint8_t *restrict ulaw, int16_t *restrict out, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        int32_t code = ~ulaw[i] & 0xFF;
        int32_t bits = (((code & 0x7F) + SEGMENT_0) << SHIFT) + HALF_STEP;
        int32_t magnitude = (int32_t)float_of(bits) - ULAW_BIAS;
        out[i] = (int16_t)(code & 0x80 ? -magnitude : magnitude);
    }
}

/* Segment 0 of A-law is linear with the step of segment 1: no hidden leading bit. */
void g711_alaw_encode(const int16_t *restrict linear, uint8_t *restrict out, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        int32_t sample = linear[i];
        int32_t mask = sample < 0 ? 0x55 : 0xD5;
        int32_t magnitude = sample < 0 ? ~sample : sample;
        int32_t steps = magnitude >> 4;
        int32_t code = (bits_of((float)magnitude) >> SHIFT) - SEGMENT_0;
        code = magnitude < 256 ? steps : code;
        out[i] = (uint8_t)(code ^ mask);
    }
}

void g711_alaw_decode(const uint8_t *restrict alaw, int16_t *restrict out, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        int32_t code = alaw[i] ^ 0x55;
        int32_t bits = (((code & 0x7F) + SEGMENT_0) << SHIFT) + HALF_STEP;
        int32_t curved = (int32_t)float_of(bits);
        int32_t straight = ((code & 0x0F) << 4) + 8;
        int32_t magnitude = code & 0x70 ? curved : straight;
        out[i] = (int16_t)(code & 0x80 ? magnitude : -magnitude);
    }
}

// SPDX-License-Identifier: Apache-2.0
/* g711sample.h - one sample of G.711, for loops that are compiled where they run.
 *
 * A companded byte is a tiny floating-point number: sign, 3 bits of exponent, 4 of mantissa.
 * Everything stays in 16 bits and without branches or shifts by a variable, so that each line is
 * one instruction for eight samples in the oldest x86-64. A variable shift is done in the three
 * steps of its binary digits: by comparisons when encoding, by multiplications when decoding. */
#ifndef BASE_G711SAMPLE_H
#define BASE_G711SAMPLE_H

#include <stdint.h>

#include "base/attr.h"

enum { ULAW_BIAS = 132 }; /* With it each segment begins at a power of two. */

/* -1 when the number is below the bound, else 0. */
static ALWAYS_INLINE int16_t below(int16_t number, int16_t bound)
{
    return (int16_t)((int16_t)(number - bound) >> 15);
}

/* Exponent and mantissa of a magnitude of 128 and more: its highest bit is brought to bit 14. */
static ALWAYS_INLINE int16_t segment_and_step(int16_t magnitude)
{
    int16_t v = magnitude, segment = 7, low;

    low = below(v, 0x0800);
    segment = (int16_t)(segment + 4 * low);
    v = (int16_t)(v + 15 * (v & low));
    low = below(v, 0x2000);
    segment = (int16_t)(segment + 2 * low);
    v = (int16_t)(v + 3 * (v & low));
    low = below(v, 0x4000);
    segment = (int16_t)(segment + low);
    v = (int16_t)(v + (v & low));
    return (int16_t)(segment << 4 | ((v >> 10) & 0x0F));
}

/* number << (exponent & 7) */
static ALWAYS_INLINE uint16_t scaled(uint16_t number, uint16_t exponent)
{
    number = (uint16_t)(number * (1 + (exponent & 1)));
    number = (uint16_t)(number * (1 + 3 * ((exponent >> 1) & 1)));
    return (uint16_t)(number * (1 + 15 * ((exponent >> 2) & 1)));
}

static ALWAYS_INLINE uint8_t ulaw_sample_encode(int16_t linear)
{
    int16_t sign = (int16_t)(linear >> 15); /* -1 or 0 */
    uint16_t magnitude = (uint16_t)((linear ^ sign) - sign + ULAW_BIAS);
    int16_t over = (int16_t)((int16_t)magnitude >> 15); /* Clipped to 15 bits. */
    int16_t code = segment_and_step((int16_t)((magnitude | over) & 0x7FFF));
    return (uint8_t)(code ^ 0xFF ^ (sign & 0x80));
}

static ALWAYS_INLINE int16_t ulaw_sample_decode(uint8_t ulaw)
{
    uint16_t code = (uint16_t)(ulaw ^ 0xFF);
    uint16_t step = (uint16_t)((code & 0x0F) * 8 + ULAW_BIAS);
    int16_t magnitude = (int16_t)(scaled(step, (uint16_t)(code >> 4)) - ULAW_BIAS);
    int16_t sign = (int16_t) - (code >> 7);
    return (int16_t)((magnitude ^ sign) - sign);
}

/* Segment 0 of A-law is linear with the step of segment 1: its highest bit is no hidden one. */
static ALWAYS_INLINE uint8_t alaw_sample_encode(int16_t linear)
{
    int16_t sign = (int16_t)(linear >> 15);
    int16_t magnitude = (int16_t)(linear ^ sign);
    int16_t curved = segment_and_step(magnitude);
    int16_t code = (int16_t)(magnitude < 256 ? magnitude >> 4 : curved);
    return (uint8_t)(code ^ 0xD5 ^ (sign & 0x80));
}

static ALWAYS_INLINE int16_t alaw_sample_decode(uint8_t alaw)
{
    uint16_t code = (uint16_t)(alaw ^ 0x55);
    uint16_t segment = (uint16_t)((code >> 4) & 7);
    uint16_t curved = (uint16_t)(segment > 0 ? 1 : 0);
    uint16_t step = (uint16_t)((code & 0x0F) * 16 + 8 + curved * 256);
    int16_t magnitude = (int16_t)scaled(step, (uint16_t)(segment - curved));
    int16_t sign = (int16_t)((code >> 7) - 1); /* The bit set is plus. */
    return (int16_t)((magnitude ^ sign) - sign);
}

#endif

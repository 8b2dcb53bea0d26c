// SPDX-License-Identifier: Apache-2.0
/* likeness.c - sums, and products of them at all delays. */
#include "media/likeness.h"

#include <math.h>
#include <stdlib.h>

#include "base/attr.h"

enum {
    HEARD = LIKENESS_HEARD * LIKENESS_SUMS,
    SENT = LIKENESS_SENT * LIKENESS_SUMS,
    TOGETHER = 4,
    SCALED = 700 /* Largest value that is multiplied: the sums stay below 2^31. */
};

/* Two at a time, twice: so the compiler finds what the processor does with many at once. */
TWO_WIDTHS void likeness_sum(const int16_t samples[FRAME_SAMPLES], int16_t out[LIKENESS_SUMS])
{
    int32_t pairs[FRAME_SAMPLES / 2];

    for (uint32_t i = 0; i < FRAME_SAMPLES / 2; i++)
        pairs[i] = samples[2 * i] + samples[2 * i + 1];
    for (uint32_t i = 0; i < LIKENESS_SUMS; i++)
        out[i] = (int16_t)((pairs[2 * i] + pairs[2 * i + 1]) / LIKENESS_STEP);
}

/* Differences over two sums: a band from about 200 to 900 Hz, which every line carries. Scaled, so
 * that products can be added in 32 bits. */
static void prepare(const int16_t *sums, uint32_t count, int16_t *out)
{
    int32_t most = 1;

    for (uint32_t i = 2; i < count; i++) {
        int32_t d = (sums[i] - sums[i - 2]) / 2;
        out[i] = (int16_t)d;
        most = abs(d) > most ? abs(d) : most;
    }
    out[0] = out[1] = 0;
    for (uint32_t i = 2; i < count; i++)
        out[i] = (int16_t)(out[i] * SCALED / most);
}

static int32_t product(const int16_t *a, const int16_t *b)
{
    int32_t sum = 0;

    for (uint32_t i = 0; i < HEARD; i++)
        sum += (int32_t)a[i] * b[i];
    return sum;
}

/* The products at TOGETHER neighbouring delays: what was heard is read once for all of them. */
TWO_WIDTHS static void products(const int16_t *restrict heard, const int16_t *restrict sent,
                                int32_t out[TOGETHER])
{
    int32_t a = 0, b = 0, c = 0, d = 0;

    for (uint32_t i = 0; i < HEARD; i++) {
        a += (int32_t)heard[i] * sent[i];
        b += (int32_t)heard[i] * sent[i + 1];
        c += (int32_t)heard[i] * sent[i + 2];
        d += (int32_t)heard[i] * sent[i + 3];
    }
    out[0] = a;
    out[1] = b;
    out[2] = c;
    out[3] = d;
}

static float compare(const int16_t *heard, const int16_t *sent, uint32_t *offset)
{
    int64_t energy_sent = product(sent, sent), energy = product(heard, heard);
    int32_t sums[TOGETHER];
    float best = 0;

    for (uint32_t at = 0; at + HEARD <= SENT; at++) {
        if (at % TOGETHER == 0)
            products(heard, sent + at, sums);
        if (at > 0)
            energy_sent += (int64_t)sent[at + HEARD - 1] * sent[at + HEARD - 1] -
                           (int64_t)sent[at - 1] * sent[at - 1];
        if (energy_sent < energy / 1000 + HEARD)
            continue; /* The agent said next to nothing then. */
        float sum = (float)sums[at % TOGETHER];
        float likeness = sum * sum / ((float)energy_sent * (float)(energy + 1));
        if (likeness > best) {
            best = likeness;
            *offset = at;
        }
    }
    return sqrtf(best);
}

float likeness_find(const int16_t heard[LIKENESS_HEARD * LIKENESS_SUMS],
                    const int16_t sent[LIKENESS_SENT * LIKENESS_SUMS], uint32_t *offset)
{
    int16_t heard_band[HEARD], sent_band[SENT + TOGETHER] = {0}; /* The last ones look ahead. */

    *offset = 0;
    prepare(heard, HEARD, heard_band);
    prepare(sent, SENT, sent_band);
    return compare(heard_band, sent_band, offset);
}

int32_t likeness_exact(const int16_t *heard, const int16_t *sent, uint32_t count, uint32_t around)
{
    uint32_t at_best = around;
    float best = 0;

    for (uint32_t at = 0; at <= 2 * around; at++) {
        int64_t sum = 0, energy = 1;
        for (uint32_t i = 0; i < count; i++) {
            sum += (int32_t)heard[i] * sent[at + i];
            energy += (int32_t)sent[at + i] * sent[at + i];
        }
        float likeness = sum > 0 ? (float)sum * (float)sum / (float)energy : 0;
        if (likeness > best) {
            best = likeness;
            at_best = at;
        }
    }
    return (int32_t)at_best - (int32_t)around;
}

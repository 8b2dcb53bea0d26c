// SPDX-License-Identifier: Apache-2.0
/* half.c - the two phases of the filter: one is a sum, the other a delay. */
#include "base/half.h"

#include <string.h>

enum { PAST = HALF_TAPS - 1, LATE = HALF_TAPS / 2, SHIFT = 15, ROUND = 1 << (SHIFT - 1) };

/* sin(x) / x under a Kaiser window (beta 6), scaled so that both phases pass a constant as it is.
 */
static const int16_t taps[HALF_TAPS] = {-13,   33,   -69,   127,   -213,  338,   -518, 779,
                                        -1175, 1851, -3332, 10384, 10384, -3332, 1851, -1175,
                                        779,   -518, 338,   -213,  127,   -69,   33,   -13};

static int16_t limited(int32_t sample)
{
    return (int16_t)(sample > INT16_MAX ? INT16_MAX : sample < INT16_MIN ? INT16_MIN : sample);
}

static int32_t sum(const int16_t *samples)
{
    int32_t all = 0;

    for (uint32_t i = 0; i < HALF_TAPS; i++)
        all += (int32_t)samples[i] * taps[i];
    return all;
}

static void down(struct half_down *half, const int16_t *in, int16_t *out, uint32_t count)
{
    int16_t odd[PAST + HALF_MOST], even[LATE + HALF_MOST];

    memcpy(odd, half->odd, sizeof half->odd);
    memcpy(even, half->even, sizeof half->even);
    for (uint32_t i = 0; i < count; i++) {
        even[LATE + i] = in[2 * i];
        odd[PAST + i] = in[2 * i + 1];
    }
    /* The middle tap, 1/2, meets the sample between odd[i + 11] and odd[i + 12]. */
    for (uint32_t i = 0; i < count; i++)
        out[i] =
            limited((sum(odd + i) + (int32_t)even[i + 1] * (1 << (SHIFT - 1)) + ROUND) >> SHIFT);
    memcpy(half->odd, odd + count, sizeof half->odd);
    memcpy(half->even, even + count, sizeof half->even);
}

void half_down(struct half_down *half, const int16_t *in, int16_t *out, uint32_t count)
{
    while (count > 0) {
        uint32_t part = count < HALF_MOST ? count : HALF_MOST;
        down(half, in, out, part);
        in += 2 * part;
        out += part;
        count -= part;
    }
}

static void up(struct half_up *half, const int16_t *in, int16_t *out, uint32_t count)
{
    int16_t past[PAST + HALF_MOST];

    memcpy(past, half->past, sizeof half->past);
    memcpy(past + PAST, in, count * sizeof *in);
    for (uint32_t i = 0; i < count; i++) {
        out[2 * i] = past[i + LATE - 1];
        out[2 * i + 1] = limited((2 * sum(past + i) + ROUND) >> SHIFT);
    }
    memcpy(half->past, past + count, sizeof half->past);
}

void half_up(struct half_up *half, const int16_t *in, int16_t *out, uint32_t count)
{
    while (count > 0) {
        uint32_t part = count < HALF_MOST ? count : HALF_MOST;
        up(half, in, out, part);
        in += part;
        out += 2 * part;
        count -= part;
    }
}

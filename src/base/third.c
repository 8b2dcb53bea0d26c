// SPDX-License-Identifier: Apache-2.0
/* third.c - of each three samples that the filter could give, one. */
#include "base/third.h"

#include <assert.h>
#include <string.h>

#include "base/attr.h"

enum { LATE = THIRD_TAPS / 2, SHIFT = 15, ROUND = 1 << (SHIFT - 1) };

/* sin(x) / x of 3,850 Hz under a Kaiser window (beta 5.6); the sum is 1, that of the sizes 1.96: no
 * sum leaves 32 bits. */
static const int16_t taps[THIRD_TAPS] = {
    -3,    2,     8,     8,    -2,   -16,   -18,   0,    26,   32,    4,     -38,   -53,  -14,
    52,    81,    31,    -67,  -119, -59,   79,    168,  101,  -88,   -228,  -161,  89,   301,
    247,   -76,   -391,  -368, 43,   502,   541,   23,   -646, -803,  -149,  855,   1249, 406,
    -1235, -2230, -1107, 2413, 6923, 10071, 10071, 6923, 2413, -1107, -2230, -1235, 406,  1249,
    855,   -149,  -803,  -646, 23,   541,   502,   43,   -368, -391,  -76,   247,   301,  89,
    -161,  -228,  -88,   101,  168,  79,    -59,   -119, -67,  31,    81,    52,    -14,  -53,
    -38,   4,     32,    26,   0,    -18,   -16,   -2,   8,    8,     2,     -3};

void third_init(struct third *third)
{
    third->held = LATE - 1;
    memset(third->samples, 0, third->held * sizeof third->samples[0]);
}

static int16_t limited(int32_t sample)
{
    return (int16_t)(sample > INT16_MAX ? INT16_MAX : sample < INT16_MIN ? INT16_MIN : sample);
}

/* By itself: in the loop of its caller the compiler would take the samples one by one. */
TWO_WIDTHS static int32_t sum(const int16_t *samples)
{
    int32_t all = 0;

    for (uint32_t i = 0; i < THIRD_TAPS; i++)
        all += (int32_t)samples[i] * taps[i];
    return all;
}

uint32_t third_put(struct third *third, const int16_t *in, uint32_t count, int16_t out[THIRD_MOST])
{
    uint32_t made;

    assert(count <= THIRD_PIECE);
    memcpy(third->samples + third->held, in, count * sizeof *in);
    third->held += count;
    if (third->held < THIRD_TAPS)
        return 0;
    made = (third->held - THIRD_TAPS) / 3 + 1;
    for (uint32_t i = 0; i < made; i++)
        out[i] = limited((sum(third->samples + 3 * i) + ROUND) >> SHIFT);
    third->held -= 3 * made;
    memmove(third->samples, third->samples + 3 * made, third->held * sizeof *in);
    return made;
}

uint32_t third_end(struct third *third, int16_t out[THIRD_MOST])
{
    static const int16_t silence[LATE];

    return third_put(third, silence, LATE, out);
}

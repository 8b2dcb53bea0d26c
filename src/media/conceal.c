// SPDX-License-Identifier: Apache-2.0
/* conceal.c - pitch cycles repeated. */
#include "media/conceal.h"

#include <string.h>

enum { BLEND = 40, SEAM = 10, WHOLE = 80 }; /* The first 10 ms of a gap are not faded. */

void conceal_init(struct conceal *conceal)
{
    memset(conceal, 0, sizeof *conceal);
    conceal->lag = CONCEAL_LAG_LEAST;
}

static void remember(struct conceal *conceal, const int16_t samples[FRAME_SAMPLES])
{
    memmove(conceal->history, conceal->history + FRAME_SAMPLES,
            (CONCEAL_HISTORY - FRAME_SAMPLES) * sizeof *samples);
    memcpy(conceal->history + CONCEAL_HISTORY - FRAME_SAMPLES, samples,
           FRAME_SAMPLES * sizeof *samples);
}

static int64_t product(const int16_t *a, const int16_t *b)
{
    int64_t sum = 0;

    for (uint32_t i = 0; i < FRAME_SAMPLES; i++)
        sum += (int32_t)a[i] * b[i];
    return sum;
}

/* Among distances of equal likeness the shortest: each is a multiple of the true one. */
static uint32_t find_lag(const struct conceal *conceal)
{
    const int16_t *last = conceal->history + CONCEAL_HISTORY - FRAME_SAMPLES;
    double best = 0.0;
    uint32_t lag = CONCEAL_LAG_MOST;

    for (uint32_t at = CONCEAL_LAG_LEAST; at <= CONCEAL_LAG_MOST; at++) {
        double both = (double)product(last, last - at),
               past = (double)product(last - at, last - at);
        double score = both <= 0.0 || past <= 0.0 ? 0.0 : both * both / past;
        if (score > best * 1.02) {
            best = score;
            lag = at;
        }
    }
    return lag;
}

static void begin_gap(struct conceal *conceal)
{
    const int16_t *end = conceal->history + CONCEAL_HISTORY;

    conceal->lag = find_lag(conceal);
    conceal->at = 0;
    memcpy(conceal->cycle, end - conceal->lag, conceal->lag * sizeof *end);
    /* Its end goes over into what came before its beginning, so that it repeats without a click. */
    for (uint32_t i = 0; i < SEAM && conceal->lag + SEAM <= CONCEAL_HISTORY; i++) {
        int32_t before = end[(int32_t)i - (int32_t)SEAM - (int32_t)conceal->lag];
        int16_t *sample = &conceal->cycle[conceal->lag - SEAM + i];
        *sample = (int16_t)((*sample * (int32_t)(SEAM - i) + before * (int32_t)i) / SEAM);
    }
}

static int16_t next_sample(struct conceal *conceal)
{
    uint32_t gone = conceal->missing++;
    int32_t sample = conceal->cycle[conceal->at];

    conceal->at = conceal->at + 1 == conceal->lag ? 0 : conceal->at + 1;
    if (gone >= CONCEAL_FADED)
        return 0;
    if (gone > WHOLE)
        sample = sample * (int32_t)(CONCEAL_FADED - gone) / (CONCEAL_FADED - WHOLE);
    return (int16_t)sample;
}

void conceal_missing(struct conceal *conceal, int16_t out[FRAME_SAMPLES])
{
    if (conceal->missing == 0)
        begin_gap(conceal);
    for (uint32_t i = 0; i < FRAME_SAMPLES; i++)
        out[i] = next_sample(conceal);
    if (conceal->missing > UINT32_MAX / 2)
        conceal->missing = CONCEAL_FADED;
    remember(conceal, out);
}

void conceal_heard(struct conceal *conceal, int16_t samples[FRAME_SAMPLES])
{
    for (uint32_t i = 0; i < BLEND && conceal->missing > 0; i++) {
        int32_t made_up = next_sample(conceal);
        samples[i] = (int16_t)((made_up * (int32_t)(BLEND - i) + samples[i] * (int32_t)i) / BLEND);
    }
    conceal->missing = 0;
    remember(conceal, samples);
}

// SPDX-License-Identifier: Apache-2.0
/* conceal.c - pitch cycles repeated. */
#include "media/conceal.h"

#include <string.h>

enum { BLEND = 40, SEAM = 10, WHOLE = 80 }; /* The first 10 ms of a gap are not faded. */

void conceal_init(struct conceal *conceal, uint32_t scale, int16_t *room)
{
    memset(room, 0, CONCEAL_ROOM * scale * sizeof *room);
    *conceal = (struct conceal){.lag = CONCEAL_LAG_LEAST * scale,
                                .scale = scale,
                                .history = room,
                                .cycle = room + CONCEAL_HISTORY * scale};
}

static void remember(struct conceal *conceal, const int16_t *samples)
{
    uint32_t frame = FRAME_SAMPLES * conceal->scale, all = CONCEAL_HISTORY * conceal->scale;

    memmove(conceal->history, conceal->history + frame, (all - frame) * sizeof *samples);
    memcpy(conceal->history + all - frame, samples, frame * sizeof *samples);
}

/* At 16 kHz every second sample tells as much. */
static int64_t product(const int16_t *a, const int16_t *b, uint32_t scale)
{
    int64_t sum = 0;

    if (scale == 1) {
        for (uint32_t i = 0; i < FRAME_SAMPLES; i++)
            sum += (int32_t)a[i] * b[i];
        return sum;
    }
    for (uint32_t i = 0; i < FRAME_SAMPLES; i++)
        sum += (int32_t)a[i * scale] * b[i * scale];
    return sum;
}

/* Among distances of equal likeness the shortest: each is a multiple of the true one. */
static uint32_t find_lag(const struct conceal *conceal)
{
    uint32_t scale = conceal->scale, lag = CONCEAL_LAG_MOST * scale;
    const int16_t *last = conceal->history + (CONCEAL_HISTORY - FRAME_SAMPLES) * scale;
    double best = 0.0;

    for (uint32_t at = CONCEAL_LAG_LEAST * scale; at <= CONCEAL_LAG_MOST * scale; at += scale) {
        double both = (double)product(last, last - at, scale),
               past = (double)product(last - at, last - at, scale);
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
    uint32_t all = CONCEAL_HISTORY * conceal->scale, seam = SEAM * conceal->scale;
    const int16_t *end = conceal->history + all;

    conceal->lag = find_lag(conceal);
    conceal->at = 0;
    memcpy(conceal->cycle, end - conceal->lag, conceal->lag * sizeof *end);
    /* Its end goes over into what came before its beginning, so that it repeats without a click. */
    for (uint32_t i = 0; i < seam && conceal->lag + seam <= all; i++) {
        int32_t before = end[(int32_t)i - (int32_t)seam - (int32_t)conceal->lag];
        int16_t *sample = &conceal->cycle[conceal->lag - seam + i];
        *sample = (int16_t)((*sample * (int32_t)(seam - i) + before * (int32_t)i) / (int32_t)seam);
    }
}

static int16_t next_sample(struct conceal *conceal)
{
    uint32_t gone = conceal->missing++, faded = CONCEAL_FADED * conceal->scale,
             whole = WHOLE * conceal->scale;
    int32_t sample = conceal->cycle[conceal->at];

    conceal->at = conceal->at + 1 == conceal->lag ? 0 : conceal->at + 1;
    if (gone >= faded)
        return 0;
    if (gone > whole)
        sample = sample * (int32_t)(faded - gone) / (int32_t)(faded - whole);
    return (int16_t)sample;
}

void conceal_missing(struct conceal *conceal, int16_t *out)
{
    if (conceal->missing == 0)
        begin_gap(conceal);
    for (uint32_t i = 0; i < FRAME_SAMPLES * conceal->scale; i++)
        out[i] = next_sample(conceal);
    if (conceal->missing > UINT32_MAX / 2)
        conceal->missing = CONCEAL_FADED * conceal->scale;
    remember(conceal, out);
}

void conceal_heard(struct conceal *conceal, int16_t *samples)
{
    int32_t blend = BLEND * (int32_t)conceal->scale;

    for (int32_t i = 0; i < blend && conceal->missing > 0; i++) {
        int32_t made_up = next_sample(conceal);
        samples[i] = (int16_t)((made_up * (blend - i) + samples[i] * i) / blend);
    }
    conceal->missing = 0;
    remember(conceal, samples);
}

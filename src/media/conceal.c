// SPDX-License-Identifier: Apache-2.0
/* conceal.c - pitch cycles repeated. */
#include "media/conceal.h"

#include <string.h>

#include "base/attr.h"

enum {
    BLEND = 40,
    SEAM = 10,
    WHOLE = 80, /* The first 10 ms of a gap are not faded. */
    SMALL = 2048
};

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

/* Small enough that sums of a frame's products fit 32 bits, which vectors are made of. At 16 kHz
 * every second sample tells as much. */
static ALWAYS_INLINE void scale_down(const struct conceal *conceal, int16_t out[CONCEAL_HISTORY])
{
    int32_t most = 0, divisor = 1;

    for (uint32_t i = 0; i < CONCEAL_HISTORY; i++) {
        out[i] = conceal->history[i * conceal->scale];
        most |= out[i] < 0 ? -out[i] : out[i];
    }
    while (most / divisor >= SMALL)
        divisor *= 2;
    for (uint32_t i = 0; i < CONCEAL_HISTORY && divisor > 1; i++)
        out[i] = (int16_t)(out[i] / divisor);
}

static ALWAYS_INLINE int32_t product(const int16_t *a, const int16_t *b)
{
    int32_t sum = 0;

    for (uint32_t i = 0; i < FRAME_SAMPLES; i++)
        sum += a[i] * b[i];
    return sum;
}

/* Among distances of equal likeness the shortest: each is a multiple of the true one. */
TWO_WIDTHS static uint32_t find_lag(const struct conceal *conceal)
{
    int16_t history[CONCEAL_HISTORY];
    const int16_t *last = history + CONCEAL_HISTORY - FRAME_SAMPLES;
    const int16_t *past = last - CONCEAL_LAG_LEAST;
    uint32_t lag = CONCEAL_LAG_MOST;
    double best = 0.0;

    scale_down(conceal, history);
    int32_t energy = product(past, past);
    for (uint32_t at = CONCEAL_LAG_LEAST; at <= CONCEAL_LAG_MOST; at++) {
        if (at > CONCEAL_LAG_LEAST) { /* One more at its beginning, one less at its end. */
            past--;
            energy += past[0] * past[0] - past[FRAME_SAMPLES] * past[FRAME_SAMPLES];
        }
        double both = product(last, past);
        double score = both <= 0.0 || energy <= 0 ? 0.0 : both * both / energy;
        if (score > best * 1.02) {
            best = score;
            lag = at;
        }
    }
    return lag * conceal->scale;
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

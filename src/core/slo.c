// SPDX-License-Identifier: Apache-2.0
/* slo.c - rings of buckets, each cleared when time comes to it again. */
#include "core/slo.h"

enum { MINUTES = 60, HOURS = 24, DAYS = 30, RINGS = SLO_SPANS, PART_MS = 600000 };

/* The clock begins with the machine, and what is known may be older: all times are kept so much
 * later. */
#define SHIFT_MS (60ull * 86400000)

static const struct ring {
    uint32_t first, size;
    uint64_t unit_ms;
} rings[RINGS] = {{0, MINUTES, SLO_MINUTE_MS},
                  {MINUTES, HOURS, 3600000},
                  {MINUTES + HOURS, DAYS, 86400000}};

static const struct {
    uint8_t ring, size;
} windows[SLO_WINDOWS] = {[SLO_5_MINUTES] = {0, 5},
                          [SLO_HOUR] = {0, MINUTES},
                          [SLO_DAY] = {1, HOURS},
                          [SLO_MONTH] = {2, DAYS}};

static void clear_buckets(struct slo_series *series, const struct ring *ring, uint64_t now_ms)
{
    uint64_t was = series->now_ms / ring->unit_ms, is = now_ms / ring->unit_ms;

    if (is - was > ring->size)
        was = is - ring->size;
    while (was < is)
        series->buckets[ring->first + ++was % ring->size] = (struct slo_count){0, 0};
}

static void clear_parts(struct slo_series *series, uint64_t now_ms)
{
    uint64_t was = series->now_ms / PART_MS, is = now_ms / PART_MS;

    if (is - was > SLO_PARTS)
        was = is - SLO_PARTS;
    while (was < is) {
        uint16_t *spread = series->spread[++was % SLO_PARTS];
        for (uint32_t bin = 0; bin < SLO_BINS; bin++)
            spread[bin] = 0;
    }
}

/* Eight steps an octave, from 16 ms on. */
static uint32_t bin_of(uint32_t ms)
{
    uint32_t octave = 4;

    if (ms < SLO_LOWEST_MS)
        return 0;
    while (octave < 31 && ms >> (octave + 1))
        octave++;
    uint32_t bin = (octave - 4) * 8 + (ms >> (octave - 3) & 7);
    return bin < SLO_BINS ? bin : SLO_BINS - 1;
}

/* The middle of the step. */
static uint32_t ms_of(uint32_t bin)
{
    uint32_t octave = 4 + bin / 8, step = 1u << (octave - 3);

    return (8 + bin % 8) * step + step / 2;
}

/* Clears what time has come to again. Returns the time as it is kept. */
static uint64_t come_to(struct slo_series *series, uint64_t now_ms)
{
    now_ms += SHIFT_MS;
    if (now_ms < series->now_ms)
        now_ms = series->now_ms;
    for (uint32_t i = 0; i < RINGS; i++)
        clear_buckets(series, &rings[i], now_ms);
    clear_parts(series, now_ms);
    series->now_ms = now_ms;
    return now_ms;
}

void slo_past(struct slo_series *series, uint64_t now_ms, enum slo_span span, uint64_t age_ms,
              struct slo_count count)
{
    const struct ring *ring = &rings[span];

    now_ms = come_to(series, now_ms);
    if (age_ms >= ring->size * ring->unit_ms)
        return;
    uint64_t at = (now_ms - age_ms) / ring->unit_ms;
    if (at + ring->size <= now_ms / ring->unit_ms)
        return; /* The oldest bucket has begun to be the newest. */
    series->buckets[ring->first + at % ring->size].turns += count.turns;
    series->buckets[ring->first + at % ring->size].late += count.late;
}

void slo_add(struct slo_series *series, uint64_t now_ms, uint32_t took_ms, bool late)
{
    now_ms = come_to(series, now_ms);
    for (uint32_t i = 0; i < RINGS; i++) {
        struct slo_count *count =
            &series->buckets[rings[i].first + now_ms / rings[i].unit_ms % rings[i].size];
        count->turns++;
        count->late += late;
    }
    uint16_t *bin = &series->spread[now_ms / PART_MS % SLO_PARTS][bin_of(took_ms)];
    if (*bin < UINT16_MAX)
        ++*bin;
}

/* Buckets from number `from` on; those after the last turn hold what is older, and nothing is in
 * them. */
static struct slo_count sum(const struct slo_series *series, const struct ring *ring, uint64_t from)
{
    struct slo_count all = {0, 0};
    uint64_t last = series->now_ms / ring->unit_ms;

    for (uint64_t at = from; series->now_ms > 0 && at <= last; at++) {
        const struct slo_count *one = &series->buckets[ring->first + at % ring->size];
        all.turns += one->turns;
        all.late += one->late;
    }
    return all;
}

static uint64_t begin_of(enum slo_window window, uint64_t now_ms)
{
    uint64_t is = (now_ms + SHIFT_MS) / rings[windows[window].ring].unit_ms;
    uint64_t size = windows[window].size;

    return is >= size ? is - size + 1 : 0;
}

struct slo_count slo_count(const struct slo_series *series, enum slo_window window, uint64_t now_ms)
{
    return sum(series, &rings[windows[window].ring], begin_of(window, now_ms));
}

struct slo_count slo_count_since(const struct slo_series *series, uint64_t since_ms,
                                 uint64_t now_ms)
{
    uint64_t from = begin_of(SLO_5_MINUTES, now_ms);
    uint64_t since = (since_ms + SHIFT_MS + SLO_MINUTE_MS - 1) / SLO_MINUTE_MS;

    return sum(series, &rings[0], since > from ? since : from);
}

uint32_t slo_quantile(const struct slo_series *series, uint32_t permille, uint64_t now_ms)
{
    uint32_t bins[SLO_BINS] = {0}, all = 0, seen = 0;
    uint64_t is = (now_ms + SHIFT_MS) / PART_MS, last = series->now_ms / PART_MS;

    for (uint64_t at = is >= SLO_PARTS ? is - SLO_PARTS + 1 : 0; at <= last; at++)
        for (uint32_t bin = 0; bin < SLO_BINS; bin++) {
            bins[bin] += series->spread[at % SLO_PARTS][bin];
            all += series->spread[at % SLO_PARTS][bin];
        }
    for (uint32_t bin = 0; bin < SLO_BINS && all > 0; bin++) {
        seen += bins[bin];
        if ((uint64_t)seen * 1000 >= (uint64_t)all * permille)
            return ms_of(bin);
    }
    return 0;
}

uint32_t slo_burn(struct slo_count count, uint16_t share_permille)
{
    uint32_t may_permille = share_permille < 1000 ? 1000u - share_permille : 1;
    uint64_t burn;

    if (count.turns == 0)
        return 0;
    burn = (uint64_t)count.late * 100000 / ((uint64_t)count.turns * may_permille);
    return burn < SLO_MOST_BURN ? (uint32_t)burn : SLO_MOST_BURN;
}

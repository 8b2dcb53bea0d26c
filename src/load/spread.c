// SPDX-License-Identifier: Apache-2.0
/* spread.c - 32 bins an octave: the five bits after the leading one choose the bin. */
#include "load/spread.h"

enum { FINE = 32, FINE_BITS = 5 };

static uint32_t bin_of(uint64_t us)
{
    uint32_t octave, bin;

    if (us < FINE)
        return (uint32_t)us;
    octave = 63 - (uint32_t)__builtin_clzll(us) - FINE_BITS; /* 0 for 32..63. */
    bin = (octave + 1) * FINE + (uint32_t)(us >> octave) - FINE;
    return bin < SPREAD_BINS ? bin : SPREAD_BINS - 1;
}

/* First value beyond the bin. */
static uint64_t end_us(uint32_t bin)
{
    uint32_t octave = bin / FINE;

    if (octave == 0)
        return bin + 1;
    return ((uint64_t)FINE + bin % FINE + 1) << (octave - 1);
}

void spread_add(struct spread *spread, uint64_t us)
{
    spread_add_many(spread, us, 1);
}

void spread_add_many(struct spread *spread, uint64_t us, uint32_t count)
{
    if (count == 0)
        return;
    spread->bins[bin_of(us)] += count;
    spread->count += count;
    spread->sum_us += us * count;
    if (us > spread->max_us)
        spread->max_us = us;
}

void spread_merge(struct spread *into, const struct spread *from)
{
    if (from->count == 0)
        return;
    for (uint32_t i = 0; i < SPREAD_BINS; i++)
        into->bins[i] += from->bins[i];
    into->count += from->count;
    into->sum_us += from->sum_us;
    if (from->max_us > into->max_us)
        into->max_us = from->max_us;
}

double spread_edge_ms(uint32_t index)
{
    return (double)end_us(index) / 1000;
}

double spread_ms(const struct spread *spread, double quantile)
{
    double wanted = quantile * (double)spread->count, most = (double)spread->max_us / 1000;
    uint64_t seen = 0;

    for (uint32_t i = 0; i + 1 < SPREAD_BINS; i++) {
        seen += spread->bins[i];
        if (seen > 0 && (double)seen >= wanted)
            return spread_edge_ms(i) < most ? spread_edge_ms(i) : most;
    }
    return most;
}

double spread_mean_ms(const struct spread *spread)
{
    return spread->count ? (double)spread->sum_us / 1000 / (double)spread->count : 0;
}

double spread_beyond(const struct spread *spread, double ms)
{
    uint64_t beyond = 0;

    for (uint32_t i = ms > 0 ? bin_of((uint64_t)(ms * 1000)) + 1 : 0; i < SPREAD_BINS; i++)
        beyond += spread->bins[i];
    return spread->count ? (double)beyond / (double)spread->count : 0;
}

// SPDX-License-Identifier: Apache-2.0
/* bandwidth.h - telephone sound (8 kHz) made wide (16 kHz) for recognisers trained on wide speech.
 *
 * Doubles the rate and fills 4-7.6 kHz with five bands of noise, whose levels are predicted every
 * 10 ms from the shape of the spectrum below 4 kHz (bandwidth_fit.h). It is not for ears: it gives
 * a recogniser the energy of s, f and t where it looks for it, and is worth a quarter of its
 * errors. Not for callers who are wideband already. Streaming, in blocks of any size; delay 10 ms
 * and the filter's 1 ms; 13 us per 20 ms. The table of noise is read-only and shared; each stream
 * is its own. */
#ifndef SPEECH_BANDWIDTH_H
#define SPEECH_BANDWIDTH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"

enum {
    BANDWIDTH_HOP = 80, /* Samples in; twice as many out. */
    BANDWIDTH_BANDS = 5,
    BANDWIDTH_TAPS = 32 /* Of each phase of the filter that doubles the rate. */
};

struct bandwidth_table;

/* 400 KB. NULL when memory is out. */
MUST_USE struct bandwidth_table *bandwidth_table_new(void);
void bandwidth_table_free(struct bandwidth_table *table);

struct bandwidth {
    const struct bandwidth_table *table;
    int16_t waiting[BANDWIDTH_HOP]; /* Less than a hop. */
    uint32_t waiting_count;
    float window[2 * BANDWIDTH_HOP]; /* The last two hops. */
    float history[BANDWIDTH_TAPS];   /* What left the window. */
    float gain[BANDWIDTH_BANDS];     /* At the window before this one. */
    uint32_t noise_at;
};

void bandwidth_init(struct bandwidth *bandwidth, const struct bandwidth_table *table);

/* Takes count samples and writes at most 2 * (count + BANDWIDTH_HOP); returns how many. */
uint32_t bandwidth_extend(struct bandwidth *bandwidth, const int16_t *in, uint32_t count,
                          int16_t *out);

#endif

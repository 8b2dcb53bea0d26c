// SPDX-License-Identifier: Apache-2.0
/* mix.h - sounds of several sources made one.
 *
 * Each source puts its sound in when it has it; the mix takes what it needs when it needs it. What
 * lies between is a queue of 160 ms a source. A source begins to be heard when as much as was
 * asked for is there, rising for 8 ms; when it runs dry it falls to silence and begins again; when
 * it runs ahead (two clocks, a burst) the surplus is left out, blended over 8 ms. So a mix never
 * waits, and what is added to a stream that goes on in its own time adds no delay to that one.
 *
 * The sum is kept whole up to -2.5 dBFS and bent from there (a soft limiter without memory): one
 * voice alone comes out as it went in. Samples are of one rate, the listener's. Pure; one thread. A
 * frame of 8 kHz: 340 instructions a source, and 960 the sum. */
#ifndef MEDIA_MIX_H
#define MEDIA_MIX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/half.h"

enum {
    MIX_ROOM = 2560,    /* 160 ms of 16 kHz, 320 of 8. */
    MIX_MOST = 2 * 960, /* Samples at a time: the longest packet there is. */
    MIX_RAMP = 64,
    MIX_UNITY = 4096, /* A gain that changes nothing. */
    MIX_WHOLE = 24576 /* Sums below it are left as they are. */
};

/* Zeroed memory with a gain is a source that has said nothing yet. */
struct mix_source {
    int32_t gain; /* By MIX_UNITY. */
    bool flowing;
    bool leaving; /* It falls silent with what is taken next. */
    int16_t last;
    uint32_t first, fill;
    int16_t samples[MIX_ROOM];
    struct half_down down; /* For who puts at another rate. */
    struct half_up up;
};

/* The gain of so many decibels, -40 to 12. */
int32_t mix_gain(int32_t db);

/* Appends, at most MIX_MOST; the oldest that there is no room for is lost. */
void mix_put(struct mix_source *source, const int16_t *samples, uint32_t count);

/* Forgets what lies there. */
void mix_clear(struct mix_source *source);

/* Adds the next `count` samples to `sum`. spare: samples that are to lie there beyond those before
 * the source is heard, and the most that stay. False: it was silent, nothing was added. */
bool mix_add(struct mix_source *source, int32_t *sum, uint32_t count, uint32_t spare);

/* sum + voice, limited, into out, which may be `voice`. */
void mix_limit(const int32_t *sum, const int16_t *voice, int16_t *out, uint32_t count);

#endif

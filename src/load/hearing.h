// SPDX-License-Identifier: Apache-2.0
/* hearing.h - what one caller notices of the sound that arrives: loss, unevenness, gaps, silence.
 *
 * Pure: times are given, in ns of one clock. Order: hearing_init(), hearing_take() for each packet,
 * hearing_end() once. Counts go to the figures of the present second at once, those of a whole call
 * at its end. A packet costs about 30 ns. */
#ifndef LOAD_HEARING_H
#define LOAD_HEARING_H

#include "load/result.h"
#include "wire/rtp.h"
#include "wire/rtpstats.h"

enum {
    HEARING_LATE_MS = 60,
    HEARING_GAP_MS = 100,
    HEARING_STOPPED_MS = 1000,
    HEARING_BINS = 64 /* 1 ms each. */
};

struct hearing {
    struct rtp_stats stats;
    uint32_t clock_rate;
    uint16_t last_sequence;
    uint32_t first_timestamp, last_timestamp;
    uint64_t first_ns, last_ns;         /* 0: nothing came yet. */
    uint64_t base_ns;                   /* Came with first_timestamp. */
    int64_t fastest_us, fastest_now_us; /* Least transit of the last two windows, and of this. */
    uint64_t window_ns;                 /* When this window began: clocks drift. */
    int64_t lost_told;
    uint32_t received, late, gaps;
    uint64_t longest_gap_us;
    bool audible; /* Anything was. */
    uint32_t deviation[HEARING_BINS], beyond_bins;
};

void hearing_init(struct hearing *hearing, uint32_t clock_rate);

/* A packet came. `voice`: it is of the agreed codec; `audible`: it can be heard. */
void hearing_take(struct hearing *hearing, struct load_figures *figures,
                  const struct rtp_packet *packet, uint64_t at_ns, bool voice, bool audible);

/* The call that was answered has ended. Completes its record. */
void hearing_end(struct hearing *hearing, struct load_figures *figures,
                 struct load_call_record *record, uint64_t answered_ns, uint64_t ended_ns);

#endif

// SPDX-License-Identifier: Apache-2.0
/* spread.h - how durations spread: a histogram of microseconds from which quantiles are read.
 *
 * Bins grow with the value: exact below 32 us, then within 3.2 % up to 67 s; what is longer counts
 * as that. Pure, no allocation; zeroed storage is empty. Adding costs about 3 ns. Two spreads add
 * up without loss, so seconds and threads can be summed. */
#ifndef LOAD_SPREAD_H
#define LOAD_SPREAD_H

#include <stdint.h>

enum { SPREAD_BINS = 22 * 32 };

struct spread {
    uint64_t count, sum_us, max_us;
    uint32_t bins[SPREAD_BINS];
};

void spread_add(struct spread *spread, uint64_t us);
void spread_add_many(struct spread *spread, uint64_t us, uint32_t count);
void spread_merge(struct spread *into, const struct spread *from);

/* The upper edge of the bin in which the quantile (0..1) lies, in milliseconds, and never above the
 * longest. 0 when empty. */
double spread_ms(const struct spread *spread, double quantile);
double spread_mean_ms(const struct spread *spread);
/* Which part (0..1) was longer than this many milliseconds; by whole bins. */
double spread_beyond(const struct spread *spread, double ms);

/* The bins one by one, for plots: how many there are in bin `index`, and where it ends. */
double spread_edge_ms(uint32_t index);

#endif

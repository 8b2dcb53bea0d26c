// SPDX-License-Identifier: Apache-2.0
/* forecast.h - how long somebody will wait, and how well that was said before.
 *
 * With c operators at work who need m on average for a caller and its wrap-up, somebody gets free
 * every m / c on average, by chance (exponentially): who is k-th in line waits the sum of k such
 * times, an Erlang distribution of k and c / m (Erlang's delay formula, given that all are busy). Its
 * median and its 90 % point by Wilson and Hilferty's cube root (1931), within 2 %: integers only, the
 * core has no floating point library. An operator of several queues counts in each by its share of
 * their waiting callers. Before a queue has served anybody m is taken to be 180 s.
 *
 * Whether it was true is measured: of those who came through, how far the wait was from the median
 * told when they entered, and how many waited no longer than the 90 % point. Figures of the last hour
 * are in twelve parts of five minutes. Pure; each function is some dozen instructions, but those that
 * read figures: a sort of 64. */
#ifndef CORE_FORECAST_H
#define CORE_FORECAST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"

enum {
    FORECAST_SERVICE_MS = 180000, /* Before there is data. */
    FORECAST_FREE_MS = 5000,      /* An operator is free: to be rung, and to answer. */
    FORECAST_LONGEST_MS = 86400000,
    FORECAST_PARTS = 12,
    FORECAST_PART_MS = 300000,
    FORECAST_ERRORS = 64, /* Remembered. */
};

/* Who works for a queue now. */
struct forecast_staff {
    uint32_t on_duty;      /* Available, ringing, busy, or wrapping up. */
    uint32_t free;         /* Of them, who could be rung now. */
    uint32_t milli;        /* What they are worth to this queue: thousandths of an operator. */
};

struct forecast {
    bool known; /* Nobody is on duty: nothing can be said. */
    uint32_t p50_ms, p90_ms;
};

/* Of a queue, measured. */
struct forecast_figures {
    uint32_t service_ms; /* Smoothed: talk and wrap-up; 0: nobody was served yet. */
    uint32_t served;     /* Stays at its highest. */
    struct forecast_part {
        uint16_t entered, answered, in_time, abandoned, abandoned_late, overflowed;
        uint16_t told, within; /* Told a forecast and came through; in no more than its p90. */
    } parts[FORECAST_PARTS];
    uint64_t part; /* Number of the newest part since time began. */
    uint32_t errors_ms[FORECAST_ERRORS], error_count;
};

/* What they come to, over the last hour. */
struct forecast_summary {
    uint32_t entered, answered, abandoned, overflowed;
    uint32_t level_permille;  /* Answered in time, of those answered or gone after that time. */
    bool level_known;
    uint32_t error_p50_ms;    /* Of the last 64. */
    uint32_t within_permille; /* Waited no longer than p90. */
    uint32_t told;            /* Of how many. */
};

uint32_t forecast_service_ms(const struct forecast_figures *figures);

/* For who is at this position, from 1. */
struct forecast forecast_wait(const struct forecast_figures *figures,
                              const struct forecast_staff *staff, uint32_t position);

/* An operator is free again after a caller of this queue: talk and wrap-up took so long. */
void forecast_served(struct forecast_figures *figures, uint32_t service_ms);

void forecast_entered(struct forecast_figures *figures, uint64_t now_ms);
/* told: what was said on entering; in_time_ms: of the service level. */
void forecast_answered(struct forecast_figures *figures, uint64_t now_ms, uint32_t waited_ms,
                       uint32_t in_time_ms, const struct forecast *told);
void forecast_abandoned(struct forecast_figures *figures, uint64_t now_ms, uint32_t waited_ms,
                        uint32_t in_time_ms, const struct forecast *told);
void forecast_overflowed(struct forecast_figures *figures, uint64_t now_ms);

struct forecast_summary forecast_sum(const struct forecast_figures *figures, uint64_t now_ms);

#endif

// SPDX-License-Identifier: Apache-2.0
/* forecast.h - how long somebody will wait, and how well that was said before.
 *
 * With c operators at work who need m on average for a caller, from the ringing to the end of the
 * wrap-up, somebody gets free every m / c on average, by chance (exponentially): who is k-th of those
 * who are not being offered yet waits the sum of k such times, an Erlang distribution of k and c / m
 * (Erlang's delay formula, given that all are busy), and then until an operator has answered and
 * accepted. Its median and its 90 % point by Wilson and Hilferty's cube root (1931), within 2 %:
 * integers only, the core has no floating point library. An operator of several queues counts in each
 * by its share of their waiting callers. Before a queue has served anybody m is taken to be 180 s.
 *
 * What no formula knows (who gives up, who is overtaken, breaks, offers declined) is learnt from what
 * came of earlier forecasts, as quantiles of the wait by the formula's wait, estimated one by one
 * (Robbins and Monro, A Stochastic Approximation Method, 1951): the factor on the median goes up by
 * half a step after a wait that was longer than the formula's median times the factor of now, and down
 * by half a step after another; that on the 90 % point up by 92 hundredths and down by 8: two in a
 * hundred are for what changes meanwhile. Compared is
 * the factor of now, not the one that was told with: a wait ends long after its forecast, and many
 * are told before the first is known. The same for those who meet a free operator, whose wait is that
 * for an answer alone. A step is a quarter for eight forecasts, an eighth until 32, a sixteenth until
 * 128, then a 32nd; factors stay between an eighth and eight.
 *
 * Whether it was true is measured: of those who came through, or left later than the 90 % point, how
 * many waited no longer than the median and the 90 % point told when they entered, and how far they
 * were from the median. Figures of the last hour are in twelve parts of five minutes. Pure; each
 * function is some dozen instructions, but those that read figures: a sort of 64. */
#ifndef CORE_FORECAST_H
#define CORE_FORECAST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"

enum {
    FORECAST_SERVICE_MS = 180000, /* Before there is data. */
    FORECAST_FREE_MS = 5000,      /* Until a free operator has accepted, before there is data; nine in
                                     ten within three times that. */
    FORECAST_LONGEST_MS = 86400000,
    FORECAST_PARTS = 12,
    FORECAST_PART_MS = 300000,
    FORECAST_ERRORS = 64, /* Remembered. */
    FORECAST_SURE = 128,  /* Forecasts after which steps stay small. */
};

/* Who works for a queue now. */
struct forecast_staff {
    uint32_t on_duty;      /* Available, ringing, busy, or wrapping up. */
    uint32_t free;         /* Of them, who could be rung now. */
    uint32_t milli;        /* What they are worth to this queue: thousandths of an operator. */
};

struct forecast {
    bool known; /* Nobody is on duty: nothing can be said. */
    bool busy;  /* Somebody has to get free first. */
    uint32_t p50_ms, p90_ms;
    uint32_t formula_p50_ms, formula_p90_ms; /* Of a busy one, before what was learnt. */
};

/* What was learnt: microseconds, or factors in 65536ths. */
struct forecast_lesson {
    uint32_t p50, p90;
    uint16_t count; /* Of forecasts that it is from, at most FORECAST_SURE. */
};

/* Of a queue, measured. */
struct forecast_figures {
    uint32_t service_ms; /* Smoothed: ringing to wrap-up; 0: nobody was served yet. */
    uint32_t served;     /* Stays at its highest. */
    struct forecast_lesson answer, scale; /* Somebody was free; all were busy. */
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

/* For who is at this position among those who are not being offered, from 1; 0: being offered. */
struct forecast forecast_wait(const struct forecast_figures *figures,
                              const struct forecast_staff *staff, uint32_t position);

/* An operator is free again after a caller of this queue: it took so long since they were rung. */
void forecast_served(struct forecast_figures *figures, uint32_t service_ms);

void forecast_entered(struct forecast_figures *figures, uint64_t now_ms);
/* told: what was said on entering; in_time_ms: of the service level. */
void forecast_answered(struct forecast_figures *figures, uint64_t now_ms, uint32_t waited_ms,
                       uint32_t in_time_ms, const struct forecast *told);
void forecast_abandoned(struct forecast_figures *figures, uint64_t now_ms, uint32_t waited_ms,
                        uint32_t in_time_ms);
/* Who leaves unserved, however: earlier than the 90 % point that proves nothing, later it was wrong. */
void forecast_left(struct forecast_figures *figures, uint64_t now_ms, uint32_t waited_ms,
                   const struct forecast *told);
void forecast_overflowed(struct forecast_figures *figures, uint64_t now_ms);

struct forecast_summary forecast_sum(const struct forecast_figures *figures, uint64_t now_ms);

#endif

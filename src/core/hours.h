// SPDX-License-Identifier: Apache-2.0
/* hours.h - when somebody is there: opening hours as the clock on the wall there shows them.
 *
 * The plan carries a time zone's changes for decades (app/zones.h, from the system's tz database), so
 * nothing needs renewing while a server runs, and a replay knows the zone as it was. Days and times
 * are local ones: an hour that a change leaves out is not, one that it repeats is twice. Days by
 * Hinnant's days_from_civil (public: "chrono-Compatible Low-Level Date Algorithms", 2013). Pure;
 * hours_open() is a search in the changes and some dozen comparisons. */
#ifndef CORE_HOURS_H
#define CORE_HOURS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/plan.h"

struct hours_local {
    int64_t day; /* Since 1970-01-01. */
    uint32_t year;
    uint8_t month, date;  /* From 1. */
    uint8_t weekday;      /* 0: Sunday. */
    uint32_t minute;      /* Of the day. */
    int32_t offset_s;     /* East of UTC. */
};

/* The wall clock there; wall_ms is UTC, milliseconds since 1970. */
struct hours_local hours_local(const struct plan_hours *hours, uint64_t wall_ms);

bool hours_open(const struct plan_hours *hours, uint64_t wall_ms);

/* The first moment from wall_ms on when it is open: wall_ms itself, or the beginning of a minute
 * within 400 days; 0: it will not be. */
uint64_t hours_next_open(const struct plan_hours *hours, uint64_t wall_ms);
/* The moment when it closes, of one when it is open. At most eight days on. */
uint64_t hours_next_close(const struct plan_hours *hours, uint64_t wall_ms);

/* The moment when it has been open for `ms` since wall_ms; wall_ms + ms when it will never be. Up to
 * a millisecond of work for each week on. */
uint64_t hours_after(const struct plan_hours *hours, uint64_t wall_ms, uint64_t ms);

/* The moment of this minute of this local day, however clocks are changed: the first one at or
 * after it. */
uint64_t hours_moment(const struct plan_hours *hours, int64_t day, uint32_t minute);

int64_t hours_day(uint32_t year, uint32_t month, uint32_t date);

#endif

// SPDX-License-Identifier: Apache-2.0
/* hours.c - UTC to the clock on the wall there. */
#include "core/hours.h"

enum { DAY_MIN = 1440, DAY_S = 86400, DAYS_AHEAD = 400 };

static int32_t offset_at(const struct plan_hours *hours, int64_t wall_s)
{
    uint32_t low = 0, high = hours->change_count;

    while (low < high) { /* The first change after that moment. */
        uint32_t middle = (low + high) / 2;
        if (hours->changes[middle].from_s <= wall_s)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? hours->changes[low - 1].offset_s : hours->first_offset_s;
}

int64_t hours_day(uint32_t year, uint32_t month, uint32_t date)
{
    uint32_t y = month <= 2 ? year - 1 : year, era = y / 400, of_era = y - era * 400;
    uint32_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + date - 1;

    return (int64_t)era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void civil(int64_t day, struct hours_local *out)
{
    int64_t z = day + 719468, era = z / 146097; /* Never before the year 0. */
    uint32_t of_era = (uint32_t)(z - era * 146097);
    uint32_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    uint32_t of_year = of_era - (365 * year + year / 4 - year / 100);
    uint32_t month = (5 * of_year + 2) / 153;

    out->day = day;
    out->weekday = (uint8_t)((day + 4) % 7); /* 1970-01-01 was a Thursday. */
    out->date = (uint8_t)(of_year - (153 * month + 2) / 5 + 1);
    out->month = (uint8_t)(month < 10 ? month + 3 : month - 9);
    out->year = (uint32_t)(year + era * 400) + (out->month <= 2);
}

struct hours_local hours_local(const struct plan_hours *hours, uint64_t wall_ms)
{
    int64_t wall_s = (int64_t)(wall_ms / 1000);
    struct hours_local local = {.offset_s = offset_at(hours, wall_s)};

    wall_s += local.offset_s;
    if (wall_s < 0)
        wall_s = 0;
    civil(wall_s / DAY_S, &local);
    local.minute = (uint32_t)(wall_s % DAY_S / 60);
    return local;
}

static bool is_holiday(const struct plan_hours *hours, const struct hours_local *local)
{
    for (uint32_t i = 0; i < hours->holiday_count; i++) {
        const struct plan_holiday *holiday = &hours->holidays[i];
        if (holiday->month == local->month && holiday->day == local->date &&
            (holiday->year == 0 || holiday->year == local->year))
            return true;
    }
    return false;
}

/* Opened on this day, and open at this minute of it: of the next day if it is DAY_MIN or more. */
static bool opened(const struct plan_hours *hours, int64_t day, uint32_t minute)
{
    struct hours_local local = {.day = 0};

    civil(day, &local);
    if (is_holiday(hours, &local))
        return false;
    for (uint32_t i = 0; i < hours->opening_count; i++) {
        const struct plan_opening *opening = &hours->openings[i];
        if (opening->weekday == local.weekday && minute >= opening->from_min &&
            minute < opening->to_min)
            return true;
    }
    return false;
}

bool hours_open(const struct plan_hours *hours, uint64_t wall_ms)
{
    struct hours_local local = hours_local(hours, wall_ms);

    return opened(hours, local.day, local.minute) ||
           (local.day > 0 && opened(hours, local.day - 1, local.minute + DAY_MIN));
}

uint64_t hours_moment(const struct plan_hours *hours, int64_t day, uint32_t minute)
{
    int64_t wanted = day * DAY_S + minute * 60;
    int32_t before = offset_at(hours, wanted - DAY_S), after = offset_at(hours, wanted + DAY_S);
    int64_t first = wanted - (before > after ? before : after),
            second = wanted - (before > after ? after : before);

    /* The earlier moment, if the clock shows that then; else the change, if it leaves it out. */
    if (first + offset_at(hours, first) == wanted)
        return (uint64_t)first * 1000;
    if (second + offset_at(hours, second) == wanted)
        return (uint64_t)second * 1000;
    for (uint32_t i = 0; i < hours->change_count; i++) {
        if (hours->changes[i].from_s >= first && hours->changes[i].from_s <= second)
            return (uint64_t)hours->changes[i].from_s * 1000;
    }
    return (uint64_t)second * 1000;
}

uint64_t hours_next_open(const struct plan_hours *hours, uint64_t wall_ms)
{
    struct hours_local today = hours_local(hours, wall_ms);

    if (hours_open(hours, wall_ms))
        return wall_ms;
    for (int64_t day = today.day; day <= today.day + DAYS_AHEAD; day++) {
        uint64_t best = 0;
        for (uint32_t i = 0; i < hours->opening_count; i++) {
            uint64_t moment = hours_moment(hours, day, hours->openings[i].from_min);
            if (moment > wall_ms && (!best || moment < best) && hours_open(hours, moment))
                best = moment;
        }
        if (best)
            return best;
    }
    return 0;
}

uint64_t hours_next_close(const struct plan_hours *hours, uint64_t wall_ms)
{
    uint64_t moment = (wall_ms / 60000 + 1) * 60000, last = wall_ms + UINT64_C(8) * DAY_S * 1000;

    while (moment < last && hours_open(hours, moment))
        moment += 60000;
    return moment;
}

uint64_t hours_after(const struct plan_hours *hours, uint64_t wall_ms, uint64_t ms)
{
    uint64_t at_ms = wall_ms, left_ms = ms;

    for (int periods = 0; periods < DAYS_AHEAD; periods++) {
        uint64_t open_ms = hours_next_open(hours, at_ms);
        if (open_ms == 0)
            break;
        uint64_t close_ms = hours_next_close(hours, open_ms);
        if (close_ms - open_ms >= left_ms)
            return open_ms + left_ms;
        left_ms -= close_ms - open_ms;
        at_ms = close_ms;
    }
    return wall_ms + ms;
}

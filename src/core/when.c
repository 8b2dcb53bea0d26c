// SPDX-License-Identifier: Apache-2.0
/* when.c - days since 1970 from a date of the Gregorian calendar, and back. */
#include "core/when.h"

enum { MINUTE_S = 60, DAY_S = 86400, EPOCH_DAY = 719468, ERA_DAYS = 146097, ERA_YEARS = 400 };

/* Years begin in March, so that the leap day is the last of one. */
static int64_t days_of(int64_t year, uint32_t month, uint32_t day)
{
    year -= month <= 2;
    int64_t era = year / ERA_YEARS, of_era = year % ERA_YEARS;
    int64_t of_year = (153 * ((int64_t)month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + of_year - EPOCH_DAY;
}

static bool number(struct text *rest, uint32_t digits, uint32_t low, uint32_t high, uint32_t *out)
{
    *out = 0;
    if (rest->size < digits)
        return false;
    for (uint32_t i = 0; i < digits; i++) {
        if (rest->data[i] < '0' || rest->data[i] > '9')
            return false;
        *out = *out * 10 + (uint32_t)(rest->data[i] - '0');
    }
    *rest = text_part(*rest, digits, rest->size);
    return *out >= low && *out <= high;
}

static bool sign(struct text *rest, char wanted, char also)
{
    if (rest->size == 0 || (rest->data[0] != wanted && rest->data[0] != also))
        return false;
    *rest = text_part(*rest, 1, rest->size);
    return true;
}

/* "Z", "+01:00": minutes ahead of UTC. */
static bool zone(struct text rest, int64_t *minutes)
{
    uint32_t hours, of_hour;
    bool behind = text_starts(rest, TEXT("-"));

    *minutes = 0;
    if (text_equal_nocase(rest, TEXT("Z")))
        return true;
    if (!sign(&rest, '+', '-') || !number(&rest, 2, 0, 23, &hours) || !sign(&rest, ':', ':') ||
        !number(&rest, 2, 0, 59, &of_hour) || rest.size > 0)
        return false;
    *minutes = (int64_t)(hours * 60 + of_hour) * (behind ? -1 : 1);
    return true;
}

bool when_read(struct text t, uint64_t *out)
{
    static const uint8_t month_days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    uint32_t year, month, day, hour, minute, second = 0;
    int64_t ahead;

    if (!number(&t, 4, 1970, 9999, &year) || !sign(&t, '-', '-') ||
        !number(&t, 2, 1, 12, &month) || !sign(&t, '-', '-') ||
        !number(&t, 2, 1, month_days[month - 1], &day) ||
        (month == 2 && day == 29 && (year % 4 != 0 || (year % 100 == 0 && year % 400 != 0))))
        return false;
    if (!sign(&t, 'T', 't') && !sign(&t, ' ', ' '))
        return false;
    if (!number(&t, 2, 0, 23, &hour) || !sign(&t, ':', ':') || !number(&t, 2, 0, 59, &minute))
        return false;
    if (sign(&t, ':', ':') && !number(&t, 2, 0, 60, &second))
        return false;
    if (sign(&t, '.', ','))
        while (t.size > 0 && t.data[0] >= '0' && t.data[0] <= '9')
            t = text_part(t, 1, t.size);
    if (!zone(t, &ahead))
        return false;
    int64_t seconds = days_of(year, month, day) * DAY_S + hour * 3600 + minute * MINUTE_S + second -
                      ahead * MINUTE_S;
    if (seconds < 0)
        return false;
    *out = (uint64_t)seconds * 1000;
    return true;
}

static void append(struct text_buffer *out, uint64_t value, char after)
{
    if (value < 10)
        text_append_char(out, '0');
    text_append_number(out, value);
    text_append_char(out, after);
}

void when_write(uint64_t wall_ms, struct text_buffer *out)
{
    uint64_t seconds = wall_ms / 1000, days = seconds / DAY_S + EPOCH_DAY, of_day = seconds % DAY_S;
    uint64_t of_era = days % ERA_DAYS;
    uint64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    uint64_t of_year = of_era - (365 * year + year / 4 - year / 100), from_march = (5 * of_year + 2) / 153;
    uint64_t month = from_march < 10 ? from_march + 3 : from_march - 9;

    append(out, year + days / ERA_DAYS * ERA_YEARS + (month <= 2), '-');
    append(out, month, '-');
    append(out, of_year - (153 * from_march + 2) / 5 + 1, 'T');
    append(out, of_day / 3600, ':');
    append(out, of_day / 60 % 60, ':');
    append(out, of_day % 60, 'Z');
}

// SPDX-License-Identifier: Apache-2.0
/* retry.c - numbers, durations and dates to seconds. */
#include "base/retry.h"

#include <time.h>

const struct retry_limit retry_limits[RETRY_LIMITS] = {
    {"x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"},
    {"x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"},
    {"anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-requests-reset"},
    {"anthropic-ratelimit-tokens-remaining", "anthropic-ratelimit-tokens-reset"},
    {"anthropic-ratelimit-input-tokens-remaining", "anthropic-ratelimit-input-tokens-reset"},
    {"anthropic-ratelimit-output-tokens-remaining", "anthropic-ratelimit-output-tokens-reset"},
};

static uint32_t bounded(uint64_t seconds)
{
    return seconds < RETRY_MOST_S ? (uint32_t)seconds : RETRY_MOST_S;
}

/* Broken down, all of it given. False: there is no such time. */
static bool seconds_of(struct tm *tm, uint64_t *out)
{
    if (tm->tm_mday < 1 || tm->tm_mday > 31 || tm->tm_mon < 0 || tm->tm_mon > 11 ||
        tm->tm_year < 70 || tm->tm_year > 8099 || tm->tm_hour > 23 || tm->tm_min > 59 ||
        tm->tm_sec > 60)
        return false;
    *out = (uint64_t)timegm(tm);
    return true;
}

static bool number_in(struct text t, uint64_t most, int *out)
{
    uint64_t value = 0;

    if (!text_number(t, &value) || value > most)
        return false;
    *out = (int)value;
    return true;
}

/* "08:49:37" */
static bool clock_in(struct text t, struct tm *tm)
{
    struct text hour = text_next(&t, ':'), minute = text_next(&t, ':');

    return number_in(hour, 99, &tm->tm_hour) && number_in(minute, 99, &tm->tm_min) &&
           number_in(t, 99, &tm->tm_sec);
}

/* 0 to 11; -1: it is none. */
static int month_of(struct text t)
{
    int32_t at = t.size == 3 ? text_find(TEXT("JanFebMarAprMayJunJulAugSepOctNovDec"), t) : -1;

    return at >= 0 && at % 3 == 0 ? at / 3 : -1;
}

/* One part of a date, by what it looks like: the day comes before the year in all three forms. */
static bool take_part(struct text part, struct tm *tm)
{
    int month = month_of(part), number = 0;

    if (text_find(part, TEXT(":")) >= 0)
        return tm->tm_hour < 0 && clock_in(part, tm);
    if (month >= 0 && tm->tm_mon < 0) {
        tm->tm_mon = month;
        return true;
    }
    if (!number_in(part, 9999, &number))
        return true; /* The name of the day, or GMT. */
    if (tm->tm_mday < 0)
        tm->tm_mday = number;
    else if (tm->tm_year < 0)
        tm->tm_year = part.size > 2 ? number - 1900 : number < 70 ? number + 100 : number;
    else
        return false;
    return true;
}

static bool read_http_date(struct text value, uint64_t *out)
{
    struct tm tm = {.tm_mday = -1, .tm_mon = -1, .tm_year = -1, .tm_hour = -1};
    char bytes[48];
    struct text rest = {bytes, value.size};

    if (value.size >= sizeof(bytes))
        return false;
    for (uint32_t i = 0; i < value.size; i++)
        bytes[i] = value.data[i] == '-' || value.data[i] == ',' ? ' ' : value.data[i];
    while (rest.data) {
        struct text part = text_next(&rest, ' ');
        if (part.size > 0 && !take_part(part, &tm))
            return false;
    }
    return tm.tm_hour >= 0 && seconds_of(&tm, out);
}

/* "2026-11-21T22:30:00Z", or "+01:00" and parts of seconds, which are left out. */
static bool read_timestamp(struct text value, uint64_t *out)
{
    struct tm tm = {.tm_hour = -1};
    struct text zone = text_part(value, 19, UINT32_MAX);
    int year = 0, month = 0, hours = 0, minutes = 0;

    if (value.size < 20 || value.data[4] != '-' || value.data[7] != '-' ||
        (value.data[10] != 'T' && value.data[10] != 't') ||
        !number_in(text_part(value, 0, 4), 9999, &year) ||
        !number_in(text_part(value, 5, 2), 12, &month) ||
        !number_in(text_part(value, 8, 2), 31, &tm.tm_mday) ||
        !clock_in(text_part(value, 11, 8), &tm))
        return false;
    tm.tm_year = year - 1900;
    tm.tm_mon = month - 1;
    if (!seconds_of(&tm, out))
        return false;
    while (zone.size > 0 && zone.data[0] != '+' && zone.data[0] != '-')
        zone = text_part(zone, 1, UINT32_MAX);
    if (zone.size == 0)
        return true;
    if (zone.size != 6 || !number_in(text_part(zone, 1, 2), 23, &hours) ||
        !number_in(text_part(zone, 4, 2), 59, &minutes))
        return false;
    uint64_t shift = (uint64_t)hours * 3600 + (uint64_t)minutes * 60;
    *out = zone.data[0] == '-' ? *out + shift : *out > shift ? *out - shift : 0;
    return true;
}

/* "1h2m3.5s", "12ms"; rounded up. */
static bool read_duration(struct text value, uint64_t *out)
{
    uint64_t ms = 0;

    if (value.size == 0 || value.size > 24)
        return false;
    while (value.size > 0) {
        uint64_t whole = 0, part = 0, scale = 1;
        uint32_t at = 0;
        for (; at < value.size && value.data[at] >= '0' && value.data[at] <= '9'; at++)
            whole = whole < RETRY_MOST_S * 1000ull ? whole * 10 + (uint64_t)(value.data[at] - '0')
                                                   : whole;
        if (at == 0)
            return false;
        if (at < value.size && value.data[at] == '.')
            for (at++; at < value.size && value.data[at] >= '0' && value.data[at] <= '9'; at++) {
                if (scale < 1000) {
                    part = part * 10 + (uint64_t)(value.data[at] - '0');
                    scale *= 10;
                }
            }
        struct text unit = text_part(value, at, UINT32_MAX);
        uint64_t unit_ms = text_starts(unit, TEXT("ms")) ? 1
                           : text_starts(unit, TEXT("s")) ? 1000
                           : text_starts(unit, TEXT("m")) ? 60000
                           : text_starts(unit, TEXT("h")) ? 3600000
                                                          : 0;
        if (unit_ms == 0)
            return false;
        ms += whole * unit_ms + part * unit_ms / scale;
        value = text_part(unit, unit_ms == 1 ? 2 : 1, UINT32_MAX);
    }
    *out = (ms + 999) / 1000;
    return true;
}

uint32_t retry_after_s(struct text value, uint64_t now_s)
{
    uint64_t at_s = 0;

    value = text_trim(value);
    if (text_number(value, &at_s))
        return bounded(at_s);
    return read_http_date(value, &at_s) && at_s > now_s ? bounded(at_s - now_s) : 0;
}

uint32_t retry_limit_s(struct text left, struct text reset, uint64_t now_s)
{
    uint64_t count = 1, at_s = 0;

    reset = text_trim(reset);
    if (!text_number(text_trim(left), &count) || count > 0)
        return 0;
    if (read_timestamp(reset, &at_s))
        return at_s > now_s ? bounded(at_s - now_s) : 0;
    return read_duration(reset, &at_s) ? bounded(at_s) : 0;
}

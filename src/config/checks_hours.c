// SPDX-License-Identifier: Apache-2.0
/* checks_hours.c - "mon-fri 08:00-17:30" and "12-25" to days and minutes. */
#include <string.h>

#include "config/checks.h"
#include "config/nearest.h"
#include "config/zones.h"
#include "core/hours.h"

enum { DAY_MIN = 1440 };

static const char *const days[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

static bool read_weekday(struct text t, uint8_t *out)
{
    for (uint8_t day = 0; day < 7; day++) {
        if (text_equal_nocase(t, text_of(days[day]))) {
            *out = day;
            return true;
        }
    }
    return false;
}

/* "mon-fri", "sat,sun", "fri-mon": a bit each. */
static bool read_weekdays(struct text t, uint8_t *out)
{
    *out = 0;
    while (t.data) {
        struct text part = text_trim(text_next(&t, ',')), from = text_trim(text_next(&part, '-'));
        uint8_t first, last;
        if (!read_weekday(from, &first))
            return false;
        last = first;
        if (part.data && !read_weekday(text_trim(part), &last))
            return false;
        for (uint8_t day = first;; day = (uint8_t)((day + 1) % 7)) {
            *out |= (uint8_t)(1u << day);
            if (day == last)
                break;
        }
    }
    return true;
}

static bool read_minute(struct text t, uint16_t *out)
{
    uint64_t hour, minute;
    struct text hours = text_next(&t, ':');

    if (!text_number(hours, &hour) || !t.data || t.size != 2 || !text_number(t, &minute) ||
        hour > 24 || minute > 59 || (hour == 24 && minute > 0))
        return false;
    *out = (uint16_t)(hour * 60 + minute);
    return true;
}

static bool read_times(struct text t, uint16_t *from, uint16_t *to)
{
    struct text begin = text_trim(text_next(&t, '-'));

    if (!t.data || !read_minute(begin, from) || !read_minute(text_trim(t), to) ||
        *from >= DAY_MIN || *from == *to)
        return false;
    if (*to < *from)
        *to = (uint16_t)(*to + DAY_MIN);
    return true;
}

static void make_opening(struct reading *reading, const char *file, const struct setting *item,
                         struct plan_opening *openings, struct plan_hours *out)
{
    struct text rest = text_trim(item->text);
    struct text which = text_next(&rest, ' ');
    struct plan_opening opening;
    uint8_t weekdays;

    if (!rest.data || !read_weekdays(which, &weekdays) ||
        !read_times(text_trim(rest), &opening.from_min, &opening.to_min)) {
        reading_error(reading, file, item->line,
                      reading_print(reading, "'" TEXT_FORMAT "' does not say when it is open",
                                    TEXT_ARGS(text_part(item->text, 0, 60))),
                      "write days and times: \"mon-fri 08:00-17:30\", \"sat,sun 09:00-12:00\"");
        return;
    }
    for (uint8_t day = 0; day < 7; day++) {
        opening.weekday = day;
        if (weekdays & 1u << day)
            openings[out->opening_count++] = opening;
    }
}

static bool read_date(struct text t, struct plan_holiday *out)
{
    uint64_t year = 0, month, day;
    struct text first = text_next(&t, '-'), second = text_next(&t, '-');
    bool every = !t.data;

    if (!every && (!text_number(first, &year) || year < 1970 || year > 9999))
        return false;
    if (!text_number(every ? first : second, &month) || !text_number(every ? second : t, &day) ||
        month < 1 || month > 12 || day < 1)
        return false;
    uint32_t of = every ? 2024 : (uint32_t)year; /* A leap year: 02-29 is a day of some years. */
    int64_t next = month == 12 ? hours_day(of + 1, 1, 1) : hours_day(of, (uint32_t)month + 1, 1);
    if (hours_day(of, (uint32_t)month, 1) + (int64_t)day - 1 >= next)
        return false;
    *out = (struct plan_holiday){(uint16_t)year, (uint8_t)month, (uint8_t)day};
    return true;
}

static void make_holidays(struct reading *reading, const char *file,
                          const struct hours_settings *s, struct plan_hours *out)
{
    struct plan_holiday *holidays = reading_take(reading, s->holidays.count * sizeof(*holidays));

    for (uint32_t i = 0; holidays && i < s->holidays.count; i++) {
        const struct setting *item = &s->holidays.items[i];
        if (read_date(text_trim(item->text), &holidays[out->holiday_count]))
            out->holiday_count++;
        else
            reading_error(reading, file, item->line,
                          reading_print(reading, "'" TEXT_FORMAT "' is not a day",
                                        TEXT_ARGS(text_part(item->text, 0, 60))),
                          "write 2026-12-25, or \"12-25\" for every year");
    }
    out->holidays = holidays;
}

void checks_hours(struct reading *reading, const char *file, const struct server_settings *s,
                  struct config *out)
{
    const struct hours_settings *settings = s->hours.items;
    struct plan_hours *hours = reading_take(reading, s->hours.count * sizeof(*hours));

    for (uint32_t i = 0; hours && i < s->hours.count; i++) {
        struct plan_opening *openings =
            reading_take(reading, MAX_OPENINGS * 7 * sizeof(*openings));
        hours[i] = (struct plan_hours){.name = settings[i].at.text,
                                       .time_zone = settings[i].time_zone.text,
                                       .openings = openings};
        zones_read(reading, file, &settings[i].time_zone, &hours[i]);
        for (uint32_t j = 0; openings && j < settings[i].open.count; j++)
            make_opening(reading, file, &settings[i].open.items[j], openings, &hours[i]);
        make_holidays(reading, file, &settings[i], &hours[i]);
        if (settings[i].open.line && settings[i].open.count == 0)
            reading_error(reading, file, settings[i].open.line, "it would never be open",
                          "write open: [\"mon-fri 08:00-17:30\"]");
    }
    out->plan.hours = hours;
    out->plan.hours_count = (uint8_t)s->hours.count;
}

int16_t checks_opening(struct reading *reading, const char *file, const struct plan *plan,
                       const struct setting *name)
{
    struct nearest nearest;

    if (!name->given)
        return -1;
    nearest_init(&nearest, name->text);
    for (uint8_t i = 0; i < plan->hours_count; i++) {
        if (text_equal(plan->hours[i].name, name->text))
            return i;
        nearest_offer(&nearest, plan->hours[i].name);
    }
    struct text best = nearest_found(&nearest);
    reading_error(
        reading, file, name->line,
        reading_print(reading, "there are no hours '" TEXT_FORMAT "'", TEXT_ARGS(name->text)),
        text_empty(best)
            ? "add them under `hours`"
            : reading_print(reading, "did you mean '" TEXT_FORMAT "'?", TEXT_ARGS(best)));
    return -1;
}

// SPDX-License-Identifier: Apache-2.0
/* zones.c - bytes of a TZif file to changes of the clock. */
#include "config/zones.h"

#include <stdlib.h>
#include <string.h>

#include "core/hours.h"

enum { HEAD = 44, WIDEST_S = 26 * 3600, DAY_S = 86400 };

static const char directory[] = "/usr/share/zoneinfo";

struct counts {
    uint32_t is_ut, is_std, leap, time, type, chars;
};

static int64_t big(const uint8_t *bytes, uint32_t size)
{
    uint64_t value = bytes[0] & 0x80 ? UINT64_MAX : 0;

    for (uint32_t i = 0; i < size; i++)
        value = value << 8 | bytes[i];
    return (int64_t)value;
}

static bool read_head(const uint8_t *bytes, size_t size, struct counts *out)
{
    if (size < HEAD || memcmp(bytes, "TZif", 4) != 0)
        return false;
    uint32_t *into[] = {&out->is_ut, &out->is_std, &out->leap, &out->time, &out->type, &out->chars};
    for (uint32_t i = 0; i < 6; i++) {
        int64_t value = big(bytes + 20 + 4 * i, 4);
        if (value < 0 || value > 100000)
            return false;
        *into[i] = (uint32_t)value;
    }
    return out->type > 0 && out->type <= 256;
}

static size_t body_size(const struct counts *c, uint32_t word)
{
    return (size_t)c->time * (word + 1) + (size_t)c->type * 6 + c->chars +
           (size_t)c->leap * (word + 4) + c->is_std + c->is_ut;
}

struct changes {
    struct plan_zone_change *items;
    uint16_t count;
    int32_t offset_s, first_offset_s;
};

static void add(struct changes *to, int64_t from_s, int32_t offset_s)
{
    if (from_s < hours_day(ZONES_FROM, 1, 1) * DAY_S) {
        to->first_offset_s = to->offset_s = offset_s;
        return;
    }
    if (offset_s == to->offset_s || to->count == ZONES_CHANGES ||
        from_s >= hours_day(ZONES_TO + 1, 1, 1) * DAY_S)
        return;
    to->offset_s = offset_s;
    to->items[to->count++] = (struct plan_zone_change){from_s, offset_s};
}

/* ---- The rule at the end: "CET-1CEST,M3.5.0,M10.5.0/3" ---- */

static bool cut_name(const char **at)
{
    const char *from = *at;

    if (**at == '<') {
        while (**at && **at != '>')
            (*at)++;
        if (!**at)
            return false;
        (*at)++;
    } else {
        while ((**at >= 'a' && **at <= 'z') || (**at >= 'A' && **at <= 'Z'))
            (*at)++;
    }
    return *at > from;
}

/* "-1", "3:30", "26": in seconds. */
static bool cut_time(const char **at, int32_t *out)
{
    int32_t sign = **at == '-' ? -1 : 1, seconds = 0, unit = 3600;

    if (**at == '-' || **at == '+')
        (*at)++;
    for (; unit; unit /= 60) {
        char *end;
        if (**at < '0' || **at > '9')
            return false;
        long value = strtol(*at, &end, 10);
        if (value > 167)
            return false;
        seconds += (int32_t)value * unit;
        *at = end;
        if (**at != ':')
            break;
        (*at)++;
    }
    *out = sign * seconds;
    return true;
}

struct turn_of_clocks {
    uint32_t month, week, weekday;
    int32_t time_s;
};

static bool cut_day(const char **at, struct turn_of_clocks *out)
{
    uint32_t *into[] = {&out->month, &out->week, &out->weekday};
    char *end;

    out->time_s = 7200;
    if (strncmp(*at, ",M", 2) != 0)
        return false;
    for (uint32_t i = 0; i < 3; i++) {
        *at += i == 0 ? 2 : 1;
        if (**at < '0' || **at > '9')
            return false;
        *into[i] = (uint32_t)strtoul(*at, &end, 10);
        *at = end;
        if (i < 2 && **at != '.')
            return false;
    }
    if (**at == '/') {
        (*at)++;
        if (!cut_time(at, &out->time_s))
            return false;
    }
    return out->month >= 1 && out->month <= 12 && out->week >= 1 && out->week <= 5 &&
           out->weekday <= 6;
}

/* The moment in a year, of a clock that shows offset_s until then. */
static int64_t moment(const struct turn_of_clocks *turn, uint32_t year, int32_t offset_s)
{
    int64_t first = hours_day(year, turn->month, 1);
    int64_t next = turn->month == 12 ? hours_day(year + 1, 1, 1) : hours_day(year, turn->month + 1, 1);
    int64_t day = first + (turn->weekday + 7 - (first + 4) % 7) % 7 + (turn->week - 1) * 7;

    if (day >= next)
        day -= 7;
    return day * DAY_S + turn->time_s - offset_s;
}

static bool follow_rule(struct text rule, int64_t after_s, struct changes *out)
{
    char text[128];
    const char *at = text;
    int32_t standard, summer;
    struct turn_of_clocks begin, end;

    if (rule.size >= sizeof(text))
        return false;
    text_copy(text, sizeof(text), rule);
    if (!text[0])
        return true; /* Nothing is known of the time after. */
    if (!cut_name(&at) || !cut_time(&at, &standard))
        return false;
    standard = -standard; /* POSIX counts west of Greenwich. */
    if (!*at) {
        add(out, after_s, standard);
        return true;
    }
    summer = -standard - 3600;
    if (!cut_name(&at) || (*at != ',' && !cut_time(&at, &summer)))
        return false;
    summer = -summer;
    if (!cut_day(&at, &begin) || !cut_day(&at, &end) || *at)
        return false;
    for (uint32_t year = ZONES_FROM - 1; year <= ZONES_TO; year++) {
        int64_t on = moment(&begin, year, standard), off = moment(&end, year, summer);
        for (int i = 0; i < 2; i++) {
            bool starts = (i == 0) == (on < off);
            if ((starts ? on : off) > after_s)
                add(out, starts ? on : off, starts ? summer : standard);
        }
    }
    return true;
}

bool zones_parse(struct text bytes, struct plan_zone_change *changes, uint16_t *count,
                 int32_t *first_offset_s)
{
    const uint8_t *at = (const uint8_t *)bytes.data;
    size_t left = bytes.size;
    struct counts c;
    struct changes out = {.items = changes};

    if (!read_head(at, left, &c) || at[4] < '2' || left - HEAD < body_size(&c, 4))
        return false;
    at += HEAD + body_size(&c, 4); /* The first part is for old readers. */
    left -= HEAD + body_size(&c, 4);
    if (!read_head(at, left, &c) || left - HEAD < body_size(&c, 8))
        return false;
    const uint8_t *times = at + HEAD, *kinds = times + (size_t)c.time * 8, *types = kinds + c.time;
    out.offset_s = out.first_offset_s = (int32_t)big(types, 4);
    int64_t last = INT64_MIN;
    for (uint32_t i = 0; i < c.time; i++) {
        int64_t offset_s = kinds[i] < c.type ? big(types + 6 * kinds[i], 4) : WIDEST_S;
        if (offset_s >= WIDEST_S || offset_s <= -WIDEST_S || big(times + (size_t)i * 8, 8) < last)
            return false;
        last = big(times + (size_t)i * 8, 8);
        add(&out, last, (int32_t)offset_s);
    }
    struct text rest = text_part(bytes, (uint32_t)(bytes.size - left + HEAD + body_size(&c, 8)),
                                 bytes.size);
    (void)text_next(&rest, '\n');
    if (!follow_rule(text_next(&rest, '\n'), last, &out))
        return false;
    *count = out.count;
    *first_offset_s = out.first_offset_s;
    return true;
}

static bool plain_name(struct text name)
{
    if (name.size == 0 || name.size >= MAX_NAME || name.data[0] == '/')
        return false;
    for (uint32_t i = 0; i < name.size; i++) {
        char c = name.data[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
            c != '_' && c != '-' && c != '+' && c != '/')
            return false;
    }
    return true;
}

void zones_read(struct reading *reading, const char *file, const struct setting *name,
                struct plan_hours *out)
{
    struct plan_zone_change *changes = reading_take(reading, ZONES_CHANGES * sizeof(*changes));
    struct text bytes;
    const char *why;

    out->changes = changes;
    if (!changes || !name->given)
        return;
    if (text_equal(name->text, TEXT("UTC")))
        return;
    const char *path =
        reading_print(reading, "%s/" TEXT_FORMAT, directory, TEXT_ARGS(name->text));
    if (!plain_name(name->text) || !reading_file(reading, path, &bytes, &why) ||
        !zones_parse(bytes, changes, &out->change_count, &out->first_offset_s))
        reading_error(reading, file, name->line,
                      reading_print(reading, "there is no time zone '" TEXT_FORMAT "' in %s",
                                    TEXT_ARGS(text_part(name->text, 0, 60)), directory),
                      "write it as Europe/Zurich, America/New_York or UTC; the package is tzdata");
}

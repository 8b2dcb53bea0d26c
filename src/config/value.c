// SPDX-License-Identifier: Apache-2.0
/* value.c - numbers with units, read without floating point. */
#include "config/value.h"

#include <inttypes.h>
#include <stdio.h>

#include "config/nearest.h"
#include "base/limits.h"

struct unit {
    const char *name;
    uint64_t factor;
};

static const struct unit time_units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}};
static const struct unit size_units[] = {
    {"B", 1}, {"KB", 1 << 10}, {"MB", 1 << 20}, {"GB", 1 << 30}};

enum { UNITS = 4 };

static const char *const type_examples[] = {
    [SCHEMA_NUMBER] = "a whole number",
    [SCHEMA_SIZE] = "a size with its unit, such as 64MB or 1GB",
    [SCHEMA_TIME] = "a time with its unit, such as 300ms, 6s, 5m or 1h",
    [SCHEMA_SHARE] = "a number from 0 to 1, such as 0.4",
    [SCHEMA_SWITCH] = "true or false",
    [SCHEMA_CHOICE] = "one of the words known here",
    [SCHEMA_TEXT] = "a text",
    [SCHEMA_TEMPLATE] = "the words to speak",
    [SCHEMA_NAME] = "a name",
    [SCHEMA_PATH] = "a path",
    [SCHEMA_SECRET] = "the secret as ${NAME} or file:PATH",
    [SCHEMA_TEXTS] = "a list, one entry a line beginning with '- '",
    [SCHEMA_PAIRS] = "lines of 'key: value' below it",
    [SCHEMA_SECTION] = "options below it",
    [SCHEMA_LIST] = "a list, each entry beginning with '- '",
    [SCHEMA_MAP] = "a map: a name, a colon, and its options below",
};

const char *value_example(const struct schema_row *row)
{
    return type_examples[row->type];
}

/* "1.5" with scale 1000 is 1500. Leaves what follows in *rest. */
static bool read_decimal(struct text t, uint64_t scale, uint64_t *out, struct text *rest)
{
    uint64_t number = 0;
    uint32_t i = 0;

    for (; i < t.size && t.data[i] >= '0' && t.data[i] <= '9'; i++) {
        number = number * 10 + (uint64_t)(t.data[i] - '0');
        if (number > UINT64_MAX / 10 / scale - 1)
            return false;
    }
    if (i == 0)
        return false;
    number *= scale;
    if (i + 1 < t.size && t.data[i] == '.' && t.data[i + 1] >= '0' && t.data[i + 1] <= '9') {
        for (i++; i < t.size && t.data[i] >= '0' && t.data[i] <= '9'; i++) {
            uint64_t digit = (uint64_t)(t.data[i] - '0');
            if (scale % 10 != 0 && digit != 0)
                return false; /* Finer than can be kept. */
            if (scale % 10 == 0)
                scale /= 10;
            number += digit * scale;
        }
    }
    *out = number;
    *rest = text_part(t, i, t.size);
    return true;
}

static bool read_with_unit(struct text t, const struct unit *units, uint64_t *out)
{
    uint64_t thousandths;
    struct text rest;

    if (!read_decimal(t, 1000, &thousandths, &rest))
        return false;
    rest = text_trim(rest);
    if (text_empty(rest) && thousandths == 0) {
        *out = 0;
        return true;
    }
    for (int i = 0; i < UNITS; i++) {
        if (!text_equal_nocase(rest, text_of(units[i].name)))
            continue;
        if (thousandths > UINT64_MAX / units[i].factor)
            return false;
        thousandths *= units[i].factor;
        *out = thousandths / 1000;
        return thousandths % 1000 == 0;
    }
    return false;
}

static bool read_switch(struct text t, uint64_t *out)
{
    *out = text_equal(t, TEXT("true"));
    return *out || text_equal(t, TEXT("false"));
}

static bool read_choice(const struct schema_row *row, struct text t, uint64_t *out)
{
    for (uint32_t i = 0; i < row->choice_count; i++) {
        if (text_equal(t, text_of(row->choices[i]))) {
            *out = i;
            return true;
        }
    }
    return false;
}

/* Names are spoken of in files, prints and databases: keep them plain. */
static bool good_name(struct text t)
{
    for (uint32_t i = 0; i < t.size; i++) {
        char c = t.data[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && (i == 0 || (c != '-' && c != '_' && c != '.')))
            return false;
    }
    return t.size > 0;
}

static bool read_by_type(const struct schema_row *row, struct setting *setting)
{
    struct text rest;

    switch (row->type) {
    case SCHEMA_NUMBER:
        return text_number(setting->text, &setting->number);
    case SCHEMA_SIZE:
        return read_with_unit(setting->text, size_units, &setting->number);
    case SCHEMA_TIME:
        return read_with_unit(setting->text, time_units, &setting->number);
    case SCHEMA_SHARE:
        return read_decimal(setting->text, 1000, &setting->number, &rest) && text_empty(rest);
    case SCHEMA_SWITCH:
        return read_switch(setting->text, &setting->number);
    case SCHEMA_CHOICE:
        return read_choice(row, setting->text, &setting->number);
    case SCHEMA_NAME:
        return good_name(setting->text);
    case SCHEMA_TEXT:
    case SCHEMA_TEMPLATE:
    case SCHEMA_PATH:
    case SCHEMA_SECRET:
    case SCHEMA_TEXTS:
    case SCHEMA_PAIRS:
    case SCHEMA_SECTION:
    case SCHEMA_LIST:
    case SCHEMA_MAP:
        return true;
    }
    return false;
}

static const char *choices(struct reading *reading, const struct schema_row *row)
{
    const char *all = "write ";

    for (uint32_t i = 0; i < row->choice_count; i++)
        all = reading_print(reading, "%s%s%s", all,
                            i == 0                       ? ""
                            : i + 1 == row->choice_count ? " or "
                                                         : ", ",
                            row->choices[i]);
    return all;
}

/* What was meant, if that can be told. */
static const char *choose(struct reading *reading, const struct schema_row *row, struct text given)
{
    char word[MAX_NAME + 2];
    struct nearest nearest;
    struct text best;

    snprintf(word, sizeof(word), " %.*s ", given.size < MAX_NAME ? (int)given.size : 0,
             given.size ? given.data : "");
    for (const struct schema_hint *hint = row->hints; hint && hint->words; hint++)
        if (word[1] != ' ' && text_find_nocase(text_of(hint->words), text_of(word)) >= 0)
            return hint->cure;
    nearest_init(&nearest, given);
    for (uint32_t i = 0; row->hints && i < row->choice_count; i++)
        nearest_offer(&nearest, text_of(row->choices[i]));
    best = nearest_found(&nearest);
    if (row->hints && !text_empty(best))
        return reading_print(reading, "did you mean '" TEXT_FORMAT "'? (%s)", TEXT_ARGS(best),
                             choices(reading, row));
    return choices(reading, row);
}

static const char *form(struct reading *reading, const struct schema_row *row, struct text given)
{
    if (row->type == SCHEMA_CHOICE)
        return choose(reading, row, given);
    if (row->type == SCHEMA_NAME)
        return "write a name of letters, digits, '-', '_' and '.', beginning with a letter or "
               "digit";
    return reading_print(reading, "write %s", value_example(row));
}

static void print_share(uint64_t permille, char out[32])
{
    size_t size =
        (size_t)snprintf(out, 32, "%" PRIu64 ".%03" PRIu64, permille / 1000, permille % 1000);

    while (out[size - 1] == '0')
        out[--size] = 0;
    if (out[size - 1] == '.')
        out[size - 1] = 0;
}

const char *value_print(const struct schema_row *row, uint64_t number, char out[32])
{
    const struct unit *units = row->type == SCHEMA_SIZE   ? size_units
                               : row->type == SCHEMA_TIME ? time_units
                                                          : NULL;
    int best = 0;

    if (row->type == SCHEMA_SHARE) {
        print_share(number, out);
        return out;
    }
    for (int i = 0; units && number > 0 && i < UNITS; i++) {
        if (number % units[i].factor == 0)
            best = i;
    }
    snprintf(out, 32, "%" PRIu64 "%s", units ? number / units[best].factor : number,
             units && number > 0 ? units[best].name : "");
    return out;
}

static bool in_bounds(struct reading *reading, const struct schema_row *row,
                      const struct setting *setting, const char **what, const char **cure)
{
    char low[32], high[32];

    if (row->type <= SCHEMA_SHARE) {
        if (setting->number >= row->low && setting->number <= row->high)
            return true;
        *what = reading_print(reading, "'%s' is " TEXT_FORMAT ", out of bounds", row->key,
                              TEXT_ARGS(setting->text));
        *cure = reading_print(reading, "give %s to %s", value_print(row, row->low, low),
                              value_print(row, row->high, high));
        return false;
    }
    if (row->type == SCHEMA_SWITCH || row->type == SCHEMA_CHOICE)
        return true;
    /* Texts, also those in lists and pairs. `high` of TEXTS counts entries. */
    uint32_t longest = row->type == SCHEMA_NAME                ? MAX_NAME - 1
                       : row->type == SCHEMA_TEXT && row->high ? (uint32_t)row->high
                                                               : MAX_UTTERANCE - 1;
    if (setting->text.size <= longest)
        return true;
    *what = reading_print(reading, "'%s' is %u bytes long", row->key, setting->text.size);
    *cure = reading_print(reading, "give at most %u", longest);
    return false;
}

bool value_read(struct reading *reading, const struct schema_row *row, struct setting *setting,
                const char **what, const char **cure)
{
    if (!read_by_type(row, setting)) {
        *what = reading_print(reading, "'%s' is '" TEXT_FORMAT "'", row->key,
                              TEXT_ARGS(text_part(setting->text, 0, 60)));
        *cure = form(reading, row, setting->text);
        return false;
    }
    return in_bounds(reading, row, setting, what, cure);
}

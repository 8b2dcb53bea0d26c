// SPDX-License-Identifier: Apache-2.0
/* spoken.c - units, teens and tens are found in one table; the grammar around them is small. */
#include "mind/spoken.h"

#include <string.h>

static const char *const small_numbers[] = {
    "zero",     "one",     "two",     "three",     "four",     "five",    "six",
    "seven",    "eight",   "nine",    "ten",       "eleven",   "twelve",  "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
static const char *const tens[] = {"twenty", "thirty",  "forty",  "fifty",
                                   "sixty",  "seventy", "eighty", "ninety"};
static const char *const ordinals[] = {
    "first",     "second",    "third",       "fourth",     "fifth",      "sixth",      "seventh",
    "eighth",    "ninth",     "tenth",       "eleventh",   "twelfth",    "thirteenth", "fourteenth",
    "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth"};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static int find(struct text word, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(names[i]) == word.size && memcmp(names[i], word.data, word.size) == 0)
            return (int)i;
    return -1;
}

static int small_of(struct text word) /* 0-19 or -1 */
{
    return find(word, small_numbers, COUNT(small_numbers));
}

static int tens_of(struct text word) /* 20-90 or -1 */
{
    int i = find(word, tens, COUNT(tens));

    return i < 0 ? -1 : 20 + 10 * i;
}

static bool has_digit(struct text word)
{
    for (uint32_t i = 0; i < word.size; i++)
        if (word.data[i] >= '0' && word.data[i] <= '9')
            return true;
    return false;
}

/* "4512", "3,000": digits and commas only, below a million. */
static bool written(struct text word, uint64_t *out)
{
    uint64_t value = 0;

    if (word.size == 0 || word.size > 7)
        return false;
    for (uint32_t i = 0; i < word.size; i++) {
        if (word.data[i] == ',')
            continue;
        if (word.data[i] < '0' || word.data[i] > '9')
            return false;
        value = value * 10 + (uint64_t)(word.data[i] - '0');
    }
    if (value >= 1000000)
        return false;
    *out = value;
    return true;
}

bool spoken_is_number(struct text word)
{
    return small_of(word) >= 0 || tens_of(word) >= 0 || text_equal(word, TEXT("hundred")) ||
           text_equal(word, TEXT("thousand")) || has_digit(word);
}

/* One to ninety-nine, and zero. */
static uint32_t below_hundred(const struct tokens *tokens, uint32_t from, uint64_t *out)
{
    int small, ten;

    if (from >= tokens->count)
        return 0;
    small = small_of(tokens->words[from]);
    ten = tens_of(tokens->words[from]);
    if (small >= 0) {
        *out = (uint64_t)small;
        return 1;
    }
    if (ten < 0)
        return 0;
    *out = (uint64_t)ten;
    small = from + 1 < tokens->count ? small_of(tokens->words[from + 1]) : -1;
    if (small < 1 || small > 9)
        return 1;
    *out += (uint64_t)small;
    return 2;
}

/* [n] hundred [[and] n] */
static uint32_t below_ten_thousand(const struct tokens *tokens, uint32_t from, uint64_t *out)
{
    uint64_t rest = 0;
    uint32_t used = below_hundred(tokens, from, out), more, skip;

    if (used == 0 && tokens_is(tokens, from, "a") && tokens_is(tokens, from + 1, "hundred")) {
        *out = 1;
        used = 1;
    }
    if (used == 0 || !tokens_is(tokens, from + used, "hundred"))
        return used;
    *out *= 100;
    used++;
    skip = tokens_is(tokens, from + used, "and") ? 1 : 0;
    more = below_hundred(tokens, from + used + skip, &rest);
    if (more == 0)
        return used;
    *out += rest;
    return used + skip + more;
}

uint32_t spoken_quantity(const struct tokens *tokens, uint32_t from, uint64_t *out)
{
    uint64_t value = 0, rest = 0;
    uint32_t used, more, skip;

    if (from >= tokens->count)
        return 0;
    if (written(tokens->words[from], &value)) {
        used = 1;
    } else if (tokens_is(tokens, from, "a") && tokens_is(tokens, from + 1, "thousand")) {
        value = 1;
        used = 1;
    } else {
        used = below_ten_thousand(tokens, from, &value);
    }
    if (used && value < 1000 && tokens_is(tokens, from + used, "thousand")) {
        value *= 1000;
        used++;
        skip = tokens_is(tokens, from + used, "and") ? 1 : 0;
        more = below_ten_thousand(tokens, from + used + skip, &rest);
        if (more && rest < 1000) {
            value += rest;
            used += skip + more;
        }
    }
    if (used)
        *out = value;
    return used;
}

static bool is_oh(const struct tokens *tokens, uint32_t i)
{
    return tokens_in(tokens, i, "oh o nought");
}

static int digit_at(const struct tokens *tokens, uint32_t i)
{
    int value;

    if (i >= tokens->count)
        return -1;
    if (is_oh(tokens, i))
        return 0;
    value = small_of(tokens->words[i]);
    return value <= 9 ? value : -1;
}

/* "double five", "triple oh" */
static uint32_t repeated(const struct tokens *tokens, uint32_t at, struct text_buffer *out)
{
    int times = tokens_is(tokens, at, "double") ? 2 : tokens_is(tokens, at, "triple") ? 3 : 0;
    int digit = digit_at(tokens, at + 1);

    if (times == 0 || digit < 0)
        return 0;
    while (times-- > 0)
        text_append_char(out, (char)('0' + digit));
    return 2;
}

/* Appends an id's written part without what only parts it. */
static void append_written(struct text word, struct text_buffer *out)
{
    for (uint32_t i = 0; i < word.size; i++)
        if (word.data[i] != ',' && word.data[i] != '=')
            text_append_char(out, word.data[i]);
}

uint32_t spoken_digits(const struct tokens *tokens, uint32_t from, struct text_buffer *out)
{
    uint32_t at = from;

    /* A stop before a digit that is not the first ends nothing: people pause within numbers. */
    while (at < tokens->count) {
        uint64_t value = 0;
        uint32_t used = repeated(tokens, at, out);

        if (used == 0 && (at > from || digit_at(tokens, at + 1) >= 0) && is_oh(tokens, at)) {
            text_append_char(out, '0');
            used = 1;
        }
        if (used == 0 && has_digit(tokens->words[at]) && tokens->words[at].data[0] != '$') {
            append_written(tokens->words[at], out);
            used = 1;
        }
        if (used == 0 && !tokens_is(tokens, at, "a")) {
            used = spoken_quantity(tokens, at, &value);
            if (used)
                text_append_number(out, value);
        }
        if (used == 0)
            break;
        at += used;
    }
    return at - from;
}

uint32_t spoken_ordinal(const struct tokens *tokens, uint32_t from, uint32_t *out)
{
    struct text word;
    uint32_t value = 0, i = 0;
    int place, ten;

    if (from >= tokens->count)
        return 0;
    word = tokens->words[from];
    place = find(word, ordinals, COUNT(ordinals));
    if (place >= 0) {
        *out = (uint32_t)place + 1;
        return 1;
    }
    if (text_equal(word, TEXT("thirtieth"))) {
        *out = 30;
        return 1;
    }
    ten = tens_of(word);
    if (ten >= 0 && from + 1 < tokens->count) {
        place = find(tokens->words[from + 1], ordinals, 9);
        if (place >= 0) {
            *out = (uint32_t)(ten + place + 1);
            return 2;
        }
    }
    while (i < word.size && i < 3 && word.data[i] >= '0' && word.data[i] <= '9')
        value = value * 10 + (uint32_t)(word.data[i++] - '0');
    if (i == 0 || word.size != i + 2 ||
        (memcmp(word.data + i, "st", 2) && memcmp(word.data + i, "nd", 2) &&
         memcmp(word.data + i, "rd", 2) && memcmp(word.data + i, "th", 2)))
        return 0;
    *out = value;
    return 1;
}

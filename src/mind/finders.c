// SPDX-License-Identifier: Apache-2.0
/* finders.c - dates, amounts, products and error messages, found by the words around them. */
#include "mind/finders.h"

#include <string.h>

#include "mind/spoken.h"

static const char weekdays[] = "monday tuesday wednesday thursday friday saturday sunday";
static const char months[] =
    "january february march april may june july august september october november december";
static const char periods[] =
    "week weekend month year monday tuesday wednesday thursday friday saturday sunday night "
    "january february march april may june july august september october november december";

/* How many words of a day's number stand at i: "third", "twenty first", "3rd", "three"; 0 when none
 * does. */
static uint32_t day_number(const struct tokens *tokens, uint32_t i)
{
    uint32_t nth = 0, used = spoken_ordinal(tokens, i, &nth);
    uint64_t number = 0;

    if (used)
        return nth >= 1 && nth <= 31 ? used : 0;
    used = spoken_quantity(tokens, i, &number);
    return used && number >= 1 && number <= 31 ? used : 0;
}

/* "3/14", "11/03/2026", "2026-11-03" */
static bool is_written_date(struct text word)
{
    uint32_t digits = 0, parts = 1;
    char mark = 0;

    for (uint32_t i = 0; i < word.size; i++) {
        char c = word.data[i];

        if (c >= '0' && c <= '9') {
            digits++;
        } else if ((c == '/' || c == '-') && (!mark || mark == c)) {
            mark = c;
            parts++;
        } else {
            return false;
        }
    }
    return (mark == '/' && (parts == 2 || parts == 3) && digits >= 2 && digits <= 8) ||
           (mark == '-' && parts == 3 && digits >= 4 && digits <= 8);
}

static uint32_t month_and_day(const struct tokens *tokens, uint32_t i)
{
    uint32_t the, used;

    if (tokens_in(tokens, i, months)) {
        the = tokens_is(tokens, i + 1, "the") ? 1 : 0;
        used = day_number(tokens, i + 1 + the);
        if (used)
            return 1 + the + used;
    }
    the = tokens_is(tokens, i, "the") ? 1 : 0;
    used = day_number(tokens, i + the);
    if (used && tokens_is(tokens, i + the + used, "of") &&
        tokens_in(tokens, i + the + used + 1, months))
        return the + used + 2;
    if (used && !the && tokens_in(tokens, i + used, months))
        return used + 1;
    return 0;
}

/* "two weeks ago", "a month ago", "in three days" */
static uint32_t distance(const struct tokens *tokens, uint32_t i)
{
    uint32_t in = tokens_is(tokens, i, "in") ? 1 : 0, used;
    uint64_t number = 0;

    used = spoken_quantity(tokens, i + in, &number);
    if (!used && tokens_in(tokens, i + in, "a an one few"))
        used = 1;
    if (tokens_is(tokens, i + in, "a") && tokens_in(tokens, i + in + 1, "few couple"))
        used = tokens_is(tokens, i + in + 2, "of") ? 3 : 2;
    if (!used || !tokens_in(tokens, i + in + used, "day days week weeks month months year years"))
        return 0;
    if (in)
        return in + used + 1;
    return tokens_is(tokens, i + used + 1, "ago") ? used + 2 : 0;
}

static uint32_t date_words(const struct tokens *tokens, uint32_t i)
{
    uint32_t used;

    if (i < tokens->count && is_written_date(tokens->words[i]))
        return 1;
    if (tokens_phrase(tokens, i, "the day before yesterday", &used) ||
        tokens_phrase(tokens, i, "the day after tomorrow", &used))
        return used;
    used = month_and_day(tokens, i);
    if (!used)
        used = distance(tokens, i);
    if (used)
        return used;
    if (tokens_in(tokens, i, "last next this") && tokens_in(tokens, i + 1, periods))
        return 2;
    if (tokens_is(tokens, i, "this") && tokens_in(tokens, i + 1, "morning afternoon evening"))
        return 2;
    if (tokens_in(tokens, i, "yesterday today tomorrow tonight") || tokens_in(tokens, i, weekdays))
        return tokens_in(tokens, i + 1, "morning afternoon evening night") ? 2 : 1;
    if (tokens_in(tokens, i, months) && !tokens_in(tokens, i, "may march"))
        return 1;
    if (i > 0 && tokens_in(tokens, i, "may march") &&
        tokens_in(tokens, i - 1, "in since of from until the"))
        return 1;
    return 0;
}

bool finders_date(const struct tokens *tokens, uint32_t i, struct text_buffer *out)
{
    uint32_t used = date_words(tokens, i);

    if (tokens_is(tokens, i, "may") && used == 1 &&
        !(i > 0 && tokens_in(tokens, i - 1, "in since of last next")))
        return false;
    tokens_join(tokens, i, i + used, out);
    return used > 0;
}

struct currency {
    const char *words, *one, *sign; /* `sign` stands before the number in writing. */
};
static const struct currency currencies[] = {
    {"dollars dollar bucks buck usd", "dollars", "$"},
    {"euros euro eur", "euros", "\xE2\x82\xAC"},
    {"pounds pound quid gbp", "pounds", "\xC2\xA3"},
};
#define CURRENCIES (sizeof currencies / sizeof *currencies)

/* "25", "1,250.50": digits with at most two after the point, without leading zeros but one. */
static bool is_decimal(struct text word)
{
    int32_t point = text_find(word, TEXT("."));
    uint32_t whole = point < 0 ? word.size : (uint32_t)point;

    if (whole == 0 || whole > 10 || (point >= 0 && word.size - whole - 1 > 2))
        return false;
    for (uint32_t i = 0; i < word.size; i++)
        if (i != whole && (word.data[i] < '0' || word.data[i] > '9') &&
            !(i < whole && word.data[i] == ','))
            return false;
    return true;
}

static void append_decimal(struct text word, struct text_buffer *out)
{
    for (uint32_t i = 0; i < word.size; i++)
        if (word.data[i] != ',')
            text_append_char(out, word.data[i]);
}

/* [and] twenty five [cents]; cents must be said unless a bare number follows. */
static uint32_t cents(const struct tokens *tokens, uint32_t i, uint64_t *out)
{
    uint32_t skip = tokens_is(tokens, i, "and") ? 1 : 0,
             used = spoken_quantity(tokens, i + skip, out);

    if (!used || *out > 99)
        return 0;
    if (tokens_in(tokens, i + skip + used, "cents cent pence"))
        return skip + used + 1;
    return !skip && *out >= 10 ? used : 0;
}

static void print_amount(const struct currency *currency, struct text whole, uint64_t part,
                         struct text_buffer *out)
{
    bool dollars = currency == &currencies[0];

    if (dollars)
        text_append_char(out, '$');
    append_decimal(whole, out);
    if (part) {
        text_append_char(out, '.');
        text_append_char(out, (char)('0' + part / 10));
        text_append_char(out, (char)('0' + part % 10));
    }
    if (!dollars) {
        text_append_char(out, ' ');
        text_append(out, text_of(currency->one));
    }
}

static bool find_signed(struct text word, struct text_buffer *out)
{
    for (size_t c = 0; c < CURRENCIES; c++) {
        struct text sign = text_of(currencies[c].sign), rest;

        if (!text_starts(word, sign))
            continue;
        rest = text_part(word, sign.size, word.size);
        if (!is_decimal(rest))
            return false;
        print_amount(&currencies[c], rest, 0, out);
        return true;
    }
    return false;
}

bool finders_amount(const struct tokens *tokens, uint32_t i, struct text_buffer *out)
{
    char digits[24];
    struct text_buffer number;
    struct text whole;
    uint64_t value = 0, part = 0;
    uint32_t used;

    if (find_signed(tokens->words[i], out))
        return true;
    used = spoken_quantity(tokens, i, &value);
    text_buffer_init(&number, digits, sizeof digits);
    if (used)
        text_append_number(&number, value);
    whole = text_view(&number);
    if (!used && is_decimal(tokens->words[i])) {
        used = 1;
        whole = tokens->words[i];
    }
    for (size_t c = 0; used && c < CURRENCIES; c++) {
        if (!tokens_in(tokens, i + used, currencies[c].words))
            continue;
        if (!cents(tokens, i + used + 1, &part))
            part = 0;
        print_amount(&currencies[c], whole, part, out);
        return true;
    }
    return false;
}

static const char products[] =
    "phone phones telephone router modem printer laptop laptops computer tablet headset headsets "
    "monitor keyboard "
    "mouse scanner camera webcam speaker microphone tv television doorbell thermostat charger "
    "battery internet wifi "
    "email voicemail app software server handset remote dishwasher fridge washer dryer";
static const char parts_of_names[] =
    "smart wireless cordless mobile cell desk laser home office video security "
    "conference";

bool finders_product(const struct tokens *tokens, uint32_t i, struct text_buffer *out)
{
    uint32_t at = i;

    while (at < i + 2 && tokens_in(tokens, at, parts_of_names))
        at++;
    if (!tokens_in(tokens, at, products))
        return false;
    if (tokens_in(tokens, at + 1, "number numbers address call calls"))
        return false; /* "my phone number" */
    if (at > 0 && tokens_in(tokens, at, "phone telephone email") &&
        tokens_in(tokens, at - 1, "the by over via to me please can you by") &&
        !tokens_in(tokens, at - 1, "my our"))
        return false; /* "over the phone", "email me" */
    tokens_join(tokens, i, at + 1, out);
    return true;
}

static const char not_things[] = "account bill invoice invoices payment payments card money name "
                                 "number address appointment question problem "
                                 "husband wife son daughter mother father friend boss colleague "
                                 "company bank balance refund order contract "
                                 "order booking plan time life case request day business office "
                                 "house home data file files message call "
                                 "complaint issue way neighbor kids family lawyer accountant "
                                 "customer customers people credit debit last next new "
                                 "old own password subscription delivery";

bool finders_owned(const struct tokens *tokens, uint32_t i, struct text_buffer *out)
{
    uint32_t to;

    if (!tokens_in(tokens, i, "my our"))
        return false;
    for (to = i + 1; to < i + 4 && to < tokens->count; to++) {
        if (tokens_in(
                tokens, to,
                "won't doesn't isn't stopped keeps broke crashed crashes froze freezes died shows "
                "can't don't makes"))
            break;
        if (tokens_in(tokens, to, not_things) || spoken_is_number(tokens->words[to]))
            return false;
    }
    if (to == i + 1 || to >= tokens->count || to >= i + 4)
        return false;
    tokens_join(tokens, i + 1, to, out);
    return true;
}

static const char ends_message[] =
    "and but what when i so then how every can could whenever if because do that's";

static uint32_t message_end(const struct tokens *tokens, uint32_t from)
{
    uint32_t to = from;

    while (to < tokens->count && to < from + 6 && !tokens_in(tokens, to, ends_message) &&
           (to == from || !tokens->stop[to]))
        to++;
    return to;
}

/* "it says ...", "the screen keeps saying ..."; what a bank or a bill says is no error. */
static bool is_saying(const struct tokens *tokens, uint32_t i)
{
    if (i == 0 || !tokens_in(tokens, i, "says saying reads say"))
        return false;
    return tokens_in(
        tokens, i - 1,
        "it that message screen display error app program computer printer phone router "
        "page window keeps just always which popup");
}

bool finders_error(const struct tokens *tokens, uint32_t i, struct text_buffer *out)
{
    uint32_t at, to;

    if (tokens_is(tokens, i, "error")) {
        at = i + 1;
        while (at < i + 4 && tokens_in(tokens, at, "code message number is says that it's"))
            at++;
        if (at < tokens->count && spoken_digits(tokens, at, out))
            return true;
        return false;
    }
    if (!is_saying(tokens, i))
        return false;
    at = i + 1;
    while (at < i + 4 && tokens_in(tokens, at, "that there's there is a an error code"))
        at++;
    if (tokens_in(tokens, at - 1, "error code") && spoken_digits(tokens, at, out))
        return true;
    to = message_end(tokens, at);
    tokens_join(tokens, at, to, out);
    return to > at;
}

// SPDX-License-Identifier: Apache-2.0
/* say.c - a token at a time, each looked at by shape and by the word before it. */
#include "speech/say.h"

#include <ctype.h>
#include <string.h>

enum {
    CLAUSE_FROM = 40,  /* A first clause shorter than this sounds chopped. */
    CLAUSE_LONG = 110, /* Sentences up to this are spoken whole: 30 ms to the first sound. */
    ID_DIGITS = 5,     /* From here on a bare number is an identifier, not an amount. */
    GROUP = 4          /* Digits read in one breath. */
};

/* After these a number of three digits or more is an identifier. */
static const char *const id_words[] = {
    "account", "invoice",   "order",  "number", "ticket", "case", "reference", "confirmation",
    "id",      "extension", "policy", "code",   "card",   "pin",  "phone",     "tracking",
};

static const char *const digit_words[] = {"zero", "one", "two",   "three", "four",
                                          "five", "six", "seven", "eight", "nine"};
static const char *const teen_words[] = {"ten",     "eleven",  "twelve",    "thirteen", "fourteen",
                                         "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
static const char *const ten_words[] = {"",      "",      "twenty",  "thirty", "forty",
                                        "fifty", "sixty", "seventy", "eighty", "ninety"};

static void put(struct text_buffer *out, const char *words)
{
    text_append(out, text_of(words));
}

static bool ends_word(const struct text_buffer *out)
{
    return out->size == 0 || out->data[out->size - 1] == ' ';
}

static void put_word(struct text_buffer *out, const char *word)
{
    if (!ends_word(out))
        text_append_char(out, ' ');
    put(out, word);
}

static void below_thousand(uint32_t number, struct text_buffer *out)
{
    if (number >= 100) {
        put_word(out, digit_words[number / 100]);
        put_word(out, "hundred");
        number %= 100;
        if (number == 0)
            return;
    }
    if (number >= 20) {
        put_word(out, ten_words[number / 10]);
        if (number % 10 > 0)
            put_word(out, digit_words[number % 10]);
    } else if (number >= 10) {
        put_word(out, teen_words[number - 10]);
    } else {
        put_word(out, digit_words[number]);
    }
}

void say_cardinal(uint64_t number, struct text_buffer *out)
{
    static const struct {
        uint64_t size;
        const char *name;
    } scales[] = {{1000000, "million"}, {1000, "thousand"}};

    if (number >= 1000000000) {
        char digits[24];
        struct text_buffer printed;
        text_buffer_init(&printed, digits, sizeof(digits));
        text_append_number(&printed, number);
        say_digits(text_view(&printed), out);
        return;
    }
    if (number == 0)
        put_word(out, digit_words[0]);
    for (uint32_t i = 0; i < sizeof(scales) / sizeof(scales[0]); i++) {
        if (number >= scales[i].size) {
            below_thousand((uint32_t)(number / scales[i].size), out);
            put_word(out, scales[i].name);
            number %= scales[i].size;
        }
    }
    if (number > 0)
        below_thousand((uint32_t)number, out);
}

static uint32_t count_digits(struct text t)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < t.size; i++)
        count += isdigit((unsigned char)t.data[i]) != 0;
    return count;
}

void say_digits(struct text digits, struct text_buffer *out)
{
    for (uint32_t i = 0; i < digits.size; i++) {
        if (isdigit((unsigned char)digits.data[i]))
            put_word(out, digit_words[digits.data[i] - '0']);
    }
}

/* The same with a breath between groups, for a voice: the last group is the longest. */
static void say_groups(struct text id, struct text_buffer *out)
{
    uint32_t left = count_digits(id), size = left > 7 || left == 6 ? 3 : GROUP, in_group = 0;

    for (uint32_t i = 0; i < id.size; i++) {
        if (!isdigit((unsigned char)id.data[i]))
            continue;
        if (in_group == size && left >= size) {
            text_append_char(out, ',');
            in_group = 0;
        }
        put_word(out, digit_words[id.data[i] - '0']);
        in_group++;
        left--;
    }
}

static bool is_id_word(struct text word)
{
    while (word.size > 0 && ispunct((unsigned char)word.data[word.size - 1]))
        word.size--;
    for (uint32_t i = 0; i < sizeof(id_words) / sizeof(id_words[0]); i++) {
        if (text_equal_nocase(word, text_of(id_words[i])))
            return true;
    }
    return false;
}

static bool all_of(struct text t, const char *allowed)
{
    for (uint32_t i = 0; i < t.size; i++) {
        if (!isdigit((unsigned char)t.data[i]) && !strchr(allowed, t.data[i]))
            return false;
    }
    return t.size > 0;
}

static bool say_email(struct text word, struct text_buffer *out)
{
    int32_t at = text_find(word, TEXT("@"));

    if (at <= 0 || (uint32_t)at + 1 >= word.size || text_find(word, TEXT(".")) < 0)
        return false;
    for (uint32_t i = 0; i < word.size; i++) {
        char c = word.data[i];
        const char *name = c == '@'   ? "at"
                           : c == '.' ? "dot"
                           : c == '_' ? "underscore"
                           : c == '-' ? "dash"
                           : c == '+' ? "plus"
                                      : NULL;
        if (name) {
            put_word(out, name);
            text_append_char(out, ' ');
        } else if (isdigit((unsigned char)c)) {
            put_word(out, digit_words[c - '0']);
        } else {
            if (i > 0 && isdigit((unsigned char)word.data[i - 1]))
                text_append_char(out, ' ');
            text_append_char(out, c);
        }
    }
    return true;
}

/* "$12.50", "$1,200" */
static bool say_money(struct text word, struct text_buffer *out)
{
    uint64_t dollars = 0, cents = 0;

    if (word.size < 2 || word.data[0] != '$' || word.size > 16)
        return false;
    uint32_t i = 1;
    for (; i < word.size && word.data[i] != '.'; i++) {
        if (word.data[i] == ',')
            continue;
        if (!isdigit((unsigned char)word.data[i]))
            return false;
        dollars = dollars * 10 + (uint64_t)(word.data[i] - '0');
    }
    if (i < word.size && (word.size - i != 3 || !text_number(text_part(word, i + 1, 2), &cents)))
        return false;
    if (dollars > 0 || cents == 0) {
        say_cardinal(dollars, out);
        put_word(out, dollars == 1 ? "dollar" : "dollars");
    }
    if (cents > 0) {
        if (dollars > 0)
            put_word(out, "and");
        say_cardinal(cents, out);
        put_word(out, cents == 1 ? "cent" : "cents");
    }
    return true;
}

/* "AC-1042", "B12X": letters by name, digits one by one. */
static bool say_code(struct text word, struct text_buffer *out)
{
    uint32_t digits = count_digits(word), capitals = 0;

    for (uint32_t i = 0; i < word.size; i++) {
        capitals += isupper((unsigned char)word.data[i]) != 0;
        if (!isalnum((unsigned char)word.data[i]) && word.data[i] != '-')
            return false;
        if (islower((unsigned char)word.data[i]))
            return false;
    }
    if (digits == 0 || capitals == 0 || (digits < 2 && word.size < 4))
        return false;
    for (uint32_t i = 0; i < word.size; i++) {
        char letter[2] = {word.data[i], '\0'};
        if (isdigit((unsigned char)letter[0]))
            put_word(out, digit_words[letter[0] - '0']);
        else if (letter[0] != '-')
            put_word(out, letter);
    }
    return true;
}

static bool say_id(struct text word, struct text before, struct text_buffer *out)
{
    if (word.size > 1 && (word.data[0] == '#' || word.data[0] == '+'))
        word = text_part(word, 1, word.size);
    else if (word.size > 0 && word.data[0] == '+')
        return false;
    if (!all_of(word, "-()"))
        return false;
    uint32_t digits = count_digits(word);
    bool leading_zero = word.data[0] == '0' && digits > 1;
    if (digits < 3 || !(digits >= ID_DIGITS || leading_zero || is_id_word(before)))
        return false;
    say_groups(word, out);
    return true;
}

static void say_word(struct text word, struct text before, struct text_buffer *out)
{
    uint32_t tail = 0;

    while (tail < word.size && strchr(".,;:!?", word.data[word.size - 1 - tail]))
        tail++;
    struct text body = text_part(word, 0, word.size - tail);
    if (!say_email(body, out) && !say_money(body, out) && !say_id(body, before, out) &&
        !say_code(body, out))
        text_append(out, body);
    text_append(out, text_part(word, word.size - tail, tail));
}

void say_spell(struct text words, struct text_buffer *out)
{
    struct text before = TEXT_EMPTY, rest = words;

    while (rest.data) {
        struct text word = text_trim(text_next(&rest, ' '));
        if (text_empty(word))
            continue;
        if (!ends_word(out))
            text_append_char(out, ' ');
        say_word(word, before, out);
        before = word;
    }
}

/* Where the first sentence ends: behind its mark and before the space. */
static uint32_t sentence_end(struct text t)
{
    for (uint32_t i = 1; i + 1 < t.size; i++) {
        bool mark = strchr(".!?", t.data[i]) != NULL;
        bool space = isspace((unsigned char)t.data[i + 1]) != 0;
        /* "Mr. Smith" and "J. Smith" go on. */
        bool title = t.data[i] == '.' && i >= 2 && isupper((unsigned char)t.data[i - 2]);
        title = title || (i >= 1 && t.data[i] == '.' && isupper((unsigned char)t.data[i - 1]));
        if (mark && space && !title)
            return i + 1;
        if (t.data[i] == '\n')
            return i + 1;
    }
    return t.size;
}

static uint32_t clause_end(struct text t, uint32_t end)
{
    if (end <= CLAUSE_LONG)
        return end;
    for (uint32_t i = CLAUSE_FROM; i + CLAUSE_FROM < end; i++) {
        if (strchr(",;:", t.data[i]) && t.data[i + 1] == ' ')
            return i + 1;
    }
    return end;
}

bool say_next(struct text *rest, struct text_buffer *out)
{
    *rest = text_trim(*rest);
    if (text_empty(*rest))
        return false;
    uint32_t end = clause_end(*rest, sentence_end(*rest));
    say_spell(text_part(*rest, 0, end), out);
    *rest = text_part(*rest, end, rest->size);
    if (out->size == out->capacity)
        out->size--;
    out->data[out->size] = '\0';
    return true;
}

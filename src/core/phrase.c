// SPDX-License-Identifier: Apache-2.0
/* phrase.c - words out of text (UTF-8), and matching over lists of them. */
#include "core/phrase.h"

#include <string.h>

#include "core/phrase_words.h"

enum { ORDER_EXTRA_WORDS = 4, FEW_EXTRA_WORDS = 2, REPEATED_LEAST = 2, ANSWER_WORDS = 6 };

static struct text without(struct text t, uint32_t bytes)
{
    return text_part(t, bytes, t.size);
}

/* Bytes of the space or sign that the text begins with; 0: it begins with a word. */
static uint32_t gap(struct text t)
{
    static const struct text signs[] = {TEXT_INIT("\xc2\xa0"), TEXT_INIT("\xc2\xa1"),
                                        TEXT_INIT("\xc2\xbf"), TEXT_INIT("\xc2\xab"),
                                        TEXT_INIT("\xc2\xbb"), TEXT_INIT("\xe2\x80\xa6")};

    if (t.size > 0 && memchr(" \t\n\r,.!?;\"", t.data[0], 10))
        return 1;
    for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
        if (text_starts(t, signs[i]))
            return signs[i].size;
    return 0;
}

/* Cuts the next word off; false when there is none. */
static bool next_word(struct text *rest, struct text *word)
{
    uint32_t size = 0, between;

    while ((between = gap(*rest)) > 0)
        *rest = without(*rest, between);
    while (size < rest->size && gap(without(*rest, size)) == 0)
        size++;
    *word = text_part(*rest, 0, size);
    *rest = without(*rest, size);
    return size > 0;
}

/* Cuts a letter off, in lower case: ASCII and Latin-1, the languages of the table need no more. */
static uint32_t next_letter(struct text *rest)
{
    uint8_t first = (uint8_t)rest->data[0];

    if (text_starts(*rest, TEXT("\xe2\x80\x99"))) { /* A typographic apostrophe. */
        *rest = without(*rest, 3);
        return '\'';
    }
    if (first == 0xc3 && rest->size > 1) {
        uint8_t second = (uint8_t)rest->data[1];
        *rest = without(*rest, 2);
        return 0xc300u | (second < 0x9f && second != 0x97 ? second | 0x20u : second);
    }
    *rest = without(*rest, 1);
    return first >= 'A' && first <= 'Z' ? first | 0x20u : first;
}

static bool same(struct text a, struct text b)
{
    while (a.size > 0 && b.size > 0)
        if (next_letter(&a) != next_letter(&b))
            return false;
    return a.size == 0 && b.size == 0;
}

/* A word of a list; "*zig" is any that ends so. */
static bool means(struct text wanted, struct text word)
{
    if (!text_starts(wanted, TEXT("*")))
        return same(wanted, word);
    wanted = without(wanted, 1);
    return word.size >= wanted.size && same(wanted, without(word, word.size - wanted.size));
}

uint32_t phrase_word_count(struct text words)
{
    struct text word;
    uint32_t count = 0;

    while (next_word(&words, &word))
        count++;
    return count;
}

/* How many words the phrase has, if `words` begin with it. */
static uint32_t begin(struct text words, struct text phrase)
{
    struct text want, have;
    uint32_t count = 0;

    while (next_word(&phrase, &want)) {
        if (!next_word(&words, &have) || !means(want, have))
            return 0;
        count++;
    }
    return count;
}

/* The same of an entry of a list. "=..." is one only where the phrase may stand alone. */
static uint32_t entry(struct text words, struct text phrase, bool alone)
{
    bool only = text_starts(phrase, TEXT("="));

    return only && !alone ? 0 : begin(words, without(phrase, only));
}

static uint32_t longest_of(const struct phrase_language *language, enum phrase_list list,
                           struct text words, bool alone)
{
    uint32_t most = 0, size;

    for (const char *const *item = language->lists[list]; item && *item; item++)
        if ((size = entry(words, text_of(*item), alone)) > most)
            most = size;
    return most;
}

/* Words of the longest phrase of the list that `words` begin with; 0: none. */
static uint32_t longest(const struct phrases *by, enum phrase_list list, struct text words,
                        bool alone)
{
    uint32_t most = longest_of(by->language, list, words, alone);
    uint32_t size = longest_of(&phrase_everywhere, list, words, alone);

    most = size > most ? size : most;
    if (!by->own || list >= (enum phrase_list)ORDERS)
        return most;
    for (uint32_t i = 0; i < by->own[list].count; i++)
        if ((size = entry(words, by->own[list].items[i], alone)) > most)
            most = size;
    return most;
}

static bool in_list(const struct phrases *by, enum phrase_list list, struct text word)
{
    return word.size > 0 && longest(by, list, word, true) > 0;
}

static void skip(struct text *rest, uint32_t words)
{
    struct text word;

    while (words-- > 0 && next_word(rest, &word))
        ;
}

static const struct phrase_language *language_of(struct text tag)
{
    struct text first = text_empty(tag) ? TEXT("en") : text_next(&tag, '-');

    for (uint32_t i = 0; i < phrase_language_count; i++)
        if (same(first, text_of(phrase_languages[i].tag)))
            return &phrase_languages[i];
    return &phrase_everywhere;
}

bool phrase_known_language(struct text language)
{
    return language_of(language) != &phrase_everywhere;
}

bool phrase_is_english(struct text language)
{
    return language_of(language) == &phrase_languages[0];
}

struct phrases phrases_of(struct text language, const struct plan_agent *agent)
{
    return (struct phrases){.language = language_of(language), .own = agent ? agent->orders : NULL};
}

struct text phrase_asks_about(const struct phrases *by)
{
    return text_of(by->language->asks_about);
}

struct text phrase_last_of_many(const struct phrases *by)
{
    return text_of(by->language->last_of_many);
}

struct text phrase_mood(const struct phrases *by, enum sentiment sentiment)
{
    return sentiment == SENTIMENT_NEGATIVE     ? text_of(by->language->unhappy)
           : sentiment == SENTIMENT_FRUSTRATED ? text_of(by->language->frustrated)
                                               : TEXT_EMPTY;
}

struct text phrase_key_means(const struct phrases *by)
{
    return text_of(by->language->key_means);
}

bool phrase_repeats(struct text words, struct text said)
{
    struct text word;

    if (phrase_word_count(words) < REPEATED_LEAST)
        return false;
    do {
        if (begin(said, words) > 0)
            return true;
    } while (next_word(&said, &word));
    return false;
}

static uint32_t that_matter(const struct phrases *by, struct text words)
{
    struct text word;
    uint32_t count = 0;

    while (next_word(&words, &word))
        count += !in_list(by, LIST_COURTESY, word);
    return count;
}

/* A phrase of the list stands somewhere in the words, with at most `extra` other words that matter
 * around it. */
static bool mostly(const struct phrases *by, enum phrase_list list, struct text words,
                   uint32_t extra)
{
    uint32_t total = that_matter(by, words), size;

    for (struct text rest = words; rest.size > 0; skip(&rest, 1)) {
        size = longest(by, list, rest, false);
        if (size > 0 && total <= size + extra)
            return true;
        struct text after = rest;
        skip(&after, longest(by, list, rest, true));
        if (after.size < rest.size && that_matter(by, after) == 0 && that_matter(by, rest) == total)
            return true; /* Nothing else before it or after it. */
    }
    return false;
}

enum phrase_order phrase_order(const struct phrases *by, struct text words)
{
    if (mostly(by, LIST_START_OVER, words, ORDER_EXTRA_WORDS))
        return PHRASE_START_OVER;
    if (mostly(by, LIST_GOODBYE, words, FEW_EXTRA_WORDS))
        return PHRASE_GOODBYE;
    if (mostly(by, LIST_REPEAT, words, FEW_EXTRA_WORDS))
        return PHRASE_REPEAT;
    return PHRASE_NONE;
}

enum phrase_answer phrase_answer(const struct phrases *by, struct text words)
{
    enum phrase_answer answer = PHRASE_NEITHER;

    if (phrase_word_count(words) > ANSWER_WORDS)
        return PHRASE_NEITHER;
    while (words.size > 0) {
        uint32_t yes = longest(by, LIST_YES, words, true);
        uint32_t no = longest(by, LIST_NO, words, true);
        uint32_t unsure = longest(by, LIST_UNSURE, words, true);
        if (unsure > 0 && unsure >= no)
            return PHRASE_NEITHER;
        if (no > 0 && no >= yes)
            return PHRASE_NO; /* "no that's right" is rare; "yeah no" and "not right" are common. */
        if (yes > 0)
            answer = PHRASE_YES; /* "No problem" is more than its "no". */
        skip(&words, yes > 0 ? yes : 1);
    }
    return answer;
}

enum phrase_wish phrase_wish(const struct phrases *by, struct text words)
{
    static const struct {
        enum phrase_list list;
        enum phrase_wish wish;
    } rows[] = {{LIST_ANOTHER, PHRASE_ANOTHER_NUMBER},
                {LIST_CALLBACK, PHRASE_CALLBACK},
                {LIST_VOICEMAIL, PHRASE_VOICEMAIL},
                {LIST_HOLD, PHRASE_HOLD}};
    const size_t count = sizeof(rows) / sizeof(rows[0]);
    size_t first = count; /* "I don't want to wait, call me back" is for the callback. */
    bool refused = false;

    for (struct text rest = words; rest.size > 0; skip(&rest, 1)) {
        for (size_t i = 0; i < first && !refused; i++)
            if (longest(by, rows[i].list, rest, false) > 0)
                first = i;
        refused = longest(by, LIST_NO, rest, true) > 0;
    }
    return first < count ? rows[first].wish : PHRASE_NO_WISH;
}

/* 0 to 9; -1: it is none. */
static int digit_of(const struct phrase_language *language, struct text word)
{
    for (int digit = 0; digit < 10; digit++)
        for (int i = 0; i < DIGIT_WORDS && language->digits[digit][i]; i++)
            if (same(word, text_of(language->digits[digit][i])))
                return digit;
    return -1;
}

uint32_t phrase_digits(const struct phrases *by, struct text words, char *out, uint32_t size)
{
    const struct phrase_language *language = by->language;
    struct text word;
    uint32_t count = 0, at = 0, times = 1;

    while (next_word(&words, &word)) {
        int spoken = digit_of(language, word);
        bool twice = language->twice && same(word, text_of(language->twice));
        if (at == 0 && (text_starts(word, TEXT("+")) ||
                        (language->plus && same(word, text_of(language->plus)))) && at + 1 < size)
            out[at++] = '+';
        for (uint32_t i = 0; i < (spoken >= 0 ? times : word.size); i++) {
            char c = spoken >= 0 ? (char)('0' + spoken) : word.data[i];
            if (c < '0' || c > '9')
                continue;
            if (at + 1 >= size)
                return 0;
            out[at++] = c;
            count++;
        }
        times = twice ? 2 : 1;
    }
    out[at] = 0;
    return count;
}

static bool only(const struct phrases *by, enum phrase_list one, enum phrase_list other,
                 struct text words)
{
    while (phrase_word_count(words) > 0) {
        uint32_t size = longest(by, one, words, true), more = longest(by, other, words, true);
        size = more > size ? more : size;
        if (size == 0)
            return false;
        skip(&words, size);
    }
    return true;
}

bool phrase_backchannel(const struct phrases *by, struct text words)
{
    return only(by, LIST_LISTENING, LIST_LISTENING, words);
}

bool phrase_empty(const struct phrases *by, struct text words)
{
    return only(by, LIST_LISTENING, LIST_GRAMMAR, words);
}

bool phrase_takes_floor(const struct phrases *by, struct text words)
{
    if (phrase_word_count(words) > ANSWER_WORDS)
        return false;
    if (phrase_order(by, words) != PHRASE_NONE)
        return true;
    for (; phrase_word_count(words) > 0; skip(&words, 1))
        if (longest(by, LIST_NO, words, true) > 0 || longest(by, LIST_STOP, words, true) > 0)
            return true;
    return false;
}

/* "Five", "5", and the last of "twenty-five". */
static bool is_digit_word(const struct phrases *by, struct text word)
{
    struct text part = word;

    for (uint32_t i = 0; i < word.size; i++)
        if (word.data[i] == '-')
            part = without(word, i + 1);
    return in_list(by, LIST_DIGIT, part) ||
           (word.size > 0 && word.data[0] >= '0' && word.data[0] <= '9');
}

static bool is_letter(struct text word)
{
    uint32_t letter = word.size > 0 ? next_letter(&word) : 0;

    return word.size == 0 && ((letter >= 'a' && letter <= 'z') || letter > 0xff);
}

static bool ends_address(struct text word)
{
    for (const char *const *end = phrase_address_ends; *end; end++)
        if (same(word, text_of(*end)))
            return true;
    return false;
}

/* The letters that were spelled at the end of what was said, with this word after the last two. */
static uint32_t spelled(const struct phrases *by, struct text before, struct text last,
                        struct text word, uint32_t letters)
{
    if (is_letter(word))
        return letters + 1;
    if (letters > 0 && (in_list(by, LIST_AS, word) || in_list(by, LIST_AS, last)) &&
        (is_letter(last) || is_letter(before) || in_list(by, LIST_AS, before)))
        return letters; /* "As in boy." */
    return 0;
}

bool phrase_unfinished(const struct phrases *by, struct text words, enum expect expect)
{
    struct text word, last = TEXT_EMPTY, before = TEXT_EMPTY;
    uint32_t digits = 0, letters = 0;
    bool address = false, mail = false;

    while (next_word(&words, &word)) {
        digits = is_digit_word(by, word) ? digits + 1 : 0;
        letters = spelled(by, before, last, word, letters);
        before = last;
        last = word;
        mail = mail || in_list(by, LIST_MAIL, word);
        address = address || (mail && in_list(by, LIST_AT, word)) ||
                  (in_list(by, LIST_SIGN, word) && !in_list(by, LIST_NO_SIGN, before));
    }
    if (letters >= 2 || (address && !ends_address(last)))
        return true; /* Spelling, or in the midst of an address. */
    /* "The third of march" is a date, "march" alone is the beginning of one. */
    if (in_list(by, LIST_MONTH, last) && !in_list(by, LIST_MONTH_OF, before))
        return true;
    if (digits > 0)
        return expect == EXPECT_DIGITS ||
               digits < 4; /* Shorter than any number people spell out. */
    return in_list(by, LIST_LEADING, last);
}

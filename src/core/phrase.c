// SPDX-License-Identifier: Apache-2.0
/* phrase.c - word lists, and matching over them. */
#include "core/phrase.h"

#include <string.h>

enum { ORDER_EXTRA_WORDS = 4, REPEATED_LEAST = 2, ANSWER_WORDS = 6 };

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',' || c == '.' || c == '!' ||
           c == '?';
}

/* Cuts the next word off; false when there is none. */
static bool next_word(struct text *rest, struct text *word)
{
    uint32_t i = 0, end;

    while (i < rest->size && is_space(rest->data[i]))
        i++;
    for (end = i; end < rest->size && !is_space(rest->data[end]); end++)
        ;
    *word = text_part(*rest, i, end - i);
    *rest = text_part(*rest, end, rest->size - end);
    return word->size > 0;
}

static bool in_list(struct text word, const char *const *list)
{
    for (; *list; list++)
        if (text_equal_nocase(word, text_of(*list)))
            return true;
    return false;
}

uint32_t phrase_word_count(struct text words)
{
    struct text word;
    uint32_t count = 0;

    while (next_word(&words, &word))
        count++;
    return count;
}

/* True when `words` begins with the words of the phrase; *used is how many those are. */
static bool begins_with(struct text words, const char *phrase, uint32_t *used)
{
    struct text wanted = text_of(phrase), want, have;
    uint32_t count = 0;

    while (next_word(&wanted, &want)) {
        if (!next_word(&words, &have) || !text_equal_nocase(want, have))
            return false;
        count++;
    }
    *used = count;
    return true;
}

/* True when `said` begins with these words. */
static bool leads(struct text said, struct text words)
{
    struct text want, have;

    while (next_word(&words, &want)) {
        if (!next_word(&said, &have) || !text_equal_nocase(want, have))
            return false;
    }
    return true;
}

bool phrase_repeats(struct text words, struct text said)
{
    struct text word;

    if (phrase_word_count(words) < REPEATED_LEAST)
        return false;
    do {
        if (leads(said, words))
            return true;
    } while (next_word(&said, &word));
    return false;
}

/* The phrase stands somewhere in the words, with at most `extra` other words that matter around it.
 */
static bool mostly(struct text words, const char *const *phrases, uint32_t extra)
{
    static const char *const courtesies[] = {"please",  "uh",    "um",    "okay",  "ok", "well",
                                             "can",     "you",   "could", "would", "i",  "to",
                                             "thanks",  "thank", "just",  "the",   "no", "so",
                                             "alright", "all",   "right", NULL};
    uint32_t total = 0, used;
    struct text rest = words, word;

    while (next_word(&rest, &word))
        total += !in_list(word, courtesies);
    for (rest = words; rest.size > 0;) {
        for (const char *const *phrase = phrases; *phrase; phrase++)
            if (begins_with(rest, *phrase, &used) && total <= used + extra)
                return true;
        if (!next_word(&rest, &word))
            break;
    }
    return false;
}

enum phrase_order phrase_order(struct text words)
{
    static const char *const repeat[] = {"repeat that",      "repeat",        "say that again",
                                         "say again",        "say it again",  "come again",
                                         "what did you say", "one more time", "didn't catch that",
                                         "didn't hear you",  "pardon",        NULL};
    static const char *const start_over[] = {
        "start over",     "start again", "begin again",          "from the beginning",
        "from the start", "main menu",   "go back to the start", NULL};
    static const char *const goodbye[] = {
        "goodbye",          "good bye",       "bye bye",      "bye",
        "hang up",          "end the call",   "that's all",   "that is all",
        "that will be all", "that'll be all", "nothing else", NULL};

    if (mostly(words, start_over, ORDER_EXTRA_WORDS))
        return PHRASE_START_OVER;
    if (mostly(words, goodbye, 2))
        return PHRASE_GOODBYE;
    if (mostly(words, repeat, 2))
        return PHRASE_REPEAT;
    return PHRASE_NONE;
}

enum phrase_answer phrase_answer(struct text words)
{
    static const char *const yes[] = {"yes",     "yeah",  "yep",  "yup", "sure",       "correct",
                                      "exactly", "right", "okay", "ok",  "absolutely", NULL};
    static const char *const no[] = {"no",    "nope",      "nah",   "not",
                                     "wrong", "incorrect", "don't", NULL};
    struct text word, rest = words;
    enum phrase_answer answer = PHRASE_NEITHER;

    if (phrase_word_count(words) > ANSWER_WORDS)
        return PHRASE_NEITHER;
    while (next_word(&rest, &word)) {
        if (in_list(word, no))
            return PHRASE_NO; /* "no that's right" is rare; "yeah no" and "not right" are common. */
        if (in_list(word, yes))
            answer = PHRASE_YES;
    }
    return answer;
}

bool phrase_backchannel(struct text words)
{
    static const char *const sounds[] = {
        "mm",  "hm", "hmm",  "mhm", "mm-hm", "uh",  "huh",   "uh-huh", "um",
        "ah",  "oh", "okay", "ok",  "yeah",  "yes", "right", "sure",   "alright",
        "all", "i",  "see",  "got", "it",    "eh",  "a",     NULL};
    struct text word;

    while (next_word(&words, &word))
        if (!in_list(word, sounds))
            return false;
    return true;
}

static bool is_digit_word(struct text word)
{
    static const char *const digits[] = {
        "zero", "oh",  "one",    "two",    "three", "four",  "five",    "six",    "seven", "eight",
        "nine", "ten", "twenty", "thirty", "forty", "fifty", "hundred", "double", NULL};

    return in_list(word, digits) || (word.size > 0 && word.data[0] >= '0' && word.data[0] <= '9');
}

static bool is_letter(struct text word)
{
    return word.size == 1 && ((word.data[0] >= 'a' && word.data[0] <= 'z') ||
                              (word.data[0] >= 'A' && word.data[0] <= 'Z'));
}

/* An address that is being said has signs in it, and ends with one of these. */
static bool is_address_sign(struct text word)
{
    static const char *const signs[] = {"dot", "underscore", "dash", "hyphen", NULL};

    return in_list(word, signs);
}

static bool ends_address(struct text word)
{
    static const char *const ends[] = {"com", "org", "net", "edu", "gov", "info", "io",
                                       "co",  "uk",  "us",  "de",  "eu",  "biz",  NULL};

    return in_list(word, ends);
}

/* "The third of march" is a date, "march" alone is the beginning of one. */
static bool is_month(struct text word)
{
    static const char *const months[] = {"january", "february",  "april",   "june",
                                         "july",    "august",    "october", "september",
                                         "march",   "november",  "december", NULL};

    return in_list(word, months);
}

bool phrase_known_language(struct text language)
{
    return language.size == 0 || text_equal(language, TEXT("en")) ||
           text_starts(language, TEXT("en-"));
}

bool phrase_unfinished(struct text words, enum expect expect)
{
    static const char *const leading[] = {
        "and",  "but", "or",    "because",    "so",   "the",  "a",      "an",   "my",
        "your", "to",  "with",  "is",         "was",  "of",   "for",    "uh",   "um",
        "at",   "dot", "that",  "if",         "when", "from", "about",  "like", "i",
        "i'm",  "we",  "it's",  "underscore", "dash", "in",   "number", "on",   "then",
        "also", "are", "would", "could",      "can",  "want", "need",   NULL};
    struct text word, last = TEXT_EMPTY, before = TEXT_EMPTY;
    uint32_t digits = 0, letters = 0;
    bool address = false;

    while (next_word(&words, &word)) {
        digits = is_digit_word(word) ? digits + 1 : 0;
        letters = is_letter(word) ? letters + 1 : 0;
        address = address || is_address_sign(word);
        before = last;
        last = word;
    }
    if (letters >= 2 || (address && !ends_address(last)))
        return true; /* Spelling, or in the midst of an address. */
    if (is_month(last) && !text_equal_nocase(before, TEXT("of")))
        return true;
    if (digits > 0)
        return expect == EXPECT_DIGITS ||
               digits < 4; /* Shorter than any number people spell out. */
    return in_list(last, leading);
}

// SPDX-License-Identifier: Apache-2.0
/* phrase_words.h - the words of phrase.h, a table a language. Private to phrase.c.
 *
 * Each entry is a word, or words that stand one after the other; lower case. "*zig" is any word
 * that ends so. "=that's all" counts only where nothing else was said, courtesies aside. Lists are
 * kept short on purpose: a phrase that also means something else does more harm than one that is
 * missing, which the classifier or the model still understands. */
#ifndef CORE_PHRASE_WORDS_H
#define CORE_PHRASE_WORDS_H

#include "core/plan.h"

enum phrase_list {
    LIST_REPEAT = ORDER_REPEAT,
    LIST_START_OVER = ORDER_START_OVER,
    LIST_GOODBYE = ORDER_GOODBYE,
    LIST_YES = ORDER_YES,
    LIST_NO = ORDER_NO,
    LIST_LISTENING = ORDER_LISTENING,
    LIST_UNSURE = ORDERS, /* "I don't know": neither yes nor no. */
    LIST_COURTESY,        /* Words that do not matter beside an order. */
    LIST_LEADING,         /* Who ends with one of these will go on. */
    LIST_DIGIT,
    LIST_SIGN,     /* Of an address: "dot", "underscore". */
    LIST_MAIL,     /* "E-mail", after which */
    LIST_AT,       /* one of these is a sign too. */
    LIST_AS,       /* Between a letter and the name it is spelled by: "b as in boy". */
    LIST_NO_SIGN,  /* Before such a word it is none: "this point". */
    LIST_MONTH,    /* Where the day follows the month, */
    LIST_MONTH_OF, /* and what stands between them where it went before. */
    LIST_CALLBACK, /* What a caller may wish to whom nobody can come. */
    LIST_HOLD,
    LIST_VOICEMAIL,
    LIST_ANOTHER, /* Number than the one that was named. */
    LIST_GRAMMAR, /* Words that ask for nothing by themselves: articles, pronouns, prepositions. */
    LIST_STOP,    /* "Wait": who says it does not listen on, beside those who say no. */
    LISTS
};

enum { DIGIT_WORDS = 3 };

struct phrase_language {
    /* Of 0 to 9; NULL: no more. */
    const char *digits[10][DIGIT_WORDS];
    const char *twice, *plus; /* "double two", "plus forty-one" */
    const char *tag;                      /* BCP 47, the first part. */
    const char *const *lists[LISTS];      /* Each ends with NULL; NULL: empty. */
    const char *asks_about; /* Before an intent's label: what a call is about, for people. */
    const char *last_of_many, *key_means; /* "billing, or sales"; "1 for billing". */
    const char *unhappy, *frustrated;     /* How a caller feels who is. */
};

/* Understood in every language, also those that are not known. */
extern const struct phrase_language phrase_everywhere;
/* The ends of addresses, said in every language. */
extern const char *const phrase_address_ends[];
extern const struct phrase_language phrase_languages[];
extern const uint32_t phrase_language_count;

#endif

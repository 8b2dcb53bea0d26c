// SPDX-License-Identifier: Apache-2.0
/* trie.h - writes a trigram model as the recogniser's own "Trie Language Model" file (general.c
 * reads one), which it maps in 40 ms.
 *
 * Through ARPA text and the recogniser's library the same takes five times as long. Probabilities
 * and backoffs are kept in steps of 1/4096 of a decade between 1e-8 and 1e8. Pure but for its heap;
 * 30 ms for 700,000 bigrams. */
#ifndef SPEECH_TRIE_H
#define SPEECH_TRIE_H

#include <stdint.h>
#include <stdio.h>

#include "base/attr.h"
#include "speech/vocabulary.h"

struct trie_bigram {
    uint32_t before, word;
    float probability, backoff;
};

struct trie_trigram {
    uint32_t words[3]; /* The last is the one predicted; the last two are a bigram of the model. */
    float probability;
};

struct trie {
    const struct vocabulary *words;
    const float *probability, *backoff; /* By word. */
    const struct trie_bigram *bigrams;  /* In the order of `before`. */
    uint32_t bigram_count;
    struct trie_trigram *trigrams; /* Sorted in place. */
    uint32_t trigram_count;
};

/* 0, -ENOMEM, -EIO. */
MUST_USE int trie_write(const struct trie *trie, FILE *out);

#endif

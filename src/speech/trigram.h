// SPDX-License-Identifier: Apache-2.0
/* trigram.h - a trigram model of a few hundred sentences, smoothed by Witten and Bell's method.
 *
 * Interpolated: P(w|h) = (count(h w) + types(h) P(w|h')) / (count(h) + types(h)), so what is left
 * for words not seen after h is types / (count + types). Pure but for its heap. */
#ifndef SPEECH_TRIGRAM_H
#define SPEECH_TRIGRAM_H

#include <stdint.h>

#include "base/attr.h"
#include "speech/vocabulary.h"

enum { TRIGRAM_ORDER = 3 };

struct gram {
    uint32_t words[TRIGRAM_ORDER]; /* The first `n` of them; the last is the one predicted. */
    float count, probability;
    float backoff; /* For what follows these words; 1 when nothing ever did. */
};

struct trigram {
    /* [0] has one row a word of the vocabulary, in order of numbers; the others are sorted. */
    struct gram *grams[TRIGRAM_ORDER];
    uint32_t counts[TRIGRAM_ORDER];
};

/* Words of the vocabulary that no sentence has get probability 0. 0 or -ENOMEM. */
MUST_USE int trigram_build(struct trigram *out, const struct vocabulary *words,
                           const struct sentences *sentences);
void trigram_release(struct trigram *trigram);

/* P(word | one word before). */
float trigram_after(const struct trigram *trigram, uint32_t before, uint32_t word);

/* NULL when the words (n of them) were never seen so. */
const struct gram *trigram_find(const struct trigram *trigram, uint32_t n, const uint32_t *words);

#endif

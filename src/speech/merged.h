// SPDX-License-Identifier: Apache-2.0
/* merged.h - an agent's own sentences and everyday English in one language model.
 *
 * P = 0.7 P(agent's trigram) + 0.3 P(general bigram), over the agent's words and the 8,000 most
 * frequent ones. Written in the form that the recogniser loads. Measured on held-out telephone
 * prompts: a fifth of the word errors less than the agent's sentences alone. */
#ifndef SPEECH_MERGED_H
#define SPEECH_MERGED_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/attr.h"
#include "speech/dictionary.h"
#include "speech/general.h"
#include "speech/vocabulary.h"

enum { MERGED_GENERAL_WORDS = 8000 };

/* Everyday English cut down to its most frequent words. Read-only; 15 MB. */
struct everyday {
    struct vocabulary words; /* Most frequent first, behind the two marks. */
    float *probability;      /* By word; sums to 1 without "<s>". */
    uint32_t *first;         /* By word before: its first row below; count + 1 of them. */
    struct everyday_row {
        uint32_t word;
        float probability;
    } * rows;
};

/* Words come only from the dictionary. 0 or -ENOMEM. */
MUST_USE int everyday_build(struct everyday *out, const struct general *general,
                            const struct dictionary *dictionary);
void everyday_release(struct everyday *everyday);

/* Writes the merged model. `words` are everyday's with the agent's added behind. 0, -ENOMEM, -EIO.
 */
MUST_USE int merged_write(const struct everyday *everyday, const struct vocabulary *words,
                          const struct sentences *sentences, FILE *out);

#endif

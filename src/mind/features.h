// SPDX-License-Identifier: Apache-2.0
/* features.h - what the classifier sees of a sentence: words, pairs of words, pieces of words, and
 * what words are about.
 *
 * A feature is a number (a hash of its text) and the group that it belongs to; each comes once.
 * Numbers, spoken or written, are all the same feature; fillers such as "um" are none. Pure. */
#ifndef MIND_FEATURES_H
#define MIND_FEATURES_H

#include <stdint.h>

#include "base/tokens.h"

enum feature_group { FEATURE_WORDS, FEATURE_PIECES, FEATURE_TOPICS, FEATURE_GROUPS };

struct feature {
    uint64_t key;
    enum feature_group group;
};

enum { MAX_FEATURES = 6 * MAX_TOKENS + 3 * (MAX_UTTERANCE + MAX_TOKENS) };

/* Features of words from .. to - 1, ordered by key. Returns how many. */
uint32_t features_of(const struct tokens *tokens, uint32_t from, uint32_t to,
                     struct feature out[MAX_FEATURES]);

/* The feature of one word alone. False for fillers. */
bool features_word(const struct tokens *tokens, uint32_t i, uint64_t *key);

#endif

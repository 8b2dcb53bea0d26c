// SPDX-License-Identifier: Apache-2.0
/* general.h - everyday English: words and bigrams out of the recogniser package's own language
 * model.
 *
 * Reads sphinxbase's "Trie Language Model" file directly, because its library can only be asked for
 * one bigram at a time (20 s for 8,000 words; this takes 0.1 s). The file's size must agree with
 * its header to the byte, so another format is refused, not misread. Read-only after open; any
 * thread. */
#ifndef SPEECH_GENERAL_H
#define SPEECH_GENERAL_H

#include <stdint.h>

#include "base/attr.h"

#define GENERAL_PATH "/usr/share/pocketsphinx/model/en-us/en-us.lm.bin"

struct general;

/* 0, or -ENOENT, -EINVAL for another format, -ENOMEM. */
MUST_USE int general_open(struct general **out, const char *path);
void general_close(struct general *general);

/* Words are numbered 0 .. count - 1. */
uint32_t general_count(const struct general *general);
const char *general_word(const struct general *general, uint32_t word);
float general_probability(const struct general *general, uint32_t word);

/* Visits P(word | before) for each `before` that the model has seen before the word. */
void general_visit(const struct general *general, uint32_t word,
                   void (*visit)(void *context, uint32_t before, float probability), void *context);

#endif

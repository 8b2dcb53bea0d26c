// SPDX-License-Identifier: Apache-2.0
/* vocabulary.h - words by number, and sentences as rows of numbers: what language models are made
 * of.
 *
 * Words are kept as the recogniser's dictionary writes them: lower case, apostrophes inside,
 * numbers spoken. Grows on the heap; owned by the thread that builds the model. */
#ifndef SPEECH_VOCABULARY_H
#define SPEECH_VOCABULARY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"

enum { WORD_BEGIN = 0, WORD_END = 1 }; /* "<s>", "</s>" */
#define WORD_NONE (UINT32_MAX - 1)

struct vocabulary {
    char **names;
    uint32_t count, capacity;
    uint32_t *slots; /* Open addressing; 0 is free, else number + 1. */
    uint32_t slot_count;
};

/* Begins with "<s>" and "</s>". 0 or -ENOMEM. */
MUST_USE int vocabulary_init(struct vocabulary *words);
void vocabulary_release(struct vocabulary *words);

/* WORD_NONE when it is not there. */
uint32_t vocabulary_find(const struct vocabulary *words, const char *name);

/* The word's number, old or new. WORD_NONE when memory is out. */
uint32_t vocabulary_add(struct vocabulary *words, const char *name);

/* Sentences one behind the other, each ended by WORD_END. */
struct sentences {
    uint32_t *items;
    uint32_t count, capacity;
};

/* Cuts a text into words, calls each once, in order. */
void vocabulary_split(struct text text, void (*word)(void *context, const char *name),
                      void *context);

/* Adds the text as a sentence. False when memory is out. Empty texts add nothing. */
MUST_USE bool sentences_add(struct sentences *sentences, struct vocabulary *words,
                            struct text text);
void sentences_release(struct sentences *sentences);

#endif

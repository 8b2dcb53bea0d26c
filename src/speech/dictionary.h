// SPDX-License-Identifier: Apache-2.0
/* dictionary.h - how words are pronounced: the package's dictionary, and a guess for words it
 * lacks.
 *
 * Guesses come from flite's letter-to-sound rules, written in the same phones. Read-only after
 * open, but for guessing, which needs voice_open() before. */
#ifndef SPEECH_DICTIONARY_H
#define SPEECH_DICTIONARY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/attr.h"

#define DICTIONARY_PATH "/usr/share/pocketsphinx/model/en-us/cmudict-en-us.dict"

struct dictionary;

/* 60 ms, 7 MB. 0, -ENOENT, -ENOMEM. */
MUST_USE int dictionary_open(struct dictionary **out, const char *path);
void dictionary_close(struct dictionary *dictionary);

bool dictionary_has(const struct dictionary *dictionary, const char *word);

/* Writes the word's lines, all pronunciations. Nothing for a word that is not there. */
void dictionary_write(const struct dictionary *dictionary, const char *word, FILE *out);

/* Writes a line with a guessed pronunciation. False when there is none. */
MUST_USE bool dictionary_guess(const char *word, FILE *out);

#endif

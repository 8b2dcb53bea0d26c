// SPDX-License-Identifier: Apache-2.0
/* stt_inside.h - what the rows of stt.h share. */
#ifndef VENDOR_STT_INSIDE_H
#define VENDOR_STT_INSIDE_H

#include <jansson.h>

#include "vendor/members.h"
#include "vendor/stt.h"

extern const struct stt_vendor stt_deepgram, stt_flux, stt_realtime, stt_conversation, stt_whisper,
    stt_vosk;

/* A text for people without line ends, as text_copy() makes it. */
void stt_fail(struct stt_news *out, uint16_t status, struct text why, bool over);

/* Cut at MAX_UTTERANCE. */
void stt_say(struct stt_news *out, enum stt_news_kind kind, struct text text);

/* Words of an array of objects, found in the text one after the other; the confidence of the news
 * becomes their mean. */
void stt_add_words(struct stt_news *out, const json_t *words, const char *word,
                   const char *confidence);

/* A number of JSON as thousandths, 0 to `most`; 0 when it is none. */
uint32_t stt_thousandths(const json_t *object, const char *key, uint32_t most);

/* exp(x), of a logarithm of a probability, in permille; at least 1. */
uint16_t stt_likelihood(double logarithm);

/* The URL of the ask or of the row without its last slashes, and a path. */
void stt_begin_url(struct text_buffer *out, const struct stt_vendor *vendor,
                   const struct stt_ask *ask, const char *path, char storage[STT_URL]);

/* Of the options, or the default; false: it is left out. */
bool stt_choice(const struct stt_ask *ask, const char *name, struct text otherwise,
                struct text *out);

/* "name=value" into a query, escaped, if stt_choice() has one. */
void stt_query(struct text_buffer *out, const struct stt_ask *ask, const char *name,
               struct text otherwise);

/* Options that the row does not know of: true for each, until false. */
bool stt_other_option(struct text *options, const char *const *known, uint32_t known_count,
                      struct text *name, struct text *value);

/* "SCHEME KEY"; nothing without a key. */
MUST_USE bool stt_authorize(const struct stt_ask *ask, const char *scheme, struct stt_opening *out);

/* Terminates what was written. False when it was cut. */
MUST_USE bool stt_ended(struct text_buffer *buffer);

#endif

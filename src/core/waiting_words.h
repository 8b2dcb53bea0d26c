// SPDX-License-Identifier: Apache-2.0
/* waiting_words.h - what a queue says where its configuration says nothing: in English, German,
 * Spanish and French, by the language of the agent who speaks; English for all others. Pure. */
#ifndef CORE_WAITING_WORDS_H
#define CORE_WAITING_WORDS_H

#include "base/text.h"
#include "core/forecast.h"
#include "core/plan.h"

/* A template; language: BCP 47. */
struct text waiting_words(struct text language, enum queue_words words);

/* {wait}: "about two minutes", rounded to what is honest; that it is not known, where it is not. */
void waiting_words_wait(struct text language, const struct forecast *forecast,
                        struct text_buffer *out);

/* What a waiting caller asks for in these words. */
enum queue_wish waiting_words_wish(struct text language, struct text words);

/* {offers}: a sentence for each wish that has a key and can be granted. */
void waiting_words_offers(struct text language, const char keys[QUEUE_WISHES],
                          const bool granted[QUEUE_WISHES], struct text_buffer *out);

#endif

// SPDX-License-Identifier: Apache-2.0
/* phrase.h - what can be said of a caller's words without a classifier: a few fixed phrases.
 *
 * Pure. Words are as the recogniser gives them: lower case, spaces, no punctuation; other text is
 * tolerated. Every function costs one pass over the words. */
#ifndef CORE_PHRASE_H
#define CORE_PHRASE_H

#include <stdbool.h>

#include "base/text.h"
#include "core/plan.h"

enum phrase_order { PHRASE_NONE, PHRASE_REPEAT, PHRASE_START_OVER, PHRASE_GOODBYE };
enum phrase_answer { PHRASE_NEITHER, PHRASE_YES, PHRASE_NO };

/* "Repeat that", "start over", "goodbye": understood everywhere, when they are most of what was
 * said. */
enum phrase_order phrase_order(struct text words);

enum phrase_answer phrase_answer(struct text words);

/* Only sounds of listening ("mm-hm", "uh huh", "okay"): no wish to take the floor. Also true for no
 * words at all. */
bool phrase_backchannel(struct text words);

/* Whether the phrases of this language (BCP 47) are known here: in another, only models and
 * classifiers can tell an order from an answer. */
bool phrase_known_language(struct text language);

/* The speaker will go on: "and...", "my number is...", in the midst of a number, a name that is
 * spelled, an e-mail address or a date. */
bool phrase_unfinished(struct text words, enum expect expect);

/* Two words or more that stand in this order in what was said, without others in between. */
bool phrase_repeats(struct text words, struct text said);

uint32_t phrase_word_count(struct text words);

#endif

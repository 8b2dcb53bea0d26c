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

/* The speaker will go on: "and...", "my number is...", in the midst of a number or an e-mail
 * address. */
bool phrase_unfinished(struct text words, enum expect expect);

/* Two words or more that stand in this order in what was said, without others in between. */
bool phrase_repeats(struct text words, struct text said);

uint32_t phrase_word_count(struct text words);

#endif

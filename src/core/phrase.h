// SPDX-License-Identifier: Apache-2.0
/* phrase.h - what can be said of a caller's words without a classifier: a few fixed phrases.
 *
 * Pure. The phrases are those of a language (core/phrase_words.h) and the agent's own; of a
 * language that is not known, only the agent's own. Words are as recognisers give them: case,
 * punctuation and typographic apostrophes do not count, accents do. Every function costs one pass
 * over the words, and for each of them one over the lists that it asks. */
#ifndef CORE_PHRASE_H
#define CORE_PHRASE_H

#include <stdbool.h>

#include "base/text.h"
#include "core/plan.h"

enum phrase_order { PHRASE_NONE, PHRASE_REPEAT, PHRASE_START_OVER, PHRASE_GOODBYE };
enum phrase_answer { PHRASE_NEITHER, PHRASE_YES, PHRASE_NO };

/* What a caller wishes to whom nobody can come. */
enum phrase_wish {
    PHRASE_NO_WISH,
    PHRASE_CALLBACK,
    PHRASE_HOLD,
    PHRASE_VOICEMAIL,
    PHRASE_ANOTHER_NUMBER
};

struct phrase_language;

/* Which phrases count. Lives as long as the plan. */
struct phrases {
    const struct phrase_language *language;
    const struct plan_phrases *own; /* ORDERS of them; NULL: none. */
};

/* Of a language (BCP 47; its first part counts; empty: English) and an agent; agent may be NULL. */
struct phrases phrases_of(struct text language, const struct plan_agent *agent);

bool phrase_is_english(struct text language); /* As what is not given. */
/* Whether there are phrases of this language here. */
bool phrase_known_language(struct text language);

/* "Repeat that", "start over", "goodbye", when they are most of what was said. */
enum phrase_order phrase_order(const struct phrases *by, struct text words);

enum phrase_answer phrase_answer(const struct phrases *by, struct text words);

/* "A callback, please", "I'll hold", "leave a message": not when it is refused ("no callback"). */
enum phrase_wish phrase_wish(const struct phrases *by, struct text words);

/* The digits of words, as they are dialled: "oh one double two" is 0122, "plus 41" is +41. What is
 * no digit is left out. Returns how many there are; 0 also when they do not fit. */
uint32_t phrase_digits(const struct phrases *by, struct text words, char *out, uint32_t size);

/* Only sounds of listening ("mm-hm", "uh huh", "okay"): no wish to take the floor. Also true for no
 * words at all. */
bool phrase_backchannel(const struct phrases *by, struct text words);

/* Only such sounds and words that ask for nothing by themselves ("the", "you have"): what is heard
 * of sounds that are no words. */
bool phrase_empty(const struct phrases *by, struct text words);

/* In a few words, one that takes the floor by itself, however unsure it is: a no, "wait",
 * "goodbye". */
bool phrase_takes_floor(const struct phrases *by, struct text words);

/* The speaker will go on: "and...", "my number is...", in the midst of a number, a name that is
 * spelled, an e-mail address or a date. */
bool phrase_unfinished(const struct phrases *by, struct text words, enum expect expect);

/* What stands before the last of several things ("A, B, or C"), and between a key and what it means
 * ("1 for billing"). */
struct text phrase_last_of_many(const struct phrases *by);
/* "The caller asks about " billing. */
struct text phrase_asks_about(const struct phrases *by);
/* "frustrated"; empty when there is nothing to say. */
struct text phrase_mood(const struct phrases *by, enum sentiment sentiment);
struct text phrase_key_means(const struct phrases *by);

/* Two words or more that stand in this order in what was said, without others in between. */
bool phrase_repeats(struct text words, struct text said);

uint32_t phrase_word_count(struct text words);

#endif

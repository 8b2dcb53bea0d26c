// SPDX-License-Identifier: Apache-2.0
/* sentiment.h - how a caller feels, told from words: rules and a small lexicon, no guessing.
 *
 * A problem alone is neutral: people call because something does not work. Swearing, "ridiculous",
 * a third call about the same thing are frustration. "Not happy" turns "happy" round. English. Pure. */
#ifndef BASE_SENTIMENT_H
#define BASE_SENTIMENT_H

#include <stdint.h>

#include "base/tokens.h"

enum sentiment { SENTIMENT_NEUTRAL, SENTIMENT_POSITIVE, SENTIMENT_NEGATIVE, SENTIMENT_FRUSTRATED };
extern const char *const sentiment_names[4];

/* calls_before: how often the caller says to have called already; 0 when nothing was said of it. */
enum sentiment sentiment_of(const struct tokens *tokens, uint32_t calls_before);

#endif

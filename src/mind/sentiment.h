// SPDX-License-Identifier: Apache-2.0
/* sentiment.h - how a caller feels, told from words: rules and a small lexicon, no guessing.
 *
 * A problem alone is neutral: people call because something does not work. Swearing, "ridiculous",
 * a third call about the same thing are frustration. "Not happy" turns "happy" round. Pure. */
#ifndef MIND_SENTIMENT_H
#define MIND_SENTIMENT_H

#include <stdint.h>

#include "core/event.h"
#include "mind/tokens.h"

/* calls_before: how often the caller says to have called already; 0 when nothing was said of it. */
enum sentiment sentiment_of(const struct tokens *tokens, uint32_t calls_before);

#endif

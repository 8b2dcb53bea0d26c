// SPDX-License-Identifier: Apache-2.0
/* tokens.h - a caller's words, one by one, in lower case: what understanding reads.
 *
 * Takes any bytes: letters of valid UTF-8 are kept, broken bytes and control characters separate
 * words. "Don't", 25.50, $25, 2026-11-03 and inv-4512 stay one word; twenty-five becomes two. Text
 * beyond MAX_UTTERANCE bytes and words beyond MAX_TOKENS are left out. Pure; any thread. */
#ifndef BASE_TOKENS_H
#define BASE_TOKENS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"
#include "base/text.h"

enum { MAX_TOKENS = 256 }; /* 100 s of fast speech: longer than the longest turn. */

struct tokens {
    uint32_t count;
    struct text words[MAX_TOKENS]; /* View `text`: a struct tokens is not to be copied. */
    bool stop[MAX_TOKENS];         /* A comma, full stop or the like stands before the word. */
    char text[MAX_UTTERANCE];
};

void tokens_of(struct text text, struct tokens *out);

/* True when word i is there and is `word`. */
bool tokens_is(const struct tokens *tokens, uint32_t i, const char *word);

/* True when word i is there and is among the words of `list`, which are parted by single spaces. */
bool tokens_in(const struct tokens *tokens, uint32_t i, const char *list);

/* True when the words of `phrase`, parted by single spaces, stand at i; *count is how many. */
bool tokens_phrase(const struct tokens *tokens, uint32_t i, const char *phrase, uint32_t *count);

/* Words from .. to - 1 as one text with single spaces, cut at the buffer's end. */
void tokens_join(const struct tokens *tokens, uint32_t from, uint32_t to, struct text_buffer *out);

/* Length of the valid UTF-8 sequence of two to four bytes at the start (RFC 3629), 0 when there is
 * none. */
uint32_t tokens_utf8(const unsigned char *bytes, uint32_t left);

#endif

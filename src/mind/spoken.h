// SPDX-License-Identifier: Apache-2.0
/* spoken.h - numbers as people say them: "four five one two", "double five", "twenty five hundred".
 *
 * Pure; reads words from .. on and says how many words the number took, 0 when there is none. */
#ifndef MIND_SPOKEN_H
#define MIND_SPOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/tokens.h"

/* "seven", "forty", "hundred", "4512", "25.50", "$25"; not "oh" or "second". */
bool spoken_is_number(struct text word);

/* A quantity below a million: "twenty five", "a hundred and two", "3,000", "sixty". */
uint32_t spoken_quantity(const struct tokens *tokens, uint32_t from, uint64_t *out);

/* A string of digits, as in an id: "four five one two" and "forty five twelve" are 4512, "oh" is 0,
 * and written ids such as ac-4512 pass. Cuts at the buffer's end. */
uint32_t spoken_digits(const struct tokens *tokens, uint32_t from, struct text_buffer *out);

/* "third", "3rd", "twenty first" as a number. */
uint32_t spoken_ordinal(const struct tokens *tokens, uint32_t from, uint32_t *out);

#endif

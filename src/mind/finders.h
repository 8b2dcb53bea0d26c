// SPDX-License-Identifier: Apache-2.0
/* finders.h - the finders of entities that are about words rather than ids. Each looks at word i
 * and what follows; true when the entity starts there, with its value appended. Pure. */
#ifndef MIND_FINDERS_H
#define MIND_FINDERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/tokens.h"

/* "last tuesday", "march third", "the third of march", "two weeks ago", "2026-11-03": as said. */
bool finders_date(const struct tokens *tokens, uint32_t i, struct text_buffer *out);

/* "twenty five dollars and ten cents" and "$25.10" are $25.10; "twelve euros" is 12 euros. */
bool finders_amount(const struct tokens *tokens, uint32_t i, struct text_buffer *out);

/* A word known to be a product: router, laptop, smart doorbell. */
bool finders_product(const struct tokens *tokens, uint32_t i, struct text_buffer *out);

/* Whatever else is "mine" and does something: "my toaster won't start". */
bool finders_owned(const struct tokens *tokens, uint32_t i, struct text_buffer *out);

/* "error five oh three" is 503; "it says access denied" is "access denied". */
bool finders_error(const struct tokens *tokens, uint32_t i, struct text_buffer *out);

#endif

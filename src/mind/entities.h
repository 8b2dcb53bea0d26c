// SPDX-License-Identifier: Apache-2.0
/* entities.h - facts in a caller's words: numbers of accounts and invoices, products, error
 * messages, dates, amounts, and how often the caller has called before.
 *
 * One value a key, the first that is heard; values are as docs/agents.md says. Works on recognised
 * speech ("invoice four five one two", "twenty five dollars") and on written text. Nothing is
 * looked up and nothing is computed from a clock: "last tuesday" stays "last tuesday". Pure. */
#ifndef MIND_ENTITIES_H
#define MIND_ENTITIES_H

#include <stdint.h>

#include "base/tokens.h"

enum entity {
    ENTITY_ACCOUNT,
    ENTITY_INVOICE,
    ENTITY_PRODUCT,
    ENTITY_ERROR,
    ENTITY_DATE,
    ENTITY_AMOUNT,
    ENTITY_CALLS_BEFORE,
    ENTITY_KINDS
};

extern const char *const entity_names[ENTITY_KINDS];

enum { MAX_ENTITY = 64 }; /* One value, bytes; ENTITY_KINDS lines of them fit into MAX_ENTITIES. */

struct entities {
    char value[ENTITY_KINDS][MAX_ENTITY]; /* Terminated; empty when not heard. */
};

/* `asked`: the agent's last words. After "What is your invoice number?" bare digits are an invoice.
 */
void entities_of(const struct tokens *tokens, struct text asked, struct entities *out);

/* "key=value\n" lines. */
void entities_print(const struct entities *entities, struct text_buffer *out);

/* As a number: "3" is 3, "several" is 3, nothing is 0. */
uint32_t entities_calls_before(const struct entities *entities);

#endif

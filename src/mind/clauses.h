// SPDX-License-Identifier: Apache-2.0
/* clauses.h - parts of what a caller said, and whether each part says, turns down or takes back.
 *
 * "I don't want to talk to sales, I have a billing problem" has two clauses: the first turns down
 * "talk to sales", the second says something. The recogniser gives no commas, so clauses also end
 * where a new subject starts. Pure. */
#ifndef MIND_CLAUSES_H
#define MIND_CLAUSES_H

#include <stdint.h>

#include "base/tokens.h"

enum clause_kind {
    CLAUSE_SAYS,
    CLAUSE_REJECTS,   /* "not sales", "I don't want to buy anything": words from `object` on are
                         turned down. */
    CLAUSE_TAKEN_BACK /* What stood before "no wait" or "I mean". */
};

struct clause {
    enum clause_kind kind;
    uint32_t from, to; /* Words from .. to - 1. */
    uint32_t object;   /* CLAUSE_REJECTS: where the thing turned down starts. */
};

enum { MAX_CLAUSES = 16 }; /* The last one takes the rest. */

uint32_t clauses_of(const struct tokens *tokens, struct clause out[MAX_CLAUSES]);

/* Words that ask for a person in a clause that says something: "manager", "real person" after a
 * verb of asking, or alone. */
bool clauses_ask_for_person(const struct tokens *tokens, uint32_t from, uint32_t to);

#endif

// SPDX-License-Identifier: Apache-2.0
/* cdr_inside.h - a call's account as JSON, for other files of store/. */
#ifndef STORE_CDR_INSIDE_H
#define STORE_CDR_INSIDE_H

#include <jansson.h>

#include "base/attr.h"
#include "base/text.h"

struct sqlite3;

/* The CDR of one call, as `offhook cdr --format jsonl` prints it; NULL: there is none. */
MUST_USE json_t *store_cdr_json(struct sqlite3 *db, const char *ref);
/* What the account has beside it: "turns", "handovers" ..., each a list. */
MUST_USE json_t *store_cdr_json_account(struct sqlite3 *db, const char *ref);
/* "key=value\n" lines as an object. */
MUST_USE json_t *store_cdr_json_lines(struct text lines);

#endif

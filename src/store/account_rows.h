// SPDX-License-Identifier: Apache-2.0
/* account_rows.h - the account's statements, a row for each: which command writes what, and where.
 *
 * In the order of their execution: all rows of a kind, from the first. The first of a kind carries
 * every check (key, foreign key, must_change). Private to store/: rows.c runs them. */
#ifndef STORE_ACCOUNT_ROWS_H
#define STORE_ACCOUNT_ROWS_H

#include <stdint.h>

#include "store/statement.h"

extern const struct statement account_statements[];
extern const uint32_t account_statement_count;

#endif

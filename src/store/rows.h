// SPDX-License-Identifier: Apache-2.0
/* rows.h - what each STORE_* command writes into the database: a table of statements.
 *
 * Order: open, then for each batch begin, write..., commit or roll back. One thread. A command
 * costs 5-15 us without the commit. What fails is of two kinds: the database cannot write now
 * (FAILED: roll back and try the batch again later), or this command is wrong and always will be
 * (REJECTED: the rest of the batch goes on). */
#ifndef STORE_ROWS_H
#define STORE_ROWS_H

#include <stdint.h>

#include "base/attr.h"
#include "core/command.h"

struct sqlite3;
struct store_rows;

enum store_rows_result { STORE_ROWS_WRITTEN, STORE_ROWS_REJECTED, STORE_ROWS_FAILED };

/* Prepares the statements. 0, -ENOMEM, or -EIO with the database's words in why. */
MUST_USE int store_rows_open(struct store_rows **out, struct sqlite3 *db, char *why,
                             uint32_t why_size);
void store_rows_close(struct store_rows *rows);

/* The call that has this idempotency key. False: none has. */
MUST_USE bool store_rows_known(struct store_rows *rows, struct text key, char *ref, size_t size);
enum store_rows_result store_rows_begin(struct store_rows *rows);
/* Writes all that the command says. A rejected command leaves nothing of itself behind. */
MUST_USE enum store_rows_result store_rows_write(struct store_rows *rows,
                                                 const struct command *command);
/* Durable when WRITTEN. */
MUST_USE enum store_rows_result store_rows_commit(struct store_rows *rows);
void store_rows_roll_back(struct store_rows *rows);

/* Rows of the outbox that were written so far; of a batch that was rolled back too. */
uint64_t store_rows_told(const struct store_rows *rows);

/* What the last FAILED or REJECTED was about, in words. */
const char *store_rows_why(const struct store_rows *rows);

#endif

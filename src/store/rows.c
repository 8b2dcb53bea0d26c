// SPDX-License-Identifier: Apache-2.0
/* rows.c - prepares and runs the statements of account_rows.c and outbox_rows.c.
 *
 * A statement that must change a row and changes none is a rejection: its call was never opened, or
 * has already ended. */
#include "store/rows.h"

#include <assert.h>
#include <errno.h>
#include <sqlite3.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/account_rows.h"
#include "store/outbox_rows.h"
#include "store/statement.h"

enum { WHY = 160 };

enum { BEGIN, COMMIT, FIXED };

static const char *const fixed_sql[FIXED] = {
    [BEGIN] = "BEGIN IMMEDIATE",
    [COMMIT] = "COMMIT",
};

struct store_rows {
    sqlite3 *db;
    sqlite3_stmt *fixed[FIXED];
    uint64_t told; /* Rows of the outbox made so far. */
    char why[WHY];
    uint32_t count;
    sqlite3_stmt *prepared[];
};

/* The account first, then what of it is told to others. */
static const struct statement *statement_at(uint32_t i)
{
    return i < account_statement_count ? &account_statements[i]
                                       : &outbox_statements[i - account_statement_count];
}

static int prepare(struct store_rows *rows, const char *sql, sqlite3_stmt **out)
{
    return sqlite3_prepare_v3(rows->db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL);
}

int store_rows_open(struct store_rows **out, sqlite3 *db, char *why, uint32_t why_size)
{
    uint32_t count = account_statement_count + OUTBOX_STATEMENTS;
    struct store_rows *rows = calloc(1, sizeof(*rows) + count * sizeof(rows->prepared[0]));
    int result = SQLITE_OK;

    if (!rows)
        return -ENOMEM;
    rows->count = count;
    rows->db = db;
    for (int i = 0; i < FIXED && result == SQLITE_OK; i++)
        result = prepare(rows, fixed_sql[i], &rows->fixed[i]);
    for (uint32_t i = 0; i < rows->count && result == SQLITE_OK; i++)
        result = prepare(rows, statement_at(i)->sql, &rows->prepared[i]);
    if (result != SQLITE_OK) {
        snprintf(why, why_size, "cannot prepare the database: %s", sqlite3_errmsg(db));
        store_rows_close(rows);
        return -EIO;
    }
    *out = rows;
    return 0;
}

void store_rows_close(struct store_rows *rows)
{
    if (!rows)
        return;
    for (int i = 0; i < FIXED; i++)
        sqlite3_finalize(rows->fixed[i]);
    for (uint32_t i = 0; i < rows->count; i++)
        sqlite3_finalize(rows->prepared[i]);
    free(rows);
}

const char *store_rows_why(const struct store_rows *rows)
{
    return rows->why;
}

/* Sorts what went wrong into "this command" and "the database, now". Unknown errors count as the
 * database's: trying again loses nothing. */
static enum store_rows_result explain(struct store_rows *rows, int code)
{
    int error = sqlite3_system_errno(rows->db);

    switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG:
    case SQLITE_RANGE:
        snprintf(rows->why, sizeof(rows->why), "%s", sqlite3_errmsg(rows->db));
        return STORE_ROWS_REJECTED;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
        snprintf(rows->why, sizeof(rows->why), "%s %d (%s)", sqlite3_errmsg(rows->db), code,
                 error ? strerror(error) : "the system gave no reason");
        return STORE_ROWS_FAILED;
    default:
        snprintf(rows->why, sizeof(rows->why), "%s", sqlite3_errmsg(rows->db));
        return STORE_ROWS_FAILED;
    }
}

static enum store_rows_result run(struct store_rows *rows, sqlite3_stmt *statement)
{
    int code = sqlite3_step(statement);
    enum store_rows_result result =
        code == SQLITE_DONE || code == SQLITE_ROW ? STORE_ROWS_WRITTEN : explain(rows, code);

    sqlite3_reset(statement);
    return result;
}

static int bind_one(sqlite3_stmt *statement, int index, const struct param *param,
                    const unsigned char *record)
{
    const void *at = record + param->offset;
    const struct text *text = at;
    int value;

    switch (param->type) {
    case PARAM_TEXT:
        return sqlite3_bind_text(statement, index, text->data ? text->data : "", (int)text->size,
                                 SQLITE_STATIC);
    case PARAM_U64:
        return sqlite3_bind_int64(statement, index, (sqlite3_int64) * (const uint64_t *)at);
    case PARAM_U32:
        return sqlite3_bind_int64(statement, index, *(const uint32_t *)at);
    case PARAM_U16:
        return sqlite3_bind_int(statement, index, *(const uint16_t *)at);
    case PARAM_BOOL:
        return sqlite3_bind_int(statement, index, *(const bool *)at);
    case PARAM_CHAR:
        return sqlite3_bind_text(statement, index, at, *(const char *)at ? 1 : 0, SQLITE_STATIC);
    case PARAM_MAYBE:
        value = *(const int32_t *)at;
        return value < 0 ? sqlite3_bind_null(statement, index)
                         : sqlite3_bind_int(statement, index, value);
    case PARAM_WORD:
        value = *(const int *)at;
        if (value < 0 || value >= param->word_count)
            return SQLITE_RANGE;
        return sqlite3_bind_text(statement, index, param->words[value], -1, SQLITE_STATIC);
    case PARAM_END:
        break;
    }
    return SQLITE_MISUSE;
}

static enum store_rows_result write_one(struct store_rows *rows, uint32_t i,
                                        const struct command *command)
{
    const struct statement *row = statement_at(i);

    for (int p = 0; p < PARAMS && row->params[p].type != PARAM_END; p++) {
        int code =
            bind_one(rows->prepared[i], p + 1, &row->params[p], (const unsigned char *)command);
        if (code != SQLITE_OK) {
            snprintf(rows->why, sizeof(rows->why), "parameter %d: %s", p + 1, sqlite3_errstr(code));
            return code == SQLITE_NOMEM ? STORE_ROWS_FAILED : STORE_ROWS_REJECTED;
        }
    }
    enum store_rows_result result = run(rows, rows->prepared[i]);
    if (result == STORE_ROWS_WRITTEN && row->must_change && sqlite3_changes(rows->db) == 0) {
        snprintf(rows->why, sizeof(rows->why), "no such call, or it has already ended");
        return STORE_ROWS_REJECTED;
    }
    if (result == STORE_ROWS_WRITTEN && i >= account_statement_count)
        rows->told += (uint64_t)sqlite3_changes(rows->db);
    return result;
}

/* The first statement of a kind carries every check (key, foreign key, must_change): when it
 * passes, the others of the kind cannot be rejected, so a rejected command leaves nothing behind
 * without a savepoint, which would cost as much as a statement. */
enum store_rows_result store_rows_write(struct store_rows *rows, const struct command *command)
{
    enum store_rows_result result = STORE_ROWS_REJECTED;

    snprintf(rows->why, sizeof(rows->why), "not a command of the store");
    for (uint32_t i = 0; i < rows->count; i++) {
        if (statement_at(i)->kind != command->kind)
            continue;
        result = write_one(rows, i, command);
        if (result != STORE_ROWS_WRITTEN)
            break;
    }
    return result;
}

uint64_t store_rows_told(const struct store_rows *rows)
{
    return rows->told;
}

bool store_rows_known(struct store_rows *rows, struct text key, char *ref, size_t size)
{
    sqlite3_stmt *find = NULL;
    bool found = false;

    if (key.size == 0 || prepare(rows, "SELECT ref FROM calls WHERE idempotency_key = ?1", &find))
        return false;
    sqlite3_bind_text(find, 1, key.data, (int)key.size, SQLITE_STATIC);
    if (sqlite3_step(find) == SQLITE_ROW) {
        snprintf(ref, size, "%s", (const char *)sqlite3_column_text(find, 0));
        found = true;
    }
    sqlite3_finalize(find);
    return found;
}

enum store_rows_result store_rows_begin(struct store_rows *rows)
{
    return run(rows, rows->fixed[BEGIN]);
}

enum store_rows_result store_rows_commit(struct store_rows *rows)
{
    return run(rows, rows->fixed[COMMIT]);
}

void store_rows_roll_back(struct store_rows *rows)
{
    if (!sqlite3_get_autocommit(rows->db))
        sqlite3_exec(rows->db, "ROLLBACK", NULL, NULL, NULL);
}

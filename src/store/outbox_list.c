// SPDX-License-Identifier: Apache-2.0
/* outbox_list.c - `offhook outbox`: what is on its way to others, and what was given up, shown and
 * sent again. Beside a server that runs: the courier sees it within two seconds. */
#include <errno.h>
#include <jansson.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "store/cdr_text.h"
#include "store/schema.h"
#include "store/store.h"

static const char list_sql[] =
    "SELECT id, event, endpoint, call, state, attempts, made_ms, due_ms, status, why FROM outbox"
    " WHERE (state = 'dead' OR (state = 'waiting' AND NOT ?1) OR (state = 'done' AND ?2))"
    " AND (?3 = '' OR endpoint = ?3 OR id = ?3) ORDER BY seq";

static struct text at(sqlite3_stmt *row, int column)
{
    return (struct text){(const char *)sqlite3_column_text(row, column),
                         (uint32_t)sqlite3_column_bytes(row, column)};
}

static json_t *word(sqlite3_stmt *row, int column)
{
    size_t size = 0;
    char *copy = store_cdr_utf8(at(row, column), &size);
    json_t *json = copy ? json_stringn(copy, size) : NULL;

    free(copy);
    return json;
}

static json_t *time_of(sqlite3_stmt *row, int column)
{
    char time[25];

    clock_print_wall((uint64_t)sqlite3_column_int64(row, column), time);
    return json_string(time);
}

static void print_json(sqlite3_stmt *row, FILE *out)
{
    json_t *object = json_object();
    static const char *const names[] = {"id",       "event", "endpoint", "call",   "state",
                                        "attempts", "made",  "due",      "status", "why"};

    for (int i = 0; i < 10; i++)
        json_object_set_new(object, names[i],
                            i == 5 || i == 8   ? json_integer(sqlite3_column_int64(row, i))
                            : i == 6 || i == 7 ? time_of(row, i)
                                               : word(row, i));
    json_dumpf(object, out, JSON_COMPACT);
    fputc('\n', out);
    json_decref(object);
}

static void print_text(sqlite3_stmt *row, FILE *out)
{
    char made[25], due[25];

    clock_print_wall((uint64_t)sqlite3_column_int64(row, 6), made);
    clock_print_wall((uint64_t)sqlite3_column_int64(row, 7), due);
    fprintf(out, "%s  %-17.*s  %-16.*s  %-7.*s  %d tried  %s", made, TEXT_ARGS(at(row, 1)),
            TEXT_ARGS(at(row, 2)), TEXT_ARGS(at(row, 4)), sqlite3_column_int(row, 5),
            (const char *)sqlite3_column_text(row, 0));
    if (text_equal(at(row, 4), TEXT("waiting")))
        fprintf(out, "  again at %s", due);
    if (at(row, 9).size > 0) {
        size_t size = 0;
        char *why = store_cdr_utf8(at(row, 9), &size);
        fprintf(out, "  %s", why ? why : "");
        free(why);
    }
    fputc('\n', out);
}

int store_outbox_print(const char *dir, const struct store_outbox_query *query, FILE *out,
                       uint32_t *count, char *why, uint32_t why_size)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *rows = NULL;
    int code, error = store_schema_read(dir, &db, why, why_size);

    *count = 0;
    if (error)
        return error;
    code = sqlite3_prepare_v2(db, list_sql, -1, &rows, NULL);
    if (code == SQLITE_OK) {
        sqlite3_bind_int(rows, 1, query->dead);
        sqlite3_bind_int(rows, 2, query->done);
        sqlite3_bind_text(rows, 3, query->what ? query->what : "", -1, SQLITE_STATIC);
        while ((code = sqlite3_step(rows)) == SQLITE_ROW) {
            (query->json ? print_json : print_text)(rows, out);
            ++*count;
        }
    }
    if (code != SQLITE_DONE) {
        snprintf(why, why_size, "cannot read the outbox: %s", sqlite3_errmsg(db));
        error = -EIO;
    }
    sqlite3_finalize(rows);
    sqlite3_close(db);
    return error;
}

/* By its id also what was delivered: somebody has lost it. */
static const char resend_sql[] =
    "UPDATE outbox SET state = 'waiting', attempts = 0, due_ms = ?2, changed_ms = ?2,"
    " why = '', status = 0"
    " WHERE (state = 'dead' AND (?1 = '' OR endpoint = ?1)) OR (id = ?1 AND state <> 'waiting')";
static const char enable_sql[] = "UPDATE endpoints SET state = 'on', why = '', changed_ms = ?2"
                                 " WHERE state = 'gone' AND (?1 = '' OR name = ?1)";

static int change(sqlite3 *db, const char *sql, const char *what, int *count)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);

    if (code == SQLITE_OK)
        code = sqlite3_bind_text(statement, 1, what, -1, SQLITE_STATIC);
    if (code == SQLITE_OK)
        code = sqlite3_bind_int64(statement, 2, (sqlite3_int64)clock_wall_ms());
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    *count += sqlite3_changes(db);
    sqlite3_finalize(statement);
    return code == SQLITE_DONE ? 0 : -EIO;
}

int store_outbox_resend(const char *dir, const char *what, uint32_t *count, char *why,
                        uint32_t why_size)
{
    sqlite3 *db = NULL;
    int rows = 0, enabled = 0, error = store_schema_change(dir, &db, why, why_size);

    if (error)
        return error;
    if (sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK ||
        change(db, resend_sql, what, &rows) || change(db, enable_sql, what, &enabled) ||
        sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK) {
        snprintf(why, why_size, "cannot change the outbox: %s", sqlite3_errmsg(db));
        error = -EIO;
    } else if (rows == 0 && enabled == 0) {
        snprintf(why, why_size, "nothing is dead%s%s", *what ? " of " : "", what);
        error = -ENOENT;
    }
    *count = (uint32_t)rows;
    sqlite3_close(db);
    return error;
}

// SPDX-License-Identifier: Apache-2.0
/* cdr.c - call detail records as CSV and JSON lines, read beside a running server.
 *
 * Rows are read in pages, and a page is printed only after its read transaction has ended: a reader
 * who stops reading (a pager, a full pipe) would otherwise keep the server's log from being
 * emptied. Memory is one page, whatever the size of the account. */
#include <errno.h>
#include <jansson.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "store/cdr_columns.h"
#include "store/cdr_inside.h"
#include "store/cdr_text.h"
#include "store/schema.h"
#include "store/store.h"

enum { PAGE_ROWS = 128, SQL_SIZE = 4096 };

static void append_columns(struct text_buffer *sql, const struct column *list, uint32_t count)
{
    text_append(sql, TEXT("SELECT "));
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0)
            text_append_char(sql, ',');
        text_append(sql, text_of(list[i].sql ? list[i].sql : list[i].name));
    }
}

static struct text text_at(sqlite3_stmt *row, int column)
{
    const unsigned char *data = sqlite3_column_text(row, column);
    return (struct text){.data = (const char *)data,
                         .size = (uint32_t)sqlite3_column_bytes(row, column)};
}

static void print_time(sqlite3_stmt *row, int column, char out[25])
{
    sqlite3_int64 ms = sqlite3_column_int64(row, column);
    clock_print_wall(ms > 0 ? (uint64_t)ms : 0, out);
}

static void print_csv_row(sqlite3_stmt *row, FILE *out)
{
    char time[25];

    for (uint32_t i = 0; i < cdr_column_count; i++) {
        if (i > 0)
            fputc(',', out);
        if (sqlite3_column_type(row, i) == SQLITE_NULL)
            continue;
        switch (cdr_columns[i].type) {
        case COLUMN_TIME:
            print_time(row, i, time);
            fputs(time, out);
            break;
        case COLUMN_NUMBER:
        case COLUMN_BOOL:
            fprintf(out, "%lld", (long long)sqlite3_column_int64(row, i));
            break;
        case COLUMN_TEXT:
        case COLUMN_ENTITIES:
            store_cdr_cell(text_at(row, i), out);
            break;
        }
    }
    fputs("\r\n", out);
}

static void print_csv_head(FILE *out)
{
    for (uint32_t i = 0; i < cdr_column_count; i++)
        fprintf(out, "%s%s", i > 0 ? "," : "", cdr_columns[i].name);
    fputs("\r\n", out);
}

static json_t *json_text(struct text t)
{
    size_t size = 0;
    char *copy = store_cdr_utf8(t, &size);
    json_t *json = copy ? json_stringn(copy, size) : NULL;

    free(copy);
    return json;
}

/* "key=value\n" lines. A name given twice keeps its last value. */
json_t *store_cdr_json_lines(struct text lines)
{
    json_t *object = json_object();

    while (lines.data && lines.size > 0) {
        struct text value = text_next(&lines, '\n');
        struct text name = text_next(&value, '=');
        size_t size = 0;
        char *key = text_empty(name) ? NULL : store_cdr_utf8(name, &size);
        if (key)
            json_object_set_new(object, key, json_text(value.data ? value : TEXT_EMPTY));
        free(key);
    }
    return object;
}

static json_t *json_row(sqlite3_stmt *row, const struct column *list, uint32_t count)
{
    json_t *object = json_object();
    char time[25];

    for (uint32_t i = 0; i < count; i++) {
        json_t *value = NULL;
        if (sqlite3_column_type(row, (int)i) == SQLITE_NULL) {
            json_object_set_new(object, list[i].name, json_null());
            continue;
        }
        switch (list[i].type) {
        case COLUMN_TIME:
            print_time(row, (int)i, time);
            value = json_string(time);
            break;
        case COLUMN_NUMBER:
            value = json_integer(sqlite3_column_int64(row, (int)i));
            break;
        case COLUMN_BOOL:
            value = json_boolean(sqlite3_column_int64(row, (int)i) != 0);
            break;
        case COLUMN_TEXT:
            value = json_text(text_at(row, (int)i));
            break;
        case COLUMN_ENTITIES:
            value = store_cdr_json_lines(text_at(row, (int)i));
            break;
        }
        json_object_set_new(object, list[i].name, value);
    }
    return object;
}

struct printer {
    sqlite3 *db;
    const struct cdr_query *query;
    sqlite3_stmt *page;
    char *why;
    uint32_t why_size;
};

static int explain(struct printer *printer)
{
    snprintf(printer->why, printer->why_size, "cannot read the account: %s",
             sqlite3_errmsg(printer->db));
    return -EIO;
}

static int json_part(struct printer *printer, const struct cdr_part *part, json_t *account)
{
    char storage[SQL_SIZE];
    struct text_buffer sql;
    sqlite3_stmt *rows = NULL;
    json_t *list = json_array();
    int code;

    text_buffer_init(&sql, storage, sizeof(storage));
    append_columns(&sql, part->columns, part->count);
    text_append(&sql, TEXT(" FROM "));
    text_append(&sql, text_of(part->table));
    text_append(&sql, TEXT(" WHERE call = ?1 ORDER BY "));
    text_append(&sql, text_of(part->order));
    json_object_set_new(account, part->table, list);
    if (sqlite3_prepare_v2(printer->db, storage, (int)sql.size, &rows, NULL) != SQLITE_OK)
        return explain(printer);
    sqlite3_bind_text(rows, 1, printer->query->ref, -1, SQLITE_STATIC);
    while ((code = sqlite3_step(rows)) == SQLITE_ROW)
        json_array_append_new(list, json_row(rows, part->columns, part->count));
    sqlite3_finalize(rows);
    return code == SQLITE_DONE ? 0 : explain(printer);
}

static int json_parts(struct printer *printer, json_t *account)
{
    int error = 0;

    for (uint32_t i = 0; i < cdr_part_count && !error; i++)
        error = json_part(printer, &cdr_parts[i], account);
    return error;
}

static int print_json_row(struct printer *printer, FILE *out)
{
    json_t *object = json_row(printer->page, cdr_columns, cdr_column_count);
    json_t *account = json_object();
    int error = 0;

    if (printer->query->ref) {
        json_object_set(object, "account", account);
        error = json_parts(printer, account);
    }
    if (!error && json_dumpf(object, out, JSON_COMPACT) < 0) {
        snprintf(printer->why, printer->why_size, "out of memory");
        error = -ENOMEM;
    }
    fputc('\n', out);
    json_decref(account);
    json_decref(object);
    return error;
}

/* One call by its reference, or calls by the time of their start, from a place on. */
static int prepare(struct printer *printer)
{
    char storage[SQL_SIZE];
    struct text_buffer sql;

    text_buffer_init(&sql, storage, sizeof(storage));
    append_columns(&sql, cdr_columns, cdr_column_count);
    text_append(&sql,
                TEXT(" FROM calls LEFT JOIN legs ON legs.call = calls.ref AND legs.number = 1"));
    if (printer->query->ref)
        text_append(&sql, TEXT(" WHERE calls.ref = ?1"));
    else
        text_append(&sql,
                    TEXT(" WHERE (calls.started_ms, calls.ref) > (?1, ?2) AND calls.started_ms < ?3"
                         " AND (?4 OR calls.ended_ms IS NOT NULL)"
                         " ORDER BY calls.started_ms, calls.ref LIMIT ?5"));
    if (sqlite3_prepare_v2(printer->db, storage, (int)sql.size, &printer->page, NULL) != SQLITE_OK)
        return explain(printer);

    const struct cdr_query *query = printer->query;
    if (query->ref) {
        sqlite3_bind_text(printer->page, 1, query->ref, -1, SQLITE_STATIC);
        return 0;
    }
    sqlite3_bind_int64(printer->page, 1, (sqlite3_int64)query->since_ms);
    sqlite3_bind_text(printer->page, 2, "", 0, SQLITE_STATIC);
    sqlite3_bind_int64(printer->page, 3,
                       query->until_ms ? (sqlite3_int64)query->until_ms : INT64_MAX);
    sqlite3_bind_int(printer->page, 4, query->live);
    sqlite3_bind_int(printer->page, 5, PAGE_ROWS);
    return 0;
}

json_t *store_cdr_json(sqlite3 *db, const char *ref)
{
    char why[128];
    const struct cdr_query query = {.ref = ref};
    struct printer printer = {.db = db, .query = &query, .why = why, .why_size = sizeof(why)};
    json_t *object = NULL;

    if (prepare(&printer) == 0 && sqlite3_step(printer.page) == SQLITE_ROW)
        object = json_row(printer.page, cdr_columns, cdr_column_count);
    sqlite3_finalize(printer.page);
    return object;
}

json_t *store_cdr_json_account(sqlite3 *db, const char *ref)
{
    char why[128];
    const struct cdr_query query = {.ref = ref};
    struct printer printer = {.db = db, .query = &query, .why = why, .why_size = sizeof(why)};
    json_t *account = json_object();

    if (json_parts(&printer, account)) {
        json_decref(account);
        return NULL;
    }
    return account;
}

/* Prints one page into memory. The number of its rows, or -errno. */
static int read_page(struct printer *printer, FILE *out)
{
    sqlite3_int64 started = 0;
    sqlite3_value *ref = NULL;
    int rows = 0, code, error = 0;

    while (!error && (code = sqlite3_step(printer->page)) == SQLITE_ROW) {
        if (printer->query->format == CDR_CSV)
            print_csv_row(printer->page, out);
        else
            error = print_json_row(printer, out);
        rows++;
        started = sqlite3_column_int64(printer->page, 1);
        if (!printer->query->ref && rows == PAGE_ROWS) {
            ref = sqlite3_value_dup(sqlite3_column_value(printer->page, 0));
            error = ref ? error : -ENOMEM;
        }
    }
    if (!error && code != SQLITE_DONE)
        error = explain(printer);
    sqlite3_reset(printer->page);
    if (ref) {
        sqlite3_bind_int64(printer->page, 1, started);
        sqlite3_bind_value(printer->page, 2, ref);
        sqlite3_value_free(ref);
    }
    return error ? error : rows;
}

static int print_page(struct printer *printer, FILE *out)
{
    char *bytes = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&bytes, &size);
    int rows;

    if (!memory) {
        snprintf(printer->why, printer->why_size, "out of memory");
        return -ENOMEM;
    }
    rows = read_page(printer, memory);
    if (fclose(memory) != 0 && rows >= 0) {
        snprintf(printer->why, printer->why_size, "out of memory");
        rows = -ENOMEM;
    }
    if (rows > 0 && (fwrite(bytes, 1, size, out) != size || fflush(out) != 0)) {
        rows = errno ? -errno : -EIO;
        snprintf(printer->why, printer->why_size, "cannot write: %s", strerror(-rows));
    }
    free(bytes);
    return rows;
}

int store_print_cdr(const char *dir, const struct cdr_query *query, FILE *out, char *why,
                    uint32_t why_size)
{
    struct printer printer = {.query = query, .why = why, .why_size = why_size};
    int rows = store_schema_read(dir, &printer.db, why, why_size);

    if (rows < 0)
        return rows;
    rows = prepare(&printer);
    if (rows == 0 && query->format == CDR_CSV)
        print_csv_head(out);
    if (rows == 0) {
        do {
            rows = print_page(&printer, out);
        } while (!query->ref && rows == PAGE_ROWS);
        if (query->ref && rows == 0) {
            snprintf(why, why_size, "there is no call %s in %s", query->ref, dir);
            rows = -ENOENT;
        }
    }
    sqlite3_finalize(printer.page);
    sqlite3_close(printer.db);
    return rows < 0 ? rows : 0;
}

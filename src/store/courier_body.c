// SPDX-License-Identifier: Apache-2.0
/* courier_body.c - what an event says: its own facts, the call's, and what was said, as far as the
 * receiver may know.
 *
 * Made when it is sent, from the account as it is then: nothing is kept twice, and what has been
 * deleted is not told any more. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "core/command.h"
#include "store/cdr_inside.h"
#include "store/cdr_text.h"
#include "store/courier_inside.h"

enum { HISTORY = 5 };

/* The other side; an index of the database is of the same expression (schema.c). */
#define PARTY(call) "iif(" call ".direction = 'out', " call ".called, " call ".caller)"
#define FIVE_DIGITS "*[0-9]*[0-9]*[0-9]*[0-9]*[0-9]*"

/* Words of people: left away where `transcript` is false. */
static const char *const lists_said[] = {"turns", "keys", "tools"};
static const char *const words_said[] = {"text",     "unheard",    "statement", "summary",
                                         "entities", "transcript", "brief"};
/* Left away first when it is too long. */
static const char *const details[] = {"ledger", "tools", "keys", "legs", "captures", "handovers"};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* "key=value" lines there, an object here, as in the account. */
static void spread(json_t *facts, const char *name)
{
    const char *lines = json_string_value(json_object_get(facts, name));

    if (lines)
        json_object_set_new(facts, name, store_cdr_json_lines(text_of(lines)));
}

/* Bytes from callers are in it, which may be no UTF-8. */
static json_t *facts_of(const char *data)
{
    size_t size = 0;
    char *clean = store_cdr_utf8(text_of(data), &size);
    json_t *facts = clean ? json_loadb(clean, size, 0, NULL) : NULL;

    free(clean);
    if (json_is_object(facts)) {
        spread(facts, "entities");
        spread(facts, "given");
        return facts;
    }
    json_decref(facts);
    return json_object();
}

static void forget_words(json_t *object)
{
    for (size_t i = 0; i < COUNT(words_said); i++)
        json_object_del(object, words_said[i]);
}

static void forget_said(json_t *data)
{
    json_t *account = json_object_get(data, "account"), *list, *entry;
    const char *name;
    size_t at;

    forget_words(data);
    for (size_t i = 0; i < COUNT(lists_said); i++)
        json_object_del(account, lists_said[i]);
    json_object_foreach(account, name, list)
    {
        json_array_foreach(list, at, entry) forget_words(entry);
    }
}

/* The last calls of the same person before this one. Who hides their number is nobody; so is who
 * has none of a telephone's, which many may share. */
static json_t *history_of(sqlite3 *db, const char *call)
{
    sqlite3_stmt *rows = NULL;
    json_t *list = json_array();

    if (sqlite3_prepare_v2(
            db,
            "SELECT b.ref FROM calls AS a JOIN calls AS b ON " PARTY("b") " = " PARTY(
                "a") " AND b.started_ms < a.started_ms WHERE a.ref = ?1"
                     " AND " PARTY("a") " GLOB '" FIVE_DIGITS "'"
                                        " ORDER BY b.started_ms DESC LIMIT ?2",
            -1, &rows, NULL) == SQLITE_OK) {
        sqlite3_bind_text(rows, 1, call, -1, SQLITE_STATIC);
        sqlite3_bind_int(rows, 2, HISTORY);
        while (sqlite3_step(rows) == SQLITE_ROW)
            json_array_append_new(list,
                                  store_cdr_json(db, (const char *)sqlite3_column_text(rows, 0)));
    }
    sqlite3_finalize(rows);
    return list;
}

/* What was looked up of the caller; "key=value" lines there, an object here. */
static json_t *facts_found(const json_t *account)
{
    json_t *lookups = json_object_get(account, "lookups");
    size_t count = json_array_size(lookups);
    json_t *last = count > 0 ? json_array_get(lookups, count - 1) : NULL;

    return json_incref(json_object_get(last, "facts"));
}

static void add_call(sqlite3 *db, const struct courier_row *row, json_t *data)
{
    json_t *call = row->call[0] ? store_cdr_json(db, row->call) : NULL;
    bool whole = row->event == HOOK_CALL_ENDED || row->event == HOOK_TRANSFER_OFFERED;

    if (!call)
        return;
    json_t *account = store_cdr_json_account(db, row->call);
    json_object_set_new(data, "call", call);
    json_object_set_new(data, "facts", facts_found(account));
    if (whole)
        json_object_set(data, "account", account);
    json_decref(account);
    if (row->event == HOOK_TRANSFER_OFFERED)
        json_object_set_new(data, "history", history_of(db, row->call));
}

json_t *courier_body(sqlite3 *db, const struct courier_row *row, bool transcript)
{
    json_t *body = json_object(), *data = facts_of(row->data);
    char time[25];

    clock_print_wall(row->made_ms, time);
    add_call(db, row, data);
    if (!transcript)
        forget_said(data);
    if (json_object_set_new(body, "type", json_string(hook_event_names[row->event])) ||
        json_object_set_new(body, "timestamp", json_string(time)) ||
        json_object_set(body, "data", data)) {
        json_decref(body);
        body = NULL;
    }
    json_decref(data);
    return body;
}

static char *dump(json_t *body, size_t *size)
{
    char *bytes = json_dumps(body, JSON_COMPACT);

    *size = bytes ? strlen(bytes) : 0;
    return bytes;
}

/* The older half of what was said. False: there is nothing more to leave away. */
static bool shorten(json_t *data, uint32_t *step)
{
    json_t *account = json_object_get(data, "account");
    json_t *turns = json_object_get(account, "turns");
    size_t half = json_array_size(turns) / 2;

    json_object_set_new(data, "truncated", json_true());
    if (*step < COUNT(details)) {
        json_object_del(account, details[(*step)++]);
        return true;
    }
    for (size_t i = 0; i < half; i++)
        json_array_remove(turns, 0);
    if (half > 0)
        return true;
    return account && json_object_del(data, "account") == 0;
}

char *courier_body_bytes(json_t *body, size_t *size)
{
    json_t *data = json_object_get(body, "data");
    char *bytes = dump(body, size);
    uint32_t step = 0;

    while (bytes && *size > COURIER_BODY && shorten(data, &step)) {
        free(bytes);
        bytes = dump(body, size);
    }
    return bytes;
}

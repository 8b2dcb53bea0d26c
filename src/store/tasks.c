// SPDX-License-Identifier: Apache-2.0
/* tasks.c - promises in the database: told to the core, shown to people, marked by them. */
#include "store/tasks.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "core/event.h"
#include "store/cdr_text.h"
#include "store/schema.h"
#include "store/store.h"

static const char known_sql[] =
    "SELECT t.call, t.turn, t.number, t.party, t.queue, t.agent, t.intent, t.summary, t.wall_ms,"
    " t.from_ms, t.until_ms, t.next_ms, t.attempts, t.state = 'calling',"
    " c.ref IS NOT NULL OR t.attempt <> '',"
    " ifnull(c.answered_ms, o.answered_ms) IS NOT NULL, t.place_ms, t.priority"
    " FROM tasks t LEFT JOIN calls o ON o.ref = t.attempt AND t.attempt <> ''"
    " LEFT JOIN calls c ON c.idempotency_key ="
    " 'callback-' || t.call || '-' || t.turn || '-' || t.number || '-' || t.attempts"
    " WHERE t.kind = 'callback' AND t.state IN ('waiting', 'calling')"
    " ORDER BY t.next_ms, t.id LIMIT ?1";

static struct text at(sqlite3_stmt *row, int column)
{
    return (struct text){(const char *)sqlite3_column_text(row, column),
                         (uint32_t)sqlite3_column_bytes(row, column)};
}

static bool tell(sqlite3_stmt *row, struct mailbox *events)
{
    struct event event = {.kind = STORE_TASK_KNOWN, .at_ms = clock_ms()};

    event.task.ref = at(row, 0);
    event.task.turn = (uint32_t)sqlite3_column_int64(row, 1);
    event.task.number = (uint32_t)sqlite3_column_int64(row, 2);
    event.task.party = at(row, 3);
    event.task.queue = at(row, 4);
    event.task.agent = at(row, 5);
    event.task.intent = at(row, 6);
    event.task.about = at(row, 7);
    event.task.promised_ms = (uint64_t)sqlite3_column_int64(row, 8);
    event.task.from_ms = (uint64_t)sqlite3_column_int64(row, 9);
    event.task.until_ms = (uint64_t)sqlite3_column_int64(row, 10);
    event.task.next_ms = (uint64_t)sqlite3_column_int64(row, 11);
    event.task.attempts = (uint32_t)sqlite3_column_int64(row, 12);
    event.task.calling = sqlite3_column_int(row, 13);
    event.task.made = sqlite3_column_int(row, 14);
    event.task.reached = sqlite3_column_int(row, 15);
    event.task.place_ms = (uint64_t)sqlite3_column_int64(row, 16);
    event.task.priority = (uint32_t)sqlite3_column_int64(row, 17);
    return event_post(events, &event) == MAILBOX_OK;
}

bool store_tasks_tell(sqlite3 *db, struct mailbox *events)
{
    sqlite3_stmt *query = NULL;
    bool all = true;

    if (sqlite3_prepare_v2(db, known_sql, -1, &query, NULL) == SQLITE_OK &&
        sqlite3_bind_int(query, 1, MAX_CALLBACKS) == SQLITE_OK) {
        while (all && sqlite3_step(query) == SQLITE_ROW)
            all = tell(query, events);
    } else {
        log_line(LOG_ERROR, "store", "cannot read the callbacks: %s", sqlite3_errmsg(db));
    }
    sqlite3_finalize(query);
    struct event told = {.kind = STORE_TASKS_TOLD, .at_ms = clock_ms()};
    return all && event_post(events, &told) == MAILBOX_OK;
}

/* ---- For people ---- */

static const char list_sql[] =
    "SELECT t.call, t.number, t.wall_ms, t.state, t.party, t.queue, t.agent, t.intent, t.summary,"
    " t.text, ifnull(c.file, ''), t.length_ms, t.attempts, t.until_ms, t.next_ms, t.why, t.due,"
    " iif(t.queued AND t.state = 'waiting', t.place_ms, 0), t.priority, t.attempt"
    " FROM tasks t LEFT JOIN captures c ON c.name = t.capture AND t.capture <> ''"
    " WHERE t.kind = ?1 AND (?2 OR t.state IN ('new', 'heard', 'recording', 'waiting', 'calling',"
    " 'given_up')) AND (?3 = '' OR t.call = ?3) ORDER BY t.wall_ms, t.id";

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

    if (sqlite3_column_int64(row, column) == 0)
        return json_null();
    clock_print_wall((uint64_t)sqlite3_column_int64(row, column), time);
    return json_string(time);
}

static void print_json(sqlite3_stmt *row, FILE *out)
{
    static const char *const names[] = {
        "call",   "number", "at",   "state",     "party",    "queue", "agent", "intent", "summary",
        "text",   "file",   "length_ms", "attempts", "until", "next",  "why",    "due",
        "in_queue_since", "priority", "attempt"};
    json_t *object = json_object();

    for (int i = 0; i < (int)(sizeof(names) / sizeof(names[0])); i++)
        json_object_set_new(object, names[i],
                            i == 2 || i == 13 || i == 14 || i == 17 ? time_of(row, i)
                            : i == 1 || i == 11 || i == 12 || i == 18
                                ? json_integer(sqlite3_column_int64(row, i))
                                                           : word(row, i));
    json_dumpf(object, out, JSON_COMPACT);
    fputc('\n', out);
    json_decref(object);
}

static void print_line(FILE *out, const char *what, struct text text)
{
    if (text.size)
        fprintf(out, "    %s" TEXT_FORMAT "\n", what, TEXT_ARGS(text));
}

static void print_text(sqlite3_stmt *row, FILE *out)
{
    char time[25];
    uint64_t seconds = (uint64_t)sqlite3_column_int64(row, 11) / 1000;

    clock_print_wall((uint64_t)sqlite3_column_int64(row, 2), time);
    fprintf(out, "%s  %s  %-9s  %s", time, (const char *)at(row, 0).data,
            (const char *)at(row, 3).data, (const char *)at(row, 4).data);
    if (seconds)
        fprintf(out, "  %llu s", (unsigned long long)seconds);
    if (sqlite3_column_int64(row, 12))
        fprintf(out, "  %lld attempts", (long long)sqlite3_column_int64(row, 12));
    if (sqlite3_column_int64(row, 14)) {
        clock_print_wall((uint64_t)sqlite3_column_int64(row, 14), time);
        fprintf(out, "  next %s", time);
    }
    if (sqlite3_column_int64(row, 17)) {
        clock_print_wall((uint64_t)sqlite3_column_int64(row, 17), time);
        fprintf(out, "  in the queue, place of %s, priority %lld", time,
                (long long)sqlite3_column_int64(row, 18));
    }
    fputc('\n', out);
    print_line(out, "", at(row, 8));
    print_line(out, "said: ", at(row, 9));
    print_line(out, "file: ", at(row, 10));
    print_line(out, "due: ", at(row, 16));
    print_line(out, "", at(row, 15));
}

int store_tasks_print(const char *dir, const struct store_tasks_query *query, FILE *out,
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
        sqlite3_bind_text(rows, 1, task_kind_names[query->kind], -1, SQLITE_STATIC);
        sqlite3_bind_int(rows, 2, query->all);
        sqlite3_bind_text(rows, 3, query->ref ? query->ref : "", -1, SQLITE_STATIC);
        while ((code = sqlite3_step(rows)) == SQLITE_ROW) {
            if (out)
                (query->json ? print_json : print_text)(rows, out);
            ++*count;
        }
    }
    if (code != SQLITE_DONE) {
        snprintf(why, why_size, "cannot read the tasks: %s", sqlite3_errmsg(db));
        error = -EIO;
    }
    sqlite3_finalize(rows);
    sqlite3_close(db);
    return error;
}

static const char mark_sql[] =
    "UPDATE tasks SET state = ?3, changed_ms = ?4 WHERE call = ?1 AND kind = ?2"
    " AND state IN ('new', 'heard', 'done', 'waiting', 'given_up')";

int store_tasks_mark(const char *dir, const char *ref, enum task_kind kind, enum task_state state,
                     char *why, uint32_t why_size)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *change = NULL;
    int error = store_schema_change(dir, &db, why, why_size);

    if (error)
        return error;
    if (sqlite3_prepare_v2(db, mark_sql, -1, &change, NULL) == SQLITE_OK) {
        sqlite3_bind_text(change, 1, ref, -1, SQLITE_STATIC);
        sqlite3_bind_text(change, 2, task_kind_names[kind], -1, SQLITE_STATIC);
        sqlite3_bind_text(change, 3, task_state_names[state], -1, SQLITE_STATIC);
        sqlite3_bind_int64(change, 4, (sqlite3_int64)clock_wall_ms());
    }
    if (!change || sqlite3_step(change) != SQLITE_DONE) {
        snprintf(why, why_size, "cannot change it: %s", sqlite3_errmsg(db));
        error = -EIO;
    } else if (sqlite3_changes(db) == 0) {
        snprintf(why, why_size, "no open %s of the call %s", task_kind_names[kind], ref);
        error = -ENOENT;
    }
    sqlite3_finalize(change);
    sqlite3_close(db);
    return error;
}

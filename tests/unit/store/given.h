// SPDX-License-Identifier: Apache-2.0
/* given.h - a store in a folder of its own, commands for it, and questions to its database. */
#ifndef TEST_STORE_GIVEN_H
#define TEST_STORE_GIVEN_H

#include <errno.h>
#include <ftw.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "check.h"
#include "store/store.h"

enum { EVENTS_BYTES = 1 << 20, ANSWER_MS = 20000 };

static char dir[64], why[256];
static struct mailbox *events;
static struct store *store;
static const uint64_t noon_ms = 1795262400000; /* 2026-11-21T12:00:00Z */

static inline int remove_one(const char *path, const struct stat *stat, int type, struct FTW *ftw)
{
    (void)stat;
    (void)type;
    (void)ftw;
    return remove(path);
}

static inline void remove_dir(void)
{
    if (dir[0])
        nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    dir[0] = '\0';
}

static inline void given_dir(void)
{
    remove_dir();
    snprintf(dir, sizeof(dir), "/tmp/offhook-store-XXXXXX");
    CHECK(mkdtemp(dir));
}

static inline void given_events(size_t bytes)
{
    if (events)
        mailbox_close(events);
    CHECK(mailbox_open(&events, "core", bytes) == 0);
}

static inline void open_store(void)
{
    struct store_options options = {.dir = dir, .journal_segment_bytes = 1 << 20};
    int error = store_open(&store, &options, events, why, sizeof(why));
    if (error)
        fprintf(stderr, "%s\n", why);
    CHECK(error == 0);
}

static inline void close_store(void)
{
    store_close(store);
    store = NULL;
}

static inline void given_store(void)
{
    given_dir();
    given_events(EVENTS_BYTES);
    open_store();
}

static inline void then_nothing_is_left(void)
{
    close_store();
    remove_dir();
}

static inline void post(struct command command)
{
    while (command_post(store_mailbox(store), &command) != MAILBOX_OK)
        clock_sleep_until_ns(clock_ns() + 1000000); /* As the core's loop does. */
}

static inline struct command opened(const char *ref, uint32_t call)
{
    return (struct command){.kind = STORE_CALL_OPENED,
                            .call = call,
                            .leg = call + 1,
                            .opened = {.ref = text_of(ref),
                                       .wall_ms = noon_ms,
                                       .caller = TEXT("+14155550123"),
                                       .called = TEXT("+14155550100"),
                                       .trunk = TEXT("carrier"),
                                       .source = TEXT("192.0.2.7:5060"),
                                       .sip_call_id = TEXT("a84b4c76e66710@pc33"),
                                       .agent = TEXT("front-desk"),
                                       .transport = TRANSPORT_TCP}};
}

static inline struct command answered(const char *ref)
{
    return (struct command){.kind = STORE_CALL_ANSWERED,
                            .answered = {.ref = text_of(ref),
                                         .wall_ms = noon_ms + 200,
                                         .codec = CODEC_PCMA,
                                         .agent = TEXT("front-desk")}};
}

static inline struct command turn(const char *ref, uint64_t wall_ms, const char *text)
{
    return (struct command){.kind = STORE_TURN,
                            .turn = {.ref = text_of(ref),
                                     .wall_ms = wall_ms,
                                     .turn = 1,
                                     .speaker = SPEAKER_CALLER,
                                     .agent = TEXT("front-desk"),
                                     .text = text_of(text),
                                     .intent = TEXT("billing"),
                                     .confidence_permille = 912,
                                     .word_confidence_permille = 640,
                                     .sentiment = SENTIMENT_FRUSTRATED,
                                     .entities = TEXT("account_id=4711\namount=$120.50\n")}};
}

static inline struct command closed(const char *ref, uint64_t wall_ms)
{
    return (struct command){.kind = STORE_CALL_CLOSED,
                            .closed = {.ref = text_of(ref),
                                       .wall_ms = wall_ms,
                                       .cause = CAUSE_CALLER_HUNG_UP,
                                       .agent = TEXT("billing"),
                                       .intent = TEXT("billing"),
                                       .sentiment = SENTIMENT_FRUSTRATED,
                                       .ring_ms = 200,
                                       .talk_ms = 9800,
                                       .turns = 1,
                                       .keys = 1,
                                       .handovers = 1,
                                       .interruptions = 1,
                                       .received = 490,
                                       .lost = 2,
                                       .jitter_us = 700,
                                       .sent = 480}};
}

/* The next answer, which comes by then, but for the word that all promises were told, which each start
 * says. EVENT_NONE: there was none. Its texts live until the next call. */
static inline struct event event_within(uint32_t ms)
{
    static uint8_t bytes[MAX_PACKED];
    struct event event = {.kind = STORE_TASKS_TOLD};

    while (event.kind == STORE_TASKS_TOLD) {
        event = (struct event){.kind = EVENT_NONE};
        if (!mailbox_wait(events, ms))
            return event;
        size_t size = mailbox_take(events, bytes, sizeof(bytes));
        CHECK(event_unpack(bytes, size, &event));
    }
    return event;
}

/* Fails after ANSWER_MS. */
static inline struct event next_event(void)
{
    struct event event = event_within(ANSWER_MS);

    CHECK(event.kind != EVENT_NONE);
    return event;
}

static inline sqlite3_stmt *ask(sqlite3 **db, const char *sql)
{
    char path[128];
    sqlite3_stmt *statement = NULL;

    snprintf(path, sizeof(path), "%s/offhook.db", dir);
    CHECK(sqlite3_open_v2(path, db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK);
    if (sqlite3_prepare_v2(*db, sql, -1, &statement, NULL) != SQLITE_OK)
        fprintf(stderr, "%s: %s\n", sql, sqlite3_errmsg(*db));
    CHECK(statement);
    return statement;
}

static inline int64_t number(const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *statement = ask(&db, sql);

    CHECK(sqlite3_step(statement) == SQLITE_ROW);
    int64_t value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return value;
}

/* The first column of the first row; lives until the next call. "(null)" for NULL. */
static inline const char *word(const char *sql)
{
    static char value[256];
    sqlite3 *db;
    sqlite3_stmt *statement = ask(&db, sql);

    CHECK(sqlite3_step(statement) == SQLITE_ROW);
    const unsigned char *text = sqlite3_column_text(statement, 0);
    snprintf(value, sizeof(value), "%s", text ? (const char *)text : "(null)");
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return value;
}

static inline bool is(const char *a, const char *b)
{
    if (strcmp(a, b) != 0)
        fprintf(stderr, "\"%s\" is not \"%s\"\n", a, b);
    return strcmp(a, b) == 0;
}

#endif

// SPDX-License-Identifier: Apache-2.0
/* courier_inside.h - the outbox's parts, for its own files. All of it is the outbox's thread's but
 * what is said otherwise. */
#ifndef STORE_COURIER_INSIDE_H
#define STORE_COURIER_INSIDE_H

#include <jansson.h>
#include <pthread.h>
#include <sqlite3.h>

#include "base/arena.h"
#include "base/mailbox.h"
#include "base/random.h"
#include "core/plan.h"
#include "net/http.h"
#include "store/courier.h"

enum {
    COURIER_WINDOW = 4,    /* On the way to one endpoint at once, */
    COURIER_STREAK = 5,    /* or one, after so many failures in a row: a trial. */
    COURIER_ID = 40,       /* "msg_" and 32 digits. */
    COURIER_SAID = 200,    /* Of an answer that is a failure, for people. */
    COURIER_BODY = 262144, /* Of a request. */
    COURIER_HEADERS = 24
};

/* A row that is due. */
struct courier_row {
    char id[COURIER_ID], call[64];
    enum hook_event event;
    uint64_t made_ms;
    uint32_t attempts;
    const char *data; /* A JSON object; lives until the statement is stepped. */
};

/* A request, ready to be sent. */
struct courier_letter {
    struct text method, url;
    struct net_header headers[COURIER_HEADERS];
    uint32_t header_count;
    bool repeatable; /* Its id is in a header: twice is once. */
    char *body;      /* malloc'ed. */
    size_t body_size;
    char bytes[16384]; /* What address and headers look at. */
    uint32_t used;
};

enum courier_written {
    COURIER_WRITTEN,
    COURIER_NOT_NOW, /* No memory, no database. */
    COURIER_NO_SECRET,
    COURIER_UNFIT /* A value that its address or body must have is not in this event. */
};

enum flight_state {
    FLIGHT_FREE,
    FLIGHT_OUT,     /* COURIER_LANDED is awaited. */
    FLIGHT_SETTLING /* What came of it is on its way into the database: the row may look due. */
};

struct flight {
    enum flight_state state;
    uint32_t serial, request;
    char id[COURIER_ID], endpoint[MAX_NAME];
    uint32_t attempt;  /* From 1. */
    uint64_t ended_ms; /* SETTLING: when it was decided, as the row will have it. */
};

/* Kept over a reload by its name. */
struct courier_endpoint {
    char name[MAX_NAME];
    uint32_t failures; /* In a row. */
};

/* Who is told, copied from a plan. */
struct courier_set {
    struct arena *arena;
    uint32_t count;
    struct plan_hook hooks[MAX_HOOKS];
};

enum courier_message_kind {
    COURIER_LOOK, /* The database has changed. */
    COURIER_STOP,
    COURIER_SET,   /* The set is the receiver's. */
    COURIER_LANDED /* From the net thread: a request is over, nothing of it is left. */
};

struct courier_message {
    enum courier_message_kind kind;
    struct courier_set *set;
    struct courier_landing {
        uint32_t flight, serial;
        bool cancelled;
        enum net_result result;
        uint32_t status;
        uint64_t retry_after_s;
        char said[COURIER_SAID];
    } landing;
};

struct courier {
    /* Set before the thread starts, then read only. */
    struct mailbox *box;   /* Full: looks are lost, which is nothing; all else waits. */
    struct mailbox *store; /* STORE_DELIVERY commands. */
    struct mailbox *hurry; /* A byte is in it once it is to stop; never taken. */
    struct net *net;
    pthread_t thread;
    bool stopped;             /* The opener's. */

    sqlite3 *db; /* For reading. */
    sqlite3_stmt *due, *next, *settled;
    struct courier_set *set;
    struct courier_endpoint endpoints[MAX_HOOKS]; /* As set->hooks. */
    struct flight flights[MAX_HOOKS * COURIER_WINDOW];
    uint32_t serial;
    struct random random;
    bool stopping;
    uint32_t hurried; /* Tries to tell the store, of all messages, since it is to stop. */
    uint64_t looked_ns; /* When the database was last looked at. */
};

/* courier_thread.c */
void *courier_thread_main(void *courier);

/* courier_look.c: sends what is due. Returns when to look again, in ms from now. */
uint32_t courier_look(struct courier *courier);

/* courier_letter.c: any thread. `event` as courier_body() makes it. What is written is to be
 * released, and is empty when it is not COURIER_WRITTEN. */
MUST_USE enum courier_written courier_letter_write(struct courier_letter *letter,
                                                   const struct plan_hook *hook, json_t *event,
                                                   const char *id);
void courier_letter_release(struct courier_letter *letter);
/* Whether an answer of this status means that it is done. */
bool courier_letter_done(const struct plan_hook *hook, uint32_t status);

/* courier_flight.c: begins an attempt. False: not now, nothing has changed. */
MUST_USE bool courier_flight_begin(struct courier *courier, uint32_t endpoint,
                                   const struct courier_row *row);
void courier_flight_land(struct courier *courier, const struct courier_landing *landing);
uint32_t courier_flights_out(const struct courier *courier);

/* courier_body.c: the event as JSON, the caller's to release. NULL: no memory, or the database
 * cannot be read now. */
MUST_USE json_t *courier_body(sqlite3 *db, const struct courier_row *row, bool transcript);
/* As bytes of at most COURIER_BODY, malloc'ed: of what is longer, parts are left away and
 * `truncated` says so. */
MUST_USE char *courier_body_bytes(json_t *body, size_t *size);

#endif

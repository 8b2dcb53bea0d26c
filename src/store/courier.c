// SPDX-License-Identifier: Apache-2.0
/* courier.c - opens and closes the courier; its thread is in courier_thread.c. */
#include "store/courier.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "store/courier_inside.h"
#include "store/schema.h"

enum { BOX_BYTES = 131072, SET_BYTES = 1 << 20 };

/* An event waits for those before it of its call, until they have failed twice. */
static const char due_sql[] =
    "SELECT id, event, call, made_ms, attempts, data FROM outbox AS o WHERE endpoint = ?1"
    " AND state = 'waiting' AND due_ms <= ?2 AND NOT EXISTS (SELECT 1 FROM outbox AS e"
    " WHERE e.endpoint = ?1 AND e.call = o.call AND e.state = 'waiting' AND e.seq < o.seq"
    " AND e.attempts < 2 AND o.call <> '') ORDER BY due_ms, seq LIMIT ?3";
static const char next_sql[] = "SELECT min(due_ms) FROM outbox WHERE endpoint = ?1"
                               " AND state = 'waiting' AND due_ms > ?2";
static const char settled_sql[] =
    "SELECT state <> 'waiting' OR attempts >= ?2 OR changed_ms >= ?3 FROM outbox WHERE id = ?1";

static int open_database(struct courier *courier, const char *dir, char *why, uint32_t why_size)
{
    int error = store_schema_read(dir, &courier->db, why, why_size);

    if (error)
        return error;
    if (sqlite3_prepare_v2(courier->db, due_sql, -1, &courier->due, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(courier->db, next_sql, -1, &courier->next, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(courier->db, settled_sql, -1, &courier->settled, NULL) == SQLITE_OK)
        return 0;
    snprintf(why, why_size, "cannot read the outbox: %s", sqlite3_errmsg(courier->db));
    return -EIO;
}

static void set_free(struct courier_set *set)
{
    if (set)
        arena_free(set->arena);
}

static void release(struct courier *courier)
{
    sqlite3_finalize(courier->due);
    sqlite3_finalize(courier->next);
    sqlite3_finalize(courier->settled);
    sqlite3_close(courier->db);
    if (courier->box)
        mailbox_close(courier->box);
    if (courier->hurry)
        mailbox_close(courier->hurry);
    set_free(courier->set);
    free(courier);
}

/* Signals are for the main thread. */
static int start_thread(struct courier *courier)
{
    sigset_t all, before;
    int error;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    error = pthread_create(&courier->thread, NULL, courier_thread_main, courier);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return -error;
}

int courier_open(struct courier **out, const char *dir, struct mailbox *store, struct net *net,
                 char *why, uint32_t why_size)
{
    struct courier *courier = calloc(1, sizeof(*courier));
    int error;

    snprintf(why, why_size, "out of memory");
    if (!courier)
        return -ENOMEM;
    courier->store = store;
    courier->net = net;
    courier->random.state = clock_wall_us() ^ clock_ns();
    error = mailbox_open(&courier->box, "outbox", BOX_BYTES);
    if (!error)
        error = mailbox_open(&courier->hurry, "outbox stop", 64);
    if (!error)
        error = open_database(courier, dir, why, why_size);
    if (!error)
        error = start_thread(courier);
    if (error)
        release(courier);
    else
        *out = courier;
    return error;
}

static void post(struct courier *courier, const struct courier_message *message)
{
    while (mailbox_post(courier->box, message, sizeof(*message)) != MAILBOX_OK)
        clock_sleep_until_ns(clock_ns() + 1000000); /* It is being emptied. */
}

void courier_stop(struct courier *courier)
{
    const struct courier_message stop = {.kind = COURIER_STOP};
    const uint8_t byte = 1;

    if (!courier || courier->stopped)
        return;
    (void)!mailbox_post(courier->hurry, &byte, sizeof(byte));
    post(courier, &stop);
    pthread_join(courier->thread, NULL);
    courier->stopped = true;
}

void courier_close(struct courier *courier)
{
    if (!courier)
        return;
    courier_stop(courier);
    release(courier);
}

void courier_wake(struct courier *courier)
{
    const struct courier_message look = {.kind = COURIER_LOOK};

    if (mailbox_post(courier->box, &look, sizeof(look)) != MAILBOX_OK)
        return; /* It has enough to wake for. */
}

static bool keep(struct arena *arena, struct text *t)
{
    *t = arena_text(arena, *t);
    return t->data != NULL;
}

static bool keep_connector(struct arena *arena, struct plan_hook *hook)
{
    const struct plan_pair *from = hook->headers;
    struct plan_pair *headers = arena_take(arena, (hook->header_count + 1u) * sizeof(*headers));

    if (!headers || !keep(arena, &hook->method) || !keep(arena, &hook->body) ||
        !keep(arena, &hook->token) || !keep(arena, &hook->token_header) ||
        !keep(arena, &hook->idempotency))
        return false;
    hook->headers = headers;
    for (uint8_t i = 0; i < hook->header_count; i++) {
        headers[i] = from[i];
        if (!keep(arena, &headers[i].name) || !keep(arena, &headers[i].value))
            return false;
    }
    return true;
}

static bool copy(struct courier_set *set, const struct plan *plan)
{
    for (uint32_t i = 0; i < plan->hook_count; i++) {
        struct plan_hook *hook = &set->hooks[set->count++];
        *hook = plan->hooks[i];
        if (!keep(set->arena, &hook->name) || !keep(set->arena, &hook->url) ||
            !keep(set->arena, &hook->secret) || !keep(set->arena, &hook->old_secret) ||
            !keep_connector(set->arena, hook))
            return false;
    }
    return true;
}

bool courier_prepare(struct courier *courier, const struct plan *plan)
{
    struct arena *arena = arena_new(SET_BYTES);
    struct courier_set *set = arena ? arena_take(arena, sizeof(*set)) : NULL;
    struct courier_message message = {.kind = COURIER_SET, .set = set};

    if (!arena)
        return false;
    if (set)
        set->arena = arena;
    if (!set || !copy(set, plan)) {
        arena_free(arena);
        return false;
    }
    post(courier, &message);
    return true;
}

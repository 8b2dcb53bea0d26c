// SPDX-License-Identifier: Apache-2.0
/* outbox_rows.h - which facts are told to others: rows made in the transaction of the fact.
 *
 * A fact that is committed has its rows, one for each endpoint that wants its event, and a fact
 * that is not has none: kill -9 loses nothing and makes nothing up. Who wants what is in the tables
 * `hooks` and `endpoints`, which are the configuration's as it was last applied, so that calls lost
 * with the server are told of at the next start too. Private to store/.
 *
 * To tell of another fact: a value in enum hook_event (core/plan.h), its name in core/command.c, a
 * row of outbox_statements with OUTBOX_TELL, and its part of the body in courier_body.c if more
 * belongs to it than `data` and its call. */
#ifndef STORE_OUTBOX_ROWS_H
#define STORE_OUTBOX_ROWS_H

#include <stdint.h>

#include "base/attr.h"
#include "core/plan.h"
#include "store/statement.h"

struct sqlite3;

/* `event`, `call`, `wall_ms` and `data` are SQL: a literal, a parameter, an expression. An event
 * that is NULL or nobody's makes no row. `data` is a JSON object. */
#define OUTBOX_TELL(event_sql, call_sql, wall_sql, data_sql)                                   \
    "INSERT INTO outbox (id, endpoint, event, call, made_ms, due_ms, state, changed_ms, why, " \
    "data)"                                                                                    \
    " SELECT 'msg_' || lower(hex(randomblob(16))), hooks.endpoint, hooks.event, " call_sql     \
    ", " wall_sql ", " wall_sql ", iif(endpoints.state = 'on', 'waiting', 'dead'), " wall_sql  \
    ", iif(endpoints.state = 'on', '', 'the endpoint is off: ' || endpoints.why), " data_sql   \
    " FROM hooks JOIN endpoints ON endpoints.name = hooks.endpoint WHERE hooks.event = " event_sql

enum { OUTBOX_STATEMENTS = 12 };
extern const struct statement outbox_statements[OUTBOX_STATEMENTS];

/* Before calls of the last run are closed: tells of their ends, and of who leaves a queue by it. */
extern const char outbox_recover_sql[];
/* After: of the callbacks that are promised for it, and the messages that were being left. */
extern const char outbox_recover_tasks_sql[];

/* Who wants what, as the store's thread takes it over. */
struct outbox_hooks {
    uint32_t count;
    struct outbox_hook {
        char name[MAX_NAME];
        char target[17]; /* Changes when the address does: an endpoint that was gone is tried again.
                          */
        uint32_t events; /* A bit for each enum hook_event. */
    } hooks[MAX_HOOKS];
};

/* A copy of what of the plan matters here; NULL: no memory. The caller's to free. */
struct outbox_hooks *outbox_hooks_of(const struct plan *plan);

/* Writes it, in the caller's transaction. Rows that wait for an endpoint that is no more are dead.
 * 0, or -EIO with the database's words to be had from it. */
MUST_USE int outbox_hooks_write(struct sqlite3 *db, const struct outbox_hooks *hooks);

#endif

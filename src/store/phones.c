// SPDX-License-Identifier: Apache-2.0
/* phones.c - a table read once. */
#include "store/phones.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "core/event.h"

static struct text column(sqlite3_stmt *row, int index)
{
    return text_of((const char *)sqlite3_column_text(row, index));
}

static enum transport transport_of(struct text name)
{
    for (enum transport t = TRANSPORT_UDP; t <= TRANSPORT_TLS; t++) {
        if (text_equal(name, text_of(transport_names[t])))
            return t;
    }
    return TRANSPORT_UDP;
}

static void tell(sqlite3_stmt *row, struct mailbox *events)
{
    struct event event = {.kind = STORE_PHONE_KNOWN, .at_ms = clock_ms()};

    event.phone.user = column(row, 0);
    event.phone.contact = column(row, 1);
    event.phone.source = column(row, 2);
    event.phone.transport = transport_of(column(row, 3));
    event.phone.expires_ms = (uint64_t)sqlite3_column_int64(row, 4);
    event.phone.sip_call_id = column(row, 5);
    event.phone.cseq = (uint32_t)sqlite3_column_int64(row, 6);
    if (event_post(events, &event) != MAILBOX_OK)
        log_line(LOG_WARN, "store", "a telephone of the last run is forgotten: the core is busy");
}

void store_phones_tell(sqlite3 *db, struct mailbox *events)
{
    sqlite3_stmt *query = NULL;

    if (sqlite3_prepare_v2(db, "DELETE FROM phones WHERE expires_ms <= ?1", -1, &query, NULL) ==
            SQLITE_OK &&
        sqlite3_bind_int64(query, 1, (sqlite3_int64)clock_wall_ms()) == SQLITE_OK)
        (void)sqlite3_step(query);
    sqlite3_finalize(query);
    query = NULL;
    if (sqlite3_prepare_v2(db,
                           "SELECT user, contact, source, transport, expires_ms, sip_call_id, cseq"
                           " FROM phones ORDER BY expires_ms",
                           -1, &query, NULL) == SQLITE_OK) {
        while (sqlite3_step(query) == SQLITE_ROW)
            tell(query, events);
    }
    sqlite3_finalize(query);
}

// SPDX-License-Identifier: Apache-2.0
/* operators.c - a table read once. */
#include "store/operators.h"

#include "base/clock.h"
#include "base/log.h"
#include "core/event.h"

static enum operator_said said_of(struct text name)
{
    for (enum operator_said said = SAID_AVAILABLE; said < OPERATOR_SAIDS; said++) {
        if (text_equal(name, text_of(operator_said_names[said])))
            return said;
    }
    return SAID_AVAILABLE;
}

void store_operators_tell(sqlite3 *db, struct mailbox *events)
{
    sqlite3_stmt *query = NULL;

    if (sqlite3_prepare_v2(db,
                           "SELECT name, said, aside FROM operators"
                           " WHERE said <> 'available' OR aside ORDER BY name",
                           -1, &query, NULL) == SQLITE_OK) {
        while (sqlite3_step(query) == SQLITE_ROW) {
            struct event event = {.kind = STORE_OPERATOR_KNOWN, .at_ms = clock_ms()};
            event.wish.name = text_of((const char *)sqlite3_column_text(query, 0));
            event.wish.said = said_of(text_of((const char *)sqlite3_column_text(query, 1)));
            event.wish.aside = sqlite3_column_int(query, 2) != 0;
            if (event_post(events, &event) != MAILBOX_OK)
                log_line(LOG_WARN, "store",
                         "an operator's wish of the last run is forgotten: the core is busy");
        }
    }
    sqlite3_finalize(query);
}

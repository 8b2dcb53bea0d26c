// SPDX-License-Identifier: Apache-2.0
/* courier_look.c - what is due, endpoint by endpoint. */
#include <string.h>

#include "base/clock.h"
#include "core/command.h"
#include "store/courier_inside.h"

enum {
    REST_MS = 2000,          /* Somebody beside us may have made something due; clocks step. */
    DUE = 2 * COURIER_WINDOW /* Rows looked at: those under way look due, too. */
};

static const char *word_at(sqlite3_stmt *row, int column)
{
    const unsigned char *text = sqlite3_column_text(row, column);
    return text ? (const char *)text : "";
}

/* False: an event that this program does not know. */
static bool read_row(sqlite3_stmt *statement, struct courier_row *out)
{
    struct text event = text_of(word_at(statement, 1));

    text_copy(out->id, sizeof(out->id), text_of(word_at(statement, 0)));
    text_copy(out->call, sizeof(out->call), text_of(word_at(statement, 2)));
    out->made_ms = (uint64_t)sqlite3_column_int64(statement, 3);
    out->attempts = (uint32_t)sqlite3_column_int64(statement, 4);
    out->data = word_at(statement, 5);
    for (uint32_t e = 0; e < HOOK_EVENTS; e++) {
        if (text_equal(event, text_of(hook_event_names[e]))) {
            out->event = (enum hook_event)e;
            return true;
        }
    }
    return false;
}

/* Flights whose end is in the database are over; so are those whose row was changed since, by
 * `offhook outbox DIR resend`. */
static void settle(struct courier *courier)
{
    for (uint32_t i = 0; i < MAX_HOOKS * COURIER_WINDOW; i++) {
        struct flight *flight = &courier->flights[i];
        if (flight->state != FLIGHT_SETTLING)
            continue;
        sqlite3_bind_text(courier->settled, 1, flight->id, -1, SQLITE_STATIC);
        sqlite3_bind_int64(courier->settled, 2, flight->attempt);
        sqlite3_bind_int64(courier->settled, 3, (sqlite3_int64)flight->ended_ms);
        int code = sqlite3_step(courier->settled);
        if (code == SQLITE_DONE || /* The row has left. */
            (code == SQLITE_ROW && sqlite3_column_int(courier->settled, 0)))
            flight->state = FLIGHT_FREE;
        sqlite3_reset(courier->settled);
    }
}

static bool under_way(const struct courier *courier, const char *id)
{
    for (uint32_t i = 0; i < MAX_HOOKS * COURIER_WINDOW; i++) {
        if (courier->flights[i].state != FLIGHT_FREE && strcmp(courier->flights[i].id, id) == 0)
            return true;
    }
    return false;
}

static uint32_t room(const struct courier *courier, const struct courier_endpoint *endpoint)
{
    uint32_t window = endpoint->failures >= COURIER_STREAK ? 1 : COURIER_WINDOW, busy = 0;

    for (uint32_t i = 0; i < MAX_HOOKS * COURIER_WINDOW; i++)
        busy += courier->flights[i].state != FLIGHT_FREE &&
                strcmp(courier->flights[i].endpoint, endpoint->name) == 0;
    return busy < window ? window - busy : 0;
}

static void send_due(struct courier *courier, uint32_t endpoint, uint64_t wall_ms)
{
    const char *name = courier->endpoints[endpoint].name;
    uint32_t free = room(courier, &courier->endpoints[endpoint]);
    struct courier_row row;

    sqlite3_bind_text(courier->due, 1, name, -1, SQLITE_STATIC);
    sqlite3_bind_int64(courier->due, 2, (sqlite3_int64)wall_ms);
    sqlite3_bind_int(courier->due, 3, DUE);
    while (free > 0 && sqlite3_step(courier->due) == SQLITE_ROW) {
        if (!read_row(courier->due, &row) || under_way(courier, row.id))
            continue;
        if (!courier_flight_begin(courier, endpoint, &row))
            break;
        free--;
    }
    sqlite3_reset(courier->due);
}

static uint32_t wait_for(struct courier *courier, const char *name, uint64_t wall_ms)
{
    uint32_t wait_ms = REST_MS;

    sqlite3_bind_text(courier->next, 1, name, -1, SQLITE_STATIC);
    sqlite3_bind_int64(courier->next, 2, (sqlite3_int64)wall_ms);
    if (sqlite3_step(courier->next) == SQLITE_ROW &&
        sqlite3_column_type(courier->next, 0) != SQLITE_NULL) {
        uint64_t due_ms = (uint64_t)sqlite3_column_int64(courier->next, 0);
        if (due_ms < wall_ms + wait_ms)
            wait_ms = (uint32_t)(due_ms - wall_ms);
    }
    sqlite3_reset(courier->next);
    return wait_ms;
}

uint32_t courier_look(struct courier *courier)
{
    uint64_t wall_ms = clock_wall_ms();
    uint32_t rest_ms = REST_MS;

    settle(courier);
    for (uint32_t i = 0; courier->set && i < courier->set->count; i++) {
        send_due(courier, i, wall_ms);
        uint32_t wait_ms = wait_for(courier, courier->endpoints[i].name, wall_ms);
        if (wait_ms < rest_ms)
            rest_ms = wait_ms;
    }
    return rest_ms;
}

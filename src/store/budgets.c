// SPDX-License-Identifier: Apache-2.0
/* budgets.c - a table summed up once a span. */
#include "store/budgets.h"

#include "base/clock.h"
#include "base/log.h"
#include "core/command.h"

enum { PATIENCE_MS = 5000 };

static uint32_t index_of(const char *const *names, uint32_t count, struct text name)
{
    uint32_t at = 0;

    while (at < count && !text_equal(name, text_of(names[at])))
        at++;
    return at;
}

/* False: the core does not read, perhaps because the server is going down again. */
static bool post(struct mailbox *events, const struct event *event)
{
    for (uint32_t i = 0; i < PATIENCE_MS; i++) {
        if (event_post(events, event) == MAILBOX_OK)
            return true;
        clock_sleep_until_ns(clock_ns() + 1000000);
    }
    log_line(LOG_WARN, "store", "budgets of late turns are known in part: the core is busy");
    return false;
}

static bool tell(sqlite3_stmt *query, enum slo_span span, uint64_t unit_ms, struct mailbox *events)
{
    struct event event = {.kind = STORE_SLO_KNOWN, .at_ms = clock_ms()};
    uint32_t kind = index_of(slo_kind_names, SLO_KINDS,
                             text_of((const char *)sqlite3_column_text(query, 0)));
    uint32_t measure = index_of(slo_measure_names, SLO_MEASURES,
                                text_of((const char *)sqlite3_column_text(query, 2)));

    if (kind == SLO_KINDS || measure == SLO_MEASURES)
        return true; /* Of another version. */
    event.counted.kind = (enum slo_kind)kind;
    event.counted.name = text_of((const char *)sqlite3_column_text(query, 1));
    event.counted.measure = (enum slo_measure)measure;
    event.counted.span = span;
    event.counted.age_ms = (uint64_t)sqlite3_column_int64(query, 3) * unit_ms;
    event.counted.turns = (uint32_t)sqlite3_column_int64(query, 4);
    event.counted.late = (uint32_t)sqlite3_column_int64(query, 5);
    return post(events, &event);
}

void store_budgets_tell(sqlite3 *db, struct mailbox *events)
{
    static const struct {
        uint64_t unit_ms, minutes, size;
    } spans[SLO_SPANS] = {[SLO_MINUTES] = {60000, 1, 60},
                          [SLO_HOURS] = {3600000, 60, 24},
                          [SLO_DAYS] = {86400000, 1440, 30}};
    int64_t now = (int64_t)(clock_wall_ms() / 60000);
    sqlite3_stmt *query = NULL;
    bool good = true;

    sqlite3_exec(db,
                 "DELETE FROM slo_counts WHERE minute < unixepoch() / 60 - 30 * 1440", NULL, NULL,
                 NULL);
    if (sqlite3_prepare_v2(db,
                           "SELECT kind, name, measure, (?1 - minute) / ?2 AS age, sum(turns),"
                           " sum(late) FROM slo_counts WHERE minute BETWEEN ?1 - ?2 * ?3 + 1 AND ?1"
                           " GROUP BY kind, name, measure, age",
                           -1, &query, NULL) != SQLITE_OK) {
        log_line(LOG_WARN, "store", "budgets of late turns begin anew: %s", sqlite3_errmsg(db));
        return;
    }
    for (enum slo_span span = SLO_MINUTES; span < SLO_SPANS; span++) {
        sqlite3_bind_int64(query, 1, now);
        sqlite3_bind_int64(query, 2, (int64_t)spans[span].minutes);
        sqlite3_bind_int64(query, 3, (int64_t)spans[span].size);
        while (good && sqlite3_step(query) == SQLITE_ROW)
            good = tell(query, span, spans[span].unit_ms, events);
        sqlite3_reset(query);
    }
    sqlite3_finalize(query);
}

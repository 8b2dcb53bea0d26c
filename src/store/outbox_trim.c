// SPDX-License-Identifier: Apache-2.0
/* outbox_trim.c - what is too old or too much leaves. */
#include "store/outbox_trim.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"

static const struct trim {
    const char *sql; /* ?1: the bound; ?2: the time. */
    size_t bound;    /* Where it is in the bounds. */
    bool time;       /* It is a length of time: ?1 is since when. */
} trims[] = {
    {"DELETE FROM outbox WHERE seq IN (SELECT seq FROM outbox WHERE state = 'done'"
     " AND changed_ms < ?1 ORDER BY changed_ms LIMIT 1000)",
     offsetof(struct outbox_bounds, done_ms), true},
    {"DELETE FROM outbox WHERE seq IN (SELECT seq FROM outbox WHERE state = 'done'"
     " ORDER BY changed_ms DESC, seq DESC LIMIT 1000 OFFSET ?1)",
     offsetof(struct outbox_bounds, done), false},
    {"DELETE FROM outbox WHERE seq IN (SELECT seq FROM outbox WHERE state = 'dead'"
     " ORDER BY changed_ms DESC, seq DESC LIMIT 1000 OFFSET ?1)",
     offsetof(struct outbox_bounds, dead), false},
    {"UPDATE outbox SET state = 'dead', changed_ms = ?2, why = 'too many wait for this endpoint'"
     " WHERE seq IN (SELECT seq FROM (SELECT seq, row_number() OVER"
     " (PARTITION BY endpoint ORDER BY seq DESC) AS place FROM outbox WHERE state = 'waiting'"
     " AND endpoint IN (SELECT endpoint FROM outbox WHERE state = 'waiting' GROUP BY endpoint"
     " HAVING count(*) > ?1)) WHERE place > ?1 LIMIT 1000)",
     offsetof(struct outbox_bounds, waiting), false},
};

struct outbox_bounds outbox_trim_bounds(void)
{
    return (struct outbox_bounds){.now_ms = clock_wall_ms(),
                                  .done_ms = 7 * 86400000ull,
                                  .done = 10000,
                                  .dead = 20000,
                                  .waiting = 100000};
}

static int run(sqlite3 *db, const struct trim *trim, const struct outbox_bounds *bounds)
{
    const char *at = (const char *)bounds + trim->bound;
    sqlite3_stmt *statement = NULL;
    sqlite3_int64 bound = trim->time ? (sqlite3_int64)(bounds->now_ms - bounds->done_ms)
                                     : (sqlite3_int64) * (const uint32_t *)(const void *)at;
    int code = sqlite3_prepare_v2(db, trim->sql, -1, &statement, NULL);

    if (code == SQLITE_OK)
        code = sqlite3_bind_int64(statement, 1, bound);
    if (code == SQLITE_OK && sqlite3_bind_parameter_count(statement) > 1)
        code = sqlite3_bind_int64(statement, 2, (sqlite3_int64)bounds->now_ms);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    sqlite3_finalize(statement);
    return code == SQLITE_DONE ? 0 : -EIO;
}

int outbox_trim(sqlite3 *db, const struct outbox_bounds *bounds)
{
    int error = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK ? 0 : -EIO;

    for (size_t i = 0; i < sizeof(trims) / sizeof(trims[0]) && !error; i++)
        error = run(db, &trims[i], bounds);
    if (!error && sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK)
        return 0;
    if (!sqlite3_get_autocommit(db))
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return -EIO;
}

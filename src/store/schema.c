// SPDX-License-Identifier: Apache-2.0
/* schema.c - the database file, its lock and its versions. */
#include "store/schema.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/outbox_rows.h"

enum {
    APPLICATION_ID = 0x4F464648, /* "OFFH": refuses to grow tables in somebody else's file. */
    BUSY_MS = 250,        /* Somebody with a database shell holds the lock: wait this long. */
    DEAD_HOLDER_MS = 2000 /* A killed server's helper process may outlive it for a moment. */
};

/* One entry a version, applied in order, each in a transaction of its own; entries never change
 * once released. Enumerations are stored as words and times as milliseconds since 1970, so that a
 * person with a database shell needs no other program. */
static const char *const migrations[] = {
    "CREATE TABLE calls ("
    " ref TEXT NOT NULL PRIMARY KEY,"
    " started_ms INTEGER NOT NULL, answered_ms INTEGER, ended_ms INTEGER,"
    " caller TEXT NOT NULL, called TEXT NOT NULL, trunk TEXT NOT NULL,"
    " first_agent TEXT NOT NULL, agent TEXT NOT NULL,"
    " asserted TEXT NOT NULL, diversion TEXT NOT NULL, user_to_user TEXT NOT NULL,"
    " headers TEXT NOT NULL,"
    " cause TEXT, status INTEGER, detail TEXT, intent TEXT, sentiment TEXT,"
    " ring_ms INTEGER, talk_ms INTEGER, turns INTEGER, keys INTEGER, handovers INTEGER,"
    " interruptions INTEGER, keys_only INTEGER) STRICT;"
    "CREATE INDEX calls_started ON calls (started_ms, ref);"
    "CREATE INDEX calls_live ON calls (ref) WHERE ended_ms IS NULL;"
    "CREATE TABLE legs ("
    " call TEXT NOT NULL REFERENCES calls (ref) ON DELETE CASCADE, number INTEGER NOT NULL,"
    " started_ms INTEGER NOT NULL, answered_ms INTEGER, ended_ms INTEGER,"
    " source TEXT NOT NULL, transport TEXT NOT NULL, sip_call_id TEXT NOT NULL, codec TEXT,"
    " received INTEGER, lost INTEGER, late INTEGER, jitter_us INTEGER, concealed INTEGER,"
    " sent INTEGER, strangers INTEGER, PRIMARY KEY (call, number)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE turns ("
    " id INTEGER PRIMARY KEY, call TEXT NOT NULL REFERENCES calls (ref) ON DELETE CASCADE,"
    " wall_ms INTEGER NOT NULL, turn INTEGER NOT NULL, speaker TEXT NOT NULL, agent TEXT NOT NULL,"
    " text TEXT NOT NULL, unheard TEXT NOT NULL, intent TEXT NOT NULL,"
    " confidence_permille INTEGER NOT NULL, word_confidence_permille INTEGER NOT NULL,"
    " sentiment TEXT NOT NULL, entities TEXT NOT NULL) STRICT;"
    "CREATE INDEX turns_call ON turns (call);"
    "CREATE TABLE keys ("
    " id INTEGER PRIMARY KEY, call TEXT NOT NULL REFERENCES calls (ref) ON DELETE CASCADE,"
    " wall_ms INTEGER NOT NULL, key TEXT NOT NULL, source TEXT NOT NULL, meaning TEXT NOT NULL) "
    "STRICT;"
    "CREATE INDEX keys_call ON keys (call);"
    "CREATE TABLE handovers ("
    " id INTEGER PRIMARY KEY, call TEXT NOT NULL REFERENCES calls (ref) ON DELETE CASCADE,"
    " wall_ms INTEGER NOT NULL, from_agent TEXT NOT NULL, to_agent TEXT NOT NULL,"
    " intent TEXT NOT NULL, reason TEXT NOT NULL, statement TEXT NOT NULL, summary TEXT NOT NULL,"
    " entities TEXT NOT NULL, sentiment TEXT NOT NULL) STRICT;"
    "CREATE INDEX handovers_call ON handovers (call);"
    "CREATE TABLE ledger ("
    " id INTEGER PRIMARY KEY, call TEXT NOT NULL REFERENCES calls (ref) ON DELETE CASCADE,"
    " wall_ms INTEGER NOT NULL, turn INTEGER NOT NULL, speech_ms INTEGER, first_partial_ms INTEGER,"
    " end_of_turn_ms INTEGER, final_text_ms INTEGER, understood_ms INTEGER, first_token_ms INTEGER,"
    " first_speech_ms INTEGER, silence_cut_ms INTEGER, audible_ms INTEGER, heard_ms INTEGER,"
    " interrupted INTEGER NOT NULL) STRICT;"
    "CREATE INDEX ledger_call ON ledger (call);",
    /* Encrypted sound. */
    "ALTER TABLE legs ADD COLUMN encryption TEXT;"
    "ALTER TABLE legs ADD COLUMN forged INTEGER; ALTER TABLE legs ADD COLUMN replayed INTEGER;",
    /* Captures: `name` is the file's without its ending, until it has one. */
    "CREATE TABLE captures ("
    " id INTEGER PRIMARY KEY, call TEXT NOT NULL REFERENCES calls (ref) ON DELETE CASCADE,"
    " number INTEGER NOT NULL, name TEXT NOT NULL UNIQUE, started_ms INTEGER NOT NULL,"
    " ended_ms INTEGER, state TEXT NOT NULL, file TEXT, bytes INTEGER, UNIQUE (call, number))"
    " STRICT;",
    /* Trunks as they are, and the telephones that registered. */
    "CREATE TABLE trunks (name TEXT NOT NULL PRIMARY KEY, changed_ms INTEGER NOT NULL,"
    " health TEXT NOT NULL, registration TEXT NOT NULL, status INTEGER NOT NULL,"
    " reason TEXT NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE phones (user TEXT NOT NULL, contact TEXT NOT NULL, source TEXT NOT NULL,"
    " transport TEXT NOT NULL, expires_ms INTEGER NOT NULL, sip_call_id TEXT NOT NULL,"
    " cseq INTEGER NOT NULL, PRIMARY KEY (user, contact)) STRICT, WITHOUT ROWID;",
    /* The agent's echo. */
    "ALTER TABLE legs ADD COLUMN echo_ms INTEGER; ALTER TABLE legs ADD COLUMN erle_db INTEGER;",
    /* How it sounded. */
    "ALTER TABLE legs ADD COLUMN round_trip_us INTEGER;"
    "ALTER TABLE legs ADD COLUMN remote_lost_permille INTEGER;"
    "ALTER TABLE legs ADD COLUMN burst_permille INTEGER;"
    "ALTER TABLE legs ADD COLUMN burst_ms INTEGER;"
    "ALTER TABLE legs ADD COLUMN gap_permille INTEGER;"
    "ALTER TABLE legs ADD COLUMN gap_ms INTEGER;"
    "ALTER TABLE legs ADD COLUMN r_tenths INTEGER;"
    "ALTER TABLE legs ADD COLUMN mos_hundredths INTEGER;",
    /* Calls that we place, calls with two legs, and what became of transfers. */
    "ALTER TABLE calls ADD COLUMN direction TEXT NOT NULL DEFAULT 'in';"
    "ALTER TABLE calls ADD COLUMN idempotency_key TEXT;"
    "ALTER TABLE calls ADD COLUMN transfers INTEGER;"
    "CREATE UNIQUE INDEX calls_key ON calls (idempotency_key) WHERE idempotency_key IS NOT NULL;"
    "ALTER TABLE legs ADD COLUMN leg_direction TEXT NOT NULL DEFAULT 'in';"
    "ALTER TABLE legs ADD COLUMN role TEXT; ALTER TABLE legs ADD COLUMN party TEXT;"
    "ALTER TABLE legs ADD COLUMN leg_trunk TEXT;"
    "ALTER TABLE legs ADD COLUMN leg_status INTEGER;"
    "ALTER TABLE legs ADD COLUMN leg_reason TEXT;"
    "CREATE TABLE transfers ("
    " id INTEGER PRIMARY KEY, call TEXT NOT NULL REFERENCES calls (ref) ON DELETE CASCADE,"
    " wall_ms INTEGER NOT NULL, how TEXT NOT NULL, target TEXT NOT NULL, done INTEGER NOT NULL,"
    " status INTEGER NOT NULL, detail TEXT NOT NULL) STRICT;"
    "CREATE INDEX transfers_call ON transfers (call);",
    /* Models and their tools, and whose words and voices a turn had. */
    "ALTER TABLE ledger ADD COLUMN answer_ms INTEGER;"
    "ALTER TABLE ledger ADD COLUMN heard_by TEXT; ALTER TABLE ledger ADD COLUMN thought_by TEXT;"
    "ALTER TABLE ledger ADD COLUMN spoken_by TEXT;"
    "ALTER TABLE ledger ADD COLUMN tokens_in INTEGER;"
    "ALTER TABLE ledger ADD COLUMN tokens_out INTEGER;"
    "ALTER TABLE ledger ADD COLUMN thrown_away INTEGER;"
    "ALTER TABLE ledger ADD COLUMN saved_ms INTEGER;"
    "CREATE TABLE tools ("
    " call TEXT NOT NULL REFERENCES calls (ref) ON DELETE CASCADE, turn INTEGER NOT NULL,"
    " number INTEGER NOT NULL, asked_ms INTEGER NOT NULL, agent TEXT NOT NULL, name TEXT NOT NULL,"
    " arguments TEXT NOT NULL, key TEXT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL,"
    " ms INTEGER NOT NULL, outcome TEXT NOT NULL, status INTEGER NOT NULL, text TEXT NOT NULL,"
    " PRIMARY KEY (call, turn, number)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE tasks ("
    " id INTEGER PRIMARY KEY, call TEXT NOT NULL REFERENCES calls (ref) ON DELETE CASCADE,"
    " turn INTEGER NOT NULL, number INTEGER NOT NULL, wall_ms INTEGER NOT NULL, kind TEXT NOT NULL,"
    " party TEXT NOT NULL, due TEXT NOT NULL, text TEXT NOT NULL, UNIQUE (call, turn, number))"
    " STRICT;"
    "CREATE TABLE providers (name TEXT NOT NULL PRIMARY KEY, changed_ms INTEGER NOT NULL,"
    " health TEXT NOT NULL, ms INTEGER NOT NULL, reason TEXT NOT NULL) STRICT, WITHOUT ROWID;",
    /* How our sound was heard. */
    "ALTER TABLE legs ADD COLUMN remote_late_permille INTEGER;"
    "ALTER TABLE legs ADD COLUMN remote_r_tenths INTEGER;"
    "ALTER TABLE legs ADD COLUMN remote_mos_hundredths INTEGER;",
    /* What was done about late turns. */
    "CREATE TABLE slo ("
    " id INTEGER PRIMARY KEY, wall_ms INTEGER NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,"
    " step TEXT NOT NULL, was TEXT NOT NULL, measure TEXT NOT NULL, turns INTEGER NOT NULL,"
    " late INTEGER NOT NULL, burn_hundredths INTEGER NOT NULL) STRICT;",
    /* What others are told of: who of what, and what is on its way to them. `data`: the facts that
       stand nowhere else. */
    "CREATE TABLE endpoints (name TEXT NOT NULL PRIMARY KEY, target TEXT NOT NULL,"
    " state TEXT NOT NULL, changed_ms INTEGER NOT NULL, why TEXT NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE hooks (event TEXT NOT NULL, endpoint TEXT NOT NULL,"
    " PRIMARY KEY (event, endpoint)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE outbox ("
    " seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, endpoint TEXT NOT NULL,"
    " event TEXT NOT NULL, call TEXT NOT NULL, made_ms INTEGER NOT NULL, state TEXT NOT NULL,"
    " attempts INTEGER NOT NULL DEFAULT 0, due_ms INTEGER NOT NULL,"
    " changed_ms INTEGER NOT NULL DEFAULT 0, status INTEGER NOT NULL DEFAULT 0,"
    " why TEXT NOT NULL DEFAULT '', data TEXT NOT NULL) STRICT;"
    "CREATE INDEX outbox_due ON outbox (endpoint, due_ms, seq) WHERE state = 'waiting';"
    "CREATE INDEX outbox_call ON outbox (endpoint, call, seq) WHERE state = 'waiting';"
    "CREATE INDEX outbox_old ON outbox (state, changed_ms, seq) WHERE state <> 'waiting';",
    /* What callers leave behind: messages and promised callbacks. */
    "ALTER TABLE tasks ADD COLUMN state TEXT NOT NULL DEFAULT 'new';"
    "ALTER TABLE tasks ADD COLUMN queue TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE tasks ADD COLUMN agent TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE tasks ADD COLUMN intent TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE tasks ADD COLUMN summary TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE tasks ADD COLUMN capture TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE tasks ADD COLUMN length_ms INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE tasks ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE tasks ADD COLUMN from_ms INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE tasks ADD COLUMN until_ms INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE tasks ADD COLUMN next_ms INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE tasks ADD COLUMN changed_ms INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE tasks ADD COLUMN why TEXT NOT NULL DEFAULT '';"
    "CREATE INDEX tasks_open ON tasks (kind, next_ms) WHERE state IN ('waiting', 'calling');",
    /* Operators: what they want outlives the server; and whom callers were offered to. */
    "CREATE TABLE operators (name TEXT NOT NULL PRIMARY KEY, changed_ms INTEGER NOT NULL,"
    " state TEXT NOT NULL, said TEXT NOT NULL, aside INTEGER NOT NULL, why TEXT NOT NULL)"
    " STRICT, WITHOUT ROWID;"
    "CREATE TABLE offers ("
    " id INTEGER PRIMARY KEY, call TEXT NOT NULL REFERENCES calls (ref) ON DELETE CASCADE,"
    " wall_ms INTEGER NOT NULL, operator TEXT NOT NULL, label TEXT NOT NULL, queue TEXT NOT NULL,"
    " intent TEXT NOT NULL, summary TEXT NOT NULL, sentiment TEXT NOT NULL, brief TEXT NOT NULL)"
    " STRICT;"
    "CREATE INDEX offers_call ON offers (call);",
    /* Who waited in a queue, and what came of it. */
    "CREATE TABLE passages ("
    " id INTEGER PRIMARY KEY, call TEXT NOT NULL REFERENCES calls (ref) ON DELETE CASCADE,"
    " number INTEGER NOT NULL, queue TEXT NOT NULL, entered_ms INTEGER NOT NULL,"
    " changed_ms INTEGER NOT NULL, state TEXT NOT NULL, priority INTEGER NOT NULL,"
    " position INTEGER NOT NULL, told INTEGER NOT NULL, p50_ms INTEGER NOT NULL,"
    " p90_ms INTEGER NOT NULL, waited_ms INTEGER NOT NULL, operator TEXT NOT NULL,"
    " why TEXT NOT NULL, UNIQUE (call, number)) STRICT;"
    "CREATE INDEX passages_open ON passages (id) WHERE state IN ('joined', 'back');",
    /* Who callers are, as far as others knew. */
    "CREATE TABLE lookups ("
    " id INTEGER PRIMARY KEY, call TEXT NOT NULL REFERENCES calls (ref) ON DELETE CASCADE,"
    " wall_ms INTEGER NOT NULL, outcome TEXT NOT NULL, status INTEGER NOT NULL,"
    " ms INTEGER NOT NULL, cached INTEGER NOT NULL, facts TEXT NOT NULL, why TEXT NOT NULL) STRICT;"
    "CREATE INDEX lookups_call ON lookups (call);"
    "ALTER TABLE tasks ADD COLUMN told TEXT NOT NULL DEFAULT '';",
    /* Supervisors: who took part in a call, how, from when to when, and who was told. */
    "CREATE TABLE supervisions ("
    " id INTEGER PRIMARY KEY, call TEXT NOT NULL REFERENCES calls (ref) ON DELETE CASCADE,"
    " number INTEGER NOT NULL, wall_ms INTEGER NOT NULL, name TEXT NOT NULL,"
    " telephone TEXT NOT NULL, mode TEXT NOT NULL, state TEXT NOT NULL, operator TEXT NOT NULL,"
    " agent TEXT NOT NULL, from_ms INTEGER NOT NULL, until_ms INTEGER NOT NULL,"
    " caller_told TEXT NOT NULL, operator_told TEXT NOT NULL, why TEXT NOT NULL,"
    " UNIQUE (call, number)) STRICT;",
    /* Who of two who are joined holds the other. */
    "CREATE TABLE holds ("
    " id INTEGER PRIMARY KEY, call TEXT NOT NULL REFERENCES calls (ref) ON DELETE CASCADE,"
    " wall_ms INTEGER NOT NULL, leg INTEGER NOT NULL, role TEXT NOT NULL, state TEXT NOT NULL)"
    " STRICT;"
    "CREATE INDEX holds_call ON holds (call);",
    /* The calls of one person. */
    "CREATE INDEX calls_party ON calls (iif(direction = 'out', called, caller), started_ms);",
    /* The place of who waits, and of who is promised a callback, in a queue's order. */
    "ALTER TABLE passages ADD COLUMN place_ms INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE tasks ADD COLUMN place_ms INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE tasks ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE tasks ADD COLUMN queued INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE tasks ADD COLUMN attempt TEXT NOT NULL DEFAULT '';",
    /* Turns by the minute, and how many of them were late: a restart forgets no budget. */
    "CREATE TABLE slo_counts (kind TEXT NOT NULL, name TEXT NOT NULL, measure TEXT NOT NULL,"
    " minute INTEGER NOT NULL, turns INTEGER NOT NULL, late INTEGER NOT NULL,"
    " PRIMARY KEY (kind, name, measure, minute)) STRICT, WITHOUT ROWID;",
};

enum { NEWEST = sizeof(migrations) / sizeof(migrations[0]) };

static const char recover_sql[] =
    "UPDATE calls SET cause = 'server_failure', status = 0, sentiment = 'neutral',"
    " detail = 'The server stopped while the call was up.', keys_only = 0,"
    " ended_ms = max(started_ms, ifnull(answered_ms, 0),"
    "  ifnull((SELECT max(wall_ms) FROM turns WHERE call = ref), 0),"
    "  ifnull((SELECT max(wall_ms) FROM keys WHERE call = ref), 0),"
    "  ifnull((SELECT max(wall_ms) FROM handovers WHERE call = ref), 0),"
    "  ifnull((SELECT max(wall_ms) FROM ledger WHERE call = ref), 0)),"
    " turns = (SELECT count(*) FROM turns WHERE call = ref AND speaker = 'caller'),"
    " keys = (SELECT count(*) FROM keys WHERE call = ref),"
    " handovers = (SELECT count(*) FROM handovers WHERE call = ref),"
    " interruptions = (SELECT count(*) FROM ledger WHERE call = ref AND interrupted),"
    " intent = ifnull((SELECT intent FROM turns WHERE call = ref AND intent <> ''"
    "  ORDER BY id DESC LIMIT 1), '')"
    " WHERE ended_ms IS NULL";

/* The legs without an end are those of the calls just closed. */
static const char recover_rest_sql[] =
    "UPDATE calls SET ring_ms = ifnull(answered_ms, ended_ms) - started_ms,"
    " talk_ms = ifnull(ended_ms - answered_ms, 0) WHERE ring_ms IS NULL AND ended_ms IS NOT NULL;"
    "UPDATE legs SET ended_ms = (SELECT ended_ms FROM calls WHERE ref = call)"
    " WHERE ended_ms IS NULL;"
    /* Who waited is called back, those first who came first; not after two hours. */
    "INSERT OR IGNORE INTO tasks (call, turn, number, wall_ms, kind, party, due, text, state, "
    "queue,"
    " agent, intent, from_ms, until_ms, next_ms, changed_ms, why, place_ms, priority)"
    " SELECT p.call, 0, 1000 + p.number, p.entered_ms, 'callback',"
    "  iif(c.direction = 'out', c.called, c.caller) AS party, '', '', 'waiting',"
    "  p.queue, c.agent, ifnull(c.intent, ''), unixepoch() * 1000, unixepoch() * 1000 + 7200000,"
    "  p.entered_ms, unixepoch() * 1000, 'the call was lost while the caller waited',"
    "  iif(p.place_ms, p.place_ms, p.entered_ms), p.priority"
    " FROM passages p JOIN calls c ON c.ref = p.call WHERE p.state IN ('joined', 'back')"
    "  AND party GLOB '*[0-9]*' AND p.entered_ms > unixepoch() * 1000 - 7200000;"
    "UPDATE passages SET state = 'lost', why = 'the server stopped' WHERE state IN ('joined', "
    "'back');"
    "UPDATE tools SET state = 'failed', outcome = 'timed_out',"
    " text = 'the server stopped before its end was known' WHERE state = 'asked';"
    "UPDATE captures SET state = 'ended',"
    " ended_ms = (SELECT ended_ms FROM calls WHERE ref = call) WHERE ended_ms IS NULL;"
    "UPDATE tasks SET state = 'new', changed_ms = unixepoch() * 1000,"
    " why = 'the server stopped during the message',"
    " text = ifnull((SELECT group_concat(turns.text, ' ') FROM turns WHERE turns.call = tasks.call"
    "  AND speaker = 'caller' AND turns.wall_ms >= tasks.wall_ms), '') WHERE state = 'recording';";

int store_path(char out[STORE_PATH], const char *dir, const char *name)
{
    int size = snprintf(out, STORE_PATH, "%s/%s", dir, name);
    return size < 0 || size >= STORE_PATH ? -ENAMETOOLONG : 0;
}

static int explain(int error, char *why, uint32_t why_size, const char *what, const char *where)
{
    snprintf(why, why_size, "%s %s: %s", what, where, strerror(-error));
    return error;
}

static int explain_sqlite(sqlite3 *db, char *why, uint32_t why_size, const char *where)
{
    int code = db ? sqlite3_errcode(db) & 0xff : SQLITE_NOMEM;

    snprintf(why, why_size, "%s: %s", where, db ? sqlite3_errmsg(db) : "out of memory");
    switch (code) {
    case SQLITE_FULL:
        return -ENOSPC;
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
        return -EACCES;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
        return -EPROTO;
    case SQLITE_BUSY:
        return -EBUSY;
    case SQLITE_NOMEM:
        return -ENOMEM;
    default:
        return -EIO;
    }
}

static long holder_of(int fd)
{
    char text[32] = "";
    ssize_t size = pread(fd, text, sizeof(text) - 1, 0);
    return size > 0 ? strtol(text, NULL, 10) : 0;
}

static int take_lock(int fd, const char *dir, char *why, uint32_t why_size)
{
    uint64_t until_ms = clock_ms() + DEAD_HOLDER_MS;

    while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        if (errno != EWOULDBLOCK)
            return explain(-errno, why, why_size, "cannot lock", dir);
        long holder = holder_of(fd);
        bool dead = holder > 0 && kill((pid_t)holder, 0) < 0 && errno == ESRCH;
        if (!dead || clock_ms() >= until_ms) {
            snprintf(why, why_size,
                     "another server (process %ld) runs on %s: stop it, or give this one a "
                     "directory of its own",
                     holder, dir);
            return -EBUSY;
        }
        clock_sleep_until_ns(clock_ns() + 20000000);
    }
    return 0;
}

int store_schema_lock(const char *dir, int *out, char *why, uint32_t why_size)
{
    char path[STORE_PATH], text[32];
    int error, fd;

    if (mkdir(dir, 0700) < 0 && errno != EEXIST)
        return explain(-errno, why, why_size, "cannot make the directory", dir);
    error = store_path(path, dir, "lock");
    if (error)
        return explain(error, why, why_size, "cannot lock", dir);
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return explain(-errno, why, why_size, "cannot open", path);
    error = take_lock(fd, dir, why, why_size);
    if (error)
        goto out;

    int size = snprintf(text, sizeof(text), "%ld\n", (long)getpid());
    if (ftruncate(fd, 0) < 0 || pwrite(fd, text, (size_t)size, 0) != size) {
        error = explain(errno ? -errno : -EIO, why, why_size, "cannot write", path);
        goto out;
    }
    *out = fd;
out:
    if (error)
        close(fd);
    return error;
}

/* SQLite gives -wal and -shm the mode of the database file, so making it first settles all three.
 */
static int make_private(const char *path, char *why, uint32_t why_size)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    int error = 0;

    if (fd < 0)
        return explain(-errno, why, why_size, "cannot open", path);
    if (fchmod(fd, 0600) < 0)
        error = explain(-errno, why, why_size, "cannot make private", path);
    close(fd);
    return error;
}

static int number_of(sqlite3 *db, const char *sql, int *out)
{
    sqlite3_stmt *statement = NULL;
    int result = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);

    if (result == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW) {
        *out = sqlite3_column_int(statement, 0);
        sqlite3_finalize(statement);
        return 0;
    }
    sqlite3_finalize(statement);
    return -EIO;
}

static int check_version(sqlite3 *db, const char *path, int *version, char *why, uint32_t why_size)
{
    int id = 0, tables = 0;

    *version = 0;
    if (number_of(db, "PRAGMA application_id", &id) ||
        number_of(db, "PRAGMA user_version", version) ||
        number_of(db, "SELECT count(*) FROM sqlite_schema", &tables))
        return explain_sqlite(db, why, why_size, path);
    if (id != APPLICATION_ID && (id != 0 || tables != 0)) {
        snprintf(why, why_size,
                 "%s is a database, but not one of Offhook: give server.data another directory", path);
        return -EPROTO;
    }
    if (*version > NEWEST) {
        snprintf(why, why_size,
                 "%s has version %d, this program knows %d: run the newer program that wrote it",
                 path, *version, (int)NEWEST);
        return -EPROTO;
    }
    return 0;
}

static int migrate_one(sqlite3 *db, int version)
{
    char *sql =
        sqlite3_mprintf("BEGIN IMMEDIATE; PRAGMA application_id = %d; PRAGMA user_version = %d;"
                        "CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY,"
                        " applied_ms INTEGER NOT NULL, product TEXT NOT NULL) STRICT;"
                        "%s INSERT INTO migrations VALUES (%d, %lld, %Q); COMMIT;",
                        APPLICATION_ID, version, migrations[version - 1], version,
                        (long long)clock_wall_ms(), OFFHOOK_VERSION);
    int result = sql ? sqlite3_exec(db, sql, NULL, NULL, NULL) : SQLITE_NOMEM;

    sqlite3_free(sql);
    return result == SQLITE_OK ? 0 : -EIO;
}

static int open_as(const char *dir, int flags, sqlite3 **out, char *path, char *why,
                   uint32_t why_size)
{
    int error = store_path(path, dir, "offhook.db");

    if (error)
        return explain(error, why, why_size, "cannot open the database in", dir);
    if (flags & SQLITE_OPEN_READWRITE) {
        error = make_private(path, why, why_size);
        if (error)
            return error;
    } else if (access(path, F_OK) < 0) {
        error = -errno;
        if (error != -ENOENT)
            return explain(error, why, why_size, "cannot open", path);
        snprintf(why, why_size, "there is no %s: no server has run on it", path);
        return error;
    }
    if (sqlite3_open_v2(path, out, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
        error = explain_sqlite(*out, why, why_size, path);
        sqlite3_close(*out);
        *out = NULL;
        return error;
    }
    sqlite3_extended_result_codes(*out, 1);
    sqlite3_busy_timeout(*out, BUSY_MS);
    return 0;
}

int store_schema_open(const char *dir, sqlite3 **out, char *why, uint32_t why_size)
{
    char path[STORE_PATH];
    sqlite3 *db = NULL;
    int version = 0;
    int error = open_as(dir, SQLITE_OPEN_READWRITE, &db, path, why, why_size);

    if (error)
        return error;
    error = check_version(db, path, &version, why, why_size);
    if (error)
        goto out;
    if (sqlite3_exec(db,
                     "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                     "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;"
                     "PRAGMA cache_size = -16384; PRAGMA journal_size_limit = 67108864;",
                     NULL, NULL, NULL) != SQLITE_OK) {
        error = explain_sqlite(db, why, why_size, path);
        goto out;
    }
    for (version++; version <= NEWEST; version++) {
        if (migrate_one(db, version)) {
            error = explain_sqlite(db, why, why_size, path);
            goto out;
        }
    }
    *out = db;
out:
    if (error)
        sqlite3_close(db);
    return error;
}

/* Only the server changes tables: of older ones a query may lack a column. */
static int outdated(const char *path, int version, char *why, uint32_t why_size)
{
    snprintf(why, why_size,
             "%s has version %d, this program %d: start the server anew with this program", path,
             version, (int)NEWEST);
    return -EPROTO;
}

int store_schema_read(const char *dir, sqlite3 **out, char *why, uint32_t why_size)
{
    char path[STORE_PATH];
    sqlite3 *db = NULL;
    int version = 0;
    int error = open_as(dir, SQLITE_OPEN_READONLY, &db, path, why, why_size);

    if (error)
        return error;
    error = check_version(db, path, &version, why, why_size);
    if (!error && version == 0) {
        snprintf(why, why_size, "%s holds no calls yet: no server has run on it", path);
        error = -ENOENT;
    } else if (!error && version != NEWEST) {
        error = outdated(path, version, why, why_size);
    }
    if (error)
        sqlite3_close(db);
    else
        *out = db;
    return error;
}

int store_schema_change(const char *dir, sqlite3 **out, char *why, uint32_t why_size)
{
    char path[STORE_PATH];
    sqlite3 *db = NULL;
    int version = 0;
    int error = access(dir, F_OK) == 0
                    ? open_as(dir, SQLITE_OPEN_READWRITE, &db, path, why, why_size)
                    : explain(-errno, why, why_size, "cannot open", dir);

    if (error)
        return error;
    error = check_version(db, path, &version, why, why_size);
    if (!error && version != NEWEST)
        error = outdated(path, version, why, why_size);
    if (error)
        sqlite3_close(db);
    else
        *out = db;
    return error;
}

int store_schema_recover(sqlite3 *db, uint32_t *closed, char *why, uint32_t why_size)
{
    if (sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK &&
        sqlite3_exec(db, outbox_recover_sql, NULL, NULL, NULL) == SQLITE_OK &&
        sqlite3_exec(db, recover_sql, NULL, NULL, NULL) == SQLITE_OK) {
        *closed = (uint32_t)sqlite3_changes(db);
        if (*closed == 0 ||
            (sqlite3_exec(db, recover_rest_sql, NULL, NULL, NULL) == SQLITE_OK &&
             sqlite3_exec(db, outbox_recover_tasks_sql, NULL, NULL, NULL) == SQLITE_OK)) {
            if (sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK)
                return 0;
        }
    }
    int error = explain_sqlite(db, why, why_size, "cannot close the calls of the last run");
    sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return error;
}

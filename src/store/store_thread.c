// SPDX-License-Identifier: Apache-2.0
/* store_thread.c - the store's thread: takes commands, commits them in groups, answers, writes the
 * journal, checkpoints.
 *
 * A call that waits to be answered is committed at once; while its commit waits for the disk,
 * others gather, so groups form by themselves under load. Commands that nobody waits for stay up to
 * 5 ms for company. The thread never waits for the core: answers that do not fit are kept. */
#include <errno.h>
#include <poll.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/budgets.h"
#include "store/operators.h"
#include "store/phones.h"
#include "store/inside.h"
#include "store/outbox_rows.h"
#include "store/outbox_trim.h"
#include "store/rows.h"
#include "store/tasks.h"

enum {
    BATCH = 256,
    GATHER_NS = 5000000,
    PENDING_BYTES = 64 << 20, /* An hour of turns of a thousand calls; then the mailbox fills. */
    BACKOFF_FIRST_MS = 50,
    BACKOFF_MOST_MS = 5000,
    CLOSE_MS = 5000, /* At the end: how long a failing disk is tried. */
    IDLE_MS = 100,   /* The journal does not wake the thread: looked at this often. */
    FLUSH_MS = 200,
    TRIM_MS = 60000,
    JOURNAL_A_TURN = 4096,
    ANSWERS = 65536, /* Many times MAX_CALLS: the core opens no call that it has not room for. */
    CHECKPOINT_PAGES = 1000, /* 4 MiB of log: copied when idle, */
    CHECKPOINT_LATEST = 8000 /* or at 32 MiB, idle or not. */
};

static void heed_control(struct store *store)
{
    struct store_control_message what;

    while (mailbox_take(store->control, &what, sizeof(what)) > 0) {
        if (what.kind == STORE_STOP) {
            store->stopping = true;
        } else if (what.kind == STORE_HOOKS) {
            free(store->hooks);
            store->hooks = what.hooks;
            store->urgent = true;
        } else {
            struct store_figures *figures = &store->figures;
            figures->pending = store->pending.count;
            figures->failing_ms = store->backoff_ms ? clock_ms() - store->failing_since_ms + 1 : 0;
            figures->journal_records = store->writer.records;
            figures->journal_bytes = store->writer.bytes;
            figures->journal_lost = store->writer.lost;
            figures->journal_segments = store->writer.closed_count + 1;
            if (mailbox_post(store->replies, figures, sizeof(*figures)) != MAILBOX_OK)
                continue; /* Full: nobody reads the answers. */
        }
    }
}

static bool send(struct store *store, const struct store_answer *answer)
{
    struct event event = {.kind = answer->kind, .call = answer->call, .leg = answer->leg};

    event.at_ms = clock_ms();
    if (answer->kind == STORE_NOTED) {
        event.noted.turn = answer->turn;
        event.noted.number = answer->number;
        return event_post(store->events, &event) == MAILBOX_OK;
    }
    event.store.why = answer->kind == STORE_FAILED  ? text_of(store->figures.why)
                      : answer->kind == STORE_KNOWN ? text_of(answer->ref)
                                                    : TEXT_EMPTY;
    return event_post(store->events, &event) == MAILBOX_OK;
}

static void send_answers(struct store *store)
{
    uint32_t sent = 0;

    while (sent < store->answer_count && send(store, &store->answers[sent]))
        sent++;
    store->answer_count -= sent;
    if (sent)
        memmove(store->answers, store->answers + sent,
                store->answer_count * sizeof(*store->answers));
}

/* Keeps the answer for send_answers(). Without memory it is lost, and the call's own timer ends it.
 */
static void answer(struct store *store, struct store_answer what)
{
    if (store->answer_count == store->answer_capacity) {
        uint32_t capacity = store->answer_capacity ? 2 * store->answer_capacity : BATCH;
        struct store_answer *grown =
            capacity > ANSWERS ? NULL : realloc(store->answers, capacity * sizeof(*grown));
        if (!grown) {
            log_line(LOG_ERROR, "store", "an answer to the core was lost: it does not take them");
            return;
        }
        store->answers = grown;
        store->answer_capacity = capacity;
    }
    store->answers[store->answer_count++] = what;
}

static void refuse(void *owner, const struct store_pending_entry *entry)
{
    answer(owner, (struct store_answer){STORE_FAILED, entry->call, entry->leg, "", 0, 0});
}

static bool has_room(const struct store *store)
{
    if (store->backoff_ms)
        return store->pending.size < PENDING_BYTES;
    return store->pending.count < BATCH;
}

static void take_commands(struct store *store)
{
    struct store_pending_entry entry;
    bool failing = store->backoff_ms > 0;

    while (has_room(store)) {
        if (store_pending_take(&store->pending, store->commands, failing, &entry) !=
            STORE_PENDING_TAKEN)
            break;
        if (store->pending.count == 1)
            store->batch_begun_ns = clock_ns();
        if (entry.kind == STORE_PHONE || entry.kind == STORE_TOOL ||
            entry.kind == STORE_TASK)
            store->urgent = true;
        if (entry.kind != STORE_CALL_OPENED)
            continue;
        if (failing) /* The core is told at once; it decides. */
            refuse(store, &entry);
        else
            store->urgent = true;
    }
}

static bool batch_is_due(const struct store *store)
{
    if (store->pending.count == 0 && !store->hooks)
        return false;
    if (store->backoff_ms)
        return clock_ms() >= store->retry_at_ms;
    return store->urgent || store->pending.count >= BATCH ||
           clock_ns() >= store->batch_begun_ns + GATHER_NS;
}

static void fail(struct store *store)
{
    store->figures.failures++;
    snprintf(store->figures.why, sizeof(store->figures.why), "%s", store_rows_why(store->rows));
    store_rows_roll_back(store->rows);
    if (store->backoff_ms == 0) {
        store->failing_since_ms = clock_ms();
        log_line(LOG_ERROR, "store",
                 "cannot write calls: %s; they are kept in memory until it is cured",
                 store->figures.why);
    }
    store->backoff_ms = store->backoff_ms == 0                    ? BACKOFF_FIRST_MS
                        : store->backoff_ms * 2 < BACKOFF_MOST_MS ? store->backoff_ms * 2
                                                                  : BACKOFF_MOST_MS;
    store->retry_at_ms = clock_ms() + store->backoff_ms;
    store_pending_answer(&store->pending, refuse, store);
}

static void be_well(struct store *store)
{
    if (store->backoff_ms == 0)
        return;
    log_line(LOG_INFO, "store", "calls are written again, after %llu ms",
             (unsigned long long)(clock_ms() - store->failing_since_ms));
    store->backoff_ms = 0;
}

struct batch {
    uint32_t count;
    bool rejected[BATCH];
    char known[BATCH][32]; /* The reference of the first call with the key. */
};

/* Everything up to the commit. False: the database cannot write now. */
static bool write_batch(struct store *store, struct batch *batch)
{
    struct store_pending_entry entry;
    size_t at = store->pending.head;
    const uint8_t *packed;

    batch->count = 0;
    if (store_rows_begin(store->rows) != STORE_ROWS_WRITTEN)
        return false;
    if (store->hooks && outbox_hooks_write(store->db, store->hooks))
        return false;
    while (batch->count < BATCH && store_pending_next(&store->pending, &at, &entry, &packed)) {
        struct command command = {.kind = COMMAND_NONE};
        enum store_rows_result result = STORE_ROWS_REJECTED;
        if (entry.kind == STORE_TASKS_WANTED)
            result = STORE_ROWS_WRITTEN; /* A question, not a fact. */
        else if (command_unpack(packed, entry.size, &command))
            result = store_rows_write(store->rows, &command);
        if (result == STORE_ROWS_FAILED)
            return false;
        batch->known[batch->count][0] = 0;
        if (result == STORE_ROWS_REJECTED && command.kind == STORE_CALL_OPENED &&
            store_rows_known(store->rows, command.opened.key, batch->known[batch->count],
                             sizeof(batch->known[0])))
            result = STORE_ROWS_WRITTEN; /* As asked for: nothing twice. */
        batch->rejected[batch->count++] = result == STORE_ROWS_REJECTED;
        if (result == STORE_ROWS_REJECTED) {
            snprintf(store->figures.why, sizeof(store->figures.why), "%s",
                     store_rows_why(store->rows));
            log_line(LOG_ERROR, "store", "command %d was not written: %s", (int)entry.kind,
                     store->figures.why);
        }
    }
    return store_rows_commit(store->rows) == STORE_ROWS_WRITTEN;
}

static void settle_opened(struct store *store, const struct store_pending_entry *entry,
                          bool rejected, const char *known)
{
    struct store_answer what = {known[0]  ? STORE_KNOWN
                                : rejected ? STORE_FAILED
                                           : STORE_OPENED,
                                entry->call, entry->leg, "", 0, 0};

    snprintf(what.ref, sizeof(what.ref), "%s", known);
    answer(store, what);
}

/* It is written down that it will be done: now it may be. */
static void settle_tool(struct store *store, const struct store_pending_entry *entry,
                        const uint8_t *packed)
{
    struct command command;

    if (command_unpack(packed, entry->size, &command) &&
        command.tool_account.state == TOOL_STATE_ASKED)
        answer(store, (struct store_answer){STORE_NOTED, entry->call, entry->leg, "",
                                            command.tool_account.turn,
                                            command.tool_account.number});
}

/* The same of what the caller was promised, and of an attempt; a tool's task is told with its tool. */
static void settle_task(struct store *store, const struct store_pending_entry *entry,
                        const uint8_t *packed)
{
    struct command command;

    if (command_unpack(packed, entry->size, &command) &&
        (command.task.turn == 0 || command.task.state == TASK_CALLING))
        answer(store, (struct store_answer){STORE_NOTED, entry->call, entry->leg, "",
                                            command.task.turn, command.task.number});
}

static void settle(struct store *store, const struct batch *batch)
{
    struct store_pending_entry entry;
    size_t at = store->pending.head;
    const uint8_t *packed;

    for (uint32_t i = 0; i < batch->count; i++) {
        if (!store_pending_next(&store->pending, &at, &entry, &packed))
            break;
        store->figures.rejected += batch->rejected[i];
        store->figures.commands += !batch->rejected[i];
        if (entry.kind == STORE_CALL_OPENED && !entry.answered)
            settle_opened(store, &entry, batch->rejected[i], batch->known[i]);
        if (entry.kind == STORE_PHONE && entry.call && !batch->rejected[i])
            answer(store, (struct store_answer){STORE_BOUND, entry.call, 0, "", 0, 0});
        if (entry.kind == STORE_TOOL && !batch->rejected[i])
            settle_tool(store, &entry, packed);
        store->tasks_wanted = store->tasks_wanted || entry.kind == STORE_TASKS_WANTED;
        if (entry.kind == STORE_TASK && entry.call && !batch->rejected[i])
            settle_task(store, &entry, packed);
    }
    store_pending_drop(&store->pending, batch->count);
    free(store->hooks);
    store->hooks = NULL;
    store->figures.batches++;
    store->urgent = false;
}

static bool commit(struct store *store)
{
    uint64_t begun_ns = clock_ns(), took_us;
    struct batch batch;

    if (!write_batch(store, &batch)) {
        fail(store);
        return false;
    }
    if (store->courier && store_rows_told(store->rows) != store->told) {
        store->told = store_rows_told(store->rows);
        courier_wake(store->courier);
    }
    took_us = (clock_ns() - begun_ns) / 1000;
    if (took_us > store->figures.longest_commit_us)
        store->figures.longest_commit_us = took_us;
    settle(store, &batch);
    be_well(store);
    return true;
}

/* True when there may be more. */
static bool drain_journal(struct store *store)
{
    for (int i = 0; i < JOURNAL_A_TURN; i++) {
        size_t size = mailbox_take(store->journal, store->message, sizeof(store->message));
        if (size == 0)
            return false;
        journal_writer_take(&store->writer, store->message, size);
    }
    return true;
}

static int wal_grew(void *owner, sqlite3 *db, const char *name, int pages)
{
    struct store *store = owner;
    (void)db;
    (void)name;
    store->wal_pages = (uint32_t)pages;
    return SQLITE_OK;
}

/* Copies the log into the database between batches, never before an answer. What a reader holds
 * back is tried again when the log has grown by as much once more. */
static void checkpoint(struct store *store)
{
    int log_pages = 0, copied = 0;
    uint32_t since = store->wal_pages - store->wal_done;

    if (store->wal_pages < store->wal_done)
        store->wal_done = 0; /* The log began anew. */
    else if (since < CHECKPOINT_PAGES || (since < CHECKPOINT_LATEST && store->pending.count > 0))
        return;
    else if (sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_PASSIVE, &log_pages,
                                       &copied) == SQLITE_OK)
        store->wal_done = store->wal_pages;
}

static void trim_outbox(struct store *store)
{
    struct outbox_bounds bounds = outbox_trim_bounds();

    if (store->backoff_ms == 0 && outbox_trim(store->db, &bounds))
        log_line(LOG_WARN, "store", "the outbox was not tidied: %s", sqlite3_errmsg(store->db));
}

static void keep_house(struct store *store, bool committed)
{
    uint64_t now_ms = clock_ms();

    if (committed || now_ms >= store->flush_at_ms) {
        journal_writer_flush(&store->writer);
        store->flush_at_ms = now_ms + FLUSH_MS;
    }
    if (now_ms >= store->trim_at_ms) {
        journal_writer_trim(&store->writer);
        trim_outbox(store);
        store->trim_at_ms = now_ms + TRIM_MS;
    }
    checkpoint(store);
}

static int rest_ms(const struct store *store)
{
    uint64_t now_ns = clock_ns(), now_ms = clock_ms(), wait_ms = IDLE_MS;
    uint64_t gathered_ns = store->batch_begun_ns + GATHER_NS;

    if (store->answer_count > 0)
        return 1;
    if (store->pending.count > 0 && store->backoff_ms)
        wait_ms = store->retry_at_ms > now_ms ? store->retry_at_ms - now_ms : 0;
    else if (store->pending.count > 0)
        wait_ms = gathered_ns > now_ns ? (gathered_ns - now_ns) / 1000000 + 1 : 0;
    return wait_ms < IDLE_MS ? (int)wait_ms : IDLE_MS;
}

static void rest(struct store *store)
{
    bool listens = has_room(store);
    struct pollfd fds[2] = {{.fd = mailbox_fd(store->control), .events = POLLIN},
                            {.fd = mailbox_fd(store->commands), .events = POLLIN}};

    if (!mailbox_arm(store->control))
        return;
    if (listens && !mailbox_arm(store->commands))
        return;
    if (batch_is_due(store))
        return;
    (void)poll(fds, listens ? 2 : 1, rest_ms(store));
}

/* Everything that was posted before the end, as far as the disk takes it. */
static void finish(struct store *store)
{
    uint64_t until_ms = clock_ms() + CLOSE_MS;

    for (;;) {
        take_commands(store);
        if (store->pending.count == 0 && !store->hooks)
            break;
        if (commit(store))
            continue;
        if (clock_ms() >= until_ms) {
            log_line(LOG_ERROR, "store", "%u entries of the account are lost: %s",
                     store->pending.count, store->figures.why);
            break;
        }
        clock_sleep_until_ns(clock_ns() + (uint64_t)BACKOFF_FIRST_MS * 1000000);
    }
    send_answers(store);
    while (drain_journal(store)) {
    }
    journal_writer_flush(&store->writer);
}

void *store_thread_main(void *owner)
{
    struct store *store = owner;

    sqlite3_wal_hook(store->db, wal_grew, store);
    store_phones_tell(store->db, store->events);
    store->tasks_wanted = true;
    store_operators_tell(store->db, store->events);
    store_budgets_tell(store->db, store->events);
    while (!store->stopping) {
        bool committed = false, more;
        heed_control(store);
        take_commands(store);
        if (batch_is_due(store))
            committed = commit(store);
        send_answers(store);
        if (store->tasks_wanted)
            store->tasks_wanted = !store_tasks_tell(store->db, store->events);
        more = drain_journal(store);
        keep_house(store, committed);
        if (!more)
            rest(store);
    }
    finish(store);
    return NULL;
}

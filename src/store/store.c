// SPDX-License-Identifier: Apache-2.0
/* store.c - opens and closes the store; what its thread does is in store_thread.c. */
#include "store/store.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "store/inside.h"
#include "store/outbox_rows.h"
#include "store/rows.h"
#include "store/schema.h"

enum {
    COMMANDS_BYTES = 8388608, /* store.h: then the core's loop waits. */
    CONTROL_BYTES = 4096,
    ASK_MS = 300
};

static int open_mailboxes(struct store *store)
{
    int error = mailbox_open(&store->commands, "store", COMMANDS_BYTES);
    if (!error)
        error = mailbox_open(&store->journal, "journal", JOURNAL_MAILBOX_BYTES);
    if (!error)
        error = mailbox_open(&store->control, "store control", CONTROL_BYTES);
    if (!error)
        error = mailbox_open(&store->replies, "store replies", CONTROL_BYTES);
    return error;
}

static int open_database(struct store *store, const char *dir, char *why, uint32_t why_size)
{
    int error = store_schema_open(dir, &store->db, why, why_size);
    if (!error)
        error = store_schema_recover(store->db, &store->figures.recovered, why, why_size);
    if (!error)
        error = store_rows_open(&store->rows, store->db, why, why_size);
    if (!error && store->figures.recovered > 0)
        log_line(LOG_WARN, "store",
                 "%u calls were up when the last server stopped: closed as server_failure",
                 store->figures.recovered);
    return error;
}

/* Signals are for the main thread; a file-size limit then is a write error here, not the end. */
static int start_thread(struct store *store)
{
    sigset_t all, before;
    int error;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    error = pthread_create(&store->thread, NULL, store_thread_main, store);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return -error;
}

static void release(struct store *store)
{
    courier_close(store->courier);
    journal_writer_close(&store->writer);
    store_rows_close(store->rows);
    if (store->db && sqlite3_close(store->db) != SQLITE_OK)
        log_line(LOG_ERROR, "store", "the database did not close: %s", sqlite3_errmsg(store->db));
    struct mailbox *boxes[] = {store->commands, store->journal, store->control, store->replies};
    for (size_t i = 0; i < sizeof(boxes) / sizeof(boxes[0]); i++) {
        if (boxes[i])
            mailbox_close(boxes[i]);
    }
    if (store->lock_fd >= 0)
        close(store->lock_fd);
    for (uint32_t i = 0; i < MAX_PLANS; i++)
        free(store->sender.waiting[i].blob);
    store_pending_release(&store->pending);
    free(store->hooks);
    free(store->answers);
    free(store);
}

int store_open(struct store **out, const struct store_options *options, struct mailbox *events,
               char *why, uint32_t why_size)
{
    struct store *store = calloc(1, sizeof(*store));
    int error;

    snprintf(why, why_size, "out of memory");
    if (!store)
        return -ENOMEM;
    store->lock_fd = -1;
    store->writer.fd = -1;
    store->events = events;
    error = open_mailboxes(store);
    if (error) {
        snprintf(why, why_size, "cannot make the store's mailboxes: %s", strerror(-error));
        goto out;
    }
    error = store_schema_lock(options->dir, &store->lock_fd, why, why_size);
    if (!error)
        error = open_database(store, options->dir, why, why_size);
    if (!error)
        error = journal_writer_open(&store->writer, options, why, why_size);
    if (error)
        goto out;

    store->sender.box = store->journal;
    store->sender.segment_bytes = store->writer.segment_bytes;
    if (options->net)
        error = courier_open(&store->courier, options->dir, store->commands, options->net, why,
                            why_size);
    if (error)
        goto out;
    error = start_thread(store);
    if (error)
        snprintf(why, why_size, "cannot start the store's thread: %s", strerror(-error));
    else
        *out = store;
out:
    if (error)
        release(store);
    else
        why[0] = '\0';
    return error;
}

void store_close(struct store *store)
{
    const struct store_control_message stop = {.kind = STORE_STOP};
    enum mailbox_result posted;

    if (!store)
        return;
    courier_stop(store->courier); /* First: what came of its last attempts is written down. */
    posted = mailbox_post(store->control, &stop, sizeof(stop));
    assert(posted == MAILBOX_OK); /* One asker, 4 KiB: it cannot be full. */
    (void)posted;
    pthread_join(store->thread, NULL);
    release(store);
}

bool store_hooks(struct store *store, const struct plan *plan)
{
    struct store_control_message message = {.kind = STORE_HOOKS, .hooks = outbox_hooks_of(plan)};

    if (message.hooks && store->courier && !courier_prepare(store->courier, plan)) {
        free(message.hooks);
        message.hooks = NULL;
    }
    if (message.hooks && mailbox_post(store->control, &message, sizeof(message)) == MAILBOX_OK)
        return true;
    free(message.hooks);
    log_line(LOG_ERROR, "store", "who is told of events stays as it was: the store is busy");
    return false;
}

struct mailbox *store_mailbox(struct store *store)
{
    return store->commands;
}

bool store_figures(struct store *store, struct store_figures *out)
{
    const struct store_control_message ask = {.kind = STORE_ASK};

    while (mailbox_take(store->replies, out, sizeof(*out)) > 0) {
        /* An answer that came too late for its question. */
    }
    if (mailbox_post(store->control, &ask, sizeof(ask)) != MAILBOX_OK)
        return false;
    if (!mailbox_wait(store->replies, ASK_MS))
        return false;
    return mailbox_take(store->replies, out, sizeof(*out)) == sizeof(*out);
}

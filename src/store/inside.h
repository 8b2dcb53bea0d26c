// SPDX-License-Identifier: Apache-2.0
/* inside.h - the store's parts, for its own files. Each field has one thread. */
#ifndef STORE_INSIDE_H
#define STORE_INSIDE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mailbox.h"
#include "store/journal.h"
#include "store/courier.h"
#include "store/pending.h"
#include "store/store.h"

struct sqlite3;
struct store_rows;
struct outbox_hooks;

/* An answer that found the core's mailbox full. */
struct store_answer {
    enum event_kind kind;
    uint32_t call, leg;
    char ref[32]; /* STORE_KNOWN */
    uint32_t turn, number; /* STORE_NOTED */
};

struct store {
    /* Set before the thread starts, then read only. */
    struct mailbox *commands; /* STORE_* commands. Full: the core's loop waits. */
    struct mailbox *journal;  /* Never wakes the thread. Full: steps are lost and counted. */
    struct mailbox *control;  /* Stop, and questions for figures. Full: the asker is told no. */
    struct mailbox *replies;  /* Figures. */
    struct mailbox *events;   /* The core's. */
    pthread_t thread;
    int lock_fd;
    struct courier *courier; /* NULL: without net. */

    /* The core's thread. */
    struct journal_sender sender;

    /* The store's thread. */
    struct sqlite3 *db;
    struct store_rows *rows;
    struct store_pending pending;
    struct journal_writer writer;
    bool stopping;
    uint64_t batch_begun_ns; /* When the oldest pending command was taken. */
    bool urgent;             /* A call waits to be answered. */
    uint64_t retry_at_ms, failing_since_ms;
    uint32_t backoff_ms; /* 0: the database is well. */
    struct store_answer *answers;
    uint32_t answer_count, answer_capacity;
    uint32_t wal_pages, wal_done; /* Of the log: now, and when it was last copied. */
    bool tasks_wanted;          /* Callbacks that are open are to be told to the core. */
    uint64_t told;              /* Rows of the outbox that it was woken for. */
    struct outbox_hooks *hooks; /* To be written with the next batch; NULL: they are. */
    uint64_t flush_at_ms, trim_at_ms;
    struct store_figures figures;
    uint8_t message[sizeof(struct journal_message) + JOURNAL_STEP_BYTES];
};

enum store_control { STORE_STOP = 1, STORE_ASK, STORE_HOOKS };

/* To the thread. */
struct store_control_message {
    enum store_control kind;
    struct outbox_hooks *hooks; /* STORE_HOOKS: the receiver's. */
};

/* store_thread.c: the thread, until STORE_STOP. */
void *store_thread_main(void *store);

#endif

// SPDX-License-Identifier: Apache-2.0
/* store.h - the durable limb: calls, legs, turns, keys, hand-overs and ledgers in SQLite; the journal.
 *
 * One thread. Writes are committed in groups (at most 5 ms or 256 commands), with synchronous=FULL:
 * STORE_OPENED is posted after the commit that holds the call. At open, calls left without an end are
 * closed as `server_failure`. Full policy: the mailbox holds 8 MiB; when it is full the core's loop
 * waits, since an account that was promised may not be lost; the journal is dropped first, and counted. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/attr.h"
#include "base/mailbox.h"
#include "core/command.h"
#include "core/event.h"

struct net;

struct store_options {
    const char *dir;               /* Holds offhook.db and journal/. Made when missing, mode 0700. */
    uint64_t journal_segment_bytes; /* A new segment at this size. 0: 64 MiB; at most 256 MiB. */
    uint64_t journal_total_bytes;   /* The oldest segments leave. 0: 1 GiB. */
    uint32_t journal_days;          /* Since a segment's last record. 0: 7. */
    struct net *net;                /* By which others are told; NULL: nobody is. */
};

struct store;

/* 0, or -errno with the reason in why: no permission, disk full, newer schema, another server runs on it. */
MUST_USE int store_open(struct store **out, const struct store_options *options,
                        struct mailbox *events, char *why, uint32_t why_size);
/* Commits what was posted, then closes. */
void store_close(struct store *store);

/* Where STORE_* commands go. Each STORE_CALL_OPENED is answered once, with its call and leg: STORE_OPENED
 * after the commit, or STORE_FAILED when it cannot be written now. What was posted after a failure is
 * kept (64 MiB, then the mailbox) and written when the database is well again, the failed opening too. */
struct mailbox *store_mailbox(struct store *store);

/* Who is told of which events from now on: rows of the outbox are made with the facts. The plan is
 * read here, not kept. Before limbs take calls, and at each reload; one thread. False, logged: there
 * is no memory, or the thread takes no messages; what was before stays. */
MUST_USE bool store_hooks(struct store *store, const struct plan *plan);

struct store_figures {
    uint64_t commands, batches;  /* Durable. */
    uint64_t rejected;           /* Commands that no database would take: a reference used twice. */
    uint64_t failures;           /* Batches that could not be written, each retry counted. */
    uint64_t failing_ms;         /* 0: the database is well. */
    uint64_t longest_commit_us;
    uint32_t pending;            /* Commands taken, not yet durable. */
    uint32_t recovered;          /* Calls closed as server_failure at open. */
    uint64_t journal_records, journal_bytes, journal_lost;
    uint32_t journal_segments;
    char why[128];               /* The last failure, in words. */
};

/* Asks the store's thread; one asking thread only. False when it did not answer within 300 ms: it is
 * busy with a disk that does not answer either. */
MUST_USE bool store_figures(struct store *store, struct store_figures *out);

/* The journal, called by the core's loop for each step: the event, the commands it led to. Posts to the
 * store's thread; never waits; drops and counts when the store is behind. Returns true when a new
 * segment is due after this record: the caller then calls journal_snapshot() with the core's state
 * (core_save) before the next step, and the segment begins with it. A wish until it is met: it comes
 * back with each record. The plans in use are repeated by the store, from journal_plan(). */
MUST_USE bool journal_record(struct store *store, const struct event *event, const struct command *commands,
                             uint32_t count);
void journal_snapshot(struct store *store, const void *state, size_t size);
/* The sources of a plan as text (what app/ needs to make it again), before its PLAN_LOADED. Kept for
 * the beginnings of segments until a recorded step commands its PLAN_DROP. */
void journal_plan(struct store *store, uint32_t slot, uint32_t serial, const void *source, size_t size);

/* Reading a journal: segments in order, records in order. Bytes may be hostile or cut off: the end of
 * a segment that was cut is the end of that segment. A segment begins with its PLANs, then a SNAPSHOT
 * to load; the first of a run of the server begins with an empty SNAPSHOT (a fresh core), and its
 * plans follow as they were loaded. After a GAP nothing can be replayed until the next SNAPSHOT. */
enum journal_kind { JOURNAL_END, JOURNAL_SNAPSHOT, JOURNAL_PLAN, JOURNAL_STEP, JOURNAL_GAP };
struct journal_entry {
    enum journal_kind kind;
    const uint8_t *bytes; /* SNAPSHOT, PLAN: the blob. STEP: the packed event. Live until the next read. */
    size_t size;
    uint32_t slot, serial;          /* PLAN */
    uint32_t command_count;         /* STEP */
    const uint8_t *commands;        /* STEP: each a 4-byte little-endian size, then a packed command. */
    size_t commands_size;
    uint64_t lost;                  /* GAP: records dropped here; 0: not known, bytes were damaged. */
};
struct journal_reader;
MUST_USE int journal_read_open(struct journal_reader **out, const char *dir, char *why, uint32_t why_size);
MUST_USE bool journal_read(struct journal_reader *reader, struct journal_entry *out);
void journal_read_close(struct journal_reader *reader);

/* `offhook cdr`: reads the database while a server may be running. */
enum cdr_format { CDR_CSV, CDR_JSONL };
struct cdr_query {
    enum cdr_format format;
    uint64_t since_ms, until_ms; /* Of the call's start; 0: no bound. */
    const char *ref;             /* One call with all its turns, keys, hand-overs and ledgers; or NULL. */
    bool live;                   /* Also calls that have not ended. */
};
MUST_USE int store_print_cdr(const char *dir, const struct cdr_query *query, FILE *out, char *why,
                             uint32_t why_size);

/* `offhook messages` and `offhook callbacks`, beside a server or without one. `count`: how many
 * were printed; `out` may be NULL, when only that is asked. */
struct store_tasks_query {
    enum task_kind kind;
    bool all, json;  /* all: also those that are over. */
    const char *ref; /* Of this call alone; NULL: of all. */
};
MUST_USE int store_tasks_print(const char *dir, const struct store_tasks_query *query, FILE *out,
                               uint32_t *count, char *why, uint32_t why_size);
/* People have heard a message, have done it, or cancel a callback: all of the call's of this kind. */
MUST_USE int store_tasks_mark(const char *dir, const char *ref, enum task_kind kind,
                              enum task_state state, char *why, uint32_t why_size);
struct plan_hook;
/* `offhook hooks test`: sends a made-up event and prints what came back. 0: it was taken. */
MUST_USE int store_hook_test(const struct plan_hook *hook, struct net *net, FILE *out);

/* `offhook outbox`, beside a server or without one. */
struct store_outbox_query {
    bool json;
    bool dead;        /* Only what was given up. */
    bool done;        /* Also what was delivered. */
    const char *what; /* An id, or an endpoint's name; NULL: all. */
};
MUST_USE int store_outbox_print(const char *dir, const struct store_outbox_query *query, FILE *out,
                                uint32_t *count, char *why, uint32_t why_size);
/* What is dead is due again: of an endpoint, which is turned on again, or all (""); by its id also
 * what was delivered. -ENOENT: there is none. */
MUST_USE int store_outbox_resend(const char *dir, const char *what, uint32_t *count, char *why,
                                 uint32_t why_size);

#endif

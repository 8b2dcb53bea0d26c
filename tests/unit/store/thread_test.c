// SPDX-License-Identifier: Apache-2.0
/* thread_test.c - the core's thread, the asker of figures and the store's thread at once. */
#include "given.h"

#include <pthread.h>

enum { CALLS = 2000 };

/* As the core's loop: opens calls, records each step, hands over snapshots when asked to. */
static void *core_main(void *unused)
{
    static uint8_t state[100000];
    char ref[16];

    (void)unused;
    journal_plan(store, 0, 1, "a plan", 6);
    for (uint32_t i = 0; i < CALLS; i++) {
        struct event event = {.kind = SIP_INVITE, .now_ms = 1000 + i, .call = i + 1};
        struct command commands[2];
        snprintf(ref, sizeof(ref), "c%u", i);
        commands[0] = opened(ref, i + 1);
        commands[1] = closed(ref, noon_ms + 1000);
        post(commands[0]);
        post(commands[1]);
        if (journal_record(store, &event, commands, 2))
            journal_snapshot(store, state, sizeof(state));
    }
    return NULL;
}

static void three_threads_meet_only_in_mailboxes(void)
{
    struct store_options options;
    struct store_figures figures;
    pthread_t core;

    given_dir();
    given_events(EVENTS_BYTES);
    options = (struct store_options){.dir = dir, .journal_segment_bytes = 65536};
    CHECK(store_open(&store, &options, events, why, sizeof(why)) == 0);
    CHECK(pthread_create(&core, NULL, core_main, NULL) == 0);
    for (uint32_t i = 0; i < CALLS; i++) {
        struct event event = next_event();
        CHECK(event.kind == STORE_OPENED && event.call == i + 1);
        if (i % 100 == 0 && store_figures(store, &figures))
            CHECK(figures.commands <= 2 * (uint64_t)CALLS);
    }
    pthread_join(core, NULL);
    close_store();
    CHECK(number("SELECT count(*) FROM calls WHERE ended_ms IS NOT NULL") == CALLS);

    struct journal_reader *reader;
    struct journal_entry entry;
    uint32_t steps = 0, snapshots = 0;
    CHECK(journal_read_open(&reader, dir, why, sizeof(why)) == 0);
    while (journal_read(reader, &entry)) {
        steps += entry.kind == JOURNAL_STEP;
        snapshots += entry.kind == JOURNAL_SNAPSHOT;
        CHECK(entry.kind != JOURNAL_GAP);
    }
    CHECK(steps == CALLS && snapshots > 3);
    journal_read_close(reader);
    remove_dir();
}

int main(void)
{
    RUN(three_threads_meet_only_in_mailboxes);
    mailbox_close(events);
    return 0;
}

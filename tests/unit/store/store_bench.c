// SPDX-License-Identifier: Apache-2.0
/* store_bench.c - calls opened and closed a second through the store's thread; steps recorded.
 *
 *   store_bench calls COUNT    posts openings and ends as the core does, waits for every answer
 *   store_bench steps COUNT    records steps of a usual size and nothing else: for callgrind
 *   store_bench trickle COUNT  one call at a time: how long a caller waits for the commit */
#include "given.h"

static void calls(uint32_t count)
{
    uint64_t begun_ns = clock_ns();
    uint32_t posted = 0, acknowledged = 0;
    struct store_figures figures;
    char ref[40];

    while (acknowledged < count) {
        for (; posted < count && posted < acknowledged + 2000; posted++) {
            snprintf(ref, sizeof(ref), "20261121T120000-%08x-%u", posted * 2654435761U, posted);
            post(opened(ref, posted + 1));
        }
        struct event event = next_event();
        CHECK(event.kind == STORE_OPENED);
        uint32_t call = event.call - 1;
        snprintf(ref, sizeof(ref), "20261121T120000-%08x-%u", call * 2654435761U, call);
        post(closed(ref, noon_ms + 1000));
        acknowledged++;
    }
    CHECK(store_figures(store, &figures));
    double seconds = (double)(clock_ns() - begun_ns) / 1e9;
    close_store();
    double to_the_end = (double)(clock_ns() - begun_ns) / 1e9;
    printf("calls %u, %.0f opened and closed a second, %.2f s; to the end %.2f s; commands a "
           "commit %.0f, longest commit %.1f ms\n",
           count, count / seconds, seconds, to_the_end,
           (double)figures.commands / (double)figures.batches,
           (double)figures.longest_commit_us / 1e3);
}

static void steps(uint32_t count)
{
    struct event event = {.kind = MEDIA_VOICE, .call = 3, .leg = 4, .voice = {.voiced = true}};
    struct command commands[2] = {
        {.kind = TIMER_SET, .call = 3, .timer = {.serial = 4, .at_ms = 99999}},
        turn("c1", noon_ms, "I have a question about my last bill")};
    uint64_t begun_ns = clock_ns();
    uint32_t due = 0;

    for (uint32_t i = 0; i < count; i++) {
        event.now_ms = event.at_ms = 1000 + i;
        due += journal_record(store, &event, commands, 2);
    }
    printf("steps %u, %.0f ns each; a new segment was asked for %u times\n", count,
           (double)(clock_ns() - begun_ns) / count, due);
}

static void trickle(uint32_t count)
{
    uint64_t total_ns = 0, worst_ns = 0;
    char ref[16];

    for (uint32_t i = 0; i < count; i++) {
        uint64_t begun_ns = clock_ns(), took_ns;
        snprintf(ref, sizeof(ref), "c%u", i);
        post(opened(ref, i + 1));
        CHECK(next_event().kind == STORE_OPENED);
        took_ns = clock_ns() - begun_ns;
        total_ns += took_ns;
        worst_ns = took_ns > worst_ns ? took_ns : worst_ns;
        clock_sleep_until_ns(clock_ns() + 10000000);
    }
    printf("calls %u, one at a time: %.2f ms until durable, worst %.2f ms\n", count,
           (double)total_ns / count / 1e6, (double)worst_ns / 1e6);
}

int main(int argc, char **argv)
{
    uint32_t count = argc > 2 ? (uint32_t)atoi(argv[2]) : 20000;
    const char *what = argc > 1 ? argv[1] : "calls";

    given_dir();
    given_events(EVENTS_BYTES);
    open_store();
    if (strcmp(what, "calls") == 0)
        calls(count);
    else if (strcmp(what, "steps") == 0)
        steps(count);
    else
        trickle(count);
    if (store)
        close_store();
    remove_dir();
    mailbox_close(events);
    return 0;
}

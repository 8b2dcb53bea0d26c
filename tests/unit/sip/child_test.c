// SPDX-License-Identifier: Apache-2.0
/* child_test.c - when a worker is held to be hung: what it did counts, not how long it took. */
#include "sip/child.h"

#include "check.h"

static struct child child;

static bool seen(uint64_t now_ms, uint32_t beats, bool runnable, uint64_t cpu_ms)
{
    struct pulse pulse = {.beats = beats, .runnable = runnable, .cpu_ms = cpu_ms};

    return child_judge(&child, &pulse, now_ms);
}

static void a_worker_that_makes_steps_is_never_hung(void)
{
    child = (struct child){0};
    for (uint32_t i = 1; i < 100; i++) {
        CHECK(!seen(i * 10000ull, i, true, i * 10000ull));
        CHECK(!seen(i * 10000ull + 500, i, i % 2, i * 10000ull + 500));
    }
}

static void one_that_is_stopped_or_sleeps_is_hung_after_two_seconds(void)
{
    child = (struct child){0};
    CHECK(!seen(1000, 7, false, 50));
    CHECK(!seen(3000, 7, false, 50));
    CHECK(seen(3001, 7, false, 50));
}

static void one_that_runs_in_a_circle_is_hung_by_its_own_time(void)
{
    child = (struct child){0};
    CHECK(!seen(1000, 7, true, 500));
    CHECK(!seen(3500, 7, true, 2500)); /* Two seconds of work need more when others work too. */
    CHECK(seen(4000, 7, true, 2510));
}

static void one_that_gets_no_processor_has_twenty_seconds(void)
{
    child = (struct child){0};
    CHECK(!seen(1000, 7, true, 500));
    CHECK(!seen(21000, 7, true, 600));
    CHECK(seen(21001, 7, true, 600));
}

int main(void)
{
    RUN(a_worker_that_makes_steps_is_never_hung);
    RUN(one_that_is_stopped_or_sleeps_is_hung_after_two_seconds);
    RUN(one_that_runs_in_a_circle_is_hung_by_its_own_time);
    RUN(one_that_gets_no_processor_has_twenty_seconds);
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* schedule_test.c - when calls are due: ramps, steps, rates, shares of threads. */
#include "load/schedule.h"

#include "check.h"

enum { MS = 1000000 };

static struct load_options options;
static struct schedule schedule;

static void given(struct load_options change)
{
    options = load_options_default();
    options.calls = change.calls;
    options.rate = change.rate;
    options.ramp_ms = change.ramp_ms;
    options.step = change.step;
    options.every_ms = change.every_ms;
    options.length_ms = change.length_ms;
    options.for_ms = change.for_ms;
    options.threads = change.threads ? change.threads : 1;
    schedule_init(&schedule, &options, 0);
}

/* Begins what is due each ms until then, none ends. Returns how many are up. */
static uint32_t begun_by(uint64_t until_ms)
{
    uint32_t up = 0;
    uint64_t planned_ns;

    for (uint64_t ms = 0; ms <= until_ms; ms++) {
        while (schedule_take(&schedule, ms * MS, up, &planned_ns)) {
            CHECK(planned_ns <= ms * MS);
            up++;
        }
    }
    return up;
}

static void a_ramp_reaches_its_calls_evenly(void)
{
    given((struct load_options){.calls = 100, .ramp_ms = 10000, .length_ms = 60000});
    CHECK(schedule.for_ms == 70000);
    uint32_t half = begun_by(5000);
    CHECK(half >= 50 && half <= 51);
    given((struct load_options){.calls = 100, .ramp_ms = 10000, .length_ms = 60000});
    CHECK(begun_by(9999) == 100 && schedule_wanted(&schedule, 69999ull * MS) == 100);
    CHECK(schedule_wanted(&schedule, 70000ull * MS) == 0);
}

static void steps_go_up_to_the_calls_and_stay(void)
{
    given((struct load_options){
        .calls = 250, .step = 100, .every_ms = 30000, .rate = 50, .length_ms = 60000});
    CHECK(schedule_steps(&schedule) == 3 && schedule.for_ms == 90000);
    CHECK(schedule_wanted(&schedule, 29999ull * MS) == 100);
    CHECK(schedule_wanted(&schedule, 30000ull * MS) == 101);
    CHECK(schedule_wanted(&schedule, 32000ull * MS) == 200);
    CHECK(schedule_step_settles_ms(&schedule, 1) == 32000);
    CHECK(schedule_wanted(&schedule, 89999ull * MS) == 250);
    CHECK(schedule_step_at(&schedule, 60000ull * MS) == 2);
    CHECK(schedule_step_ends_ms(&schedule, 2) == 90000);
}

static void a_step_leaves_time_to_begin_its_calls(void)
{
    given((struct load_options){
        .calls = 300, .step = 100, .every_ms = 1000, .rate = 10, .length_ms = 60000});
    CHECK(schedule.every_ms == 11000);
}

static void a_rate_is_kept_where_calls_leave_room(void)
{
    given((struct load_options){.calls = 5000, .rate = 1000, .length_ms = 0, .for_ms = 4000});
    CHECK(schedule.by_rate);
    CHECK(begun_by(2000) == 2001);
    CHECK(schedule_due(&schedule, 2000ull * MS) == 2000);
    CHECK(schedule_due(&schedule, 9000ull * MS) == 4000);
    given((struct load_options){.calls = 100, .rate = 10, .length_ms = 60000});
    CHECK(!schedule.by_rate && schedule_due(&schedule, 2000ull * MS) == 0);
}

static void calls_that_end_are_replaced_no_faster_than_the_rate(void)
{
    uint64_t planned_ns;
    uint32_t begun = 0;

    given((struct load_options){.calls = 10, .rate = 5, .length_ms = 60000, .for_ms = 60000});
    CHECK(begun_by(10000) == 10);
    for (uint64_t ms = 10001; ms <= 12001; ms++) /* As if each were refused at once. */
        while (schedule_take(&schedule, ms * MS, 0, &planned_ns))
            begun++;
    CHECK(begun >= 10 && begun <= 11);
}

static void what_is_begun_late_tells_when_it_was_due_unless_none_was_wanted(void)
{
    uint64_t planned_ns = 0;

    given((struct load_options){.calls = 1000, .rate = 100, .length_ms = 1000, .for_ms = 60000});
    CHECK(schedule_take(&schedule, 0, 0, &planned_ns));
    CHECK(schedule_take(&schedule, 500ull * MS, 1, &planned_ns) && planned_ns == 10 * MS);
    given((struct load_options){.calls = 1, .rate = 100, .length_ms = 1000, .for_ms = 60000});
    CHECK(schedule_take(&schedule, 0, 0, &planned_ns));
    CHECK(!schedule_take(&schedule, 900ull * MS, 1, &planned_ns));
    CHECK(schedule_take(&schedule, 901ull * MS, 0, &planned_ns) && planned_ns == 900ull * MS);
    CHECK(!schedule_take(&schedule, 901ull * MS, 0, &planned_ns));
}

static void shares_of_threads_add_up(void)
{
    for (uint32_t threads = 1; threads <= LOAD_MAX_THREADS; threads++) {
        uint32_t sum = 0;
        given((struct load_options){
            .calls = 1001, .rate = 100, .length_ms = 1000, .threads = threads});
        for (uint32_t i = 0; i < threads; i++) {
            schedule_init(&schedule, &options, i);
            sum += schedule_share(&schedule, 1001);
        }
        CHECK(sum == 1001);
    }
}

static void who_says_nothing_gets_a_rate_that_keeps_the_calls_up(void)
{
    given((struct load_options){.calls = 100, .ramp_ms = 10000, .length_ms = 2000});
    CHECK(schedule.rate >= 50);
    given((struct load_options){.calls = 100, .length_ms = 60000});
    CHECK(schedule.rate == 50 && schedule.ramp_ms == 2000);
}

int main(void)
{
    RUN(a_ramp_reaches_its_calls_evenly);
    RUN(steps_go_up_to_the_calls_and_stay);
    RUN(a_step_leaves_time_to_begin_its_calls);
    RUN(a_rate_is_kept_where_calls_leave_room);
    RUN(calls_that_end_are_replaced_no_faster_than_the_rate);
    RUN(what_is_begun_late_tells_when_it_was_due_unless_none_was_wanted);
    RUN(shares_of_threads_add_up);
    RUN(who_says_nothing_gets_a_rate_that_keeps_the_calls_up);
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* slo_test.c - late turns counted in rings of buckets: windows, their ends, quantiles, burn. */
#include "core/slo.h"

#include <string.h>

#include "check.h"

enum { MINUTE = 60000, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

static struct slo_series series;

static void begin(void)
{
    memset(&series, 0, sizeof(series));
}

static bool is(struct slo_count count, uint32_t turns, uint32_t late)
{
    return count.turns == turns && count.late == late;
}

static void without_turns_nothing_is_known(void)
{
    begin();
    CHECK(is(slo_count(&series, SLO_HOUR, 5 * DAY), 0, 0));
    CHECK(slo_quantile(&series, 950, 5 * DAY) == 0 && slo_burn((struct slo_count){0, 0}, 950) == 0);
}

static void each_window_ends_with_the_bucket_that_is_not_over(void)
{
    uint64_t t = 100ull * DAY;

    begin();
    slo_add(&series, t, 300, true);
    slo_add(&series, t + 4 * MINUTE, 300, false);
    CHECK(is(slo_count(&series, SLO_5_MINUTES, t + 5 * MINUTE - 1), 2, 1));
    CHECK(is(slo_count(&series, SLO_5_MINUTES, t + 5 * MINUTE), 1, 0));
    CHECK(is(slo_count(&series, SLO_HOUR, t + HOUR - 1), 2, 1));
    CHECK(is(slo_count(&series, SLO_HOUR, t + HOUR), 1, 0));
    CHECK(is(slo_count(&series, SLO_DAY, t + DAY - 1), 2, 1));
    CHECK(is(slo_count(&series, SLO_DAY, t + DAY), 0, 0));
    CHECK(is(slo_count(&series, SLO_MONTH, t + 30ull * DAY - 1), 2, 1));
    CHECK(is(slo_count(&series, SLO_MONTH, t + 30ull * DAY), 0, 0));
}

static void turns_of_an_earlier_run_count_also_when_the_machine_has_just_begun(void)
{
    begin();
    slo_past(&series, 5000, SLO_MINUTES, 10 * MINUTE, (struct slo_count){8, 2});
    slo_past(&series, 5000, SLO_HOURS, 10 * HOUR, (struct slo_count){80, 20});
    slo_past(&series, 5000, SLO_DAYS, 20ull * DAY, (struct slo_count){800, 200});
    slo_past(&series, 5000, SLO_DAYS, 31ull * DAY, (struct slo_count){9999, 9999});
    CHECK(is(slo_count(&series, SLO_5_MINUTES, 6000), 0, 0));
    CHECK(is(slo_count(&series, SLO_HOUR, 6000), 8, 2));
    CHECK(is(slo_count(&series, SLO_DAY, 6000), 80, 20));
    CHECK(is(slo_count(&series, SLO_MONTH, 6000), 800, 200));
    slo_add(&series, 7000, 300, true);
    CHECK(is(slo_count(&series, SLO_HOUR, 7000), 9, 3));
    CHECK(is(slo_count(&series, SLO_HOUR, HOUR - 1), 1, 1));
    CHECK(is(slo_count(&series, SLO_MONTH, 11ull * DAY), 1, 1));
}

static void buckets_that_time_comes_to_again_are_cleared(void)
{
    uint64_t t = 7ull * DAY;

    begin();
    for (int i = 0; i < 10; i++)
        slo_add(&series, t, 300, true);
    slo_add(&series, t + HOUR, 300, false); /* The same minute's bucket. */
    CHECK(is(slo_count(&series, SLO_HOUR, t + HOUR), 1, 0));
    CHECK(is(slo_count(&series, SLO_DAY, t + HOUR), 11, 10));
    slo_add(&series, t + 90ull * DAY, 300, false); /* All of them are old now. */
    CHECK(is(slo_count(&series, SLO_HOUR, t + 90ull * DAY), 1, 0));
    CHECK(is(slo_count(&series, SLO_MONTH, t + 90ull * DAY), 1, 0));
    CHECK(slo_quantile(&series, 1000, t + 90ull * DAY) > 0);
}

static void a_clock_that_goes_back_counts_as_now(void)
{
    begin();
    slo_add(&series, 2 * HOUR, 300, false);
    slo_add(&series, HOUR, 300, true);
    CHECK(is(slo_count(&series, SLO_5_MINUTES, 2 * HOUR), 2, 1));
}

static void only_minutes_that_begin_after_a_step_count_after_it(void)
{
    uint64_t t = HOUR;

    begin();
    slo_add(&series, t + 59000, 300, true);
    slo_add(&series, t + MINUTE, 300, false);
    CHECK(is(slo_count_since(&series, 0, t + MINUTE), 2, 1));
    CHECK(is(slo_count_since(&series, t, t + MINUTE), 2, 1));
    CHECK(is(slo_count_since(&series, t + 1, t + MINUTE), 1, 0));
    CHECK(is(slo_count_since(&series, t + MINUTE + 1, t + MINUTE + 1), 0, 0));
    CHECK(is(slo_count_since(&series, t, t + 20 * MINUTE), 0, 0)); /* Five minutes at most. */
}

static bool near(uint32_t found, uint32_t ms)
{
    return found * 8 >= ms * 7 && found * 8 <= ms * 9;
}

static void quantiles_of_the_last_hour_are_right_to_an_eighth(void)
{
    uint64_t t = DAY;

    begin();
    for (uint32_t i = 1; i <= 1000; i++) {
        slo_add(&series, t, i * 2, false);
        CHECK(near(slo_quantile(&series, 1000, t), i * 2) || i * 2 < SLO_LOWEST_MS);
    }
    CHECK(near(slo_quantile(&series, 500, t), 1000) && near(slo_quantile(&series, 950, t), 1900));
    CHECK(slo_quantile(&series, 950, t + 2 * HOUR) == 0);
    begin();
    slo_add(&series, t, 0, false);
    CHECK(slo_quantile(&series, 950, t) <= 18);
    slo_add(&series, t, UINT32_MAX, true);
    CHECK(slo_quantile(&series, 950, t) > 60000 && slo_quantile(&series, 500, t) <= 18);
}

static void burn_is_the_late_share_over_what_may_be_late(void)
{
    CHECK(slo_burn((struct slo_count){100, 5}, 950) == 100);
    CHECK(slo_burn((struct slo_count){100, 20}, 950) == 400);
    CHECK(slo_burn((struct slo_count){100, 100}, 950) == 2000);
    CHECK(slo_burn((struct slo_count){100, 0}, 950) == 0);
    CHECK(slo_burn((struct slo_count){UINT32_MAX, UINT32_MAX}, 1000) == SLO_MOST_BURN);
}

int main(void)
{
    RUN(without_turns_nothing_is_known);
    RUN(each_window_ends_with_the_bucket_that_is_not_over);
    RUN(turns_of_an_earlier_run_count_also_when_the_machine_has_just_begun);
    RUN(buckets_that_time_comes_to_again_are_cleared);
    RUN(a_clock_that_goes_back_counts_as_now);
    RUN(only_minutes_that_begin_after_a_step_count_after_it);
    RUN(quantiles_of_the_last_hour_are_right_to_an_eighth);
    RUN(burn_is_the_late_share_over_what_may_be_late);
    return 0;
}

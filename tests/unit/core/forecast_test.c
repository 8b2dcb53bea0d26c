// SPDX-License-Identifier: Apache-2.0
#include "core/forecast.h"

#include "check.h"

static struct forecast_figures figures;

static struct forecast wait_of(uint32_t position, uint32_t on_duty, uint32_t free, uint32_t milli)
{
    struct forecast_staff staff = {on_duty, free, milli};

    return forecast_wait(&figures, &staff, position);
}

static bool near(uint32_t is, uint32_t wanted)
{
    return is >= wanted - wanted / 40 && is <= wanted + wanted / 40; /* 2.5 % */
}

static void nothing_is_foretold_when_nobody_is_on_duty(void)
{
    CHECK(!wait_of(1, 0, 0, 0).known);
    CHECK(!wait_of(0, 3, 0, 3000).known);
}

/* Quantiles of the gamma distribution of shape k and scale 1: tables, e.g. of chi-square with 2k
 * degrees of freedom, halved. */
static void the_wait_is_erlangs(void)
{
    static const struct {
        uint32_t position, p50, p90; /* Thousandths of m / c. */
    } rows[] = {{1, 693, 2303},   {2, 1678, 3890},   {3, 2674, 5322},  {5, 4671, 7994},
                {10, 9669, 14206}, {20, 19668, 25903}, {50, 49667, 59249}, {100, 99667, 113023}};

    figures = (struct forecast_figures){.service_ms = 100000};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct forecast one = wait_of(rows[i].position, 1, 0, 1000),
                        four = wait_of(rows[i].position, 4, 0, 4000);
        CHECK(one.known && near(one.p50_ms, rows[i].p50 * 100) && near(one.p90_ms, rows[i].p90 * 100));
        CHECK(near(four.p50_ms, rows[i].p50 * 25) && near(four.p90_ms, rows[i].p90 * 25));
    }
}

static void before_there_is_data_a_caller_takes_three_minutes(void)
{
    figures = (struct forecast_figures){0};
    CHECK(near(wait_of(1, 1, 0, 1000).p50_ms, 124800));
    CHECK(near(wait_of(10, 10, 0, 10000).p50_ms, 174000));
}

static void who_meets_a_free_operator_hardly_waits(void)
{
    figures = (struct forecast_figures){.service_ms = 100000};
    CHECK(wait_of(2, 5, 2, 5000).p50_ms == FORECAST_FREE_MS);
    CHECK(near(wait_of(3, 5, 2, 5000).p50_ms, 13860));
}

static void far_beyond_any_measure_it_is_a_day_at_most(void)
{
    figures = (struct forecast_figures){.service_ms = FORECAST_LONGEST_MS};
    struct forecast wait = wait_of(10000, 1, 0, 1);
    CHECK(wait.p50_ms <= FORECAST_LONGEST_MS && wait.p90_ms <= FORECAST_LONGEST_MS);
    CHECK(wait.p50_ms > FORECAST_LONGEST_MS / 2);
}

static void service_times_are_averaged_then_smoothed(void)
{
    figures = (struct forecast_figures){0};
    forecast_served(&figures, 60000);
    CHECK(figures.service_ms == 60000);
    forecast_served(&figures, 120000);
    CHECK(figures.service_ms == 90000);
    for (int i = 0; i < 200; i++)
        forecast_served(&figures, 30000);
    CHECK(figures.service_ms >= 30000 && figures.service_ms < 30100);
}

static void the_hour_tells_the_service_level_and_how_true_forecasts_were(void)
{
    struct forecast told = {true, 60000, 120000};
    uint64_t now_ms = 1000000000;

    figures = (struct forecast_figures){0};
    for (int i = 0; i < 8; i++) {
        forecast_entered(&figures, now_ms);
        forecast_answered(&figures, now_ms, i < 6 ? 10000 : 130000, 20000, &told);
    }
    forecast_abandoned(&figures, now_ms, 5000, 20000, &told);  /* Early: counts for nothing. */
    forecast_abandoned(&figures, now_ms, 50000, 20000, &told); /* Late: not served in time. */
    struct forecast_summary sum = forecast_sum(&figures, now_ms);
    CHECK(sum.entered == 8 && sum.answered == 8 && sum.abandoned == 2);
    CHECK(sum.level_known && sum.level_permille == 6 * 1000 / 9);
    CHECK(sum.told == 8 && sum.within_permille == 750);
    CHECK(sum.error_p50_ms == 50000);
    sum = forecast_sum(&figures, now_ms + 3300000);
    CHECK(sum.answered == 8);
    sum = forecast_sum(&figures, now_ms + 3700000);
    CHECK(sum.answered == 0 && !sum.level_known);
    forecast_answered(&figures, now_ms + 86400000, 1, 20000, &told);
    CHECK(forecast_sum(&figures, now_ms + 86400000).answered == 1);
}

int main(void)
{
    RUN(nothing_is_foretold_when_nobody_is_on_duty);
    RUN(the_wait_is_erlangs);
    RUN(before_there_is_data_a_caller_takes_three_minutes);
    RUN(who_meets_a_free_operator_hardly_waits);
    RUN(far_beyond_any_measure_it_is_a_day_at_most);
    RUN(service_times_are_averaged_then_smoothed);
    RUN(the_hour_tells_the_service_level_and_how_true_forecasts_were);
    return 0;
}

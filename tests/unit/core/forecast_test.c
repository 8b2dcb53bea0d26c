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
    CHECK(!wait_of(1, 3, 0, 0).known);
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
        CHECK(one.known && near(one.p50_ms, rows[i].p50 * 100 + FORECAST_FREE_MS) &&
              near(one.p90_ms, rows[i].p90 * 100 + FORECAST_FREE_MS));
        CHECK(near(four.p50_ms, rows[i].p50 * 25 + FORECAST_FREE_MS) &&
              near(four.p90_ms, rows[i].p90 * 25 + FORECAST_FREE_MS));
    }
}

static void before_there_is_data_a_caller_takes_three_minutes(void)
{
    figures = (struct forecast_figures){0};
    CHECK(near(wait_of(1, 1, 0, 1000).p50_ms, 124800 + FORECAST_FREE_MS));
    CHECK(near(wait_of(10, 10, 0, 10000).p50_ms, 174000 + FORECAST_FREE_MS));
}

static void who_meets_a_free_operator_hardly_waits(void)
{
    figures = (struct forecast_figures){.service_ms = 100000};
    CHECK(wait_of(2, 5, 2, 5000).p50_ms == FORECAST_FREE_MS);
    CHECK(wait_of(0, 5, 0, 5000).p50_ms == FORECAST_FREE_MS); /* Being offered. */
    CHECK(near(wait_of(3, 5, 2, 5000).p50_ms, 13860 + FORECAST_FREE_MS));
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
    struct forecast told = {.known = true, .p50_ms = 60000, .p90_ms = 120000};
    uint64_t now_ms = 1000000000;

    figures = (struct forecast_figures){0};
    for (int i = 0; i < 8; i++) {
        forecast_entered(&figures, now_ms);
        forecast_answered(&figures, now_ms, i < 6 ? 10000 : 130000, 20000, &told);
    }
    forecast_abandoned(&figures, now_ms, 5000, 20000);  /* Early: counts for nothing. */
    forecast_abandoned(&figures, now_ms, 50000, 20000); /* Late: not served in time. */
    forecast_left(&figures, now_ms, 50000, &told);      /* But sooner than nine in ten. */
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

/* Waits of one to a hundred seconds, drawn with the same chance. */
static uint32_t drawn(uint64_t *state)
{
    return 1000 + check_random(state) % 99000;
}

static void what_no_formula_knows_is_learnt_from_waits(void)
{
    uint64_t state = 7;
    uint32_t in50 = 0, in90 = 0;

    for (int busy = 0; busy < 2; busy++) {
        figures = (struct forecast_figures){.service_ms = 10000};
        in50 = in90 = 0;
        for (int i = 0; i < 4000; i++) {
            struct forecast told = wait_of(2, 2, busy ? 0 : 2, 2000);
            uint32_t ms = drawn(&state);
            CHECK(told.busy == (bool)busy && told.p50_ms <= told.p90_ms);
            in50 += i >= 1000 && ms <= told.p50_ms;
            in90 += i >= 1000 && ms <= told.p90_ms;
            forecast_answered(&figures, 1000, ms, 20000, &told);
        }
        CHECK(in50 > 1400 && in50 < 1600 && in90 > 2670 && in90 < 2820);
    }
}

static void many_who_are_told_before_the_first_is_known_do_not_overdo_it(void)
{
    figures = (struct forecast_figures){.service_ms = 10000};
    struct forecast told = wait_of(1, 1, 0, 1000);
    for (int i = 0; i < 500; i++)
        forecast_answered(&figures, 1000, 3 * told.p90_ms, 20000, &told);
    struct forecast now = wait_of(1, 1, 0, 1000);
    CHECK(now.p90_ms > 2 * told.p90_ms && now.p90_ms < 4 * told.p90_ms);
}

static void what_is_learnt_has_bounds(void)
{
    figures = (struct forecast_figures){.service_ms = 10000};
    struct forecast first = wait_of(1, 1, 0, 1000);
    for (int i = 0; i < 2000; i++)
        forecast_answered(&figures, 1000, FORECAST_LONGEST_MS, 20000, &first);
    CHECK(wait_of(1, 1, 0, 1000).p90_ms <= 8 * first.p90_ms);
    for (int i = 0; i < 2000; i++)
        forecast_answered(&figures, 1000, 0, 20000, &first);
    CHECK(wait_of(1, 1, 0, 1000).p90_ms >= first.p90_ms / 9);
    CHECK(wait_of(1, 1, 0, 1000).p50_ms >= first.p50_ms / 9);
}

int main(void)
{
    RUN(what_no_formula_knows_is_learnt_from_waits);
    RUN(many_who_are_told_before_the_first_is_known_do_not_overdo_it);
    RUN(what_is_learnt_has_bounds);
    RUN(nothing_is_foretold_when_nobody_is_on_duty);
    RUN(the_wait_is_erlangs);
    RUN(before_there_is_data_a_caller_takes_three_minutes);
    RUN(who_meets_a_free_operator_hardly_waits);
    RUN(far_beyond_any_measure_it_is_a_day_at_most);
    RUN(service_times_are_averaged_then_smoothed);
    RUN(the_hour_tells_the_service_level_and_how_true_forecasts_were);
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* spread_test.c - quantiles of durations against a sorted list of them. */
#include "load/spread.h"

#include "check.h"

static int compare(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

    return (left > right) - (left < right);
}

static void an_empty_one_has_no_quantiles(void)
{
    static struct spread spread;

    CHECK(spread_ms(&spread, 0.5) == 0 && spread_mean_ms(&spread) == 0);
    CHECK(spread_beyond(&spread, 0) == 0);
}

static void quantiles_are_within_a_bin_of_the_sorted_list(void)
{
    static const double quantiles[] = {0.01, 0.5, 0.95, 0.99, 0.999, 1};
    static uint64_t values[10000];
    static struct spread spread;
    uint64_t state = 7;

    for (uint32_t i = 0; i < 10000; i++) {
        values[i] = check_random(&state) >> (check_random(&state) % 26 + 6);
        spread_add(&spread, values[i]);
    }
    qsort(values, 10000, sizeof values[0], compare);
    for (uint32_t i = 0; i < 6; i++) {
        uint32_t rank = (uint32_t)(quantiles[i] * 10000 + 0.5);
        double right = (double)values[rank - 1] / 1000, got = spread_ms(&spread, quantiles[i]);
        CHECK(got >= right && got <= right * 1.04 + 0.001);
    }
    CHECK(spread.count == 10000 && spread.max_us == values[9999]);
}

static void every_bin_ends_where_the_next_begins(void)
{
    for (uint32_t i = 1; i < SPREAD_BINS; i++)
        CHECK(spread_edge_ms(i) > spread_edge_ms(i - 1));
    for (uint32_t i = 0; i + 1 < SPREAD_BINS; i++) {
        struct spread spread = {.count = 0};
        uint64_t end = (uint64_t)(spread_edge_ms(i) * 1000 + 0.5);
        spread_add(&spread, end - 1);
        CHECK(spread.bins[i] == 1);
        spread_add(&spread, end);
        CHECK(spread.bins[i + 1] == 1);
    }
}

static void what_is_longer_than_all_bins_counts_as_the_longest(void)
{
    static struct spread spread;

    spread_add(&spread, UINT64_MAX / 2);
    CHECK(spread.bins[SPREAD_BINS - 1] == 1);
    CHECK(spread_ms(&spread, 0.5) == (double)(UINT64_MAX / 2) / 1000);
}

static void two_merged_are_as_one(void)
{
    static struct spread one, left, right;

    for (uint64_t us = 0; us < 5000; us += 7) {
        spread_add(&one, us);
        spread_add(us % 2 ? &left : &right, us);
    }
    spread_merge(&left, &right);
    CHECK(left.count == one.count && left.sum_us == one.sum_us && left.max_us == one.max_us);
    for (uint32_t i = 0; i < SPREAD_BINS; i++)
        CHECK(left.bins[i] == one.bins[i]);
}

static void the_part_beyond_a_bound_is_counted(void)
{
    static struct spread spread;

    for (uint32_t i = 0; i < 100; i++)
        spread_add(&spread, i < 97 ? 1000 : 50000);
    CHECK(spread_beyond(&spread, 10) > 0.0299 && spread_beyond(&spread, 10) < 0.0301);
    CHECK(spread_beyond(&spread, 60) == 0 && spread_beyond(&spread, 0) == 1);
}

int main(void)
{
    RUN(an_empty_one_has_no_quantiles);
    RUN(quantiles_are_within_a_bin_of_the_sorted_list);
    RUN(every_bin_ends_where_the_next_begins);
    RUN(what_is_longer_than_all_bins_counts_as_the_longest);
    RUN(two_merged_are_as_one);
    RUN(the_part_beyond_a_bound_is_counted);
    return 0;
}

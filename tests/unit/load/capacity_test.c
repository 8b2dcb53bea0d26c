// SPDX-License-Identifier: Apache-2.0
/* capacity_test.c - what must be ordered follows from what was measured. */
#include "load/capacity.h"

#include <math.h>
#include <string.h>

#include "check.h"

static const struct capacity_basis basis = {.calls = 3000,
                                            .cores = 1.0,
                                            .kb_a_call = 64,
                                            .idle_mb = 200,
                                            .packets_a_call = 100,
                                            .payload_bytes = 160,
                                            .capture_bytes_a_second = 16000};
static const struct capacity_ask ask = {
    .calls = 10000, .growth_percent = 10, .months = 12, .use = 0.7, .cores_a_server = 8};

static void the_first_month_is_what_was_asked(void)
{
    struct capacity_month m;

    capacity_month(&basis, &ask, 0, &m);
    CHECK(m.calls == 10000 && m.cores == 5 && m.servers == 2 && m.ports == 20000);
    CHECK(fabs(m.packets - 1e6) < 1);
    /* 160 + 12 + 8 + 20 + 38 bytes, 50 a second each way. */
    CHECK(fabs(m.megabits - 10000 * 50 * 238 * 8 / 1e6) < 0.1);
    CHECK(fabs(m.memory_gb - (10000 * 64 / 1024.0 + 2 * 200) / 1024) < 0.001);
    CHECK(fabs(m.capture_gb_a_day - 10000 * 16000.0 * 28800 / 1e9) < 1);
}

static void growth_is_compound(void)
{
    struct capacity_month m;

    capacity_month(&basis, &ask, 12, &m);
    CHECK(m.calls == 31385 && m.cores == 15 && m.servers == 3);
}

static void a_server_that_used_half_a_core_counts_twice_the_calls_a_core(void)
{
    struct capacity_basis half = basis;

    half.cores = 0.5;
    CHECK(fabs(capacity_calls_a_core(&half) - 6000) < 0.1);
    half.cores = 0; /* Not known: nothing is promised beyond what was seen. */
    CHECK(fabs(capacity_calls_a_core(&half) - 3000) < 0.1);
}

static void the_plan_is_printed_month_by_month_and_ends_in_an_order(void)
{
    char page[8192];
    FILE *out = fmemopen(page, sizeof(page), "w");

    CHECK(out);
    capacity_print(&basis, &ask, out);
    fclose(out);
    CHECK(strstr(page, "\n      0    10000      5 "));
    CHECK(strstr(page, "\n     12    31385     15 "));
    CHECK(
        strstr(page, "To order for month 12: 31385 channels on the trunks, 3 servers of 8 cores"));
}

static bool warns(const struct capacity_basis *of, const char *word)
{
    const char *warnings[CAPACITY_WARNINGS + 1];
    bool found = false;

    capacity_warnings(of, warnings);
    for (uint32_t i = 0; warnings[i]; i++)
        found = found || strstr(warnings[i], word);
    return found;
}

static void a_plan_from_few_calls_or_without_sound_says_what_it_is_worth(void)
{
    struct capacity_basis poor = {.calls = 99};

    CHECK(!warns(&basis, ""));
    CHECK(warns(&poor, "fewer than 100") && warns(&poor, "--no-media") &&
          warns(&poor, "processor"));
    poor.calls = 100;
    CHECK(!warns(&poor, "fewer than 100"));
}

int main(void)
{
    RUN(the_first_month_is_what_was_asked);
    RUN(growth_is_compound);
    RUN(a_server_that_used_half_a_core_counts_twice_the_calls_a_core);
    RUN(the_plan_is_printed_month_by_month_and_ends_in_an_order);
    RUN(a_plan_from_few_calls_or_without_sound_says_what_it_is_worth);
    return 0;
}

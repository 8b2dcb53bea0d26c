// SPDX-License-Identifier: Apache-2.0
/* quality_test.c - bursts and gaps of known streams, and values of the E-model that are published.
 */
#include "wire/quality.h"

#include <stdlib.h>

#include "check.h"

static const struct quality_codec g711 = {.impairment = 0, .robustness = 25.1};
static struct quality quality;
static struct quality_figures figures;

static void begin(void)
{
    quality = (struct quality){0};
}

/* 'x' is lost, 'l' late, all else received. */
static void receive(const char *packets)
{
    static uint32_t extended;

    for (; *packets; packets++) {
        extended++;
        if (*packets != 'x')
            quality_packet(&quality, extended, *packets == 'l');
    }
}

static void look(uint32_t delay_ms)
{
    quality_figures(&quality, &g711, delay_ms, 20, &figures);
}

static void a_perfect_call_has_93_2_and_4_41(void)
{
    begin();
    receive("....................");
    look(0);
    CHECK(figures.r_tenths == 932 && figures.mos_hundredths == 441);
    CHECK(figures.missing_permille == 0 && figures.burst_ms == 0 && figures.burst_permille == 0);
}

static void delay_costs_little_to_177_ms_and_much_beyond(void)
{
    begin();
    receive("....................");
    look(100);
    CHECK(figures.r_tenths == 908); /* 93.2 - 2.4 */
    look(400);
    CHECK(figures.r_tenths == 591); /* 93.2 - 9.6 - 24.5 */
}

static void losses_of_chance_and_packets_too_late_cost_the_same(void)
{
    for (int late = 0; late < 2; late++) {
        begin();
        for (int i = 0; i < 200; i++)
            receive(late ? ".........l..................................................."
                           "......................................."
                         : ".........x..................................................."
                           ".......................................");
        look(0);
        CHECK(figures.missing_permille == 10);
        CHECK(figures.r_tenths > 890 && figures.r_tenths < 900); /* 93.2 - 95 / 26.1 */
        CHECK(figures.burst_ms == 0 && figures.gap_permille == 10);
    }
}

static void losses_together_are_a_burst_and_cost_more(void)
{
    uint32_t apart;

    begin();
    for (int i = 0; i < 50; i++)
        receive("x....................x....................x....................x...............");
    look(0);
    apart = figures.r_tenths;
    begin();
    for (int i = 0; i < 50; i++)
        receive("xxxx............................................................................");
    look(0);
    CHECK(figures.r_tenths < apart && figures.missing_permille == 49);
    CHECK(figures.burst_ms >= 60 && figures.burst_ms <= 120 && figures.burst_permille > 900);
    CHECK(figures.gap_ms > 1400 && figures.gap_ms < 1700);
}

static void a_sender_that_begins_anew_has_lost_nothing(void)
{
    begin();
    receive("....................");
    quality_restart(&quality);
    quality_packet(&quality, 40000, false);
    quality_packet(&quality, 90000, false); /* Nor has one whose numbers jump. */
    look(0);
    CHECK(figures.missing_permille == 0);
    quality_packet(&quality, 89999, false); /* Out of order. */
    CHECK(quality.received == 22);
}

static void nothing_received_says_nothing(void)
{
    begin();
    look(0);
    CHECK(figures.r_tenths == 0 && figures.mos_hundredths == 0);
}

int main(void)
{
    RUN(a_perfect_call_has_93_2_and_4_41);
    RUN(delay_costs_little_to_177_ms_and_much_beyond);
    RUN(losses_of_chance_and_packets_too_late_cost_the_same);
    RUN(losses_together_are_a_burst_and_cost_more);
    RUN(a_sender_that_begins_anew_has_lost_nothing);
    RUN(nothing_received_says_nothing);
    return 0;
}

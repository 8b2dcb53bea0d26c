// SPDX-License-Identifier: Apache-2.0
/* result_test.c - which figures are good, which are bad, and which tell nothing. */
#include "load/result.h"

#include <stddef.h>
#include <string.h>
#include <arpa/inet.h>

#include "check.h"
#include "load/load.h"

static struct load_figures figures;

static void given_good_figures(void)
{
    figures = (struct load_figures){.started = 1000,
                                    .answered = 1000,
                                    .ended = 1000,
                                    .sent = 1000000,
                                    .received = 1000000,
                                    .heard = 1000};
    for (uint32_t i = 0; i < 1000; i++) {
        spread_add(&figures.deviation, 5000);
        spread_add(&figures.own_lateness, 300);
    }
}

static void expect(uint32_t reasons, enum load_verdict verdict)
{
    uint32_t found = load_figures_reasons(&figures, true);

    CHECK(found == reasons);
    CHECK(load_verdict_of(found) == verdict);
    given_good_figures();
}

static void each_bound_has_its_reason(void)
{
    given_good_figures();
    expect(0, LOAD_GOOD);
    figures.refused = 1;
    expect(0, LOAD_GOOD);
    figures.refused = 2;
    expect(LOAD_CALLS_REFUSED, LOAD_BAD);
    figures.unanswered = 2;
    expect(LOAD_CALLS_UNANSWERED, LOAD_BAD);
    figures.answered = 0;
    figures.refused = 1000;
    expect(LOAD_NOBODY_ANSWERED | LOAD_CALLS_REFUSED, LOAD_BAD);
    figures.ended_badly = 2;
    expect(LOAD_CALLS_ENDED_BADLY, LOAD_BAD);
    figures.silent = 1;
    expect(LOAD_CALLS_WITHOUT_SOUND, LOAD_BAD);
    figures.lost = 2000, figures.late = 3100;
    expect(LOAD_LOST_AND_LATE, LOAD_BAD);
    for (uint32_t i = 0; i < 20; i++)
        spread_add(&figures.deviation, 25000);
    expect(LOAD_UNEVEN, LOAD_BAD);
}

static void a_generator_that_was_late_gives_no_verdict_even_of_bad_figures(void)
{
    given_good_figures();
    for (uint32_t i = 0; i < 20; i++)
        spread_add(&figures.own_lateness, 15000);
    expect(LOAD_SENT_LATE, LOAD_NO_VERDICT);
    figures.own_drops = 1100;
    figures.silent = 5;
    expect(LOAD_NOT_READ | LOAD_CALLS_WITHOUT_SOUND, LOAD_NO_VERDICT);
    figures.own_failures = 1100;
    expect(LOAD_NOT_SENT, LOAD_NO_VERDICT);
}

static void sound_is_not_asked_of_calls_without(void)
{
    given_good_figures();
    figures.one_way = 1000;
    CHECK(load_figures_reasons(&figures, false) == 0);
}

static void every_reason_has_words(void)
{
    for (uint32_t i = 0; i < LOAD_REASONS; i++)
        CHECK(strlen(load_reason_words((enum load_reason)(1u << i))) > 10);
}

static void refusals_are_told_apart_and_add_up(void)
{
    static struct load_figures left, right;

    for (uint16_t i = 0; i < 20; i++)
        load_figures_refused(&left, (uint16_t)(480 + i), 1000);
    load_figures_refused(&right, 503, 7000);
    load_figures_refused(&right, 481, 7000);
    CHECK(left.refused == 20 && left.status_other == 4);
    load_figures_merge(&right, &left);
    CHECK(right.refused == 22 && right.refusal.count == 22 && right.busy.count == 1);
    CHECK(right.statuses[0].status == 503 && right.statuses[0].count == 1);
    CHECK(right.statuses[1].status == 481 && right.statuses[1].count == 2);
    CHECK(right.status_other == 5);
}

enum {
    PADDING_1 = offsetof(struct load_figures, status_other) + 4,
    PADDING_2 = offsetof(struct load_figures, keys_heeded) + 4
};

/* Each number is added, whatever is put into the struct later: all but the longest gap. */
static void merging_adds_every_number(void)
{
    static struct load_figures into, from;
    uint32_t *words = (uint32_t *)(void *)&from;

    for (uint32_t i = 0; i < sizeof from / sizeof *words; i++)
        words[i] = 1;
    for (uint32_t i = 0; i < LOAD_STATUSES; i++)
        from.statuses[i] = (struct load_status){.status = (uint16_t)(400 + i), .count = 1};
    load_figures_merge(&into, &from);
    load_figures_merge(&into, &from);
    CHECK(into.started == 2 && into.challenged == 2 && into.keys_heeded == 2);
    CHECK(into.own_lateness.bins[5] == 2 && into.longest_gap_us == from.longest_gap_us);
    words = (uint32_t *)(void *)&into;
    for (uint32_t i = 0; i < sizeof into / sizeof *words; i++)
        CHECK(words[i] != 0 || i * 4 == PADDING_1 || i * 4 == PADDING_2);
}

static void calls_p99_are_ranked_over_calls_that_had_sound(void)
{
    struct load_call_record calls[10] = {{.received = 0, .deviation_p99_ms = 60}};
    struct load_result result = {.calls = calls, .call_count = 10};

    for (uint16_t i = 1; i < 10; i++)
        calls[i] = (struct load_call_record){.received = 5, .deviation_p99_ms = i};
    CHECK(load_result_call_p99_ms(&result, 0.5) == 5);
    CHECK(load_result_call_p99_ms(&result, 1) == 9);
}

static void only_ones_own_servers_are_reached_unasked(void)
{
    static const char *const own[] = {"127.0.0.1", "10.1.2.3", "172.31.255.1", "192.168.7.7",
                                      "::1",       "fd00::7",  "fe80::1"};
    static const char *const others[] = {"8.8.8.8",     "172.32.0.1", "192.169.0.1", "11.0.0.1",
                                         "2001:db8::1", "::2",        "fec0::1"};
    union place target;

    for (uint32_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        CHECK(place_read(text_of(own[i]), &target));
        CHECK(load_may_reach(&target));
        CHECK(place_read(text_of(others[i]), &target));
        CHECK(!load_may_reach(&target));
    }
}

int main(void)
{
    RUN(each_bound_has_its_reason);
    RUN(a_generator_that_was_late_gives_no_verdict_even_of_bad_figures);
    RUN(sound_is_not_asked_of_calls_without);
    RUN(every_reason_has_words);
    RUN(refusals_are_told_apart_and_add_up);
    RUN(merging_adds_every_number);
    RUN(calls_p99_are_ranked_over_calls_that_had_sound);
    RUN(only_ones_own_servers_are_reached_unasked);
    return 0;
}

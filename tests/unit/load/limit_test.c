// SPDX-License-Identifier: Apache-2.0
/* limit_test.c - the search for a server's limit, and the name of what gave out. */
#include "load/limit.h"

#include <string.h>

#include "check.h"

static struct limit_search search;

/* A server that holds so many calls well. */
static void search_on_a_server_of(uint32_t capacity, uint32_t first, uint32_t most)
{
    limit_begin(&search, first, most);
    while (limit_goes_on(&search))
        limit_tried(&search, search.next <= capacity ? LOAD_GOOD : LOAD_BAD);
}

static void any_limit_is_found_within_five_percent(void)
{
    for (uint32_t capacity = 1; capacity < 20000; capacity += 1 + capacity / 7) {
        for (uint32_t first = 1; first <= 1000; first *= 10) {
            search_on_a_server_of(capacity, first, 50000);
            CHECK(search.state == LIMIT_FOUND);
            CHECK(search.good <= capacity && capacity < search.bad);
            CHECK(search.bad - search.good == 1 || (search.bad - search.good) * 20 <= search.good);
        }
    }
}

static void a_server_beyond_the_most_asked_is_said_to_be(void)
{
    search_on_a_server_of(5000, 100, 3000);
    CHECK(search.state == LIMIT_BEYOND && search.good == 3000);
}

static void a_server_that_holds_nothing_is_said_to(void)
{
    search_on_a_server_of(0, 100, 3000);
    CHECK(search.state == LIMIT_NEVER_GOOD && search.good == 0);
}

static void one_bad_try_is_not_believed(void)
{
    limit_begin(&search, 100, 1000);
    limit_tried(&search, LOAD_BAD);
    CHECK(search.next == 100 && search.bad == 0);
    limit_tried(&search, LOAD_GOOD);
    CHECK(search.good == 100 && search.next == 200);
}

static void a_generator_that_is_late_twice_ends_the_search_without_a_limit(void)
{
    limit_begin(&search, 100, 1000);
    limit_tried(&search, LOAD_GOOD);
    limit_tried(&search, LOAD_NO_VERDICT);
    CHECK(limit_goes_on(&search) && search.next == 200);
    limit_tried(&search, LOAD_NO_VERDICT);
    CHECK(search.state == LIMIT_OF_OURS && search.good == 100 && search.bad == 0);
}

static void a_late_generator_between_two_bad_tries_does_not_hide_the_limit(void)
{
    limit_begin(&search, 100, 1000);
    limit_tried(&search, LOAD_BAD);
    limit_tried(&search, LOAD_NO_VERDICT);
    CHECK(limit_goes_on(&search) && search.next == 100);
    limit_tried(&search, LOAD_BAD);
    CHECK(search.bad == 100 && search.next == 50);
}

/* ---- What gave out ---- */

static struct load_figures figures, usual;
static struct limit_evidence evidence;
static struct limit_strains strains;

static void given_a_good_run(void)
{
    figures = (struct load_figures){.started = 1000, .answered = 1000, .ended = 1000};
    figures.received = figures.sent = 1000000;
    for (uint32_t i = 0; i < 1000; i++) {
        spread_add(&figures.set_up, 8000);
        spread_add(&figures.deviation, 3000);
        spread_add(&figures.answer, 600000);
    }
    figures.answers = 1000;
    usual = figures;
    evidence = (struct limit_evidence){.server_known = true, .ticks = 50000, .machine_known = true};
}

static enum limit_part first(void)
{
    limit_strains(&strains, &figures, &usual, &evidence);
    return limit_first(&strains);
}

static void nothing_is_strained_in_a_good_run(void)
{
    given_a_good_run();
    first();
    for (uint32_t part = 0; part < LIMIT_PARTS; part++)
        CHECK(strains.of[part] < 1);
}

static void each_part_is_named_by_its_own_facts(void)
{
    given_a_good_run();
    for (uint32_t i = 0; i < 20; i++)
        load_figures_refused(&figures, 503, 2000);
    CHECK(first() == LIMIT_ADMISSION && strains.of[LIMIT_SIGNALLING] < 1);
    given_a_good_run();
    figures.unanswered = 20;
    CHECK(first() == LIMIT_SIGNALLING);
    given_a_good_run();
    for (uint32_t i = 0; i < 200; i++)
        spread_add(&figures.deviation, 60000);
    CHECK(first() == LIMIT_MEDIA_TICK && strains.of[LIMIT_MEDIA_TICK] > 1);
    given_a_good_run();
    evidence.late_ticks = 5000;
    CHECK(first() == LIMIT_MEDIA_TICK && strains.of[LIMIT_MEDIA_TICK] > 1);
    given_a_good_run();
    figures.answers_missed = 200;
    CHECK(first() == LIMIT_RECOGNISER);
    given_a_good_run();
    evidence.capture_lost = 40;
    CHECK(first() == LIMIT_RECORDER);
    given_a_good_run();
    figures.lost = 30000;
    CHECK(first() == LIMIT_NETWORK);
}

static void the_words_tell_the_facts(void)
{
    char storage[200];
    struct text_buffer words;

    given_a_good_run();
    for (uint32_t i = 0; i < 20; i++)
        load_figures_refused(&figures, 503, 2000);
    text_buffer_init(&words, storage, sizeof(storage) - 1);
    limit_words(LIMIT_ADMISSION, &figures, &evidence, &words);
    storage[words.size] = '\0';
    CHECK(strcmp(storage, "503 to 20 of 1020 calls") == 0);
    evidence.server_known = false;
    for (uint32_t part = 0; part < LIMIT_PARTS; part++) {
        text_buffer_init(&words, storage, sizeof(storage) - 1);
        limit_words((enum limit_part)part, &figures, &evidence, &words);
        CHECK(words.size > 0);
    }
}

int main(void)
{
    RUN(any_limit_is_found_within_five_percent);
    RUN(a_server_beyond_the_most_asked_is_said_to_be);
    RUN(a_server_that_holds_nothing_is_said_to);
    RUN(one_bad_try_is_not_believed);
    RUN(a_generator_that_is_late_twice_ends_the_search_without_a_limit);
    RUN(a_late_generator_between_two_bad_tries_does_not_hide_the_limit);
    RUN(nothing_is_strained_in_a_good_run);
    RUN(each_part_is_named_by_its_own_facts);
    RUN(the_words_tell_the_facts);
    return 0;
}

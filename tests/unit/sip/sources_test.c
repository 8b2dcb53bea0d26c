// SPDX-License-Identifier: Apache-2.0
/* sources_test.c - who sends too much, and who guesses. */
#include "base/address.h"
#include "check.h"
#include "sip/sources.h"

static struct sources sources;
static const struct sources_policy policy = {.requests_per_second = 10,
                                             .trunk_calls_per_second = 5,
                                             .failures = 3,
                                             .ban_s = 60,
                                             .longest_ban_s = 200};
static uint64_t now = 1000000;

static const uint8_t *at(const char *address)
{
    static uint8_t bytes[16];

    CHECK(address_read(text_of(address), bytes));
    return bytes;
}

static void begin(void)
{
    sources_init(&sources, 42);
    sources_rules(&sources, &policy, TEXT("198.51.100.0/24\n2001:db8::/32"));
    now = 1000000;
}

static enum source_verdict hear(const char *address, bool call)
{
    return sources_hear(&sources, at(address), call, now);
}

static void a_stranger_may_send_two_seconds_worth_at_once_and_then_its_rate(void)
{
    begin();
    for (int i = 0; i < 20; i++)
        CHECK(hear("192.0.2.1", i % 2) == SOURCE_PASS);
    CHECK(hear("192.0.2.1", false) == SOURCE_TOO_FAST);
    CHECK(hear("192.0.2.2", false) == SOURCE_PASS); /* Others are not touched. */
    now += 100;
    CHECK(hear("192.0.2.1", false) == SOURCE_PASS && hear("192.0.2.1", false) == SOURCE_TOO_FAST);
    now += 1000000;
    for (int i = 0; i < 20; i++)
        CHECK(hear("192.0.2.1", false) == SOURCE_PASS);
    CHECK(hear("192.0.2.1", false) == SOURCE_TOO_FAST); /* Silence saves no more than two. */
}

static void a_trunks_new_calls_have_a_rate_and_the_rest_has_none(void)
{
    begin();
    for (int i = 0; i < 10; i++)
        CHECK(hear("198.51.100.7", true) == SOURCE_PASS);
    CHECK(hear("198.51.100.7", true) == SOURCE_TOO_FAST);
    for (int i = 0; i < 1000; i++)
        CHECK(hear("198.51.100.7", false) == SOURCE_PASS);
}

static void three_failures_in_a_minute_ban_and_each_ban_is_twice_as_long(void)
{
    uint64_t lengths_ms[] = {60000, 120000, 200000, 200000};

    begin();
    for (int i = 0; i < 4; i++) {
        CHECK(!sources_failed(&sources, at("192.0.2.3"), now));
        CHECK(!sources_failed(&sources, at("192.0.2.3"), now));
        CHECK(hear("192.0.2.3", true) == SOURCE_PASS);
        CHECK(sources_failed(&sources, at("192.0.2.3"), now));
        CHECK(hear("192.0.2.3", true) == SOURCE_BANNED);
        now += lengths_ms[i] - 1;
        CHECK(hear("192.0.2.3", true) == SOURCE_BANNED);
        now += 1;
        CHECK(hear("192.0.2.3", true) == SOURCE_PASS);
    }
    CHECK(sources.banned == 4 && sources.dropped == 8);
    now += (uint64_t)SOURCE_GRUDGE_MS + 1; /* A week later it begins anew. */
    CHECK(sources_ban(&sources, at("192.0.2.3"), 0, now));
    CHECK(sources_find(&sources, at("192.0.2.3"))->until_ms == now + 60000);
}

static void failures_long_apart_or_with_a_success_between_do_not_ban(void)
{
    begin();
    for (int i = 0; i < 20; i++) {
        CHECK(!sources_failed(&sources, at("192.0.2.4"), now));
        now += SOURCE_FAILURES_MS / 2 + 1;
    }
    begin();
    for (int i = 0; i < 20; i++) {
        CHECK(!sources_failed(&sources, at("192.0.2.4"), now));
        CHECK(!sources_failed(&sources, at("192.0.2.4"), now));
        sources_succeeded(&sources, at("192.0.2.4"), now);
    }
}

static void who_proved_itself_is_vouched_for_an_hour_and_guesses_ban_it_all_the_same(void)
{
    begin();
    CHECK(!sources_is_vouched(&sources, at("192.0.2.5"), now));
    sources_succeeded(&sources, at("192.0.2.5"), now);
    for (uint32_t i = 0; i < 100000; i++) { /* A flood in the names of others forgets it not. */
        uint8_t other[16] = {0x20, 1, (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i};
        CHECK(sources_hear(&sources, other, true, ++now) == SOURCE_PASS);
    }
    CHECK(sources_is_vouched(&sources, at("192.0.2.5"), now));
    for (int i = 0; i < 3; i++)
        CHECK(sources_failed(&sources, at("192.0.2.5"), now) == (i == 2));
    CHECK(hear("192.0.2.5", true) == SOURCE_BANNED);
    now += SOURCE_VOUCHED_MS;
    CHECK(!sources_is_vouched(&sources, at("192.0.2.5"), now));
}

static void a_trunk_is_never_banned_and_what_becomes_one_is_heard_again(void)
{
    begin();
    for (int i = 0; i < 100; i++)
        CHECK(!sources_failed(&sources, at("198.51.100.7"), now));
    CHECK(!sources_ban(&sources, at("198.51.100.7"), 0, now));
    CHECK(!sources_ban(&sources, at("2001:db8::5"), 1000, now));
    CHECK(sources_ban(&sources, at("203.0.113.9"), 0, now));
    CHECK(hear("203.0.113.9", true) == SOURCE_BANNED);
    sources_rules(&sources, &policy, TEXT("203.0.113.9"));
    CHECK(hear("203.0.113.9", true) == SOURCE_PASS);
    CHECK(sources_ban(&sources, at("198.51.100.7"), 0, now)); /* Not a trunk's any more. */
}

static void an_ipv6_site_is_one_source(void)
{
    begin();
    CHECK(sources_ban(&sources, at("2001:4::1"), 0, now));
    CHECK(hear("2001:4::ffff:2", false) == SOURCE_BANNED);
    CHECK(hear("2001:4:0:1::1", false) == SOURCE_PASS);
}

static void a_ban_can_be_ended_and_is_then_forgotten(void)
{
    begin();
    CHECK(!sources_unban(&sources, at("192.0.2.5"), now));
    CHECK(sources_ban(&sources, at("192.0.2.5"), 5000000, now));
    CHECK(sources_unban(&sources, at("192.0.2.5"), now));
    CHECK(hear("192.0.2.5", true) == SOURCE_PASS);
    CHECK(sources_ban(&sources, at("192.0.2.5"), 0, now));
    CHECK(sources_find(&sources, at("192.0.2.5"))->until_ms == now + 60000);
    sources_restore(&sources, at("192.0.2.6"), 3, now + 777, now);
    CHECK(hear("192.0.2.6", true) == SOURCE_BANNED);
}

static void a_flood_of_sources_does_not_wash_a_ban_away(void)
{
    uint8_t address[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10};

    begin();
    CHECK(sources_ban(&sources, at("192.0.2.5"), 5000000, now));
    for (uint32_t i = 0; i < 300000; i++) {
        address[13] = (uint8_t)(i >> 16);
        address[14] = (uint8_t)(i >> 8);
        address[15] = (uint8_t)i;
        now++;
        CHECK(sources_hear(&sources, address, true, now) == SOURCE_PASS);
    }
    CHECK(hear("192.0.2.5", true) == SOURCE_BANNED);
}

static void without_limits_nobody_is_limited(void)
{
    const struct sources_policy none = {0};

    begin();
    sources_rules(&sources, &none, TEXT_EMPTY);
    for (int i = 0; i < 100000; i++)
        CHECK(hear("192.0.2.1", true) == SOURCE_PASS);
    for (int i = 0; i < 100; i++)
        CHECK(!sources_failed(&sources, at("192.0.2.1"), now));
}

int main(void)
{
    RUN(a_stranger_may_send_two_seconds_worth_at_once_and_then_its_rate);
    RUN(a_trunks_new_calls_have_a_rate_and_the_rest_has_none);
    RUN(three_failures_in_a_minute_ban_and_each_ban_is_twice_as_long);
    RUN(failures_long_apart_or_with_a_success_between_do_not_ban);
    RUN(who_proved_itself_is_vouched_for_an_hour_and_guesses_ban_it_all_the_same);
    RUN(a_trunk_is_never_banned_and_what_becomes_one_is_heard_again);
    RUN(an_ipv6_site_is_one_source);
    RUN(a_ban_can_be_ended_and_is_then_forgotten);
    RUN(a_flood_of_sources_does_not_wash_a_ban_away);
    RUN(without_limits_nobody_is_limited);
    return 0;
}

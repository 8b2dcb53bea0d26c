// SPDX-License-Identifier: Apache-2.0
/* service_test.c - priorities are kept, weights are shares (RFC 2782), and a message's TTL. */
#include "sip/service.h"

#include <string.h>

#include "check.h"
#include "sip/dns.h"

enum { DRAWS = 100000 };

static void rank_and_priority_are_kept_whatever_chance_says(void)
{
    struct random random = {7};

    for (int i = 0; i < 1000; i++) {
        struct service s[] = {
            {2, 1, 9, 4}, {1, 20, 5, 2}, {1, 10, 0, 0}, {1, 20, 5, 2}, {2, 2, 0, 5}};
        service_order(s, 5, &random);
        CHECK(s[0].index == 0 && s[1].index == 2 && s[2].index == 2);
        CHECK(s[3].index == 4 && s[4].index == 5);
    }
}

static void weights_are_the_shares_of_being_first(void)
{
    struct random random = {1};
    uint32_t first[3] = {0};

    for (int i = 0; i < DRAWS; i++) {
        struct service s[] = {{0, 1, 60, 0}, {0, 1, 30, 1}, {0, 1, 10, 2}};
        service_order(s, 3, &random);
        CHECK(s[0].index != s[1].index && s[1].index != s[2].index && s[0].index != s[2].index);
        first[s[0].index]++;
    }
    CHECK(first[0] > 58000 && first[0] < 62000);
    CHECK(first[1] > 28000 && first[1] < 32000);
    CHECK(first[2] > 8000 && first[2] < 12000);
}

static void a_weight_of_nothing_has_a_small_chance_only(void)
{
    struct random random = {3};
    uint32_t first = 0;

    for (int i = 0; i < DRAWS; i++) {
        struct service s[] = {{0, 1, 99, 0}, {0, 1, 0, 1}};
        service_order(s, 2, &random);
        first += s[0].index == 1;
    }
    CHECK(first > 500 && first < 1500); /* One in a hundred. */
}

static void one_and_none_need_no_order(void)
{
    struct random random = {3};
    struct service s[] = {{0, 1, 0, 8}};

    service_order(s, 1, &random);
    service_order(s, 0, &random);
    CHECK(s[0].index == 8);
}

static void the_shortest_time_to_live_counts(void)
{
    static const uint8_t message[] = {
        0,    1,   0x81, 0x80, 0, 1, 0, 2, 0, 0,  0, 0, /* One question, two answers. */
        1,    'a', 0,    0,    1, 0, 1,                 /* a. A IN */
        0xc0, 12,  0,    1,    0, 1, 0, 0, 1, 0,  0, 4, 127, 0, 0, 1,
        0xc0, 12,  0,    1,    0, 1, 0, 0, 0, 30, 0, 4, 127, 0, 0, 2};

    CHECK(dns_ttl_s(message, sizeof(message)) == 30);
    for (uint32_t size = 0; size < sizeof(message); size++)
        CHECK(dns_ttl_s(message, size) == 0);
}

int main(void)
{
    RUN(rank_and_priority_are_kept_whatever_chance_says);
    RUN(weights_are_the_shares_of_being_first);
    RUN(a_weight_of_nothing_has_a_small_chance_only);
    RUN(one_and_none_need_no_order);
    RUN(the_shortest_time_to_live_counts);
    return 0;
}

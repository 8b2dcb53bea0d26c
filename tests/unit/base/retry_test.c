// SPDX-License-Identifier: Apache-2.0
/* retry_test.c - how long to stay away, in all the ways that servers write it. */
#include "base/retry.h"

#include "check.h"

enum { NOW = 784111777 }; /* 1994-11-06T08:49:37Z, the date of RFC 9110 5.6.7. */

static uint32_t after(const char *value)
{
    return retry_after_s(text_of(value), NOW - 30);
}

static uint32_t limit(const char *left, const char *reset)
{
    return retry_limit_s(text_of(left), text_of(reset), NOW - 30);
}

static void seconds_and_all_three_forms_of_a_date_are_understood(void)
{
    CHECK(after("7") == 7 && after(" 120 ") == 120 && after("99999999") == RETRY_MOST_S);
    CHECK(after("Sun, 06 Nov 1994 08:49:37 GMT") == 30);
    CHECK(after("Sunday, 06-Nov-94 08:49:37 GMT") == 30);
    CHECK(after("Sun Nov  6 08:49:37 1994") == 30);
    CHECK(after("Sun, 06 Nov 1994 07:49:37 GMT") == 0); /* Past. */
    CHECK(after("Wed, 21 Oct 2026 07:28:00 GMT") == RETRY_MOST_S);
}

static void what_says_nothing_is_nothing(void)
{
    CHECK(after("") == 0 && after("soon") == 0 && after("-5") == 0 && after("1.5") == 0);
    CHECK(after("Sun, 06 Nov 1994") == 0 && after("99 Nov 1994 08:49:37") == 0);
    CHECK(after("06 Nov 1994 08:49:37 08:49:37") == 0 && after("06 Nov 1994 12 08:49:37") == 0);
}

static void a_limit_that_is_used_up_counts_until_it_is_full_again(void)
{
    CHECK(limit("0", "1s") == 1 && limit("0", "6m0s") == 360 && limit("0", "12ms") == 1);
    CHECK(limit("0", "1h2m3s") == RETRY_MOST_S && limit("0", "7.66s") == 8);
    CHECK(limit("0", "1994-11-06T08:49:37Z") == 30);
    CHECK(limit("0", "1994-11-06T09:49:37.25+01:00") == 30);
    CHECK(limit("0", "1994-11-06T08:49:00Z") == 0);
    CHECK(limit("12", "6m0s") == 0 && limit("", "6m0s") == 0 && limit("-1", "6m0s") == 0);
    CHECK(limit("0", "") == 0 && limit("0", "6") == 0 && limit("0", "6x") == 0);
    CHECK(limit("0", "1994-13-06T08:49:37Z") == 0);
}

int main(void)
{
    RUN(seconds_and_all_three_forms_of_a_date_are_understood);
    RUN(what_says_nothing_is_nothing);
    RUN(a_limit_that_is_used_up_counts_until_it_is_full_again);
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* wheel_test.c - what fires, when, and in which order. tests/model/wheel_model.c does the rest. */
#include "base/wheel.h"

#include <string.h>

#include "check.h"

enum { TIMERS = 8 };
static uint64_t memory[256], copy[256];
static struct wheel *wheel;
static uint32_t number;
static uint64_t key;

static void given_an_empty_wheel(void)
{
    CHECK(wheel_size(TIMERS) <= sizeof(memory));
    memset(memory, 0xA5, sizeof(memory));
    wheel = wheel_init(memory, TIMERS);
}

static void nothing_fires_before_its_time(void)
{
    given_an_empty_wheel();
    CHECK(wheel_next_ms(wheel) == UINT64_MAX && !wheel_take(wheel, UINT64_MAX, &number, &key));
    wheel_set(wheel, 3, 100, 33);
    CHECK(wheel_next_ms(wheel) == 100 && !wheel_take(wheel, 99, &number, &key));
    CHECK(wheel_take(wheel, 100, &number, &key) && number == 3 && key == 33);
    CHECK(!wheel_take(wheel, UINT64_MAX, &number, &key));
}

static void equal_times_fire_in_the_order_in_which_they_were_set(void)
{
    const uint32_t order[] = {5, 1, 7, 0, 2};

    given_an_empty_wheel();
    wheel_set(wheel, 2, 50, 0); /* Set again below: its place is then the last. */
    for (int i = 0; i < 5; i++)
        wheel_set(wheel, order[i], 50, i);
    for (int i = 0; i < 5; i++)
        CHECK(wheel_take(wheel, 50, &number, &key) && number == order[i]);
}

static void setting_again_replaces_and_cancelling_twice_is_harmless(void)
{
    given_an_empty_wheel();
    wheel_set(wheel, 1, 10, 1);
    wheel_set(wheel, 1, 20, 2);
    CHECK(!wheel_take(wheel, 10, &number, &key) && wheel_next_ms(wheel) == 20);
    wheel_cancel(wheel, 1);
    wheel_cancel(wheel, 1);
    CHECK(wheel_next_ms(wheel) == UINT64_MAX);
}

static void a_copy_of_the_memory_is_a_wheel_of_its_own(void)
{
    given_an_empty_wheel();
    wheel_set(wheel, 1, 10, 1);
    wheel_set(wheel, 2, 20, 2);
    memcpy(copy, memory, sizeof(copy));
    wheel_cancel(wheel, 1);
    struct wheel *twin = (struct wheel *)copy;
    CHECK(wheel_take(twin, 15, &number, &key) && number == 1);
    CHECK(wheel_next_ms(wheel) == 20 && wheel_next_ms(twin) == 20);
}

int main(void)
{
    RUN(nothing_fires_before_its_time);
    RUN(equal_times_fire_in_the_order_in_which_they_were_set);
    RUN(setting_again_replaces_and_cancelling_twice_is_harmless);
    RUN(a_copy_of_the_memory_is_a_wheel_of_its_own);
    return 0;
}

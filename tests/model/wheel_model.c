// SPDX-License-Identifier: Apache-2.0
/* wheel_model.c - random settings against an unsorted table that is too simple to be wrong. */
#include "base/wheel.h"

#include "check.h"

enum { TIMERS = 40, STEPS = 200000 };

struct twin {
    bool set;
    uint64_t at_ms, key, order;
};

static struct twin twins[TIMERS];
static uint64_t orders;

static int twin_first(void)
{
    int first = -1;
    for (int i = 0; i < TIMERS; i++) {
        const struct twin *a = &twins[i];
        if (!a->set)
            continue;
        const struct twin *b = &twins[first >= 0 ? first : i];
        if (first < 0 || a->at_ms < b->at_ms || (a->at_ms == b->at_ms && a->order < b->order))
            first = i;
    }
    return first;
}

static void check_take(struct wheel *wheel, uint64_t now_ms)
{
    uint32_t number;
    uint64_t key;
    int first = twin_first();

    if (!wheel_take(wheel, now_ms, &number, &key)) {
        CHECK(first < 0 || twins[first].at_ms > now_ms);
        return;
    }
    CHECK(first >= 0 && number == (uint32_t)first && key == twins[first].key);
    CHECK(twins[first].at_ms <= now_ms);
    twins[first].set = false;
}

int main(int argc, char **argv)
{
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    uint64_t state = seed * 2654435761u + 1, now_ms = 0;
    static uint64_t memory[1024];
    CHECK(wheel_size(TIMERS) <= sizeof(memory));
    struct wheel *wheel = wheel_init(memory, TIMERS);

    for (int step = 0; step < STEPS; step++) {
        uint32_t number = check_random(&state) % TIMERS;
        now_ms += check_random(&state) % 2;
        switch (check_random(&state) % 5) {
        case 0:
        case 1:
            twins[number] = (struct twin){.set = true,
                                          .at_ms = now_ms + check_random(&state) % 60,
                                          .key = check_random(&state),
                                          .order = orders++};
            wheel_set(wheel, number, twins[number].at_ms, twins[number].key);
            break;
        case 2:
            twins[number].set = false;
            wheel_cancel(wheel, number);
            break;
        default:
            check_take(wheel, now_ms);
        }
        int first = twin_first();
        CHECK(wheel_next_ms(wheel) == (first < 0 ? UINT64_MAX : twins[first].at_ms));
    }
    printf("ok a_wheel_agrees_with_a_table_at_seed_%llu\n", (unsigned long long)seed);
    return 0;
}

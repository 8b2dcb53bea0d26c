// SPDX-License-Identifier: Apache-2.0
/* queue_speed.c - queue operations a second while 10,000 wait, with priorities, skills and ageing. */
#include <inttypes.h>

#include "base/clock.h"
#include "check.h"
#include "core/queue.h"

enum { WAITING = 10000, ROUNDS = 200000, SKILLS = 8 };

static struct queue_entry entries[WAITING];
static struct queue queue = {.ageing_ms = 60000};
static uint64_t state = 42, check;

static void enter(uint32_t place, int64_t now_ms)
{
    entries[place] = (struct queue_entry){
        .who = place + 1,
        .priority = (uint8_t)(check_random(&state) % 5 ? 0 : check_random(&state) % 10),
        .joined_ms = now_ms,
        .skills = check_random(&state) % 2 ? 0 : UINT64_C(1) << check_random(&state) % SKILLS};
    queue_join(&queue, entries, place);
}

static void leave_and_enter(uint32_t round)
{
    uint32_t place = check_random(&state) % WAITING;

    queue_leave(&queue, entries, place);
    enter(place, round * 20);
}

static void ask_position(uint32_t round)
{
    (void)round;
    check += queue_position(&queue, entries, check_random(&state) % WAITING);
}

static void ask_next(uint32_t round)
{
    (void)round;
    check += queue_next(&queue, entries, check_random(&state) % (1u << SKILLS));
}

static void change_priority(uint32_t round)
{
    (void)round;
    queue_set_priority(&queue, entries, check_random(&state) % WAITING,
                       (uint8_t)(check_random(&state) % 10));
}

int main(void)
{
    static const struct {
        const char *name;
        void (*run)(uint32_t round);
        uint32_t each;
    } rows[] = {{"leave + join", leave_and_enter, 2},
                {"position", ask_position, 1},
                {"next for an operator", ask_next, 1},
                {"change of priority", change_priority, 1}};

    for (uint32_t place = 0; place < WAITING; place++)
        enter(place, place);
    printf("| with 10,000 waiting | operations a second |\n| --- | --- |\n");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint64_t began = clock_ns();
        for (uint32_t round = 0; round < ROUNDS; round++)
            rows[i].run(round);
        uint64_t took = clock_ns() - began;
        printf("| %s | %" PRIu64 " |\n", rows[i].name,
               (uint64_t)ROUNDS * rows[i].each * 1000000000 / took);
    }
    CHECK(check && queue_check(&queue, entries, WAITING));
    return 0;
}

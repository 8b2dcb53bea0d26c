// SPDX-License-Identifier: Apache-2.0
/* trunk_test.c - a trunk's health: facts from signalling, outcomes of calls, the circuit breaker.
 */
#include "core/trunk.h"

#include <stdlib.h>
#include <string.h>

#include "../../sim/example_plan.h"
#include "check.h"

static struct core *core;
static struct commands out;
static struct plan plan;
static struct plan_trunk trunks[2];
static struct event event;

static struct step step_at(uint64_t now_ms)
{
    out.count = out.text_size = 0;
    event = (struct event){.kind = TIMER_FIRED, .now_ms = now_ms, .wall_ms = 5000 + now_ms};
    return (struct step){.core = core, .event = &event, .out = &out};
}

static void load(void)
{
    struct event loaded = {.kind = PLAN_LOADED};

    core_set_plan(core, 0, &plan);
    core_step(core, &loaded, &out);
}

static void begin(void)
{
    free(core);
    core = core_init(calloc(1, core_size(4, 2)), 4, 2);
    plan = example_plan;
    trunks[0] =
        (struct plan_trunk){.name = TEXT("a"), .host = TEXT("192.0.2.1"), .registers = true};
    trunks[1] = (struct plan_trunk){.name = TEXT("b"), .host = TEXT("192.0.2.2"), .probe_ms = 1000};
    plan.trunks = trunks;
    plan.trunk_count = 2;
    load();
}

static void heard(const char *trunk, enum trunk_fact fact, uint32_t round_trip_ms)
{
    struct event fact_event = {.kind = SIP_TRUNK, .now_ms = 1, .wall_ms = 2};

    fact_event.trunk.trunk = text_of(trunk);
    fact_event.trunk.fact = fact;
    fact_event.trunk.round_trip_ms = round_trip_ms;
    fact_event.trunk.reason = TEXT("why");
    core_step(core, &fact_event, &out);
}

static void a_trunk_that_registers_is_degraded_until_it_has(void)
{
    begin();
    CHECK(trunk_health(core, 0) == TRUNK_DEGRADED && trunk_health(core, 1) == TRUNK_HEALTHY);
    heard("a", TRUNK_REGISTERED, 0);
    CHECK(trunk_health(core, 0) == TRUNK_HEALTHY);
    CHECK(out.count == 1 && out.items[0].kind == STORE_TRUNK);
    CHECK(out.items[0].trunk.registration == REGISTRATION_DONE);
    heard("a", TRUNK_REGISTERED, 0);
    CHECK(out.count == 0); /* Nothing changed. */
    heard("a", TRUNK_NOT_REGISTERED, 0);
    CHECK(trunk_health(core, 0) == TRUNK_UNHEALTHY &&
          text_equal(out.items[0].trunk.reason, TEXT("why")));
    heard("unheard-of", TRUNK_REGISTERED, 0);
    CHECK(out.count == 0);
}

static void options_tell_slow_from_dead(void)
{
    begin();
    heard("b", TRUNK_ALIVE, TRUNK_SLOW_MS + 1);
    CHECK(trunk_health(core, 1) == TRUNK_DEGRADED);
    heard("b", TRUNK_DEAD, 0);
    struct step step = step_at(10);
    CHECK(trunk_health(core, 1) == TRUNK_UNHEALTHY && !trunk_take(&step, 1));
    heard("b", TRUNK_ALIVE, 20);
    CHECK(trunk_health(core, 1) == TRUNK_HEALTHY && trunk_take(&step, 1));
}

static void three_failures_in_a_row_open_the_breaker_and_one_trial_closes_it(void)
{
    begin();
    struct step step = step_at(1000);
    for (int i = 0; i < POOL_FAILURES; i++) {
        CHECK(trunk_take(&step, 1));
        trunk_outcome(&step, TEXT("b"), 503);
    }
    CHECK(trunk_health(core, 1) == TRUNK_UNHEALTHY && !trunk_take(&step, 1));
    step = step_at(1000 + POOL_OPEN_MS - 1);
    CHECK(!trunk_take(&step, 1));
    step = step_at(1000 + POOL_OPEN_MS);
    CHECK(trunk_take(&step, 1) && !trunk_take(&step, 1)); /* One trial at a time. */
    trunk_outcome(&step, TEXT("b"), 408);
    step = step_at(1000 + 2 * POOL_OPEN_MS);
    CHECK(!trunk_take(&step, 1)); /* Twice as long. */
    step = step_at(1000 + 3 * POOL_OPEN_MS);
    CHECK(trunk_take(&step, 1));
    trunk_outcome(&step, TEXT("b"), 486); /* A busy number is a trunk that works. */
    CHECK(trunk_health(core, 1) == TRUNK_HEALTHY && trunk_take(&step, 1) && trunk_take(&step, 1));
}

static void a_failure_now_and_then_only_degrades(void)
{
    begin();
    struct step step = step_at(1000);
    for (int i = 0; i < 20; i++) {
        trunk_outcome(&step, TEXT("b"), 500);
        CHECK(trunk_health(core, 1) == TRUNK_DEGRADED && trunk_take(&step, 1));
        trunk_outcome(&step, TEXT("b"), 200);
        CHECK(trunk_health(core, 1) == TRUNK_HEALTHY);
        step = step_at(1000 + (uint64_t)i);
    }
}

static void a_trial_that_is_given_up_or_forgotten_makes_room(void)
{
    begin();
    struct step step = step_at(0);
    for (int i = 0; i < POOL_FAILURES; i++)
        trunk_outcome(&step, TEXT("b"), 503);
    step = step_at(POOL_OPEN_MS);
    CHECK(trunk_take(&step, 1) && !trunk_take(&step, 1));
    trunk_outcome(&step, TEXT("b"), 0);
    CHECK(trunk_take(&step, 1) && !trunk_take(&step, 1));
    step = step_at(POOL_OPEN_MS + POOL_TRIAL_MS);
    CHECK(trunk_take(&step, 1));
}

static void a_reload_keeps_what_is_known_by_name(void)
{
    begin();
    heard("a", TRUNK_REGISTERED, 0);
    heard("b", TRUNK_DEAD, 0);
    struct plan_trunk moved = trunks[0];
    trunks[0] = trunks[1];
    trunks[1] = moved;
    load();
    CHECK(trunk_health(core, 0) == TRUNK_UNHEALTHY && trunk_health(core, 1) == TRUNK_HEALTHY);
    trunks[0].probe_ms = 0; /* Nothing would ever say that it lives again. */
    load();
    CHECK(trunk_health(core, 0) == TRUNK_HEALTHY);
}

static void without_a_host_nothing_goes_by_it(void)
{
    begin();
    trunks[1].host = TEXT_EMPTY;
    struct step step = step_at(1);
    CHECK(!trunk_take(&step, 1) && !trunk_take(&step, -1) && !trunk_take(&step, 2));
}

int main(void)
{
    RUN(a_trunk_that_registers_is_degraded_until_it_has);
    RUN(options_tell_slow_from_dead);
    RUN(three_failures_in_a_row_open_the_breaker_and_one_trial_closes_it);
    RUN(a_failure_now_and_then_only_degrades);
    RUN(a_trial_that_is_given_up_or_forgotten_makes_room);
    RUN(a_reload_keeps_what_is_known_by_name);
    RUN(without_a_host_nothing_goes_by_it);
    free(core);
    return 0;
}

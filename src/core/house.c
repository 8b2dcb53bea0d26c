// SPDX-License-Identifier: Apache-2.0
/* house.c - the earliest deadline of all, and who is asked when it has come. */
#include "core/house.h"

#include "core/offering.h"
#include "core/operators.h"
#include "core/recall.h"

void house_wake(struct step *step, uint64_t at_ms)
{
    struct core *core = step->core;

    if (core->house_timer && core->house_at_ms <= at_ms)
        return;
    if (++core->timer_serial == 0)
        core->timer_serial = 1;
    core->house_timer = core->timer_serial;
    core->house_at_ms = at_ms;
    struct command *command = step_emit(step, TIMER_SET, NULL);
    command->timer.kind = TIMER_HOUSE;
    command->timer.serial = core->house_timer;
    command->timer.at_ms = at_ms;
}

void house_wake_wall(struct step *step, uint64_t wall_ms)
{
    const struct event *event = step->event;
    uint64_t left_ms = wall_ms > event->wall_ms ? wall_ms - event->wall_ms : 0;

    house_wake(step, event->now_ms + (left_ms < HOUSE_LOOK_MS ? left_ms : HOUSE_LOOK_MS));
}

void house_timer(struct step *step)
{
    struct core *core = step->core;

    if (core->house_timer == 0 || core->house_timer != step->event->timer.serial)
        return; /* Set anew while it was on its way. */
    core->house_timer = 0;
    operators_tend(step);
    offering_look(step);
    recall_tend(step);
}

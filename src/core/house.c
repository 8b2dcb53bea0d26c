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

void house_timer(struct step *step)
{
    struct core *core = step->core;

    if (core->house_timer == 0 || core->house_timer != step->event->timer.serial)
        return; /* Set anew while it was on its way. */
    core->house_timer = 0;
    operators_tend(step);
    offering_look(step);
    uint64_t recall_ms = recall_tend(step);
    if (recall_ms != UINT64_MAX)
        house_wake(step, recall_ms);
}

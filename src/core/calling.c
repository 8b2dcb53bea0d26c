// SPDX-License-Identifier: Apache-2.0
/* calling.c - a queue's name to its hours. */
#include "core/calling.h"

#include "core/hours.h"

static const struct plan_hours *hours_of(const struct plan *plan, struct text queue)
{
    int16_t hours = plan->callbacks.hours;

    for (uint8_t i = 0; queue.size && i < plan->queue_count; i++)
        if (text_equal(plan->queues[i].name, queue) && plan->queues[i].hours >= 0)
            hours = plan->queues[i].hours;
    return hours < 0 ? NULL : &plan->hours[hours];
}

uint64_t calling_from(const struct plan *plan, struct text queue, uint64_t wall_ms)
{
    const struct plan_hours *hours = hours_of(plan, queue);
    uint64_t open_ms = hours ? hours_next_open(hours, wall_ms) : wall_ms;

    return open_ms ? open_ms : wall_ms + CALLING_NEVER_MS;
}

void calling_window(const struct plan *plan, struct text queue, uint64_t wall_ms,
                    uint32_t after_ms, struct callback *out)
{
    const struct plan_hours *hours = hours_of(plan, queue);
    uint32_t within_ms = plan->callbacks.within_ms;

    out->from_ms = out->next_ms = calling_from(plan, queue, wall_ms + after_ms);
    out->until_ms = hours ? hours_after(hours, wall_ms, within_ms) : wall_ms + within_ms;
    if (out->until_ms < out->from_ms)
        out->until_ms = out->from_ms;
}

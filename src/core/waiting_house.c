// SPDX-License-Identifier: Apache-2.0
/* waiting_house.c - queues by their names, and what there is of operators for each. */
#include "core/waiting.h"

#include <string.h>

#include "core/hours.h"
#include "core/places.h"
#include "core/standing.h"
#include "core/waiting_inside.h"

struct queue_entry *waiting_entries(const struct core *core)
{
    uint8_t *block;

    memcpy(&block, &(const void *){core}, sizeof(block));
    return (struct queue_entry *)(void *)(block + core->waiting_at);
}

uint32_t waiting_places(const struct core *core)
{
    return core->max_calls + MAX_CALLBACKS;
}

/* ---- Names ---- */

static bool named_by_a_plan(const struct core *core, uint8_t at)
{
    for (uint32_t slot = 0; slot < MAX_PLANS; slot++)
        for (uint32_t i = 0; core->plan_live[slot] && i < MAX_QUEUES; i++)
            if (core->queue_of[slot][i] == at)
                return true;
    return false;
}

/* The place of a name, or a free one that it gets; 0: there is none, nobody can enter. */
static uint8_t place_of(struct core *core, struct text name)
{
    uint8_t free_place = 0;

    for (uint8_t at = 1; at <= QUEUE_STATES; at++) {
        const struct queue_state *state = &core->queues[at - 1];
        if (text_equal(text_of(state->name), name))
            return at;
        if (!free_place && state->order.root == 0 && !named_by_a_plan(core, at))
            free_place = at;
    }
    if (free_place) {
        core->queues[free_place - 1] = (struct queue_state){.name = {0}};
        text_copy(core->queues[free_place - 1].name, MAX_NAME, name);
    }
    return free_place;
}

void waiting_plan(struct step *step, uint32_t slot)
{
    struct core *core = step->core;
    const struct plan *plan = core->plans[slot];

    memset(core->queue_of[slot], 0, sizeof(core->queue_of[slot]));
    for (uint32_t i = 0; i < plan->queue_count; i++) {
        uint8_t at = place_of(core, plan->queues[i].name);
        core->queue_of[slot][i] = at;
        if (at)
            queue_set_ageing(&core->queues[at - 1].order, waiting_entries(core),
                             plan->queues[i].ageing_ms);
    }
}

const struct plan_queue *waiting_queue_now(const struct core *core, uint8_t queue)
{
    if (core->plan_now < 0)
        return NULL;
    const struct plan *plan = core->plans[core->plan_now];
    for (uint32_t i = 0; i < plan->queue_count; i++)
        if (core->queue_of[core->plan_now][i] == queue + 1)
            return &plan->queues[i];
    return NULL;
}

/* ---- Operators ---- */

/* An operator is worth to each of their queues what its callers are of all that wait for them; the
 * caller who asks counts as one. */
static uint32_t share_milli(const struct core *core, const struct plan *plan, int16_t place,
                            uint8_t asked)
{
    uint64_t mine = 0, all = 0;

    for (int16_t i = 0; i < plan->queue_count; i++) {
        uint8_t at = core->queue_of[core->plan_now][i];
        struct roster_wish wish = {.queue = i, .skills = plan->queues[i].skills};
        if (!at || !roster_serves(&core->roster, plan, place, &wish))
            continue;
        uint32_t count = queue_count(&core->queues[at - 1].order, waiting_entries(core));
        if (at - 1 == asked)
            mine = count = count ? count : 1;
        all += count;
    }
    return all ? (uint32_t)(mine * 1000 / all) : 0;
}

struct forecast_staff waiting_staff(const struct core *core, uint8_t queue, uint64_t now_ms)
{
    struct forecast_staff staff = {0};
    const struct plan_queue *now = waiting_queue_now(core, queue);

    if (!now)
        return staff;
    const struct plan *plan = core->plans[core->plan_now];
    struct roster_wish wish = {.queue = (int16_t)(now - plan->queues), .skills = now->skills};
    for (uint16_t place = 0; place < core->roster.count; place++) {
        const struct roster_entry *entry = &core->roster.items[place];
        if (entry->name[0] == 0 || !roster_serves(&core->roster, plan, (int16_t)place, &wish))
            continue;
        enum operator_state state = roster_state(entry, now_ms);
        if (state == OPERATOR_OFFLINE || state == OPERATOR_BREAK || state == OPERATOR_ASIDE)
            continue;
        staff.on_duty++;
        staff.free += state == OPERATOR_AVAILABLE;
        staff.milli += share_milli(core, plan, (int16_t)place, queue);
    }
    return staff;
}

/* ---- To be looked at ---- */

bool waiting_row(const struct core *core, uint32_t index, uint64_t now_ms, uint64_t wall_ms,
                 struct queue_row *out)
{
    const struct plan *plan = core->plan_now >= 0 ? core->plans[core->plan_now] : NULL;
    const struct plan_queue *queue;
    uint8_t at;

    if (!plan || index >= plan->queue_count)
        return false;
    queue = &plan->queues[index];
    at = core->queue_of[core->plan_now][index];
    *out = (struct queue_row){.most = queue->max_callers,
                              .target_permille = queue->level_permille,
                              .target_ms = queue->level_ms,
                              .open = queue->hours < 0 ||
                                      hours_open(&plan->hours[queue->hours], wall_ms)};
    text_copy(out->name, sizeof(out->name), queue->name);
    if (!at)
        return true;
    const struct queue_state *state = &core->queues[at - 1];
    out->waiting = queue_count(&state->order, waiting_entries(core));
    if (out->waiting) {
        int64_t since_ms = queue_earliest(&state->order, waiting_entries(core));
        out->longest_ms = (uint32_t)((int64_t)now_ms > since_ms ? (int64_t)now_ms - since_ms : 0);
    }
    out->staff = waiting_staff(core, (uint8_t)(at - 1), now_ms);
    out->next = forecast_wait(&state->figures, &out->staff,
                              1 + queue_open(&state->order, waiting_entries(core)));
    out->service_ms = forecast_service_ms(&state->figures);
    out->served = state->figures.served;
    out->hour = forecast_sum(&state->figures, now_ms);
    return true;
}

/* ---- Promises ---- */

static bool broken(struct text_buffer *why, struct text what)
{
    text_append(why, what);
    return false;
}

bool waiting_check(const struct core *core, struct text_buffer *why)
{
    const struct queue_entry *entries = waiting_entries(core);
    uint32_t in_queues = 0, calls = 0, callbacks = 0;

    if (!standing_check(core, why))
        return false;

    for (uint32_t i = 0; i < QUEUE_STATES; i++) {
        if (!queue_check(&core->queues[i].order, entries, waiting_places(core)))
            return broken(why, TEXT("a queue is out of order"));
        in_queues += queue_count(&core->queues[i].order, entries);
    }
    for (uint32_t slot = 0; slot < core->call_slots.fresh; slot++) {
        const struct call *call = &places_calls(core)[slot];
        bool waits = places_call_links(core)[slot].used && waiting_is(call);
        if (waits != (entries[slot].who != 0) || (waits && entries[slot].who != call->id))
            return broken(why, TEXT("a place in a queue is not of the call that waits"));
        if (waits && call->state != CALL_UP && call->state != CALL_STANDING)
            return broken(why, TEXT("a call waits that is not up"));
        calls += waits;
    }
    for (uint32_t place = core->max_calls; place < waiting_places(core); place++)
        callbacks += entries[place].who != 0;
    if (in_queues != calls + callbacks)
        return broken(why, TEXT("somebody waits in no queue, or in two"));
    return true;
}

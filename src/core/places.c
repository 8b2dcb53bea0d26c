// SPDX-License-Identifier: Apache-2.0
/* places.c - arrays behind the core's header, found by offset. */
#include "core/places.h"

#include <assert.h>

static void *at(const struct core *core, size_t offset)
{
    return (void *)((uintptr_t)core + offset);
}

struct slot_link *places_call_links(const struct core *core)
{
    return at(core, core->links_at);
}

struct slot_link *places_leg_links(const struct core *core)
{
    return places_call_links(core) + core->max_calls;
}

struct call *places_calls(const struct core *core)
{
    return at(core, core->calls_at);
}

struct leg *places_legs(const struct core *core)
{
    return at(core, core->legs_at);
}

struct dialog_entry *places_dialogs(const struct core *core)
{
    return at(core, core->dialogs_at);
}

struct call *core_call(struct core *core, uint32_t id)
{
    if (!slots_has(&core->call_slots, places_call_links(core), id))
        return NULL;
    return &places_calls(core)[slot_of(id)];
}

struct leg *core_leg(struct core *core, uint32_t id)
{
    if (!slots_has(&core->leg_slots, places_leg_links(core), id))
        return NULL;
    return &places_legs(core)[slot_of(id)];
}

struct call *places_of_dialog(struct core *core, uint32_t dialog)
{
    const struct dialog_entry *entry = &places_dialogs(core)[slot_of(dialog) % DIALOGS];

    return dialog != 0 && entry->dialog == dialog ? core_call(core, entry->call) : NULL;
}

void places_forget_dialog(struct core *core, uint32_t dialog)
{
    struct dialog_entry *entry = &places_dialogs(core)[slot_of(dialog) % DIALOGS];

    if (entry->dialog == dialog)
        *entry = (struct dialog_entry){0};
}

struct call *places_take_call(struct core *core, uint32_t dialog)
{
    uint32_t id = slots_take(&core->call_slots, places_call_links(core));

    if (id == 0)
        return NULL;
    uint32_t leg_id = slots_take(&core->leg_slots, places_leg_links(core));
    if (leg_id == 0) {
        slots_put(&core->call_slots, places_call_links(core), id);
        return NULL;
    }
    struct call *call = &places_calls(core)[slot_of(id)];
    *call = (struct call){.id = id,
                          .leg = leg_id,
                          .plan = (uint8_t)core->plan_now,
                          .trunk = -1,
                          .speech_stopped = true};
    places_legs(core)[slot_of(leg_id)] = (struct leg){.id = leg_id, .call = id};
    places_dialogs(core)[slot_of(dialog) % DIALOGS] = (struct dialog_entry){dialog, id};
    core->plan_calls[call->plan]++;
    core->figures.calls_total++;
    core->figures.calls++;
    if (core->figures.calls > core->figures.calls_high)
        core->figures.calls_high = core->figures.calls;
    return call;
}

static void put_ring(struct core *core, struct call *call)
{
    if (call->ring == 0)
        return;
    uint32_t ring = (uint32_t)call->ring - 1;
    core->ring_used[ring / 64] &= ~((uint64_t)1 << ring % 64);
    core->figures.recognisers--;
    call->ring = 0;
}

void places_drop_plan(struct step *step, uint32_t slot)
{
    struct core *core = step->core;

    if (!core->plan_live[slot] || core->plan_calls[slot] > 0 || core->plan_now == (int8_t)slot)
        return;
    core->plan_live[slot] = false;
    step_emit(step, PLAN_DROP, NULL)->plan.slot = slot;
}

void places_put_call(struct step *step, struct call *call)
{
    struct core *core = step->core;
    uint32_t plan = call->plan;

    for (enum timer_kind kind = 0; kind < TIMER_KINDS; kind++)
        step_timer_cancel(step, call, kind);
    put_ring(core, call);
    places_forget_dialog(core, core_leg(core, call->leg)->dialog);
    if (call->trunk >= 0)
        core->trunk_calls[call->plan][call->trunk]--;
    slots_put(&core->leg_slots, places_leg_links(core), call->leg);
    slots_put(&core->call_slots, places_call_links(core), call->id);
    call->state = CALL_FREE;
    assert(core->figures.calls > 0 && core->plan_calls[plan] > 0);
    core->figures.calls--;
    core->plan_calls[plan]--;
    places_drop_plan(step, plan);
}

bool places_take_ring(struct core *core, struct call *call)
{
    uint32_t places = core->plans[call->plan]->recogniser_places;

    if (core->figures.recognisers >= places)
        return false;
    for (uint32_t ring = 0; ring < MAX_RINGS; ring++) {
        uint64_t bit = (uint64_t)1 << ring % 64;
        if (core->ring_used[ring / 64] & bit)
            continue;
        core->ring_used[ring / 64] |= bit;
        core->figures.recognisers++;
        call->ring = (uint8_t)(ring + 1);
        if (++core->epoch == 0)
            core->epoch = 1;
        call->epoch = core->epoch;
        return true;
    }
    return false;
}

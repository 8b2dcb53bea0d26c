// SPDX-License-Identifier: Apache-2.0
/* places.c - arrays behind the core's header, found by offset. */
#include "core/places.h"

#include <assert.h>

#include "core/hear.h"
#include "core/offering.h"
#include "core/supervise.h"
#include "core/operators.h"
#include "core/overhear.h"
#include "core/passing.h"

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

struct call *places_call_named(struct core *core, struct text ref)
{
    for (uint32_t slot = 0; slot < core->call_slots.fresh; slot++) {
        struct call *call = &places_calls(core)[slot];
        if (call->state != CALL_FREE && text_equal(text_of(call->ref), ref))
            return call;
    }
    return NULL;
}

struct leg *core_leg(struct core *core, uint32_t id)
{
    uint32_t slot = slot_of(id);
    const struct slot_link *link = &places_leg_links(core)[slot];

    if (id == 0 || slot >= core->max_calls + core->spare_legs || !link->used ||
        link->generation != id >> 16)
        return NULL;
    return &places_legs(core)[slot];
}

struct leg *places_of_dialog(struct core *core, uint32_t dialog)
{
    const struct dialog_entry *entry = &places_dialogs(core)[slot_of(dialog) % DIALOGS];

    return dialog != 0 && entry->dialog == dialog ? core_leg(core, entry->leg) : NULL;
}

void places_forget_dialog(struct core *core, uint32_t dialog)
{
    struct dialog_entry *entry = &places_dialogs(core)[slot_of(dialog) % DIALOGS];

    if (entry->dialog == dialog)
        *entry = (struct dialog_entry){0};
}

static void begin_leg(struct core *core, struct call *call, uint32_t id)
{
    places_legs(core)[slot_of(id)] = (struct leg){.id = id,
                                                  .call = call->id,
                                                  .number = ++call->legs,
                                                  .state = LEG_IDLE,
                                                  .trunk = -1,
                                                  .released = true,
                                                  .media_closed = true};
}

void places_bind(struct core *core, struct leg *leg, uint32_t dialog)
{
    places_dialogs(core)[slot_of(dialog) % DIALOGS] = (struct dialog_entry){dialog, leg->id};
    leg->dialog = dialog;
    leg->released = false;
}

/* Round and round, so that a port rests as long as possible before it is used again. */
struct leg *places_take_leg(struct core *core, struct call *call, const struct leg *beside)
{
    uint32_t threads =
        core->plans[call->plan]->media_threads ? core->plans[call->plan]->media_threads : 1;

    for (uint32_t i = 0; i < core->spare_legs; i++) {
        uint32_t spare = (core->spare_next + i) % core->spare_legs;
        uint32_t slot = core->max_calls + spare;
        struct slot_link *link = &places_leg_links(core)[slot];
        if (link->used || slot % threads != slot_of(beside->id) % threads)
            continue;
        link->generation = link->generation == 0xffff ? 1 : (uint16_t)(link->generation + 1);
        link->used = true;
        core->spare_next = spare + 1;
        core->figures.spare_legs++;
        begin_leg(core, call, (uint32_t)link->generation << 16 | slot);
        return &places_legs(core)[slot];
    }
    return NULL;
}

void places_count_trunk(struct core *core, const struct call *call, struct leg *leg, int16_t trunk)
{
    if (leg->trunk >= 0)
        core->trunk_calls[call->plan][leg->trunk]--;
    leg->trunk = trunk;
    if (trunk >= 0)
        core->trunk_calls[call->plan][trunk]++;
}

void places_put_leg(struct core *core, struct leg *leg)
{
    uint32_t slot = slot_of(leg->id);

    places_forget_dialog(core, leg->dialog);
    operators_leave(core, leg, 0);
    places_count_trunk(core, core_call(core, leg->call), leg, -1);
    leg->state = LEG_FREE;
    if (slot < core->max_calls) {
        slots_put(&core->leg_slots, places_leg_links(core), leg->id);
        return;
    }
    places_leg_links(core)[slot].used = false;
    core->figures.spare_legs--;
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
    *call = (struct call){.id = id, .leg = leg_id, .plan = (uint8_t)core->plan_now, .trunk = -1};
    call->talk.hearer = PROVIDER_EMBEDDED;
    begin_leg(core, call, leg_id);
    if (dialog)
        places_bind(core, core_leg(core, leg_id), dialog);
    core->plan_calls[call->plan]++;
    core->figures.calls_total++;
    core->figures.calls++;
    if (core->figures.calls > core->figures.calls_high)
        core->figures.calls_high = core->figures.calls;
    return call;
}

void places_return_ring(struct core *core, uint16_t number)
{
    uint32_t ring = (uint32_t)number - 1;

    core->ring_used[ring / 64] &= ~((uint64_t)1 << ring % 64);
    if (ring < MAX_RECOGNISERS)
        core->figures.recognisers--;
    else
        core->figures.hearers--;
}

void places_put_ring(struct core *core, struct call *call)
{
    if (call->ring == 0)
        return;
    hear_end(core, call);
    places_return_ring(core, call->ring);
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
    places_put_ring(core, call);
    const uint32_t legs[] = {call->leg, call->far, call->old, passing_third(call)};
    offering_put(core, call);
    supervise_put(core, call);
    overhear_put(core, call);
    for (int i = 0; i < 4; i++) {
        struct leg *leg = core_leg(core, legs[i]);
        if (leg)
            places_put_leg(core, leg);
    }
    slots_put(&core->call_slots, places_call_links(core), call->id);
    call->state = CALL_FREE;
    assert(core->figures.calls > 0 && core->plan_calls[plan] > 0);
    core->figures.calls--;
    core->plan_calls[plan]--;
    places_drop_plan(step, plan);
}

static bool heard_outside(const struct plan *plan, int16_t agent)
{
    return agent >= 0 && plan->agents[agent].listen.count > 0;
}

bool places_ring_free(const struct core *core, const struct plan *plan, int16_t agent)
{
    if (heard_outside(plan, agent))
        return core->figures.hearers < MAX_RINGS - MAX_RECOGNISERS;
    return core->figures.recognisers + core->figures.stand_ins < plan->recogniser_places;
}

/* The lowest free one of these; there is one. */
static uint32_t free_ring(const struct core *core, uint32_t from)
{
    for (uint32_t word = from / 64; word < MAX_RINGS / 64; word++) {
        if (~core->ring_used[word])
            return word * 64 + (uint32_t)__builtin_ctzll(~core->ring_used[word]);
    }
    assert(false);
    return 0;
}

static uint16_t take(struct core *core, bool outside)
{
    uint32_t ring = free_ring(core, outside ? MAX_RECOGNISERS : 0);

    core->ring_used[ring / 64] |= (uint64_t)1 << ring % 64;
    if (outside)
        core->figures.hearers++;
    else
        core->figures.recognisers++;
    if (++core->epoch == 0)
        core->epoch = 1;
    return (uint16_t)(ring + 1);
}

uint16_t places_lend_ring(struct core *core, const struct plan *plan, bool outside, bool briefly)
{
    uint32_t used = outside ? core->figures.hearers
                            : core->figures.recognisers + core->figures.stand_ins;
    uint32_t most = outside ? MAX_RINGS - MAX_RECOGNISERS : plan->recogniser_places;

    return used < (briefly ? most - 1 : most / 2) ? take(core, outside) : 0;
}

bool places_take_ring(struct core *core, struct call *call, int16_t agent)
{
    const struct plan *plan = core->plans[call->plan];
    bool outside = heard_outside(plan, agent);

    if (!places_ring_free(core, plan, agent))
        return false;
    call->ring = take(core, outside);
    call->epoch = core->epoch;
    return true;
}

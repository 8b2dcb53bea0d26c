// SPDX-License-Identifier: Apache-2.0
/* operators.c - from facts to the roster, and from the roster to the account. */
#include "core/operators.h"

#include "core/house.h"
#include "core/leg.h"
#include "core/offering.h"
#include "core/phones.h"
#include "core/places.h"
#include "core/waiting.h"

enum {
    ROOM = 16, /* Commands of a step that stay free for what else it leads to. */
    ASKS = 4   /* Legs asked in one step; who has more joined calls is rare. */
};

static const struct plan *plan_now(const struct core *core)
{
    return core->plan_now >= 0 ? core->plans[core->plan_now] : NULL;
}

const struct plan_operator *operators_person(const struct core *core, int16_t place)
{
    const struct plan *plan = plan_now(core);
    int16_t index = place >= 0 ? core->roster.items[place].index : -1;

    return plan && index >= 0 && index < plan->operator_count ? &plan->operators[index] : NULL;
}

void operators_touch(struct core *core, int16_t place, enum operator_why why)
{
    core->roster.items[place].why = why;
    core->roster.dirty = true;
}

/* ---- Telephones ---- */

static bool is_user(const struct plan *plan, struct text place)
{
    return phones_meant(plan, place, -1).size > 0;
}

/* A number or an address is taken to be there. */
static bool reachable(const struct core *core, const struct plan_operator *person, uint64_t wall_ms)
{
    const struct plan *plan = plan_now(core);

    for (uint8_t i = 0; i < person->place_count; i++) {
        if (!is_user(plan, person->places[i]) ||
            phones_next(core, phones_meant(plan, person->places[i], -1), wall_ms, 0))
            return true;
    }
    return false;
}

/* Their telephone is not there, or is another one since it was restarted: whoever is joined with it may be
 * speaking to nobody. */
static void ask_whether_there(struct step *step, int16_t place)
{
    int asks = 0;

    for (uint32_t slot = 0; slot < step->core->call_slots.fresh && asks < ASKS; slot++) {
        struct call *call = &places_calls(step->core)[slot];
        const uint32_t ids[] = {call->leg, call->far};
        for (int i = 0; i < 2 && call->state == CALL_BRIDGED; i++) {
            struct leg *leg = core_leg(step->core, ids[i]);
            if (!leg || leg->operator_place != place + 1 || !leg->user[0])
                continue;
            leg_ask(step, call, leg);
            asks++;
        }
    }
}

void operators_restarted(struct step *step, struct text user)
{
    int16_t place = operators_of_user(step->core, user);

    if (place >= 0)
        ask_whether_there(step, place);
}

static void look_for(struct step *step, int16_t place, enum operator_why why)
{
    struct core *core = step->core;
    const struct plan_operator *person = operators_person(core, place);
    bool there = person && reachable(core, person, step->event->wall_ms);

    if (core->roster.items[place].reachable == there)
        return;
    core->roster.items[place].reachable = there;
    if (!there && why == OPERATOR_BY_PHONE)
        ask_whether_there(step, place);
    operators_touch(core, place, why);
}

static bool answers_at(const struct plan *plan, const struct plan_operator *person,
                       struct text user)
{
    for (uint8_t i = 0; person && i < person->place_count; i++) {
        if (text_equal(phones_meant(plan, person->places[i], -1), user))
            return true;
    }
    return false;
}

void operators_phone(struct step *step, struct text user)
{
    struct core *core = step->core;

    for (int16_t i = 0; i < core->roster.count; i++) {
        if (answers_at(plan_now(core), operators_person(core, i), user))
            look_for(step, i, OPERATOR_BY_PHONE);
    }
    core->registered_until_ms = 0; /* To be looked for again. */
    core->roster.dirty = true;
}

int16_t operators_of_user(const struct core *core, struct text user)
{
    for (int16_t i = 0; user.size > 0 && i < core->roster.count; i++) {
        if (answers_at(plan_now(core), operators_person(core, i), user))
            return i;
    }
    return -1;
}

/* Wall clock; UINT64_MAX: no operator depends on a registration. */
static uint64_t first_expiry(const struct core *core, uint64_t wall_ms)
{
    uint64_t first_ms = UINT64_MAX;

    for (uint32_t i = 0; i < MAX_BINDINGS; i++) {
        const struct binding *binding = &core->bindings[i];
        if (binding->user[0] && binding->expires_ms > wall_ms && binding->expires_ms < first_ms)
            first_ms = binding->expires_ms;
    }
    return first_ms;
}

/* ---- Words ---- */

void operators_say(struct step *step, int16_t place, enum operator_said said)
{
    struct roster_entry *entry = &step->core->roster.items[place];
    bool aside = entry->aside && said != SAID_AVAILABLE;

    entry->changed |= entry->said != said || entry->aside != aside;
    entry->said = said;
    entry->aside = aside;
    if (said == SAID_AVAILABLE) { /* They are there, and ready. */
        entry->missed = 0;
        entry->wrap_until_ms = 0;
    }
    operators_touch(step->core, place, OPERATOR_BY_WORD);
}

void operators_asked(struct step *step)
{
    int16_t place = roster_find(&step->core->roster, step->event->wish.name);

    if (place >= 0 && step->event->wish.said < OPERATOR_SAIDS)
        operators_say(step, place, step->event->wish.said);
}

void operators_known(struct step *step)
{
    const struct event *event = step->event;
    int16_t place = roster_find(&step->core->roster, event->wish.name);

    if (place < 0 || event->wish.said >= OPERATOR_SAIDS)
        return;
    step->core->roster.items[place].said = event->wish.said;
    step->core->roster.items[place].aside = event->wish.aside;
    step->core->roster.items[place].changed = true;
    operators_touch(step->core, place, OPERATOR_BY_WORD);
}

void operators_plan(struct step *step)
{
    struct core *core = step->core;

    if (core->roster.count == 0 && plan_now(core)->operator_count == 0)
        return;
    roster_plan(&core->roster, plan_now(core), step->event->now_ms);
    for (int16_t i = 0; i < core->roster.count; i++)
        look_for(step, i, OPERATOR_BY_PLAN);
    offering_look(step); /* Those who are free may have other queues and skills now. */
    core->registered_until_ms = 0;
}

/* ---- Calls and offers ---- */

void operators_take(struct core *core, struct leg *leg, int16_t place)
{
    if (place < 0 || leg->operator_place)
        return;
    leg->operator_place = (uint16_t)(place + 1);
    core->roster.items[place].calls++;
    operators_touch(core, place, OPERATOR_BY_CALL);
}

void operators_take_user(struct core *core, struct leg *leg, struct text user)
{
    operators_take(core, leg, operators_of_user(core, user));
}

void operators_leave(struct core *core, struct leg *leg, uint64_t now_ms)
{
    int16_t place = (int16_t)(leg->operator_place - 1);

    if (place < 0)
        return;
    struct roster_entry *entry = &core->roster.items[place];
    leg->operator_place = 0;
    assert(entry->calls > 0);
    entry->calls--;
    if (now_ms && leg->role == ROLE_OPERATOR)
    {
        const struct call *call = core_call(core, leg->call);
        entry->wrap_until_ms = now_ms + entry->wrap_up_ms;
        if (call && entry->taken_ms)
            waiting_served(core, call->wait.queue,
                           (uint32_t)(now_ms - entry->taken_ms) + entry->wrap_up_ms);
    }
    operators_touch(core, place, OPERATOR_BY_CALL);
}

void operators_ask(struct core *core, int16_t place, uint32_t call, uint64_t now_ms)
{
    struct roster_entry *entry = &core->roster.items[place];

    if (call)
        entry->asked_ms = now_ms;
    entry->asked_by = call;
    operators_touch(core, place, OPERATOR_BY_OFFER);
}

/* ---- Telling ---- */

static void tell(struct step *step, struct roster_entry *entry, enum operator_state was)
{
    const struct call *call = entry->asked_by ? core_call(step->core, entry->asked_by) : NULL;
    struct command *command = step_emit(step, STORE_OPERATOR, NULL);

    command->duty.name = step_text_copy(step, text_of(entry->name));
    command->duty.wall_ms = step->event->wall_ms;
    command->duty.was = was;
    command->duty.state = entry->state;
    command->duty.said = entry->said;
    command->duty.aside = entry->aside;
    command->duty.gone = roster_is_over(entry);
    command->duty.why = entry->why;
    if (call)
        command->duty.ref = step_text_copy(step, text_of(call->ref));
    entry->changed = false;
}

/* False: there is no room in this step. */
static bool tell_changed(struct step *step, struct roster_entry *entry)
{
    enum operator_state was = entry->state;

    if (step->out->count + ROOM > COMMANDS_A_STEP)
        return false;
    bool moved = roster_note(entry, step->event->now_ms);
    if (moved || entry->changed || roster_is_over(entry))
        tell(step, entry, was);
    if (moved && entry->state == OPERATOR_AVAILABLE)
        offering_look(step);
    if (roster_is_over(entry))
        *entry = (struct roster_entry){.index = -1};
    return true;
}

static void wake(struct step *step)
{
    struct core *core = step->core;
    uint64_t now_ms = step->event->now_ms, next_ms = roster_tend(&core->roster, now_ms);

    if (core->registered_until_ms == 0)
        core->registered_until_ms = first_expiry(core, step->event->wall_ms);
    if (core->registered_until_ms != UINT64_MAX)
        house_wake_wall(step, core->registered_until_ms);
    if (next_ms != UINT64_MAX)
        house_wake(step, next_ms);
}

void operators_tell(struct step *step)
{
    struct roster *roster = &step->core->roster;

    if (!roster->dirty)
        return;
    for (uint16_t i = 0; i < roster->count; i++) {
        if (roster->items[i].name[0] && !tell_changed(step, &roster->items[i])) {
            house_wake(step, step->event->now_ms); /* The others in a step of their own. */
            return;
        }
    }
    roster->dirty = false;
    wake(step);
}

void operators_tend(struct step *step)
{
    struct core *core = step->core;
    const uint64_t wall_ms = step->event->wall_ms;

    if (core->roster.count == 0)
        return;
    if (core->registered_until_ms && core->registered_until_ms <= wall_ms) {
        for (int16_t i = 0; i < core->roster.count; i++)
            look_for(step, i, OPERATOR_BY_PHONE);
        core->registered_until_ms = 0;
    }
    for (uint16_t i = 0; i < core->roster.count; i++) {
        struct roster_entry *entry = &core->roster.items[i];
        if (entry->wrap_until_ms && entry->wrap_until_ms <= step->event->now_ms) {
            entry->wrap_until_ms = 0;
            entry->why = OPERATOR_BY_TIME;
        }
    }
    core->roster.dirty = true;
}

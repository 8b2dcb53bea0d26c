// SPDX-License-Identifier: Apache-2.0
/* trunk.c - facts in, one word out. */
#include "core/trunk.h"

static enum trunk_health judge(const struct trunk_state *trunk)
{
    if (pool_unhealthy(&trunk->pool) || trunk->registration == REGISTRATION_FAILED)
        return TRUNK_UNHEALTHY;
    if (pool_degraded(&trunk->pool) || trunk->registration == REGISTRATION_TRYING)
        return TRUNK_DEGRADED;
    return TRUNK_HEALTHY;
}

/* Says it when it changed, or when it must be said. */
static void tell(struct step *step, struct trunk_state *trunk, bool anyway, uint16_t status,
                 struct text reason)
{
    enum trunk_health health = judge(trunk);

    if (health == trunk->health && !anyway)
        return;
    trunk->health = health;
    struct command *command = step_emit(step, STORE_TRUNK, NULL);
    command->trunk.trunk = step_text_copy(step, text_of(trunk->name));
    command->trunk.wall_ms = step->event->wall_ms;
    command->trunk.health = health;
    command->trunk.registration = trunk->registration;
    command->trunk.status = status;
    command->trunk.reason = reason;
}

static struct trunk_state *find(struct trunk_state *trunks, struct text name)
{
    for (uint32_t i = 0; i < MAX_TRUNKS; i++) {
        if (name.size > 0 && text_equal(text_of(trunks[i].name), name))
            return &trunks[i];
    }
    return NULL;
}

void trunk_plan(struct step *step)
{
    struct core *core = step->core;
    const struct plan *plan = core->plans[core->plan_now];
    struct trunk_state before[MAX_TRUNKS];

    for (uint32_t i = 0; i < MAX_TRUNKS; i++)
        before[i] = core->trunks[i];
    for (uint8_t i = 0; i < MAX_TRUNKS; i++) {
        const struct trunk_state *known =
            i < plan->trunk_count ? find(before, plan->trunks[i].name) : NULL;
        struct trunk_state *trunk = &core->trunks[i];
        *trunk = known ? *known : (struct trunk_state){.health = TRUNK_HEALTHY};
        if (i >= plan->trunk_count)
            continue;
        text_copy(trunk->name, sizeof(trunk->name), plan->trunks[i].name);
        if (!plan->trunks[i].registers)
            trunk->registration = REGISTRATION_NONE;
        else if (trunk->registration == REGISTRATION_NONE)
            trunk->registration = REGISTRATION_TRYING;
        if (plan->trunks[i].probe_ms == 0)
            trunk->pool.dead = trunk->pool.slow = false;
        trunk->health = judge(trunk);
        if (!known && plan->trunks[i].host.size && step->out->count < COMMANDS_A_STEP / 2)
            tell(step, trunk, true, 0, TEXT("new")); /* More are told when they change. */
    }
}

void trunk_heard(struct step *step)
{
    const struct event *event = step->event;
    struct trunk_state *trunk = find(step->core->trunks, event->trunk.trunk);
    enum trunk_registration before;

    if (!trunk)
        return;
    before = trunk->registration;
    switch (event->trunk.fact) {
    case TRUNK_REGISTERED:
        trunk->registration = REGISTRATION_DONE;
        break;
    case TRUNK_NOT_REGISTERED:
        trunk->registration = REGISTRATION_FAILED;
        break;
    case TRUNK_ALIVE:
        trunk->pool.slow = event->trunk.round_trip_ms > TRUNK_SLOW_MS;
        trunk->pool.dead = false;
        break;
    case TRUNK_DEAD:
        trunk->pool.dead = true;
        break;
    case TRUNK_FACTS:
        return;
    }
    tell(step, trunk, trunk->registration != before, event->trunk.status, event->trunk.reason);
}

bool trunk_take(struct step *step, int16_t index)
{
    struct core *core = step->core;

    if (index < 0 || core->plan_now < 0 || index >= core->plans[core->plan_now]->trunk_count ||
        core->plans[core->plan_now]->trunks[index].host.size == 0)
        return false;
    return pool_take(&core->trunks[index].pool, step->event->now_ms);
}

void trunk_outcome(struct step *step, struct text name, uint16_t status)
{
    struct trunk_state *trunk = find(step->core->trunks, name);

    if (!trunk)
        return;
    if (status == 0) {
        pool_given_up(&trunk->pool);
        return;
    }
    if (status == 408 || (status >= 500 && status < 600))
        pool_failed(&trunk->pool, step->event->now_ms);
    else
        pool_succeeded(&trunk->pool);
    tell(step, trunk, false, status, TEXT("calls by it"));
}

enum trunk_health trunk_health(const struct core *core, int16_t index)
{
    return index >= 0 && index < MAX_TRUNKS ? core->trunks[index].health : TRUNK_UNHEALTHY;
}

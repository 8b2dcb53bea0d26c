// SPDX-License-Identifier: Apache-2.0
/* trunk.c - facts in, one word out. */
#include "core/trunk.h"

static enum trunk_health judge(const struct trunk_state *trunk)
{
    if (trunk->open || trunk->dead || trunk->registration == REGISTRATION_FAILED)
        return TRUNK_UNHEALTHY;
    if (trunk->slow || trunk->failures > 0 || trunk->registration == REGISTRATION_TRYING)
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
            trunk->dead = trunk->slow = false;
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
        trunk->slow = event->trunk.round_trip_ms > TRUNK_SLOW_MS;
        trunk->dead = false;
        break;
    case TRUNK_DEAD:
        trunk->dead = true;
        break;
    case TRUNK_FACTS:
        return;
    }
    tell(step, trunk, trunk->registration != before, event->trunk.status, event->trunk.reason);
}

bool trunk_take(struct step *step, int16_t index)
{
    struct core *core = step->core;
    uint64_t now_ms = step->event->now_ms;
    struct trunk_state *trunk;

    if (index < 0 || core->plan_now < 0 || index >= core->plans[core->plan_now]->trunk_count ||
        core->plans[core->plan_now]->trunks[index].host.size == 0)
        return false;
    trunk = &core->trunks[index];
    if (trunk->dead)
        return false; /* The next OPTIONS will tell. */
    if (!trunk->open)
        return true;
    if (now_ms < trunk->open_until_ms || (trunk->trial && now_ms < trunk->trial_until_ms))
        return false;
    trunk->trial = true;
    trunk->trial_until_ms = now_ms + TRUNK_TRIAL_MS;
    return true;
}

static void open_breaker(struct trunk_state *trunk, uint64_t now_ms)
{
    uint64_t for_ms = (uint64_t)TRUNK_OPEN_MS << (trunk->openings < 6 ? trunk->openings : 6);

    if (for_ms > TRUNK_LONGEST_OPEN_MS)
        for_ms = TRUNK_LONGEST_OPEN_MS;
    trunk->open = true;
    trunk->trial = false;
    trunk->open_until_ms = now_ms + for_ms;
    if (trunk->openings < UINT8_MAX)
        trunk->openings++;
}

void trunk_outcome(struct step *step, struct text name, uint16_t status)
{
    struct trunk_state *trunk = find(step->core->trunks, name);

    if (!trunk)
        return;
    if (status == 0) {
        trunk->trial = false; /* Another may try. */
        return;
    }
    if (status == 408 || (status >= 500 && status < 600)) {
        if (trunk->failures < TRUNK_FAILURES)
            trunk->failures++;
        if (trunk->trial || (trunk->failures >= TRUNK_FAILURES && !trunk->open))
            open_breaker(trunk, step->event->now_ms);
    } else {
        trunk->failures = trunk->openings = 0;
        trunk->open = trunk->trial = false;
    }
    tell(step, trunk, false, status, TEXT("calls by it"));
}

enum trunk_health trunk_health(const struct core *core, int16_t index)
{
    return index >= 0 && index < MAX_TRUNKS ? core->trunks[index].health : TRUNK_UNHEALTHY;
}

// SPDX-License-Identifier: Apache-2.0
/* provider.c - names to pools, and the walk along a chain. */
#include "core/provider.h"

#include "core/enforce.h"

enum { SMOOTHING = 8 }; /* A new time counts for an eighth. */

static struct provider_state *state_of(struct core *core, uint32_t slot, int16_t provider)
{
    uint8_t at;

    if (slot >= MAX_PLANS || provider < 0 || provider >= MAX_PROVIDERS)
        return NULL;
    at = core->provider_of[slot][provider];
    return at ? &core->providers[at - 1] : NULL;
}

static enum trunk_health judge(const struct provider_state *state)
{
    return pool_unhealthy(&state->pool)  ? TRUNK_UNHEALTHY
           : pool_degraded(&state->pool) ? TRUNK_DEGRADED
                                         : TRUNK_HEALTHY;
}

static void tell(struct step *step, struct provider_state *state, struct text why)
{
    enum trunk_health health = judge(state);

    if (health == state->health)
        return;
    state->health = health;
    struct command *command = step_emit(step, STORE_PROVIDER, NULL);
    command->provider.provider = step_text_copy(step, text_of(state->name));
    command->provider.wall_ms = step->event->wall_ms;
    command->provider.health = health;
    command->provider.ms = state->ms;
    command->provider.reason = step_text_copy(step, text_part(why, 0, SHORT_TEXT));
}

static bool named_by_a_plan(const struct core *core, uint8_t at)
{
    for (uint32_t slot = 0; slot < MAX_PLANS; slot++)
        for (uint32_t i = 0; core->plan_live[slot] && i < MAX_PROVIDERS; i++)
            if (core->provider_of[slot][i] == at)
                return true;
    return false;
}

/* The place of a name, or a free one that it gets; 0: there is none, it is not watched. */
static uint8_t place_of(struct core *core, struct text name)
{
    uint8_t free_place = 0;

    for (uint8_t at = 1; at <= PROVIDER_STATES; at++) {
        struct provider_state *state = &core->providers[at - 1];
        if (text_equal(text_of(state->name), name))
            return at;
        if (!free_place && state->sessions == 0 && !named_by_a_plan(core, at))
            free_place = at;
    }
    if (free_place) {
        core->providers[free_place - 1] = (struct provider_state){.health = TRUNK_HEALTHY};
        text_copy(core->providers[free_place - 1].name, MAX_NAME, name);
    }
    return free_place;
}

void provider_plan(struct step *step, uint32_t slot)
{
    struct core *core = step->core;
    const struct plan *plan = core->plans[slot];

    for (uint32_t i = 0; i < MAX_PROVIDERS; i++)
        core->provider_of[slot][i] = 0;
    for (uint32_t i = 0; i < plan->provider_count; i++)
        core->provider_of[slot][i] = place_of(core, plan->providers[i].name);
}

static void take_fact(struct step *step, struct provider_state *state, enum provider_fact what,
                      uint32_t ms, struct text why)
{
    uint64_t now_ms = step->event->now_ms;

    if (ms > 0)
        state->ms = state->ms ? (state->ms * (SMOOTHING - 1) + ms) / SMOOTHING : ms;
    if (ms > 0 && what != PROVIDER_FAILED)
        state->times[state->time_count++ % PROVIDER_TIMES] =
            (uint16_t)(ms < UINT16_MAX ? ms : UINT16_MAX);
    state->good += what == PROVIDER_OK || what == PROVIDER_SLOW;
    switch (what) {
    case PROVIDER_OK:
        pool_succeeded(&state->pool);
        if (now_ms >= state->slow_until_ms)
            state->pool.slow = false;
        break;
    case PROVIDER_SLOW:
        pool_succeeded(&state->pool); /* Late, but there. */
        state->pool.slow = true;
        state->slow_until_ms = now_ms + PROVIDER_SLOW_FOR_MS;
        break;
    case PROVIDER_FAILED:
        state->failed++;
        state->error_ms = now_ms;
        text_copy(state->error, sizeof(state->error), why);
        pool_failed(&state->pool, now_ms);
        break;
    case PROVIDER_FACTS:
        return;
    }
    tell(step, state, why);
}

static void rest(struct step *step, struct provider_state *state, uint32_t seconds,
                 struct text why)
{
    if (seconds == 0)
        return;
    pool_rest(&state->pool, step->event->now_ms, 1000ull * seconds);
    tell(step, state, why);
}

void provider_fact(struct step *step)
{
    const struct event *event = step->event;
    struct provider_state *state =
        state_of(step->core, event->provider.plan,
                 (int16_t)(event->provider.provider < MAX_PROVIDERS ? event->provider.provider
                                                                    : MAX_PROVIDERS));

    if (!state)
        return;
    rest(step, state, event->provider.retry_after_s, event->provider.why);
    take_fact(step, state, event->provider.what, event->provider.ms, event->provider.why);
}

int16_t provider_pick(struct step *step, const struct call *call, const struct plan_chain *chain,
                      uint32_t tried, uint8_t *at)
{
    const struct plan *plan = call_plan(step->core, call);
    uint64_t now_ms = step->event->now_ms;
    int found = -1, least = 4; /* The first of those that are least slow. */

    for (uint8_t i = 0; i < chain->count; i++) {
        int16_t provider = chain->items[i];
        const struct plan_provider *known = &plan->providers[provider];
        struct provider_state *state = state_of(step->core, call->plan, provider);
        if ((tried >> i & 1) || (state && known->max_sessions > 0 &&
                                 state->sessions >= known->max_sessions))
            continue;
        if (state && !pool_may(&state->pool, now_ms))
            continue;
        int worse = (state && state->pool.slow && now_ms < state->slow_until_ms) +
                    2 * enforce_avoids(step->core, plan, provider);
        if (worse >= least)
            continue;
        found = i;
        least = worse;
    }
    *at = found < 0 ? chain->count : (uint8_t)found;
    if (found < 0)
        return PROVIDER_EMBEDDED;
    struct provider_state *state = state_of(step->core, call->plan, chain->items[found]);
    if (state && !pool_take(&state->pool, now_ms))
        return PROVIDER_EMBEDDED; /* Not reached: it might be taken a moment ago. */
    return chain->items[found];
}

bool provider_any(const struct step *step, const struct call *call, const struct plan_chain *chain)
{
    for (uint8_t i = 0; i < chain->count; i++) {
        const struct provider_state *state = state_of(step->core, call->plan, chain->items[i]);
        if (!state || pool_may(&state->pool, step->event->now_ms))
            return true;
    }
    return false;
}

void provider_outcome(struct step *step, const struct call *call, int16_t provider,
                      enum provider_fact what, uint32_t ms, struct text why)
{
    struct provider_state *state = state_of(step->core, call->plan, provider);

    if (state)
        take_fact(step, state, what, ms, why);
}

void provider_rests(struct step *step, const struct call *call, int16_t provider, uint32_t seconds,
                    struct text why)
{
    struct provider_state *state = state_of(step->core, call->plan, provider);

    if (state)
        rest(step, state, seconds, why);
}

bool provider_half_free(struct core *core, const struct call *call, int16_t provider)
{
    const struct plan_provider *known = &call_plan(core, call)->providers[provider];
    const struct provider_state *state = state_of(core, call->plan, provider);

    return !state || known->max_sessions == 0 || state->sessions < known->max_sessions / 2;
}

void provider_enter(struct core *core, const struct call *call, int16_t provider)
{
    struct provider_state *state = state_of(core, call->plan, provider);

    if (state)
        state->sessions++;
}

void provider_leave(struct core *core, const struct call *call, int16_t provider)
{
    struct provider_state *state = state_of(core, call->plan, provider);

    if (state && state->sessions > 0)
        state->sessions--;
}

struct text provider_name(const struct core *core, const struct call *call, int16_t provider)
{
    const struct plan *plan = call_plan(core, call);

    return provider >= 0 && provider < plan->provider_count ? plan->providers[provider].name
                                                            : TEXT("embedded");
}

// SPDX-License-Identifier: Apache-2.0
/* provider_row.c - what is known of each provider, for people. */
#include "core/enforce.h"
#include "core/provider.h"

/* The k-th smallest of the latest times; they are few. */
static uint32_t nth_ms(const struct provider_state *state, uint32_t permille)
{
    uint32_t count =
        state->time_count < PROVIDER_TIMES ? state->time_count : (uint32_t)PROVIDER_TIMES;
    uint32_t wanted = count * permille / 1000;

    for (uint32_t i = 0; i < count; i++) {
        uint32_t below = 0, same = 0;
        for (uint32_t j = 0; j < count; j++) {
            below += state->times[j] < state->times[i];
            same += state->times[j] == state->times[i];
        }
        if (below <= wanted && wanted < below + same)
            return state->times[i];
    }
    return 0;
}

static enum provider_breaker breaker_of(const struct pool *pool, uint64_t now_ms)
{
    if (!pool->open)
        return BREAKER_CLOSED;
    return pool->trial || now_ms >= pool->open_until_ms ? BREAKER_TRIAL : BREAKER_OPEN;
}

static void put_state(const struct provider_state *state, uint64_t now_ms, struct provider_row *out)
{
    out->health = state->health;
    out->breaker = breaker_of(&state->pool, now_ms);
    out->open_s = out->breaker == BREAKER_OPEN
                      ? (uint32_t)((state->pool.open_until_ms - now_ms + 999) / 1000)
                      : 0;
    out->slow = state->pool.slow && now_ms < state->slow_until_ms;
    out->sessions = state->sessions;
    out->good = state->good;
    out->failed = state->failed;
    out->p50_ms = nth_ms(state, 500);
    out->p95_ms = nth_ms(state, 950);
    out->error_s = state->error[0] ? (uint32_t)((now_ms - state->error_ms) / 1000) : 0;
    text_copy(out->error, sizeof(out->error), text_of(state->error));
}

bool provider_row(const struct core *core, uint32_t index, uint64_t now_ms,
                  struct provider_row *out)
{
    const struct plan *plan = core->plan_now >= 0 ? core->plans[core->plan_now] : NULL;
    const struct plan_provider *known;
    uint8_t at;

    if (!plan || index >= plan->provider_count)
        return false;
    known = &plan->providers[index];
    at = core->provider_of[core->plan_now][index];
    *out = (struct provider_row){.kind = known->kind,
                                 .most = known->max_sessions,
                                 .avoided = enforce_avoids(core, plan, (int16_t)index)};
    text_copy(out->name, sizeof(out->name), known->name);
    struct text url = known->url; /* What follows may be a secret. */
    text_copy(out->url, sizeof(out->url), text_next(&url, '?'));
    if (at)
        put_state(&core->providers[at - 1], now_ms, out);
    return true;
}

static void put_chain(const struct plan *plan, const struct plan_chain *chain,
                      char names[MAX_CONVERSE + MAX_CHAIN][MAX_NAME], uint8_t *count)
{
    for (*count = 0; *count < chain->count; ++*count)
        text_copy(names[*count], MAX_NAME, plan->providers[chain->items[*count]].name);
}

bool provider_chain_row(const struct core *core, uint32_t index, struct chain_row *out)
{
    const struct plan *plan = core->plan_now >= 0 ? core->plans[core->plan_now] : NULL;
    const struct plan_agent *agent;

    if (!plan || index / 3 >= plan->agent_count)
        return false;
    agent = &plan->agents[index / 3];
    *out = (struct chain_row){.role = (enum provider_role)(index % 3)};
    text_copy(out->agent, sizeof(out->agent), agent->name);
    put_chain(plan,
              out->role == ROLE_LISTENS  ? &agent->listen
              : out->role == ROLE_SPEAKS ? &agent->speak
                                         : &agent->think,
              out->names, &out->count);
    return true;
}

// SPDX-License-Identifier: Apache-2.0
/* pool.c - the circuit breaker. */
#include "core/pool.h"

enum { DOUBLINGS = 6 };

bool pool_may(const struct pool *pool, uint64_t now_ms)
{
    if (pool->dead)
        return false; /* The next probe will tell. */
    return !pool->open || (now_ms >= pool->open_until_ms &&
                           !(pool->trial && now_ms < pool->trial_until_ms));
}

bool pool_take(struct pool *pool, uint64_t now_ms)
{
    if (!pool_may(pool, now_ms))
        return false;
    if (pool->open) {
        pool->trial = true;
        pool->trial_until_ms = now_ms + POOL_TRIAL_MS;
    }
    return true;
}

void pool_succeeded(struct pool *pool)
{
    pool->failures = pool->openings = 0;
    pool->open = pool->trial = false;
}

static void open_breaker(struct pool *pool, uint64_t now_ms)
{
    uint64_t for_ms = (uint64_t)POOL_OPEN_MS
                      << (pool->openings < DOUBLINGS ? pool->openings : DOUBLINGS);

    if (for_ms > POOL_LONGEST_OPEN_MS)
        for_ms = POOL_LONGEST_OPEN_MS;
    pool->open = true;
    pool->trial = false;
    pool->open_until_ms = now_ms + for_ms;
    if (pool->openings < UINT8_MAX)
        pool->openings++;
}

void pool_failed(struct pool *pool, uint64_t now_ms)
{
    if (pool->failures < POOL_FAILURES)
        pool->failures++;
    if (pool->trial || (pool->failures >= POOL_FAILURES && !pool->open))
        open_breaker(pool, now_ms);
}

void pool_rest(struct pool *pool, uint64_t now_ms, uint64_t for_ms)
{
    uint64_t until_ms = now_ms + (for_ms < POOL_LONGEST_OPEN_MS ? for_ms : POOL_LONGEST_OPEN_MS);

    if (!pool->open || until_ms > pool->open_until_ms)
        pool->open_until_ms = until_ms;
    pool->open = true;
    pool->trial = false;
}

void pool_given_up(struct pool *pool)
{
    pool->trial = false;
}

// SPDX-License-Identifier: Apache-2.0
/* pool.h - one health model for everything outside that can fail: trunks, providers.
 *
 * Healthy, degraded (slow, or failing now and then) or unhealthy. POOL_FAILURES failures in a row
 * open the circuit breaker: for POOL_OPEN_MS, and twice as long each time up to
 * POOL_LONGEST_OPEN_MS, nothing goes there; then one may try. Its success closes the breaker, its
 * failure opens it again. What a probe found dead is left alone until a probe finds it alive. No
 * timers: time is looked at when somebody asks. Pure; every function is a few instructions. */
#ifndef CORE_POOL_H
#define CORE_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"

enum {
    POOL_FAILURES = 3,
    POOL_OPEN_MS = 5000,
    POOL_LONGEST_OPEN_MS = 300000,
    POOL_TRIAL_MS = 60000 /* A trial that was never heard of again makes room for another. */
};

struct pool {
    bool slow, dead;  /* By probes, or by how long it takes. */
    bool open;        /* The circuit breaker. */
    bool trial;       /* One goes, to see. */
    uint8_t failures; /* In a row. */
    uint8_t openings; /* In a row, without a success: each lasts twice as long. */
    uint64_t open_until_ms, trial_until_ms;
};

/* Whether it may be used now; true takes the trial, when it is one. */
MUST_USE bool pool_take(struct pool *pool, uint64_t now_ms);
/* The same, without taking anything. */
bool pool_may(const struct pool *pool, uint64_t now_ms);

void pool_succeeded(struct pool *pool);
void pool_failed(struct pool *pool, uint64_t now_ms);
/* It wants to be left alone until then, at most POOL_LONGEST_OPEN_MS. */
void pool_rest(struct pool *pool, uint64_t now_ms, uint64_t for_ms);
/* What was tried came to no end: another may try. */
void pool_given_up(struct pool *pool);

static inline bool pool_unhealthy(const struct pool *pool)
{
    return pool->open || pool->dead;
}

static inline bool pool_degraded(const struct pool *pool)
{
    return pool->slow || pool->failures > 0;
}

#endif

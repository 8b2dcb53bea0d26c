// SPDX-License-Identifier: Apache-2.0
/* impair.c - two draws a packet, none on a good line. */
#include "load/impair.h"

void impair_init(struct impair *impair, uint64_t seed, double loss_percent, uint32_t jitter_ms)
{
    *impair = (struct impair){
        .chance = {seed},
        .loss_per_million = (uint32_t)(loss_percent * 10000 + 0.5),
        .jitter_ms = jitter_ms < IMPAIR_JITTER_MS ? jitter_ms : IMPAIR_JITTER_MS,
    };
}

int32_t impair_next(struct impair *impair)
{
    if (impair->loss_per_million &&
        random_below(&impair->chance, 1000000) < impair->loss_per_million)
        return IMPAIR_LOST;
    return impair->jitter_ms ? (int32_t)random_below(&impair->chance, impair->jitter_ms + 1) : 0;
}

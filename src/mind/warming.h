// SPDX-License-Identifier: Apache-2.0
/* warming.h - connections to a plan's models, kept open ahead of the first question. */
#ifndef MIND_WARMING_H
#define MIND_WARMING_H

#include <stdint.h>

#include "base/limits.h"
#include "core/plan.h"

struct net;

struct warming {
    uint32_t pools[MAX_PROVIDERS]; /* Of net/warm.h; 0: none. */
};

/* Begins for each provider that thinks. What cannot be kept warm is logged and asked cold. */
void warming_keep(struct warming *warming, struct net *net, const struct plan *plan);
void warming_drop(struct warming *warming, struct net *net);

#endif

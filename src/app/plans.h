// SPDX-License-Identifier: Apache-2.0
/* plans.h - generations of configuration, each in its slot from its reading to the core's
 * PLAN_DROP.
 *
 * Owner: the main thread, which reads, prepares and frees. The core's loop reads a slot between the
 * PLAN_LOADED that it was sent and the PLAN_DROP that it sends back, so nothing is shared at the
 * same time. What cannot change while a server runs (ports, max-calls) is kept as it was at the
 * start. */
#ifndef APP_PLANS_H
#define APP_PLANS_H

#include "config/config.h"
#include "app/limbs.h"

struct plans {
    struct config_result *slots[MAX_PLANS];
    struct config_result *first;    /* Lives until plans_close(): the limbs look at its strings. */
    struct text sources[MAX_PLANS]; /* For the journal: the config's source and what was kept. */
    uint32_t serial;                /* Of the newest. */
    struct plan kept;               /* Ports and max_calls of the first. */
};

/* The first plan, from a configuration that was read well; takes it over. */
MUST_USE bool plans_first(struct plans *plans, struct config_result *result);

/* Reads the path anew into a free slot. Returns the slot, -1 after logging what is wrong. */
MUST_USE int plans_reload(struct plans *plans, const char *path);
void plans_drop(struct plans *plans, uint32_t slot);
void plans_close(struct plans *plans);

/* A plan again from what a journal kept of it. False when it cannot be read. */
MUST_USE bool plans_from_journal(struct config_result *result, struct text bytes, uint32_t serial,
                                 uint32_t *core_calls, uint32_t *core_legs);

#endif

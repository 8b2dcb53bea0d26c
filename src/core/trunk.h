// SPDX-License-Identifier: Apache-2.0
/* trunk.h - the health of each trunk: what its registration, its OPTIONS and its calls say.
 *
 * Healthy, degraded (slow, not yet registered, or a call just failed) or unhealthy. Three calls in
 * a row that the trunk itself failed (no answer, 5xx) open its circuit breaker: for 5 s, and twice
 * as long each time up to 5 min, no call goes by it; then one may try. Its success closes the
 * breaker, its failure opens it again. A trunk that answers no OPTIONS or whose registration is
 * refused is unhealthy until it does. Changes are told to the account (STORE_TRUNK). No timers:
 * time is looked at when a call asks. */
#ifndef CORE_TRUNK_H
#define CORE_TRUNK_H

#include "core/state.h"

enum {
    TRUNK_FAILURES = 3,
    TRUNK_OPEN_MS = 5000,
    TRUNK_LONGEST_OPEN_MS = 300000,
    TRUNK_TRIAL_MS = 60000, /* A trial that was never heard of again makes room for another. */
    TRUNK_SLOW_MS = 500     /* Round trip of an OPTIONS. */
};

/* A new plan: trunks keep what is known of them by their names. */
void trunk_plan(struct step *step);

/* SIP_TRUNK */
void trunk_heard(struct step *step);

/* Whether a call may be placed by this trunk of the plan in force, now; true takes the trial, when
 * it is one. -1 or a trunk without a host: false. */
MUST_USE bool trunk_take(struct step *step, int16_t trunk);

/* What came of it: the status of the first final answer; 0: it was given up before. `trunk` by
 * name, as plans may have changed. */
void trunk_outcome(struct step *step, struct text trunk, uint16_t status);

enum trunk_health trunk_health(const struct core *core, int16_t trunk);

#endif

// SPDX-License-Identifier: Apache-2.0
/* trunk.h - the health of each trunk: what its registration, its OPTIONS and its calls say.
 *
 * A pool (core/pool.h) and a registration. Calls that the trunk itself failed (no answer, 5xx) are
 * the pool's failures; slow or silent OPTIONS its probes. A trunk whose registration is refused is
 * unhealthy until it is not. Changes are told to the account (STORE_TRUNK). */
#ifndef CORE_TRUNK_H
#define CORE_TRUNK_H

#include "core/state.h"

enum { TRUNK_SLOW_MS = 500 /* Round trip of an OPTIONS. */ };

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

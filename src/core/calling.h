// SPDX-License-Identifier: Apache-2.0
/* calling.h - when people may be called back: in the opening hours of the queue that they were
 * promised for, else in those of `callbacks`, by the clock of their zone; without either, at any time.
 * Pure; costs are core/hours.h's. */
#ifndef CORE_CALLING_H
#define CORE_CALLING_H

#include "core/callbacks.h"
#include "core/plan.h"

enum { CALLING_NEVER_MS = 86400000 }; /* Hours that have no next moment are looked at again. */

/* The first moment from wall_ms on. */
uint64_t calling_from(const struct plan *plan, struct text queue, uint64_t wall_ms);

/* When it is promised for: after_ms from wall_ms, and within the plan's time, of which only what is
 * open counts. Sets from_ms, next_ms and until_ms. */
void calling_window(const struct plan *plan, struct text queue, uint64_t wall_ms,
                    uint32_t after_ms, struct callback *out);

#endif

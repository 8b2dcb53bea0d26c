// SPDX-License-Identifier: Apache-2.0
/* outbox_trim.h - the outbox's bounds on disk. Private to store/. */
#ifndef STORE_OUTBOX_TRIM_H
#define STORE_OUTBOX_TRIM_H

#include <stdint.h>

#include "base/attr.h"

struct sqlite3;

struct outbox_bounds {
    uint64_t now_ms;
    uint64_t done_ms;    /* What was delivered is shown so long, */
    uint32_t done, dead; /* and at most so many; the oldest leave. */
    uint32_t waiting;    /* For one endpoint; the oldest are dead letters then. */
};

/* As it is in the product: a week, 10,000 delivered, 20,000 dead, 100,000 waiting. */
struct outbox_bounds outbox_trim_bounds(void);

/* Keeps them, 1,000 rows of a kind at a time: some ms when there is something to do. 0, or -EIO:
 * nothing was changed, and it is tried another time. */
MUST_USE int outbox_trim(struct sqlite3 *db, const struct outbox_bounds *bounds);

#endif

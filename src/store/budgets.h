// SPDX-License-Identifier: Apache-2.0
/* budgets.h - turns of earlier runs that still count against a budget (core/enforce.h). */
#ifndef STORE_BUDGETS_H
#define STORE_BUDGETS_H

#include <sqlite3.h>

#include "base/mailbox.h"

/* STORE_SLO_KNOWN for each minute of the last hour, hour of the last day and day of the last 30 in
 * which there were turns, by name and measure. What is older is deleted. The store's thread, before
 * it takes commands. */
void store_budgets_tell(sqlite3 *db, struct mailbox *events);

#endif

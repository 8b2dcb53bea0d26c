// SPDX-License-Identifier: Apache-2.0
/* tasks.h - callbacks that are open, told to the core. Private to store/. */
#ifndef STORE_TASKS_H
#define STORE_TASKS_H

#include <sqlite3.h>
#include <stdbool.h>

#include "base/attr.h"
#include "base/mailbox.h"

/* One STORE_TASK_KNOWN for each, those that are due first before others, MAX_CALLBACKS at most, and
 * STORE_TASKS_TOLD. Of an attempt that was under way it is said what the account has of its call. False: the core did not
 * take all of them; ask again, it knows those that it has. The store's thread. */
MUST_USE bool store_tasks_tell(sqlite3 *db, struct mailbox *events);

#endif

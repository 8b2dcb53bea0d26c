// SPDX-License-Identifier: Apache-2.0
/* operators.h - what operators wanted in an earlier run, told to the core at the start. Private to
 * store/. */
#ifndef STORE_OPERATORS_H
#define STORE_OPERATORS_H

#include <sqlite3.h>

#include "base/mailbox.h"

/* One STORE_OPERATOR_KNOWN for each who is not simply available. The store's thread, before it
 * takes commands. */
void store_operators_tell(sqlite3 *db, struct mailbox *events);

#endif

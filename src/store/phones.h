// SPDX-License-Identifier: Apache-2.0
/* phones.h - telephones that an earlier run knew, told to the core at the start. Private to store/.
 */
#ifndef STORE_PHONES_H
#define STORE_PHONES_H

#include <sqlite3.h>

#include "base/mailbox.h"

/* One STORE_PHONE_KNOWN for each whose time has not ended; the others leave the table. The store's
 * thread, before it takes commands. */
void store_phones_tell(sqlite3 *db, struct mailbox *events);

#endif

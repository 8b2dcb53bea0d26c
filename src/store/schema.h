// SPDX-License-Identifier: Apache-2.0
/* schema.h - the database file: where it is, what its tables are, how it grows from version to
 * version.
 *
 * Order: lock, open, recover. Called at start by the thread that opens the store; everything here
 * may block on the disk. Errors: -errno, with what is wrong and what would cure it in `why`. */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include <stdint.h>

#include "base/attr.h"

struct sqlite3;

enum { STORE_PATH = 4096 };

/* "dir/name" into out. -ENAMETOOLONG when it does not fit. */
MUST_USE int store_path(char out[STORE_PATH], const char *dir, const char *name);

/* Makes the directory (0700) and takes the lock that one server at a time can hold. The lock ends
 * with the descriptor, or with the process. -EBUSY names the process that holds it. */
MUST_USE int store_schema_lock(const char *dir, int *fd, char *why, uint32_t why_size);

/* Opens offhook.db (0600) for writing, WAL, synchronous=FULL, brought to the newest version.
 * -EPROTO when a newer product, or something else, wrote it. */
MUST_USE int store_schema_open(const char *dir, struct sqlite3 **out, char *why, uint32_t why_size);

/* The same file for reading, while a server may be running. -ENOENT when there is none. */
MUST_USE int store_schema_read(const char *dir, struct sqlite3 **out, char *why, uint32_t why_size);

/* The same for a small change beside a server: only of this program's own version. */
MUST_USE int store_schema_change(const char *dir, struct sqlite3 **out, char *why,
                                 uint32_t why_size);

/* Closes calls that have no end as server_failure, at their last known activity. */
MUST_USE int store_schema_recover(struct sqlite3 *db, uint32_t *closed, char *why,
                                  uint32_t why_size);

#endif

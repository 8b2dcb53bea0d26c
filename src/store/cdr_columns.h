// SPDX-License-Identifier: Apache-2.0
/* cdr_columns.h - the CDR and the rest of a call's account as columns: their names outside, their
 * SQL, and how each is printed. Private to store/: cdr.c reads by them. */
#ifndef STORE_CDR_COLUMNS_H
#define STORE_CDR_COLUMNS_H

#include <stdint.h>

enum column_type { COLUMN_TEXT, COLUMN_TIME, COLUMN_NUMBER, COLUMN_BOOL, COLUMN_ENTITIES };

struct column {
    const char *name, *sql; /* sql NULL: the name. */
    enum column_type type;
};

/* The CDR: documented in docs/account.md. */
extern const struct column cdr_columns[];
extern const uint32_t cdr_column_count;

/* What one call's account has beside its CDR: each a list, in the order of its writing. */
struct cdr_part {
    const char *table;
    const struct column *columns;
    uint32_t count;
    const char *order;
};
extern const struct cdr_part cdr_parts[];
extern const uint32_t cdr_part_count;

#endif

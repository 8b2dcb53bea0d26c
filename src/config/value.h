// SPDX-License-Identifier: Apache-2.0
/* value.h - single values as they are written: numbers, sizes, times, shares, switches, choices. */
#ifndef APP_VALUE_H
#define APP_VALUE_H

#include "config/schema.h"

/* Reads setting->text by the row's type into setting->number and checks the row's bounds. False,
 * with what is wrong and the cure, else. */
MUST_USE bool value_read(struct reading *reading, const struct schema_row *row,
                         struct setting *setting, const char **what, const char **cure);

/* "a time, such as 300ms or 6s": how a value of this row is written. */
const char *value_example(const struct schema_row *row);

/* A number of the row's type as a person writes it: 64MB, 300ms, 0.4. Returns out. */
const char *value_print(const struct schema_row *row, uint64_t number, char out[32]);

#endif

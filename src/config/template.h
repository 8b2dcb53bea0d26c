// SPDX-License-Identifier: Apache-2.0
/* template.h - checks words with {names} and [parts that are left out when a name is unknown]. */
#ifndef APP_TEMPLATE_H
#define APP_TEMPLATE_H

#include "config/reading.h"

/* Adds an error for braces or brackets that do not close, and for names that no call can know. */
void template_check(struct reading *reading, const char *file, uint32_t line, const char *option,
                    struct text words);

/* "caller, intent, ...": for help and errors. */
const char *template_names(struct reading *reading);

#endif

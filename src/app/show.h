// SPDX-License-Identifier: Apache-2.0
/* show.h - a conversation as it happens, for a person: who said what, intent, keys, hand-over,
 * ledger. */
#ifndef APP_SHOW_H
#define APP_SHOW_H

#include <stdbool.h>
#include <stdio.h>

#include <jansson.h>

/* Prints one event of the live view (see app/json.h). Colours when `colour`. */
void show_event(const json_t *event, bool colour, FILE *out);

/* The table of live calls, from the answer to "calls". */
void show_calls(const json_t *answer, FILE *out);
void show_trunks(const json_t *answer, FILE *out);
void show_phones(const json_t *answer, FILE *out);

#endif

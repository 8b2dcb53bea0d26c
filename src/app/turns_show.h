// SPDX-License-Identifier: Apache-2.0
/* turns_show.h - the ledgers of a call as waterfalls, from its account. */
#ifndef APP_TURNS_SHOW_H
#define APP_TURNS_SHOW_H

#include <stdio.h>

#include <jansson.h>

/* call: the object that `offhook cdr --call REF --format jsonl` prints. */
void turns_show(const json_t *call, FILE *out);

/* One object a line: the ledger of a turn, and the caller's words as "text". */
void turns_show_json(const json_t *call, FILE *out);

#endif

// SPDX-License-Identifier: Apache-2.0
/* queue_show.h - who waits in each queue, as JSON and as a table. */
#ifndef APP_QUEUE_SHOW_H
#define APP_QUEUE_SHOW_H

#include <jansson.h>
#include <stdio.h>

#include "core/core.h"

json_t *queue_json(const struct queue_row *row);

/* {"queues": [...]} for people. */
void queue_show(const json_t *answer, FILE *out);

#endif

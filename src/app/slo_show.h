// SPDX-License-Identifier: Apache-2.0
/* slo_show.h - how late turns are: a row of the core as JSON, and all of them as a table. */
#ifndef APP_SLO_SHOW_H
#define APP_SLO_SHOW_H

#include <stdio.h>

#include <jansson.h>

#include "core/core.h"

/* {"kind": "provider", "name": ..., "step": "avoided", "step_s": 61, "act": "refuse",
 * "first_partial": {"target_ms", "p50_ms", "p95_ms", "share_permille", "5m": {"turns", "late",
 * "left_percent", "burn_hundredths"}, "1h", "24h", "30d"}, "round_trip": {...}}. left_percent is
 * below 0 when more than the budget is spent. A new reference. */
json_t *slo_json(const struct slo_row *row);

/* The table, from {"slo": [row, ...]}. */
void slo_show(const json_t *answer, FILE *out);

#endif

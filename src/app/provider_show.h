// SPDX-License-Identifier: Apache-2.0
/* provider_show.h - how each provider is, as JSON and as a table. */
#ifndef APP_PROVIDER_SHOW_H
#define APP_PROVIDER_SHOW_H

#include <jansson.h>
#include <stdio.h>

#include "core/core.h"

/* {"name", "kind", "role", "url", "health", "breaker", "open_s", "slow", "avoided", "calls",
 * "max_calls", "good", "failed", "p50_ms", "p95_ms", "error", "error_s"}; "warm" is added by who
 * knows of connections. */
json_t *provider_json(const struct provider_row *row);
/* {"agent", "role", "providers": [name, ...]} */
json_t *provider_chain_json(const struct chain_row *row);

/* {"providers": [...], "chains": [...]} for people. */
void provider_show(const json_t *answer, FILE *out);

#endif

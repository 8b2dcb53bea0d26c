// SPDX-License-Identifier: Apache-2.0
/* load_show.h - a load test for people, while it runs and after, and as JSON for programs. */
#ifndef APP_LOAD_SHOW_H
#define APP_LOAD_SHOW_H

#include <jansson.h>
#include <stdio.h>

#include "load/find.h"
#include "load/result.h"

/* One line about a second; without a line end, and rewriting the one before, when `rewrite`. */
void load_show_second(const struct load_second *second, bool media, bool rewrite, FILE *out);

/* The whole, as a table, with the verdict and its reasons. */
void load_show_table(const struct load_result *result, FILE *out);

/* A row of a Markdown table, for docs/benchmarks.md: calls at once, calls/s, failed, set-up
 * p50 / p99, deviation p99, lost and late, server's cores, of a core a call, memory a call,
 * generator's lateness p99, verdict. */
void load_show_row(const struct load_result *result, const char *name, FILE *out);

/* A new reference; NULL when memory is out. Keys are those of docs/load.md. */
json_t *load_show_json(const struct load_result *result);

/* The search for a limit: its end, what gave out, and each try. A new reference, or NULL. */
json_t *load_show_limit_json(const struct find_report *report);

#endif

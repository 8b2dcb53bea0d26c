// SPDX-License-Identifier: Apache-2.0
/* load_plan.h - what `offhook load` makes of its figures: the limit, the capacity plan, the page.
 *
 * --find-limit, --plan-for and --html of the command line. Order: load_plan_read() before the run,
 * load_plan_find() instead of load_run() when `find` is set, load_plan_show() after either. */
#ifndef APP_LOAD_PLAN_H
#define APP_LOAD_PLAN_H

#include "app/options.h"
#include "base/attr.h"
#include "load/capacity.h"
#include "load/find.h"

struct load_plan {
    bool find, plan;
    uint32_t most, hold_ms;
    const char *control, *html;
    struct capacity_ask ask;
};

/* False when an option was wrong: standard error says what would be right. */
MUST_USE bool load_plan_read(const struct arguments *arguments, struct load_plan *out);

/* 0, or -errno with why; free the report. */
MUST_USE int load_plan_find(const struct load_plan *plan, const struct load_options *options,
                            const struct load_progress *progress, struct find_report *out,
                            char *why, uint32_t why_size);

/* Prints the plan and writes the page, as asked. `report` is NULL when no limit was looked for.
 * False when the page could not be written: standard error says why. */
MUST_USE bool load_plan_show(const struct load_plan *plan, const struct load_result *result,
                             const struct find_report *report, FILE *out);

#endif

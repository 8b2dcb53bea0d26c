// SPDX-License-Identifier: Apache-2.0
/* eval_report.h - a suite's verdicts for people, programs and build servers.
 *
 * report_add() for each verdict as it comes, then what is wanted of the rest. One thread. */
#ifndef APP_EVAL_REPORT_H
#define APP_EVAL_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/attr.h"
#include "eval/verdict.h"

struct eval_report;

/* baseline: a report of this kind from an earlier run; NULL: none. NULL with why when it cannot be
 * read or memory is out. */
MUST_USE struct eval_report *eval_report_open(const struct suite *suite, const char *baseline,
                                              char *why, uint32_t why_size);
void eval_report_close(struct eval_report *report);

/* Also tells it on `out`: a line, what failed, and the transcript (whole: of good ones too). */
void eval_report_add(struct eval_report *report, const struct verdict *verdict, bool whole,
                     FILE *out);

/* The sum: rates, by tag, round trips, and what became worse or better than the baseline. */
void eval_report_sum(struct eval_report *report, FILE *out);

/* Without a baseline: nothing failed. With one: nothing failed that was good in it. */
bool eval_report_good(const struct eval_report *report);

/* 0 or -errno. */
MUST_USE int eval_report_json(const struct eval_report *report, const char *path);
MUST_USE int eval_report_junit(const struct eval_report *report, const char *path);

#endif

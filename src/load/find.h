// SPDX-License-Identifier: Apache-2.0
/* find.h - tries one number of calls after another until the limit of a server is known.
 *
 * Each try is a load_run() of its own: calls are set up gently, held, and hung up; the next begins
 * when the server has had time to let go. A minute a try at most, LIMIT_TRIES tries at most. */
#ifndef LOAD_FIND_H
#define LOAD_FIND_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/attr.h"
#include "load/limit.h"
#include "load/load.h"

enum { FIND_WORDS = 160 };

struct find_try {
    uint32_t calls, up_most;
    enum load_verdict verdict;
    uint32_t reasons;
    double set_up_p99, deviation_p99, bad_percent, answer_p99, own_lateness_p99;
    double server_cores, kb_a_call;
    struct limit_strains strains;
};

struct find_report {
    struct limit_search search;
    struct find_try tries[LIMIT_TRIES];
    uint32_t try_count;
    bool gave_out; /* A bad number was found: the next three are of it. */
    enum limit_part first;
    struct limit_strains strains;
    char words[LIMIT_PARTS][FIND_WORDS];
    struct load_result best; /* Of the largest good try; zeroed when there was none. */
};

/* Asked before and after each try: counters that only grow. NULL: nothing is known. */
struct find_witness {
    void (*look)(void *context, struct limit_evidence *out);
    void *context;
};

struct find_options {
    struct load_options load; /* `calls` is the first number tried; hold_ms and rate below. */
    uint32_t most;
    uint32_t hold_ms; /* 15,000 */
    struct find_witness witness;
};

/* 0, or -errno with why. Free the report. A stop ends the search after the try under way. */
MUST_USE int find_limit(const struct find_options *options, struct find_report *out,
                        const struct load_progress *progress, FILE *words, char *why,
                        uint32_t why_size);
void find_report_free(struct find_report *report);
void find_report_print(const struct find_report *report, FILE *out);

#endif

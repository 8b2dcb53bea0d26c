// SPDX-License-Identifier: Apache-2.0
/* replay.h - a journal stepped again: is every command the same? */
#ifndef APP_REPLAY_H
#define APP_REPLAY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/attr.h"

struct replay_report {
    uint64_t calls, steps, commands;
    uint64_t skipped; /* Steps before the first state that could be loaded, or after a gap. */
    uint64_t lost;    /* Records that the journal itself dropped. */
    uint64_t differences;
};

/* Reads the journal under `dir` (the data directory). `ref`: prints the events and commands of this
 * call; NULL: none. The first differences are printed to `out`. 0, or -errno with why. */
MUST_USE int replay_run(const char *dir, const char *ref, FILE *out, struct replay_report *report,
                        char *why, uint32_t why_size);

#endif

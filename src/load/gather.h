// SPDX-License-Identifier: Apache-2.0
/* gather.h - seconds of all threads put together: the time series, the steps, the whole.
 *
 * Pure but for memory: fed with what the threads posted and what was seen of the server, in any
 * order of threads and in the order of time of each. Order: gather_init(), gather_second() and
 * gather_call() as they come, gather_end(). */
#ifndef LOAD_GATHER_H
#define LOAD_GATHER_H

#include "base/attr.h"
#include "load/schedule.h"

enum { GATHER_AHEAD = 16 }; /* Seconds that a thread may be ahead of the slowest. */

struct gather_part {
    uint32_t arrived, up;
    double cpu_s;
    struct load_figures figures;
};

struct gather {
    struct load_result *result;
    const struct schedule *schedule; /* Of the whole run; any share's will do. */
    uint32_t threads, next;          /* `next`: the second that is to be completed. */
    uint32_t second_room, call_room;
    double own_cpu_s;           /* Used by all threads before `next`. */
    struct load_process server; /* As last seen. */
    double step_cores;          /* Sum over the settled seconds of this step, */
    uint32_t step_seconds;      /* and how many. */
    bool media;
    struct gather_part parts[GATHER_AHEAD];
};

/* result->steps is made, empty. 0 or -ENOMEM. */
MUST_USE int gather_init(struct gather *gather, struct load_result *result,
                         const struct schedule *schedule, uint32_t threads, bool media);

void gather_second(struct gather *gather, uint32_t second, uint32_t up, double cpu_s,
                   const struct load_figures *figures);
void gather_call(struct gather *gather, const struct load_call_record *record);

/* Completes the next second when all threads have told it, with what the server used by now
 * (processes 0: not known). *step is the one that ended with it, or NULL. NULL: not all have. */
const struct load_second *gather_next(struct gather *gather, const struct load_process *server,
                                      const struct load_step **step);
/* The next second is there. */
bool gather_ready(const struct gather *gather);
/* It is the last but one of its step: the time to look at memory. */
bool gather_near_end(const struct gather *gather);

/* Whatever is left; the verdict. */
void gather_end(struct gather *gather);

#endif

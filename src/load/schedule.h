// SPDX-License-Identifier: Apache-2.0
/* schedule.h - how many calls are wanted at a time, and when the next is due.
 *
 * Pure: time is given, in ns since the start. A thread has its share of every number. Calls are
 * begun while fewer are up than wanted, and no more of them than the rate allows by then. One that
 * is begun late, since we were, tells when it was due: lateness is ours. */
#ifndef LOAD_SCHEDULE_H
#define LOAD_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

#include "load/load.h"

struct schedule {
    uint32_t calls, step, every_ms, ramp_ms, for_ms;
    uint32_t share, shares;
    double rate;      /* Begun a second, of this share. */
    bool by_rate;     /* The rate was asked for, and `calls` leaves room for it. */
    uint64_t next_ns; /* When the next may begin. */
};

/* Fills in what the options leave open. */
void schedule_init(struct schedule *schedule, const struct load_options *options, uint32_t share);

/* Calls of the whole run, and of this share, wanted at a time; 0 after the end. */
uint32_t schedule_wanted(const struct schedule *schedule, uint64_t at_ns);
uint32_t schedule_share(const struct schedule *schedule, uint32_t wanted);

/* The step at a time, how many steps there are; when one begins, has all its calls, and ends. */
uint32_t schedule_step_at(const struct schedule *schedule, uint64_t at_ns);
uint32_t schedule_steps(const struct schedule *schedule);
uint32_t schedule_step_wanted(const struct schedule *schedule, uint32_t step);
uint64_t schedule_step_begins_ms(const struct schedule *schedule, uint32_t step);
uint64_t schedule_step_settles_ms(const struct schedule *schedule, uint32_t step);
uint64_t schedule_step_ends_ms(const struct schedule *schedule, uint32_t step);

/* Takes one call that is due while `busy` are up or on their way. *planned_ns is when it was due.
 */
MUST_USE bool schedule_take(struct schedule *schedule, uint64_t at_ns, uint32_t busy,
                            uint64_t *planned_ns);

/* Calls that the rate wanted begun by then; 0 when the rate was not asked for. */
uint32_t schedule_due(const struct schedule *schedule, uint64_t at_ns);

#endif

// SPDX-License-Identifier: Apache-2.0
/* schedule.c - ramp, steps, rate. */
#include "load/schedule.h"

static const double DEFAULT_RATE = 50, SPARE = 1.25;

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Whoever says nothing of the rate gets one that the ramp needs, and that replaces calls that end.
 */
static double rate_of(const struct load_options *options, uint32_t more)
{
    double by_ramp = options->ramp_ms ? more * 1000.0 / options->ramp_ms : DEFAULT_RATE;
    double by_length =
        options->length_ms ? SPARE * options->calls * 1000.0 / options->length_ms : 0;

    if (options->rate > 0)
        return options->rate;
    return by_length > by_ramp ? by_length : by_ramp;
}

void schedule_init(struct schedule *schedule, const struct load_options *options, uint32_t share)
{
    uint32_t more = options->step ? smaller(options->step, options->calls) : options->calls;
    double rate = rate_of(options, more);

    *schedule = (struct schedule){.calls = options->calls,
                                  .step = more,
                                  .every_ms = options->every_ms ? options->every_ms : 30000,
                                  .ramp_ms = options->ramp_ms,
                                  .for_ms = options->for_ms,
                                  .share = share,
                                  .shares = options->threads,
                                  .rate = rate / options->threads};
    if (schedule->ramp_ms == 0 || schedule->ramp_ms < more / rate * 1000)
        schedule->ramp_ms = (uint32_t)(more / rate * 1000);
    if (options->step && schedule->every_ms < schedule->ramp_ms + 1000)
        schedule->every_ms = schedule->ramp_ms + 1000;
    if (schedule->for_ms == 0 && options->step)
        schedule->for_ms = schedule->every_ms * ((options->calls + more - 1) / more);
    if (schedule->for_ms == 0)
        schedule->for_ms = schedule->ramp_ms + options->length_ms;
    if (!options->step)
        schedule->every_ms = schedule->for_ms;
    schedule->for_ms = smaller(schedule->for_ms, LOAD_MAX_MS);
    schedule->by_rate = options->rate > 0 && !options->step &&
                        options->rate * options->length_ms / 1000 < 0.8 * options->calls;
    if (schedule->by_rate)
        schedule->ramp_ms = 0;
    schedule->next_ns = (uint64_t)(share * 1e9 / rate); /* Threads take turns. */
}

uint32_t schedule_steps(const struct schedule *schedule)
{
    uint32_t by_time = (schedule->for_ms + schedule->every_ms - 1) / schedule->every_ms;

    return smaller(by_time ? by_time : 1, LOAD_STEPS);
}

uint32_t schedule_step_at(const struct schedule *schedule, uint64_t at_ns)
{
    uint64_t step = at_ns / 1000000 / schedule->every_ms;

    return step < schedule_steps(schedule) ? (uint32_t)step : schedule_steps(schedule) - 1;
}

uint32_t schedule_step_wanted(const struct schedule *schedule, uint32_t step)
{
    uint64_t wanted = (uint64_t)schedule->step * (step + 1);

    return wanted < schedule->calls ? (uint32_t)wanted : schedule->calls;
}

uint64_t schedule_step_begins_ms(const struct schedule *schedule, uint32_t step)
{
    return (uint64_t)step * schedule->every_ms;
}

uint64_t schedule_step_settles_ms(const struct schedule *schedule, uint32_t step)
{
    return schedule_step_begins_ms(schedule, step) + schedule->ramp_ms;
}

uint64_t schedule_step_ends_ms(const struct schedule *schedule, uint32_t step)
{
    return step + 1 == schedule_steps(schedule) ? schedule->for_ms
                                                : schedule_step_begins_ms(schedule, step + 1);
}

uint32_t schedule_wanted(const struct schedule *schedule, uint64_t at_ns)
{
    uint64_t at_ms = at_ns / 1000000;
    uint32_t step = schedule_step_at(schedule, at_ns), level, base;
    uint64_t within_ms = at_ms - schedule_step_begins_ms(schedule, step);

    if (at_ms >= schedule->for_ms)
        return 0;
    level = schedule_step_wanted(schedule, step);
    base = step > 0 ? schedule_step_wanted(schedule, step - 1) : 0;
    if (within_ms >= schedule->ramp_ms)
        return level;
    return base +
           smaller(level - base, (uint32_t)((level - base) * within_ms / schedule->ramp_ms) + 1);
}

uint32_t schedule_share(const struct schedule *schedule, uint32_t wanted)
{
    uint64_t below = (uint64_t)wanted * schedule->share / schedule->shares;

    return (uint32_t)((uint64_t)wanted * (schedule->share + 1) / schedule->shares - below);
}

bool schedule_take(struct schedule *schedule, uint64_t at_ns, uint32_t busy, uint64_t *planned_ns)
{
    uint64_t gap_ns = (uint64_t)(1e9 / schedule->rate);

    if (busy >= schedule_share(schedule, schedule_wanted(schedule, at_ns))) {
        /* None is wanted: the time that passes is not to be made up for. */
        if (schedule->next_ns < at_ns)
            schedule->next_ns = at_ns;
        return false;
    }
    if (schedule->next_ns > at_ns)
        return false;
    *planned_ns = schedule->next_ns;
    schedule->next_ns += gap_ns;
    return true;
}

uint32_t schedule_due(const struct schedule *schedule, uint64_t at_ns)
{
    uint64_t end_ns = schedule->for_ms * 1000000ull;

    if (!schedule->by_rate)
        return 0;
    return (uint32_t)((double)(at_ns < end_ns ? at_ns : end_ns) / 1e9 * schedule->rate);
}

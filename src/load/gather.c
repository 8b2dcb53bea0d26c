// SPDX-License-Identifier: Apache-2.0
/* gather.c - sums, second by second. */
#include "load/gather.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 256, SECOND_MS = 1000 };

static const double RATE_PERCENT = 95;

int gather_init(struct gather *gather, struct load_result *result, const struct schedule *schedule,
                uint32_t threads, bool media)
{
    memset(gather, 0, sizeof *gather);
    gather->result = result;
    gather->schedule = schedule;
    gather->threads = threads;
    gather->media = media;
    result->step_count = schedule_steps(schedule);
    result->steps = calloc(result->step_count, sizeof *result->steps);
    if (!result->steps)
        return -ENOMEM;
    for (uint32_t i = 0; i < result->step_count; i++) {
        uint64_t settles_ms = schedule_step_settles_ms(schedule, i);
        result->steps[i] = (struct load_step){
            .wanted = schedule_step_wanted(schedule, i),
            .from_s = (uint32_t)(schedule_step_begins_ms(schedule, i) / SECOND_MS),
            .settled_s = (uint32_t)((settles_ms + SECOND_MS - 1) / SECOND_MS),
            .to_s = (uint32_t)(schedule_step_ends_ms(schedule, i) / SECOND_MS),
            .up_least = UINT32_MAX,
        };
    }
    return 0;
}

void gather_second(struct gather *gather, uint32_t second, uint32_t up, double cpu_s,
                   const struct load_figures *figures)
{
    struct gather_part *part;

    if (second < gather->next)
        second = gather->next; /* Cannot be; figures are not lost all the same. */
    if (second >= gather->next + GATHER_AHEAD)
        second = gather->next + GATHER_AHEAD - 1;
    part = &gather->parts[second % GATHER_AHEAD];
    part->arrived++;
    part->up += up;
    part->cpu_s += cpu_s;
    load_figures_merge(&part->figures, figures);
}

static bool grow(void **memory, uint32_t *room, uint32_t count, size_t size, uint32_t most)
{
    uint32_t wanted = *room ? 2 * *room : FIRST_ROOM;
    void *grown;

    if (count < *room)
        return true;
    if (count >= most)
        return false;
    grown = realloc(*memory, wanted * size);
    if (!grown)
        return false;
    *memory = grown;
    *room = wanted;
    return true;
}

void gather_call(struct gather *gather, const struct load_call_record *record)
{
    struct load_result *result = gather->result;
    void *memory = result->calls;

    if (grow(&memory, &gather->call_room, result->call_count, sizeof *record, LOAD_CALLS_KEPT)) {
        result->calls = memory;
        result->calls[result->call_count++] = *record;
    }
}

bool gather_ready(const struct gather *gather)
{
    return gather->parts[gather->next % GATHER_AHEAD].arrived >= gather->threads;
}

static struct load_step *step_of(const struct gather *gather, uint32_t second)
{
    uint32_t step = schedule_step_at(gather->schedule, second * 1000000000ull);

    return &gather->result->steps[step];
}

bool gather_near_end(const struct gather *gather)
{
    const struct load_step *step = step_of(gather, gather->next);

    return gather->next + 2 == step->to_s ||
           (gather->next + 1 == step->to_s && step->at_end.processes == 0);
}

static void summarise(struct load_second *second, const struct load_figures *f)
{
    second->started = f->started;
    second->answered = f->answered;
    second->refused = f->refused;
    second->unanswered = f->unanswered;
    second->ended = f->ended;
    second->sent = f->sent;
    second->received = f->received;
    second->lost = f->lost;
    second->late = f->late;
    second->gaps = f->gaps;
    second->set_up_p50 = spread_ms(&f->set_up, 0.5);
    second->set_up_p99 = spread_ms(&f->set_up, 0.99);
    second->deviation_p50 = spread_ms(&f->deviation, 0.5);
    second->deviation_p99 = spread_ms(&f->deviation, 0.99);
    second->deviation_max = (double)f->deviation.max_us / 1000;
    second->lateness_p50 = spread_ms(&f->lateness, 0.5);
    second->lateness_p99 = spread_ms(&f->lateness, 0.99);
    second->answer_p50 = spread_ms(&f->answer, 0.5);
    second->answer_p99 = spread_ms(&f->answer, 0.99);
    second->barge_p50 = spread_ms(&f->barge, 0.5);
    second->barge_p99 = spread_ms(&f->barge, 0.99);
    second->busy_p99 = spread_ms(&f->busy, 0.99);
    second->own_lateness_p99 = spread_ms(&f->own_lateness, 0.99);
    second->own_lateness_max = (double)f->own_lateness.max_us / 1000;
}

static void use_server(struct gather *gather, const struct load_process *server,
                       struct load_second *second)
{
    if (server->processes == 0)
        return;
    if (gather->server.processes > 0 && server->cpu_s > gather->server.cpu_s)
        second->server_cores = server->cpu_s - gather->server.cpu_s;
    second->server_rss_kb = server->rss_kb;
    gather->server = *server;
}

static struct load_step *add_to_step(struct gather *gather, const struct gather_part *part,
                                     const struct load_second *second,
                                     const struct load_process *server)
{
    struct load_step *step = step_of(gather, gather->next);

    if (gather->next >= step->to_s)
        return NULL; /* The run is over; what comes is of hanging up. */
    if (server->pss_kb > 0)
        step->at_end = *server;
    if (gather->next < step->settled_s) {
        load_figures_merge(&step->setting, &part->figures);
    } else {
        load_figures_merge(&step->figures, &part->figures);
        step->up_most = part->up > step->up_most ? part->up : step->up_most;
        step->up_least = part->up < step->up_least ? part->up : step->up_least;
        gather->step_cores += second->server_cores;
        gather->step_seconds++;
    }
    return gather->next + 1 >= step->to_s ? step : NULL;
}

static void end_step(struct gather *gather, struct load_step *step)
{
    if (step->up_least == UINT32_MAX)
        step->up_least = 0;
    if (gather->step_seconds > 0)
        step->server_cores = gather->step_cores / gather->step_seconds;
    gather->step_cores = 0;
    gather->step_seconds = 0;
    step->reasons = load_figures_reasons(&step->figures, gather->media);
    step->verdict = load_verdict_of(step->reasons);
}

const struct load_second *gather_next(struct gather *gather, const struct load_process *server,
                                      const struct load_step **ended)
{
    struct gather_part *part = &gather->parts[gather->next % GATHER_AHEAD];
    struct load_result *result = gather->result;
    void *memory = result->seconds;
    struct load_second *second;
    struct load_step *step;

    *ended = NULL;
    if (!grow(&memory, &gather->second_room, result->second_count, sizeof *second, LOAD_SECONDS))
        return NULL;
    result->seconds = memory;
    second = &result->seconds[result->second_count++];
    *second = (struct load_second){
        .at_s = gather->next,
        .wanted = schedule_wanted(gather->schedule, (gather->next + 1) * 1000000000ull - 1),
        .up = part->up,
        .own_cores = part->cpu_s - gather->own_cpu_s};
    gather->own_cpu_s = part->cpu_s;
    summarise(second, &part->figures);
    use_server(gather, server, second);
    load_figures_merge(&result->all, &part->figures);
    result->up_most = part->up > result->up_most ? part->up : result->up_most;
    step = add_to_step(gather, part, second, server);
    if (step)
        end_step(gather, step);
    *ended = step;
    memset(part, 0, sizeof *part);
    gather->next++;
    return second;
}

/* What threads that ended earlier did not tell any more. */
static void take_rest(struct gather *gather)
{
    struct load_figures *all = &gather->result->all;

    for (uint32_t i = 0; i < GATHER_AHEAD; i++)
        load_figures_merge(all, &gather->parts[i].figures);
}

void gather_end(struct gather *gather)
{
    struct load_result *result = gather->result;
    uint32_t steps = 0;

    take_rest(gather);
    while (steps < result->step_count && result->steps[steps].from_s < gather->next)
        steps++;
    result->step_count = steps; /* Those that were begun before somebody stopped it. */
    for (uint32_t i = 0; i < steps; i++) {
        struct load_step *step = &result->steps[i];
        if (step->at_end.processes > 0)
            result->at_end = step->at_end;
        if (step->up_least == UINT32_MAX)
            step->up_least = 0;
    }
    result->reasons = load_figures_reasons(&result->all, gather->media);
    if (!result->interrupted && result->all.started * 100.0 < RATE_PERCENT * result->due)
        result->reasons |= LOAD_RATE_MISSED;
    result->verdict = load_verdict_of(result->reasons);
}

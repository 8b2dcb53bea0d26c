// SPDX-License-Identifier: Apache-2.0
/* worker.c - the loop of one millisecond: begin, signal, hear, send, tell. */
#include "load/worker.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/urgency.h"
#include "load/ua.h"

enum {
    MS = 1000000,
    SECOND_MS = 1000,
    STARTS_A_STEP = 50, /* Sound must not wait for calls. */
    SPARE_SLOTS = 64,   /* For calls that are ending, beside a quarter more. */
    DRAIN_LEAST_MS = 1000,
    DRAIN_MOST_MS = 10000,
    AFTER_DRAIN_MS = 5000 /* For the last answers. */
};

static bool open_parts(struct worker *worker, char *why, uint32_t why_size, int *error)
{
    const struct load_options *options = worker->options;
    uint16_t port =
        options->rtp_port ? (uint16_t)(options->rtp_port + worker->index * FLOW_PORTS) : 0;
    union place local;

    *error = transport_open(&worker->transport, options, why, why_size);
    if (*error)
        return false;
    local = transport_local_address(worker->transport);
    *error = options->media ? flow_open(&worker->flow, worker, &local, port) : 0;
    if (*error)
        snprintf(why, why_size, "no ports for sound%s: %s", port ? " from --rtp-port on" : "",
                 strerror(-*error));
    return *error == 0;
}

int worker_open(struct worker **out, const struct worker *shape, char *why, uint32_t why_size)
{
    uint32_t share = schedule_share(&shape->schedule, shape->options->calls);
    struct worker *worker = malloc(sizeof *worker);
    void *memory;
    int error = -ENOMEM;

    if (!worker)
        return -ENOMEM;
    *worker = *shape;
    worker->capacity = share + share / 4 + SPARE_SLOTS;
    worker->calls = calloc(worker->capacity, sizeof *worker->calls);
    memory = calloc(1, wheel_size(worker->capacity));
    worker->wheel = memory ? wheel_init(memory, worker->capacity) : NULL;
    if (!worker->calls || !memory || mailbox_open(&worker->in, "load in", 4096) < 0 ||
        mailbox_open(&worker->out, "load out", WORKER_OUT_BYTES) < 0) {
        snprintf(why, why_size, "no memory for %u calls", worker->capacity);
        worker_close(worker);
        return error;
    }
    for (uint32_t i = 0; i < worker->capacity; i++)
        worker->calls[i].next_free = i + 1;
    impair_init(&worker->impair, worker->options->seed + worker->index,
                worker->options->loss_percent, worker->options->jitter_ms);
    if (!open_parts(worker, why, why_size, &error)) {
        worker_close(worker);
        return error;
    }
    *out = worker;
    return 0;
}

void worker_close(struct worker *worker)
{
    if (worker->flow)
        flow_close(worker->flow);
    if (worker->transport)
        transport_close(worker->transport);
    if (worker->in)
        mailbox_close(worker->in);
    if (worker->out)
        mailbox_close(worker->out);
    for (uint32_t i = 0; worker->calls && i < worker->capacity; i++)
        load_ear_free(worker->codec, worker->calls[i].flow.ear);
    free(worker->wheel);
    free(worker->calls);
    free(worker);
}

bool worker_take_slot(struct worker *worker, uint32_t *slot)
{
    if (worker->free_head == worker->capacity)
        return false;
    *slot = worker->free_head;
    worker->free_head = worker->calls[*slot].next_free;
    worker->calls[*slot].generation++;
    worker->busy++;
    return true;
}

/* Last in, first out would give a number to a new call at once; the generation keeps them apart. */
void worker_give_slot(struct worker *worker, uint32_t slot)
{
    worker->calls[slot].next_free = worker->free_head;
    worker->free_head = slot;
    worker->busy--;
}

/* The main thread empties it many times a second; waiting for it would make our sound late. */
static void post_records(struct worker *worker)
{
    if (worker->message.count == 0)
        return;
    worker->message.kind = WORKER_CALLS;
    (void)!mailbox_post(worker->out, &worker->message, sizeof worker->message);
    worker->message.count = 0;
}

void worker_tell_call(struct worker *worker, const struct load_call_record *record)
{
    worker->message.records[worker->message.count++] = *record;
    if (worker->message.count == WORKER_RECORDS)
        post_records(worker);
}

static double own_cpu_s(void)
{
    struct timespec used;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return (double)used.tv_sec + (double)used.tv_nsec / 1e9;
}

static void post_until_taken(struct worker *worker, const struct worker_message *message)
{
    while (mailbox_post(worker->out, message, sizeof *message) != MAILBOX_OK)
        clock_sleep_until_ns(clock_ns() + MS);
}

static void tell_second(struct worker *worker)
{
    struct worker_message message = {.kind = WORKER_SECOND,
                                     .second = worker->second++,
                                     .up = worker->up,
                                     .cpu_s = own_cpu_s(),
                                     .figures = worker->figures};

    post_records(worker);
    post_until_taken(worker, &message);
    memset(&worker->figures, 0, sizeof worker->figures);
}

static void read_clocks(struct worker *worker)
{
    struct timespec wall;

    worker->now_ns = clock_ns();
    clock_gettime(CLOCK_REALTIME, &wall);
    worker->ahead_ns = (int64_t)wall.tv_sec * 1000000000 + wall.tv_nsec - (int64_t)worker->now_ns;
}

static void begin_due_calls(struct worker *worker)
{
    uint64_t at_ns = worker->now_ns - worker->start_ns, planned_ns;
    uint32_t slot;

    for (uint32_t i = 0; i < STARTS_A_STEP && !worker->ending; i++) {
        if (worker->free_head == worker->capacity ||
            !schedule_take(&worker->schedule, at_ns, worker->busy, &planned_ns) ||
            !worker_take_slot(worker, &slot))
            return;
        if (!worker->flow) /* With sound its frames tell how late we are. */
            spread_add(&worker->figures.own_lateness, (at_ns - planned_ns) / 1000);
        ua_begin(worker, slot);
    }
}

/* Calls hang up one after another, as they were begun, so that the end is no storm. */
static void drain(struct worker *worker)
{
    uint64_t since_ns = worker->now_ns - worker->ending_ns;
    uint32_t until = since_ns >= worker->drain_ns
                         ? worker->capacity
                         : (uint32_t)(worker->capacity * since_ns / worker->drain_ns);

    for (; worker->drained < until; worker->drained++)
        ua_end(worker, worker->drained);
}

static void begin_ending(struct worker *worker, bool asked)
{
    double ms = worker->busy / worker->schedule.rate * 1000;

    if (asked || ms < DRAIN_LEAST_MS)
        ms = DRAIN_LEAST_MS;
    worker->ending = true;
    worker->ending_ns = worker->now_ns;
    worker->drain_ns = (uint64_t)(ms < DRAIN_MOST_MS ? ms : DRAIN_MOST_MS) * MS;
}

static bool over(const struct worker *worker)
{
    return worker->ending &&
           (worker->busy == 0 ||
            worker->now_ns > worker->ending_ns + worker->drain_ns + AFTER_DRAIN_MS * (uint64_t)MS);
}

static void step(struct worker *worker)
{
    char stop;

    if (!worker->ending && mailbox_take(worker->in, &stop, sizeof stop) > 0)
        begin_ending(worker, true);
    if (!worker->ending &&
        worker->now_ns - worker->start_ns >= worker->schedule.for_ms * (uint64_t)MS)
        begin_ending(worker, false);
    begin_due_calls(worker);
    if (worker->ending)
        drain(worker);
    ua_step(worker);
    if (worker->flow) {
        flow_receive(worker);
        flow_send(worker);
    }
    while (worker->now_ns - worker->start_ns >= (worker->second + 1) * SECOND_MS * (uint64_t)MS)
        tell_second(worker);
}

void *worker_run(void *argument)
{
    struct worker *worker = argument;
    struct worker_message done = {.kind = WORKER_DONE};
    uint64_t next_ns = worker->start_ns;

    urgency_take(URGENCY_SOUND);
    clock_sleep_until_ns(next_ns);
    read_clocks(worker);
    while (!over(worker)) {
        step(worker);
        next_ns += MS;
        if (next_ns > clock_ns())
            clock_sleep_until_ns(next_ns);
        read_clocks(worker);
        while (next_ns + MS < worker->now_ns)
            next_ns += MS;
    }
    for (uint32_t slot = 0; slot < worker->capacity; slot++)
        ua_abandon(worker, slot);
    tell_second(worker);
    done.cpu_s = own_cpu_s();
    post_until_taken(worker, &done);
    return NULL;
}

// SPDX-License-Identifier: Apache-2.0
/* run.c - load_run(): threads begun, listened to, and ended. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "load/gather.h"
#include "load/watch.h"
#include "load/worker.h"

enum {
    LISTEN_MS = 20,
    START_IN_MS = 50, /* Threads begin at one time. */
};

struct run {
    struct load_options options;
    const struct load_progress *progress;
    struct load_result *result;
    struct sounds sounds;
    struct worker *workers[LOAD_MAX_THREADS];
    pthread_t threads[LOAD_MAX_THREADS];
    uint32_t count, running;
    bool stopped;
    uint64_t start_ns;
    struct schedule schedule;
    struct watch watch;
    struct gather gather;
    struct worker_message message;
};

static bool refuse(char *why, uint32_t why_size, const char *words)
{
    snprintf(why, why_size, "%s", words);
    return false;
}

static bool sensible(const struct load_options *options, char *why, uint32_t why_size)
{
    if (!options->anywhere && !load_may_reach(&options->target))
        return refuse(why, why_size,
                      "the target is neither on this machine nor in a private network");
    if (options->calls == 0 || options->calls > LOAD_MAX_CALLS)
        return refuse(why, why_size, "1 to 50000 calls at once");
    if (options->rate < 0 || options->rate > LOAD_MAX_RATE)
        return refuse(why, why_size, "50000 calls a second at most");
    if (options->threads == 0 || options->threads > LOAD_MAX_THREADS)
        return refuse(why, why_size, "1 to 16 threads");
    if (options->for_ms > LOAD_MAX_MS || options->length_ms > LOAD_MAX_MS ||
        options->ramp_ms > LOAD_MAX_MS || options->every_ms > LOAD_MAX_MS)
        return refuse(why, why_size, "a day at most");
    if (options->loss_percent < 0 || options->loss_percent > 100 ||
        options->jitter_ms > IMPAIR_JITTER_MS)
        return refuse(why, why_size, "loss of 0 to 100 %, jitter of 0 to 1000 ms");
    if (!load_codec_find(options->codec))
        return refuse(why, why_size, "no such codec");
    return true;
}

static void echo(const struct run *run, struct load_asked *out)
{
    const struct load_options *options = &run->options;

    *out = (struct load_asked){.calls = options->calls,
                               .step = options->step,
                               .every_s = options->step ? run->schedule.every_ms / 1000 : 0,
                               .ramp_ms = run->schedule.ramp_ms,
                               .length_ms = options->length_ms,
                               .for_ms = run->schedule.for_ms,
                               .rate = run->schedule.rate * options->threads,
                               .loss_percent = options->loss_percent,
                               .barge_percent = options->barge_percent,
                               .key_percent = options->key_percent,
                               .jitter_ms = options->jitter_ms,
                               .threads = options->threads,
                               .seed = options->seed,
                               .media = options->media,
                               .talker = options->talker};
    snprintf(out->target, sizeof out->target, "sip:%s@%s:%u", options->number, options->host,
             place_port(&options->target));
    snprintf(out->transport, sizeof out->transport, "%s", load_transport_names[options->transport]);
    snprintf(out->codec, sizeof out->codec, "%s", options->codec);
    snprintf(out->sound, sizeof out->sound, "%s",
             !options->media  ? "none"
             : options->sound ? options->sound
                              : "synthetic");
    snprintf(out->user, sizeof out->user, "%s", options->user ? options->user : "");
}

static int open_workers(struct run *run, char *why, uint32_t why_size)
{
    const struct load_options *options = &run->options;
    struct worker shape = {.options = options,
                           .codec = load_codec_find(options->codec),
                           .sounds = &run->sounds,
                           .run = (uint32_t)clock_wall_ms()};
    int error = 0;

    shape.manner =
        (struct chatter_manner){.sounds = run->sounds.count,
                                .frames = run->sounds.frames,
                                .last_loud = run->sounds.last_loud,
                                .barge_per_10000 = (uint32_t)(options->barge_percent * 100),
                                .key_per_10000 = (uint32_t)(options->key_percent * 100)};
    snprintf(shape.uri, sizeof shape.uri, "sip:%s@%s:%u%s%s", options->number, options->host,
             place_port(&options->target), options->transport == LOAD_UDP ? "" : ";transport=",
             options->transport == LOAD_UDP ? "" : load_transport_names[options->transport]);
    while (run->count < options->threads && error == 0) {
        shape.index = run->count;
        schedule_init(&shape.schedule, options, shape.index);
        error = worker_open(&run->workers[run->count], &shape, why, why_size);
        run->count += error == 0;
    }
    return error;
}

static void stop_workers(struct run *run)
{
    for (uint32_t i = 0; i < run->count; i++)
        (void)!mailbox_post(run->workers[i]->in, "s", 1);
    run->stopped = true;
}

static int start_threads(struct run *run)
{
    int error = 0;

    run->start_ns = clock_ns() + START_IN_MS * 1000000ull;
    run->result->began_wall_ms = clock_wall_ms() + START_IN_MS;
    while (run->running < run->count && error == 0) {
        struct worker *worker = run->workers[run->running];
        worker->start_ns = run->start_ns;
        error = pthread_create(&run->threads[run->running], NULL, worker_run, worker);
        run->running += error == 0;
    }
    if (error)
        stop_workers(run);
    return -error;
}

static bool asked_to_stop(const struct run *run)
{
    struct pollfd poll_fd = {.fd = run->options.stop_fd, .events = POLLIN};

    return run->options.stop_fd >= 0 && poll(&poll_fd, 1, 0) > 0;
}

static void complete_seconds(struct run *run)
{
    while (gather_ready(&run->gather)) {
        const struct load_second *second;
        const struct load_step *step;
        struct load_process server;
        (void)!watch_look(&run->watch, gather_near_end(&run->gather), &server);
        second = gather_next(&run->gather, &server, &step);
        if (!second)
            return;
        if (run->progress && run->progress->second && !run->stopped &&
            !run->progress->second(run->progress->context, second, step)) {
            run->result->interrupted = true;
            stop_workers(run);
        }
    }
}

/* Takes what one thread has told. */
static void take_messages(struct run *run, struct worker *worker, uint32_t *done)
{
    struct worker_message *message = &run->message;

    while (mailbox_take(worker->out, message, sizeof *message) > 0) {
        switch (message->kind) {
        case WORKER_SECOND:
            gather_second(&run->gather, message->second, message->up, message->cpu_s,
                          &message->figures);
            break;
        case WORKER_CALLS:
            for (uint32_t i = 0; i < message->count; i++)
                gather_call(&run->gather, &message->records[i]);
            break;
        case WORKER_DONE:
            run->result->own_cores += message->cpu_s;
            ++*done;
            break;
        }
    }
}

static void listen_to_threads(struct run *run)
{
    uint32_t done = 0;

    while (done < run->running) {
        (void)mailbox_wait(run->workers[0]->out, LISTEN_MS);
        if (run->running > 1 || done > 0)
            clock_sleep_until_ns(clock_ns() + LISTEN_MS * 1000000ull);
        for (uint32_t i = 0; i < run->running; i++)
            take_messages(run, run->workers[i], &done);
        complete_seconds(run);
        if (!run->stopped && asked_to_stop(run)) {
            run->result->interrupted = true;
            stop_workers(run);
        }
    }
    for (uint32_t i = 0; i < run->running; i++)
        pthread_join(run->threads[i], NULL);
}

static void sum_up(struct run *run)
{
    struct load_result *result = run->result;
    uint64_t lasted_ns = clock_ns() - run->start_ns;

    result->lasted_ms = (uint32_t)(lasted_ns / 1000000);
    result->own_cores /= (double)lasted_ns / 1e9;
    for (uint32_t i = 0; i < run->count; i++)
        result->due += schedule_due(&run->workers[i]->schedule, lasted_ns);
    gather_end(&run->gather);
}

static void look_at_server(struct run *run)
{
    uint8_t address[16];

    run->watch = (struct watch){.pid = 0};
    place_address(&run->options.target, address);
    /* By its port only when the target is this machine. */
    if ((run->options.pid == 0 && !address_is_loopback(address)) ||
        !watch_open(&run->watch, &run->options))
        return;
    run->result->server_pid = run->watch.pid;
    snprintf(run->result->server_name, sizeof run->result->server_name, "%s", run->watch.name);
    (void)!watch_look(&run->watch, true, &run->result->idle);
    run->gather.server = run->result->idle;
}

static int place_calls(struct run *run, char *why, uint32_t why_size)
{
    const struct load_options *options = &run->options;
    int error = sounds_open(&run->sounds, options->sound, options->talker,
                            load_codec_find(options->codec), why, why_size);

    if (error)
        return error;
    schedule_init(&run->schedule, options, 0);
    echo(run, &run->result->asked);
    error =
        gather_init(&run->gather, run->result, &run->schedule, options->threads, options->media);
    if (error == 0)
        error = open_workers(run, why, why_size);
    if (error == 0) {
        look_at_server(run);
        error = start_threads(run);
        listen_to_threads(run);
        sum_up(run);
    }
    for (uint32_t i = 0; i < run->count; i++)
        worker_close(run->workers[i]);
    sounds_close(&run->sounds);
    return error;
}

int load_run(const struct load_options *options, struct load_result *out,
             const struct load_progress *progress, char *why, uint32_t why_size)
{
    struct run *run;
    int error;

    *out = (struct load_result){.second_count = 0};
    if (why_size > 0)
        why[0] = 0;
    if (!sensible(options, why, why_size))
        return -EINVAL;
    run = calloc(1, sizeof *run);
    if (!run)
        return -ENOMEM;
    run->options = *options;
    run->progress = progress;
    run->result = out;
    error = place_calls(run, why, why_size);
    free(run);
    if (error) {
        if (why_size > 0 && !why[0])
            snprintf(why, why_size, "%s", strerror(-error));
        load_result_free(out);
    }
    return error;
}

// SPDX-License-Identifier: Apache-2.0
/* thread.c - the beat. */
#include "media/thread.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/urgency.h"
#include "core/command.h"
#include "media/lateness.h"

enum {
    BEAT_NS = FRAME_MS * 1000000 / THREAD_PHASES,
    LATE_NS = 5000000,      /* Counted. */
    TOO_LATE_NS = 15000000, /* Callers may hear it: a reason to take no more of them. */
    STOOD_STILL_NS = 100000000,
    COMMANDS_MOST = 512, /* At a time: the beat goes first. */
    MAILBOX_LEAST = 65536,
    MAILBOX_A_LEG = 512, /* A few commands each at once; full is the core's to count. */
    EVENTS_KEPT = 1024,
    WAIT_ENOUGH_US = 6500, /* A beat, and what arrival times differ. */
    WAIT_PACKETS = 50
};

/* Messages of one byte cannot be packed commands, which have a kind, a call and a leg. */
enum { ASK = 1, STOP = 2 };

struct sweep {
    uint32_t *places; /* Numbers of endpoints. */
    uint32_t count;
};

struct media_thread {
    struct media_thread_options options;
    struct mailbox *mailbox;
    pthread_t handle;
    uint32_t count;
    struct endpoint *endpoints; /* Mapped: those never used stay untouched. */
    size_t endpoint_bytes;
    struct sweep sweeps[THREAD_PHASES];
    uint32_t phase;
    uint64_t next_ns;
    struct lateness lateness;
    bool stopping, asked;
    uint8_t message[MAX_PACKED];
    struct endpoint nobody; /* Never open. */
    struct engine engine;
};

static int make_endpoints(struct media_thread *thread)
{
    void *memory;

    thread->endpoint_bytes = (size_t)thread->count * sizeof *thread->endpoints;
    memory = mmap(NULL, thread->endpoint_bytes, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        return -ENOMEM;
    madvise(memory, thread->endpoint_bytes, MADV_HUGEPAGE);
    thread->endpoints = thread->engine.endpoints = memory;
    for (uint32_t i = 0; i < THREAD_PHASES; i++) {
        thread->sweeps[i].places = calloc(thread->count, sizeof(uint32_t));
        if (!thread->sweeps[i].places)
            return -ENOMEM;
    }
    return 0;
}

/* Most lines have no echo; a call of a thread in four may have one, and 256 of a core's 4,000. */
static uint32_t echo_lines(uint32_t legs)
{
    uint32_t lines = (legs + 3) / 4;

    return lines < ECHO_LINES_MOST ? lines : ECHO_LINES_MOST;
}

int thread_open(struct media_thread **out, const struct media_thread_options *options)
{
    struct media_thread *thread = calloc(1, sizeof *thread);
    int error = -ENOMEM;

    if (!thread)
        return -ENOMEM;
    thread->options = *options;
    thread->count = (options->legs + options->threads - 1 - options->number) / options->threads;
    thread->engine.thread = options->number;
    thread->engine.threads = options->threads;
    thread->engine.ipv6 = options->ports->ipv6;
    thread->engine.clips = options->clips;
    thread->engine.rings = options->rings;
    thread->engine.recorder = options->recorder;
    thread->engine.vault = options->vault;
    thread->engine.reflect.delay = options->reflect_ms * (SAMPLE_RATE / 1000);
    thread->engine.reflect.gain = options->reflect_gain;
    thread->engine.own = &options->ports->own;
    thread->engine.hushes = options->hushes;
    engine_init(&thread->engine);
    if (thread->count > 0)
        error = make_endpoints(thread);
    else
        error = 0;
    if (error == 0)
        error = wide_pool_open(&thread->engine.wides, thread->count, options->opus_complexity);
    if (error == 0)
        error = earshot_pool_open(&thread->engine.earshots, thread->count);
    if (error == 0)
        error = echo_pool_open(&thread->engine.echoes, echo_lines(thread->count),
                               options->echo_tail, options->clips);
    if (error == 0)
        error = outbox_open(&thread->engine.outbox, options->events, EVENTS_KEPT);
    if (error == 0)
        error = mailbox_open(&thread->mailbox, "media",
                             MAILBOX_LEAST + (size_t)thread->count * MAILBOX_A_LEG);
    if (error == 0 && !options->plain && uring_open(&thread->engine.uring, thread->count) != 0)
        thread->engine.uring = NULL; /* Forbidden, or too old a kernel. */
    thread->engine.figures.batched = thread->engine.uring != NULL;
    if (error)
        thread_close(thread);
    else
        *out = thread;
    return error;
}

void thread_close(struct media_thread *thread)
{
    if (!thread)
        return;
    mailbox_close(thread->mailbox);
    uring_close(thread->engine.uring);
    outbox_close(&thread->engine.outbox);
    wide_pool_close(&thread->engine.wides);
    earshot_pool_close(&thread->engine.earshots);
    echo_pool_close(&thread->engine.echoes);
    for (uint32_t i = 0; thread->endpoints && i < thread->count; i++)
        cipher_release(&thread->endpoints[i].cipher);
    for (uint32_t i = 0; i < THREAD_PHASES; i++)
        free(thread->sweeps[i].places);
    if (thread->endpoints)
        munmap(thread->endpoints, thread->endpoint_bytes);
    free(thread);
}

struct mailbox *thread_mailbox(struct media_thread *thread)
{
    return thread->mailbox;
}

bool thread_ask(struct media_thread *thread)
{
    uint8_t ask = ASK;
    return mailbox_post(thread->mailbox, &ask, 1) == MAILBOX_OK;
}

static uint32_t emptiest(const struct media_thread *thread)
{
    uint32_t least = 0;

    for (uint32_t i = 1; i < THREAD_PHASES; i++) {
        if (thread->sweeps[i].count < thread->sweeps[least].count)
            least = i;
    }
    return least;
}

static void enter_sweep(struct media_thread *thread, struct endpoint *endpoint, uint32_t number,
                        uint32_t phase)
{
    struct sweep *sweep = &thread->sweeps[phase];

    endpoint->phase = phase;
    endpoint->place = sweep->count;
    sweep->places[sweep->count++] = number;
}

/* Returns the endpoint's number. */
static uint32_t leave_sweep(struct media_thread *thread, const struct endpoint *endpoint)
{
    struct sweep *sweep = &thread->sweeps[endpoint->phase];
    uint32_t last = sweep->places[--sweep->count], number = sweep->places[endpoint->place];

    sweep->places[endpoint->place] = last;
    thread->endpoints[last].place = endpoint->place;
    return number;
}

/* The endpoint of a slot, or NULL when it is another thread's. */
static struct endpoint *endpoint_of(struct media_thread *thread, uint32_t leg)
{
    uint32_t slot = leg & 0xffff, number = slot / thread->options.threads;
    bool ours = slot % thread->options.threads == thread->options.number && number < thread->count;

    return ours ? &thread->endpoints[number] : NULL;
}

/* A leg whose slot we do not have shares this one, which is never open: its commands are refused.
 */
static void take_command(struct media_thread *thread, const struct command *command)
{
    uint32_t slot = command->leg & 0xffff, number = slot / thread->options.threads;
    struct endpoint *endpoint = &thread->nobody;
    bool ours = slot % thread->options.threads == thread->options.number && number < thread->count;

    if (ours) {
        endpoint = &thread->endpoints[number];
        endpoint->sockets = thread->options.ports->pairs[slot];
    }
    /* The core gave the slot again before it saw the end of its last leg: that leg ends now. */
    if (ours && command->kind == MEDIA_OPEN && endpoint->state == ENDPOINT_OPEN &&
        endpoint->leg != command->leg) {
        struct command close = {.kind = MEDIA_CLOSE, .call = endpoint->call, .leg = endpoint->leg};
        endpoint_command(&thread->engine, endpoint, &close);
    }
    if (ours && command->kind == MEDIA_OPEN && endpoint->state == ENDPOINT_CLOSING &&
        endpoint_finish(&thread->engine, endpoint))
        (void)leave_sweep(thread, endpoint);
    if (command->kind == MEDIA_BRIDGE || command->kind == MEDIA_UNBRIDGE) {
        endpoint_bridge(&thread->engine, endpoint, endpoint_of(thread, command->bridge.other),
                        command);
        return;
    }
    if (command->kind == MEDIA_HEAR) {
        endpoint_hear_other(&thread->engine, endpoint, endpoint_of(thread, command->hear.other),
                            command);
        return;
    }
    bool was_free = endpoint->state == ENDPOINT_FREE;
    if (ours || command->kind != MEDIA_OPEN)
        endpoint_command(&thread->engine, endpoint, command);
    if (ours && was_free && endpoint->state != ENDPOINT_FREE)
        enter_sweep(thread, endpoint, number, emptiest(thread));
}

static void take_message(struct media_thread *thread, size_t size)
{
    struct command command;

    if (size == 1 && thread->message[0] == ASK)
        thread->asked = true;
    else if (size == 1 && thread->message[0] == STOP)
        thread->stopping = true;
    else if (command_unpack(thread->message, size, &command))
        take_command(thread, &command);
    else
        assert(false && "a message that is no command");
}

static void answer(struct media_thread *thread)
{
    struct thread_answer answer = {.number = thread->options.number,
                                   .figures = thread->engine.figures};

    answer.figures.echoes_refused = thread->engine.echoes.refused;
    answer.figures.echoes_put_off = thread->engine.echoes.put_off;
    answer.figures.events_lost = thread->engine.outbox.lost;
    if (mailbox_try_post(thread->options.answers, &answer, sizeof answer) != MAILBOX_BUSY)
        thread->asked = false;
}

static void take_messages(struct media_thread *thread)
{
    for (int i = 0; i < COMMANDS_MOST; i++) {
        size_t size = mailbox_try_take(thread->mailbox, thread->message, sizeof thread->message);
        if (size == 0)
            break;
        take_message(thread, size);
    }
    if (thread->asked)
        answer(thread);
}

/* Packets come every 20 ms at an instant of the caller's choosing. Where they are not collected
 * each beat and have to wait for more than one, the endpoint's turn is moved to the one soonest
 * after them: an interruption is noticed up to 15 ms earlier. The packet sent next comes that much
 * early, once. */
static void move_turn(struct media_thread *thread, struct endpoint *endpoint)
{
    uint32_t beats = endpoint->wait_us < WAIT_ENOUGH_US
                         ? 0
                         : (endpoint->wait_us - WAIT_ENOUGH_US) / (BEAT_NS / 1000) + 1;
    uint32_t all = 0, to;

    if (endpoint->wait_count < WAIT_PACKETS)
        return;
    endpoint->wait_count = 0;
    if (beats == 0 || thread->engine.uring)
        return;
    beats = beats < THREAD_PHASES ? beats : THREAD_PHASES - 1;
    to = (endpoint->phase + THREAD_PHASES - beats) % THREAD_PHASES;
    for (uint32_t i = 0; i < THREAD_PHASES; i++)
        all += thread->sweeps[i].count;
    if (thread->sweeps[to].count > all / THREAD_PHASES * 5 / 4 + 4)
        return;
    if (to > endpoint->phase)
        endpoint
            ->tick--; /* Its next turn is in the same 20 ms: time goes on for it all the same. */
    uint32_t number = leave_sweep(thread, endpoint);
    enter_sweep(thread, endpoint, number, to);
    endpoint->wait_us = WAIT_ENOUGH_US / 2;
}

/* Backwards: an endpoint that leaves is replaced by one that had its turn. */
static void sweep(struct media_thread *thread, struct sweep *sweep)
{
    struct engine *engine = &thread->engine;

    for (uint32_t i = sweep->count; i-- > 0;) {
        struct endpoint *endpoint = &thread->endpoints[sweep->places[i]];
        if (endpoint->state == ENDPOINT_OPEN) {
            endpoint_receive(engine, endpoint);
            endpoint_hear(engine, endpoint);
            endpoint_speak(engine, endpoint);
            endpoint_watch(engine, endpoint);
            move_turn(thread, endpoint);
        } else if (endpoint_finish(engine, endpoint)) {
            (void)leave_sweep(thread, endpoint);
        }
    }
}

void thread_beat(struct media_thread *thread, uint64_t now_ns)
{
    struct engine *engine = &thread->engine;

    engine_set_time(engine, now_ns);
    outbox_flush(&engine->outbox);
    if (engine->recorder)
        engine->figures.capture_lost += recorder_collect(engine->recorder, engine->thread);
    take_messages(thread);
    echo_pool_beat(&engine->echoes);
    engine_collect(engine);
    if (thread->phase == 0)
        engine->tick++;
    sweep(thread, &thread->sweeps[thread->phase]);
    engine_flush(engine);
    thread->phase = (thread->phase + 1) % THREAD_PHASES;
    engine->figures.ticks++;
}

/* To admission: no more calls, please. Said each second while it holds. */
static void say_late(struct media_thread *thread, uint64_t now_ns, uint32_t permille)
{
    struct event event = {.kind = MEDIA_LATE, .at_ms = now_ns / 1000000};

    event.late.thread = thread->options.number;
    event.late.permille = permille;
    outbox_put(&thread->engine.outbox, &event);
}

/* Counts lateness; leaves out the beats that cannot be made up for. */
static void keep_time(struct media_thread *thread, uint64_t now_ns)
{
    uint64_t late_ns = now_ns - thread->next_ns;
    struct media_figures *figures = &thread->engine.figures;
    uint32_t permille;

    if (lateness_count(&thread->lateness, now_ns, late_ns > TOO_LATE_NS, &permille))
        say_late(thread, now_ns, permille);
    if (late_ns > LATE_NS)
        figures->late_ticks++;
    if (late_ns / 1000 > figures->worst_late_us)
        figures->worst_late_us = late_ns / 1000;
    if (late_ns < STOOD_STILL_NS)
        return;
    uint64_t skipped = late_ns / (BEAT_NS * THREAD_PHASES);
    thread->engine.tick += skipped;
    thread->next_ns += skipped * BEAT_NS * THREAD_PHASES;
}

static void rest(struct media_thread *thread, uint64_t for_ns)
{
    struct pollfd mail = {.fd = mailbox_fd(thread->mailbox), .events = POLLIN};
    struct timespec time = {.tv_nsec = (long)for_ns};

    if (mailbox_arm(thread->mailbox))
        ppoll(&mail, 1, &time, NULL);
}

static void *run(void *argument)
{
    struct media_thread *thread = argument;

    pthread_setname_np(pthread_self(), "media");
    prctl(PR_SET_TIMERSLACK, 1);
    urgency_take(URGENCY_SOUND);
    thread->next_ns = clock_ns() + BEAT_NS;
    while (!thread->stopping) {
        uint64_t now_ns = clock_ns();
        if (now_ns >= thread->next_ns) {
            keep_time(thread, now_ns);
            thread_beat(thread, now_ns);
            thread->next_ns += BEAT_NS;
            continue;
        }
        engine_set_time(&thread->engine, now_ns);
        take_messages(thread);
        outbox_flush(&thread->engine.outbox);
        engine_flush(&thread->engine);
        now_ns = clock_ns();
        if (now_ns < thread->next_ns && !thread->stopping)
            rest(thread, thread->next_ns - now_ns);
    }
    if (thread->engine.uring)
        uring_stop(thread->engine.uring);
    return NULL;
}

int thread_start(struct media_thread *thread)
{
    return -pthread_create(&thread->handle, NULL, run, thread);
}

/* Calls that are up at the end lose their sound; their captures are written as far as they got. */
static void end_captures(struct media_thread *thread)
{
    for (uint32_t phase = 0; phase < THREAD_PHASES; phase++) {
        struct sweep *sweep = &thread->sweeps[phase];
        for (uint32_t i = 0; i < sweep->count; i++) {
            if (!capture_stop(&thread->endpoints[sweep->places[i]].capture))
                thread->engine.figures.capture_lost++;
        }
    }
}

void thread_stop(struct media_thread *thread)
{
    uint8_t stop = STOP;

    while (mailbox_post(thread->mailbox, &stop, 1) != MAILBOX_OK)
        clock_sleep_until_ns(clock_ns() + 1000000);
    pthread_join(thread->handle, NULL);
    end_captures(thread);
}

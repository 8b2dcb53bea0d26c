// SPDX-License-Identifier: Apache-2.0
/* loop.c - mailbox and timers in, journal and limbs out. */
#include "app/loop.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/urgency.h"
#include "base/wheel.h"

enum { FIGURES_EVERY_MS = 1000, LONGEST_WAIT_MS = 1000, SNAPSHOT_SPARE = 65536 };

struct loop {
    struct loop_options options;
    pthread_t thread;
    struct core *core;
    void *core_memory, *wheel_memory;
    size_t core_bytes;
    struct wheel *wheel;
    uint8_t *snapshot;
    size_t snapshot_bytes;
    bool plan_used[MAX_PLANS];
    bool stop, draining;
    uint64_t now_ms, wall_ms, figures_ms;
    struct loop_figures figures;
    struct commands commands;
    uint8_t message[MAX_PACKED + 1];
};

static void tell_keeper(struct loop *loop, enum keeper_kind kind, uint32_t slot)
{
    struct keeper_message message = {.kind = kind, .slot = slot};

    /* Small and rare: when it is full the main thread is gone, and with it the server. */
    if (mailbox_post(loop->options.keeper, &message, sizeof(message)) != MAILBOX_OK)
        log_line(LOG_ERROR, "app", "the main thread takes no messages");
}

static void show(struct loop *loop, const struct command *command)
{
    size_t size;

    if (!loop->options.view)
        return;
    loop->message[0] = VIEW_COMMAND;
    size = command_pack(command, loop->message + 1, sizeof(loop->message) - 1);
    if (size == 0 || mailbox_post(loop->options.view, loop->message, size + 1) != MAILBOX_OK)
        loop->figures.view_lost++;
}

static void show_slo(struct loop *loop)
{
    uint8_t message[1 + sizeof(struct slo_row)] = {VIEW_SLO};
    struct slo_row row;

    for (uint32_t i = 0; core_slo(loop->core, i, loop->now_ms, &row); i++) {
        memcpy(message + 1, &row, sizeof(row));
        if (mailbox_post(loop->options.view, message, sizeof(message)) != MAILBOX_OK)
            loop->figures.view_lost++;
    }
}

static void show_queues(struct loop *loop)
{
    uint8_t message[1 + sizeof(struct queue_row)] = {VIEW_QUEUE};
    struct queue_row row;

    for (uint32_t i = 0; core_queue(loop->core, i, loop->now_ms, loop->wall_ms, &row); i++) {
        memcpy(message + 1, &row, sizeof(row));
        if (mailbox_post(loop->options.view, message, sizeof(message)) != MAILBOX_OK)
            loop->figures.view_lost++;
    }
}

static void show_providers(struct loop *loop)
{
    uint8_t message[1 + sizeof(struct chain_row)] = {VIEW_PROVIDER};
    struct provider_row row;
    struct chain_row chain;

    _Static_assert(sizeof(row) <= sizeof(chain), "they share the room");
    for (uint32_t i = 0; core_provider(loop->core, i, loop->now_ms, &row); i++) {
        memcpy(message + 1, &row, sizeof(row));
        if (mailbox_post(loop->options.view, message, 1 + sizeof(row)) != MAILBOX_OK)
            loop->figures.view_lost++;
    }
    message[0] = VIEW_CHAIN;
    for (uint32_t i = 0; core_chain(loop->core, i, &chain); i++) {
        memcpy(message + 1, &chain, sizeof(chain));
        if (chain.count > 0 &&
            mailbox_post(loop->options.view, message, sizeof(message)) != MAILBOX_OK)
            loop->figures.view_lost++;
    }
}

/* Rare, and somebody must know why callers are served otherwise. */
static void log_slo(const struct command *command)
{
    static const char *const words[SLO_STEPS] = {
        [SLO_STEP_NONE] = "turns are in time again, as before",
        [SLO_STEP_AVOIDED] = "turns are late: other providers are asked first",
        [SLO_STEP_EMBEDDED] = "new calls go without providers",
        [SLO_STEP_REFUSING] = "turns are still late: new calls are refused (slo.act)"};
    bool better = command->slo.step < command->slo.was;

    log_line(better ? LOG_INFO : LOG_WARN, "slo",
             "%s " TEXT_FORMAT ": %s; %u of %u turns late, burn %u.%02u",
             slo_kind_names[command->slo.kind], TEXT_ARGS(command->slo.name),
             words[command->slo.step], command->slo.late, command->slo.turns,
             command->slo.burn_hundredths / 100, command->slo.burn_hundredths % 100);
}

/* Rare too: failures of one provider, or its slowness, change its health once. */
static void log_provider(const struct command *command)
{
    bool well = command->provider.health == TRUNK_HEALTHY;

    log_line(well ? LOG_INFO : LOG_WARN, "provider", TEXT_FORMAT " is %s%s" TEXT_FORMAT,
             TEXT_ARGS(command->provider.provider), trunk_health_names[command->provider.health],
             text_empty(command->provider.reason) ? "" : ": ", TEXT_ARGS(command->provider.reason));
}

static void show_figures(struct loop *loop)
{
    uint8_t message[1 + sizeof(struct loop_figures)] = {VIEW_FIGURES};

    if (!loop->options.view || loop->now_ms < loop->figures_ms)
        return;
    loop->figures_ms = loop->now_ms + FIGURES_EVERY_MS;
    core_figures(loop->core, &loop->figures.core);
    loop->figures.commands_lost = loop->options.limbs->lost;
    memcpy(message + 1, &loop->figures, sizeof(loop->figures));
    if (mailbox_post(loop->options.view, message, sizeof(message)) != MAILBOX_OK)
        loop->figures.view_lost++;
    loop->figures.longest_step_us = loop->figures.behind_ms = 0;
    show_slo(loop);
    show_queues(loop);
    show_providers(loop);
}

static uint32_t timer_number(uint32_t call, enum timer_kind kind)
{
    return (call & 0xffff) * TIMER_KINDS + (uint32_t)kind;
}

/* The core's own wish comes back with chance. When there is no room the core wishes it again. */
static void place_call(struct loop *loop, const struct command *command)
{
    struct event event = {.kind = CALL_REQUESTED, .at_ms = loop->now_ms};

    event.request.callback = command->place.callback;
    event.request.number = command->place.number;
    event.request.trunk = command->place.trunk;
    event.request.agent = command->place.agent;
    event.request.from = command->place.from;
    event.request.key = command->place.key;
    if (getrandom(&event.request.seed, sizeof(event.request.seed), 0) != sizeof(event.request.seed))
        event.request.seed = clock_ns();
    if (event_try_post(loop->options.events, &event) != MAILBOX_OK)
        log_line(LOG_WARN, "app", "a callback is put off: the core is busy");
}

static void obey_own(struct loop *loop, const struct command *command)
{
    switch ((int)command->kind) {
    case TIMER_SET:
        wheel_set(loop->wheel, timer_number(command->call, command->timer.kind),
                  command->timer.at_ms, (uint64_t)command->call << 32 | command->timer.serial);
        break;
    case TIMER_CANCEL:
        wheel_cancel(loop->wheel, timer_number(command->call, command->timer.kind));
        break;
    case PLAN_DROP:
        core_set_plan(loop->core, command->plan.slot, NULL);
        loop->plan_used[command->plan.slot] = false;
        tell_keeper(loop, KEEPER_FORGET, command->plan.slot);
        break;
    case CALL_PLACE:
        place_call(loop, command);
        break;
    case CALL_TELL:
        show(loop, command);
        break;
    default:
        break;
    }
}

/* A new segment begins: what a replay needs to begin here. */
static void write_snapshot(struct loop *loop)
{
    const struct plans *plans = loop->options.plans;
    size_t size = core_save(loop->core, loop->snapshot, loop->snapshot_bytes);

    for (uint32_t slot = 0; slot < MAX_PLANS; slot++) {
        if (loop->plan_used[slot])
            journal_plan(loop->options.limbs->store, slot, plans->slots[slot]->config->plan.serial,
                         plans->sources[slot].data, plans->sources[slot].size);
    }
    if (size > 0)
        journal_snapshot(loop->options.limbs->store, loop->snapshot, size);
    else
        log_line(LOG_ERROR, "app",
                 "the state does not fit: this journal segment begins without it");
    madvise(loop->snapshot, loop->snapshot_bytes, MADV_DONTNEED); /* Not needed for hours. */
}

static void step(struct loop *loop, struct event *event)
{
    struct commands *commands = &loop->commands;
    uint64_t before = clock_ns(), took_us;
    bool new_segment;

    event->now_ms = loop->now_ms;
    event->wall_ms = loop->wall_ms;
    core_step(loop->core, event, commands);
    took_us = (clock_ns() - before) / 1000;
    if (took_us > loop->figures.longest_step_us)
        loop->figures.longest_step_us = took_us;
    loop->figures.events++;
    loop->figures.commands += commands->count;
    new_segment =
        journal_record(loop->options.limbs->store, event, commands->items, commands->count);
    for (uint32_t i = 0; i < commands->count; i++) {
        const struct command *command = &commands->items[i];
        enum limb limb = command_limb(command->kind);
        if (limb == LIMB_CORE) {
            obey_own(loop, command);
            continue;
        }
        limbs_post(loop->options.limbs, command);
        if (limb == LIMB_STORE && command->kind != STORE_SLO_COUNT) /* Figures, not news. */
            show(loop, command);
        if (command->kind == STORE_SLO)
            log_slo(command);
        if (command->kind == STORE_PROVIDER)
            log_provider(command);
    }
    if (new_segment)
        write_snapshot(loop);
}

static void load_plan(struct loop *loop, struct event *event)
{
    const struct plans *plans = loop->options.plans;
    uint32_t slot = event->plan.slot;

    assert(slot < MAX_PLANS && plans->slots[slot]);
    core_set_plan(loop->core, slot, &plans->slots[slot]->config->plan);
    loop->plan_used[slot] = true;
    journal_plan(loop->options.limbs->store, slot, event->plan.serial, plans->sources[slot].data,
                 plans->sources[slot].size);
    step(loop, event);
}

/* The first: no new calls. Each later one ends one call, so again until there is nothing to end. */
static void drain(struct loop *loop, struct event *event)
{
    bool again = loop->draining;

    loop->draining = true;
    do
        step(loop, event);
    while (again && loop->commands.count > 0);
}

static void take_event(struct loop *loop, struct event *event)
{
    switch ((int)event->kind) {
    case EVENT_NONE:
        loop->stop = true;
        break;
    case PLAN_LOADED:
        load_plan(loop, event);
        break;
    case SERVER_DRAIN:
        drain(loop, event);
        break;
    default:
        step(loop, event);
        break;
    }
}

static void stamp(struct loop *loop)
{
    loop->now_ms = clock_ms();
    loop->wall_ms = clock_wall_ms();
}

static void fire_timers(struct loop *loop)
{
    uint64_t due_ms = wheel_next_ms(loop->wheel), key;
    uint32_t number;

    if (due_ms < loop->now_ms && loop->now_ms - due_ms > loop->figures.behind_ms)
        loop->figures.behind_ms = loop->now_ms - due_ms;
    while (wheel_take(loop->wheel, loop->now_ms, &number, &key)) {
        struct event event = {
            .kind = TIMER_FIRED,
            .call = (uint32_t)(key >> 32),
            .at_ms = loop->now_ms,
            .timer = {.kind = (enum timer_kind)(number % TIMER_KINDS), .serial = (uint32_t)key}};
        step(loop, &event);
    }
}

static void take_batch(struct loop *loop)
{
    uint8_t bytes[MAX_PACKED];
    struct event event;
    size_t size;

    for (int i = 0; i < LOOP_BATCH && !loop->stop; i++) {
        size = mailbox_take(loop->options.events, bytes, sizeof(bytes));
        if (size == 0)
            return;
        if (event_unpack(bytes, size, &event))
            take_event(loop, &event);
        else
            log_line(LOG_ERROR, "app", "an event cannot be read: %zu bytes", size);
    }
}

static int wait_ms(const struct loop *loop)
{
    uint64_t due_ms = wheel_next_ms(loop->wheel), now_ms = clock_ms();

    if (due_ms <= now_ms)
        return 0;
    return due_ms - now_ms < LONGEST_WAIT_MS ? (int)(due_ms - now_ms) : LONGEST_WAIT_MS;
}

static void *run(void *argument)
{
    struct loop *loop = argument;
    struct event first = {.kind = PLAN_LOADED,
                          .plan = {.slot = 0, .serial = loop->options.plans->serial}};
    struct core_figures figures;
    bool told = false;

    pthread_setname_np(pthread_self(), "core");
    urgency_take(URGENCY_TURN);
    stamp(loop);
    first.at_ms = loop->now_ms;
    load_plan(loop, &first);
    while (!loop->stop) {
        mailbox_wait(loop->options.events, wait_ms(loop));
        stamp(loop);
        fire_timers(loop);
        take_batch(loop);
        loop->figures.batches++;
        show_figures(loop);
        core_figures(loop->core, &figures);
        if (loop->draining && figures.calls == 0 && !told) {
            tell_keeper(loop, KEEPER_IDLE, 0);
            told = true;
        }
    }
    return NULL;
}

/* Pages of calls never used stay untouched. */
static void *zeroed(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    return memory == MAP_FAILED ? NULL : memory;
}

static void release(struct loop *loop)
{
    if (loop->core_memory)
        munmap(loop->core_memory, loop->core_bytes);
    if (loop->snapshot)
        munmap(loop->snapshot, loop->snapshot_bytes);
    free(loop->wheel_memory);
    free(loop);
}

int loop_open(struct loop **out, const struct loop_options *options)
{
    struct loop *loop = calloc(1, sizeof(*loop));
    uint32_t timers = options->max_calls * TIMER_KINDS;
    int error;

    if (!loop)
        return -ENOMEM;
    loop->options = *options;
    loop->core_bytes = core_size(options->max_calls, options->spare_legs);
    loop->snapshot_bytes =
        loop->core_bytes + options->max_calls * sizeof(uint32_t) + SNAPSHOT_SPARE;
    loop->core_memory = zeroed(loop->core_bytes);
    loop->snapshot = zeroed(loop->snapshot_bytes);
    loop->wheel_memory = calloc(1, wheel_size(timers));
    if (!loop->core_memory || !loop->snapshot || !loop->wheel_memory) {
        release(loop);
        return -ENOMEM;
    }
    loop->core = core_init(loop->core_memory, options->max_calls, options->spare_legs);
    loop->wheel = wheel_init(loop->wheel_memory, timers);
    error = pthread_create(&loop->thread, NULL, run, loop);
    if (error) {
        release(loop);
        return -error;
    }
    *out = loop;
    return 0;
}

static void post(struct loop *loop, enum event_kind kind)
{
    struct event event = {.kind = kind, .at_ms = clock_ms()};

    while (event_post(loop->options.events, &event) != MAILBOX_OK)
        clock_sleep_until_ns(clock_ns() + 1000000);
}

void loop_drain(struct loop *loop)
{
    post(loop, SERVER_DRAIN);
}

void loop_close(struct loop *loop)
{
    post(loop, EVENT_NONE);
    pthread_join(loop->thread, NULL);
    release(loop);
}

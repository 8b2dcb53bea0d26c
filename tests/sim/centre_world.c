// SPDX-License-Identifier: Apache-2.0
/* centre_world.c - a heap of things to happen, the clock, and the server's restarts. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "centre.h"

enum { PENDING = 1 << 16, HEAD_START_MS = 1000, AFTER_MS = 86400000, SPINS = 20000 };

struct centre centre;

void centre_broken(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    if (!centre.broken) {
        fprintf(stderr, "at %llu ms: ", (unsigned long long)centre.now_ms);
        vfprintf(stderr, format, args);
        fputc('\n', stderr);
    }
    va_end(args);
    centre.broken = true;
}

bool centre_chance(uint32_t permille)
{
    return random_below(&centre.random, 1000) < permille;
}

uint32_t centre_between(uint32_t low, uint32_t high)
{
    return low + random_below(&centre.random, high - low + 1);
}

double centre_exponential(double mean)
{
    return -mean * log(((double)(random_next(&centre.random) >> 11) + 0.5) / 9007199254740992.0);
}

struct text centre_keep(struct text text)
{
    char *to;

    if (centre.keep_at + text.size + 1 > sizeof(centre.keep))
        centre.keep_at = 0; /* What was there has happened long since. */
    to = centre.keep + centre.keep_at;
    text_copy(to, text.size + 1, text);
    centre.keep_at += text.size + 1;
    return (struct text){to, text.size};
}

/* ---- The heap ---- */

static bool sooner(uint32_t a, uint32_t b)
{
    const struct happening *x = &centre.pool[a], *y = &centre.pool[b];

    return x->at_ms != y->at_ms ? x->at_ms < y->at_ms : x->order < y->order;
}

static void push(const struct happening *happening)
{
    uint32_t i = centre.count++, place;

    if (centre.free_count == 0) {
        centre_broken("too much is going to happen");
        centre.count--;
        return;
    }
    place = centre.free_list[--centre.free_count];
    centre.pool[place] = *happening;
    centre.pool[place].order = centre.order++;
    centre.pool[place].life = centre.life;
    for (; i > 0 && sooner(place, centre.heap[(i - 1) / 2]); i = (i - 1) / 2)
        centre.heap[i] = centre.heap[(i - 1) / 2];
    centre.heap[i] = place;
}

static struct happening pop(void)
{
    uint32_t top = centre.heap[0], last = centre.heap[--centre.count], i = 0, child;

    while ((child = 2 * i + 1) < centre.count) {
        if (child + 1 < centre.count && sooner(centre.heap[child + 1], centre.heap[child]))
            child++;
        if (!sooner(centre.heap[child], last))
            break;
        centre.heap[i] = centre.heap[child];
        i = child;
    }
    centre.heap[i] = last;
    centre.free_list[centre.free_count++] = top;
    return centre.pool[top];
}

void centre_think(enum thought thought, uint32_t who, uint32_t serial, double delay_ms)
{
    push(&(struct happening){.at_ms = centre.now_ms + (uint64_t)delay_ms,
                             .thought = thought,
                             .who = who,
                             .serial = serial});
}

void centre_happen(struct event event, double delay_ms)
{
    if (centre.setup->theory)
        delay_ms = 0;
    push(&(struct happening){.at_ms = centre.now_ms + (uint64_t)delay_ms, .event = event});
}

void centre_may_happen(struct event event, double delay_ms)
{
    if (!centre_chance(centre.setup->lost))
        centre_happen(event, delay_ms +
                                 (centre_chance(centre.setup->late) ? centre_between(0, 3000) : 0));
}

/* ---- Time ---- */

static void crash(void);

static void step(struct event *event)
{
    char why[256];
    struct text_buffer buffer;

    event->now_ms = event->at_ms = centre.now_ms;
    event->wall_ms = CENTRE_WALL_MS + centre.now_ms;
    centre.spins = centre.now_ms == centre.spun_ms ? centre.spins + 1 : 0;
    centre.spun_ms = centre.now_ms;
    if (centre.spins == SPINS)
        centre_broken("the server goes round and round");
    core_step(centre.core, event, &centre.commands);
    centre.figures->steps++;
    centre.figures->commands += centre.commands.count;
    if (getenv("SIM_TRACE")) {
        static char line[1 << 15];
        text_buffer_init(&buffer, line, sizeof(line));
        event_print(event, &buffer);
        for (uint32_t i = 0; i < centre.commands.count; i++) {
            text_append(&buffer, TEXT("\n      "));
            command_print(&centre.commands.items[i], &buffer);
        }
        fprintf(stderr, "%llu %.*s\n", (unsigned long long)centre.now_ms, (int)buffer.size, line);
    }
    for (uint32_t i = 0; i < centre.commands.count; i++)
        centre_carry_out(&centre.commands.items[i]);
    if (centre.dead) {
        crash();
        return;
    }
    if (centre.figures->steps % centre.setup->check_every)
        return;
    text_buffer_init(&buffer, why, sizeof(why) - 1);
    if (!core_check(centre.core, &buffer))
        centre_broken("%.*s (after event %d)", (int)buffer.size, why, (int)event->kind);
    centre_check_all();
}

static struct core *new_core(void)
{
    struct core *core =
        core_init(calloc(1, core_size(centre.setup->calls, CENTRE_SPARE)), centre.setup->calls,
                  CENTRE_SPARE);

    core_set_plan(core, 0, centre.plan);
    return core;
}

static void start(void)
{
    struct event loaded = {.kind = PLAN_LOADED, .plan.slot = 0, .plan.serial = 1};

    centre.life++;
    free(centre.wheel);
    uint32_t timers = centre.setup->calls * TIMER_KINDS;
    centre.wheel = wheel_init(calloc(1, wheel_size(timers)), timers);
    free(centre.core);
    centre.core = new_core();
    step(&loaded);
    centre_start();
}

/* Nothing but the account's rows is left. */
static void crash(void)
{
    centre.figures->crashes++;
    centre.dead = centre.armed = false;
    centre_check_crash();
    memset(centre.lines, 0, sizeof(centre.lines));
    start();
    centre_redial();
}

/* The core goes on as another, made from its bytes. */
static void snapshot(void)
{
    static uint8_t *bytes;
    size_t room = core_size(centre.setup->calls, CENTRE_SPARE), size;
    struct core *copy = new_core();

    bytes = realloc(bytes, 2 * room);
    size = core_save(centre.core, bytes, 2 * room);
    if (size == 0 || !core_load(copy, bytes, size))
        centre_broken("a snapshot cannot be saved or loaded");
    free(centre.core);
    centre.core = copy;
    centre.figures->snapshots++;
}

static void fire(void)
{
    uint32_t number;
    uint64_t key;

    if (!wheel_take(centre.wheel, centre.now_ms, &number, &key))
        return;
    struct event event = {.kind = TIMER_FIRED, .call = (uint32_t)(key >> 32)};
    event.timer.kind = (enum timer_kind)(number % TIMER_KINDS);
    event.timer.serial = (uint32_t)key;
    step(&event);
}

static void advance(void)
{
    uint64_t timer_ms = wheel_next_ms(centre.wheel);

    if (centre.count > 0 && centre.pool[centre.heap[0]].at_ms <= timer_ms) {
        struct happening next = pop();
        centre.now_ms = next.at_ms > centre.now_ms ? next.at_ms : centre.now_ms;
        bool lives_on = next.thought == THOUGHT_ARRIVE || next.thought >= THOUGHT_BREAK;
        if (next.life != centre.life && !lives_on)
            return;
        if (next.thought == THOUGHT_EVENT)
            step(&next.event);
        else if (next.thought == THOUGHT_CRASH && centre_chance(500))
            crash();
        else if (next.thought == THOUGHT_CRASH)
            centre.armed = true;
        else if (next.thought == THOUGHT_SNAPSHOT)
            snapshot();
        else
            centre_thought(&next);
        return;
    }
    centre.now_ms = timer_ms > centre.now_ms ? timer_ms : centre.now_ms;
    fire();
}

static bool over(void)
{
    struct core_figures figures;

    if (centre.arrived < centre.setup->callers || centre.open > 0 || centre.open_tasks > 0)
        return false;
    core_figures(centre.core, &figures);
    return figures.calls == 0;
}

static void prepare(uint64_t seed)
{
    centre.random.state = seed;
    centre.now_ms = HEAD_START_MS;
    centre.pool = calloc(PENDING, sizeof(*centre.pool));
    for (uint32_t i = 0; i < PENDING; i++)
        centre.free_list[centre.free_count++] = PENDING - 1 - i;
    centre.caller_room = 2 * centre.setup->callers + 32 * CENTRE_CALLS;
    centre.callers = calloc(centre.caller_room, sizeof(*centre.callers));
    centre.tasks = calloc(centre.caller_room, sizeof(*centre.tasks));
    centre.accounts = calloc(4 * centre.caller_room, sizeof(*centre.accounts));
    for (int i = 0; i < CENTRE_QUEUES; i++)
        centre.waiting[i] = calloc(CENTRE_CALLS + MAX_CALLBACKS, sizeof(uint32_t));
    centre.end_ms = (uint64_t)(centre.setup->callers * centre.setup->between_ms) + AFTER_MS;
    centre_plan_make(centre.setup);
    start();
    centre_think(THOUGHT_ARRIVE, 0, 0, centre_exponential(centre.setup->between_ms));
    double span = centre.setup->callers * centre.setup->between_ms;
    for (uint32_t i = 0; i < centre.setup->crashes; i++)
        centre_think(THOUGHT_CRASH, 0, 0, centre_between(0, (uint32_t)span));
    for (uint32_t i = 0; i < centre.setup->snapshots; i++)
        centre_think(THOUGHT_SNAPSHOT, 0, 0, centre_between(0, (uint32_t)span));
    for (uint32_t i = 0; i < centre.setup->operators && !centre.setup->theory; i++)
        centre_think(THOUGHT_BREAK, i, 0, centre_exponential(5400000));
}

bool centre_run(uint64_t seed, const struct centre_setup *setup, struct centre_figures *out)
{
    memset(&centre, 0, sizeof(centre));
    *out = (struct centre_figures){0};
    centre.setup = setup;
    centre.figures = out;
    prepare(seed);
    while (!centre.broken && !over()) {
        advance();
        if (centre.now_ms > centre.end_ms)
            centre_broken("the day does not end: %u callers, %u callbacks", centre.open,
                          centre.open_tasks);
    }
    if (!centre.broken)
        centre_check_end();
    out->hours = (double)centre.now_ms / 3600000;
    free(centre.pool);
    free(centre.callers);
    free(centre.tasks);
    free(centre.accounts);
    for (int i = 0; i < CENTRE_QUEUES; i++)
        free(centre.waiting[i]);
    free(centre.wheel);
    free(centre.core);
    return !centre.broken;
}

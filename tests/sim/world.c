// SPDX-License-Identifier: Apache-2.0
/* world.c - a heap of things to happen, and the clock that goes from one to the next. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "example_models.h"
#include "inside.h"

enum { SLUGGISH_MS = 300000 };

struct world w;

bool chance(uint32_t permille)
{
    return random_below(&w.random, 1000) < permille;
}

uint32_t between(uint32_t low, uint32_t high)
{
    return low + random_below(&w.random, high - low + 1);
}

void broken(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fprintf(stderr, "at %llu ms: ", (unsigned long long)w.now_ms);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    w.broken = true;
}

/* ---- The heap ---- */

static bool sooner(const struct happening *a, const struct happening *b)
{
    return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->order < b->order;
}

void push(struct happening happening)
{
    uint32_t i = w.count++;

    if (w.count >= PENDING) {
        broken("too much is going to happen");
        w.count--;
        return;
    }
    happening.order = w.order++;
    for (; i > 0 && sooner(&happening, &w.heap[(i - 1) / 2]); i = (i - 1) / 2)
        w.heap[i] = w.heap[(i - 1) / 2];
    w.heap[i] = happening;
}

static struct happening pop(void)
{
    struct happening top = w.heap[0], last = w.heap[--w.count];
    uint32_t i = 0, child;

    while ((child = 2 * i + 1) < w.count) {
        if (child + 1 < w.count && sooner(&w.heap[child + 1], &w.heap[child]))
            child++;
        if (!sooner(&w.heap[child], &last))
            break;
        w.heap[i] = w.heap[child];
        i = child;
    }
    w.heap[i] = last;
    return top;
}

void happen(struct event event, uint32_t delay_ms)
{
    if (chance(w.faults->late))
        delay_ms += between(0, 3000);
    event.at_ms = w.now_ms + delay_ms;
    push((struct happening){.at_ms = event.at_ms, .event = event});
}

/* Of events that a limb may lose. */
void may_happen(struct event event, uint32_t delay_ms)
{
    if (!chance(w.faults->lost))
        happen(event, delay_ms);
}

struct line *line_of(uint32_t leg)
{
    return &w.lines[slot_of(leg)];
}

/* ---- Time ---- */

static void digest(struct text t)
{
    for (uint32_t i = 0; i < t.size; i++)
        w.figures->digest = (w.figures->digest ^ (uint8_t)t.data[i]) * 1099511628211u;
}

static void step(struct event *event)
{
    static char line[1 << 15];
    struct text_buffer buffer;

    event->now_ms = w.now_ms;
    event->wall_ms = 1800000000000 + w.now_ms;
    if (event->at_ms == 0)
        event->at_ms = w.now_ms;
    core_step(w.core, event, &w.commands);
    w.figures->steps++;
    w.figures->commands += w.commands.count;
    if (w.commands.count > w.figures->most_commands)
        w.figures->most_commands = w.commands.count;
    text_buffer_init(&buffer, line, sizeof(line));
    event_print(event, &buffer);
    for (uint32_t i = 0; i < w.commands.count; i++) {
        text_append(&buffer, TEXT("\n      "));
        command_print(&w.commands.items[i], &buffer);
        carry_out(&w.commands.items[i]);
    }
    if (getenv("SIM_TRACE")) /* To find out how a promise was broken. */
        fprintf(stderr, "%llu %.*s\n", (unsigned long long)w.now_ms, (int)buffer.size, line);
    digest(text_view(&buffer));
    text_buffer_init(&buffer, line, sizeof(line) - 1);
    hearing_check();
    if (!core_check(w.core, &buffer)) {
        line[buffer.size] = 0;
        broken("%s (after event %d)", line, (int)event->kind);
    }
}

static void arrive(struct happening *happening)
{
    struct event *event = &happening->event;
    struct line *line = line_of(event->leg);

    if (happening->staff) {
        staff_thought(happening);
        return;
    }
    if (happening->internal) {
        if (line->leg == event->leg && line->dialog == event->sip.dialog)
            have_idea(line);
        return;
    }
    if (event->kind == MEDIA_VOICE && line->leg == event->leg) {
        line->voiced = event->voice.voiced;
        line->owed_ms = 0; /* The caller speaks. */
    }
    if (event->kind == MEDIA_KEY && line->leg == event->leg && line->owed_ms)
        line->owed_ms = w.now_ms; /* A turn of its own. */
    if (event->kind == MEDIA_PLAYED && event->played.finished) {
        if (line->leg != event->leg || event->call != line->serial || line->queued == 0)
            return; /* It was paused or flushed before its end. */
        event->call = 0;
        dequeue(line);
        play_next(line);
        if (chance(w.faults->lost))
            return;
    }
    bool ended = event->kind == MEDIA_PLAYED && line->leg == event->leg;
    step(event);
    for (uint32_t i = 0; ended && i < w.commands.count; i++)
        if (w.commands.items[i].kind == TIMER_SET && w.commands.items[i].timer.kind == TIMER_FILLER)
            owe(line); /* It thinks on. */
}

/* The next thing to happen: a timer or an event, the earlier first. */
static bool advance(void)
{
    uint64_t timer_ms = wheel_next_ms(w.wheel);
    uint32_t number;
    uint64_t key;

    if (w.count == 0 && timer_ms == UINT64_MAX)
        return false;
    if (w.count > 0 && w.heap[0].at_ms <= timer_ms) {
        struct happening next = pop();
        w.now_ms = next.at_ms > w.now_ms ? next.at_ms : w.now_ms;
        arrive(&next);
        return true;
    }
    w.now_ms = timer_ms > w.now_ms ? timer_ms : w.now_ms;
    if (wheel_take(w.wheel, w.now_ms, &number, &key)) {
        struct event event = {.kind = TIMER_FIRED, .call = (uint32_t)(key >> 32)};
        event.timer.kind = (enum timer_kind)(number % TIMER_KINDS);
        event.timer.serial = (uint32_t)key;
        step(&event);
    }
    return true;
}

/* Nothing is left but the minutes that the house counts while telephones are registered. */
static bool is_quiet(void)
{
    struct core_figures figures;

    core_figures(w.core, &figures);
    for (uint32_t i = 0; i < w.promised; i++)
        if (!w.promises[i].over)
            return false;
    return w.count == 0 && figures.calls == 0 && w.invited >= w.calls;
}

static void check_end(void)
{
    struct core_figures figures;

    core_figures(w.core, &figures);
    w.figures->most_calls = figures.calls_high;
    if (figures.spare_legs != 0)
        broken("%u second legs were never given back", figures.spare_legs);
    if (figures.calls != 0)
        broken("%u calls never ended", figures.calls);
    if (w.open_accounts != 0)
        broken("%u accounts were never closed", w.open_accounts);
    if (w.clips_out != 0)
        broken("%u clips were never given back", w.clips_out);
    hearing_check_end();
    for (uint32_t i = 0; i < 2 * MAX_CALLS; i++)
        if (w.lines[i].opened && !w.lines[i].closed)
            broken("a leg was never released");
}

/* With models: the technician stays as it is, so that hand-overs go between both kinds. Who is
 * overheard is another in each third of the seeds. */
static const struct plan *plan_for(uint64_t seed, const struct world_faults *faults)
{
    static struct plan_agent agents[3];
    static struct plan plan;

    plan = example_plan;
    plan.overhear = (enum overhear)(seed % (OVERHEAR_BOTH + 1));
    if (!faults->models)
        return &plan;
    example_with_models(&plan, agents);
    agents[TECHNICAL] = example_agents[TECHNICAL];
    for (int i = DESK; i <= BILLING; i++) {
        agents[i].listen = (struct plan_chain){{EXAMPLE_EARS, EXAMPLE_EARS_TOO}, 2};
        agents[i].speak = (struct plan_chain){{EXAMPLE_VOICE, EXAMPLE_VOICE_TOO}, 2};
    }
    for (int i = DESK; faults->whole && i <= BILLING; i++) {
        agents[i].listen.items[2] = agents[i].listen.items[1];
        agents[i].listen.items[1] = agents[i].listen.items[0];
        agents[i].listen.items[0] = EXAMPLE_WHOLE;
        agents[i].listen.count = 3;
        agents[i].think = (struct plan_chain){{EXAMPLE_WHOLE, EXAMPLE_MODEL, EXAMPLE_MODEL_TOO}, 3};
    }
    for (int i = DESK; faults->staff && i <= TECHNICAL; i++)
        agents[i].escalation = (struct plan_escalation){
            .queue = (int16_t)(i % 2), .failed_turns = 2, .tool_failures = 2, .negative_turns = 2};
    if (faults->staff)
        staff_plan(seed, &plan);
    if (faults->sluggish)
        plan.slo = (struct plan_slo){.first_partial_ms = 2000,
                                     .round_trip_ms = 1500,
                                     .share_permille = 950,
                                     .burn_hundredths = 400,
                                     .act = SLO_REFUSE};
    return &plan;
}

bool world_run(uint64_t seed, uint32_t calls, const struct world_faults *faults,
               struct world_figures *out)
{
    memset(&w, 0, sizeof(w));
    *out = (struct world_figures){.digest = 14695981039346656037u};
    w.random.state = seed;
    w.faults = faults;
    w.calls = calls;
    w.figures = out;
    w.heap = calloc(PENDING, sizeof(*w.heap));
    w.wheel = wheel_init(calloc(1, wheel_size(CALLS * TIMER_KINDS)), CALLS * TIMER_KINDS);
    w.core = core_init(calloc(1, core_size(CALLS, SPARE)), CALLS, SPARE);
    w.now_ms = 1000;
    core_set_plan(w.core, 0, plan_for(seed, faults));
    w.vendors = (struct vendors){.random = &w.random, .faults = faults->vendors, .happen = happen, .clip = new_clip};
    struct event loaded = {.kind = PLAN_LOADED, .plan.slot = 0, .plan.serial = 1};
    step(&loaded);
    if (faults->staff)
        staff_begin();
    happen((struct event){.kind = STORE_TASKS_TOLD}, between(0, 60000));
    uint64_t next_call_ms = w.now_ms;
    while (!w.broken) {
        w.vendors.sluggish = faults->sluggish && w.now_ms < SLUGGISH_MS;
        uint64_t next_ms = w.count ? w.heap[0].at_ms : UINT64_MAX;
        if (w.invited < calls && next_call_ms <= next_ms &&
            next_call_ms <= wheel_next_ms(w.wheel)) {
            w.now_ms = next_call_ms > w.now_ms ? next_call_ms : w.now_ms;
            next_call_ms += between(10, 900);
            if (chance(200))
                request();
            else
                invite();
        } else if ((w.count == 0 && is_quiet()) || !advance()) {
            break;
        }
    }
    if (!w.broken)
        check_end();
    free(w.heap);
    free(w.wheel);
    free(w.core);
    return !w.broken;
}
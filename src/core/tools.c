// SPDX-License-Identifier: Apache-2.0
/* tools.c - runs of tools, from the model's wish to its result. */
#include "core/tools.h"

#include <string.h>

#include "base/random.h"
#include "core/appointment.h"
#include "core/built_in.h"
#include "core/escalation.h"
#include "core/floor.h"
#include "core/reply.h"
#include "core/think.h"

enum {
    BACKOFF_MS = 250, /* After the first try; twice as long each time, and up to half more. */
    BACKOFF_MOST_MS = 8000,
    GUARD_MS = 1000,     /* Over a try's timeout: then the limb has lost it. */
    NOTING_MS = 1500,    /* The account's time. */
    SPEAK_OF_IT_MS = 400 /* A tool that is faster needs no words. */
};

static const struct plan_tool *tool_of(const struct step *step, const struct call *call,
                                       const struct tool_run *run)
{
    return &call_plan(step->core, call)->agents[run->agent].tools[run->tool];
}

static struct text name_of(const struct call *call, const struct tool_run *run)
{
    return (struct text){call->talk.tool_text + run->from, run->name_size};
}

static struct text arguments_of(const struct call *call, const struct tool_run *run)
{
    return (struct text){call->talk.tool_text + run->from + run->name_size,
                         (uint32_t)(run->size - run->name_size)};
}

/* FNV-1a (64 bit) of the bytes that are not spaces outside of strings: models write the same
 * arguments with more or fewer of them. */
static uint64_t digest(uint64_t hash, struct text t)
{
    bool quoted = false;

    for (uint32_t i = 0; i < t.size; i++) {
        char c = t.data[i];
        if (c == '"' && (i == 0 || t.data[i - 1] != '\\'))
            quoted = !quoted;
        if (!quoted && (c == ' ' || c == '\n' || c == '\t' || c == '\r'))
            continue;
        hash = (hash ^ (uint8_t)c) * 1099511628211u;
    }
    return hash;
}

/* "REF-TURN-DIGEST": one for what is asked for in a turn of the caller's, whatever the attempt and
 * whichever model asks: one that takes the place of another may not do its deed again. */
static struct text key_of(struct step *step, const struct call *call, const struct tool_run *run)
{
    struct text_buffer out = step_text(step);
    uint64_t hash =
        digest(digest(14695981039346656037u, name_of(call, run)), arguments_of(call, run));

    text_append(&out, text_of(call->ref));
    text_append_char(&out, '-');
    text_append_number(&out, run->caller_turn);
    text_append_char(&out, '-');
    for (int shift = 60; shift >= 0; shift -= 4)
        text_append_char(&out, "0123456789abcdef"[hash >> shift & 15]);
    return step_text_take(step, &out);
}

bool tools_at_work(const struct call *call)
{
    for (int i = 0; i < TOOLS_OPEN; i++)
        if (call->talk.tools[i].state != RUN_FREE && !call->talk.tools[i].let_go)
            return true;
    return false;
}

struct text tools_filler(const struct step *step, const struct call *call)
{
    for (int i = 0; i < TOOLS_OPEN; i++) {
        const struct tool_run *run = &call->talk.tools[i];
        if (run->state == RUN_FREE || run->let_go)
            continue;
        struct text words = tool_of(step, call, run)->filler;
        return words.size ? words : call_agent(step->core, call)->words[WORDS_TOOL];
    }
    return TEXT_EMPTY;
}

static void arm(struct step *step, struct call *call)
{
    uint64_t next_ms = UINT64_MAX;

    for (int i = 0; i < TOOLS_OPEN; i++)
        if (call->talk.tools[i].state != RUN_FREE && call->talk.tools[i].until_ms < next_ms)
            next_ms = call->talk.tools[i].until_ms;
    if (next_ms == UINT64_MAX)
        step_timer_cancel(step, call, TIMER_TOOL);
    else
        step_timer_set(step, call, TIMER_TOOL, next_ms);
}

/* ---- The account and the model ---- */

static void account(struct step *step, struct call *call, const struct tool_run *run,
                    enum tool_state state, enum tool_outcome outcome, uint16_t status,
                    struct text text)
{
    struct text name = step_text_copy(step, name_of(call, run));
    struct text arguments = step_text_copy(step, arguments_of(call, run));
    struct text key = key_of(step, call, run), kept = step_text_copy(step, text);
    struct command *command = step_emit(step, STORE_TOOL, call);

    command->tool_account.ref = text_of(call->ref);
    command->tool_account.wall_ms = step->event->wall_ms;
    command->tool_account.turn = run->turn;
    command->tool_account.number = run->number;
    command->tool_account.attempts = run->attempt;
    command->tool_account.ms =
        state == TOOL_STATE_ASKED ? 0 : (uint32_t)(step->event->now_ms - run->since_ms);
    command->tool_account.agent = call_plan(step->core, call)->agents[run->agent].name;
    command->tool_account.name = name;
    command->tool_account.arguments = arguments;
    command->tool_account.key = key;
    command->tool_account.state = state;
    command->tool_account.outcome = outcome;
    command->tool_account.status = status;
    command->tool_account.text = kept;
}

void tools_result(struct step *step, struct call *call, uint32_t number, enum tool_outcome outcome,
                  struct text text)
{
    struct text kept = step_text_copy(step, text_part(text, 0, MAX_RESULT));
    struct command *command = step_emit(step, MIND_RESULT, call);

    command->result.turn = call->talk.thought.serial;
    command->result.number = number;
    command->result.outcome = outcome;
    command->result.text = kept;
}

/* ---- Runs ---- */

static struct tool_run *find(struct talk *talk, uint32_t turn, uint32_t number)
{
    for (int i = 0; i < TOOLS_OPEN; i++)
        if (talk->tools[i].state != RUN_FREE && talk->tools[i].turn == turn &&
            talk->tools[i].number == number)
            return &talk->tools[i];
    return NULL;
}

/* A free one with this name and these arguments; NULL: too much at once. */
static struct tool_run *take(struct talk *talk, struct text name, struct text arguments)
{
    struct tool_run *run = NULL;
    uint32_t size = name.size + arguments.size;

    for (int i = 0; i < TOOLS_OPEN && !run; i++)
        if (talk->tools[i].state == RUN_FREE)
            run = &talk->tools[i];
    if (!run || talk->tool_text_size + size > TOOL_TEXT)
        return NULL;
    *run = (struct tool_run){
        .from = talk->tool_text_size, .name_size = (uint16_t)name.size, .size = (uint16_t)size};
    memcpy(talk->tool_text + run->from, name.data, name.size);
    if (arguments.size > 0)
        memcpy(talk->tool_text + run->from + name.size, arguments.data, arguments.size);
    talk->tool_text_size = (uint16_t)(talk->tool_text_size + size);
    return run;
}

static void free_run(struct talk *talk, struct tool_run *run)
{
    uint16_t end = (uint16_t)(run->from + run->size);

    memmove(talk->tool_text + run->from, talk->tool_text + end, talk->tool_text_size - end);
    talk->tool_text_size = (uint16_t)(talk->tool_text_size - run->size);
    for (int i = 0; i < TOOLS_OPEN; i++)
        if (talk->tools[i].state != RUN_FREE && talk->tools[i].from > run->from)
            talk->tools[i].from = (uint16_t)(talk->tools[i].from - run->size);
    run->state = RUN_FREE;
}

static void send(struct step *step, struct call *call, struct tool_run *run)
{
    const struct plan_tool *tool = tool_of(step, call, run);
    struct text name = step_text_copy(step, name_of(call, run));
    struct text arguments = step_text_copy(step, arguments_of(call, run));
    struct text key = key_of(step, call, run);
    struct command *command = step_emit(step, TOOL_CALL, call);

    run->state = RUN_CALLED;
    run->attempt++;
    run->until_ms = step->event->now_ms + tool->timeout_ms + GUARD_MS;
    command->tool.turn = run->turn;
    command->tool.number = run->number;
    command->tool.attempt = run->attempt;
    command->tool.plan = call->plan;
    command->tool.agent = (uint32_t)run->agent;
    command->tool.tool = run->tool;
    command->tool.name = name;
    command->tool.arguments = arguments;
    command->tool.key = key;
}

/* Its end, whatever it is. */
static void end(struct step *step, struct call *call, struct tool_run *run,
                enum tool_outcome outcome, uint16_t status, struct text text)
{
    struct talk *talk = &call->talk;
    bool wanted = !run->let_go && talk->thought.open && run->turn == talk->thought.serial;
    bool failed = (outcome == TOOL_TIMED_OUT || outcome == TOOL_UNREACHABLE) &&
                  tool_of(step, call, run)->kind < TOOL_TRANSFER;
    uint32_t number = run->number;

    account(step, call, run, outcome == TOOL_OK ? TOOL_STATE_DONE : TOOL_STATE_FAILED, outcome,
            status, text);
    free_run(talk, run);
    arm(step, call);
    if (!wanted)
        return;
    if (failed && escalation_tool(step, call)) {
        think_finish(step, call);
        return;
    }
    tools_result(step, call, number, outcome, text);
    if (outcome != TOOL_OK && talk->state == TALK_THINKING && !talk->reply.live)
        reply_filler(step, call, call_agent(step->core, call)->words[WORDS_TOOL_FAILED], false);
    if (talk->thought.asked_tools == 0 && !tools_at_work(call))
        think_next_round(step, call);
}

/* Later and later, and not all at once. */
static uint32_t backoff_ms(const struct call *call, const struct tool_run *run,
                           uint32_t retry_after_s)
{
    struct random chance = {.state = call->seed ^ ((uint64_t)run->turn << 32 |
                                                   (uint64_t)run->number << 8 | run->attempt)};
    uint32_t ms = BACKOFF_MS << (run->attempt < 6 ? run->attempt - 1u : 5u);

    ms += random_below(&chance, ms / 2 + 1);
    if (retry_after_s * 1000u > ms)
        ms = retry_after_s * 1000u;
    return ms < BACKOFF_MOST_MS ? ms : BACKOFF_MOST_MS;
}

static void came_to(struct step *step, struct call *call, struct tool_run *run,
                    enum tool_outcome outcome, uint16_t status, uint32_t retry_after_s,
                    struct text text)
{
    const struct plan_tool *tool = tool_of(step, call, run);
    bool again = (outcome == TOOL_TIMED_OUT || outcome == TOOL_UNREACHABLE) &&
                 run->attempt <= tool->retries && (tool->acts || !run->let_go) &&
                 retry_after_s <= BACKOFF_MOST_MS / 1000; /* Longer than a caller waits. */

    if (!again) {
        end(step, call, run, outcome, status, text);
        return;
    }
    run->state = RUN_RESTS;
    run->until_ms = step->event->now_ms + backoff_ms(call, run, retry_after_s);
    arm(step, call);
}

/* ---- Events ---- */

/* By its whole name, or the server's part of it: "crm__find". */
static int find_tool(const struct plan_agent *agent, struct text name)
{
    int32_t cut = text_find(name, TEXT("__"));

    for (uint8_t i = 0; i < agent->tool_count; i++) {
        const struct plan_tool *tool = &agent->tools[i];
        if (tool->kind == TOOL_MCP
                ? cut > 0 && text_equal(tool->name, text_part(name, 0, (uint32_t)cut))
                : text_equal(tool->name, name))
            return i;
    }
    return -1;
}

/* What the core does itself is done at once; a promise is over when it is written down. */
static void start_built_in(struct step *step, struct call *call, struct tool_run *run,
                           const struct plan_tool *tool)
{
    struct built_in_end done =
        built_in_do(step, call, tool, step_text_copy(step, arguments_of(call, run)), run->number);

    run->attempt = 1;
    if (done.outcome == TOOL_OK && done.promises) {
        account(step, call, run, TOOL_STATE_ASKED, TOOL_OK, 0, TEXT_EMPTY);
        run->until_ms = step->event->now_ms + NOTING_MS;
        arm(step, call);
        return;
    }
    run->let_go = done.leaves;
    end(step, call, run, done.outcome, 0, done.text);
    if (done.leaves)
        think_finish(step, call);
}

static void start(struct step *step, struct call *call, struct tool_run *run)
{
    const struct plan_tool *tool = tool_of(step, call, run);

    if (tool->kind >= TOOL_TRANSFER) {
        start_built_in(step, call, run, tool);
        return;
    }
    account(step, call, run, TOOL_STATE_ASKED, TOOL_OK, 0, TEXT_EMPTY);
    if (tool->acts)
        run->until_ms = step->event->now_ms + NOTING_MS;
    else
        send(step, call, run);
    arm(step, call);
    if (call->talk.state == TALK_THINKING && !call->talk.reply.live)
        floor_explain(step, call, SPEAK_OF_IT_MS);
}

void tools_asked(struct step *step, struct call *call)
{
    const struct event *event = step->event;
    struct talk *talk = &call->talk;
    struct thought *thought = &talk->thought;
    struct text name = text_part(event->mind.name, 0, 2 * MAX_NAME);

    if (!thought->open || event->mind.turn != thought->serial || event->mind.number == 0)
        return;
    if (thought->speculative) { /* It may not act on a guess. */
        think_drop(step, call);
        return;
    }
    think_commit(step, call);
    if (thought->asked_tools < UINT8_MAX)
        thought->asked_tools++;
    int index = find_tool(call_agent(step->core, call), name);
    if (index < 0) {
        tools_result(step, call, event->mind.number, TOOL_REFUSED, TEXT("there is no such tool"));
        return;
    }
    struct tool_run *run = event->mind.arguments.size <= MAX_ARGUMENTS &&
                                   !find(talk, thought->serial, event->mind.number)
                               ? take(talk, name, event->mind.arguments)
                               : NULL;
    if (!run) {
        tools_result(step, call, event->mind.number, TOOL_REFUSED,
                     TEXT("too much at once: call one tool after the other, in few words"));
        return;
    }
    run->state = RUN_NOTED;
    run->agent = talk->agent;
    run->tool = (uint8_t)index;
    run->turn = thought->serial;
    run->number = event->mind.number;
    run->caller_turn = talk->turn;
    run->since_ms = step->event->now_ms;
    start(step, call, run);
}

/* It is written down: now it may be done. */
void tools_noted(struct step *step, struct call *call)
{
    struct tool_run *run = find(&call->talk, step->event->noted.turn, step->event->noted.number);

    if (!run || run->state != RUN_NOTED)
        return;
    if (tool_of(step, call, run)->kind >= TOOL_TRANSFER) {
        built_in_noted(step, call, tool_of(step, call, run),
                       step_text_copy(step, arguments_of(call, run)), run->turn, run->number);
        end(step, call, run, TOOL_OK, 0, TEXT("written down"));
        return;
    }
    send(step, call, run);
    arm(step, call);
}

void tools_done(struct step *step, struct call *call)
{
    const struct event *event = step->event;

    if (event->tool.turn == 0) { /* No model's. */
        appointment_done(step, call);
        return;
    }
    struct tool_run *run = find(&call->talk, event->tool.turn, event->tool.number);

    if (run && run->state == RUN_CALLED && run->attempt == event->tool.attempt)
        came_to(step, call, run, event->tool.outcome, event->tool.status, event->tool.retry_after_s,
                text_part(event->tool.text, 0, MAX_RESULT));
}

static void not_noted(struct step *step, struct call *call, struct tool_run *run)
{
    struct text why = TEXT("it could not be written down, so it was not done");

    built_in_undo(step, call, tool_of(step, call, run), run->turn, run->number, why);
    end(step, call, run, TOOL_UNREACHABLE, 0, why);
}

void tools_due(struct step *step, struct call *call)
{
    uint64_t now_ms = step->event->now_ms;

    for (int i = 0; i < TOOLS_OPEN; i++) {
        struct tool_run *run = &call->talk.tools[i];
        if (run->state == RUN_FREE || run->until_ms > now_ms)
            continue;
        if (run->state == RUN_NOTED)
            not_noted(step, call, run);
        else if (run->state == RUN_CALLED)
            came_to(step, call, run, TOOL_TIMED_OUT, 0, 0, TEXT("no answer came"));
        else
            send(step, call, run);
    }
    arm(step, call);
}

void tools_let_go(struct step *step, struct call *call)
{
    for (int i = 0; i < TOOLS_OPEN; i++) {
        struct tool_run *run = &call->talk.tools[i];
        if (run->state == RUN_FREE || run->let_go)
            continue;
        run->let_go = true;
        if (run->state == RUN_RESTS && !tool_of(step, call, run)->acts)
            end(step, call, run, TOOL_UNREACHABLE, 0, TEXT("not wanted any more"));
    }
}

void tools_end(struct step *step, struct call *call)
{
    for (int i = 0; i < TOOLS_OPEN; i++) {
        struct tool_run *run = &call->talk.tools[i];
        if (run->state == RUN_FREE)
            continue;
        if (run->state == RUN_NOTED)
            built_in_undo(step, call, tool_of(step, call, run), run->turn, run->number,
                          TEXT("the call ended before it was written down"));
        account(step, call, run, TOOL_STATE_FAILED,
                run->state == RUN_CALLED ? TOOL_TIMED_OUT : TOOL_UNREACHABLE, 0,
                TEXT("the call ended before it was known"));
        free_run(&call->talk, run);
    }
}

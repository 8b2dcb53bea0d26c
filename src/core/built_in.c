// SPDX-License-Identifier: Apache-2.0
/* built_in.c - one function a tool. */
#include "core/built_in.h"

#include <assert.h>
#include <string.h>

#include "core/act.h"
#include "core/arguments.h"
#include "core/context.h"
#include "core/leg.h"

enum { KEYS_AT_ONCE = 16 };

static struct built_in_end done(struct text text)
{
    return (struct built_in_end){.outcome = TOOL_OK, .text = text};
}

static struct built_in_end refused(struct text text)
{
    return (struct built_in_end){.outcome = TOOL_REFUSED, .text = text};
}

/* An argument that is not there is empty. */
static struct text argument(struct step *step, struct text arguments, struct text key)
{
    struct text_buffer out = step_text(step);

    if (!arguments_get(arguments, key, &out))
        return TEXT_EMPTY;
    return text_trim(step_text_take(step, &out));
}

static struct built_in_end lead(struct step *step, struct call *call, struct text to,
                                enum intent_then then)
{
    const struct plan *plan = call_plan(step->core, call);
    const struct plan_agent *agent = call_agent(step->core, call);

    for (int16_t i = 0; i < agent->intent_count; i++) {
        const struct plan_intent *intent = &agent->intents[i];
        struct text name =
            then == THEN_HANDOVER && intent->to >= 0 ? plan->agents[intent->to].name : intent->name;
        if (intent->then != then || !text_equal(name, to))
            continue;
        act_on_tool(step, call, i);
        return (struct built_in_end){.outcome = TOOL_OK, .text = TEXT("done"), .leaves = true};
    }
    return refused(TEXT("there is no such place"));
}

static struct built_in_end send_keys(struct step *step, struct call *call, struct text keys)
{
    if (keys.size == 0 || keys.size > KEYS_AT_ONCE)
        return refused(TEXT("give 1 to 16 keys"));
    for (uint32_t i = 0; i < keys.size; i++)
        if (!memchr("0123456789*#ABCD", keys.data[i], 16))
            return refused(TEXT("keys are 0-9, *, # and A-D"));
    struct leg *leg = core_leg(step->core, call->leg);
    if (leg->event_type)
        step_emit(step, MEDIA_SEND_KEYS, call)->keys.keys = keys;
    for (uint32_t i = 0; !leg->event_type && i < keys.size; i++)
        leg_emit(step, SIP_SEND_KEY, leg)->sip.key = keys.data[i];
    return done(TEXT("sent"));
}

static struct built_in_end set_context(struct step *step, struct call *call, struct text key,
                                       struct text value)
{
    if (key.size == 0 || key.size >= MAX_NAME || value.size == 0 || value.size >= SHORT_TEXT)
        return refused(TEXT("give a short key and a short value"));
    for (uint32_t i = 0; i < key.size; i++)
        if (!(key.data[i] >= 'a' && key.data[i] <= 'z') &&
            !(key.data[i] >= '0' && key.data[i] <= '9') && key.data[i] != '_')
            return refused(TEXT("keys are of lower case letters, digits and '_'"));
    struct text_buffer line = step_text(step);
    text_append(&line, key);
    text_append_char(&line, '=');
    text_append(&line, value);
    text_append_char(&line, '\n');
    context_merge(call->talk.context.entities, step_text_take(step, &line));
    return done(TEXT("kept"));
}

/* priority: the model's judgement; empty: it has none. */
static struct built_in_end into_queue(struct step *step, struct call *call, struct text name,
                                      struct text priority)
{
    const struct plan *plan = call_plan(step->core, call);
    uint64_t number;

    for (uint8_t i = 0; i < plan->queue_count; i++) {
        if (!text_equal(plan->queues[i].name, name))
            continue;
        call->talk.after = AFTER_QUEUE;
        call->wait.then = OVERFLOW_QUEUE;
        call->wait.into = i;
        call->wait.into_priority = text_number(priority, &number)
                                       ? (int8_t)(number < QUEUE_TOP_PRIORITY ? number : QUEUE_TOP_PRIORITY)
                                       : -1;
        return (struct built_in_end){.outcome = TOOL_OK, .text = TEXT("done"), .leaves = true};
    }
    return refused(TEXT("there is no such queue"));
}

static struct built_in_end write_down(struct step *step, struct call *call, enum task_kind kind,
                                      struct text arguments, uint32_t number)
{
    struct text party =
        argument(step, arguments, kind == TASK_MESSAGE ? TEXT("from") : TEXT("number"));
    struct text due = argument(step, arguments, TEXT("when"));
    struct text text =
        argument(step, arguments, kind == TASK_MESSAGE ? TEXT("text") : TEXT("about"));

    if (kind == TASK_MESSAGE ? text.size == 0 : due.size == 0)
        return refused(kind == TASK_MESSAGE ? TEXT("there is no text") : TEXT("say when"));
    struct command *task = step_emit(step, STORE_TASK, call);
    task->task.ref = text_of(call->ref);
    task->task.wall_ms = step->event->wall_ms;
    task->task.turn = call->talk.thought.serial;
    task->task.number = number;
    task->task.kind = kind;
    task->task.party =
        party.size ? party : step_text_copy(step, text_of(call->talk.context.caller));
    task->task.due = due;
    task->task.text = text;
    return (struct built_in_end){.outcome = TOOL_OK, .promises = true};
}

struct built_in_end built_in_do(struct step *step, struct call *call, const struct plan_tool *tool,
                                struct text arguments, uint32_t number)
{
    switch (tool->kind) {
    case TOOL_TRANSFER:
        return lead(step, call, argument(step, arguments, TEXT("to")), THEN_TRANSFER);
    case TOOL_HAND_OVER:
        return lead(step, call, argument(step, arguments, TEXT("to")), THEN_HANDOVER);
    case TOOL_HANG_UP:
        act_on_hang_up(step, call);
        return (struct built_in_end){.outcome = TOOL_OK, .text = TEXT("done"), .leaves = true};
    case TOOL_SEND_KEYS:
        return send_keys(step, call, argument(step, arguments, TEXT("keys")));
    case TOOL_SET_CONTEXT:
        return set_context(step, call, argument(step, arguments, TEXT("key")),
                           argument(step, arguments, TEXT("value")));
    case TOOL_TAKE_MESSAGE:
        return write_down(step, call, TASK_MESSAGE, arguments, number);
    case TOOL_SCHEDULE_CALLBACK:
        return write_down(step, call, TASK_CALLBACK, arguments, number);
    case TOOL_QUEUE:
        return into_queue(step, call, argument(step, arguments, TEXT("queue")),
                          argument(step, arguments, TEXT("priority")));
    case TOOL_HTTP:
    case TOOL_MCP:
    case TOOL_KINDS:
        break;
    }
    assert(false);
    return refused(TEXT_EMPTY);
}

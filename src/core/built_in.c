// SPDX-License-Identifier: Apache-2.0
/* built_in.c - one function a tool. */
#include "core/built_in.h"

#include <assert.h>
#include <string.h>

#include "core/act.h"
#include "core/arguments.h"
#include "core/calling.h"
#include "core/context.h"
#include "core/escalation.h"
#include "core/leg.h"
#include "core/promise.h"
#include "core/permit.h"
#include "core/recall.h"
#include "core/when.h"
#include "core/waiting.h"

enum { KEYS_AT_ONCE = 16 };
static const uint64_t LATEST_MS = 30ull * 24 * 3600 * 1000; /* Of a promise. */

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

/* How the caller feels, as the model hears it. */
static struct built_in_end set_sentiment(struct step *step, struct call *call, struct text value)
{
    for (int i = 0; i <= SENTIMENT_FRUSTRATED; i++) {
        if (!text_equal_nocase(text_of(sentiment_names[i]), value))
            continue;
        bool leaves = escalation_told(step, call, (enum sentiment)i);
        return (struct built_in_end){.outcome = TOOL_OK, .text = TEXT("kept"), .leaves = leaves};
    }
    return refused(TEXT("sentiment is neutral, positive, negative or frustrated"));
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
    if (text_equal(key, TEXT("sentiment")))
        return set_sentiment(step, call, value);
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
        int8_t given = -1;
        if (text_number(priority, &number))
            given = (int8_t)(number < QUEUE_TOP_PRIORITY ? number : QUEUE_TOP_PRIORITY);
        waiting_next(call, i, given, false);
        return (struct built_in_end){.outcome = TOOL_OK, .text = TEXT("done"), .leaves = true};
    }
    return refused(TEXT("there is no such queue"));
}

static struct command *task_of(struct step *step, struct call *call, enum task_kind kind,
                               uint32_t number)
{
    struct text caller = step_text_copy(step, text_of(call->talk.context.caller));
    struct text intent = step_text_copy(step, text_of(call->talk.context.intent));
    struct command *task = step_emit(step, STORE_TASK, call);

    task->task.ref = text_of(call->ref);
    task->task.wall_ms = step->event->wall_ms;
    task->task.turn = call->talk.thought.serial;
    task->task.number = number;
    task->task.kind = kind;
    task->task.party = caller;
    task->task.agent = call_agent(step->core, call)->name;
    task->task.intent = intent;
    return task;
}

void built_in_undo(struct step *step, struct call *call, const struct plan_tool *tool,
                   uint32_t turn, uint32_t number, struct text why)
{
    if (tool->kind != TOOL_SCHEDULE_CALLBACK)
        return;
    struct command *task = task_of(step, call, TASK_CALLBACK, number);
    task->task.turn = turn;
    task->task.state = TASK_CANCELLED;
    task->task.why = why;
}

static struct built_in_end take_message(struct step *step, struct call *call, struct text arguments,
                                        uint32_t number)
{
    struct text party = argument(step, arguments, TEXT("from"));
    struct text due = argument(step, arguments, TEXT("when"));
    struct text text = argument(step, arguments, TEXT("text"));

    if (text.size == 0)
        return refused(TEXT("there is no text"));
    struct command *task = task_of(step, call, TASK_MESSAGE, number);
    if (party.size)
        task->task.party = party;
    task->task.due = due;
    task->task.text = text;
    return (struct built_in_end){.outcome = TOOL_OK, .promises = true};
}

/* What a model asks to be promised. Its refusal tells it what to give; empty: it is good. */
static struct text read_callback(struct step *step, struct call *call, struct text arguments,
                                 struct callback *out)
{
    const struct plan *plan = call_plan(step->core, call);
    struct text number = argument(step, arguments, TEXT("number"));
    struct text when = argument(step, arguments, TEXT("when"));
    uint64_t wall_ms = step->event->wall_ms, due_ms = wall_ms + plan->callbacks.after_ms;

    *out = (struct callback){.promised_ms = wall_ms};
    text_copy(out->about, sizeof(out->about), argument(step, arguments, TEXT("about")));
    if (!promise_number(number.size ? number : text_of(call->talk.context.caller), out->party))
        return TEXT("give `number` in digits: the caller's own is not known");
    if (number.size && text_of(out->party).size < PROMISE_DIGITS)
        return TEXT("that is no whole number: ask for all of its digits");
    enum permit permit = permit_ask(step, call, text_of(out->party));
    if (permit != PERMIT_GIVEN)
        return permit == PERMIT_NO_NUMBER ? TEXT("that number is not called: ask for another")
               : permit == PERMIT_NO_MORE ? TEXT("a callback is promised already, and will be kept")
                                          : TEXT("no callback can be promised now");
    bool soon = when.size == 0 || text_equal_nocase(when, TEXT("as soon as possible"));
    if (!soon && !when_read(when, &due_ms)) {
        struct text_buffer words = step_text(step);
        text_append(&words,
                    TEXT("give `when` as \"as soon as possible\", or as a time with its zone"
                         " (RFC 3339); it is now "));
        when_write(wall_ms, &words);
        return step_text_take(step, &words);
    }
    if (due_ms + plan->callbacks.within_ms < wall_ms)
        return TEXT("that time is over; ask for another");
    if (due_ms > wall_ms + LATEST_MS)
        return TEXT("that is more than 30 days ahead; ask for an earlier time");
    due_ms = due_ms > wall_ms ? due_ms : wall_ms;
    calling_window(plan, text_of(call->parting.queue), due_ms, 0, out);
    if (soon || out->from_ms == due_ms)
        return TEXT_EMPTY;
    struct text_buffer words = step_text(step);
    text_append(&words, TEXT("nobody is called at that time; the next one is "));
    when_write(out->from_ms, &words);
    return step_text_take(step, &words);
}

static struct built_in_end schedule(struct step *step, struct call *call, struct text arguments,
                                    uint32_t number)
{
    struct callback callback;
    struct text why = read_callback(step, call, arguments, &callback);

    if (why.size)
        return refused(why);
    recall_place_of(step, call, &callback);
    struct text party = step_text_copy(step, text_of(callback.party));
    struct text about = argument(step, arguments, TEXT("about"));
    struct text due = argument(step, arguments, TEXT("when"));
    struct command *task = task_of(step, call, TASK_CALLBACK, number);
    task->task.state = TASK_WAITING;
    task->task.party = party;
    task->task.due = due;
    task->task.text = task->task.summary = about;
    task->task.from_ms = task->task.next_ms = callback.from_ms;
    task->task.until_ms = callback.until_ms;
    task->task.place_ms = callback.place_ms;
    task->task.priority = callback.priority;
    return (struct built_in_end){.outcome = TOOL_OK, .promises = true};
}

void built_in_noted(struct step *step, struct call *call, const struct plan_tool *tool,
                    struct text arguments, uint32_t turn, uint32_t number)
{
    struct callback callback;

    if (tool->kind != TOOL_SCHEDULE_CALLBACK ||
        read_callback(step, call, arguments, &callback).size)
        return;
    callback.turn = turn;
    callback.number = number;
    recall_add(step, call, &callback);
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
        return take_message(step, call, arguments, number);
    case TOOL_SCHEDULE_CALLBACK:
        return schedule(step, call, arguments, number);
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

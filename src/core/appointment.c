// SPDX-License-Identifier: Apache-2.0
/* appointment.c - asked, offered, chosen, booked. */
#include "core/appointment.h"

#include <string.h>

#include "core/appointment_words.h"
#include "core/calling.h"
#include "core/context.h"
#include "core/floor.h"
#include "core/hours.h"
#include "core/parting.h"
#include "core/promise.h"
#include "core/recall.h"
#include "core/when.h"

enum {
    DAY_MS = 86400000,
    APART_MS = 3600000,  /* The second that is offered is so much later, where there is one. */
    LATE_MS = 900000,    /* The promise is for that time, and so much after it. */
    PATIENCE_MS = 10000, /* A caller's, for the calendar. */
    ASK_TWICE = 2,
    GUARD_MS = 1000      /* Over the tool's own time. */
};

/* ---- The tools ---- */

static int find_tool(const struct plan_agent *agent, struct text name)
{
    for (uint8_t i = 0; name.size && i < agent->tool_count; i++)
        if (agent->tools[i].kind < TOOL_TRANSFER && text_equal(agent->tools[i].name, name))
            return i;
    return -1;
}

static const struct plan_tool *tool_of(const struct step *step, const struct call *call)
{
    return &call_agent(step->core, call)->tools[call->parting.tool];
}

/* "callback-REF-0-NUMBER-book": of the promise, whatever the attempt. */
static struct text key_of(struct step *step, const struct call *call)
{
    struct text_buffer key = step_text(step);

    text_append(&key, TEXT("callback-"));
    text_append(&key, text_of(call->ref));
    text_append(&key, TEXT("-0-"));
    text_append_number(&key, call->parting.tasks);
    text_append(&key, call->parting.state == PARTING_FINDING ? TEXT("-slots") : TEXT("-book"));
    return step_text_take(step, &key);
}

static void member(struct text_buffer *out, struct text name, struct text value)
{
    text_append(out, out->size > 1 ? TEXT(", \"") : TEXT("\""));
    text_append(out, name);
    text_append(out, TEXT("\": \""));
    for (uint32_t i = 0; i < value.size; i++)
        if (value.data[i] != '"' && value.data[i] != '\\' && (unsigned char)value.data[i] >= ' ')
            text_append_char(out, value.data[i]);
    text_append_char(out, '"');
}

static void date_of(uint64_t wall_ms, struct text_buffer *out)
{
    when_write(wall_ms, out);
    out->size = out->size > 10 ? 10 : out->size; /* Its day. */
}

static struct text name_of(const struct call *call)
{
    const struct context *context = &call->talk.context;
    static const struct text names[] = {TEXT_INIT("name"), TEXT_INIT("first_name")};

    for (int i = 0; i < 2; i++) {
        struct text name = context_entity(text_of(context->entities), names[i]);
        if (name.size == 0)
            name = context_entity(text_of(context->given), names[i]);
        if (name.size)
            return name;
    }
    return text_of(call->parting.number);
}

static struct text arguments_of(struct step *step, const struct call *call)
{
    char room[2][40];
    struct text_buffer json = step_text(step), start, end;

    text_buffer_init(&start, room[0], sizeof(room[0]));
    text_buffer_init(&end, room[1], sizeof(room[1]));
    text_append_char(&json, '{');
    if (call->parting.state == PARTING_FINDING) {
        date_of(step->event->wall_ms, &start);
        date_of(step->event->wall_ms + (uint64_t)APPOINTMENT_DAYS * DAY_MS, &end);
        member(&json, TEXT("start"), text_view(&start));
        member(&json, TEXT("end"), text_view(&end));
    } else {
        when_write(call->parting.slots_ms[call->parting.slot - 1], &start);
        member(&json, TEXT("start"), text_view(&start));
        member(&json, TEXT("name"), name_of(call));
        member(&json, TEXT("number"), text_of(call->parting.number));
    }
    text_append_char(&json, '}');
    return step_text_take(step, &json);
}

static void send(struct step *step, struct call *call)
{
    const struct plan_tool *tool = tool_of(step, call);
    struct text key = key_of(step, call), arguments = arguments_of(step, call);
    uint64_t ms = tool->timeout_ms + GUARD_MS;
    struct command *command = step_emit(step, TOOL_CALL, call);

    command->tool.number = ++call->parting.deeds;
    command->tool.attempt = 1;
    command->tool.plan = call->plan;
    command->tool.agent = (uint32_t)call->talk.agent;
    command->tool.tool = call->parting.tool;
    command->tool.name = tool->name;
    command->tool.arguments = arguments;
    command->tool.key = key;
    call->parting.asked_ms = step->event->now_ms;
    parting_wait(step, call, call->parting.state,
                 step->event->now_ms + (ms < PATIENCE_MS ? ms : PATIENCE_MS));
    floor_explain(step, call, QUIET_MS);
}

static void account(struct step *step, struct call *call, enum tool_outcome outcome,
                    uint16_t status, struct text said)
{
    struct text key = key_of(step, call), arguments = arguments_of(step, call);
    struct text text = step_text_copy(step, text_part(said, 0, MAX_RESULT));
    struct command *command = step_emit(step, STORE_TOOL, call);

    command->tool_account.ref = text_of(call->ref);
    command->tool_account.wall_ms = step->event->wall_ms;
    command->tool_account.number = call->parting.deeds;
    command->tool_account.attempts = 1;
    command->tool_account.ms = (uint32_t)(step->event->now_ms - call->parting.asked_ms);
    command->tool_account.agent = call_agent(step->core, call)->name;
    command->tool_account.name = tool_of(step, call)->name;
    command->tool_account.arguments = arguments;
    command->tool_account.key = key;
    command->tool_account.state = outcome == TOOL_OK ? TOOL_STATE_DONE : TOOL_STATE_FAILED;
    command->tool_account.outcome = outcome;
    command->tool_account.status = status;
    command->tool_account.text = text;
}

bool appointment_begin(struct step *step, struct call *call)
{
    const struct plan *plan = call_plan(step->core, call);
    int tool = find_tool(call_agent(step->core, call), plan->callbacks.slots);

    call->parting.slot = call->parting.slots = 0;
    if (tool < 0)
        return false;
    call->parting.tool = (uint8_t)tool;
    call->parting.state = PARTING_FINDING;
    send(step, call);
    return true;
}

/* ---- Times ---- */

/* How far the clock there is ahead of UTC, as the time says it. */
static int64_t ahead_ms(struct text time, uint64_t at_ms)
{
    char there[24];
    struct text_buffer local;
    uint64_t local_ms;

    text_buffer_init(&local, there, sizeof(there));
    text_append(&local, text_part(time, 0, 16)); /* To the minute. */
    text_append_char(&local, 'Z');
    return when_read(text_view(&local), &local_ms) ? (int64_t)(local_ms / 60000) * 60000 -
                                                         (int64_t)(at_ms / 60000) * 60000
                                                   : 0;
}

/* It may be promised: people are called then, and it is neither now nor far. */
static bool is_possible(const struct step *step, const struct call *call, uint64_t at_ms)
{
    const struct plan *plan = call_plan(step->core, call);
    uint64_t wall_ms = step->event->wall_ms;

    return at_ms > wall_ms + plan->callbacks.after_ms &&
           at_ms < wall_ms + (uint64_t)APPOINTMENT_DAYS * DAY_MS &&
           calling_from(plan, text_of(call->parting.queue), at_ms) == at_ms;
}

/* The next of the answer's words that is a time; false: there is none. */
static bool next_time(struct text *rest, struct text *time, uint64_t *at_ms)
{
    while (rest->size) {
        uint32_t size = 0;
        while (size < rest->size && !memchr("\"',;[]{} \n\r\t", rest->data[size], 12))
            size++;
        *time = text_part(*rest, 0, size);
        *rest = text_part(*rest, size + 1, rest->size);
        if (when_read(*time, at_ms))
            return true;
    }
    return false;
}

/* The earliest from from_ms on; false: none. */
static bool earliest(const struct step *step, const struct call *call, uint64_t from_ms,
                     uint64_t *found_ms, int64_t *found_ahead_ms)
{
    struct text rest = text_part(step->event->tool.text, 0, MAX_RESULT), time;
    uint64_t at_ms;

    *found_ms = UINT64_MAX;
    while (next_time(&rest, &time, &at_ms)) {
        if (at_ms < from_ms || at_ms >= *found_ms || !is_possible(step, call, at_ms))
            continue;
        *found_ms = at_ms;
        *found_ahead_ms = ahead_ms(time, at_ms);
    }
    return *found_ms != UINT64_MAX;
}

static void find(struct step *step, struct call *call)
{
    struct parting *parting = &call->parting;
    uint64_t at_ms;
    int64_t ahead;

    if (!earliest(step, call, 0, &parting->slots_ms[0], &parting->ahead_ms))
        return;
    parting->slots = 1;
    if (earliest(step, call, parting->slots_ms[0] + APART_MS, &at_ms, &ahead) ||
        earliest(step, call, parting->slots_ms[0] + 1, &at_ms, &ahead)) {
        parting->slots_ms[1] = at_ms;
        parting->slots = 2;
    }
}

void appointment_say(const struct step *step, const struct call *call, uint32_t which,
                     struct text_buffer *out)
{
    const struct parting *parting = &call->parting;
    uint32_t slot = which == 2 ? parting->slot : which + 1;
    struct text language = call_agent(step->core, call)->language;

    if (slot >= 1 && slot <= parting->slots)
        appointment_words_say(language, step->event->wall_ms + (uint64_t)parting->ahead_ms,
                              parting->slots_ms[slot - 1] + (uint64_t)parting->ahead_ms, out);
}

bool appointment_window(const struct step *step, const struct call *call, struct callback *out)
{
    const struct parting *parting = &call->parting;

    if (parting->slot == 0)
        return false;
    out->from_ms = out->next_ms = parting->slots_ms[parting->slot - 1];
    out->until_ms = out->from_ms + LATE_MS + call_plan(step->core, call)->callbacks.warn_ms;
    return true;
}

/* ---- Chosen ---- */

static void choose(struct step *step, struct call *call, uint8_t slot)
{
    call->parting.slot = slot;
    promise_note(step, call);
}

static void ask(struct step *step, struct call *call)
{
    parting_say(step, call, PARTING_SLOTS, PARTING_CHOOSING);
}

void appointment_asked(struct step *step, struct call *call)
{
    parting_listen(step, call, EXPECT_FREE, 0);
}

void appointment_key(struct step *step, struct call *call, char key)
{
    if (key >= '1' && key < '1' + call->parting.slots)
        choose(step, call, (uint8_t)(key - '0'));
    else if (key == '3')
        choose(step, call, 0);
    else
        ask(step, call);
}

void appointment_silence(struct step *step, struct call *call)
{
    if (++call->parting.asked >= ASK_TWICE)
        choose(step, call, 0);
    else
        ask(step, call);
}

void appointment_words(struct step *step, struct call *call, struct text words)
{
    const struct parting *parting = &call->parting;
    uint64_t ahead = (uint64_t)parting->ahead_ms;
    uint64_t there[2] = {parting->slots_ms[0] + ahead, parting->slots_ms[1] + ahead};
    enum appointment_choice choice =
        appointment_words_choice(call_agent(step->core, call)->language, words,
                                 step->event->wall_ms + ahead, there, parting->slots);

    if (choice == APPOINTMENT_FIRST || choice == APPOINTMENT_SECOND)
        choose(step, call, choice == APPOINTMENT_FIRST ? 1 : 2);
    else if (choice == APPOINTMENT_SOON)
        choose(step, call, 0);
    else
        appointment_silence(step, call);
}

/* ---- Booked ---- */

bool appointment_book(struct step *step, struct call *call)
{
    const struct plan *plan = call_plan(step->core, call);
    int tool = find_tool(call_agent(step->core, call), plan->callbacks.book);

    if (call->parting.slot == 0 || tool < 0)
        return false;
    call->parting.tool = (uint8_t)tool;
    call->parting.state = PARTING_BOOKING;
    send(step, call);
    return true;
}

/* The time may be another's: it is promised as one without a calendar. */
static void not_booked(struct step *step, struct call *call)
{
    struct callback as_ever = {.id = 0};

    call->parting.slot = 0;
    promise_window(step, call, &as_ever);
    recall_move(step, call, call->parting.tasks, &as_ever, TEXT("the calendar could not book it"));
    parting_close(step, call, PARTING_PROMISED);
}

static void over(struct step *step, struct call *call, enum tool_outcome outcome)
{
    bool found = call->parting.state == PARTING_FINDING;

    call->parting.asked = 0;
    if (found && outcome == TOOL_OK)
        find(step, call);
    if (found && call->parting.slots)
        ask(step, call);
    else if (found)
        promise_note(step, call);
    else if (outcome == TOOL_OK)
        parting_close(step, call, PARTING_PROMISED_AT);
    else
        not_booked(step, call);
}

static bool is_asked(const struct call *call)
{
    return call->parting.state == PARTING_FINDING || call->parting.state == PARTING_BOOKING;
}

void appointment_done(struct step *step, struct call *call)
{
    const struct event *event = step->event;

    if (!is_asked(call) || event->tool.number != call->parting.deeds)
        return;
    account(step, call, event->tool.outcome, event->tool.status, event->tool.text);
    over(step, call, event->tool.outcome);
}

void appointment_overdue(struct step *step, struct call *call)
{
    account(step, call, TOOL_TIMED_OUT, 0, TEXT("no answer came"));
    over(step, call, TOOL_TIMED_OUT);
}

void appointment_ended(struct step *step, struct call *call)
{
    if (is_asked(call))
        account(step, call, TOOL_TIMED_OUT, 0, TEXT("the call ended before it was known"));
}

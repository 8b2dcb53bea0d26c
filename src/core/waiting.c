// SPDX-License-Identifier: Apache-2.0
/* waiting.c - into a queue, and out of it by each of its ways. */
#include "core/waiting.h"

#include "core/act.h"
#include "core/context.h"
#include "core/conversation.h"
#include "core/floor.h"
#include "core/hold.h"
#include "core/hours.h"
#include "core/promise.h"
#include "core/offering.h"
#include "core/reply.h"
#include "core/unavailable.h"
#include "core/voicemail.h"
#include "core/waiting_inside.h"

static const struct text case_reasons[QUEUE_CASES] = {
    [QUEUE_WHEN_FULL] = TEXT_INIT("it is full"),
    [QUEUE_WHEN_CLOSED] = TEXT_INIT("it is closed"),
    [QUEUE_WHEN_NOBODY] = TEXT_INIT("nobody is on duty"),
    [QUEUE_WHEN_WAITED] = TEXT_INIT("the caller has waited too long"),
};

const struct plan_queue *waiting_queue(const struct core *core, const struct call *call)
{
    return &call_plan(core, call)->queues[call->wait.plan_queue];
}

static struct queue *order_of(struct core *core, const struct call *call)
{
    return &core->queues[call->wait.queue].order;
}

static struct forecast_figures *figures_of(struct core *core, const struct call *call)
{
    return &core->queues[call->wait.queue].figures;
}

uint32_t waiting_position(const struct core *core, const struct call *call)
{
    return waiting_is(call) ? queue_position(&core->queues[call->wait.queue].order,
                                             waiting_entries(core), slot_of(call->id))
                            : 0;
}

struct forecast waiting_forecast(const struct core *core, const struct call *call, uint64_t now_ms)
{
    struct forecast_staff staff = waiting_staff(core, call->wait.queue, now_ms);
    const struct queue_state *state = &core->queues[call->wait.queue];
    const struct queue_entry *entries = waiting_entries(core);
    uint32_t place = slot_of(call->id);
    uint32_t open = entries[place].offered ? 0 : 1 + queue_open_before(&state->order, entries, place);

    return forecast_wait(&state->figures, &staff, open);
}

/* ---- The account ---- */

static struct command *account(struct step *step, const struct call *call,
                               const struct plan_queue *queue, enum queue_what what,
                               struct text why)
{
    const struct wait *wait = &call->wait;
    struct command *command = step_emit(step, STORE_QUEUE, call);

    command->queue.ref = text_of(call->ref);
    command->queue.wall_ms = step->event->wall_ms;
    command->queue.number = wait->passages;
    command->queue.queue = queue->name;
    command->queue.what = what;
    command->queue.priority = wait->priority;
    command->queue.why = why;
    if (wait->state != WAIT_NONE && wait->entered_ms)
        command->queue.waited_ms = (uint32_t)(step->event->now_ms - wait->entered_ms);
    return command;
}

/* ---- In ---- */

static bool begins(struct text number, struct text pattern)
{
    if (pattern.size && pattern.data[pattern.size - 1] == '*')
        return text_starts(number, text_part(pattern, 0, pattern.size - 1));
    return text_equal(number, pattern);
}

/* What a lookup or a list of numbers says; -1: nothing. */
static int8_t callers_priority(const struct step *step, const struct call *call)
{
    const struct context *context = &call->talk.context;
    const struct plan *plan = call_plan(step->core, call);
    struct text told = context_entity(text_of(context->entities), TEXT("priority"));
    uint64_t number;

    if (told.size == 0)
        told = context_entity(text_of(context->given), TEXT("priority"));
    if (text_number(told, &number))
        return (int8_t)(number < QUEUE_TOP_PRIORITY ? number : QUEUE_TOP_PRIORITY);
    for (uint8_t i = 0; i < plan->vip_count; i++)
        for (uint16_t j = 0; j < plan->vips[i].number_count; j++)
            if (begins(text_of(context->caller), plan->vips[i].numbers[j]))
                return (int8_t)plan->vips[i].priority;
    return -1;
}

static uint8_t priority_of(const struct step *step, const struct call *call,
                           const struct plan_queue *queue, int8_t given)
{
    int8_t callers = given >= 0 ? given : callers_priority(step, call);

    return callers >= 0 ? (uint8_t)callers : queue->priority;
}

void waiting_known(struct step *step, struct call *call)
{
    int8_t priority = callers_priority(step, call);

    if (!waiting_is(call) || priority <= (int8_t)call->wait.priority)
        return;
    call->wait.priority = (uint8_t)priority;
    queue_set_priority(order_of(step->core, call), waiting_entries(step->core), slot_of(call->id),
                       call->wait.priority);
    offering_look(step);
}

/* Why nobody can enter; QUEUE_CASES: they can. */
static enum queue_case hindrance(const struct step *step, const struct call *call, uint8_t index)
{
    const struct core *core = step->core;
    const struct plan *plan = call_plan(core, call);
    const struct plan_queue *queue = &plan->queues[index];
    uint8_t at = core->queue_of[call->plan][index];

    if (queue->hours >= 0 && !hours_open(&plan->hours[queue->hours], step->event->wall_ms))
        return QUEUE_WHEN_CLOSED;
    if (!at || queue_count(&core->queues[at - 1].order, waiting_entries(core)) -
                       core->queues[at - 1].standing >= queue->max_callers)
        return QUEUE_WHEN_FULL;
    if (queue->overflows[QUEUE_WHEN_NOBODY].kind != OVERFLOW_WAIT &&
        waiting_staff(core, (uint8_t)(at - 1), step->event->now_ms).on_duty == 0)
        return QUEUE_WHEN_NOBODY;
    return QUEUE_CASES;
}

static void put_in_order(struct step *step, struct call *call)
{
    struct queue_entry *entry = &waiting_entries(step->core)[slot_of(call->id)];

    *entry = (struct queue_entry){.who = call->id,
                                  .priority = call->wait.priority,
                                  .joined_ms = call->wait.place_ms,
                                  .skills = call->wait.skills};
    queue_join(order_of(step->core, call), waiting_entries(step->core), slot_of(call->id));
}

/* The time in the order: that of before for who holds; that of the promise for whom we owe a
 * callback for this queue, and who rings first. */
static int64_t place_of(const struct step *step, const struct call *call,
                        const struct plan_queue *queue)
{
    const struct event *event = step->event;
    const struct callback *owed = callbacks_find(&step->core->callbacks, call->owed);

    if (call->wait.kept)
        return call->wait.place_ms;
    if (owed && text_equal(text_of(owed->queue), queue->name) && owed->place_ms < event->wall_ms)
        return (int64_t)event->now_ms - (int64_t)(event->wall_ms - owed->place_ms);
    return (int64_t)event->now_ms;
}

static void join(struct step *step, struct call *call, uint8_t index, int8_t priority)
{
    const struct plan_queue *queue = &call_plan(step->core, call)->queues[index];
    uint64_t now_ms = step->event->now_ms;
    struct wait *wait = &call->wait;
    struct text why = wait->escalated ? text_of(call->talk.context.reason) : TEXT_EMPTY;

    *wait = (struct wait){.state = WAIT_ON,
                          .queue = (uint8_t)(step->core->queue_of[call->plan][index] - 1),
                          .plan_queue = index,
                          .priority = priority_of(step, call, queue, priority),
                          .passages = (uint8_t)(wait->passages + (wait->passages < UINT8_MAX)),
                          .overflows = wait->overflows,
                          .skills = queue->skills,
                          .entered_ms = now_ms,
                          .place_ms = place_of(step, call, queue)};
    wait->until_ms = queue->max_wait_ms ? now_ms + queue->max_wait_ms : 0;
    put_in_order(step, call);
    offering_look(step);
    wait->position = waiting_position(step->core, call);
    wait->told = waiting_forecast(step->core, call, now_ms);
    forecast_entered(figures_of(step->core, call), now_ms);
    struct command *joined = account(step, call, queue, QUEUE_JOINED, why);
    joined->queue.place_ms = step->event->wall_ms - (uint64_t)((int64_t)now_ms - wait->place_ms);
    joined->queue.position = wait->position;
    joined->queue.told = wait->told.known;
    joined->queue.p50_ms = wait->told.p50_ms;
    joined->queue.p90_ms = wait->told.p90_ms;
}

/* Why nobody comes, and what then: who holds, and could not enter, has the place of now. */
static bool choose(struct step *step, struct call *call, const struct plan_queue *queue,
                   enum queue_case when, enum unavailable why)
{
    uint8_t index = (uint8_t)(queue - call_plan(step->core, call)->queues);

    if (!step->core->queue_of[call->plan][index] ||
        !unavailable_begin(step, call, why, queue->name))
        return false;
    if (when != QUEUE_WHEN_WAITED)
        call->wait.place_ms = (int64_t)step->event->now_ms;
    call->wait.plan_queue = index;
    call->wait.kept = true;
    return true;
}

/* What the queue has for those who cannot enter, or not wait on; the call waits nowhere. */
static void lead_on(struct step *step, struct call *call, const struct plan_queue *queue,
                    enum queue_case when)
{
    struct plan_overflow path = queue->overflows[when];

    if (path.kind == OVERFLOW_QUEUE && call->wait.overflows < OVERFLOWS) {
        call->wait.overflows++;
        waiting_begin(step, call, (uint8_t)path.to, (int8_t)call->wait.priority);
        return;
    }
    if (path.kind == OVERFLOW_CHOICE && choose(step, call, queue, when, UNAVAILABLE_CAPACITY))
        return;
    if (path.kind == OVERFLOW_UNAVAILABLE && choose(step, call, queue, when, UNAVAILABLE_AGENT))
        return;
    waiting_say(step, call, queue, (enum queue_words)(QUEUE_WORDS_FULL + when));
    call->wait.overflows = 0;
    call->talk.after = AFTER_LISTEN;
    if (path.kind == OVERFLOW_AGENT && path.to >= 0) {
        act_hand_over(step, call, path.to, case_reasons[when]);
    } else if (path.kind == OVERFLOW_AGENT) {
        waiting_say(step, call, queue, QUEUE_WORDS_BACK);
    } else if (path.kind == OVERFLOW_VOICEMAIL || path.kind == OVERFLOW_CALLBACK) {
        call->wait.then = path.kind;
        call->wait.into = (uint8_t)(queue - call_plan(step->core, call)->queues);
        call->talk.after = AFTER_QUEUE;
        call->talk.final_words = true;
    } else {
        waiting_say(step, call, queue, QUEUE_WORDS_GOODBYE);
        call->talk.after = AFTER_HANG_UP;
        call->talk.after_cause = CAUSE_NOT_SERVED;
    }
    floor_speak(step, call);
}

void waiting_begin(struct step *step, struct call *call, uint8_t index, int8_t priority)
{
    const struct plan_queue *queue = &call_plan(step->core, call)->queues[index];

    if (call->state != CALL_UP || call->talk.state == TALK_NONE || call->wait.state == WAIT_TAKEN)
        return;
    call->wait.wanted = false;
    call->talk.after = AFTER_LISTEN;
    if (waiting_is(call) && call->wait.plan_queue == index) { /* It waits there already. */
        waiting_say_place(step, call, false);
        floor_speak(step, call);
        return;
    }
    waiting_end(step, call, QUEUE_LEFT, TEXT("into another queue"));
    enum queue_case when = hindrance(step, call, index);
    if (when == QUEUE_CASES) {
        join(step, call, index, priority);
        waiting_say_place(step, call, true);
        waiting_arm(step, call);
        floor_speak(step, call);
        return;
    }
    if (call->wait.passages < UINT8_MAX)
        call->wait.passages++;
    call->wait.priority = priority_of(step, call, queue, priority);
    account(step, call, queue, QUEUE_OVERFLOWED, case_reasons[when]);
    uint8_t at = step->core->queue_of[call->plan][index];
    if (at)
        forecast_overflowed(&step->core->queues[at - 1].figures, step->event->now_ms);
    lead_on(step, call, queue, when);
}

void waiting_next(struct call *call, uint8_t queue, int8_t priority, bool plain)
{
    call->talk.after = AFTER_QUEUE;
    call->wait.then = OVERFLOW_QUEUE;
    call->wait.into = queue;
    call->wait.into_priority = priority;
    call->wait.into_plain = plain;
    call->wait.escalated = false;
}

void waiting_follow(struct step *step, struct call *call)
{
    const struct plan_queue *queue = &call_plan(step->core, call)->queues[call->wait.into];
    enum overflow_kind then = call->wait.then;

    call->wait.wanted = false;
    call->wait.then = OVERFLOW_QUEUE;
    if (then == OVERFLOW_QUEUE) {
        call->talk.final_words = false;
        call->offering.plain = call->wait.into_plain;
        waiting_begin(step, call, call->wait.into, call->wait.into_priority);
        return;
    }
    if (then == OVERFLOW_VOICEMAIL ? voicemail_begin(step, call, queue->name)
                                   : promise_begin(step, call, queue->name))
        return;
    waiting_say(step, call, queue, QUEUE_WORDS_GOODBYE);
    call->talk.after = AFTER_HANG_UP;
    call->talk.after_cause = CAUSE_NOT_SERVED;
    floor_speak(step, call);
}

/* ---- Taken, and back ---- */

void waiting_offered(struct step *step, struct call *call, bool offered)
{
    if (waiting_is(call))
        queue_set_offered(order_of(step->core, call), waiting_entries(step->core),
                          slot_of(call->id), offered);
}

static void leave_order(struct step *step, struct call *call)
{
    step->core->queues[call->wait.queue].standing -= call->wait.standing;
    step_timer_cancel(step, call, TIMER_WAIT);
    queue_leave(order_of(step->core, call), waiting_entries(step->core), slot_of(call->id));
}

void waiting_taken(struct step *step, struct call *call, struct text operator_name)
{
    const struct plan_queue *queue = waiting_queue(step->core, call);
    uint32_t waited_ms = (uint32_t)(step->event->now_ms - call->wait.entered_ms);

    if (!waiting_is(call))
        return;
    leave_order(step, call);
    if (call->wait.standing) { /* Nobody is on the line: no passage of a caller. */
        call->wait.state = WAIT_TAKEN;
        return;
    }
    hold_quiet(step, call);
    conversation_away(step, call);
    forecast_answered(figures_of(step->core, call), step->event->now_ms, waited_ms, queue->level_ms,
                      &call->wait.told);
    struct command *taken = account(step, call, queue, QUEUE_ANSWERED, TEXT_EMPTY);
    taken->queue.operator_name = operator_name;
    call->wait.state = WAIT_TAKEN;
}

bool waiting_can_return(const struct step *step, const struct call *call)
{
    const struct wait *wait = &call->wait;
    const struct plan *plan = call_plan(step->core, call);
    int16_t hours = plan->queues[wait->plan_queue].hours;

    return wait->state == WAIT_TAKEN &&
           step->core->queue_of[call->plan][wait->plan_queue] == wait->queue + 1 &&
           (hours < 0 || hours_open(&plan->hours[hours], step->event->wall_ms));
}

static void again(struct step *step, struct call *call, const struct plan_queue *queue,
                  struct text why)
{
    struct wait *wait = &call->wait;

    wait->state = WAIT_ON;
    wait->told.known = false; /* It was judged by the first answer. */
    wait->entered_ms = step->event->now_ms;
    wait->until_ms = queue->max_wait_ms ? step->event->now_ms + queue->max_wait_ms : 0;
    wait->helped_ms = 0;
    wait->quiet = false;
    put_in_order(step, call);
    offering_look(step);
    account(step, call, queue, QUEUE_BACK, why);
}

void waiting_back(struct step *step, struct call *call, enum queue_words words, struct text why)
{
    const struct plan_queue *queue = waiting_queue(step->core, call);
    struct wait *wait = &call->wait;

    if (wait->state != WAIT_TAKEN || call->state != CALL_UP)
        return;
    if (wait->standing) { /* Their promise stood there: they are there for the first time. */
        wait->kept = true;
        join(step, call, wait->plan_queue, (int8_t)wait->priority);
    } else {
        again(step, call, queue, why);
    }
    waiting_say(step, call, queue, words);
    waiting_say_place(step, call, false);
    waiting_arm(step, call);
    floor_speak(step, call);
}

void waiting_hold(struct step *step, struct call *call)
{
    if (!waiting_keeps(call) || call->state != CALL_UP)
        return;
    join(step, call, call->wait.plan_queue, (int8_t)call->wait.priority);
    waiting_say_place(step, call, false);
    waiting_arm(step, call);
    floor_speak(step, call);
}

void waiting_served(struct core *core, uint8_t queue, uint32_t ms)
{
    if (queue < QUEUE_STATES)
        forecast_served(&core->queues[queue].figures, ms);
}

/* ---- Out ---- */

void waiting_end(struct step *step, struct call *call, enum queue_what what, struct text why)
{
    struct wait *wait = &call->wait;

    if (waiting_is(call) && wait->standing) {
        leave_order(step, call);
        wait->state = WAIT_NONE;
        offering_withdraw(step, call, why);
    } else if (waiting_is(call)) {
        const struct plan_queue *queue = waiting_queue(step->core, call);
        uint32_t waited_ms = (uint32_t)(step->event->now_ms - wait->entered_ms);
        leave_order(step, call);
        hold_quiet(step, call);
        if (what == QUEUE_ABANDONED)
            forecast_abandoned(figures_of(step->core, call), step->event->now_ms, waited_ms,
                               queue->level_ms);
        else if (what == QUEUE_OVERFLOWED)
            forecast_overflowed(figures_of(step->core, call), step->event->now_ms);
        forecast_left(figures_of(step->core, call), step->event->now_ms, waited_ms, &wait->told);
        account(step, call, queue, what, why);
        wait->state = WAIT_NONE;
        offering_withdraw(step, call, why);
    }
    wait->state = WAIT_NONE;
    wait->kept = false;
}

void waiting_overflow(struct step *step, struct call *call, enum queue_case when)
{
    const struct plan_queue *queue = waiting_queue(step->core, call);

    waiting_end(step, call, QUEUE_OVERFLOWED, case_reasons[when]);
    lead_on(step, call, queue, when);
}

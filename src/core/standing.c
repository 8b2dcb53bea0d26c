// SPDX-License-Identifier: Apache-2.0
/* standing.c - from a place in the queue to two people who talk. */
#include "core/standing.h"

#include "core/call.h"
#include "core/calling.h"
#include "core/dial.h"
#include "core/hold.h"
#include "core/house.h"
#include "core/join.h"
#include "core/leg.h"
#include "core/offering_inside.h"
#include "core/operators.h"
#include "core/places.h"
#include "core/recall_inside.h"
#include "core/transfer.h"
#include "core/waiting.h"

enum {
    A_STEP = 8,      /* That enter or leave in one step. */
    NOTED_MS = 3000, /* The account's time; then nobody is called. */
};

/* ---- The place ---- */

static int16_t queue_of(const struct core *core, const struct callback *callback)
{
    const struct plan *plan = recall_plan(core);

    for (uint8_t i = 0; plan && callback->queue[0] && i < plan->queue_count; i++)
        if (text_equal(plan->queues[i].name, text_of(callback->queue)))
            return i;
    return -1;
}

bool standing_wanted(const struct core *core, const struct callback *callback, uint64_t wall_ms)
{
    int16_t queue = queue_of(core, callback);

    return queue >= 0 && callback->until_ms > wall_ms && recall_plan(core)->queues[queue].operator_first &&
           core->queue_of[core->plan_now][queue] > 0;
}

static uint32_t place_of(const struct core *core, const struct callback *callback)
{
    return core->max_calls + (uint32_t)(callback - core->callbacks.items);
}

/* On the core's clock; before its beginning, perhaps. */
static int64_t joined_ms(const struct step *step, const struct callback *callback)
{
    return (int64_t)step->event->now_ms -
           (int64_t)(step->event->wall_ms - callback->place_ms);
}

static void stand(struct step *step, uint8_t queue, uint32_t place, struct queue_entry entry)
{
    waiting_entries(step->core)[place] = entry;
    queue_join(&step->core->queues[queue].order, waiting_entries(step->core), place);
    step->core->queues[queue].standing++;
    offering_look(step);
}

void standing_enter(struct step *step, struct callback *callback)
{
    struct core *core = step->core;
    int16_t queue = queue_of(core, callback);

    callback->state = CALLBACK_QUEUED;
    callback->stands_in = (uint8_t)(core->queue_of[core->plan_now][queue] - 1);
    callback->asked = false;
    stand(step, callback->stands_in, place_of(core, callback),
          (struct queue_entry){.who = callback->id,
                               .priority = callback->priority,
                               .joined_ms = joined_ms(step, callback),
                               .skills = recall_plan(core)->queues[queue].skills});
    recall_write(step, callback, TASK_WAITING, TEXT_EMPTY);
}

void standing_leave(struct core *core, struct callback *callback)
{
    if (callback->state != CALLBACK_QUEUED)
        return;
    queue_leave(&core->queues[callback->stands_in].order, waiting_entries(core),
                place_of(core, callback));
    core->queues[callback->stands_in].standing--;
    callback->state = CALLBACK_WAITING;
    callback->asked = false;
}

void standing_urge(struct step *step, struct callback *callback)
{
    struct core *core = step->core;
    struct call *call = core_call(core, callback->call);

    callback->priority = QUEUE_TOP_PRIORITY;
    if (callback->state == CALLBACK_QUEUED) {
        queue_set_priority(&core->queues[callback->stands_in].order, waiting_entries(core),
                           place_of(core, callback), QUEUE_TOP_PRIORITY);
    } else if (callback->state == CALLBACK_OFFERED && call && waiting_is(call)) {
        call->wait.priority = QUEUE_TOP_PRIORITY;
        queue_set_priority(&core->queues[call->wait.queue].order, waiting_entries(core),
                           slot_of(call->id), QUEUE_TOP_PRIORITY);
    } else {
        return;
    }
    offering_look(step);
}

/* ---- Time ---- */

static bool is_closed(const struct step *step, const struct callback *callback)
{
    return calling_from(recall_plan(step->core), text_of(callback->queue),
                        step->event->wall_ms) > step->event->wall_ms;
}

/* Its next attempt is now, or in a moment. */
static bool is_near(const struct step *step, const struct callback *callback)
{
    return callback->next_ms <= step->event->wall_ms + CALLBACKS_SOON_MS;
}

/* False: it is as it should be. */
static bool tend(struct step *step, struct callback *callback)
{
    bool due = callback->next_ms <= step->event->wall_ms;

    if (callback->stands && callback->until_ms <= step->event->wall_ms &&
        (callback->state == CALLBACK_QUEUED || callback->state == CALLBACK_WAITING)) {
        standing_leave(step->core, callback);
        callback->stands = false; /* The voice agent's, now. */
        recall_write(step, callback, TASK_WAITING, TEXT("no operator came in time"));
        return true;
    }
    if (callback->state == CALLBACK_QUEUED && due && !callback->asked &&
        is_closed(step, callback)) {
        recall_put_off(step, callback, 0, TEXT("it is closed"));
        return true;
    }
    if (callback->state != CALLBACK_WAITING || !callback->stands || callback->held ||
        !is_near(step, callback))
        return false;
    if (due && is_closed(step, callback))
        recall_put_off(step, callback, 0, TEXT("it is closed"));
    else
        standing_enter(step, callback);
    return true;
}

void standing_tend(struct step *step)
{
    struct callbacks *callbacks = &step->core->callbacks;

    for (uint32_t i = 0, done = 0; callbacks->count && i < MAX_CALLBACKS; i++) {
        struct callback *callback = &callbacks->items[i];
        if (callback_is_open(callback) && tend(step, callback) && ++done == A_STEP) {
            house_wake(step, step->event->now_ms);
            return;
        }
    }
}

void standing_plan(struct step *step)
{
    struct callbacks *callbacks = &step->core->callbacks;

    for (uint32_t i = 0; callbacks->count && i < MAX_CALLBACKS; i++) {
        struct callback *callback = &callbacks->items[i];
        if (!callback_is_open(callback))
            continue;
        standing_leave(step->core, callback);
        callback->stands = standing_wanted(step->core, callback, step->event->wall_ms);
    }
    if (callbacks->count)
        house_wake(step, step->event->now_ms);
}

/* ---- An operator is free ---- */

bool standing_ask(struct step *step, uint32_t place)
{
    struct core *core = step->core;
    struct callback *callback = &core->callbacks.items[place - core->max_calls];
    uint64_t now_ms = step->event->now_ms;

    if (callback->state != CALLBACK_QUEUED || callback->held || core->draining ||
        callback->next_ms > step->event->wall_ms || is_closed(step, callback))
        return false;
    if (!callback->asked || callback->since_ms + STANDING_ASK_MS <= now_ms) {
        recall_place(step, callback)->place.key = TEXT_EMPTY; /* It calls nobody yet. */
        callback->asked = true;
    }
    house_wake(step, callback->since_ms + STANDING_ASK_MS);
    return true;
}

bool standing_may(const struct step *step, const struct call *call)
{
    const struct callback *callback = callbacks_find(&step->core->callbacks, call->callback);

    return callback && !is_closed(step, callback);
}

void standing_placed(struct step *step, struct call *call, struct callback *callback)
{
    uint8_t queue = callback->stands_in;
    int16_t at = queue_of(step->core, callback);

    standing_leave(step->core, callback);
    callback->state = CALLBACK_OFFERED;
    call->state = CALL_STANDING;
    call->wait = (struct wait){.state = WAIT_ON,
                               .queue = queue,
                               .plan_queue = (uint8_t)at,
                               .priority = callback->priority,
                               .standing = true,
                               .skills = call_plan(step->core, call)->queues[at].skills,
                               .entered_ms = step->event->now_ms,
                               .place_ms = joined_ms(step, callback)};
    stand(step, queue, slot_of(call->id),
          (struct queue_entry){.who = call->id,
                               .priority = call->wait.priority,
                               .joined_ms = call->wait.place_ms,
                               .skills = call->wait.skills});
    struct command *task = recall_write(step, callback, TASK_WAITING, TEXT_EMPTY);
    task->task.attempt = text_of(call->ref);
}

void standing_dismiss(struct step *step, const struct callback *callback, struct text why)
{
    struct call *call = core_call(step->core, callback->call);

    if (call && call->state == CALL_STANDING)
        call_end(step, call, CAUSE_NOT_SERVED, why);
}

uint64_t standing_ms(const struct step *step, const struct call *call)
{
    int64_t ms = (int64_t)step->event->now_ms - call->wait.place_ms;

    return ms > 0 ? (uint64_t)ms : 0;
}

/* ---- Taken ---- */

/* As outbound.c does: what was dialled until now were operators. */
static void dial_party(struct step *step, struct call *call, const struct callback *callback)
{
    const struct plan *plan = call_plan(step->core, call);

    call->dial = (struct dial){.only = plan->callbacks.trunk, .hops = 70};
    dial_user(text_of(callback->party), call->dial.target, sizeof(call->dial.target));
    text_copy(call->dial.from, sizeof(call->dial.from), plan->callbacks.from);
}

void standing_accepted(struct step *step, struct call *call)
{
    struct callback *callback = callbacks_find(&step->core->callbacks, call->callback);

    transfer_tell(step, call, TEXT("warm"), true, 200, TEXT_EMPTY);
    call->state = CALL_FETCHING;
    step_timer_set(step, call, TIMER_CALL, step->event->now_ms + NOTED_MS);
    if (!callback)
        return;
    callbacks_call(&step->core->callbacks, callback, step->event->now_ms);
    callback->call = call->id;
    dial_party(step, call, callback);
    struct command *task = recall_write(step, callback, TASK_CALLING, TEXT_EMPTY);
    task->call = call->id;
    task->leg = call->leg;
    task->task.attempt = text_of(call->ref);
    offering_say(step, call, WORDS_CALLING);
}

/* The attempt is durable: whatever happens now, it is not made again. */
void standing_noted(struct step *step, struct call *call)
{
    struct leg *near = core_leg(step->core, call->leg);
    enum cause cause;

    if (call->state != CALL_FETCHING || near->state != LEG_IDLE)
        return;
    if (!dial_next(step, call, near)) {
        struct text why = dial_failure(step, call, &call->status, &cause);
        standing_missed(step, call, cause, why);
        return;
    }
    step_timer_set(step, call, TIMER_CALL,
                   step->event->now_ms + call_manners(step->core, call)->ring_ms);
}

/* What the other side's network says before the answer, the operator hears. */
void standing_progress(struct step *step, struct call *call)
{
    if (call->state != CALL_FETCHING || !step->leg->media_open || call->joined)
        return;
    hold_quiet(step, call);
    join_begin(step, call);
}

void standing_answered(struct step *step, struct call *call)
{
    const struct leg *far = core_leg(step->core, call->far);
    const struct plan_operator *person =
        far->operator_place ? operators_person(step->core, (int16_t)(far->operator_place - 1)) : NULL;

    call_answered(step, call);
    join_fetched(step, call);
    step_timer_set(step, call, TIMER_WAIT, step->event->now_ms + STANDING_REACHED_MS);
    if (person)
        offering_introduce(step, call, person->label);
}

void standing_missed(struct step *step, struct call *call, enum cause cause, struct text why)
{
    struct callback *callback = callbacks_find(&step->core->callbacks, call->callback);
    struct text words = step_text_copy(step, why.size ? why : text_of(cause_names[cause]));

    call->callback = 0;
    if (callback)
        recall_failed(step, callback, text_of(cause_names[cause]));
    hold_quiet(step, call);
    join_part(step, call);
    call->cause = cause;
    leg_end(step, core_leg(step->core, call->leg), words);
    call->cause = CAUSE_NONE;
    call->state = CALL_EXCUSING;
    call->talk.after_cause = cause;
    text_copy(call->detail, sizeof(call->detail), words);
    step_timer_set(step, call, TIMER_CALL, step->event->now_ms + STANDING_EXCUSE_MS);
    offering_say(step, call, WORDS_NOT_REACHED);
}

void standing_said(struct step *step, struct call *call)
{
    if (call->state == CALL_EXCUSING) {
        struct text why = step_text_copy(step, text_of(call->detail));
        call_end(step, call, call->talk.after_cause, why);
    } else if (call->state == CALL_FETCHING && !call->joined) { /* Not silence meanwhile. */
        call->hold.leg = call->far;
        hold_play(step, call, offering_queue(step->core, call)->music);
    }
}

void standing_overdue(struct step *step, struct call *call)
{
    if (call->state == CALL_EXCUSING) {
        standing_said(step, call);
    } else if (call->state == CALL_FETCHING) {
        bool dialed = core_leg(step->core, call->leg)->state != LEG_IDLE;
        standing_missed(step, call, dialed ? CAUSE_NO_ANSWER : CAUSE_SERVER_FAILURE,
                        dialed ? TEXT("nobody answered in time")
                               : TEXT("the account could not be written"));
    } else if (offering_is(call)) {
        step_timer_set(step, call, TIMER_CALL, step->event->now_ms + SETUP_MS);
    } else { /* Its place in the server is for those whom somebody will take. */
        call_end(step, call, CAUSE_NOT_SERVED, TEXT("no operator took it"));
    }
}

void standing_reached(struct step *step, struct call *call)
{
    struct callback *callback = callbacks_find(&step->core->callbacks, call->callback);

    call->callback = 0;
    if (callback)
        recall_end(step, callback, TASK_KEPT, TEXT_EMPTY);
}

/* ---- Promises ---- */

static bool broken(struct text_buffer *why, struct text what)
{
    text_append(why, what);
    return false;
}

bool standing_check(const struct core *core, struct text_buffer *why)
{
    const struct queue_entry *entries = waiting_entries(core);
    uint32_t standing[QUEUE_STATES] = {0};

    for (uint32_t i = 0; i < MAX_CALLBACKS; i++) {
        const struct callback *callback = &core->callbacks.items[i];
        uint32_t who = callback->state == CALLBACK_QUEUED ? callback->id : 0;
        if (entries[core->max_calls + i].who != who)
            return broken(why, TEXT("a place in a queue is not of the promise that stands there"));
        if (who)
            standing[callback->stands_in]++;
    }
    for (uint32_t slot = 0; slot < core->call_slots.fresh; slot++) {
        const struct call *call = &places_calls(core)[slot];
        if (!places_call_links(core)[slot].used)
            continue;
        if ((call->state == CALL_STANDING) != (waiting_is(call) && call->wait.standing))
            return broken(why, TEXT("a promise's call stands in no queue"));
        if (call->state == CALL_STANDING)
            standing[call->wait.queue]++;
    }
    for (uint32_t i = 0; i < QUEUE_STATES; i++)
        if (core->queues[i].standing != standing[i])
            return broken(why, TEXT("promises in a queue are counted wrongly"));
    return true;
}

// SPDX-License-Identifier: Apache-2.0
/* recall.c - from a promise to attempts, and to its end. */
#include "core/recall_inside.h"

#include "core/calling.h"
#include "core/hear.h"
#include "core/house.h"
#include "core/offering.h"
#include "core/permit.h"
#include "core/places.h"
#include "core/reply.h"
#include "core/standing.h"

enum {
    PLACE_MS = 10000,    /* CALL_PLACE comes back by then, or is said again. */
    NO_ROOM_MS = 30000,  /* The server took no call: that was no attempt. */
    LATEST_MS = 86400000, /* Between two attempts, at most. */
    A_STEP = 8,          /* Attempts and warnings of one step. */
    SERVED_MS = 20000    /* A caller who was up so long was served. */
};

const struct plan *recall_plan(const struct core *core)
{
    return core->plan_now < 0 ? NULL : core->plans[core->plan_now];
}

static const struct plan *plan_of(const struct step *step)
{
    return recall_plan(step->core);
}

struct command *recall_write(struct step *step, const struct callback *callback,
                             enum task_state state, struct text why)
{
    struct text ref = step_text_copy(step, text_of(callback->ref));
    struct text party = step_text_copy(step, text_of(callback->party));
    struct text queue = step_text_copy(step, text_of(callback->queue));
    struct text agent = step_text_copy(step, text_of(callback->agent));
    struct text intent = step_text_copy(step, text_of(callback->intent));
    struct text about = step_text_copy(step, text_of(callback->about));
    struct command *task = step_emit(step, STORE_TASK, NULL);

    task->task.ref = ref;
    task->task.wall_ms = step->event->wall_ms;
    task->task.turn = callback->turn;
    task->task.number = callback->number;
    task->task.kind = TASK_CALLBACK;
    task->task.state = state;
    task->task.party = party;
    task->task.queue = queue;
    task->task.agent = agent;
    task->task.intent = intent;
    task->task.summary = about;
    task->task.attempts = callback->attempts;
    task->task.from_ms = callback->from_ms;
    task->task.until_ms = callback->until_ms;
    task->task.next_ms = state == TASK_WAITING ? callback->next_ms : 0;
    task->task.why = why;
    task->task.place_ms = callback->place_ms;
    task->task.priority = callback->priority;
    task->task.queued = state == TASK_WAITING && (callback->state == CALLBACK_QUEUED ||
                                                  callback->state == CALLBACK_OFFERED);
    return task;
}

void recall_wake(struct step *step)
{
    uint64_t at_ms = callbacks_next_ms(&step->core->callbacks, step->event->wall_ms,
                                       plan_of(step)->callbacks.warn_ms);

    if (at_ms != UINT64_MAX)
        house_wake_wall(step, at_ms);
}

/* There is room again for those that only the account has. */
static void ask_for_more(struct step *step)
{
    if (callbacks_ask(&step->core->callbacks))
        step_emit(step, STORE_TASKS_WANTED, NULL);
}

/* It is over: its place is for one that only the account has. */
void recall_end(struct step *step, struct callback *callback, enum task_state state,
                struct text why)
{
    standing_leave(step->core, callback);
    recall_write(step, callback, state, why);
    callbacks_remove(&step->core->callbacks, callback);
    ask_for_more(step);
    recall_wake(step); /* Another may be called now. */
}

void recall_put_off(struct step *step, struct callback *callback, uint64_t ms, struct text why)
{
    standing_leave(step->core, callback);
    callbacks_wait(&step->core->callbacks, callback,
                   calling_from(plan_of(step), text_of(callback->queue),
                                step->event->wall_ms + ms));
    recall_write(step, callback, TASK_WAITING, why);
    recall_wake(step);
}

void recall_failed(struct step *step, struct callback *callback, struct text why)
{
    const struct plan_callbacks *plan = &plan_of(step)->callbacks;
    uint64_t ms = plan->again_ms;

    if (callback->by_hand) {
        recall_end(step, callback, callback->wish, TEXT("by hand"));
        return;
    }
    if (callback->attempts >= plan->attempts) {
        recall_end(step, callback, TASK_GIVEN_UP, why);
        return;
    }
    for (uint32_t i = 1; i < callback->attempts && ms < LATEST_MS; i++)
        ms *= 2;
    recall_put_off(step, callback, ms < LATEST_MS ? ms : LATEST_MS, why);
}

/* ---- Made, and known from before ---- */

void recall_place_of(const struct step *step, const struct call *call, struct callback *out)
{
    const struct event *event = step->event;
    const struct wait *wait = &call->wait;
    const struct plan *plan = call_plan(step->core, call);
    bool waited = wait->passages && wait->place_ms && wait->plan_queue < plan->queue_count &&
                  text_equal(plan->queues[wait->plan_queue].name, text_of(call->parting.queue));
    int64_t ago_ms = waited ? (int64_t)event->now_ms - wait->place_ms : 0;

    out->place_ms = event->wall_ms - (uint64_t)(ago_ms > 0 ? ago_ms : 0);
    out->priority = wait->passages ? wait->priority : 0;
}

void recall_add(struct step *step, struct call *call, const struct callback *callback)
{
    struct callback made = *callback;

    text_copy(made.ref, sizeof(made.ref), text_of(call->ref));
    text_copy(made.agent, sizeof(made.agent), call_agent(step->core, call)->name);
    text_copy(made.queue, sizeof(made.queue), text_of(call->parting.queue));
    text_copy(made.intent, sizeof(made.intent), text_of(call->talk.context.intent));
    if (!made.about[0])
        text_copy(made.about, sizeof(made.about), text_of(call->talk.context.summary));
    recall_place_of(step, call, &made);
    permit_count(step, call, &made);
    struct callback *kept = callbacks_add(&step->core->callbacks, &made);
    if (!kept)
        return;
    kept->held = call->id; /* Nobody is called who is still on the line. */
    kept->stands = standing_wanted(step->core, kept, step->event->wall_ms);
    if (kept->stands && kept->next_ms <= step->event->wall_ms + CALLBACKS_SOON_MS)
        standing_enter(step, kept); /* The place is kept all the same. */
    recall_wake(step);
}

void recall_move(struct step *step, const struct call *call, uint32_t number,
                 const struct callback *window, struct text why)
{
    struct callback *callback =
        callbacks_named(&step->core->callbacks, text_of(call->ref), 0, number);

    if (!callback || callback->state != CALLBACK_WAITING)
        return;
    callback->from_ms = window->from_ms;
    callback->next_ms = window->next_ms;
    callback->until_ms = window->until_ms;
    recall_write(step, callback, TASK_WAITING, why);
    if (callback->stands && callback->next_ms <= step->event->wall_ms + CALLBACKS_SOON_MS)
        standing_enter(step, callback);
    recall_wake(step);
}

void recall_known(struct step *step)
{
    const struct event *event = step->event;
    struct callback known = {.turn = event->task.turn,
                             .number = event->task.number,
                             .promised_ms = event->task.promised_ms,
                             .place_ms = event->task.place_ms ? event->task.place_ms
                                                              : event->task.promised_ms,
                             .priority = event->task.priority < QUEUE_TOP_PRIORITY
                                             ? (uint8_t)event->task.priority
                                             : QUEUE_TOP_PRIORITY,
                             .from_ms = event->task.from_ms,
                             .until_ms = event->task.until_ms,
                             .next_ms = event->task.next_ms,
                             .attempts = event->task.attempts};

    if (!plan_of(step) || callbacks_named(&step->core->callbacks, event->task.ref,
                                          event->task.turn, event->task.number))
        return;
    text_copy(known.ref, sizeof(known.ref), event->task.ref);
    text_copy(known.party, sizeof(known.party), event->task.party);
    text_copy(known.queue, sizeof(known.queue), event->task.queue);
    text_copy(known.agent, sizeof(known.agent), event->task.agent);
    text_copy(known.intent, sizeof(known.intent), event->task.intent);
    text_copy(known.about, sizeof(known.about), event->task.about);
    if (event->task.calling && !event->task.made && known.attempts > 0)
        known.attempts--; /* The same once more, with the same key. */
    struct callback *callback = callbacks_add(&step->core->callbacks, &known);
    if (!callback)
        return;
    callback->stands = standing_wanted(step->core, callback, step->event->wall_ms);
    if (permit_never(plan_of(step), text_of(callback->party)))
        recall_end(step, callback, TASK_GIVEN_UP, TEXT("this number is never called"));
    else if (event->task.calling && event->task.reached)
        recall_end(step, callback, TASK_KEPT, TEXT("the server stopped while they spoke"));
    else if (event->task.calling && event->task.made)
        recall_failed(step, callback, TEXT("the server stopped during the attempt"));
    else
        recall_wake(step);
}

void recall_told(struct step *step)
{
    callbacks_told(&step->core->callbacks);
    ask_for_more(step);
}

void recall_asked(struct step *step)
{
    const struct event *event = step->event;
    struct callbacks *callbacks = &step->core->callbacks;

    for (uint32_t i = 0, ended = 0; i < MAX_CALLBACKS && ended < A_STEP; i++) {
        struct callback *callback = &callbacks->items[i];
        if (event->asked.kind != TASK_CALLBACK || !callback_is_open(callback) ||
            !text_equal(text_of(callback->ref), event->asked.ref))
            continue;
        callback->wish = event->asked.state;
        if (callback->call || callback->state == CALLBACK_CALLING) {
            callback->by_hand = true; /* The attempt under way is the last; */
            standing_dismiss(step, callback, TEXT("by hand")); /* what is none yet ends now. */
            continue;
        }
        recall_end(step, callback, event->asked.state, TEXT("by hand"));
        ended++;
    }
    struct command *command = step_emit(step, STORE_TASK_STATE, NULL);
    command->task_state.ref = event->asked.ref;
    command->task_state.wall_ms = event->wall_ms;
    command->task_state.kind = event->asked.kind;
    command->task_state.state = event->asked.state;
}

/* ---- Attempts ---- */

/* Who calls and says why, as far as the plan of now has it. */
static struct text agent_of(const struct plan *plan, const struct callback *callback)
{
    if (plan->callbacks.agent >= 0)
        return plan->agents[plan->callbacks.agent].name;
    for (uint8_t i = 0; i < plan->agent_count; i++)
        if (text_equal(plan->agents[i].name, text_of(callback->agent)))
            return plan->agents[i].name;
    return TEXT_EMPTY;
}

struct command *recall_place(struct step *step, struct callback *callback)
{
    const struct plan *plan = plan_of(step);
    struct text_buffer key = step_text(step);

    text_append(&key, TEXT("callback-"));
    text_append(&key, text_of(callback->ref));
    text_append_char(&key, '-');
    text_append_number(&key, callback->turn);
    text_append_char(&key, '-');
    text_append_number(&key, callback->number);
    text_append_char(&key, '-');
    text_append_number(&key, callback->attempts);
    struct text named = step_text_take(step, &key);
    struct command *command = step_emit(step, CALL_PLACE, NULL);
    command->place.callback = callback->id;
    command->place.key = named;
    command->place.number = text_of(callback->party);
    command->place.agent = agent_of(plan, callback);
    command->place.from = plan->callbacks.from;
    if (plan->callbacks.trunk >= 0)
        command->place.trunk = plan->trunks[plan->callbacks.trunk].name;
    callback->since_ms = step->event->now_ms;
    return command;
}

static void warn(struct step *step, struct callback *callback)
{
    const struct call *call = core_call(step->core, callback->call);

    callback->warned = true;
    standing_urge(step, callback);
    struct command *task = recall_write(
        step, callback, callback->state == CALLBACK_CALLING ? TASK_CALLING : TASK_WAITING,
        callback->until_ms < step->event->wall_ms ? TEXT("the promise is broken")
                                                  : TEXT("the promise is about to break"));
    if (call && call->wait.standing) /* No key names its attempt, but this. */
        task->task.attempt = text_of(call->ref);
}

/* Wishes that never came back are said again; when to look for more. */
static uint64_t insist(struct step *step)
{
    struct callbacks *callbacks = &step->core->callbacks;
    uint64_t now_ms = step->event->now_ms, next_ms = UINT64_MAX;

    for (uint32_t i = 0; callbacks->calling && i < MAX_CALLBACKS; i++) {
        struct callback *callback = &callbacks->items[i];
        if (callback->state != CALLBACK_CALLING || callback->call)
            continue;
        if (callback->since_ms + PLACE_MS <= now_ms)
            recall_place(step, callback);
        if (callback->since_ms + PLACE_MS < next_ms)
            next_ms = callback->since_ms + PLACE_MS;
    }
    return next_ms;
}

void recall_tend(struct step *step)
{
    struct core *core = step->core;
    struct callbacks *callbacks = &core->callbacks;
    uint64_t now_ms = step->event->now_ms, wall_ms = step->event->wall_ms, next_ms;
    struct callback *callback;

    if (!plan_of(step) || core->draining || callbacks->count == 0)
        return;
    uint32_t warn_ms = plan_of(step)->callbacks.warn_ms;
    for (int i = 0; i < A_STEP && (callback = callbacks_breaking(callbacks, wall_ms, warn_ms)); i++)
        warn(step, callback);
    standing_tend(step);
    for (int i = 0; i < A_STEP && (callback = callbacks_due(callbacks, wall_ms)); i++) {
        if (calling_from(plan_of(step), text_of(callback->queue), wall_ms) > wall_ms) {
            recall_put_off(step, callback, 0, TEXT("it is closed"));
            continue;
        }
        callbacks_call(callbacks, callback, now_ms);
        recall_write(step, callback, TASK_CALLING, TEXT_EMPTY);
        recall_place(step, callback);
    }
    next_ms = insist(step);
    if (next_ms != UINT64_MAX)
        house_wake(step, next_ms);
    recall_wake(step);
}

static struct callback *of_request(struct step *step)
{
    struct callback *callback =
        callbacks_find(&step->core->callbacks, step->event->request.callback);

    return callback && callback->call == 0 &&
                   (callback->state == CALLBACK_CALLING ||
                    (callback->state == CALLBACK_QUEUED && callback->asked && !callback->held))
               ? callback
               : NULL;
}

bool recall_placed(struct step *step, struct call *call)
{
    struct callback *callback = of_request(step);
    struct context *context = &call->talk.context;

    if (!callback)
        return false;
    call->callback = callback->id;
    callback->call = call->id;
    text_copy(context->intent, sizeof(context->intent), text_of(callback->intent));
    text_copy(context->summary, sizeof(context->summary), text_of(callback->about));
    text_copy(call->parting.queue, sizeof(call->parting.queue), text_of(callback->queue));
    text_copy(call->parting.number, sizeof(call->parting.number), text_of(callback->party));
    if (callback->state == CALLBACK_QUEUED)
        standing_placed(step, call, callback);
    return true;
}

void recall_refused(struct step *step, struct text why)
{
    struct callback *callback = of_request(step);

    if (!callback)
        return;
    callback->attempts -= callback->state == CALLBACK_CALLING;
    if (callback->by_hand)
        recall_end(step, callback, callback->wish, TEXT("by hand"));
    else if (callback->warned && callback->until_ms < step->event->wall_ms)
        recall_end(step, callback, TASK_GIVEN_UP, why); /* It cannot be made here at all. */
    else
        recall_put_off(step, callback, NO_ROOM_MS, why);
}

void recall_already(struct step *step, struct call *call)
{
    struct callback *callback = callbacks_find(&step->core->callbacks, call->callback);

    call->callback = 0;
    if (callback)
        recall_failed(step, callback, TEXT("the attempt was made already"));
}

/* ---- The caller is there ---- */

static bool keep(struct step *step, struct call *call)
{
    struct callback *callback = callbacks_find(&step->core->callbacks, call->callback);

    call->callback = 0;
    if (callback)
        recall_end(step, callback, TASK_KEPT, TEXT_EMPTY);
    reply_say(step, call, call->talk.agent,
              call_agent(step->core, call)->partings[PARTING_CALLS]);
    hear_expect(step, call, EXPECT_FREE);
    return call->talk.reply.live;
}

bool recall_greet(struct step *step, struct call *call)
{
    if (call->callback)
        return keep(step, call);
    if (call->outbound)
        return false;
    struct callback *callback =
        callbacks_of(&step->core->callbacks, text_of(call->talk.context.caller));
    if (!callback || callback->held)
        return false;
    callback->held = call->id;
    call->owed = callback->id;
    if (callback->state == CALLBACK_QUEUED) { /* They are here themselves. */
        standing_leave(step->core, callback);
        recall_write(step, callback, TASK_WAITING, TEXT_EMPTY);
    }
    standing_dismiss(step, callback, TEXT("the caller rang"));
    if (!call->wait.wanted) /* The queue has words of its own. */
        reply_say(step, call, call->talk.agent,
                  call_agent(step->core, call)->partings[PARTING_OWED]);
    return false;
}

static bool served(const struct step *step, const struct call *call)
{
    return call->talk.turns + call->talk.keys + call->transfers > 0 || call->joined ||
           (call->answered_ms && step->event->now_ms - call->answered_ms >= SERVED_MS);
}

/* The operator hung up on a machine that had answered. */
static bool only_answered(const struct step *step, const struct call *call)
{
    return step->event->kind == SIP_BYE && step->leg && step->leg->id == call->far &&
           step->event->now_ms < call->answered_ms + STANDING_REACHED_MS;
}

static void attempt_over(struct step *step, struct call *call, struct callback *callback)
{
    bool offered = callback->state == CALLBACK_OFFERED;

    if (call->answered_ms && !only_answered(step, call)) {
        recall_end(step, callback, TASK_KEPT, TEXT_EMPTY);
    } else if (offered && !callback->by_hand) { /* No attempt: nobody was called. */
        callbacks_wait(&step->core->callbacks, callback, callback->next_ms);
        recall_write(step, callback, TASK_WAITING, text_of(call->detail));
        recall_wake(step);
    } else {
        recall_failed(step, callback,
                      call->answered_ms ? TEXT("the operator hung up at once: nobody was there")
                      : call->far       ? TEXT("the operator hung up")
                                        : text_of(cause_names[call->cause]));
    }
}

void recall_ended(struct step *step, struct call *call)
{
    struct callback *callback = callbacks_find(&step->core->callbacks, call->callback);

    if (callback && callback->call == call->id)
        attempt_over(step, call, callback);
    call->callback = 0;
    uint32_t owed = call->owed;
    call->owed = 0;
    for (uint32_t i = 0; step->core->callbacks.count && i < MAX_CALLBACKS; i++) {
        callback = &step->core->callbacks.items[i];
        if (!callback_is_open(callback) || callback->held != call->id)
            continue;
        callback->held = 0;
        if (callback->id == owed && callback->state == CALLBACK_WAITING && served(step, call))
            recall_end(step, callback, TASK_CANCELLED, TEXT("the caller rang"));
        else
            recall_wake(step);
        offering_look(step); /* It may be offered now. */
    }
}

// SPDX-License-Identifier: Apache-2.0
/* recall.c - from a promise to attempts, and to its end. */
#include "core/recall.h"

#include "core/calling.h"
#include "core/hear.h"
#include "core/house.h"
#include "core/reply.h"

enum {
    PLACE_MS = 10000,    /* CALL_PLACE comes back by then, or is said again. */
    NO_ROOM_MS = 30000,  /* The server took no call: that was no attempt. */
    LATEST_MS = 86400000, /* Between two attempts, at most. */
    A_STEP = 8,          /* Attempts and warnings of one step. */
    SERVED_MS = 20000    /* A caller who was up so long was served. */
};

static const struct plan *plan_of(const struct step *step)
{
    return step->core->plan_now < 0 ? NULL : step->core->plans[step->core->plan_now];
}

static void write(struct step *step, const struct callback *callback, enum task_state state,
                  struct text why)
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
}

/* The house looks at what is due next. */
static void wake(struct step *step)
{
    const struct event *event = step->event;
    uint64_t at_ms = callbacks_next_ms(&step->core->callbacks, event->wall_ms,
                                       plan_of(step)->callbacks.warn_ms);

    if (at_ms != UINT64_MAX)
        house_wake(step, event->now_ms + (at_ms - event->wall_ms));
}

/* It is over: its place is for one that only the account has. */
static void end(struct step *step, struct callback *callback, enum task_state state,
                struct text why)
{
    struct callbacks *callbacks = &step->core->callbacks;

    write(step, callback, state, why);
    callbacks_remove(callbacks, callback);
    if (callbacks->more && callbacks->count <= MAX_CALLBACKS / 4 * 3) {
        callbacks->more = false;
        step_emit(step, STORE_TASKS_WANTED, NULL);
    }
    wake(step); /* Another may be called now. */
}

static void put_off(struct step *step, struct callback *callback, uint64_t ms, struct text why)
{
    callbacks_wait(&step->core->callbacks, callback,
                   calling_from(plan_of(step), text_of(callback->queue),
                                step->event->wall_ms + ms));
    write(step, callback, TASK_WAITING, why);
    wake(step);
}

/* An attempt came to nothing. */
static void failed(struct step *step, struct callback *callback, struct text why)
{
    const struct plan_callbacks *plan = &plan_of(step)->callbacks;
    uint64_t ms = plan->again_ms;

    if (callback->by_hand) {
        end(step, callback, callback->wish, TEXT("by hand"));
        return;
    }
    if (callback->attempts >= plan->attempts) {
        end(step, callback, TASK_GIVEN_UP, why);
        return;
    }
    for (uint32_t i = 1; i < callback->attempts && ms < LATEST_MS; i++)
        ms *= 2;
    put_off(step, callback, ms < LATEST_MS ? ms : LATEST_MS, why);
}

/* ---- Made, and known from before ---- */

void recall_add(struct step *step, struct call *call, const struct callback *callback)
{
    struct callback made = *callback;

    text_copy(made.ref, sizeof(made.ref), text_of(call->ref));
    text_copy(made.agent, sizeof(made.agent), call_agent(step->core, call)->name);
    text_copy(made.queue, sizeof(made.queue), text_of(call->parting.queue));
    text_copy(made.intent, sizeof(made.intent), text_of(call->talk.context.intent));
    if (!made.about[0])
        text_copy(made.about, sizeof(made.about), text_of(call->talk.context.summary));
    struct callback *kept = callbacks_add(&step->core->callbacks, &made);
    if (!kept)
        return;
    kept->held = call->id; /* Nobody is called who is still on the line. */
    wake(step);
}

void recall_known(struct step *step)
{
    const struct event *event = step->event;
    struct callback known = {.turn = event->task.turn,
                             .number = event->task.number,
                             .promised_ms = event->task.promised_ms,
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
    if (event->task.calling && event->task.reached)
        end(step, callback, TASK_KEPT, TEXT("the server stopped while they spoke"));
    else if (event->task.calling && event->task.made)
        failed(step, callback, TEXT("the server stopped during the attempt"));
    else
        wake(step);
}

void recall_asked(struct step *step)
{
    const struct event *event = step->event;
    struct callbacks *callbacks = &step->core->callbacks;

    for (uint32_t i = 0, ended = 0; i < MAX_CALLBACKS && ended < A_STEP; i++) {
        struct callback *callback = &callbacks->items[i];
        if (event->asked.kind != TASK_CALLBACK || callback->state == CALLBACK_FREE ||
            !text_equal(text_of(callback->ref), event->asked.ref))
            continue;
        if (callback->state == CALLBACK_CALLING) { /* The attempt under way is the last. */
            callback->by_hand = true;
            callback->wish = event->asked.state;
            continue;
        }
        end(step, callback, event->asked.state, TEXT("by hand"));
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

static void place(struct step *step, struct callback *callback)
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
}

static void warn(struct step *step, struct callback *callback)
{
    callback->warned = true;
    write(step, callback,
          callback->state == CALLBACK_CALLING ? TASK_CALLING : TASK_WAITING,
          callback->until_ms < step->event->wall_ms ? TEXT("the promise is broken")
                                                    : TEXT("the promise is about to break"));
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
            place(step, callback);
        if (callback->since_ms + PLACE_MS < next_ms)
            next_ms = callback->since_ms + PLACE_MS;
    }
    return next_ms;
}

uint64_t recall_tend(struct step *step)
{
    struct core *core = step->core;
    struct callbacks *callbacks = &core->callbacks;
    uint64_t now_ms = step->event->now_ms, wall_ms = step->event->wall_ms, next_ms, at_ms;
    struct callback *callback;

    if (!plan_of(step) || core->draining || callbacks->count == 0)
        return UINT64_MAX;
    uint32_t warn_ms = plan_of(step)->callbacks.warn_ms;
    for (int i = 0; i < A_STEP && (callback = callbacks_breaking(callbacks, wall_ms, warn_ms)); i++)
        warn(step, callback);
    for (int i = 0; i < A_STEP && (callback = callbacks_due(callbacks, wall_ms)); i++) {
        if (calling_from(plan_of(step), text_of(callback->queue), wall_ms) > wall_ms) {
            put_off(step, callback, 0, TEXT("it is closed"));
            continue;
        }
        callbacks_call(callbacks, callback, now_ms);
        write(step, callback, TASK_CALLING, TEXT_EMPTY);
        place(step, callback);
    }
    next_ms = insist(step);
    at_ms = callbacks_next_ms(callbacks, wall_ms, warn_ms);
    if (at_ms != UINT64_MAX && now_ms + (at_ms - wall_ms) < next_ms)
        next_ms = now_ms + (at_ms - wall_ms);
    return next_ms;
}

static struct callback *of_request(struct step *step)
{
    struct callback *callback =
        callbacks_find(&step->core->callbacks, step->event->request.callback);

    return callback && callback->state == CALLBACK_CALLING && callback->call == 0 ? callback
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
    return true;
}

void recall_refused(struct step *step, struct text why)
{
    struct callback *callback = of_request(step);

    if (!callback)
        return;
    callback->attempts--;
    if (callback->by_hand)
        end(step, callback, callback->wish, TEXT("by hand"));
    else if (callback->warned && callback->until_ms < step->event->wall_ms)
        end(step, callback, TASK_GIVEN_UP, why); /* It cannot be made here at all. */
    else
        put_off(step, callback, NO_ROOM_MS, why);
}

void recall_already(struct step *step, struct call *call)
{
    struct callback *callback = callbacks_find(&step->core->callbacks, call->callback);

    call->callback = 0;
    if (callback)
        failed(step, callback, TEXT("the attempt was made already"));
}

/* ---- The caller is there ---- */

static bool keep(struct step *step, struct call *call)
{
    struct callback *callback = callbacks_find(&step->core->callbacks, call->callback);

    call->callback = 0;
    if (callback)
        end(step, callback, TASK_KEPT, TEXT_EMPTY);
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

void recall_ended(struct step *step, struct call *call)
{
    struct callback *callback = callbacks_find(&step->core->callbacks, call->callback);

    if (callback && callback->call == call->id)
        failed(step, callback, text_of(cause_names[call->cause]));
    call->callback = 0;
    uint32_t owed = call->owed;
    call->owed = 0;
    for (uint32_t i = 0; step->core->callbacks.count && i < MAX_CALLBACKS; i++) {
        callback = &step->core->callbacks.items[i];
        if (callback->state == CALLBACK_FREE || callback->held != call->id)
            continue;
        callback->held = 0;
        if (callback->id == owed && callback->state == CALLBACK_WAITING && served(step, call))
            end(step, callback, TASK_CANCELLED, TEXT("the caller rang"));
        else
            wake(step);
    }
}

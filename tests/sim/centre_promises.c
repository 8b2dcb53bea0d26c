// SPDX-License-Identifier: Apache-2.0
/* centre_promises.c - callbacks that stand in a queue, in the naive twin: each is a caller without a
 * line, from the row that says so to the row that says otherwise. */
#include <string.h>

#include "centre.h"

enum { REACHED_MS = 10000 };

static struct caller *stand_in(struct task *task)
{
    if (task->stand_in)
        return &centre.callers[task->stand_in - 1];
    if (centre.caller_count == centre.caller_room) {
        centre_broken("more promises than there is room for");
        return NULL;
    }
    struct caller *caller = &centre.callers[centre.caller_count++];
    task->stand_in = centre.caller_count;
    caller->promise = (uint32_t)(task - centre.tasks) + 1;
    caller->end = END_PROMISED; /* Counted with who was promised it. */
    text_copy(caller->number, sizeof(caller->number), text_of(task->party));
    return caller;
}

static void leaves(struct caller *caller)
{
    if (caller->waiting)
        centre_unqueue(caller);
}

void centre_stands(struct task *task, const struct command *command)
{
    int queue = centre_queue_of(command->task.queue);
    struct caller *caller = command->task.queued || task->stand_in ? stand_in(task) : NULL;

    if (task->answered_ms && command->task.state == TASK_WAITING) {
        if (centre.now_ms - task->answered_ms > REACHED_MS)
            centre_broken("%s was reached, and is called again", task->ref);
        task->reached--; /* The operator hung up at once: it was a machine. */
    }
    text_copy(task->attempt, sizeof(task->attempt), command->task.attempt);
    task->answered_ms = 0;
    if (!caller)
        return;
    text_copy(caller->ref, sizeof(caller->ref), command->task.attempt);
    if (!command->task.queued || command->task.state != TASK_WAITING) {
        leaves(caller);
        return;
    }
    if (queue < 0 || !centre.plan->queues[queue].operator_first)
        centre_broken("a promise stands in a queue where it should not");
    if (!caller->waiting) {
        caller->queue = (uint8_t)(queue < 0 ? 0 : queue);
        caller->priority = (uint8_t)command->task.priority;
        caller->joined_ms = command->task.place_ms - CENTRE_WALL_MS;
        centre_enqueue(caller);
    }
    caller->priority = (uint8_t)command->task.priority;
}

/* The caller who asks for it in the queue keeps the place. */
void centre_keeps_place(const struct caller *caller, const struct command *command)
{
    if (caller->promise || caller->passage == 0 || caller->joined_ms == 0 ||
        centre_queue_of(command->task.queue) != caller->queue || caller->left_ms != centre.now_ms)
        return;
    if (command->task.place_ms != CENTRE_WALL_MS + caller->joined_ms ||
        command->task.priority != caller->priority)
        centre_broken("%s was promised another place", caller->ref);
}

bool centre_closed(void)
{
    uint64_t minute = (CENTRE_WALL_MS + centre.now_ms) / 60000 % 1440;

    return (minute >= 490 && minute < 500) || (minute >= 600 && minute < 630);
}

/* May it be offered now? */
bool centre_ready(const struct caller *caller)
{
    const struct task *task = caller->promise ? &centre.tasks[caller->promise - 1] : NULL;

    return !task || (!centre_closed() && task->next_ms <= CENTRE_WALL_MS + centre.now_ms &&
                     (!task->held || centre.callers[task->held - 1].end != END_OPEN));
}

bool centre_stand_in_opened(const struct command *command)
{
    for (uint32_t i = 0; i < centre.task_count; i++) {
        struct task *task = &centre.tasks[i];
        if (!task->stand_in || !text_equal(text_of(task->attempt), command->opened.ref))
            continue;
        struct caller *caller = &centre.callers[task->stand_in - 1];
        caller->call = command->call;
        caller->leg = command->leg;
        caller->again_ms = caller->forgotten_ms = 0;
        caller->offers = 0;
        centre.of_call[slot_of(command->call)] = task->stand_in;
        return true;
    }
    return false;
}

/* True: it was of a promise's call. */
bool centre_stand_in_answered(struct text ref)
{
    for (uint32_t i = 0; i < centre.task_count; i++) {
        struct task *task = &centre.tasks[i];
        if (!task->attempt[0] || !text_equal(text_of(task->attempt), ref))
            continue;
        if (task->state != TASK_CALLING)
            centre_broken("callback %s was made without an attempt", task->ref);
        if (task->reached++ > 0)
            centre_broken("callback %s was made twice", task->ref);
        task->answered_ms = centre.now_ms;
        centre.figures->by_operators++;
        return true;
    }
    return false;
}

void centre_stand_in_closed(struct caller *caller)
{
    caller->call = 0;
    caller->offers = 0;
    caller->again_ms = caller->forgotten_ms = 0;
}

/* Nobody stands anywhere when the server is dead. */
void centre_stand_ins_lost(void)
{
    for (uint32_t i = 0; i < centre.task_count; i++) {
        struct caller *caller =
            centre.tasks[i].stand_in ? &centre.callers[centre.tasks[i].stand_in - 1] : NULL;
        if (!caller)
            continue;
        leaves(caller);
        centre_stand_in_closed(caller);
    }
}

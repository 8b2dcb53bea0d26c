// SPDX-License-Identifier: Apache-2.0
/* centre_ends.c - what becomes of everybody: callbacks that are promised, accounts that are closed,
 * the end of the server, the end of the day. */
#include <string.h>

#include "centre.h"

/* ---- Promises ---- */

struct task *centre_task(struct text ref, uint32_t turn, uint32_t number)
{
    for (uint32_t i = centre.task_count; i-- > 0;) {
        struct task *task = &centre.tasks[i];
        if (task->turn == turn && task->number == number && text_equal(text_of(task->ref), ref))
            return task;
    }
    return NULL;
}

static bool is_open(enum task_state state)
{
    return state == TASK_WAITING || state == TASK_CALLING;
}

void centre_ends_task(const struct command *command)
{
    struct task *task = centre_task(command->task.ref, command->task.turn, command->task.number);
    struct caller *caller = command->call ? centre_caller(command) : NULL;
    enum task_state state = command->task.state;

    if (command->task.kind == TASK_MESSAGE) {
        if (caller)
            caller->message |= state == TASK_NEW || state == TASK_RECORDING;
        return;
    }
    if (!task) {
        task = &centre.tasks[centre.task_count++];
        text_copy(task->ref, sizeof(task->ref), command->task.ref);
        task->turn = command->task.turn;
        task->number = command->task.number;
        task->promised_ms = command->task.wall_ms;
        task->held = caller ? (uint32_t)(caller - centre.callers) + 1 : 0;
        if (caller)
            centre_keeps_place(caller, command);
        centre.figures->promises++;
        centre.open_tasks++;
    } else if (!is_open(task->state)) {
        centre_broken("a callback that is over is written again");
    }
    text_copy(task->party, sizeof(task->party), command->task.party);
    text_copy(task->queue, sizeof(task->queue), command->task.queue);
    text_copy(task->agent, sizeof(task->agent), command->task.agent);
    task->attempts = command->task.attempts;
    task->from_ms = command->task.from_ms;
    task->until_ms = command->task.until_ms;
    task->next_ms = command->task.next_ms;
    task->place_ms = command->task.place_ms;
    task->priority = command->task.priority;
    task->state = state;
    centre_stands(task, command);
    centre.open_tasks -= !is_open(state);
    centre.figures->kept += state == TASK_KEPT;
    centre.figures->given_up += state == TASK_GIVEN_UP;
    centre.figures->cancelled += state == TASK_CANCELLED;
    if (caller && !caller->promise)
        caller->promised = is_open(state);
}

/* ---- Ends ---- */

static void finish(struct caller *caller, enum centre_end end)
{
    if (caller->waiting)
        centre_unqueue(caller);
    if (caller->end != END_OPEN)
        centre_broken("%s ends twice", caller->ref);
    caller->end = end;
    centre.figures->ends[end]++;
    centre.open--;
}

void centre_ends_closed(const struct command *command)
{
    struct caller *caller = centre_caller(command);

    if (!caller)
        return;
    if (caller->promise) {
        centre_stand_in_closed(caller);
        return;
    }
    if (caller->waiting)
        centre_broken("%s waits, and its account is closed", caller->ref);
    enum cause cause = command->closed.cause;
    enum centre_end end = caller->taken      ? END_SERVED
                          : caller->promised ? END_PROMISED
                          : caller->message  ? END_MESSAGE
                          : caller->said_bye ? END_ABANDONED
                          : cause == CAUSE_NOT_SERVED || cause == CAUSE_AGENT_FINISHED ||
                                  cause == CAUSE_SILENCE || cause == CAUSE_FULL
                              ? END_TOLD
                              : END_OPEN;
    if (end == END_OPEN)
        centre_broken("%s was lost: %s", caller->ref, cause_names[cause]);
    else
        finish(caller, end);
}

/* As the account does at the next start: who waited is owed a callback, in the old place. */
static void owe(const struct caller *caller)
{
    struct task *task = &centre.tasks[centre.task_count++];

    text_copy(task->ref, sizeof(task->ref), text_of(caller->ref));
    text_copy(task->party, sizeof(task->party), text_of(caller->number));
    text_copy(task->queue, sizeof(task->queue), centre.plan->queues[caller->queue].name);
    text_copy(task->agent, sizeof(task->agent), centre.plan->agents[1].name);
    task->number = 1000u + caller->passage;
    task->promised_ms = task->next_ms = task->place_ms = CENTRE_WALL_MS + caller->joined_ms;
    task->priority = caller->priority;
    task->from_ms = CENTRE_WALL_MS + centre.now_ms;
    task->until_ms = task->from_ms + 7200000;
    task->state = TASK_WAITING;
    centre.figures->owed++;
    centre.open_tasks++;
}

void centre_check_crash(void)
{
    for (uint32_t i = 0; i < centre.caller_count; i++) {
        struct caller *caller = &centre.callers[i];
        if (caller->end != END_OPEN)
            continue;
        bool waited = caller->waiting;
        if (waited)
            owe(caller);
        finish(caller, waited || caller->promised ? END_PROMISED : END_CRASHED);
    }
    for (uint32_t i = 0; i < centre.setup->operators; i++) {
        centre.people[i].talks = centre.people[i].asked_by = 0;
        centre.people[i].state = OPERATOR_OFFLINE;
    }
    centre_stand_ins_lost();
    memset(centre.of_call, 0, sizeof(centre.of_call));
}

void centre_check_end(void)
{
    struct core_figures figures;
    uint64_t ended = 0;

    core_figures(centre.core, &figures);
    for (int i = END_SERVED; i < ENDS; i++)
        ended += centre.figures->ends[i];
    if (ended != centre.figures->callers)
        centre_broken("callers came and never left");
    if (figures.spare_legs != 0)
        centre_broken("%u second legs were never given back", figures.spare_legs);
    for (int i = 0; i < CENTRE_QUEUES; i++)
        if (centre.waiting_count[i])
            centre_broken("somebody waits for ever");
}

// SPDX-License-Identifier: Apache-2.0
/* step.c - what every function of the core uses in a step: commands, their texts, timers. */
#include <assert.h>

#include "core/state.h"

struct command *step_emit(struct step *step, enum command_kind kind, const struct call *call)
{
    struct commands *out = step->out;

    assert(out->count < COMMANDS_A_STEP); /* Each path is bounded; the simulator proves it. */
    struct command *command = &out->items[out->count++];
    *command = (struct command){.kind = kind};
    if (call) {
        command->call = call->id;
        command->leg = call->leg;
    }
    return command;
}

struct command *step_emit_to(struct step *step, enum command_kind kind, const struct leg *leg)
{
    struct command *command = step_emit(step, kind, NULL);

    command->call = leg->call;
    command->leg = leg->id;
    return command;
}

struct text_buffer step_text(struct step *step)
{
    struct text_buffer buffer;

    text_buffer_init(&buffer, step->out->text + step->out->text_size,
                     COMMAND_TEXT_A_STEP - step->out->text_size);
    return buffer;
}

struct text step_text_take(struct step *step, const struct text_buffer *buffer)
{
    struct text view = text_view(buffer);

    step->out->text_size += view.size;
    return view;
}

struct text step_text_copy(struct step *step, struct text t)
{
    struct text_buffer buffer = step_text(step);

    text_append(&buffer, t);
    return step_text_take(step, &buffer);
}

void step_timer_set(struct step *step, struct call *call, enum timer_kind kind, uint64_t at_ms)
{
    struct command *command = step_emit(step, TIMER_SET, call);

    if (++step->core->timer_serial == 0)
        step->core->timer_serial = 1;
    call->timer_serial[kind] = step->core->timer_serial;
    command->timer.kind = kind;
    command->timer.serial = call->timer_serial[kind];
    command->timer.at_ms = at_ms;
}

void step_timer_cancel(struct step *step, struct call *call, enum timer_kind kind)
{
    if (call->timer_serial[kind] == 0)
        return;
    step_emit(step, TIMER_CANCEL, call)->timer.kind = kind;
    call->timer_serial[kind] = 0;
}

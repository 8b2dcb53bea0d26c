// SPDX-License-Identifier: Apache-2.0
/* passing_give.c - to a queue, or to an agent: nobody is rung. */
#include "core/passing_inside.h"

#include "core/act.h"
#include "core/comeback.h"
#include "core/conversation.h"
#include "core/floor.h"
#include "core/leg.h"
#include "core/offering.h"
#include "core/waiting.h"

/* Who was called by the user who transfers becomes the caller. */
void passing_turn(struct step *step, struct call *call, const struct leg *by)
{
    if (by->id != call->leg)
        return;
    step_timer_cancel(step, call, TIMER_SESSION);
    step_timer_cancel(step, call, TIMER_FAR_SESSION);
    call->leg = call->far;
    call->far = by->id;
    leg_arm_session(step, call, core_leg(step->core, call->leg));
}

static void find_agent(struct step *step, struct call *call, int16_t agent)
{
    struct talk *talk = &call->talk;

    if (talk->agent >= 0)
        return;
    talk->agent = talk->first_agent = agent;
    text_copy(talk->context.caller, sizeof(talk->context.caller),
              text_of(core_leg(step->core, call->leg)->party));
}

void passing_give(struct step *step, struct call *call, struct leg *by,
                  const struct passing_target *target)
{
    const struct plan *plan = call_plan(step->core, call);
    bool queue = target->to == PASSING_TO_QUEUE;
    struct text name = queue ? plan->queues[target->index].name : plan->agents[target->index].name;
    int16_t person = (int16_t)(by->operator_place - 1);

    text_copy(call->dial.target, sizeof(call->dial.target), name);
    passing_notify(step, by, 200, true);
    passing_tell(step, call, TEXT("blind"), text_of(by->user), 200, TEXT_EMPTY);
    passing_turn(step, call, by);
    find_agent(step, call, queue ? 0 : target->index);
    waiting_end(step, call, QUEUE_LEFT, TEXT("transferred"));
    comeback_talk(step, call, TEXT("transferred"));
    const struct leg *near = core_leg(step->core, call->leg);
    if (queue) {
        waiting_begin(step, call, (uint8_t)target->index, -1);
        if (person >= 0)
            offering_spare(step, call, person);
    } else {
        act_hand_over(step, call, target->index, TEXT("an operator transferred the call"));
        floor_speak(step, call);
    }
    conversation_hold(step, call, near->way == WAY_RECEIVE || near->way == WAY_NONE);
}

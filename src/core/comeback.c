// SPDX-License-Identifier: Apache-2.0
/* comeback.c - from a bridge back to a queue or an agent. */
#include "core/comeback.h"

#include "core/call.h"
#include "core/conversation.h"
#include "core/floor.h"
#include "core/hold.h"
#include "core/join.h"
#include "core/leg.h"
#include "core/offering.h"
#include "core/overhear.h"
#include "core/passing.h"
#include "core/reply.h"
#include "core/standing.h"
#include "core/waiting.h"
#include "core/waiting_words.h"

static enum comeback where(const struct step *step, const struct call *call)
{
    const struct leg *near = core_leg(step->core, call->leg);

    if (call->state != CALL_BRIDGED || call->talk.agent < 0 || !near || !leg_is_up(near))
        return COMEBACK_NOWHERE;
    return waiting_can_return(step, call) ? COMEBACK_QUEUE : COMEBACK_AGENT;
}

void comeback_listen(struct step *step, struct call *call)
{
    if (call->state == CALL_UP && call->listens_again && !overhear_is(call, call->leg))
        call_listen(step, call);
}

void comeback_talk(struct step *step, struct call *call, struct text reason)
{
    struct leg *far = core_leg(step->core, call->far);
    struct text why = step_text_copy(step, reason);

    passing_end(step, call); /* Whoever was to take a place has none to take. */
    hold_quiet(step, call);
    join_part(step, call);
    step_timer_cancel(step, call, TIMER_AUDIO);
    step_timer_cancel(step, call, TIMER_FAR);
    call->quiet = 0;
    call->state = CALL_UP;
    call->link = LINK_NONE;
    if (far)
        call_leave(step, call, far, why);
    overhear_look(step, call);
    conversation_resume(call);
    call->listens_again = call->listener == 0;
    comeback_listen(step, call);
}

/* The agent has the caller again: in the account as any change of who has. */
static void hand_back(struct step *step, struct call *call, struct text from, struct text why)
{
    const struct context *context = &call->talk.context;
    struct command *command = step_emit(step, STORE_HANDOVER, call);

    command->handover.ref = text_of(call->ref);
    command->handover.from = from;
    command->handover.to = call_agent(step->core, call)->name;
    command->handover.intent = text_of(context->intent);
    command->handover.reason = why;
    command->handover.statement = text_of(context->statement);
    command->handover.summary = text_of(context->summary);
    command->handover.entities = text_of(context->entities);
    command->handover.sentiment = context->sentiment;
}

static void tell(struct step *step, struct call *call, enum queue_words words)
{
    reply_say(step, call, call->talk.agent,
              waiting_words(call_agent(step->core, call)->language, words));
}

bool comeback_begin(struct step *step, struct call *call, enum comeback_why what, struct text why)
{
    enum queue_words words = what == COMEBACK_LOST ? QUEUE_WORDS_LOST : QUEUE_WORDS_UNREACHED;
    const struct leg *far = core_leg(step->core, call->far), *near;
    enum comeback to = where(step, call);

    if (to == COMEBACK_NOWHERE)
        return false;
    struct text reason = step_text_copy(step, why);
    struct text from = step_text_copy(step, text_of(far ? far->party : call->dial.target));
    if (call->callback) /* Who was promised a call has it. */
        standing_reached(step, call);
    if (far && far->operator_place)
        offering_spare(step, call, (int16_t)(far->operator_place - 1));
    comeback_talk(step, call, reason);
    if (to == COMEBACK_QUEUE) {
        waiting_back(step, call, words, reason);
    } else {
        hand_back(step, call, from, reason);
        waiting_end(step, call, QUEUE_LEFT, reason);
        tell(step, call, words);
        tell(step, call, QUEUE_WORDS_BACK);
        floor_speak(step, call);
    }
    near = core_leg(step->core, call->leg);
    conversation_hold(step, call, near->way == WAY_RECEIVE || near->way == WAY_NONE);
    return true;
}

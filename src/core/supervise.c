// SPDX-License-Identifier: Apache-2.0
/* supervise.c - from one way of supervising to another, and the end of all. */
#include "core/supervise_inside.h"

#include "core/call.h"
#include "core/join.h"
#include "core/leg.h"
#include "core/passing.h"
#include "core/places.h"
#include "core/transfer.h"
#include "core/waiting.h"

/* ---- The account ---- */

void supervise_account(struct step *step, struct call *call, enum supervise_what what,
                       struct text why)
{
    const struct supervise *supervise = &call->supervise;
    const struct plan_supervision *policy = &call_plan(step->core, call)->supervision;
    uint32_t person = call->far ? supervise_operator(step->core, call) : 0;
    const struct leg *leg = core_leg(step->core, person);
    bool heard = what == SUPERVISE_BEGAN || what == SUPERVISE_OVER;
    struct text words = step_text_copy(step, why);
    struct command *command = step_emit(step, STORE_SUPERVISION, call);

    command->supervision.ref = text_of(call->ref);
    command->supervision.wall_ms = step->event->wall_ms;
    command->supervision.number = supervise->row;
    command->supervision.name = step_text_copy(step, text_of(supervise->name));
    command->supervision.telephone = step_text_copy(step, text_of(supervise->user));
    command->supervision.mode = supervise->mode;
    command->supervision.what = what;
    if (leg && leg->operator_place)
        command->supervision.operator_name =
            text_of(step->core->roster.items[leg->operator_place - 1].name);
    else if (call->state == CALL_UP && call->talk.agent >= 0)
        command->supervision.agent = call_agent(step->core, call)->name;
    command->supervision.from_ms = heard ? supervise->from_wall_ms : 0;
    command->supervision.until_ms = what == SUPERVISE_OVER ? step->event->wall_ms : 0;
    command->supervision.caller_told = heard ? policy->tell_caller : TELL_NOT;
    command->supervision.operator_told = heard && person ? policy->tell_operator : TELL_NOT;
    command->supervision.why = words;
}

void supervise_name(struct call *call, const struct plan_supervisor *who, struct text user,
                    enum supervise_mode mode)
{
    struct supervise *supervise = &call->supervise;

    text_copy(supervise->name, sizeof(supervise->name), who ? who->name : TEXT_EMPTY);
    text_copy(supervise->user, sizeof(supervise->user), user);
    supervise->mode = mode;
    supervise->row = ++supervise->rows;
}

void supervise_arm(struct step *step, struct call *call)
{
    const struct supervise *supervise = &call->supervise;
    uint64_t next_ms = supervise->until_ms;

    if (supervise->state == SUPERVISE_ON)
        next_ms = supervise->mode < SUPERVISE_TAKE_OVER ? supervise->tone_ms : 0;
    if (supervise->state == SUPERVISE_ON && supervise->ask_ms &&
        (next_ms == 0 || supervise->ask_ms < next_ms))
        next_ms = supervise->ask_ms;
    if (supervise->state == SUPERVISE_NONE || next_ms == 0)
        step_timer_cancel(step, call, TIMER_SUPERVISE);
    else
        step_timer_set(step, call, TIMER_SUPERVISE, next_ms);
}

/* ---- Its end ---- */

void supervise_settle(struct step *step, struct call *call)
{
    struct supervise *supervise = &call->supervise;
    struct leg *leg =
        supervise->state == SUPERVISE_LEAVING ? core_leg(step->core, supervise->leg) : NULL;

    if (!leg || !leg_gone(leg))
        return;
    leg_account(step, call, leg, true);
    places_put_leg(step->core, leg);
    *supervise = (struct supervise){.state = SUPERVISE_NONE, .rows = supervise->rows};
    supervise_arm(step, call);
}

static bool is_live(const struct supervise *supervise)
{
    return supervise->state != SUPERVISE_NONE && supervise->state != SUPERVISE_LEAVING;
}

void supervise_end(struct step *step, struct call *call, struct text why)
{
    struct supervise *supervise = &call->supervise;

    if (!is_live(supervise))
        return;
    supervise_account(step, call,
                      supervise->state == SUPERVISE_ON ? SUPERVISE_OVER : SUPERVISE_REFUSED, why);
    supervise_hush(step, call);
    supervise->state = SUPERVISE_LEAVING;
    supervise->until_ms = step->event->now_ms + RELEASE_MS;
    leg_end(step, core_leg(step->core, supervise->leg), why);
    supervise_arm(step, call);
    supervise_settle(step, call);
}

/* ---- Modes ---- */

/* In the place of an operator who placed the call: the first leg from now on. */
static void take_first(struct step *step, struct call *call, struct leg *leg)
{
    struct leg *person = core_leg(step->core, call->leg), *other = core_leg(step->core, call->far);

    step_timer_cancel(step, call, TIMER_SESSION);
    call->leg = leg->id;
    call_leave(step, call, person, TEXT("a supervisor took over"));
    leg_arm_session(step, call, leg);
    leg_arm_session(step, call, other);
}

/* They are the call's second leg from now on, or its first. */
static void take_over(struct step *step, struct call *call)
{
    struct supervise *supervise = &call->supervise;
    struct text user = step_text_copy(step, text_of(supervise->user));
    uint32_t leg = supervise->leg;

    supervise_hush(step, call);
    supervise_account(step, call, SUPERVISE_OVER, TEXT("took over"));
    *supervise = (struct supervise){.state = SUPERVISE_NONE, .rows = supervise->rows};
    supervise_arm(step, call);
    text_copy(call->dial.target, sizeof(call->dial.target), user);
    if (call->state == CALL_BRIDGED) {
        bool first = supervise_operator(step->core, call) == call->leg;
        join_part(step, call);
        if (first) {
            take_first(step, call, core_leg(step->core, leg));
        } else {
            call_leave(step, call, core_leg(step->core, call->far), TEXT("a supervisor took over"));
            call->far = leg;
        }
        leg_watch(step, call);
        join_begin(step, call);
        transfer_tell(step, call, TEXT("take-over"), true, 200, TEXT_EMPTY);
        return;
    }
    waiting_end(step, call, QUEUE_LEFT, TEXT("a supervisor took over"));
    call->far = leg;
    join_connect(step, call, TEXT("take-over"));
}

static bool can_take_over(const struct call *call)
{
    return (call->state == CALL_BRIDGED && !passing_is(call)) ||
           (call->state == CALL_UP && call->link == LINK_NONE && call->far == 0 &&
            call->talk.state != TALK_AWAY && call->parting.state == PARTING_NONE);
}

static void begin(struct step *step, struct call *call, enum supervise_mode mode)
{
    struct supervise *supervise = &call->supervise;

    supervise->mode = mode;
    supervise->from_wall_ms = step->event->wall_ms;
    supervise_account(step, call, SUPERVISE_BEGAN, TEXT_EMPTY);
    if (mode == SUPERVISE_TAKE_OVER) {
        take_over(step, call);
        return;
    }
    supervise_follow(step, call);
    supervise_arm(step, call);
}

/* What can be, of what is wanted. */
static enum supervise_mode possible(struct step *step, struct call *call, enum supervise_mode mode)
{
    bool agent = call->state != CALL_BRIDGED;

    if (mode == SUPERVISE_BARGE_IN && agent)
        mode = SUPERVISE_TAKE_OVER;
    if ((mode == SUPERVISE_WHISPER && agent) ||
        (mode == SUPERVISE_TAKE_OVER && !can_take_over(call))) {
        supervise_answer(step, call, mode == SUPERVISE_TAKE_OVER);
        return SUPERVISE_LISTEN;
    }
    return mode;
}

void supervise_up(struct step *step, struct call *call)
{
    struct supervise *supervise = &call->supervise;
    uint32_t every_ms = call_plan(step->core, call)->supervision.every_ms;

    supervise->state = SUPERVISE_ON;
    supervise->until_ms = 0;
    supervise->tone_ms = every_ms ? step->event->now_ms + every_ms : 0;
    begin(step, call, possible(step, call, supervise->mode));
}

void supervise_change(struct step *step, struct call *call, enum supervise_mode mode)
{
    struct supervise *supervise = &call->supervise;

    if (supervise->state != SUPERVISE_ON)
        return;
    mode = possible(step, call, mode);
    if (mode == supervise->mode)
        return;
    supervise_account(step, call, SUPERVISE_OVER, TEXT_EMPTY);
    supervise->row = ++supervise->rows;
    begin(step, call, mode);
}

/* ---- With the call ---- */

bool supervise_gone(const struct call *call)
{
    return call->supervise.state == SUPERVISE_NONE;
}

void supervise_close(struct step *step, struct call *call)
{
    if (!supervise_gone(call))
        leg_account(step, call, core_leg(step->core, call->supervise.leg), true);
}

void supervise_put(struct core *core, struct call *call)
{
    if (!supervise_gone(call))
        places_put_leg(core, core_leg(core, call->supervise.leg));
    call->supervise.state = SUPERVISE_NONE;
}

static bool broken(struct text_buffer *why, struct text what)
{
    text_append(why, what);
    return false;
}

bool supervise_check(const struct core *core, const struct call *call, struct text_buffer *why)
{
    const struct supervise *supervise = &call->supervise;
    const struct leg *leg = &places_legs(core)[slot_of(supervise->leg)];

    if (supervise->state == SUPERVISE_NONE)
        return true;
    if (leg->id != supervise->leg || leg->call != call->id || leg->state == LEG_FREE ||
        supervise->leg == call->leg || supervise->leg == call->far || supervise->leg == call->old)
        return broken(why, TEXT("a supervisor's leg is another's"));
    if (supervise->state != SUPERVISE_ON && call->timer_serial[TIMER_SUPERVISE] == 0)
        return broken(why, TEXT("a supervisor's leg would never end"));
    if (is_live(supervise) && call->state != CALL_UP && call->state != CALL_BRIDGED &&
        call->state != CALL_DIALING)
        return broken(why, TEXT("a call that is over is supervised"));
    return true;
}

// SPDX-License-Identifier: Apache-2.0
/* passing.c - from a REFER to an answer, or back. */
#include "core/passing_inside.h"

#include "core/call.h"
#include "core/comeback.h"
#include "core/dial.h"
#include "core/hold.h"
#include "core/join.h"
#include "core/leg.h"
#include "core/phones.h"
#include "core/places.h"
#include "core/transfer.h"

enum { LEGS_OF_A_CALL = 240 }; /* Nobody is passed on so often. */

struct leg *passing_other(const struct step *step, const struct call *call, const struct leg *leg)
{
    return core_leg(step->core, leg->id == call->leg ? call->far : call->leg);
}

void passing_notify(struct step *step, const struct leg *by, uint16_t status, bool final)
{
    const struct call *call = by ? core_call(step->core, by->call) : NULL;
    bool quiet = step->event->kind == SIP_REFERRED ? step->event->refer.quiet
                                                   : call && call->passing.quiet;

    if (!by || !leg_is_up(by) || quiet)
        return;
    struct command *command = leg_emit(step, SIP_NOTIFY, by);
    command->sip.status = status;
    command->sip.final = final;
}

void passing_tell(struct step *step, struct call *call, struct text how, struct text user,
                  uint16_t status, struct text why)
{
    struct text_buffer words = step_text(step);

    text_append(&words, TEXT("by "));
    text_append(&words, user);
    text_append(&words, why.size ? TEXT(": ") : TEXT_EMPTY);
    text_append(&words, why);
    struct text detail = step_text_take(step, &words);
    transfer_tell(step, call, how, status == 200, status, detail);
}

/* ---- Joined anew ---- */

void passing_swap(struct step *step, struct call *call, struct leg *out, struct leg *in,
                  struct text reason)
{
    hold_quiet(step, call);
    join_part(step, call);
    if (out->id == call->leg) {
        step_timer_cancel(step, call, TIMER_SESSION);
        call->leg = call->far;
    }
    call->far = in->id;
    call_leave(step, call, out, reason);
    leg_arm_session(step, call, core_leg(step->core, call->leg));
    leg_arm_session(step, call, in);
    leg_watch(step, call);
    join_begin(step, call);
    hold_joined(step, call);
}

static void join_again(struct step *step, struct call *call)
{
    hold_quiet(step, call);
    join_begin(step, call);
    hold_joined(step, call);
}

/* ---- Somebody is rung ---- */

static void write_dial(struct step *step, struct call *call, const struct leg *by,
                       const struct passing_target *target)
{
    const struct leg *other = passing_other(step, call, by);
    struct dial *dial = &call->dial;
    bool caller = other->role == ROLE_CALLER;
    struct text_buffer headers;

    text_copy(dial->target, sizeof(dial->target), text_of(target->number));
    dial_user(text_of(caller ? call->talk.context.caller : other->party), dial->from,
              sizeof(dial->from));
    text_copy(dial->referred_by, sizeof(dial->referred_by), step->event->refer.referred_by);
    text_copy(dial->replaces, sizeof(dial->replaces),
              step->event->refer.replaced ? TEXT_EMPTY : step->event->refer.replaces);
    text_buffer_init(&headers, dial->headers, sizeof(dial->headers) - 1);
    text_append(&headers, TEXT("X-Offhook-Call: "));
    text_append(&headers, text_of(call->ref));
    text_append_char(&headers, '\n');
    dial->headers[headers.size] = 0;
    dial->hops = dial->hops ? dial->hops : 70;
    dial->only = target->only;
    dial->tried = dial->redirects = 0;
    dial->direct = dial->alone = dial->unreachable = false;
    dial->binding = 0;
}

static struct leg *take_leg(struct step *step, struct call *call)
{
    const struct leg *near = core_leg(step->core, call->leg);
    struct leg *leg = places_take_leg(step->core, call, near);

    if (!leg)
        return NULL;
    leg->role = ROLE_TRANSFER;
    leg->started_wall_ms = step->event->wall_ms;
    text_copy(leg->party, sizeof(leg->party), text_of(call->dial.target));
    text_copy(leg->local, sizeof(leg->local), text_of(near->local));
    if (dial_next(step, call, leg))
        return leg;
    places_put_leg(step->core, leg);
    return NULL;
}

bool passing_ring(struct step *step, struct call *call, struct leg *by,
                  const struct passing_target *target)
{
    write_dial(step, call, by, target);
    struct leg *leg = take_leg(step, call);

    if (!leg) {
        enum cause cause;
        uint16_t status;
        struct text why = dial_failure(step, call, &status, &cause);
        passing_notify(step, by, status, true);
        passing_tell(step, call, TEXT("blind"), text_of(by->user), status, why);
        return false;
    }
    call->passing = (struct passing){.state = PASSING_RINGING,
                                     .leg = leg->id,
                                     .by = by->id,
                                     .quiet = step->event->refer.quiet};
    text_copy(call->passing.user, sizeof(call->passing.user), text_of(by->user));
    leg_account(step, call, leg, false);
    passing_notify(step, by, 100, false);
    join_part(step, call);
    hold_for(step, call, passing_other(step, call, by));
    step_timer_set(step, call, TIMER_FAR,
                   step->event->now_ms + call_manners(step->core, call)->ring_ms);
    return true;
}

void passing_succeeded(struct step *step, struct call *call)
{
    struct leg *leg = step->leg, *by = core_leg(step->core, call->passing.by);

    step_timer_cancel(step, call, TIMER_FAR);
    passing_notify(step, by, 200, true);
    passing_tell(step, call, TEXT("blind"), text_of(call->passing.user), 200, TEXT_EMPTY);
    call->passing.state = PASSING_NONE;
    if (by)
        passing_swap(step, call, by, leg, TEXT("transferred"));
    else
        join_again(step, call);
}

void passing_failed(struct step *step, struct call *call, uint16_t status, struct text why)
{
    struct leg *leg = core_leg(step->core, call->passing.leg);
    const struct leg *by = core_leg(step->core, call->passing.by);
    bool alone = call->passing.state == PASSING_ALONE;
    enum cause cause = dial_cause(step->core, call, leg);
    struct text reason = step_text_copy(step, why);

    step_timer_cancel(step, call, TIMER_FAR);
    passing_notify(step, by, status >= 300 ? status : 480, true);
    passing_tell(step, call, TEXT("blind"), text_of(call->passing.user), status, reason);
    call->passing.state = PASSING_NONE;
    call->passing.failed_ms = step->event->now_ms;
    if (!alone) {
        call_leave(step, call, leg, reason);
        join_again(step, call);
    } else if (!comeback_begin(step, call, COMEBACK_UNREACHED, reason)) {
        call_end(step, call, cause, reason);
    }
}

void passing_overdue(struct step *step, struct call *call)
{
    struct leg *leg = core_leg(step->core, call->passing.leg);

    if (call->passing.state == PASSING_REPLACING) {
        call->passing.state = PASSING_NONE;
        call_leave(step, call, leg, TEXT("its ACK did not come"));
        return;
    }
    leg->status = 408;
    passing_failed(step, call, 408, TEXT("nobody answered in time"));
}

/* ---- They refer us ---- */

static void answer(struct step *step, uint16_t status)
{
    struct command *reply = leg_emit(step, SIP_REPLY, step->leg);

    reply->sip.request = step->event->refer.request;
    reply->sip.status = status;
}

/* 0: it may. Only statuses that leave the dialog as it is (RFC 5057 5.1). */
static uint16_t objection(struct step *step, const struct call *call, const struct leg *by)
{
    const struct leg *other = passing_other(step, call, by);

    if (!by->user[0] || (by->id != call->leg && by->id != call->far))
        return 603;
    if (passing_is(call) || !other || !leg_is_up(other))
        return 491;
    return call->legs > LEGS_OF_A_CALL ? 603 : 0;
}

static void blind(struct step *step, struct call *call, struct leg *by)
{
    const struct plan *plan = call_plan(step->core, call);
    struct text host, uri = step->event->refer.target;
    struct passing_target target = passing_find(plan, text_of(by->user), uri);

    switch (target.to) {
    case PASSING_TO_NUMBER:
        (void)passing_ring(step, call, by, &target);
        return;
    case PASSING_TO_QUEUE:
    case PASSING_TO_AGENT:
        passing_give(step, call, by, &target);
        return;
    case PASSING_TO_THREE:
        passing_three(step, call, by);
        return;
    case PASSING_TO_SELF:
    case PASSING_TO_NOBODY:
        break;
    }
    bool self = target.to == PASSING_TO_SELF;
    text_copy(call->dial.target, sizeof(call->dial.target), phones_split(uri, &host));
    passing_notify(step, by, self ? 486 : 404, true);
    passing_tell(step, call, TEXT("blind"), text_of(by->user), self ? 486 : 404,
                 self ? TEXT("to their own telephone") : TEXT("there is nobody of that name or number"));
}

void passing_referred(struct step *step, struct call *call)
{
    struct leg *by = step->leg;
    uint16_t status = objection(step, call, by);

    if (status) {
        answer(step, status);
        return;
    }
    answer(step, 202);
    if (step->event->refer.replaced)
        passing_attended(step, call, by);
    else
        blind(step, call, by);
}

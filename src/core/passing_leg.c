// SPDX-License-Identifier: Apache-2.0
/* passing_leg.c - what becomes of whom is not one of the two yet, and of the two meanwhile. */
#include "core/passing_inside.h"

#include "core/call.h"
#include "core/comeback.h"
#include "core/dial.h"
#include "core/hold.h"
#include "core/inbound.h"
#include "core/leg.h"
#include "core/places.h"
#include "core/supervise.h"
#include "core/taping.h"
#include "core/transfer.h"

enum { GIVES_UP_MS = 2000 };

/* ---- Replaces ---- */

void passing_replaces(struct step *step, struct call *call, const struct leg *replaced,
                      const struct leg *leg)
{
    call->passing = (struct passing){
        .state = PASSING_REPLACING, .leg = leg->id, .by = replaced->id, .quiet = true};
    text_copy(call->passing.user, sizeof(call->passing.user), text_of(leg->user));
    step_timer_set(step, call, TIMER_FAR, step->event->now_ms + SETUP_MS);
}

static void acked(struct step *step, struct call *call)
{
    struct leg *leg = step->leg, *by = core_leg(step->core, call->passing.by);

    inbound_acked(step, call);
    if (call->passing.state != PASSING_REPLACING)
        return;
    step_timer_cancel(step, call, TIMER_FAR);
    call->passing.state = PASSING_NONE;
    if (leg->state != LEG_UP || !by)
        return; /* It was left, for what its ACK brought. */
    text_copy(call->dial.target, sizeof(call->dial.target), text_of(leg->party));
    transfer_tell(step, call, TEXT("replaces"), true, 200, TEXT_EMPTY);
    passing_swap(step, call, by, leg, TEXT("replaced"));
}

/* ---- Who is not one of the two ---- */

static void answered(struct step *step, struct call *call)
{
    struct leg *leg = step->leg;

    if (leg->state != LEG_DIALING && leg->state != LEG_EARLY)
        return;
    if (dial_answered(step, call, leg)) {
        passing_succeeded(step, call);
        return;
    }
    leg->status = 488;
    passing_failed(step, call, 488, TEXT("the answer has no sound that we can speak"));
}

static void third_gone(struct step *step, struct call *call, struct text why)
{
    struct leg *leg = core_leg(step->core, call->passing.leg);

    step_timer_cancel(step, call, TIMER_FAR);
    call->passing.state = PASSING_NONE;
    call_leave(step, call, leg, why);
    hold_joined(step, call);
}

static void gone(struct step *step, struct call *call)
{
    struct leg *leg = step->leg;
    bool rings = call->passing.state == PASSING_RINGING || call->passing.state == PASSING_ALONE;
    struct text why = step_text_copy(step, step->event->sip.reason);

    if (rings && dial_refused(step, call, leg))
        return;
    if (step->event->kind == SIP_RELEASED) {
        places_forget_dialog(step->core, leg->dialog);
        leg->released = true;
    }
    if (rings)
        passing_failed(step, call, leg->status, why);
    else
        third_gone(step, call, why);
}

static void media_closed(struct step *step, struct call *call)
{
    leg_take_figures(step->leg, step->event);
    taping_closed(step, call, step->leg);
    if (call->passing.state == PASSING_RINGING || call->passing.state == PASSING_ALONE)
        passing_failed(step, call, 500, TEXT("the media endpoint was lost"));
    else
        third_gone(step, call, TEXT("the media endpoint was lost"));
}

static void refuse_refer(struct step *step)
{
    struct command *reply = leg_emit(step, SIP_REPLY, step->leg);

    reply->sip.request = step->event->refer.request;
    reply->sip.status = 603;
}

static void handle(struct step *step, struct call *call)
{
    switch ((int)step->event->kind) {
    case SIP_DIALED:
        dial_dialed(step, call);
        return;
    case SIP_PROGRESS:
        dial_progress(step, step->leg, call);
        passing_notify(step, core_leg(step->core, call->passing.by), step->event->sip.status,
                       false);
        return;
    case SIP_ANSWERED:
        answered(step, call);
        return;
    case SIP_CANCELLED:
    case SIP_REFUSED:
    case SIP_FAILED:
    case SIP_BYE:
    case SIP_RELEASED:
        gone(step, call);
        return;
    case SIP_ACKED:
        acked(step, call);
        return;
    case SIP_REINVITED:
        leg_reinvited(step, call);
        return;
    case SIP_REFRESHED:
        leg_refreshed(step, call);
        return;
    case SIP_AGREED:
        hold_agreed(step, call);
        return;
    case SIP_REFERRED:
        refuse_refer(step);
        return;
    case MEDIA_CLOSED:
        media_closed(step, call);
        return;
    default:
        return;
    }
}

bool passing_event(struct step *step, struct call *call)
{
    if (!passing_is(call) || step->leg->id != call->passing.leg)
        return false;
    handle(step, call);
    call_settle(step, call);
    call_follow(step, call);
    supervise_follow(step, call);
    return true;
}

/* ---- One of the two is gone ---- */

static bool leaves_alone(struct step *step, struct call *call, struct leg *by)
{
    passing_turn(step, call, by);
    call->passing.state = PASSING_ALONE;
    call->passing.by = 0;
    call->far = call->passing.leg;
    call_leave(step, call, by, TEXT("transferred"));
    leg_watch(step, call);
    return true;
}

/* Some telephones hang up when they are told that a transfer of theirs failed: nobody wanted to be rid
 * of the caller. */
static bool gives_up(struct step *step, struct call *call, const struct leg *leg)
{
    const struct passing *passing = &call->passing;

    return passing->state == PASSING_NONE && passing->failed_ms && leg->id == passing->by &&
           step->event->now_ms < passing->failed_ms + GIVES_UP_MS && leg->id == call->far &&
           comeback_begin(step, call, COMEBACK_UNREACHED, TEXT("the telephone that transferred gave up"));
}

bool passing_left(struct step *step, struct call *call, const struct leg *leg, struct text why)
{
    struct leg *out = core_leg(step->core, leg->id), *third = core_leg(step->core, call->passing.leg);

    if (leg->id == passing_third(call) && call->passing.state == PASSING_THREE) {
        third_gone(step, call, why);
        return true;
    }
    if (leg->id != call->leg && leg->id != call->far)
        return false;
    if (call->passing.state == PASSING_RINGING && leg->id == call->passing.by)
        return leaves_alone(step, call, out);
    if (gives_up(step, call, leg))
        return true;
    if (call->passing.state != PASSING_THREE || !leg->user[0])
        return false;
    struct text reason = step_text_copy(step, why);
    passing_hear(step, call, false);
    call->passing.state = PASSING_NONE;
    passing_swap(step, call, out, third, reason);
    return true;
}

void passing_end(struct step *step, struct call *call)
{
    enum passing_state state = call->passing.state;
    struct leg *third = core_leg(step->core, passing_third(call));

    if (state == PASSING_RINGING || state == PASSING_ALONE) {
        passing_notify(step, core_leg(step->core, call->passing.by), 487, true);
        passing_tell(step, call, TEXT("blind"), text_of(call->passing.user), 487,
                     TEXT("the call ended before it"));
    }
    call->passing.state = PASSING_NONE;
    if (third)
        call_leave(step, call, third, TEXT("the call ended"));
}

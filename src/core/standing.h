// SPDX-License-Identifier: Apache-2.0
/* standing.h - a callback that a queue promised keeps the caller's place there, and is made by an
 * operator.
 *
 * In turn: the promise stands in its queue, by the priority and the time of the caller who left
 * (CALLBACK_QUEUED; its place is max_calls + its place in the table); when it is first and an
 * operator is free, a call is taken for it, which stands there from then on (CALL_STANDING,
 * CALLBACK_OFFERED) and is offered as a caller's is (core/offering.h); the operator accepts, the
 * attempt is written down, and when that is durable the caller is called (CALL_FETCHING); who answers
 * is joined with the operator. Who cannot be reached comes back to the old place when the next
 * attempt is due, and the operator is told (CALL_EXCUSING).
 *
 * Nobody is called outside the hours, nor before the attempt's time: what may not be called stands in
 * the way of nobody. What operators decline is no attempt. A crash before the attempt is written
 * down leaves the promise as it was; after it, the next attempt follows, unless the account says that
 * the caller had answered. Each function costs a pass over the table at most. */
#ifndef CORE_STANDING_H
#define CORE_STANDING_H

#include "core/state.h"

enum {
    STANDING_ASK_MS = 1000,     /* Its call is here by then, or is asked for again. */
    STANDING_EXCUSE_MS = 10000, /* What the operator is told when nobody was reached. */
    STANDING_REACHED_MS = 10000 /* An operator who hangs up sooner had nobody there: a machine. */
};

/* The plan of now has an operator first for this promise, and it can still be kept in time: who was
 * not called until then is called by a voice agent. */
bool standing_wanted(const struct core *core, const struct callback *callback, uint64_t wall_ms);

/* Into the queue, and out of it: CALLBACK_QUEUED, CALLBACK_WAITING. */
void standing_enter(struct step *step, struct callback *callback);
void standing_leave(struct core *core, struct callback *callback);
/* It goes before others, wherever it stands. */
void standing_urge(struct step *step, struct callback *callback);
/* Those whose time has come enter, those whose queue has closed leave: a few, then it asks for
 * another look. */
void standing_tend(struct step *step);
/* The plan of now is another. */
void standing_plan(struct step *step);

/* Of a place from max_calls on, for which an operator is free: true when nobody who comes after it
 * may be offered anybody before its call is there. */
MUST_USE bool standing_ask(struct step *step, uint32_t place);
/* Its call stands there, and may be offered now: not when it has closed meanwhile. */
MUST_USE bool standing_may(const struct step *step, const struct call *call);
/* CALL_REQUESTED: its call is here. */
void standing_placed(struct step *step, struct call *call, struct callback *callback);
/* Nobody has accepted, and nobody is to: it stands in the queue as before. */
void standing_dismiss(struct step *step, const struct callback *callback, struct text why);

/* ---- The call ---- */

static inline bool standing_is(const struct call *call)
{
    return call->state == CALL_STANDING || call->state == CALL_FETCHING ||
           call->state == CALL_EXCUSING;
}
/* The call's second leg is an operator who has accepted; dial.target is their name. */
void standing_accepted(struct step *step, struct call *call);
void standing_noted(struct step *step, struct call *call);    /* STORE_NOTED */
void standing_progress(struct step *step, struct call *call); /* The caller's telephone rings. */
void standing_answered(struct step *step, struct call *call);
void standing_missed(struct step *step, struct call *call, enum cause cause, struct text why);
/* What the operator was told is over, or was not to be. */
void standing_said(struct step *step, struct call *call);
void standing_overdue(struct step *step, struct call *call); /* TIMER_CALL */
/* TIMER_WAIT: they talk; the promise is kept. */
void standing_reached(struct step *step, struct call *call);

/* How long ago the place is from. */
uint64_t standing_ms(const struct step *step, const struct call *call);

bool standing_check(const struct core *core, struct text_buffer *why);

#endif

// SPDX-License-Identifier: Apache-2.0
/* passing.h - one of two who are joined gives the other to somebody else, from an ordinary telephone.
 *
 * A telephone of `users` may, once it has proved whose it is; nobody else: a caller's REFER would call
 * at our expense. Blind (REFER, RFC 3515): whom its user could call (passing_find.c) is rung while the
 * other hears music; the answer joins both, a refusal joins the two again. Attended (REFER with
 * Replaces, RFC 3891, RFC 5589 7): the other and whom the same user talks to in another call are
 * joined, and the user is hung up in both. Three: the same, and the user stays. INVITE with Replaces:
 * who knows a joined leg's dialog, and may (replace.c), takes its place.
 *
 * Who transfers may hang up at any time: the other is lost by that as little as by a telephone that
 * disappears (core/comeback.h). The call that goes on is the one in which the user was called.
 *
 * passing.c rings; passing_find.c: whom; passing_give.c: to a queue or an agent; passing_leg.c: the one
 * who is not joined yet; passing_join.c: legs change their call. */
#ifndef CORE_PASSING_H
#define CORE_PASSING_H

#include "core/state.h"

/* SIP_REFERRED of one of two who are joined. */
void passing_referred(struct step *step, struct call *call);

/* An event of step->leg; true: it is the leg of somebody who is not one of the two yet. */
MUST_USE bool passing_event(struct step *step, struct call *call);

/* One of the joined legs is gone. True: the call goes on without it. */
MUST_USE bool passing_left(struct step *step, struct call *call, const struct leg *leg,
                           struct text why);

void passing_overdue(struct step *step, struct call *call); /* TIMER_FAR */
void passing_end(struct step *step, struct call *call); /* The call ends. */

/* This leg, whose 200 is out, takes the joined leg's place with its ACK. */
void passing_replaces(struct step *step, struct call *call, const struct leg *replaced,
                      const struct leg *leg);

static inline bool passing_is(const struct call *call)
{
    return call->passing.state != PASSING_NONE;
}

/* A leg of the call's that is neither its first nor its second; 0: there is none. */
static inline uint32_t passing_third(const struct call *call)
{
    return passing_is(call) && call->passing.leg != call->far ? call->passing.leg : 0;
}

#endif

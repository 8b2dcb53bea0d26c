// SPDX-License-Identifier: Apache-2.0
/* offering.h - callers who wait meet operators who are free.
 *
 * An offer is an operator being rung for a caller: legs of the caller's call that are neither its
 * first nor its second, one a telephone of theirs. The first that is answered goes on (BRIEFING:
 * who calls and why is said to them alone; 1 or a yes accepts, 2 or a no declines), the others are
 * cancelled, as answered elsewhere. An offer ends in one of: accepted (the leg becomes the call's second and both
 * are joined), declined, not answered in time, failed, withdrawn. The caller keeps the place in the
 * queue until one is accepted. A caller is offered to one operator at a time, or to all who are
 * free with ring-all; an operator to one caller at a time. Who did not take a caller is asked again
 * for the same one after OFFER_AGAIN_MS, when nobody else is free.
 *
 * A key counts at any time, a word only when it began after the brief's last sound: a telephone that
 * sends the brief back must not accept a caller for somebody who is not there.
 *
 * offering.c matches and rings; offering_leg.c is what the operator's telephones say, offering_ear.c
 * what the operator says; offering_brief.c is what is said to them, and what their telephones are told. */
#ifndef CORE_OFFERING_H
#define CORE_OFFERING_H

#include "core/state.h"

/* Those who wait are to be matched with those who are free, at the end of the step: one joined a
 * queue, or somebody became free, or the house was looked after. */
void offering_look(struct step *step);

/* The caller left, by whatever way: whoever is rung for them is not any more. Also safe when nobody
 * is. */
void offering_withdraw(struct step *step, struct call *call, struct text why);

/* This operator is asked for the caller again only after OFFER_AGAIN_MS, or before nobody else. */
void offering_spare(const struct step *step, struct call *call, int16_t who);

/* Somebody is being rung, or briefed, for this caller. */
bool offering_is(const struct call *call);

/* An event of step->leg; true: it is an operator's who is not joined with the caller. */
MUST_USE bool offering_event(struct step *step, struct call *call);

/* The leg whose brief was heard to its end and whose yes or no is to be understood; 0: none. */
uint32_t offering_briefed(const struct call *call);
/* SPEECH_FINAL: what was heard of it. */
void offering_heard(struct step *step, struct call *call);

/* SPEECH_READY, SPEECH_FAILED of what is said to both. */
MUST_USE bool offering_ready(struct step *step, struct call *call);

void offering_timer(struct step *step, struct call *call); /* TIMER_OFFER */
void offering_tend(struct step *step); /* The end of each step. */

/* Nothing of an offer is left: the call's place can be given back. */
bool offering_gone(const struct call *call);
/* The call is closed: the last word of each leg to the account. */
void offering_close(struct step *step, struct call *call);
/* Gives the legs back, whoever still holds them. */
void offering_put(struct core *core, struct call *call);

bool offering_check(const struct core *core, struct text_buffer *why);

#endif

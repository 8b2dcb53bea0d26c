// SPDX-License-Identifier: Apache-2.0
/* appointment.h - a callback at a time that a calendar has free: its times are asked for, two are
 * offered, the chosen one is promised, and booked once the promise is durable.
 *
 * The calendar is two tools of the agent who speaks (callbacks.calendar): `slots` is given the
 * days ("start", "end") and answers with times of RFC 3339, wherever they stand in its result; `book`
 * is given "start", "name" and "number". Both are in the account as tools of turn 0. The booking's
 * key is the promise's name: whoever books twice under it books once. Nothing of the promise depends on the
 * calendar: without a time from it the callback is promised as soon as possible, and so is one that could not be booked.
 * States of core/parting.h, between the number and the promise, and after it. */
#ifndef CORE_APPOINTMENT_H
#define CORE_APPOINTMENT_H

#include "core/callbacks.h"
#include "core/state.h"

/* The number is settled. False: there is no calendar to ask. */
MUST_USE bool appointment_begin(struct step *step, struct call *call);
/* The time that was chosen, for the promise. False: none was. */
MUST_USE bool appointment_window(const struct step *step, const struct call *call,
                                 struct callback *out);
/* The promise is durable. False: there is nothing to book. */
MUST_USE bool appointment_book(struct step *step, struct call *call);

void appointment_done(struct step *step, struct call *call);    /* TOOL_DONE of turn 0 */
void appointment_overdue(struct step *step, struct call *call); /* While the calendar is asked. */
void appointment_asked(struct step *step, struct call *call);
void appointment_key(struct step *step, struct call *call, char key);
void appointment_words(struct step *step, struct call *call, struct text words);
void appointment_silence(struct step *step, struct call *call);
void appointment_ended(struct step *step, struct call *call); /* The call ends meanwhile. */

/* As it is said: the first or the second that is offered, or (2) the one that is promised. */
void appointment_say(const struct step *step, const struct call *call, uint32_t which,
                     struct text_buffer *out);

#endif

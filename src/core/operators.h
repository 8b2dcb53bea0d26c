// SPDX-License-Identifier: Apache-2.0
/* operators.h - what happens to operators, and who is told: the roster's facts follow telephones,
 * calls, offers and words; each change of state is a STORE_OPERATOR, durable as far as it is a
 * wish, so that a restart keeps a break. */
#ifndef CORE_OPERATORS_H
#define CORE_OPERATORS_H

#include "core/state.h"

void operators_plan(struct step *step);  /* PLAN_LOADED */
void operators_asked(struct step *step); /* OPERATOR_ASKED */
void operators_known(struct step *step); /* STORE_OPERATOR_KNOWN */

/* What they want, and whoever says AVAILABLE is not put aside any more. */
void operators_say(struct step *step, int16_t place, enum operator_said said);

/* Something of the user's telephones changed: registered, gone, answers no more, or again. */
void operators_phone(struct step *step, struct text user);

/* It registers anew, as after a restart: it may know nothing of the calls that it had. */
void operators_restarted(struct step *step, struct text user);

/* Whose telephone it is; -1: nobody's. */
int16_t operators_of_user(const struct core *core, struct text user);

/* Of the plan of now; NULL: not in it any more. */
const struct plan_operator *operators_person(const struct core *core, int16_t place);

/* The leg is one of this operator's, who is busy from now on until it is over. */
void operators_take(struct core *core, struct leg *leg, int16_t place);
/* The leg is the user's, if the user is an operator. */
void operators_take_user(struct core *core, struct leg *leg, struct text user);
/* The leg is over; `now_ms` 0: it never was a call. */
void operators_leave(struct core *core, struct leg *leg, uint64_t now_ms);

/* Being rung for this call, or (0) not any more. */
void operators_ask(struct core *core, int16_t place, uint32_t call, uint64_t now_ms);

/* Somebody's fact is another now, for this reason: told at the end of the step. */
void operators_touch(struct core *core, int16_t place, enum operator_why why);

/* At the end of each step: tells what changed, a few at a time, and wakes the house for the next
 * change that comes by itself. */
void operators_tell(struct step *step);

/* TIMER_HOUSE */
void operators_tend(struct step *step);

#endif

// SPDX-License-Identifier: Apache-2.0
/* offering.h - callers who wait meet operators who are free.
 *
 * An offer is an operator being rung for a caller: legs of the caller's call that are neither its
 * first nor its second, one a telephone of theirs. The first that is answered goes on (BRIEFING:
 * who calls and why is said to them alone; 1 accepts, 2 declines), the others are cancelled, as
 * answered elsewhere. An offer ends in one of: accepted (the leg becomes the call's second and both
 * are joined), declined, not answered in time, failed, withdrawn. The caller keeps the place in the
 * queue until one is accepted. A caller is offered to one operator at a time, or to all who are
 * free with ring-all; an operator to one caller at a time. */
#ifndef CORE_OFFERING_H
#define CORE_OFFERING_H

#include "core/state.h"

/* Matches those who wait with those who are free; when one joined a queue, or became free, or the
 * house was looked after. */
void offering_look(struct step *step);

/* The caller left, by whatever way: whoever is rung for them is not any more. Also safe when nobody
 * is. */
void offering_withdraw(struct step *step, struct call *call, struct text why);

#endif

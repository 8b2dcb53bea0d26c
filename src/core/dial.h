// SPDX-License-Identifier: Apache-2.0
/* dial.h - one leg that we call: over which trunk, what it says of itself, when the next trunk is
 * tried.
 *
 * A 3xx is followed DIAL_REDIRECTS times where it stays with the trunk (redirect.h), or leads from
 * one telephone of ours to another; else it is the refusal.
 *
 * call->dial holds what is dialled; it serves the first leg of a call that we place, or the second
 * leg of a forwarded, transferred or referred one. */
#ifndef CORE_DIAL_H
#define CORE_DIAL_H

#include "core/state.h"

enum { DIAL_REDIRECTS = 3 }; /* 3xx followed for one call; the next is its refusal. */

/* What a stranger gave as a number, decoded, as the user of a URI again (RFC 3261 25.1): never a
 * URI of its own, which would be called wherever it points. Empty when it does not fit: it calls
 * nobody. */
void dial_user(struct text number, char *out, uint32_t size);

/* Who of the users of the call's plan, or of the plan of now, is meant by it: phones_meant(). */
struct text dial_meant(const struct core *core, const struct call *call, struct text target,
                       int16_t only);

/* Takes a second leg beside the first and dials. NULL: no spare leg, or no trunk to try. */
MUST_USE struct leg *dial_second(struct step *step, struct call *call, enum leg_role role);

/* Dials the user's telephone where it registered last, then where it did before, when a user is
 * meant (phones_meant()); else over the next trunk of the list that has room. False: none is left.
 */
MUST_USE bool dial_next(struct step *step, struct call *call, struct leg *leg);

/* Why nobody was dialled, for the caller and the account. */
struct text dial_failure(struct step *step, const struct call *call, uint16_t *status,
                         enum cause *cause);

/* Events of step->leg, before the call looks at them. */
void dial_dialed(struct step *step, struct call *call);
void dial_progress(struct step *step, struct leg *leg, struct call *call);
/* False: they agree to no sound that we can speak; the leg is to be ended. */
MUST_USE bool dial_answered(struct step *step, struct call *call, struct leg *leg);
/* True: it is dialled again, over another trunk or without session timer. */
MUST_USE bool dial_refused(struct step *step, struct call *call, struct leg *leg);

/* What a refusal of the leg means to the account. */
enum cause dial_cause(const struct core *core, const struct call *call, const struct leg *leg);

#endif

// SPDX-License-Identifier: Apache-2.0
/* refused.h - how many refusals the account is told one by one.
 *
 * Each is two rows, and a trunk that floods us makes thousands a second. So of each cause
 * REFUSED_A_SECOND are written in a second of the core's time; the rest are counted, and summed up in
 * one more call of that cause: its ref and trunk are those of the first that was not written, its
 * detail begins with the count ("812 calls: overload: max-calls"). It is written with the first
 * event after that second; what a crash takes before it is lost. The answers to the callers are
 * the same. */
#ifndef CORE_REFUSED_H
#define CORE_REFUSED_H

#include "core/admission.h"

enum { REFUSED_A_SECOND = 20 };

/* The event is the SIP_INVITE that is refused. True: it is to be written; false: it is counted. */
MUST_USE bool refused_alone(struct step *step, const struct admission *admission);

/* SIP_AWAY: what signalling turned away itself is in the account as one call of that second. */
void refused_away(struct step *step);

/* At the end of each step: STORE_CALL_OPENED and _CLOSED of one cause that is to be summed up. */
void refused_sum_up(struct step *step);

#endif

// SPDX-License-Identifier: Apache-2.0
/* outbound.h - a call that we place: request, account, trunks in order, ringing, the first words.
 *
 * Nobody is dialled before the account is durable, and a key that was seen before dials nobody. */
#ifndef CORE_OUTBOUND_H
#define CORE_OUTBOUND_H

#include "core/state.h"

void outbound_requested(struct step *step); /* CALL_REQUESTED */

/* Events of a call that we place. */
void outbound_account_open(struct step *step, struct call *call);
void outbound_account_failed(struct step *step, struct call *call);
void outbound_known(struct step *step, struct call *call); /* STORE_KNOWN */
void outbound_unanswered(struct step *step, struct call *call);

/* Events of step->leg, any leg that we dialled. */
void outbound_progress(struct step *step, struct call *call);
void outbound_answered(struct step *step, struct call *call);
void outbound_refused(struct step *step, struct call *call);

#endif

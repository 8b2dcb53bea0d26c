// SPDX-License-Identifier: Apache-2.0
/* transfer.h - a call goes on with somebody else: REFER in both roles (RFC 3515, 3892, 4488) and
 * INVITE with Replaces (RFC 3891).
 *
 * We refer: the agent's words first, then REFER; what its NOTIFYs say is the result; a trunk that
 * knows no REFER, or wants none, is spared it and we carry the call ourselves (core/join.h). On
 * failure the agent says so and goes on. We are referred: where the trunk's `refer` allows it, the
 * other party is called, and the conversation goes on there when it answers; until then, and when it
 * does not, it goes on where it is. */
#ifndef CORE_TRANSFER_H
#define CORE_TRANSFER_H

#include "core/state.h"

/* The agent's words before a transfer are said. */
void transfer_begin(struct step *step, struct call *call);

/* Events: our REFER. */
void transfer_refer_answered(struct step *step, struct call *call);
void transfer_notified(struct step *step, struct call *call);
void transfer_failed(struct step *step, struct call *call, uint16_t status, struct text why);
/* TIMER_FAR */
void transfer_overdue(struct step *step, struct call *call);

/* Events: their REFER. */
void transfer_referred(struct step *step, struct call *call);
void transfer_progress(struct step *step, struct call *call);
void transfer_succeeded(struct step *step, struct call *call);
/* The first leg hung up: true when the call goes on without it. */
MUST_USE bool transfer_left(struct step *step, struct call *call);
/* The leg on which the conversation is to go on has answered after the other left. */
void transfer_arrived(struct step *step, struct call *call);

/* The second leg becomes the first; the first is left. */
void transfer_change_legs(struct step *step, struct call *call, struct text reason);

/* INVITE with Replaces, and its ACK. */
void transfer_invited(struct step *step);
void transfer_replace(struct step *step, struct call *call);

/* The call ends while a transfer is under way: it is told. */
void transfer_given_up(struct step *step, struct call *call);

/* STORE_TRANSFER */
void transfer_tell(struct step *step, struct call *call, struct text how, bool done,
                   uint16_t status, struct text detail);

#endif

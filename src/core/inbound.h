// SPDX-License-Identifier: Apache-2.0
/* inbound.h - a call to us: admission, account, ringing, 200, ACK. It is answered only when its
 * account is durable. */
#ifndef CORE_INBOUND_H
#define CORE_INBOUND_H

#include "core/state.h"

/* A new dialog: refuses, or begins a call. */
void inbound_invited(struct step *step);

/* 200 with the description that was prepared. */
void inbound_answer(struct step *step, struct call *call);

/* Events of a call that exists. */
void inbound_account_open(struct step *step, struct call *call);
void inbound_pracked(struct step *step, struct call *call);
void inbound_acked(struct step *step, struct call *call);

#endif

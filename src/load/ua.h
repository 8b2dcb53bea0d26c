// SPDX-License-Identifier: Apache-2.0
/* ua.h - the signalling of the callers of a thread: INVITE, ACK, BYE, CANCEL, credentials, and
 * answers to what they are asked (RFC 3261 sections 8, 12, 13, 15, 17, 22).
 *
 * Everything goes to the target's address, whatever Contact and Route say in names: the target must
 * be the first hop. Reliable provisional answers, forking and redirection are not for us. */
#ifndef LOAD_UA_H
#define LOAD_UA_H

#include "load/worker.h"

/* Begins a call in a slot that worker_take_slot() gave. */
void ua_begin(struct worker *worker, uint32_t slot);
/* Takes what has come, and what is due. */
void ua_step(struct worker *worker);
/* The run is over: BYE to who is up, CANCEL to what is on its way. */
void ua_end(struct worker *worker, uint32_t slot);
/* Nothing more is waited for. */
void ua_abandon(struct worker *worker, uint32_t slot);

#endif

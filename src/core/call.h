// SPDX-License-Identifier: Apache-2.0
/* call.h - a call's life, from the INVITE to the last release: OPENING, (RINGING,) ANSWERING, UP,
 * ENDING, CLOSED, FREE.
 *
 * A call is answered only when its account is durable. Every accepted call ends in exactly one
 * STORE_CALL_CLOSED, and its places (slot, port, ring, recogniser) are free only when every limb
 * has said that it lets go, or did not say so in time. */
#ifndef CORE_CALL_H
#define CORE_CALL_H

#include "core/state.h"

/* A new dialog: refuses, or begins a call. */
void call_invited(struct step *step);

/* Ends a call in whatever state it is; nothing happens when it is ending already. */
void call_end(struct step *step, struct call *call, enum cause cause, struct text detail);

/* Events of a call that exists. */
void call_account_open(struct step *step, struct call *call);
void call_pracked(struct step *step, struct call *call);
void call_acked(struct step *step, struct call *call);
void call_reinvited(struct step *step, struct call *call);
void call_refreshed(struct step *step, struct call *call);
void call_released(struct step *step, struct call *call);
void call_silent(struct step *step, struct call *call);
void call_media_closed(struct step *step, struct call *call);
void call_speech_stopped(struct step *step, struct call *call);
void call_timer(struct step *step, struct call *call, enum timer_kind kind);

#endif

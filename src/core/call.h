// SPDX-License-Identifier: Apache-2.0
/* call.h - a call's life, from the INVITE to the last release: OPENING, (RINGING,) ANSWERING, UP,
 * ENDING, CLOSED, FREE. Its beginning is in core/inbound.h, its dialog and sound in core/leg.h.
 *
 * Every accepted call ends in exactly one STORE_CALL_CLOSED, and its places (slot, port, ring,
 * recogniser) are free only when every limb has said that it lets go, or did not say so in time. */
#ifndef CORE_CALL_H
#define CORE_CALL_H

#include "core/state.h"

/* Ends a call in whatever state it is; nothing happens when it is ending already. */
void call_end(struct step *step, struct call *call, enum cause cause, struct text detail);

/* Events of a call that exists. */
void call_released(struct step *step, struct call *call);
void call_media_closed(struct step *step, struct call *call);
void call_speech_stopped(struct step *step, struct call *call);
void call_timer(struct step *step, struct call *call, enum timer_kind kind);

#endif

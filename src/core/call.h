// SPDX-License-Identifier: Apache-2.0
/* call.h - a call's life: OPENING, then (RINGING,) ANSWERING or DIALING or FORWARDING, then UP or
 * BRIDGED, then ENDING, CLOSED, FREE. Its beginnings are in core/inbound.h and core/outbound.h, a
 * leg's dialog and sound in core/leg.h, what two legs do in core/join.h and core/transfer.h.
 *
 * Every accepted call ends in exactly one STORE_CALL_CLOSED, and its places (slot, ports, ring,
 * recogniser) are free only when every limb has said that it lets go, or did not say so in time. */
#ifndef CORE_CALL_H
#define CORE_CALL_H

#include "core/state.h"

/* The first leg is up: the conversation begins. */
void call_up(struct step *step, struct call *call);

/* STORE_CALL_ANSWERED, and the timers of a call that is up. */
void call_answered(struct step *step, struct call *call);

/* The recogniser hears the first leg no more, or again: where none is free, by keys. */
void call_deafen(struct step *step, struct call *call);
void call_listen(struct step *step, struct call *call);

/* What has become of the conversation: it is over, or the caller is to be given away. After each
 * event of a call; also for who moves a call by another event. */
void call_follow(struct step *step, struct call *call);

/* Ends a call in whatever state it is; nothing happens when it is ending already. */
void call_end(struct step *step, struct call *call, enum cause cause, struct text detail);

/* A leg is there no more and nobody hung up: the call ends, unless it can go on without that leg. */
void call_lost(struct step *step, struct call *call, const struct leg *leg, enum cause cause,
               struct text why);

/* Ends one leg of a call that goes on. It must not be the first any more. */
void call_leave(struct step *step, struct call *call, struct leg *leg, struct text reason);

/* Events of step->leg. */
void call_hung_up(struct step *step, struct call *call);
void call_failed(struct step *step, struct call *call);
void call_released(struct step *step, struct call *call);
void call_media_closed(struct step *step, struct call *call);
void call_speech_stopped(struct step *step, struct call *call);
void call_timer(struct step *step, struct call *call, enum timer_kind kind);

/* Gives back what every limb has let go of. */
void call_settle(struct step *step, struct call *call);

#endif

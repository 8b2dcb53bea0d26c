// SPDX-License-Identifier: Apache-2.0
/* leg.h - one dialog and its sound, once they are there: ports, media, re-INVITE and UPDATE,
 * session timers (RFC 4028), silence. */
#ifndef CORE_LEG_H
#define CORE_LEG_H

#include "core/state.h"

uint16_t leg_port(const struct step *step, const struct call *call, const struct leg *leg);

static inline bool leg_is_up(const struct leg *leg)
{
    return leg->state == LEG_UP || leg->state == LEG_HELD;
}

/* A command for the leg's dialog. */
struct command *leg_emit(struct step *step, enum command_kind kind, const struct leg *leg);

/* Which codecs the leg may speak, and whether it may send noise for silence: before its first offer
 * or answer. trunk: -1 for none. */
void leg_speak_as(struct leg *leg, const struct plan *plan, int16_t trunk);

void leg_open_media(struct step *step, struct call *call, struct leg *leg);
void leg_update_media(struct step *step, struct call *call, struct leg *leg);
void leg_arm_session(struct step *step, struct call *call, struct leg *leg);

/* TIMER_SESSION, TIMER_FAR_SESSION: refreshes, or ends a session that has expired. */
void leg_refresh(struct step *step, struct call *call, struct leg *leg);

/* Hangs up and closes the sound; the limbs' answers are awaited by whoever ends it. */
void leg_end(struct step *step, struct leg *leg, struct text reason);
/* The same with a status of SIP for its Reason (RFC 3326); 0: what the call's cause is by Q.850. */
void leg_end_as(struct step *step, struct leg *leg, struct text reason, uint16_t status);
/* Every limb has let go. */
bool leg_gone(const struct leg *leg);
void leg_take_figures(struct leg *leg, const struct event *event); /* MEDIA_CLOSED */
/* STORE_LEG; once with `ended`, and nothing after. */
void leg_account(struct step *step, const struct call *call, struct leg *leg, bool ended);

/* Events of step->leg. */
void leg_reinvited(struct step *step, struct call *call);
void leg_refreshed(struct step *step, struct call *call);
void leg_silent(struct step *step, struct call *call);
/* Asks the other side whether it is there: no answer, or 481, is call_lost(). */
void leg_ask(struct step *step, struct call *call, struct leg *leg);
/* No sound for no_audio_end_ms: leg_ask(). */
void leg_unheard(struct step *step, struct call *call);

/* One of two who are joined is another: whom that timer is about is chosen anew. */
void leg_watch(struct step *step, struct call *call);

#endif

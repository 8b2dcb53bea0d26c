// SPDX-License-Identifier: Apache-2.0
/* leg.h - one dialog and its sound, once they are there: ports, media, re-INVITE and UPDATE,
 * session timers (RFC 4028), silence. */
#ifndef CORE_LEG_H
#define CORE_LEG_H

#include "core/state.h"

uint16_t leg_port(const struct step *step, const struct call *call);

/* A command for the leg's dialog. */
struct command *leg_emit(struct step *step, enum command_kind kind, const struct call *call);

/* Which codecs the leg may speak, and whether it may send noise for silence: before its first offer
 * or answer. trunk: -1 for none. */
void leg_speak_as(struct leg *leg, const struct plan *plan, int16_t trunk);

void leg_open_media(struct step *step, struct call *call, struct leg *leg);
void leg_update_media(struct step *step, struct call *call, struct leg *leg);
void leg_arm_session(struct step *step, struct call *call);

/* TIMER_SESSION: refreshes, or ends a session that has expired. */
void leg_refresh(struct step *step, struct call *call);

/* Events. */
void leg_reinvited(struct step *step, struct call *call);
void leg_refreshed(struct step *step, struct call *call);
void leg_silent(struct step *step, struct call *call);

#endif

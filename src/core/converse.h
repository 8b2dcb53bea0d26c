// SPDX-License-Identifier: Apache-2.0
/* converse.h - a provider that hears, thinks and speaks in one: what is different with it.
 *
 * It stands first in an agent's chain of hearers and in that of models. It answers only a call that
 * it hears, by the session that SPEECH_SESSION names; the turns, the floor, tools and the ledger
 * are as with all others. Its voice is a clip that comes unasked (MIND_SOUNDS). It may begin to
 * answer when all of the caller's sound is there (TURN_COMMITTED), before the words of it are: what
 * it then says is heard when they are, or thrown away if the turn goes on. When its connection
 * dies, both chains go on. See docs/decisions/one-provider-as-three.md. */
#ifndef CORE_CONVERSE_H
#define CORE_CONVERSE_H

#include "core/state.h"

bool converse_is(const struct step *step, const struct call *call, int16_t provider);

/* provider_pick() among those that think; one that converses is picked only where it hears. */
int16_t converse_pick(struct step *step, const struct call *call, uint32_t tried, uint8_t *at);

/* Events. */
void converse_session(struct step *step, struct call *call);   /* SPEECH_SESSION */
void converse_committed(struct step *step, struct call *call); /* SPEECH_TURN: TURN_COMMITTED */

/* What was said of the caller's turn is over. For core/hear.h: it hears no more. */
void converse_lost(struct step *step, struct call *call);

#endif

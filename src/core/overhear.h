// SPDX-License-Identifier: Apache-2.0
/* overhear.h - what two who are joined say to each other is written down, where the plan wants it;
 * and the yes or no of an operator who has heard the brief is understood.
 *
 * Each side has a ring and a recogniser of its own, from the joining until they are parted: by the
 * first provider of the agent's chain that is well, or the embedded one where it has no chain. The
 * end of a voice ends an utterance; its final text is a STORE_TURN of the caller's or the
 * operator's. Nobody who calls goes without for it: it takes no more than half of the embedded
 * places, of the rings, and of what a provider has sessions for. Who gets nothing when they are
 * joined, or loses it, is not written down, and neither are words whose final had not come by the
 * end.
 *
 * An operator who is asked is heard with the ears of the caller's agent, which listen for yes and no.
 * It is for seconds: all places but the last are good for it, and of a provider any session. Where
 * only the embedded recogniser is left, which knows English, others press a key. What is heard goes
 * to core/offering.h. */
#ifndef CORE_OVERHEAR_H
#define CORE_OVERHEAR_H

#include "core/state.h"

/* Begins and ends as the legs of the call are now: joined, parted, changed, ended. */
void overhear_look(struct step *step, struct call *call);

/* An event of a leg that is overheard. False: it is somebody else's. */
MUST_USE bool overhear_event(struct step *step, struct call *call);

/* Its ring is still read: the leg has to stay known. */
bool overhear_is(const struct call *call, uint32_t leg);
bool overhear_gone(const struct call *call);
/* A leg that is given up, though its recogniser never said that it has stopped. */
void overhear_let_go(struct core *core, struct call *call, uint32_t leg);
/* The call is put back: what it still has is given up. */
void overhear_put(struct core *core, struct call *call);

#endif

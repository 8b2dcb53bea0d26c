// SPDX-License-Identifier: Apache-2.0
/* hear.h - who recognises the caller's words: the first of the agent's chain that is well, the
 * embedded recogniser when none is.
 *
 * One that fails, or whose final text is late, is left for the next, which gets what came since the
 * last final again (SPEECH_LISTEN with replay): no words are lost. The embedded recogniser has
 * places; a call that falls back to it when all are taken goes on by keys. */
#ifndef CORE_HEAR_H
#define CORE_HEAR_H

#include "core/state.h"

/* The call has a ring: a recogniser begins. False: there is none for it. */
MUST_USE bool hear_begin(struct step *step, struct call *call);
/* What the agent of now expects; by one of its own chain. */
void hear_expect(struct step *step, struct call *call, enum expect what);
/* The ring is given back. */
void hear_end(struct core *core, struct call *call);

/* SPEECH_FAILED of a recogniser. False: there is no other, the call goes on by keys. */
MUST_USE bool hear_failed(struct step *step, struct call *call);
/* The final is late. False: there is no other to ask. */
MUST_USE bool hear_overdue(struct step *step, struct call *call);
/* It came. */
void hear_final(struct step *step, struct call *call);

/* How long a final may take; when the caller is told. */
uint32_t hear_hard_ms(const struct step *step, const struct call *call);
uint32_t hear_soft_ms(const struct step *step, const struct call *call);

#endif

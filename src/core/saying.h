// SPDX-License-Identifier: Apache-2.0
/* saying.h - one utterance of a reply: asked of a voice, made, played, heard. For core/reply.c.
 *
 * WAITING -> ASKED -> READY -> PLAYING -> OVER. A voice that fails or is late is left for the next
 * of the agent's chain; one that dies while it is heard is taken over at the word last heard. */
#ifndef CORE_SAYING_H
#define CORE_SAYING_H

#include "core/state.h"

/* The text that stands at the end of the reply becomes its last utterance, if there is room. */
MUST_USE struct saying *saying_add(struct step *step, struct call *call, int16_t agent,
                                   uint32_t size);
/* Room for another utterance and this much text, making it from what is over. */
bool saying_room(struct reply *reply, uint32_t size);

/* Gives the voice as many of those that wait as may be ahead. */
void saying_ask(struct step *step, struct call *call);

/* Takes it as over: it is not waited for any more, its clip is given back. */
void saying_drop(struct step *step, struct call *call, struct saying *saying);

/* Writes it to the account and to the dialogue; what was not heard at all was not said. */
void saying_account(struct step *step, struct call *call, const struct reply *reply,
                    const struct saying *saying, uint32_t total_ms, bool whole);

bool saying_all_over(const struct reply *reply);

#endif

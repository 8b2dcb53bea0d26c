// SPDX-License-Identifier: Apache-2.0
/* escalation.h - when the voice agent is not enough: turns not understood, tools that fail, a caller
 * who is unhappy. Each is counted, in struct talk, and at the number in the agent's file the caller
 * is told that somebody comes, and waits in the agent's queue for people; the brief and the account
 * say why. A frustrated caller goes before the others there.
 *
 * How a caller feels is told from the words where intents are understood, and before a model
 * answers; a model says it by the fact `sentiment`. Turns in a row count, each once; who is calm in one
 * begins anew.
 *
 * Not while the caller waits already, nor when the call is on its way elsewhere. The counts begin
 * anew then: who comes back from the queue is not sent there by the old ones. Each function that
 * returns true has composed the reply; the floor is the caller's to give, as in core/act.h. */
#ifndef CORE_ESCALATION_H
#define CORE_ESCALATION_H

#include "core/state.h"

/* A turn was not understood; talk->failed_turns of them in a row. */
MUST_USE bool escalation_misunderstood(struct step *step, struct call *call);

/* How the caller felt in a turn that was understood or not. leads: it leads to people by itself, or
 * to the call's end, so that nothing else need be done. */
MUST_USE bool escalation_felt(struct step *step, struct call *call, bool leads);

/* The same of a turn that a model is to answer, told from its words: where they are English. True:
 * the model is not to answer, and what it has begun is dropped. */
MUST_USE bool escalation_heard(struct step *step, struct call *call, struct text words);
/* What a model says of the turn that it answers. The rest of the answer is not wanted, when true. */
MUST_USE bool escalation_told(struct step *step, struct call *call, enum sentiment sentiment);

/* A tool of the caller's turn could not be used. The model's answer is not wanted any more, when
 * true. */
MUST_USE bool escalation_tool(struct step *step, struct call *call);

#endif

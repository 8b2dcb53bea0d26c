// SPDX-License-Identifier: Apache-2.0
/* unavailable.h - nobody can come: why is said, then the path of the cause is taken.
 *
 * Three causes are told apart, with words and a path each, by the plan: nobody takes the call; too
 * many callers, who may choose between a callback (1) and holding (2); something of ours fails, told
 * from a file or a prompt made at the start, in a voice that needs no provider from then on. Nothing
 * here waits for what may have failed: words that cannot be spoken are passed over, sounds that do
 * not come too. */
#ifndef CORE_UNAVAILABLE_H
#define CORE_UNAVAILABLE_H

#include "core/state.h"

/* Ends the agent's part; whoever let the caller wait has taken it back before (music is off).
 * `queue` is whose message or callback it will be; empty: nobody's. False: the call is not one that
 * can be spoken to (not up, or joined to somebody). */
MUST_USE bool unavailable_begin(struct step *step, struct call *call, enum unavailable why,
                                struct text queue);

/* For the account of the call: which of the causes the caller was told; empty: none. */
struct text unavailable_cause(const struct call *call);

/* States of core/parting.h. */
void unavailable_told(struct step *step, struct call *call);
void unavailable_offered(struct step *step, struct call *call);
void unavailable_key(struct step *step, struct call *call, char key);
void unavailable_words(struct step *step, struct call *call, struct text words);
void unavailable_unanswered(struct step *step, struct call *call);

#endif

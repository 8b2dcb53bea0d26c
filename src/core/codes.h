// SPDX-License-Identifier: Apache-2.0
/* codes.h - numbers that an operator dials to say what they want: *41 for a break. Heard by the
 * first agent's voice, in its language; the call then ends. Only from a telephone that proved to be
 * one of theirs; to everybody else they are numbers like others. */
#ifndef CORE_CODES_H
#define CORE_CODES_H

#include "core/state.h"

/* What the number means from this user's telephone, + 1; 0: nothing. */
uint8_t codes_meaning(const struct core *core, const struct plan *plan, struct text user,
                      struct text number);

/* The call is up: does it, and says so. */
void codes_obey(struct step *step, struct call *call);

#endif

// SPDX-License-Identifier: Apache-2.0
/* ledger.h - the times of one turn, written to the account when its reply is over.
 *
 * Round trip (audible_ms) is last caller speech in to first audible agent sample out; mic to first
 * partial is first caller speech packet in to first partial. These are the product's definitions.
 */
#ifndef CORE_LEDGER_H
#define CORE_LEDGER_H

#include "core/state.h"

void ledger_write(struct step *step, const struct call *call, const struct reply *reply);

#endif

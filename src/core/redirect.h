// SPDX-License-Identifier: Apache-2.0
/* redirect.h - where a 3xx of a trunk may lead a call: to another number at the trunk's own host, or to a
 * numeric address among its `sources`. Anywhere else the call would be paid for by us, or listened
 * to by strangers. */
#ifndef CORE_REDIRECT_H
#define CORE_REDIRECT_H

#include "core/state.h"

/* Makes it the target. False: it leads away; nothing is changed. */
MUST_USE bool redirect_within(struct dial *dial, const struct plan_trunk *trunk, struct text uri);

#endif

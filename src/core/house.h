// SPDX-License-Identifier: Apache-2.0
/* house.h - one timer of no call, for what waits without one: operators who wrap up, callers whose
 * patience ends, promises that are due.
 *
 * When it fires every part is asked, whatever it was set for; each looks at its own deadlines,
 * which are cheap to find, and wakes the house for its next one. */
#ifndef CORE_HOUSE_H
#define CORE_HOUSE_H

#include "core/state.h"

enum { HOUSE_LOOK_MS = 60000 }; /* A clock on the wall that is set anew is noticed so soon. */

/* The house is looked after at this time, or earlier. */
void house_wake(struct step *step, uint64_t at_ms);
/* The same for a time on the wall: it wakes after HOUSE_LOOK_MS at the latest, and is to be asked for
 * again. */
void house_wake_wall(struct step *step, uint64_t wall_ms);

void house_timer(struct step *step); /* TIMER_HOUSE */

#endif

// SPDX-License-Identifier: Apache-2.0
/* comeback.h - the caller was joined with somebody who is not there any more, and did not hang up: a
 * telephone that disappeared, or an operator who transferred the caller, left, and whose transfer came to nothing.
 * The caller is told so, and goes back to the queue, in the place of before; or, where there is none
 * or it is closed by now, to the voice agent. BYE is no such thing: it ends the call. */
#ifndef CORE_COMEBACK_H
#define CORE_COMEBACK_H

#include "core/state.h"

/* Where the caller goes. */
enum comeback {
    COMEBACK_NOWHERE, /* No agent has ever had the call, or the caller is gone too. */
    COMEBACK_QUEUE,
    COMEBACK_AGENT
};

/* What the caller is told. */
enum comeback_why { COMEBACK_LOST, COMEBACK_UNREACHED };

/* The second leg of a bridge is lost. False: COMEBACK_NOWHERE, nothing is changed. */
MUST_USE bool comeback_begin(struct step *step, struct call *call, enum comeback_why what,
                             struct text why);

/* Two who are joined are so no more: the second leg is left, and the first one's conversation is to go
 * on, by what the caller of this says next. The first leg is up; the call has an agent. */
void comeback_talk(struct step *step, struct call *call, struct text reason);

/* What was overheard on the first leg is let go of: the agent's recogniser begins. */
void comeback_listen(struct step *step, struct call *call);

#endif

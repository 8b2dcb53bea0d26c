// SPDX-License-Identifier: Apache-2.0
/* prime.h - has an agent's fixed words spoken before anybody needs them: by its embedded voice,
 * which stands at the end of each chain, and by the first voice of its chain. Any thread. */
#ifndef SPEECH_PRIME_H
#define SPEECH_PRIME_H

#include "base/mailbox.h"
#include "core/plan.h"
#include "speech/talker.h"

/* door: where SPEECH_SAY with leg 0 goes, for voices over the network. */
void prime_agent(struct talker *talker, struct mailbox *door, uint32_t slot,
                 const struct plan_agent *agent);

#endif

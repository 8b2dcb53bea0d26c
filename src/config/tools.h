// SPDX-License-Identifier: Apache-2.0
/* tools.h - what an agent's model may do: from the file to the plan. */
#ifndef APP_TOOLS_H
#define APP_TOOLS_H

#include "config/reading.h"
#include "config/settings.h"

/* Makes the tools of one agent, whose intents and chains are made, as are the names of all agents.
 * Those built in get a description and a JSON schema, in which only the places that the agent's own
 * intents lead to can be chosen: a model dials no number of its own. */
void tools_make(struct reading *reading, const char *file, const struct agent_settings *settings,
                const struct plan_agent *agents, struct plan_agent *out);

#endif

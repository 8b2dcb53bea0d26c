// SPDX-License-Identifier: Apache-2.0
/* agents.h - the voice agents' files into plan agents. */
#ifndef APP_AGENTS_H
#define APP_AGENTS_H

#include "config/reading.h"
#include "config/settings.h"

/* One agent's file, as read; `agent` is filled in by agents_link(). */
struct agent_file {
    const char *path;
    struct agent_settings settings;
    struct text instructions;
    struct text name;
    bool good; /* Front matter was there. */
    bool reached;
};

struct agents {
    struct agent_file files[MAX_AGENTS];
    uint32_t count;
};

/* Reads all files of the directory that `setting` names. */
void agents_read(struct reading *reading, const char *config_file, const struct setting *directory,
                 struct agents *out);

/* The index of the agent with this name; -1, after an error with the nearest name, when there is
 * none. */
int16_t agents_find(struct reading *reading, struct agents *agents, const char *file,
                    const struct setting *name);

/* Checks what refers to intents, other agents and the plan's providers, and makes the plan's
 * agents. Reading goes on after errors: indices are then -1. NULL: memory is out. */
const struct plan_agent *agents_link(struct reading *reading, struct agents *agents,
                                     const struct plan *plan);

#endif

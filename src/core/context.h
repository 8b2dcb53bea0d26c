// SPDX-License-Identifier: Apache-2.0
/* context.h - the facts that go with a call from agent to agent, as "key=value\n" lines. Pure. */
#ifndef CORE_CONTEXT_H
#define CORE_CONTEXT_H

#include "base/text.h"

/* The value of `key` among "key=value\n" lines; empty when absent. */
struct text context_entity(struct text entities, struct text key);

/* Adds the lines of `found` to `entities` (capacity MAX_ENTITIES, terminated); a key that is there
 * is replaced. What does not fit is dropped, oldest first stays. */
void context_merge(char *entities, struct text found);

#endif

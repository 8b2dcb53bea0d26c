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

/* What signalling said of the caller: "diversion", "user_to_user", and each X-* header by its name
 * in lower case ("x-campaign"). given has MAX_ENTITIES bytes; headers are "Name: value\n" lines. */
void context_from_signalling(char *given, struct text diversion, struct text user_to_user,
                             struct text headers);

#endif

// SPDX-License-Identifier: Apache-2.0
/* arena.h - memory that is freed at once: one for a configuration, a request, a call in a limb.
 *
 * Not thread-safe. Allocations are zeroed and aligned for any type. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/attr.h"
#include "base/text.h"

struct arena;

MUST_USE struct arena *arena_new(size_t limit_bytes);
void arena_free(struct arena *arena);

/* NULL when the limit is reached or memory is out. */
MUST_USE void *arena_take(struct arena *arena, size_t size);

/* A terminated copy; .data is NULL when memory is out. */
MUST_USE struct text arena_text(struct arena *arena, struct text t);

#endif

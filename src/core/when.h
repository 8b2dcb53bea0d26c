// SPDX-License-Identifier: Apache-2.0
/* when.h - a time as RFC 3339 5.6 writes it, "2026-11-22T10:00:00+01:00", and back. Pure. */
#ifndef CORE_WHEN_H
#define CORE_WHEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"

/* Milliseconds since 1970. Seconds may be left away; the zone may not, or nobody knows when it is.
 * False: it is no such time. */
MUST_USE bool when_read(struct text t, uint64_t *out);

/* In UTC, to the second. */
void when_write(uint64_t wall_ms, struct text_buffer *out);

#endif

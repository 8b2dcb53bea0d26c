// SPDX-License-Identifier: Apache-2.0
/* zones.h - a time zone of the system's tz database as the moments at which its clocks change.
 *
 * Read as a file of the reading (RFC 8536, "The Time Zone Information Format"), not by the C library,
 * whose zone is one for all threads: so the journal keeps it, and a replay has the zone of then. The
 * changes of ZONES_FROM to ZONES_TO are kept; those after the file's last come from the rule at its
 * end (RFC 8536 3.3: POSIX TZ, with days as "M3.5.0"). Versions 2 and later. */
#ifndef APP_ZONES_H
#define APP_ZONES_H

#include "config/schema.h"
#include "core/plan.h"

enum { ZONES_FROM = 2024, ZONES_TO = 2060, ZONES_CHANGES = 160 };

/* The changes into `changes` of ZONES_CHANGES. False: these bytes are no such file. Pure. */
MUST_USE bool zones_parse(struct text bytes, struct plan_zone_change *changes, uint16_t *count,
                          int32_t *first_offset_s);

/* Fills in the zone of *out by its name; after an error it is UTC. */
void zones_read(struct reading *reading, const char *file, const struct setting *name,
                struct plan_hours *out);

#endif

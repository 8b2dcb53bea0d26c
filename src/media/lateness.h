// SPDX-License-Identifier: Apache-2.0
/* lateness.h - whether a media thread keeps time: what admission is told.
 *
 * One stall is nobody's fault: a machine stands still for a moment, and jitter buffers are for
 * that. A thread that has too much to do is late for many beats, second after second. So: late is
 * who began more than a tenth of its beats late in each of three seconds, and is so until a second
 * is better. Pure. Cost: two additions a beat. */
#ifndef MEDIA_LATENESS_H
#define MEDIA_LATENESS_H

#include <stdbool.h>
#include <stdint.h>

enum { LATENESS_SHARE_PERMILLE = 100, LATENESS_SECONDS = 3 };

struct lateness {
    uint64_t second_ends_ns;
    uint32_t beats, late; /* Of this second. */
    uint32_t seconds;     /* Bad ones in a row. */
};

/* Counts a beat. True when it ended a second and the thread is late: *permille of that second's
 * beats were. Begin with zeros. */
bool lateness_count(struct lateness *lateness, uint64_t now_ns, bool late, uint32_t *permille);

#endif

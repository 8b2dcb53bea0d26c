// SPDX-License-Identifier: Apache-2.0
/* suspects.h - messages that ended a worker, and what is not to be heard again because of it.
 *
 * The message itself for a minute, wherever in it the library tripped: who sends it again, as UDP
 * does, does not end the next worker. A trunk has one address for all its calls, so its address is
 * only silenced when three of its messages ended a worker within ten minutes. Pure; the keeper's.
 */
#ifndef SIP_SUSPECTS_H
#define SIP_SUSPECTS_H

#include <stdbool.h>
#include <stdint.h>

enum { SUSPECTS = 64, SUSPECT_TIMES = 3, SUSPECT_MEMORY_MS = 600000, QUARANTINE_MS = 60000 };

/* What is not to be heard until then. */
struct quarantine {
    char address[64]; /* "192.0.2.7", no port. */
    uint64_t hash;    /* Of the message; 0: all that comes from the address. */
    uint64_t until_ms;
};

struct suspects {
    struct {
        struct quarantine what;
        uint64_t at_ms; /* 0: none. */
    } items[SUSPECTS];
    uint32_t next; /* The oldest is forgotten for a newer. */
};

/* A worker ended with this message in hand. */
void suspects_add(struct suspects *suspects, const char *address, uint64_t hash, uint64_t now_ms);

/* The index-th of what is in force; false: that was all. */
bool suspects_get(const struct suspects *suspects, uint32_t index, uint64_t now_ms,
                  struct quarantine *out);

#endif

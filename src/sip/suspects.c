// SPDX-License-Identifier: Apache-2.0
/* suspects.c - a ring. */
#include "sip/suspects.h"

#include <stdio.h>
#include <string.h>

void suspects_add(struct suspects *suspects, const char *address, uint64_t hash, uint64_t now_ms)
{
    uint32_t at = suspects->next, times = 1;

    for (uint32_t i = 0; i < SUSPECTS; i++) {
        times += suspects->items[i].at_ms &&
                 now_ms - suspects->items[i].at_ms < SUSPECT_MEMORY_MS &&
                 strcmp(suspects->items[i].what.address, address) == 0;
    }
    suspects->next = (at + 1) % SUSPECTS;
    suspects->items[at].at_ms = now_ms;
    suspects->items[at].what = (struct quarantine){.hash = times < SUSPECT_TIMES ? hash : 0,
                                                   .until_ms = now_ms + QUARANTINE_MS};
    snprintf(suspects->items[at].what.address, sizeof(suspects->items[at].what.address), "%s",
             address);
}

bool suspects_get(const struct suspects *suspects, uint32_t index, uint64_t now_ms,
                  struct quarantine *out)
{
    for (uint32_t i = 0; i < SUSPECTS; i++) {
        if (suspects->items[i].at_ms && suspects->items[i].what.until_ms > now_ms && index-- == 0) {
            *out = suspects->items[i].what;
            return true;
        }
    }
    return false;
}

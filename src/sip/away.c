// SPDX-License-Identifier: Apache-2.0
/* away.c - a counter for each reason, and the source of the first. */
#include "sip/away.h"

#include <stdio.h>
#include <sys/random.h>

#include "base/clock.h"
#include "sip/worker.h"

static struct {
    uint32_t count;
    char source[ADDRESS_SIZE];
} away[AWAYS];

void away_count(enum away why, const char *source)
{
    if (!gate_knows(source))
        return;
    if (away[why].count++ == 0)
        snprintf(away[why].source, sizeof(away[why].source), "%s", source);
}

void away_tell(void)
{
    for (enum away why = 0; why < AWAYS; why++) {
        struct event event = {.kind = SIP_AWAY,
                              .away = {.why = why,
                                       .count = away[why].count,
                                       .source = text_of(away[why].source)}};
        if (away[why].count == 0)
            continue;
        if (getrandom(&event.away.seed, sizeof(event.away.seed), 0) != sizeof(event.away.seed))
            event.away.seed = clock_ns();
        worker_event(&event);
        away[why].count = 0;
    }
}

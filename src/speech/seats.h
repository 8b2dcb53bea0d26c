// SPDX-License-Identifier: Apache-2.0
/* seats.h - which listening thread has which leg, and how many embedded recognisers are lent.
 *
 * A leg is given to the thread with the fewest legs when SPEECH_LISTEN comes, and stays there until
 * SPEECH_STOP. Owned by the limb's door. Each look is a scan of 2,000 places: 1 us. */
#ifndef SPEECH_SEATS_H
#define SPEECH_SEATS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/command.h"

#define SEATS_NONE UINT32_MAX

struct seat {
    uint32_t leg; /* 0: free. */
    uint32_t worker;
    bool embedded; /* It has had an embedded recogniser since it began. */
};

struct seats {
    uint32_t workers;     /* At most SEATS_WORKERS. */
    uint32_t recognisers; /* Embedded ones that may be lent at once. */
    struct seat seats[MAX_RINGS];
};

enum { SEATS_WORKERS = 16 }; /* More listeners than cores of any machine we know gain nothing. */

void seats_init(struct seats *seats, uint32_t workers, uint32_t recognisers);

/* Whose a SPEECH_LISTEN, EXPECT, FINISH, FORGET or STOP is. SEATS_NONE: no place, or no recogniser
 * is free. A leg that has no place, as after a refusal, still gets an answer to SPEECH_STOP. */
uint32_t seats_worker(struct seats *seats, const struct command *command);

#endif

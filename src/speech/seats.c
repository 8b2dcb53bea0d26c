// SPDX-License-Identifier: Apache-2.0
/* seats.c - scans. */
#include "speech/seats.h"

void seats_init(struct seats *seats, uint32_t workers, uint32_t recognisers)
{
    *seats = (struct seats){.workers = workers, .recognisers = recognisers};
}

static struct seat *find(struct seats *seats, uint32_t leg)
{
    for (uint32_t i = 0; i < MAX_RINGS; i++) {
        if (seats->seats[i].leg == leg)
            return &seats->seats[i];
    }
    return NULL;
}

static uint32_t idlest(const struct seats *seats)
{
    uint32_t legs[SEATS_WORKERS] = {0}, best = 0;

    for (uint32_t i = 0; i < MAX_RINGS; i++)
        legs[seats->seats[i].worker] += seats->seats[i].leg != 0;
    for (uint32_t i = 1; i < seats->workers; i++) {
        if (legs[i] < legs[best])
            best = i;
    }
    return best;
}

static bool recogniser_free(const struct seats *seats)
{
    uint32_t lent = 0;

    for (uint32_t i = 0; i < MAX_RINGS; i++)
        lent += seats->seats[i].embedded;
    return lent < seats->recognisers;
}

static uint32_t listen(struct seats *seats, struct seat *seat, const struct command *command)
{
    bool embedded = command->listen.provider == PROVIDER_EMBEDDED;

    if (command->leg == 0 || (embedded && !seat->embedded && !recogniser_free(seats)))
        return SEATS_NONE;
    if (seat->leg == 0)
        *seat = (struct seat){.leg = command->leg, .worker = idlest(seats)};
    seat->embedded = seat->embedded || embedded;
    return seat->worker;
}

uint32_t seats_worker(struct seats *seats, const struct command *command)
{
    struct seat *seat = command->leg ? find(seats, command->leg) : NULL;
    uint32_t worker = seat ? seat->worker : 0;

    if (command->kind == SPEECH_LISTEN && !seat)
        seat = find(seats, 0);
    if (command->kind == SPEECH_LISTEN)
        return seat ? listen(seats, seat, command) : SEATS_NONE;
    if (command->kind == SPEECH_EXPECT && seat)
        return listen(seats, seat, command);
    if (command->kind == SPEECH_STOP && seat)
        *seat = (struct seat){.leg = 0};
    return worker;
}

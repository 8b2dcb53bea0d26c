// SPDX-License-Identifier: Apache-2.0
/* state_overhear.h - who is heard beside the caller of a voice agent: two who are joined, and the
 * operator who is asked whether to take the call. Private to core/, part of core/state.h. */
#ifndef CORE_STATE_OVERHEAR_H
#define CORE_STATE_OVERHEAR_H

#include <stdint.h>

enum overheard_state {
    OVERHEARD_FREE,
    OVERHEARD_ON,
    OVERHEARD_STOPPING, /* The recogniser still reads the ring. */
    OVERHEARD_STATES
};

enum overheard_who {
    OVERHEARD_FIRST, /* Of two who are joined: the first leg, */
    OVERHEARD_SECOND,
    OVERHEARD_BRIEFED, /* The operator's side, while a word or a key is awaited. */
    OVERHEARD_MOST
};

struct overheard {
    enum overheard_state state;
    uint32_t leg;
    uint16_t ring; /* Index + 1. */
    int16_t provider;
    uint32_t deaf; /* A leg whose recogniser failed: it is not tried again. */
};

#endif

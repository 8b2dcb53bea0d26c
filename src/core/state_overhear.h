// SPDX-License-Identifier: Apache-2.0
/* state_overhear.h - who is overheard in a bridge. Private to core/, part of core/state.h. */
#ifndef CORE_STATE_OVERHEAR_H
#define CORE_STATE_OVERHEAR_H

#include <stdint.h>

enum overheard_state {
    OVERHEARD_FREE,
    OVERHEARD_ON,
    OVERHEARD_STOPPING, /* The recogniser still reads the ring. */
    OVERHEARD_STATES
};

struct overheard {
    enum overheard_state state;
    uint32_t leg;
    uint16_t ring; /* Index + 1. */
    int16_t provider;
    uint32_t deaf; /* A leg whose recogniser failed: it is not tried again. */
};

#endif

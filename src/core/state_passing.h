// SPDX-License-Identifier: Apache-2.0
/* state_passing.h - what the core remembers of one of two who are joined giving the other to somebody
 * else. Private to core/, part of core/state.h. */
#ifndef CORE_STATE_PASSING_H
#define CORE_STATE_PASSING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"

enum passing_state {
    PASSING_NONE,
    PASSING_RINGING,   /* Somebody is rung; who transfers waits for it, the other hears music. */
    PASSING_ALONE,     /* The same, and who transferred has hung up: call->far is who is rung. */
    PASSING_REPLACING, /* An INVITE with Replaces is answered; its ACK is awaited. */
    PASSING_THREE,     /* Three talk. */
    PASSING_STATES
};

struct passing {
    enum passing_state state;
    uint32_t leg;        /* Who is rung, takes a place, or is the third. */
    uint32_t by;         /* Whose place it is: who transfers, or is replaced; 0: left. */
    bool quiet;          /* Their REFER wants no NOTIFY. */
    char user[MAX_NAME]; /* Whose telephone transfers. */
    uint64_t failed_ms;  /* With PASSING_NONE: when the transfer of `by` came to nothing. */
};

#endif

// SPDX-License-Identifier: Apache-2.0
/* state_wait.h - what the core remembers of queues and of who waits in them. Private to core/, part
 * of core/state.h. A queue is kept over reloads by its name. */
#ifndef CORE_STATE_WAIT_H
#define CORE_STATE_WAIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"
#include "core/forecast.h"
#include "core/plan.h"
#include "core/queue.h"

enum {
    QUEUE_STATES = 2 * MAX_QUEUES, /* Of a reload's old ones, those in which somebody waits. */
    OVERFLOWS = 4,                 /* Of one call in a row; then it ends. */
};

struct queue_state {
    char name[MAX_NAME]; /* Empty: free. */
    struct queue order;  /* Of core->waiting; see core/waiting.h. */
    uint32_t standing;    /* Promises in it: nobody is on the line. */
    struct forecast_figures figures;
};

enum wait_state {
    WAIT_NONE,
    WAIT_ON,    /* In a queue: hears words, music, or the voice agent. */
    WAIT_TAKEN, /* An operator has accepted: out of the queue, its place is remembered. */
};

/* A call's place in a queue. */
struct wait {
    enum wait_state state;
    uint8_t queue;     /* Of core->queues. */
    uint8_t plan_queue; /* Of the call's plan. */
    uint8_t priority;
    bool standing;     /* Of a promise: core/standing.h. */
    bool escalated;    /* The agent led the caller to `into` by itself: the account says why. */
    uint8_t overflows; /* In a row. */
    uint8_t passages;  /* Of this call so far, for the account. */
    bool wanted; /* The agent's words are said, or the route leads there: the caller enters `into`. */
    bool kept;   /* Out of the queue and asked whether to hold: place_ms and priority wait. */
    bool quiet;  /* Nobody has spoken for a while: music also where the agent helps. */
    enum overflow_kind then; /* What `wanted` means: OVERFLOW_QUEUE, _VOICEMAIL or _CALLBACK. */
    uint8_t into; /* Of the call's plan's queues. */
    int8_t into_priority; /* -1: none is given. */
    bool into_plain;      /* Whoever takes the caller there hears no brief. */
    uint32_t skills;
    uint64_t entered_ms; /* When it entered this queue. */
    int64_t place_ms;    /* Its time in the order: earlier for who comes back. */
    uint64_t update_ms, until_ms; /* When it is told again; when it has waited for too long. */
    uint64_t helped_ms;           /* What cannot be granted was answered last. */
    uint32_t position;            /* As told on entering. */
    struct forecast told;
};

#endif

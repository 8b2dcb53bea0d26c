// SPDX-License-Identifier: Apache-2.0
/* voices_plan.h - what voices over the network need of a plan, copied: the plan itself may be gone
 * while an utterance is still leaving the net thread.
 *
 * Made by any thread, then the speaker's. Holds keys: wiped when it is freed. */
#ifndef SPEECH_VOICES_PLAN_H
#define SPEECH_VOICES_PLAN_H

#include "base/arena.h"
#include "core/plan.h"
#include "vendor/tts.h"

struct net;

struct voices_provider {
    const struct tts_vendor *vendor; /* NULL: it does not speak. */
    struct tts_ask ask;              /* Without words. */
    const char *name;
    uint32_t soft_ms, hard_ms, max_sessions;
    uint64_t hash;    /* Of all that changes how words sound. */
    uint32_t warm;    /* Of net/warm.h; for narrowband callers. */
    uint32_t running; /* Utterances. */
};

struct voices_plan {
    struct arena *arena;
    uint32_t users; /* Utterances under way; */
    bool dropped;   /* the last of them frees it. */
    uint32_t count;
    struct voices_provider providers[MAX_PROVIDERS];
};

/* NULL: none of that number, or it does not speak. */
struct voices_provider *voices_plan_provider(struct voices_plan *plan, int32_t number);

/* Keeps connections open ahead of need, and no more. */
void voices_plan_warm(struct voices_plan *plan, struct net *net, struct tts_request *scratch);
void voices_plan_cool(struct voices_plan *plan, struct net *net);

/* The owner needs it no more: it is freed when no utterance uses it. */
void voices_plan_drop(struct voices_plan *plan);

/* An utterance is gone. */
void voices_plan_leave(struct voices_plan *plan);

#endif

// SPDX-License-Identifier: Apache-2.0
/* hearers.h - what a listening thread needs of a plan's providers, copied: the plan itself may be
 * gone while a leg is still listened to.
 *
 * Made by any thread, then the listener's. Holds keys: wiped when it is freed. */
#ifndef SPEECH_HEARERS_H
#define SPEECH_HEARERS_H

#include "base/arena.h"
#include "core/plan.h"
#include "vendor/stt.h"

struct hearers;

enum { HEARERS_LANGUAGES = 4 };

/* Sockets that wait open: speech/hearers_warm.h. */
struct hearer_pool {
    struct text url;
    uint32_t id;
};

struct hearer {
    const struct stt_vendor *vendor; /* NULL: it does not listen. */
    struct stt_ask ask;              /* `language` is the provider's own; empty: the call's. */
    const char *name;
    uint32_t hard_ms;
    uint32_t pool_count;
    struct hearer_pool pools[HEARERS_LANGUAGES];
    struct hearers *of;
};

struct hearers {
    struct arena *arena;
    uint32_t users; /* Legs that are listened to; */
    bool dropped;   /* the last of them frees it. */
    uint32_t count;
    struct hearer items[MAX_PROVIDERS];
};

/* NULL: no memory. */
MUST_USE struct hearers *hearers_new(const struct plan *plan);

/* NULL: none of that number, or it does not listen. */
struct hearer *hearers_find(struct hearers *hearers, int32_t number);

void hearers_enter(struct hearer *hearer);
void hearers_leave(struct hearer *hearer);

/* The owner needs it no more: it is freed when no leg does. NULL is nothing. */
void hearers_drop(struct hearers *hearers);

#endif

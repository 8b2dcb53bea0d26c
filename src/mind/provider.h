// SPDX-License-Identifier: Apache-2.0
/* provider.h - what understands: the interface of the embedded classifier and of models over a
 * network.
 *
 * A provider is asked with a ticket and answers through the sink, inside ask() or later, in any
 * order, on the mind's thread. What it answers is not believed: answer_check() judges it, and an
 * answer with a ticket that is not open any more is dropped. Time limits are the core's. Order:
 * open, prepare for a slot, ask, ..., forget, close. prepare() alone is called from another thread:
 * before any question for the slot, and never while another prepare() runs. */
#ifndef MIND_PROVIDER_H
#define MIND_PROVIDER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/limits.h"
#include "base/mailbox.h"
#include "base/text.h"
#include "core/plan.h"

struct mind;
struct net;
struct clip_table;

/* Texts live until ask() returns. */
struct mind_question {
    uint32_t slot; /* Of the plan. */
    const struct plan *plan;
    uint32_t agent;
    struct text text;  /* What the caller said, at most MAX_UTTERANCE bytes. */
    struct text asked; /* The agent's last words. */
    uint16_t word_confidence_permille;
};

/* As the provider gave it: any bytes, any size, any number. Texts live until answered() returns. */
struct mind_answer {
    bool failed; /* No answer came: all else is ignored. */
    struct text intent;
    double confidence;     /* 0 to 1 is sound. */
    struct text sentiment; /* "neutral", "positive", "negative", "frustrated" */
    struct text entities;  /* "key=value\n" lines. */
    struct text summary;
};

struct mind_sink {
    void *mind;
    void (*answered)(void *mind, uint32_t ticket, const struct mind_answer *answer);
};

struct mind_provider {
    const char *name;
    MUST_USE int (*open)(void **out, const struct mind_sink *sink, char *why, uint32_t why_size);
    void (*close)(void *provider);
    MUST_USE int (*prepare)(void *provider, uint32_t slot, const struct plan *plan, char *why,
                            uint32_t why_size);
    void (*forget)(void *provider, uint32_t slot);
    void (*ask)(void *provider, uint32_t ticket, const struct mind_question *question);
    void (*cancel)(void *provider, uint32_t ticket); /* NULL: answers are given inside ask(). */
};

extern const struct mind_provider mind_embedded;

/* mind_open() with another provider than the embedded one. */
MUST_USE int mind_open_with(struct mind **out, const struct mind_provider *provider,
                            struct net *net, struct clip_table *clips, struct mailbox *events,
                            char *why, uint32_t why_size);

#endif

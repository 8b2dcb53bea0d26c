// SPDX-License-Identifier: Apache-2.0
/* sample.h - a model asked once, for `offhook providers test`: does it answer, and how fast? Blocks
 * until it has, or has failed. */
#ifndef MIND_SAMPLE_H
#define MIND_SAMPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/plan.h"

struct net;

enum { SAMPLE_TEXT = 400 };

struct sample {
    bool good;
    uint32_t first_ms, total_ms; /* To the first token, and to the end. */
    uint32_t tokens_in, tokens_out;
    uint16_t status;        /* Of a refusal. */
    char text[SAMPLE_TEXT]; /* What it said, cut; or why it did not. */
};

/* provider: one that thinks. */
void sample_model(struct net *net, const struct plan_provider *provider, struct text words,
                  struct sample *out);

#endif

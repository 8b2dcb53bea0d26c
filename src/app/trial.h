// SPDX-License-Identifier: Apache-2.0
/* trial.h - one provider tried once, with known words, by the same parts that serve calls.
 *
 * Order: trial_open(), trial_voice() and its like for each provider, trial_close(). One thread;
 * each try blocks until it has succeeded, failed or run out of its time. */
#ifndef APP_TRIAL_H
#define APP_TRIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "core/plan.h"

enum { TRIAL_WHY = 256 };

struct trial_result {
    bool good;
    uint32_t first_ms; /* To the first audible sound; a model's first token. */
    uint32_t total_ms; /* To the end of it. */
    uint32_t sound_ms; /* Its length: total / sound is the real-time factor. 0: none. */
    char text[TRIAL_WHY]; /* What a model said, cut. */
    char why[TRIAL_WHY];
    const char *cure; /* What to do about it; NULL: good. */
};

struct trial;

/* 0, or -errno with why. The plan is the caller's, and stays. ca_file: authorities beside the
 * system's, or NULL. */
MUST_USE int trial_open(struct trial **out, const struct plan *plan, const char *ca_file, char *why,
                        uint32_t why_size);
void trial_close(struct trial *trial);

/* Has provider number `provider`, which speaks, say the words. */
void trial_voice(struct trial *trial, uint32_t provider, struct text words,
                 struct trial_result *out);

/* Asks provider number `provider`, which thinks. */
void trial_model(struct trial *trial, uint32_t provider, struct text words,
                 struct trial_result *out);

/* What an operator can do when a provider said this. */
const char *trial_cure(struct text why);

#endif

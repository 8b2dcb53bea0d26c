// SPDX-License-Identifier: Apache-2.0
/* dialogue.h - what was said in one call, as a model is to know it: bounded, and true.
 *
 * Notes (what was said and what was heard of it) come from the core, late and in any order;
 * each is put where its turn stands. While a turn is being thought about, what the model itself
 * said and called in it is "live": it is what the next round must know. When the turn is over, the
 * notes count instead: words that an interruption cut off are not there, and the place is marked.
 * Tool calls and their results stay.
 *
 * Tokens are estimated: a message 4, and a quarter of its bytes, those above 127 counting twice.
 * That is 10 to 20 % too many for English, which is the side to err on.
 *
 * Memory: about 16 KB a call, no more. When it is full, the oldest turn goes, summed up or not.
 * Pure; owned by one thread. Views live until the next change. */
#ifndef MIND_DIALOGUE_H
#define MIND_DIALOGUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"
#include "vendor/llm.h"

enum {
    DIALOGUE_ENTRIES = 96,
    DIALOGUE_BYTES = 12288,
    DIALOGUE_SUMMARY = 1536,
    DIALOGUE_TEXT = 4096,                        /* One entry; the rest is cut. */
    DIALOGUE_MESSAGES = 2 * DIALOGUE_ENTRIES + 2 /* dialogue_compose() makes at most. */
};

struct dialogue_entry {
    uint32_t turn;
    uint8_t role; /* enum llm_role */
    bool live;    /* LLM_ASSISTANT: as the model said it. */
    uint16_t at;  /* Of its bytes: id, name and text behind one another. */
    uint16_t id_size, name_size, size;
};

/* Leave the members to dialogue.c. */
struct dialogue {
    uint32_t call;
    uint32_t count, used, summary_size;
    uint32_t lost; /* Entries that went without having been summed up. */
    struct dialogue_entry entries[DIALOGUE_ENTRIES];
    char bytes[DIALOGUE_BYTES], summary[DIALOGUE_SUMMARY];
};

void dialogue_init(struct dialogue *dialogue, uint32_t call);

/* The caller's words of the turn. */
void dialogue_heard(struct dialogue *dialogue, uint32_t turn, struct text text);
/* The agent's, as far as they were heard; unheard: what an interruption cut off. */
void dialogue_spoken(struct dialogue *dialogue, uint32_t turn, struct text text,
                     struct text unheard);

/* A model begins to think about the turn, perhaps again: nothing is live. */
void dialogue_begin(struct dialogue *dialogue);
/* What it says and calls, and what came of it. */
void dialogue_say(struct dialogue *dialogue, uint32_t turn, struct text clause);
void dialogue_call(struct dialogue *dialogue, uint32_t turn, struct text id, struct text name,
                   struct text arguments);
void dialogue_result(struct dialogue *dialogue, uint32_t turn, struct text id, struct text text);

/* What the call with this id came to; empty: not known (any more). */
struct text dialogue_result_of(const struct dialogue *dialogue, struct text id);

/* The messages for thinking about the turn, in which the caller said `said` (empty: the agent
 * begins): the last turns, as many as `tokens` allow, but the last one always. Each call has a
 * result, and the first message is the user's. Returns how many. */
uint32_t dialogue_compose(const struct dialogue *dialogue, uint32_t turn, struct text said,
                          uint32_t tokens, struct llm_message out[DIALOGUE_MESSAGES]);

/* Empty: nothing was summed up yet. */
struct text dialogue_summary(const struct dialogue *dialogue);

/* Writes the older half of the turns, for a model to sum up, when they will soon be too many for
 * `tokens` or for our memory. True, with the last turn of them in *until; false: not yet. */
MUST_USE bool dialogue_old(const struct dialogue *dialogue, uint32_t tokens, uint32_t *until,
                           struct text_buffer *out);
/* The summary of all until that turn, which replaces them. */
void dialogue_sum(struct dialogue *dialogue, uint32_t until, struct text summary);

uint32_t dialogue_tokens(struct text t);

#endif

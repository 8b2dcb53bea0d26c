// SPDX-License-Identifier: Apache-2.0
/* prompts.h - which words have been spoken already, and where their sound is.
 *
 * Holds one reference to each clip. The least recently used leave when the bytes are over the
 * limit. Owned by the speaking thread. find and put cost a scan of PROMPTS rows, about 1 us. */
#ifndef SPEECH_PROMPTS_H
#define SPEECH_PROMPTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/clip.h"
#include "base/text.h"
#include "speech/voice.h"

enum { PROMPTS = 1024 }; /* More than a plan's fixed words; the rest is one call's own. */

struct prompt {
    const struct voice *voice; /* NULL: a free row. */
    uint64_t hash, used;
    char *words;
    uint32_t words_size;
    uint32_t clip, cut_ms;
    bool wide;      /* The clip is, and does for narrowband callers too. */
    uint64_t bytes; /* 0 while it is being spoken. */
};

struct prompts {
    struct clip_table *clips;
    uint64_t limit_bytes, bytes, uses;
    struct prompt rows[PROMPTS];
};

void prompts_init(struct prompts *prompts, struct clip_table *clips, uint64_t limit_bytes);
void prompts_release(struct prompts *prompts);

/* NULL when the words are not there. The prompt is valid until the next call. */
struct prompt *prompts_find(struct prompts *prompts, const struct voice *voice, bool wide,
                            struct text words);

/* Takes over the caller's reference to the clip. False, with the reference still the caller's, when
 * memory is out. */
MUST_USE bool prompts_put(struct prompts *prompts, const struct voice *voice, bool wide,
                          struct text words, uint32_t clip, uint32_t cut_ms);

/* The clip is complete: now it counts, and others may have to leave. */
void prompts_finish(struct prompts *prompts, uint32_t clip, uint64_t bytes);

/* Drops this clip, whose sound is not whole. */
void prompts_remove(struct prompts *prompts, uint32_t clip);

/* Drops the least recently used. False when there is none to drop. */
bool prompts_drop_oldest(struct prompts *prompts);

#endif

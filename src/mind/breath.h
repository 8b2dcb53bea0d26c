// SPDX-License-Identifier: Apache-2.0
/* breath.h - a model's tokens in, clauses ready to be spoken out.
 *
 * A clause ends with its sentence or line; a long one where a comma is; the first one at the
 * first place that will do, so that the voice can begin. A full stop ends a sentence only when what
 * follows shows it: not within numbers and addresses, not after "Dr.", before a small letter, or,
 * in languages that write "3. Mai", after a number. So it is decided when the next word begins: one
 * token later. What stands between <think> and </think> is not said. Clauses are plain
 * (mind/plain.h) and never empty. Pure; bounded; owned by one answer.
 * Order: init, put ..., end; from end on nothing more. Cost: under 2 us a token. */
#ifndef MIND_BREATH_H
#define MIND_BREATH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

enum {
    BREATH_FIRST = 10,       /* The first clause may end at a comma from here on; bytes. */
    BREATH_FIRST_MOST = 120, /* It ends at a space, when there is no comma. */
    BREATH_SENTENCE = 20,    /* Shorter later sentences are said with the next: "Yes. Of course." */
    BREATH_LATER = 80,       /* Later ones may end at a comma from here on. */
    BREATH_MOST = 280        /* And end at a space. */
};

/* Leave the members to breath.c. */
struct breath {
    bool dotted_ordinals;
    bool hidden;      /* Between <think> and </think>. */
    bool starts_line; /* What is kept stands at the beginning of its line. */
    uint32_t matched; /* Of the tag that is being read. */
    uint32_t given;   /* Clauses. */
    uint32_t size;
    char kept[BREATH_MOST + 8];
    void (*take)(void *context, struct text clause);
    void *context;
};

/* language: BCP 47, or empty. A clause lives until take() returns. */
void breath_init(struct breath *breath, struct text language,
                 void (*take)(void *context, struct text clause), void *context);
void breath_put(struct breath *breath, struct text token);
void breath_end(struct breath *breath);

#endif

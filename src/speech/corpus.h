// SPDX-License-Identifier: Apache-2.0
/* corpus.h - the sentences that an agent's callers are likely to say, one a line. Pure but for its
 * heap. */
#ifndef SPEECH_CORPUS_H
#define SPEECH_CORPUS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"
#include "core/plan.h"

struct corpus {
    char *lines;
    uint32_t size, capacity;
    bool failed; /* Memory ran out: the corpus is not whole. */
};

/* Of one agent of the plan. */
void corpus_make(struct corpus *corpus, const struct plan *plan, uint32_t agent);
void corpus_release(struct corpus *corpus);

struct text corpus_text(const struct corpus *corpus);

#endif

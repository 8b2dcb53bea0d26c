// SPDX-License-Identifier: Apache-2.0
/* recogniser.h - what a recogniser must be able to do: sound in, words out while it comes.
 *
 * One stream a leg, embedded or over a network. Order: expect() before the first begin(), and again
 * whenever the answer expected changes (it counts from the next begin()); begin(), feed() any
 * number of times, poll() now and then, finish(), poll() until FINAL or FAILED; or cancel() at any
 * time after begin(), after which begin() may follow. The owner's thread makes all calls. A network
 * stream (recogniser_net.h) returns at once and tells by poll(), and begin() may follow finish() at
 * once: finals come in order; an embedded one works inside feed() and finish(). */
#ifndef SPEECH_RECOGNISER_H
#define SPEECH_RECOGNISER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/limits.h"
#include "core/event.h"
#include "core/plan.h"

/* What to listen for. Paths are of the agent's model, made by speech/agent_lm.h. */
struct recogniser_task {
    enum expect expect;
    const char *model, *dictionary;
};

enum recogniser_news {
    RECOGNISER_NOTHING,
    RECOGNISER_PARTIAL,
    RECOGNISER_FINAL,
    RECOGNISER_TURN, /* Its own opinion of the turn: `turn`, and all words so far. */
    RECOGNISER_SESSION, /* Who hears now can answer too: `session`. */
    RECOGNISER_FAILED
};

struct recogniser_heard {
    char text[MAX_UTTERANCE];     /* Lower case, no punctuation; terminated. Empty: no words. */
    uint16_t confidence_permille; /* Of a final: 500 is where half of the words are right. */
    enum turn_fact turn;
    uint32_t session;
};

struct recogniser;

struct recogniser_kind {
    const char *name;
    bool streams; /* begin() may follow finish() before the final; poll() is asked when it wakes. */
    int (*expect)(struct recogniser *recogniser, const struct recogniser_task *task);
    int (*begin)(struct recogniser *recogniser);
    /* rate: 8,000, or 16,000 from wideband callers. */
    int (*feed)(struct recogniser *recogniser, const int16_t *samples, uint32_t count,
                uint32_t rate);
    int (*finish)(struct recogniser *recogniser);
    /* News since the last poll; *out is written for PARTIAL and FINAL only. */
    enum recogniser_news (*poll)(struct recogniser *recogniser, struct recogniser_heard *out);
    void (*cancel)(struct recogniser *recogniser);
    void (*close)(struct recogniser *recogniser);
    /* What was learned of lines is forgotten, so that the order of sounds does not matter: for
     * comparisons. Calls keep it, as the line before tells more of the next one than none does.
     * NULL: nothing is learned. */
    void (*afresh)(struct recogniser *recogniser);
};

/* The first member of each provider's own struct. */
struct recogniser {
    const struct recogniser_kind *kind;
};

/* Where recognisers come from; open() may take 50 ms. */
struct recogniser_source {
    int (*open)(const struct recogniser_source *source, struct recogniser **out);
    const void *own;
};

/* The embedded provider: pocketsphinx with the package's acoustic model. The source and what it
 * holds must outlive its recognisers. 0, or -errno with why. */
struct recogniser_sphinx;
MUST_USE int recogniser_sphinx_open(struct recogniser_sphinx **out, char *why, uint32_t why_size);
void recogniser_sphinx_close(struct recogniser_sphinx *sphinx);
const struct recogniser_source *recogniser_sphinx_source(const struct recogniser_sphinx *sphinx);

#endif

// SPDX-License-Identifier: Apache-2.0
/* chatter.h - a caller who takes turns: listens, thinks, speaks or presses a key, interrupts now
 * and then; and how fast the other side reacts.
 *
 * Pure and seeded: the same seed, sounds and packets give the same caller. It knows the agent only
 * by which packets can be heard, as a stranger on the line would: what a pause means it must guess.
 * Times in ns of one clock. Order: chatter_init(), then chatter_heard() for each audible packet and
 * chatter_step() once a frame, in the order of time. */
#ifndef LOAD_CHATTER_H
#define LOAD_CHATTER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/random.h"
#include "load/result.h"

enum {
    CHATTER_STILL_MS = 250,     /* Nothing audible for so long: the agent is quiet. */
    CHATTER_ANSWER_MS = 5000,   /* No answer after that is none. */
    CHATTER_REACTION_MS = 3000, /* To an interruption or a key. */
    CHATTER_KEY_FRAMES = 5      /* A key is held for 100 ms. */
};

/* How it behaves, the same for all callers. */
struct chatter_manner {
    uint32_t sounds;           /* How many utterances there are to choose from. */
    const uint32_t *frames;    /* Length of each, and */
    const uint32_t *last_loud; /* its last frame that can be heard. */
    uint32_t barge_per_10000, key_per_10000;
};

enum chatter_state {
    CHATTER_LISTENING, /* To the agent, or for it. */
    CHATTER_THINKING,  /* The agent has been still; a short pause. */
    CHATTER_SPEAKING,
    CHATTER_PRESSING
};

enum chatter_wait { CHATTER_NOTHING, CHATTER_FOR_ANSWER, CHATTER_FOR_STOP, CHATTER_FOR_CHANGE };

struct chatter {
    enum chatter_state state;
    enum chatter_wait wait; /* What is being measured, */
    uint64_t since_ns;      /* and since when. */
    bool was_speaking;      /* The agent, when the key was pressed. */
    struct random chance;
    uint64_t heard_from_ns, heard_ns; /* The agent's present or last utterance; 0: none yet. */
    uint64_t act_ns;   /* When the thinking ends, or the interruption comes; 0: none is meant. */
    uint64_t began_ns; /* The state. */
    uint32_t sound, frame;
    char key;
};

enum chatter_what { CHATTER_QUIET, CHATTER_SOUND, CHATTER_KEY };

/* What to send in this frame. */
struct chatter_act {
    enum chatter_what what;
    uint32_t sound, frame; /* CHATTER_SOUND; of CHATTER_KEY: the frame within the key, from 0. */
    char key;
};

void chatter_init(struct chatter *chatter, uint64_t seed, uint64_t now_ns);
void chatter_heard(struct chatter *chatter, struct load_figures *figures, uint64_t at_ns);
struct chatter_act chatter_step(struct chatter *chatter, const struct chatter_manner *manner,
                                struct load_figures *figures, uint64_t now_ns);

#endif

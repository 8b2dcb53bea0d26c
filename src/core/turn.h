// SPDX-License-Identifier: Apache-2.0
/* turn.h - the two judgements of turn-taking, as pure functions of what is known.
 *
 * Their times come from the plan's manners. */
#ifndef CORE_TURN_H
#define CORE_TURN_H

#include "core/phrase.h"
#include "core/plan.h"
#include "core/state.h"

/* The language of now: the one that a tool has set (the fact `language`), or the agent's. */
struct text turn_language(const struct plan_agent *agent, const struct talk *talk);
/* The phrases that count now. */
struct phrases turn_phrases(const struct plan_agent *agent, const struct talk *talk);

/* How long after the last voiced sample the caller's turn is over: short after a complete answer,
 * long after "and...", within a number or an address, in between while no word has come yet. */
uint32_t turn_wait_ms(const struct plan_manners *manners, const struct phrases *by,
                      struct text words, enum expect expect);

/* On a line with an echo: words that the agent has just said itself. One word alone is the
 * caller's: choices are named, and answered by their names. */
bool turn_is_echo(const struct talk *talk, struct text words);

/* How the words came. */
struct turn_sound {
    uint64_t voiced_ms;
    uint16_t confidence_permille, listening; /* As in SPEECH_FINAL. */
};

/* What stopped the agent asks for nothing after all: sounds of listening, the agent's own words; and
 * of a short voice that has said neither no nor stop, what is likelier to be such a sound or none at
 * all than words, by its sound, its words and how much the recogniser believes them. It must make
 * words of any sound. Where the agent has asked for something, only the first two. */
bool turn_asks_nothing(const struct call *call, const struct phrases *by, struct text words,
                       const struct turn_sound *sound);

enum turn_claim {
    CLAIM_UNKNOWN, /* Wait for evidence. */
    CLAIM_NOTHING, /* A cough, a click, a sound of listening: the agent goes on. */
    CLAIM_FLOOR    /* The caller wants to speak. */
};

/* What the caller's voice during the agent's words means. timeout: the time for evidence is up. */
enum turn_claim turn_claim(const struct talk *talk, const struct phrases *by, uint64_t now_ms,
                           bool timeout);

#endif

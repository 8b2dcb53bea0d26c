// SPDX-License-Identifier: Apache-2.0
/* act.h - from an intent to what the agent does: answer, ask, hand over, fall back, say good-bye.
 *
 * Every function composes a reply; the caller of it then gives the agent the floor (core/floor.h).
 */
#ifndef CORE_ACT_H
#define CORE_ACT_H

#include "core/state.h"

/* What was understood of a turn. */
struct meaning {
    int16_t intent; /* Of the present agent. */
    uint16_t confidence_permille;
    enum sentiment sentiment;
    struct text entities, summary;
    struct text statement; /* The caller's words; empty for a key. */
};

/* Checks what a classifier gave: anything out of order becomes general / 0.5 / neutral / none. */
struct meaning act_read(const struct plan_agent *agent, const struct event *event,
                        struct text statement);

/* A spoken turn. Unclear asks once, in between confirms, two failed turns in a row fall back. */
void act_on_speech(struct step *step, struct call *call, const struct meaning *meaning);

/* A key's intent: certain. */
void act_on_key(struct step *step, struct call *call, int16_t intent);
void act_on_unknown_key(struct step *step, struct call *call, char key);

/* Speech without words that could be used. */
void act_on_nothing_heard(struct step *step, struct call *call);
void act_on_silence(struct step *step, struct call *call);

/* The answer to "Is this about ...?" */
void act_on_confirmation(struct step *step, struct call *call, bool yes);

/* A model's own choice of one of the agent's intents that lead somewhere. */
void act_on_tool(struct step *step, struct call *call, int16_t intent);
void act_on_hang_up(struct step *step, struct call *call);

/* Another agent goes on, and greets; it gets what is known, as does the account. */
void act_hand_over(struct step *step, struct call *call, int16_t to, struct text reason);

/* Nobody could answer the caller in time. */
/* The agent is nothing without a model, and what is to be done without one is an outage: it has no
 * intents by which it could understand, and the plan has a section `unavailable`. */
bool act_needs_model(const struct step *step, const struct call *call);
void act_on_failure(struct step *step, struct call *call);

void act_start_over(struct step *step, struct call *call);
void act_goodbye(struct step *step, struct call *call);

/* The first words of the call, or of another agent. */
void act_greet(struct step *step, struct call *call);

#endif

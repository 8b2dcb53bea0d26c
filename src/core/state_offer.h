// SPDX-License-Identifier: Apache-2.0
/* state_offer.h - what the core remembers of a waiting caller's offers to operators. Private to
 * core/, part of core/state.h. */
#ifndef CORE_STATE_OFFER_H
#define CORE_STATE_OFFER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/roster.h"

enum {
    OFFER_LEGS = 8,          /* Telephones rung at once for one caller. */
    OFFER_AGAIN_MS = 20000,  /* Who did not take a caller is not asked again sooner. */
    BRIEF_MOST_MS = 25000,   /* From the answer to the key: the brief, and time to think. */
    BRIEF_KEY_MS = 8000,     /* After the brief's end. */
    MACHINE_MS = 5000,       /* Nobody who is spoken to speaks on for so long: a machine does. */
    ANSWER_MS = 2000,        /* A yes or a no is no longer. */
    ANSWER_KNOWN_MS = 3000,  /* The recogniser's time for it, beyond BRIEF_KEY_MS. */
};

enum offer_state {
    OFFER_FREE,
    OFFER_RINGING,
    OFFER_BRIEFING, /* Answered: who calls and why is being said, a key is awaited. */
    OFFER_LEAVING,  /* Over; limbs let go of the leg. */
    OFFER_STATES
};

/* One telephone of one operator. */
struct offer {
    enum offer_state state;
    uint32_t leg;
    int16_t who;      /* Place in the roster. */
    char target[128]; /* Where it is called: one of the places where they answer, or where that led. */
    bool direct;      /* As core/state.h's struct dial has it, also the next two: */
    uint8_t redirects;
    uint8_t tried;    /* Of the trunks, where it is called over one. */
    uint32_t binding; /* The telephone's registration; 0: it is called over a trunk. */
    uint64_t until_ms;
};

struct offering {
    bool plain; /* Without a brief: who answers is joined at once. */
    struct offer items[OFFER_LEGS];
    uint32_t utterance;  /* The brief, asked for or being heard; 0: none. */
    uint8_t voice;       /* Who speaks it: its place in the agent's chain. */
    uint64_t voiced_ms;  /* Since then the operator's side speaks; 0: it does not. */
    uint64_t briefed_ms; /* The brief was heard to its end, or could not be said: what is said from
                            then on counts. 0: not yet. */
    bool answering;      /* The voice began after that. */
    uint32_t finish;     /* Serial of the SPEECH_FINISH for what was said; 0: none is out. */
    uint32_t both[2];    /* What is said to both when they are joined: the caller's, the operator's. */
    uint64_t but[ROSTER_PLACES / 64]; /* Who did not take this caller. */
    uint64_t again_ms;                /* When they may be asked again; 0: nobody. */
};

#endif

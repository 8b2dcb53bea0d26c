// SPDX-License-Identifier: Apache-2.0
/* state_supervise.h - what the core remembers of a supervisor's leg of a call. Private to core/,
 * part of core/state.h. */
#ifndef CORE_STATE_SUPERVISE_H
#define CORE_STATE_SUPERVISE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/event.h"
#include "core/plan.h"

enum { SUPERVISE_EDGES = 4 }; /* Barge in. */

enum supervise_state {
    SUPERVISE_NONE,
    SUPERVISE_RINGING,   /* Their telephone is called: the control socket asked for it. */
    SUPERVISE_ANSWERING, /* They dialled a code; our 200 is out. */
    SUPERVISE_ON,
    SUPERVISE_LEAVING, /* Over; limbs let go of the leg. */
    SUPERVISE_STATES
};

/* Who hears whom, as media was told. */
struct supervise_edge {
    uint32_t to, from; /* Legs. */
    bool played;
};

struct supervise {
    enum supervise_state state;
    enum supervise_mode mode;
    uint32_t leg;
    uint16_t rows, row;  /* Of this call in the account; the present one. */
    char name[MAX_NAME]; /* The supervisor's, of the configuration. */
    char user[MAX_NAME]; /* The telephone. */
    uint32_t binding;    /* While it rings: the place that was tried last, */
    uint8_t tried;       /* and of the trunks. */
    uint8_t redirects;
    struct supervise_edge edges[SUPERVISE_EDGES];
    uint8_t edge_count;
    uint64_t from_wall_ms; /* Of the present mode. */
    uint64_t until_ms;     /* Ringing, setting up or letting go take so long; 0: no end. */
    uint64_t tone_ms;      /* When those who are listened to are told again; 0: not. */
    uint64_t ask_ms;       /* Nothing came from the supervisor: whether anybody is there is asked. */
    uint32_t told[2];      /* What they are told: the first leg's, the second's; 0: nothing. */
    uint32_t knows[2];     /* The legs that were told, or are being; a new one is told anew. */
    bool told_words[2];    /* By words, not by a tone. */
    uint32_t answer;       /* What the supervisor is told; 0: nothing. */
};

#endif

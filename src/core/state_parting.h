// SPDX-License-Identifier: Apache-2.0
/* state_parting.h - what the core remembers of a caller to whom nobody can come. Private to core/,
 * part of core/state.h. */
#ifndef CORE_STATE_PARTING_H
#define CORE_STATE_PARTING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"
#include "core/plan.h"

enum {
    MESSAGE_WORDS = 2048,  /* What was understood of a message: two minutes are 1,800 bytes. */
    PHONE_NUMBER = 32      /* Digits and a plus; E.164 has 15. */
};

enum parting_state {
    PARTING_NONE,
    PARTING_TELLING,   /* Why; then the path. */
    PARTING_OFFERING,  /* A callback, or waiting? */
    PARTING_INVITING,  /* To leave a message. */
    PARTING_BEEPING,
    PARTING_RECORDING,
    PARTING_ENDING,    /* It is over; its last words are awaited. */
    PARTING_REVIEWING, /* Send it, or again? */
    PARTING_FILING,    /* The message is being written down. */
    PARTING_ASKING,    /* Is the caller's number the one to call? */
    PARTING_DICTATING, /* Which is? */
    PARTING_READING,   /* Is what was understood right? */
    PARTING_FINDING,   /* Which times are free? */
    PARTING_CHOOSING,  /* Which of them? */
    PARTING_BOOKING,   /* The calendar is told. */
    PARTING_NOTING,    /* The promise is being written down. */
    PARTING_LEAVING,   /* The last words. */
    PARTING_STATES
};

struct parting {
    enum parting_state state;
    enum unavailable why;
    bool told; /* It was: the account has it. */
    char queue[MAX_NAME];      /* Whose message or callback it is; empty: nobody's. */
    char number[PHONE_NUMBER]; /* To call; or what was keyed in of it. */
    uint8_t asked;             /* So often the present question. */
    uint8_t refused;           /* Numbers that are not called. */
    uint8_t tasks;             /* Messages and promises of this call so far. */
    uint64_t slots_ms[2];      /* Free times that were offered; wall clock, */
    int64_t ahead_ms;          /* which is so far ahead of UTC there. */
    uint8_t slots, slot;       /* How many; the chosen one, 0: none. */
    uint8_t tool;              /* Of the agent's: which is at work. */
    uint32_t deeds;            /* Calls of tools so far. */
    uint64_t asked_ms;         /* The last one. */
    uint32_t sound;            /* The utterance that is no reply: a beep, a file; 0: none. */
    bool taped;                /* The whole call was being captured before the message. */
    bool awaited;              /* Final words of the message are. */
    bool owed;                 /* The caller was told that we owe a call. */
    uint64_t voiced_ms;        /* Since then the caller speaks; 0: it does not. */
    uint32_t spoken_ms;        /* Of the message. */
    uint64_t begun_ms;
    uint32_t length_ms;
    char tape[MAX_NAME]; /* The name of its capture. */
    char words[MESSAGE_WORDS];
};

#endif

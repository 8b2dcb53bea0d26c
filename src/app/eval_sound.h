// SPDX-License-Identifier: Apache-2.0
/* eval_sound.h - a conversation of a suite with real sound: a caller who speaks over RTP to a
 * running server, and the server's account of it, judged as in virtual time (eval/verdict.h).
 *
 * Takes as long as the call; one thread, one call at a time. */
#ifndef APP_EVAL_SOUND_H
#define APP_EVAL_SOUND_H

#include "base/attr.h"
#include "eval/verdict.h"

enum { SOUND_QUIET = 0, SOUND_LEAST_DB = 1, SOUND_MOST_DB = 60 };

struct eval_sound {
    const char *uri; /* sip:NUMBER@ADDRESS:PORT: who is called, whatever the suite says. */
    const char *socket;
    struct text voice;
    /* The caller's words are so much louder than a steady noise behind the whole call; both are at
     * the level of a telephone. SOUND_QUIET: no noise, and the voice as loud as it is. */
    uint32_t noise_db;
};

/* Why the conversation cannot be played with sound: parts of it are scripted. NULL: it can. */
const char *eval_sound_cannot(const struct suite_conversation *conversation);

/* NULL with why: no server is there, no memory, or a recording cannot be read. A call that does not
 * come about, or ends before its turns, is a verdict that failed. */
MUST_USE struct verdict *eval_sound_run(const struct suite_conversation *conversation,
                                        const struct eval_sound *sound, uint32_t repetition,
                                        char *why, uint32_t why_size);

#endif

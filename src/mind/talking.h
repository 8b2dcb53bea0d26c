// SPDX-License-Identifier: Apache-2.0
/* talking.h - a model that hears the caller itself: what it must be told of beside, and asked.
 *
 * Its connection belongs to whoever sends it the caller's sound (core: SPEECH_SESSION); here it is
 * only written to, by its id, and a connection that is gone says so. It keeps the dialogue itself:
 * one that is asked for the first time is told all that was said before; later only what it did not
 * say or hear: words of others, keys, results of tools, and how much of its own the caller heard.
 * Owned by the mind's thread. Cost: 50 us a message. */
#ifndef MIND_TALKING_H
#define MIND_TALKING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "core/command.h"
#include "vendor/realtime.h"

struct net;

enum { TALKING_ITEMS = 8 }; /* Stretches of speech that may still be heard, or be cut off. */

/* Zeroed memory: nobody is talked to. */
struct talking {
    uint32_t session; /* That knows the dialogue; 0: none does. */
    uint64_t told;    /* Digest of who it was told that it is. */
    bool busy;        /* An answer of its has not ended yet: it refuses to begin another. */
    uint64_t left_ms; /* It was told then to end that answer; 0: it was not. */
    uint32_t late;    /* Will be asked when that has ended; 0: nothing. */
    uint32_t items;   /* Clips with their items, the latest ones. */
    struct {
        uint32_t clip;
        char item[REALTIME_ID];
    } item[TALKING_ITEMS];
};

/* What it is asked with. Texts live until it returns. */
struct talking_wish {
    struct net *net;
    uint32_t session, number;
    struct text system, context;
    const struct llm_message *messages; /* The dialogue before the caller's present words. */
    uint32_t message_count;
    const struct llm_tool *tools;
    uint32_t tool_count, max_tokens;
    const struct llm_message *results; /* Of the tools of its last round. */
    uint32_t result_count;
    char *scratch; /* For a message. */
    uint32_t scratch_size;
};

/* False: the connection is gone, or takes no more. */
MUST_USE bool talking_ask(struct talking *talking, const struct talking_wish *wish);
void talking_cancel(struct talking *talking, struct net *net, uint64_t now_ms);

/* It was told to end an answer and does not: nothing can be asked of it any more. Its connection
 * is ended, which its owner is told. */
MUST_USE bool talking_stuck(const struct talking *talking, uint64_t now_ms);
void talking_give_up(struct talking *talking, struct net *net);

/* An answer has ended, also a cancelled one. True: what waited for that is asked now. */
bool talking_ended(struct talking *talking, struct net *net);

/* It says something, in this clip. */
void talking_says(struct talking *talking, uint32_t clip, struct text item);

/* What was really said, heard or pressed. */
void talking_note(struct talking *talking, struct net *net, const struct command *note);

#endif

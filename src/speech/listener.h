// SPDX-License-Identifier: Apache-2.0
/* listener.h - a listening thread: some legs' rings in, partials, finals and verdicts out.
 *
 * An utterance opens at the first frame that the gate let through, with the 300 ms before it, and
 * stays open through pauses until SPEECH_FINISH (which gives the final, at once and empty when
 * nothing was open) or SPEECH_FORGET. Partials are posted only when the text changed. Silence
 * beyond LISTEN_PAUSE is not decoded, nor is anything beyond LISTEN_LONGEST. Between two looks at
 * its rings the thread sleeps LISTEN_EVERY_MS; with no leg it sleeps until a command comes. What a
 * provider says wakes it, and is posted at once. */
#ifndef SPEECH_LISTENER_H
#define SPEECH_LISTENER_H

#include <stdint.h>

#include "base/attr.h"
#include "base/mailbox.h"
#include "base/ring.h"
#include "speech/recogniser.h"

enum {
    LISTEN_EVERY_MS = 20,
    LISTEN_PREROLL = 15,   /* Frames. */
    LISTEN_PARTIAL = 5,    /* Frames between looks for a partial. */
    LISTEN_PAUSE = 75,     /* Frames of silence decoded within an utterance: 1.5 s. */
    LISTEN_LONGEST = 2000, /* Frames of an utterance: 40 s, over manners' longest turn. */
    LISTEN_LEAVE_MS = 4000 /* For connections to end: twice what a WebSocket's close may take. */
};

struct net;

struct listener_options {
    uint32_t number; /* For names and figures; 0 is not a listener. */
    uint32_t legs;   /* Places: more are refused with SPEECH_FAILED. Memory is as they are used. */
    struct net *net; /* NULL: providers all fail, with that reason. */
    struct ring_pool *rings;
    struct clip_table *clips; /* For the sound of whole-conversation providers, */
    struct mailbox *answers;  /* and all else of their answers; NULL: they cannot be used. */
    struct mailbox *events, *figures;
    const struct recogniser_source *source;
    const char *detector, *runtime; /* For judge_open(). */
};

struct listener;

/* Starts the thread. 0 or -errno. */
MUST_USE int listener_start(struct listener **out, const struct listener_options *options);

/* Ends the thread; legs still listening are dropped without an event. */
void listener_stop(struct listener *listener);

/* SPEECH_LISTEN, EXPECT, FINISH, FORGET and STOP, packed, and notes: NOTE_MODEL before an agent's
 * legs, NOTE_HEARERS before a plan's. */
struct mailbox *listener_mailbox(struct listener *listener);

#endif

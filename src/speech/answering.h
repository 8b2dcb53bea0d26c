// SPDX-License-Identifier: Apache-2.0
/* answering.h - what a whole-conversation provider answers, on the net thread: its sound into
 * clips, its words and wishes to whoever asked.
 *
 * One a connection, made by whoever opens it and the net thread's from then on. Each stretch of
 * speech (an item of the vendor's) is a clip, told by a REALTIME_NOTE_SOUND as it begins; it is
 * played while it is still being written, as it came: nothing is trimmed, so what was heard of it
 * is what the vendor counts. Words follow in notes of a few each. What is written when the
 * connection ends is finished with what there is of it; that the connection ended is told by who
 * owns it. A full mailbox loses notes, and the core's time limits end the wait. Memory: 20 KB, and
 * a resampler of 3 KB for wideband callers. */
#ifndef SPEECH_ANSWERING_H
#define SPEECH_ANSWERING_H

#include "base/clip.h"
#include "base/mailbox.h"
#include "vendor/realtime.h"

struct answering_wish {
    struct clip_table *clips;
    struct mailbox *mail; /* Of struct realtime_note. */
    uint32_t call;
    bool wide; /* The caller can hear 16 kHz. */
};

struct answering;

/* NULL: no memory. */
MUST_USE struct answering *answering_new(const struct answering_wish *wish);
void answering_free(struct answering *answering); /* NULL is nothing. */

/* The connection is open, and has this id; before any message. */
void answering_open(struct answering *answering, uint32_t session);

/* One message of the vendor's, of at most STT_MESSAGE bytes. */
void answering_take(struct answering *answering, const char *text, size_t size);

#endif

// SPDX-License-Identifier: Apache-2.0
/* note.h - what the threads of this limb tell each other beside commands, through the same
 * mailboxes.
 *
 * A note begins with a byte that no packed command begins with (a command begins with its kind). */
#ifndef SPEECH_NOTE_H
#define SPEECH_NOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/limits.h"
#include "base/mailbox.h"
#include "core/event.h"

enum { NOTE_MARK = 0xff, SPEECH_PATH = 256 };

enum note_kind {
    NOTE_END,     /* The thread ends. */
    NOTE_FIGURES, /* Post your figures, as a note, to the mailbox that speech_figures() reads. */
    NOTE_MODEL,   /* An agent's language model is ready. */
    NOTE_FORGET,  /* The plan's models and providers are used no more. */
    NOTE_VOICES,  /* The plan's voices over the network; NULL: they are used no more. */
    NOTE_VOICED,  /* From the net thread: an utterance is over, or gone. */
    NOTE_HEARERS, /* The plan's providers that listen. */
    NOTE_HEARD    /* From the net thread: struct dictation_news (speech/dictation.h), not a note. */
};

/* One thread's share of speech_figures. */
struct note_figures {
    uint32_t thread, round;
    uint32_t listening;
    uint64_t utterances, finals, spoken, spoken_cached, frames_dropped, cache_bytes;
};

struct hearers;
struct voices_plan;
struct voicing;

struct note {
    uint8_t mark;
    uint8_t kind;
    union {
        uint32_t round; /* NOTE_FIGURES, asking. */
        struct note_figures figures;
        struct {
            uint32_t plan, agent;
            char model[SPEECH_PATH], dictionary[SPEECH_PATH];
        } model;
        uint32_t plan; /* NOTE_FORGET */
        struct {
            uint32_t plan;
            struct voices_plan *voices;
        } voices;
        struct {
            struct voicing *voicing;
            bool gone;       /* Nothing of it is left on the net thread. Otherwise: it is over, */
            bool whole;      /* to its end. */
            uint32_t cut_ms; /* Leading silence removed. */
        } voiced;
        struct {
            uint32_t plan;
            struct hearers *hearers; /* The listener's from then on. */
        } hearers;
    };
};

static inline bool note_is(const uint8_t *message, size_t size)
{
    return size == sizeof(struct note) && message[0] == NOTE_MARK;
}

/* Posts a note or an event, waiting up to two seconds for room: threads of this limb may wait, and
 * a fact that is lost leaves a caller in silence. False, and logged, when there was no room even
 * then. */
bool note_post(struct mailbox *mailbox, struct note *note, enum note_kind kind);
bool note_post_event(struct mailbox *mailbox, struct event *event);

#endif

// SPDX-License-Identifier: Apache-2.0
/* voices.h - voices over the network, on the speaking side: which provider, its budget, what was
 * spoken before, and who is to be stopped.
 *
 * Owned by one thread, the limb's door, which never waits for a vendor: each utterance is a
 * voicing (speech/voicing.h) on the net thread. Words spoken before to their end are answered at
 * once; fixed words are spoken ahead, one at a time, and kept like all others. SPEECH_CANCEL ends
 * what the leg has under way on the wire, audible or not. No progress for the provider's hard limit
 * before the first sound, or VOICES_IDLE_MS after it, is a failure. At most VOICES_AT_ONCE
 * utterances at once; the next one is answered by SPEECH_FAILED. */
#ifndef SPEECH_VOICES_H
#define SPEECH_VOICES_H

#include "base/attr.h"
#include "base/clip.h"
#include "base/mailbox.h"
#include "core/command.h"
#include "core/plan.h"
#include "speech/note.h"

enum {
    VOICES_AT_ONCE = 2048, /* Twice the sessions that two cores are to carry. */
    VOICES_PRIMES = 512,   /* Fixed words that wait to be spoken ahead. */
    VOICES_IDLE_MS = 4000,
    VOICES_HARD_MS = 10000, /* Where the plan says nothing. */
    VOICES_LOOK_MS = 50
};

struct net;
struct voices;
struct voices_plan; /* What it needs of a plan, keys included. */

struct voices_options {
    struct net *net; /* NULL: every utterance fails, with that reason. */
    struct clip_table *clips;
    struct mailbox *events;
    struct mailbox *door; /* Of the owner: NOTE_VOICED comes there, for voices_note(). */
    uint64_t cache_bytes;
};

/* NULL: no memory. */
MUST_USE struct voices *voices_new(const struct voices_options *options);

/* Only when voices_busy() is 0. */
void voices_free(struct voices *voices);

/* Copies the plan's voices. Any thread. NULL: no memory. */
MUST_USE struct voices_plan *voices_plan_new(const struct plan *plan);

/* Takes the copy over, for this slot; NULL: the slot's is used no more. Warms its
 * connections. */
void voices_plan(struct voices *voices, uint32_t slot, struct voices_plan *plan);

/* SPEECH_SAY of a provider of the plan. With leg 0: words to be spoken ahead. */
void voices_say(struct voices *voices, const struct command *command);
void voices_cancel(struct voices *voices, uint32_t leg);
void voices_cancel_all(struct voices *voices);

/* NOTE_VOICED. */
void voices_note(struct voices *voices, const struct note *note);

/* Looks for stalls. Every VOICES_LOOK_MS while voices_busy(). */
void voices_look(struct voices *voices, uint64_t now_ms);

/* Utterances that are not gone yet. */
uint32_t voices_busy(const struct voices *voices);

struct voices_figures {
    uint64_t spoken, cached, cache_bytes;
};
void voices_figures(const struct voices *voices, struct voices_figures *out);

#endif

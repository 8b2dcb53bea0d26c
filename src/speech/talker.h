// SPDX-License-Identifier: Apache-2.0
/* talker.h - the speaking thread: SPEECH_SAY in, SPEECH_READY out, sound into a clip.
 *
 * Words spoken before are answered at once, also in the middle of other words; new ones in their
 * order, fixed prompts (talker_prime) when nothing else waits, and at most TALKER_PRIMES of them:
 * what is more is made when a caller is to hear it. SPEECH_READY is posted as soon as the first
 * sound is in the clip, which then grows while the rest is made. SPEECH_CANCEL drops what is not
 * yet ready. At most TALKER_WAITING utterances wait; the next one is answered by
 * SPEECH_FAILED. */
#ifndef SPEECH_TALKER_H
#define SPEECH_TALKER_H

#include <stdint.h>

#include "base/attr.h"
#include "base/clip.h"
#include "base/mailbox.h"
#include "base/text.h"
#include "speech/voice.h"

enum { TALKER_WAITING = 256, TALKER_PRIMES = 192 };

struct talker_options {
    struct clip_table *clips;
    struct mailbox *events;  /* SPEECH_READY, SPEECH_FAILED. */
    struct mailbox *figures; /* Answers to NOTE_FIGURES. */
    uint64_t cache_bytes;
    const struct voice *(*find)(struct text name); /* voice_find(), or a test's. */
};

struct talker;

/* Starts the thread. 0 or -errno. */
MUST_USE int talker_start(struct talker **out, const struct talker_options *options);

/* Ends the thread; drops the prompts kept. */
void talker_stop(struct talker *talker);

/* SPEECH_SAY and SPEECH_CANCEL, packed, and notes. */
struct mailbox *talker_mailbox(struct talker *talker);

/* Has the words spoken when there is time, to be kept. Any thread. */
void talker_prime(struct talker *talker, struct text voice, struct text words);

/* Speaks into a clip (a wide one, or not) without a thread: sentence by sentence, silence trimmed.
 * The cut is in samples; on_growth, if any, is called after each piece and stops by false. 0 or
 * -errno; -ENODATA: no sound. */
struct talker_growth {
    bool (*grown)(void *context, uint32_t cut);
    void *context;
};
MUST_USE int talker_speak(struct clip_table *clips, uint32_t clip, const struct voice *voice,
                          bool wide, struct text words, const struct talker_growth *growth);

#endif

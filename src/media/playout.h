// SPDX-License-Identifier: Apache-2.0
/* playout.h - what a leg is told to say: a queue of clips, cut into frames of 20 ms.
 *
 * A clip may still be being written: when the next whole frame is not there yet the line is silent
 * and the place stays. Pause and flush act on the next frame, without a fade: a faded frame would
 * still be the agent's voice to somebody who interrupts. Resuming rises over 5 ms. heard samples
 * are exactly those handed out. Owns one reference of each clip queued, and drops it when the clip
 * ends or is flushed. Order: playout_init(), then anything; playout_flush() before the leg goes.
 * One thread. */
#ifndef MEDIA_PLAYOUT_H
#define MEDIA_PLAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clip.h"
#include "base/limits.h"
#include "core/command.h"

enum { PLAYOUT_QUEUE = 16 }; /* Sentences that a voice may be ahead of its speaking. */

struct playout_entry {
    uint32_t utterance, clip;
    bool loop; /* Begins again at its end, until it is flushed. */
};

struct playout {
    struct playout_entry entries[PLAYOUT_QUEUE];
    uint8_t first, count;
    bool paused;
    bool rise;     /* The next frame begins softly. */
    bool audible;  /* Of the first entry: said already. */
    uint32_t sent; /* Samples of the first entry. */
};

/* What became of an utterance. */
struct playout_end {
    uint32_t utterance, heard_ms, total_ms; /* total: 0 when not finished being written. */
    bool finished;
};

/* What a frame did. */
struct playout_frame {
    bool voice;          /* It carries sound of a clip. */
    bool audible;        /* With the first audible sample of `utterance`, after heard_ms of it. */
    bool ended;          /* And with its last sample: see `end`. */
    uint32_t clip, from; /* Of voice: whose, from which sample on. */
    uint32_t utterance, heard_ms;
    struct playout_end end;
};

void playout_init(struct playout *playout);

/* False when the queue is full: the reference stays with the caller. */
MUST_USE bool playout_put(struct playout *playout, uint32_t utterance, uint32_t clip, bool loop);
void playout_pause(struct playout *playout);
void playout_resume(struct playout *playout);

/* Takes the first entry away. Call until false. */
MUST_USE bool playout_flush(struct playout *playout, struct clip_table *clips,
                            struct playout_end *end);

/* True when the next frame would have sound. */
bool playout_is_due(const struct playout *playout, struct clip_table *clips);

/* Fills the next frame. codec: of the two G.711's. */
void playout_next(struct playout *playout, struct clip_table *clips, enum codec codec,
                  uint8_t out[FRAME_SAMPLES], struct playout_frame *frame);

/* The same, linear: wide at 16 kHz for a wide clip. False, with FRAME_SAMPLES of 8 kHz in out
 * instead, for a clip that is not. */
MUST_USE bool playout_next_linear(struct playout *playout, struct clip_table *clips,
                                  int16_t out[2 * FRAME_SAMPLES], struct playout_frame *frame);

#endif

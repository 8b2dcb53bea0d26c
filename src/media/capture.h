// SPDX-License-Identifier: Apache-2.0
/* capture.h - both sides of a call onto disk: caller left, agent right, G.711 as it was on the
 * line.
 *
 * A leg fills a buffer of its thread's pool; full buffers go to the one recorder thread by mailbox
 * and come back by another. Nothing is written, opened or allocated on the media thread. Buffers
 * end where a page of the file ends, in mid-frame too: whole pages are written in two thirds of the
 * time. When no buffer or no room in the mailbox is left, sound is dropped and counted, and as much
 * silence is written later: the time axis holds, through pauses and masks too. A file may be cut at
 * any instant and still plays (wire/au.h); when it has ended, finisher.h makes it what the
 * configuration asks for.
 *
 * Order: recorder_open(), capture_start(), capture_put() each tick, capture_stop() until true,
 * recorder_close() after the media threads have ended. */
#ifndef MEDIA_CAPTURE_H
#define MEDIA_CAPTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/limits.h"
#include "base/text.h"
#include "core/command.h"

enum {
    CAPTURE_BYTES =
        8192, /* A buffer, 0.5 s: with the recorder's pause the most that a kill takes. */
    CAPTURE_PAGE = 4096,
    CAPTURE_FRAME = 2 * FRAME_SAMPLES,
    CAPTURE_THREADS_MOST = 16
};

struct finisher;
struct recorder;

/* Buffers for `legs` legs of `threads` threads. 0, or -errno with reason and cure in why. */
MUST_USE int recorder_open(struct recorder **out, const char *directory, uint32_t legs,
                           uint32_t threads, struct finisher *finisher, char *why,
                           uint32_t why_size);
void recorder_close(struct recorder *recorder); /* Writes what was handed over first. */

/* A stretch of the file: silence, then what a buffer of the pool has. */
struct captured {
    uint8_t *buffer; /* NULL: none. */
    uint32_t index, fill;
    uint64_t owed; /* Bytes of silence before it. */
};

/* A leg's side. Owned by the media thread `thread`. */
struct capture {
    struct recorder *recorder; /* NULL: not capturing. */
    struct captured now, waiting;
    uint32_t slot, thread;
    uint32_t limit; /* Of now.fill. */
    uint64_t at;    /* Where in the file the next byte belongs. */
    uint64_t lost;  /* Bytes */
    enum codec codec;
    bool begun; /* The recorder knows of it. */
    bool paused, masked, ending;
    char name[MAX_NAME];
    uint8_t heard[FRAME_SAMPLES]; /* This tick's, until there is a frame sent to go with it. */
};

/* The name becomes the file's. */
void capture_start(struct capture *capture, struct recorder *recorder, uint32_t thread,
                   uint32_t slot, enum codec codec, struct text name);

/* Pauses, resumes, masks, unmasks, or ends at the next frame. A pause costs nothing: its silence is
 * owed, and written when there is sound again or at the end; a mask is written as it lasts. */
void capture_change(struct capture *capture, enum capture_act act);

/* Puts capture->heard and what was sent in the same tick. */
void capture_put(struct capture *capture, const uint8_t sent[FRAME_SAMPLES]);

/* Frames in the file, in the buffer or owed for a pause; and those lost. */
uint32_t capture_kept(const struct capture *capture);
uint32_t capture_lost(const struct capture *capture);

/* Hands over what is left. False when that must be tried again at the next tick. */
MUST_USE bool capture_stop(struct capture *capture);

/* Takes the thread's written buffers back; once a wake-up, before capture_put(). Returns the frames
 * that the recorder could not write. */
uint32_t recorder_collect(struct recorder *recorder, uint32_t thread);

#endif

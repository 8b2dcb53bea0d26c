// SPDX-License-Identifier: Apache-2.0
/* ring.h - bounded audio rings: one thread writes frames, one reads them; neither ever waits.
 *
 * The caller's sound goes media -> speech through a ring. The core names rings by number and gives
 * each use of a ring a new epoch; a frame of an old epoch is dropped by the reader, so a late
 * writer cannot leak one call's sound into another. A full ring drops the newest frame and counts
 * it: the reader is that far behind, and old sound is the sound that is being understood. Deep
 * rings are for readers that may stall (embedded recognisers work in the reading thread), the
 * others for those that only hand on; memory is touched as a ring is used: 88 KB and 22 KB, for
 * wideband callers as much again. Life: pool opened before, and closed after, the threads that use it.
 */
#ifndef BASE_RING_H
#define BASE_RING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/limits.h"

enum {
    RING_FRAMES = 256, /* 5.12 s: longer than any recogniser's stall we keep a caller through. */
    RING_SHALLOW = 64  /* 1.28 s */
};

enum audio_flag {
    AUDIO_VOICED = 1, /* The cheap gate thinks that somebody speaks. */
    AUDIO_LOST = 2,   /* Concealed: no packet came for this frame. */
    AUDIO_PLAYING = 4 /* The agent's voice was being sent during this frame. */
};

struct audio_frame {
    uint64_t at_ms; /* Monotonic, when the last sample of the frame had arrived. */
    uint32_t epoch;
    uint32_t flags;
    uint32_t rate;                      /* 8,000 or 16,000: FRAME_SAMPLES or twice as many. */
    int16_t samples[2 * FRAME_SAMPLES]; /* Linear. */
};

struct ring_pool;

/* The first `deep` rings of `count` are deep. 0 or -ENOMEM. */
MUST_USE int ring_pool_open(struct ring_pool **out, uint32_t count, uint32_t deep);
void ring_pool_close(struct ring_pool *pool);
uint32_t ring_pool_count(const struct ring_pool *pool);

/* Writer. False when full: the frame is dropped and counted. */
bool ring_put(struct ring_pool *pool, uint32_t ring, const struct audio_frame *frame);

/* Reader. False when empty. Frames of another epoch are discarded on the way. */
MUST_USE bool ring_take(struct ring_pool *pool, uint32_t ring, uint32_t epoch,
                        struct audio_frame *out);

uint64_t ring_dropped(const struct ring_pool *pool, uint32_t ring);

#endif

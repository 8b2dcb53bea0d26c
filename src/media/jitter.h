// SPDX-License-Identifier: Apache-2.0
/* jitter.h - the jitter buffer: packets in as they come, one frame of 20 ms out each tick.
 *
 * Sound lies in a ring of samples at its timestamp, so packets of any length, doubled ones and ones
 * out of order need nothing special. The delay is that of the quickest packet of the last seconds
 * (`base`, which follows the drift of the two clocks) and `depth` more: what all but a few of the
 * packets needed above it, 20-200 ms, 40 at the start; up at once, down by 6 ms a second. The
 * distance from there is corrected where nobody speaks, by leaving out or playing twice 10-20 ms,
 * blended. What is missing is concealed; what came too late is counted and dropped. When everything
 * is missing the playout waits up to 100 ms: late speech is worth more than prompt silence.
 *
 * All places and counts are in samples of 8 kHz; at scale 2 there are two samples of 16 kHz to
 * each.
 *
 * Order: jitter_init(), jitter_put() when packets come, jitter_take() once a tick. Times are
 * monotonic nanoseconds, given. Pure; 10 KB, at scale 2 as much again in memory that it is given;
 * put 60 ns, take 100 ns, concealing 2 us. One thread at a time. */
#ifndef MEDIA_JITTER_H
#define MEDIA_JITTER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/limits.h"
#include "media/conceal.h"

enum {
    JITTER_SAMPLES = 4096,             /* 512 ms: 200 ms of depth, 100 of waiting, a burst. */
    JITTER_CELLS = JITTER_SAMPLES / 8, /* One a millisecond. */
    JITTER_ROOM = JITTER_SAMPLES + CONCEAL_ROOM, /* Samples of memory, times the scale. */
    JITTER_PACKET_MOST = 960,                    /* 120 ms: the longest packet of Opus. */
    JITTER_TRANSITS = 128, /* 2.5 s of packets: the window of base and depth. */
    JITTER_DEPTH_LEAST_MS = 20,
    JITTER_DEPTH_START_MS = 40,
    JITTER_DEPTH_MOST_MS = 200
};

enum jitter_mark { JITTER_VOICED = 2, JITTER_MUTED = 4 };

enum jitter_put_result {
    JITTER_PUT_OK,
    JITTER_PUT_LATE,      /* Its time has passed; dropped. */
    JITTER_PUT_DUPLICATE, /* Was there already; dropped. */
    JITTER_PUT_JUMPED     /* Far from what was before: everything begins anew with this packet. */
};

enum jitter_take_result {
    JITTER_TAKE_SOUND,
    JITTER_TAKE_CONCEALED, /* Made up from what was before. */
    JITTER_TAKE_NOTHING    /* Silence: nothing came yet, or for longer than can be made up. */
};

struct jitter_frame {
    uint32_t marks; /* JITTER_VOICED when any of it was marked so. */
    uint64_t at_ns; /* When the last sample would have arrived with the quickest packets. */
    int16_t samples[2 * FRAME_SAMPLES]; /* The second half at scale 2 only. */
};

/* Read the counts and `depth_ms` freely; leave the rest to jitter.c. */
struct jitter {
    uint32_t late, duplicate, concealed, jumps; /* Packets, packets, frames, times. */
    uint32_t left_out_ms, doubled_ms;           /* By corrections. */
    uint32_t depth_ms;

    uint32_t made_up; /* Milliseconds: `concealed`, finer. */
    bool started, anchored;
    bool paused;      /* The sender said that it would be silent: what is missing is not lost. */
    bool stray;       /* The last packet was late: the sender's clock may have jumped back, */
    uint8_t measured; /* Packets since depth was looked at. */
    uint16_t waited, missing; /* Frames: without going on; without any sound. */
    uint32_t timestamp;       /* Of the packet put last, at `position`. */
    int64_t position;         /* All positions are samples, unwrapped. */
    int64_t next;             /* The next sample to play. */
    int64_t newest;           /* After the newest sample there is. */
    int64_t stray_since;      /* since this arrival. */
    int64_t base;             /* Least transit: arrival minus position, in samples. */
    uint32_t transit_count, transit_at;
    int64_t transits[JITTER_TRANSITS];
    uint8_t cells[JITTER_CELLS]; /* Whether this millisecond is there, and its marks. */
    uint32_t scale;
    int16_t *samples;
    struct conceal concealer;
    int16_t narrow[JITTER_ROOM]; /* At scale 1 all is in here. */
};

/* room: JITTER_ROOM * 2 samples for scale 2, NULL for scale 1. Must not move. */
void jitter_init(struct jitter *jitter, uint32_t scale, int16_t *room);

/* A second one at scale 1 that goes on where the first is. */
void jitter_copy(struct jitter *out, const struct jitter *jitter);

/* The same, but counts and depth stay. */
void jitter_rescale(struct jitter *jitter, uint32_t scale, int16_t *room);

/* Forgets all sound and times, keeps counts and depth: another source speaks. */
void jitter_restart(struct jitter *jitter);

/* The sender is silent on purpose, until the next packet of sound. */
void jitter_pause(struct jitter *jitter);

/* Takes a packet's sound: `count` samples (80 to 960, a multiple of 8) at `timestamp`. */
enum jitter_put_result jitter_put(struct jitter *jitter, uint32_t timestamp, uint64_t arrival_ns,
                                  const int16_t *samples, uint32_t count, uint32_t marks);

/* Marks the `count` samples before `end_timestamp`, as far as they were not taken yet. Muted sound
 * is taken as silence. */
void jitter_mark(struct jitter *jitter, uint32_t end_timestamp, uint32_t count,
                 enum jitter_mark mark);

/* A frame of what was put, taken already or not, for some 200 ms. At scale 1. False: not all of it
 * is there. */
MUST_USE bool jitter_read(const struct jitter *jitter, uint32_t timestamp,
                          int16_t out[FRAME_SAMPLES]);

enum jitter_take_result jitter_take(struct jitter *jitter, uint64_t now_ns,
                                    struct jitter_frame *out);

#endif

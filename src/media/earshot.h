// SPDX-License-Identifier: Apache-2.0
/* earshot.h - who hears whom: MEDIA_HEAR, among the legs of one thread.
 *
 * An edge leads from a leg whose sound comes in to one that hears it. Each frame out of a leg's
 * jitter buffer is put to all who hear it (earshot_frame), at their rate; what a leg that has no
 * partner is played goes to who hears that (earshot_played). A leg that hears others
 * mixes them with its own playout when it sends (earshot_speak). A supervisor who listens is two
 * edges, one who whispers three, one who barges in four; three-way is six, or a bridge and four.
 *
 * A leg of a bridge that hears others as well goes on with its partner's packets as its stream:
 * what else it hears is blended into each of them on its way (earshot_blend), so that the
 * partner's sound keeps its time, its sequence and its samples when a third one comes or goes, and
 * is passed on untouched while the third one is silent. Only when the partner's packets cease does
 * the leg send in its own time. The partner's own leg is not touched by a third who only listens.
 *
 * A leg that hears has a `struct earshot` out of a pool of its thread: 32 KB, of which what is
 * used is touched. Nothing is allocated after the start. What is asked beyond EARSHOT_SOURCES or
 * EARSHOT_LISTENERS is refused and counted. */
#ifndef MEDIA_EARSHOT_H
#define MEDIA_EARSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "core/command.h"
#include "media/mix.h"

enum {
    EARSHOT_SOURCES = 4,   /* That a leg hears, beside its bridge. */
    EARSHOT_LISTENERS = 4, /* That hear a leg, beside its bridge. */
    EARSHOT_STILL_MS = 100 /* Without a packet of the partner's the leg speaks in its own time. */
};

struct endpoint;
struct engine;
struct playout_frame;

/* Who hears a leg. */
struct hearers {
    struct endpoint *items[EARSHOT_LISTENERS];
    uint8_t count;
};

/* What a leg hears. */
struct earshot {
    uint32_t index;
    bool wide;                 /* The rate of all below. */
    bool speaks;               /* More of `own` is to come. */
    uint32_t spare;            /* Samples that lie ready: how unevenly the partner's sound comes. */
    uint64_t carried_ms;       /* When the partner's sound was sent last. */
    struct mix_source own;     /* The leg's playout, while the partner's stream carries it. */
    struct mix_source noted;   /* For the capture, at 8 kHz: what was blended in. */
    struct half_down narrowed; /* For it. */
    struct endpoint *from[EARSHOT_SOURCES]; /* NULL: none, or one that leaves. */
    bool played[EARSHOT_SOURCES];           /* It is what `from` is played. */
    struct mix_source sources[EARSHOT_SOURCES];
};

struct earshot_pool {
    struct earshot *all;
    uint32_t *free;
    uint32_t count, left;
};

/* 0 or -ENOMEM. */
MUST_USE int earshot_pool_open(struct earshot_pool *pool, uint32_t count);
void earshot_pool_close(struct earshot_pool *pool);
struct earshot *earshot_take(struct earshot_pool *pool); /* There is one for each leg. */
void earshot_put(struct earshot_pool *pool, struct earshot *earshot);

/* MEDIA_HEAR. from: the other leg; NULL: it is not there. */
void earshot_set(struct engine *engine, struct endpoint *to, struct endpoint *from,
                 const struct command *command);

/* The leg closes: nobody hears it, it hears nobody. */
void earshot_leave(struct engine *engine, struct endpoint *endpoint);

/* The leg's frame of this tick, 20 ms at the leg's rate: to all who hear it. */
void earshot_frame(struct endpoint *from, const int16_t *samples);

/* The same of what the leg is played, before others are mixed in. */
void earshot_played(struct endpoint *from, const int16_t *samples);

/* Adds to `count` samples of the partner's, at the leg's rate, what else the leg hears. False: that
 * was nothing, they are as they were. spare_ms: how unevenly the partner's sound comes. */
MUST_USE bool earshot_blend(struct engine *engine, struct endpoint *to, int16_t *samples,
                            uint32_t count, uint32_t spare_ms);

/* True while a leg of a bridge need not send in its own time. */
bool earshot_is_carried(const struct engine *engine, const struct endpoint *endpoint);

/* The same for a leg that sends in its own time: 20 ms of its own playout, or silence. */
MUST_USE bool earshot_speak(struct endpoint *endpoint, int16_t *samples);

/* Playout of a leg that is carried: lies there until it is blended in. */
void earshot_play(struct engine *engine, struct endpoint *endpoint, struct playout_frame *frame);

/* The frame of the capture, and what was blended into the partner's sound. */
void earshot_note(struct endpoint *endpoint, const uint8_t partner[FRAME_SAMPLES],
                  uint8_t out[FRAME_SAMPLES]);

/* Once a tick: a leg that hears nobody any more gives its room back. */
void earshot_rest(struct engine *engine, struct endpoint *endpoint);

/* The leg is put through to another, whose stream carries from now on. */
void earshot_carry(struct engine *engine, struct endpoint *endpoint);

#endif

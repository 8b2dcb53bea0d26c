// SPDX-License-Identifier: Apache-2.0
/* ring.c - single writer, single reader: each side owns one counter and only looks at the other's.
 */
#include "base/ring.h"

#include <assert.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

_Static_assert((RING_FRAMES & (RING_FRAMES - 1)) == 0 && (RING_SHALLOW & (RING_SHALLOW - 1)) == 0,
               "positions wrap where 32 bits do");

/* What every frame has, and what those of wideband callers have beside it: far from each other, so
 * that the memory of the latter is not used for anybody else. */
struct ring_frame {
    uint64_t at_ms;
    uint32_t epoch, flags, rate;
    int16_t samples[FRAME_SAMPLES];
};

struct ring_rest {
    int16_t samples[FRAME_SAMPLES];
};

/* The counters lie on lines of their own: the two threads would otherwise pass one line to and fro.
 */
struct ring {
    _Alignas(64) atomic_uint written;
    atomic_ullong dropped;
    _Alignas(64) atomic_uint taken;
    uint32_t size;             /* Frames; a power of two. */
    struct ring_frame *frames; /* Of the pool's, as are: */
    struct ring_rest *rests;   /* For each frame. */
};

struct ring_pool {
    uint32_t count;
    struct ring *rings;
    struct ring_frame *frames;
    struct ring_rest *rests;
};

/* Frames stay untouched: memory is used as rings are. */
static void lay_out(struct ring_pool *pool, uint32_t deep)
{
    struct ring_frame *frames = pool->frames;
    struct ring_rest *rests = pool->rests;

    for (uint32_t i = 0; i < pool->count; i++) {
        struct ring *ring = &pool->rings[i];
        atomic_init(&ring->written, 0);
        atomic_init(&ring->dropped, 0);
        atomic_init(&ring->taken, 0);
        ring->size = i < deep ? RING_FRAMES : RING_SHALLOW;
        ring->frames = frames;
        ring->rests = rests;
        frames += ring->size;
        rests += ring->size;
    }
}

int ring_pool_open(struct ring_pool **out, uint32_t count, uint32_t deep)
{
    struct ring_pool *pool = calloc(1, sizeof(*pool));

    if (!pool)
        return -ENOMEM;
    deep = deep < count ? deep : count;
    size_t frames = (size_t)deep * RING_FRAMES + (size_t)(count - deep) * RING_SHALLOW;
    pool->rings = aligned_alloc(64, (count > 0 ? count : 1) * sizeof(struct ring));
    frames = frames > 0 ? frames : 1;
    pool->frames = malloc(frames * sizeof(struct ring_frame));
    pool->rests = malloc(frames * sizeof(struct ring_rest));
    if (!pool->rings || !pool->frames || !pool->rests) {
        ring_pool_close(pool);
        return -ENOMEM;
    }
    pool->count = count;
    lay_out(pool, deep);
    *out = pool;
    return 0;
}

void ring_pool_close(struct ring_pool *pool)
{
    if (!pool)
        return;
    free(pool->rests);
    free(pool->frames);
    free(pool->rings);
    free(pool);
}

uint32_t ring_pool_count(const struct ring_pool *pool)
{
    return pool->count;
}

static void copy_in(struct ring *ring, uint32_t at, const struct audio_frame *frame)
{
    struct ring_frame *to = &ring->frames[at];

    to->at_ms = frame->at_ms;
    to->epoch = frame->epoch;
    to->flags = frame->flags;
    to->rate = frame->rate;
    memcpy(to->samples, frame->samples, sizeof(to->samples));
    if (frame->rate > SAMPLE_RATE)
        memcpy(ring->rests[at].samples, frame->samples + FRAME_SAMPLES, sizeof(to->samples));
}

static void copy_out(const struct ring *ring, uint32_t at, struct audio_frame *frame)
{
    const struct ring_frame *from = &ring->frames[at];

    frame->at_ms = from->at_ms;
    frame->epoch = from->epoch;
    frame->flags = from->flags;
    frame->rate = from->rate;
    memcpy(frame->samples, from->samples, sizeof(from->samples));
    if (from->rate > SAMPLE_RATE)
        memcpy(frame->samples + FRAME_SAMPLES, ring->rests[at].samples, sizeof(from->samples));
}

bool ring_put(struct ring_pool *pool, uint32_t ring, const struct audio_frame *frame)
{
    assert(ring < pool->count);
    struct ring *r = &pool->rings[ring];
    uint32_t written = atomic_load_explicit(&r->written, memory_order_relaxed);
    uint32_t taken = atomic_load_explicit(&r->taken, memory_order_acquire);

    if (written - taken == r->size) {
        atomic_fetch_add_explicit(&r->dropped, 1, memory_order_relaxed);
        return false;
    }
    copy_in(r, written % r->size, frame);
    atomic_store_explicit(&r->written, written + 1, memory_order_release);
    return true;
}

bool ring_take(struct ring_pool *pool, uint32_t ring, uint32_t epoch, struct audio_frame *out)
{
    assert(ring < pool->count);
    struct ring *r = &pool->rings[ring];
    uint32_t taken = atomic_load_explicit(&r->taken, memory_order_relaxed);
    uint32_t written = atomic_load_explicit(&r->written, memory_order_acquire);
    bool found = false;

    while (!found && taken != written) {
        if (r->frames[taken % r->size].epoch == epoch) {
            copy_out(r, taken % r->size, out);
            found = true;
        }
        taken++;
    }
    atomic_store_explicit(&r->taken, taken, memory_order_release);
    return found;
}

uint64_t ring_dropped(const struct ring_pool *pool, uint32_t ring)
{
    assert(ring < pool->count);
    return atomic_load_explicit(&pool->rings[ring].dropped, memory_order_relaxed);
}

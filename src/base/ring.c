// SPDX-License-Identifier: Apache-2.0
/* ring.c - single writer, single reader: each side owns one counter and only looks at the other's.
 */
#include "base/ring.h"

#include <assert.h>
#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

_Static_assert((RING_FRAMES & (RING_FRAMES - 1)) == 0 && (RING_SHALLOW & (RING_SHALLOW - 1)) == 0,
               "positions wrap where 32 bits do");

/* The counters lie on lines of their own: the two threads would otherwise pass one line to and fro.
 */
struct ring {
    _Alignas(64) atomic_uint written;
    atomic_ullong dropped;
    _Alignas(64) atomic_uint taken;
    uint32_t size;              /* Frames; a power of two. */
    struct audio_frame *frames; /* Of the pool's. */
};

struct ring_pool {
    uint32_t count;
    struct ring *rings;
    struct audio_frame *frames;
};

/* Frames stay untouched: memory is used as rings are. */
static void lay_out(struct ring_pool *pool, uint32_t deep)
{
    struct audio_frame *frames = pool->frames;

    for (uint32_t i = 0; i < pool->count; i++) {
        struct ring *ring = &pool->rings[i];
        atomic_init(&ring->written, 0);
        atomic_init(&ring->dropped, 0);
        atomic_init(&ring->taken, 0);
        ring->size = i < deep ? RING_FRAMES : RING_SHALLOW;
        ring->frames = frames;
        frames += ring->size;
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
    pool->frames = malloc((frames > 0 ? frames : 1) * sizeof(struct audio_frame));
    if (!pool->rings || !pool->frames) {
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
    free(pool->frames);
    free(pool->rings);
    free(pool);
}

uint32_t ring_pool_count(const struct ring_pool *pool)
{
    return pool->count;
}

/* Narrow frames are no slower than they were before there were wide ones. */
static void copy(struct audio_frame *to, const struct audio_frame *from)
{
    size_t samples = from->rate > SAMPLE_RATE ? 2 * FRAME_SAMPLES : FRAME_SAMPLES;

    memcpy(to, from, offsetof(struct audio_frame, samples) + samples * sizeof(from->samples[0]));
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
    copy(&r->frames[written % r->size], frame);
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
        const struct audio_frame *frame = &r->frames[taken % r->size];
        if (frame->epoch == epoch) {
            copy(out, frame);
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

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

_Static_assert((RING_FRAMES & (RING_FRAMES - 1)) == 0, "positions wrap by a mask");

/* The counters lie on lines of their own: the two threads would otherwise pass one line to and fro.
 */
struct ring {
    _Alignas(64) atomic_uint written;
    atomic_ullong dropped;
    _Alignas(64) atomic_uint taken;
    _Alignas(64) struct audio_frame frames[RING_FRAMES];
};

struct ring_pool {
    uint32_t count;
    struct ring *rings;
};

int ring_pool_open(struct ring_pool **out, uint32_t count)
{
    struct ring_pool *pool = calloc(1, sizeof(*pool));
    if (!pool)
        return -ENOMEM;
    size_t bytes = (count > 0 ? count : 1) * sizeof(struct ring);
    pool->rings = aligned_alloc(64, bytes);
    if (!pool->rings) {
        free(pool);
        return -ENOMEM;
    }
    pool->count = count;
    for (uint32_t i = 0; i < count; i++) { /* Frames stay untouched: memory is used as rings are. */
        atomic_init(&pool->rings[i].written, 0);
        atomic_init(&pool->rings[i].dropped, 0);
        atomic_init(&pool->rings[i].taken, 0);
    }
    *out = pool;
    return 0;
}

void ring_pool_close(struct ring_pool *pool)
{
    if (!pool)
        return;
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

    if (written - taken == RING_FRAMES) {
        atomic_fetch_add_explicit(&r->dropped, 1, memory_order_relaxed);
        return false;
    }
    copy(&r->frames[written % RING_FRAMES], frame);
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
        const struct audio_frame *frame = &r->frames[taken % RING_FRAMES];
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

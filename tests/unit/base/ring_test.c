// SPDX-License-Identifier: Apache-2.0
/* ring_test.c - sound reaches its reader in order, and never another call's reader. */
#include "base/ring.h"

#include <pthread.h>
#include <sched.h>
#include <string.h>

#include "check.h"

static struct ring_pool *pool;
static struct audio_frame frame, out;

static bool put(uint32_t ring, uint32_t epoch, int16_t sample)
{
    frame.epoch = epoch;
    frame.samples[0] = frame.samples[FRAME_SAMPLES - 1] = sample;
    return ring_put(pool, ring, &frame);
}

static void frames_come_in_order_ring_by_ring(void)
{
    CHECK(ring_pool_open(&pool, 2, 2) == 0 && ring_pool_count(pool) == 2);
    for (int16_t i = 0; i < 3 * RING_FRAMES; i++) { /* Around the ring. */
        CHECK(put(0, 1, i) && put(1, 1, (int16_t)-i));
        CHECK(ring_take(pool, 0, 1, &out) && out.samples[159] == i);
        CHECK(ring_take(pool, 1, 1, &out) && out.samples[0] == -i);
        CHECK(!ring_take(pool, 0, 1, &out));
    }
    ring_pool_close(pool);
}

static void a_full_ring_drops_the_newest_and_counts_it(void)
{
    CHECK(ring_pool_open(&pool, 1, 1) == 0);
    for (int16_t i = 0; i < RING_FRAMES; i++)
        CHECK(put(0, 1, i));
    CHECK(!put(0, 1, 999) && !put(0, 1, 999) && ring_dropped(pool, 0) == 2);
    CHECK(ring_take(pool, 0, 1, &out) && out.samples[0] == 0);
    CHECK(put(0, 1, 7));
    ring_pool_close(pool);
}

static void rings_for_those_who_only_hand_on_are_shallow(void)
{
    CHECK(ring_pool_open(&pool, 3, 1) == 0);
    for (int16_t i = 0; i < RING_SHALLOW; i++)
        CHECK(put(1, 1, i) && put(2, 1, (int16_t)-i) && put(0, 1, i));
    CHECK(!put(1, 1, 0) && !put(2, 1, 0) && put(0, 1, RING_SHALLOW));
    for (int16_t i = 0; i < RING_SHALLOW; i++) {
        CHECK(ring_take(pool, 1, 1, &out) && out.samples[159] == i);
        CHECK(ring_take(pool, 2, 1, &out) && out.samples[159] == -i);
        CHECK(ring_take(pool, 0, 1, &out) && out.samples[159] == i);
    }
    ring_pool_close(pool);
}

static void sound_of_another_epoch_is_never_read(void)
{
    CHECK(ring_pool_open(&pool, 1, 1) == 0);
    CHECK(put(0, 4, 1) && put(0, 5, 2) && put(0, 4, 3));
    CHECK(ring_take(pool, 0, 5, &out) && out.epoch == 5 && out.samples[0] == 2);
    CHECK(!ring_take(pool, 0, 5, &out));
    CHECK(!ring_take(pool, 0, 4, &out));                 /* Discarded on the way. */
    CHECK(put(0, 6, 4) && !ring_take(pool, 0, 5, &out)); /* Newer is another's too. */
    ring_pool_close(pool);
}

static void wide_and_narrow_frames_may_follow_each_other(void)
{
    CHECK(ring_pool_open(&pool, 2, 1) == 0);
    for (int16_t i = 0; i < 3 * RING_SHALLOW; i++) {
        struct audio_frame in = {
            .at_ms = (uint64_t)i, .epoch = 1, .flags = AUDIO_LOST, .rate = i % 3 ? 16000 : 8000};
        for (int16_t s = 0; s < 2 * FRAME_SAMPLES; s++)
            in.samples[s] = (int16_t)(i + s);
        CHECK(ring_put(pool, 1, &in) && ring_take(pool, 1, 1, &out));
        CHECK(out.rate == in.rate && out.at_ms == in.at_ms && out.flags == AUDIO_LOST);
        CHECK(memcmp(out.samples, in.samples, sizeof(in.samples) / (i % 3 ? 1 : 2)) == 0);
    }
    ring_pool_close(pool);
}

enum { FRAMES = 20000 };

static void *write_all(void *unused)
{
    struct audio_frame written = {.epoch = 1};

    (void)unused;
    for (uint32_t i = 0; i < FRAMES; i++) {
        written.epoch = 1 + i * 4 / FRAMES;
        written.at_ms = i;
        for (uint32_t s = 0; s < FRAME_SAMPLES; s++)
            written.samples[s] = (int16_t)i;
        while (!ring_put(pool, 0, &written))
            sched_yield();
    }
    return NULL;
}

static void a_reader_beside_a_writer_sees_whole_frames_in_order(void)
{
    pthread_t writer;

    CHECK(ring_pool_open(&pool, 1, 1) == 0);
    CHECK(pthread_create(&writer, NULL, write_all, NULL) == 0);
    for (uint32_t i = 0; i < FRAMES; i++) {
        while (!ring_take(pool, 0, 1 + i * 4 / FRAMES, &out))
            sched_yield();
        CHECK(out.at_ms == i);
        for (uint32_t s = 0; s < FRAME_SAMPLES; s++)
            CHECK(out.samples[s] == (int16_t)i);
    }
    pthread_join(writer, NULL);
    ring_pool_close(pool);
}

int main(void)
{
    RUN(frames_come_in_order_ring_by_ring);
    RUN(a_full_ring_drops_the_newest_and_counts_it);
    RUN(rings_for_those_who_only_hand_on_are_shallow);
    RUN(sound_of_another_epoch_is_never_read);
    RUN(wide_and_narrow_frames_may_follow_each_other);
    RUN(a_reader_beside_a_writer_sees_whole_frames_in_order);
    ring_pool_close(NULL);
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* echo_pool.c - the cancellers of a thread, and how many of them a beat has time for. */
#include <errno.h>
#include <speex/speex_echo.h>
#include <stdlib.h>

#include "media/echo.h"

void echo_pool_beat(struct echo_pool *pool)
{
    pool->compares = ECHO_COMPARES_A_BEAT;
    pool->cancels = ECHO_CANCELS_A_BEAT;
}

int echo_pool_open(struct echo_pool *pool, uint32_t count, uint32_t tail, struct clip_table *clips)
{
    *pool = (struct echo_pool){.count = tail > 0 ? count : 0, .clips = clips};
    echo_pool_beat(pool);
    if (pool->count == 0)
        return 0;
    pool->lines = calloc(pool->count, sizeof *pool->lines);
    pool->free = calloc(pool->count, sizeof(struct echo_line *));
    if (!pool->lines || !pool->free)
        return -ENOMEM;
    for (uint32_t i = 0; i < pool->count; i++) {
        pool->lines[i].canceller = speex_echo_state_init(FRAME_SAMPLES, (int)tail);
        if (!pool->lines[i].canceller)
            return -ENOMEM;
        int rate = SAMPLE_RATE;
        speex_echo_ctl(pool->lines[i].canceller, SPEEX_ECHO_SET_SAMPLING_RATE, &rate);
        pool->free[pool->free_count++] = &pool->lines[i];
    }
    return 0;
}

void echo_pool_close(struct echo_pool *pool)
{
    for (uint32_t i = 0; pool->lines && i < pool->count; i++) {
        if (pool->lines[i].canceller)
            speex_echo_state_destroy(pool->lines[i].canceller);
    }
    free(pool->lines);
    free(pool->free);
    *pool = (struct echo_pool){0};
}

void echo_take_line(struct echo *echo, struct echo_pool *pool, const struct jitter *jitter)
{
    if (echo->line)
        return;
    if (pool->free_count == 0) {
        pool->refused++;
        return;
    }
    echo->line = pool->free[--pool->free_count];
    speex_echo_state_reset(echo->line->canceller);
    jitter_copy(&echo->line->jitter, jitter);
    echo->line->came_frames = echo->line->left_frames = 0;
    echo->line->peak_known = false;
    echo->erle_db = 0;
}

void echo_give_line(struct echo *echo, struct echo_pool *pool)
{
    if (echo->line)
        pool->free[pool->free_count++] = echo->line;
    echo->line = NULL;
}

void echo_release(struct echo *echo, struct echo_pool *pool)
{
    echo_give_line(echo, pool);
    echo_forget_sent(echo, pool);
}

// SPDX-License-Identifier: Apache-2.0
/* echo_sent.c - what the line got: which frames of which clips, held while an echo can come. */
#include <string.h>

#include "media/echo.h"
#include "media/law.h"

static void forget(struct echo_stretch *stretch, struct clip_table *clips)
{
    if (stretch->count > 0)
        clip_drop(clips, stretch->clip);
    stretch->count = 0;
}

/* Clips are let go when no frame of them can come back any more. */
static void forget_old(struct echo *echo, struct clip_table *clips)
{
    for (uint32_t i = 0; i < ECHO_STRETCHES; i++) {
        struct echo_stretch *stretch = &echo->stretches[i];
        if (stretch->count > 0 && stretch->first + stretch->count + ECHO_SENT <= echo->sent)
            forget(stretch, clips);
    }
}

void echo_forget_sent(struct echo *echo, struct echo_pool *pool)
{
    if (echo->stretches[echo->stretch].count == 0)
        return; /* The newest is the last to be forgotten. */
    for (uint32_t i = 0; i < ECHO_STRETCHES; i++)
        forget(&echo->stretches[i], pool->clips);
}

void echo_pass(struct echo *echo, uint32_t frames)
{
    echo->voiced = frames < 64 ? echo->voiced << frames : 0;
    echo->sent += frames;
}

void echo_sent(struct echo *echo, struct echo_pool *pool, const struct playout_frame *frame,
               bool alaw)
{
    struct echo_stretch *stretch = &echo->stretches[echo->stretch];

    if (pool->count == 0 || echo->sent == 0)
        return;
    echo->alaw = alaw;
    echo->voiced |= 1;
    if (stretch->count > 0 && stretch->clip == frame->clip &&
        stretch->first + stretch->count == echo->sent - 1 &&
        stretch->from + stretch->count * FRAME_SAMPLES == frame->from) {
        stretch->count++;
        return;
    }
    forget_old(echo, pool->clips);
    if (frame->ended)
        return; /* The playout has let it go. */
    echo->stretch = (uint8_t)((echo->stretch + 1) % ECHO_STRETCHES);
    stretch = &echo->stretches[echo->stretch];
    forget(stretch, pool->clips);
    clip_hold(pool->clips, frame->clip);
    *stretch = (struct echo_stretch){
        .first = echo->sent - 1, .count = 1, .clip = frame->clip, .from = frame->from};
}

static const struct echo_stretch *stretch_of(const struct echo *echo, uint64_t number)
{
    for (uint32_t i = 0; i < ECHO_STRETCHES; i++) {
        const struct echo_stretch *stretch = &echo->stretches[i];
        if (number >= stretch->first && number - stretch->first < stretch->count)
            return stretch;
    }
    return NULL;
}

void echo_read_sent(const struct echo *echo, const struct echo_pool *pool, int64_t number,
                    int16_t out[FRAME_SAMPLES])
{
    int64_t age = (int64_t)echo->sent - 1 - number;
    const struct echo_stretch *stretch = NULL;
    enum codec codec = echo->alaw ? CODEC_PCMA : CODEC_PCMU;
    uint8_t coded[FRAME_SAMPLES];
    struct clip_view view;
    uint32_t count = 0;

    if (age >= 0 && age < ECHO_SENT && number >= 0)
        stretch = stretch_of(echo, (uint64_t)number);
    if (stretch && clip_read(pool->clips, stretch->clip, &view)) {
        uint32_t at = stretch->from + (uint32_t)((uint64_t)number - stretch->first) * FRAME_SAMPLES;
        count = view.size - at < FRAME_SAMPLES ? view.size - at : FRAME_SAMPLES;
        law_encode(codec, view.linear + at, coded, count);
        law_decode(codec, coded, out, count);
    }
    memset(out + count, 0, (FRAME_SAMPLES - count) * sizeof *out);
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a >= 0 ? a / b : -((b - 1 - a) / b);
}

void echo_read_reference(const struct echo *echo, const struct echo_pool *pool, int64_t position,
                         int16_t out[FRAME_SAMPLES])
{
    int16_t two[2 * FRAME_SAMPLES];
    int64_t number = floor_div(position, FRAME_SAMPLES);

    echo_read_sent(echo, pool, number, two);
    echo_read_sent(echo, pool, number + 1, two + FRAME_SAMPLES);
    memcpy(out, two + (position - number * FRAME_SAMPLES), FRAME_SAMPLES * sizeof *out);
}

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
        uint64_t end = stretch->first + stretch->count;
        if (stretch->count > 0 && end + ECHO_SENT * FRAME_SAMPLES <= echo->sent * FRAME_SAMPLES)
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
               uint32_t lead, bool alaw)
{
    struct echo_stretch *stretch = &echo->stretches[echo->stretch];
    uint64_t at = (echo->sent - 1) * FRAME_SAMPLES + lead;

    if (pool->count == 0 || echo->sent == 0)
        return;
    echo->alaw = alaw;
    echo->voiced |= 1;
    if (stretch->count > 0 && stretch->clip == frame->clip &&
        stretch->first + stretch->count == at && stretch->from + stretch->count == frame->from) {
        stretch->count += FRAME_SAMPLES;
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
        .first = at, .count = FRAME_SAMPLES, .clip = frame->clip, .from = frame->from};
}

/* What of a stretch lies in the frame that begins at `position`, as it was sent. */
static void copy_part(const struct echo_stretch *stretch, uint64_t position,
                      struct clip_table *clips, enum codec codec, int16_t out[FRAME_SAMPLES])
{
    uint64_t from = stretch->first > position ? stretch->first : position;
    uint64_t until = stretch->first + stretch->count;
    uint8_t coded[FRAME_SAMPLES];
    struct clip_view view;

    if (until > position + FRAME_SAMPLES)
        until = position + FRAME_SAMPLES;
    if (from >= until || !clip_read(clips, stretch->clip, &view))
        return;
    uint32_t at = stretch->from + (uint32_t)(from - stretch->first);
    uint32_t count = (uint32_t)(until - from);
    if (at >= view.size)
        return;
    count = view.size - at < count ? view.size - at : count;
    law_encode(codec, view.linear + at, coded, count);
    law_decode(codec, coded, out + (from - position), count);
}

void echo_read_sent(const struct echo *echo, const struct echo_pool *pool, int64_t number,
                    int16_t out[FRAME_SAMPLES])
{
    int64_t age = (int64_t)echo->sent - 1 - number;
    enum codec codec = echo->alaw ? CODEC_PCMA : CODEC_PCMU;

    memset(out, 0, FRAME_SAMPLES * sizeof *out);
    if (age < 0 || age >= ECHO_SENT || number < 0)
        return;
    for (uint32_t i = 0; i < ECHO_STRETCHES; i++)
        copy_part(&echo->stretches[i], (uint64_t)number * FRAME_SAMPLES, pool->clips, codec, out);
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

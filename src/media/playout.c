// SPDX-License-Identifier: Apache-2.0
/* playout.c - clips in, frames out. */
#include "media/playout.h"

#include <string.h>

#include "base/g711.h"
#include "media/law.h"

enum {
    AUDIBLE = 260, /* -42 dBFS: above the noise of a voice's pauses, below its quietest sounds. */
    RISE = 40
};

void playout_init(struct playout *playout)
{
    *playout = (struct playout){0};
}

bool playout_put(struct playout *playout, uint32_t utterance, uint32_t clip, bool loop)
{
    if (playout->count == PLAYOUT_QUEUE)
        return false;
    if (playout->count == 0)
        playout->paused = false; /* The pause met nothing: what it was for was over already. */
    uint32_t at = (playout->first + playout->count) % PLAYOUT_QUEUE;
    playout->entries[at] =
        (struct playout_entry){.utterance = utterance, .clip = clip, .loop = loop};
    playout->count++;
    return true;
}

void playout_pause(struct playout *playout)
{
    playout->paused = true;
}

void playout_resume(struct playout *playout)
{
    if (playout->paused && playout->sent > 0)
        playout->rise = true;
    playout->paused = false;
}

static struct playout_end take_first(struct playout *playout, struct clip_table *clips,
                                     const struct clip_view *view)
{
    struct playout_entry entry = playout->entries[playout->first];
    struct playout_end end = {.utterance = entry.utterance,
                              .heard_ms = playout->sent / 8,
                              .total_ms = view->finished ? view->size / 8 : 0,
                              .finished = view->finished && playout->sent == view->size};

    clip_drop(clips, entry.clip);
    playout->first = (uint8_t)((playout->first + 1) % PLAYOUT_QUEUE);
    playout->count--;
    playout->sent = 0;
    playout->audible = playout->rise = false;
    return end;
}

/* A clip that is not alive would be a bug of the sender's; it plays as an empty one. */
static struct clip_view first_view(const struct playout *playout, struct clip_table *clips)
{
    struct clip_view view;

    if (!clip_read(clips, playout->entries[playout->first].clip, &view))
        view = (struct clip_view){.finished = true, .size = playout->sent};
    return view;
}

bool playout_flush(struct playout *playout, struct clip_table *clips, struct playout_end *end)
{
    playout->paused = false; /* What is played next is a new answer. */
    if (playout->count == 0)
        return false;
    struct clip_view view = first_view(playout, clips);
    *end = take_first(playout, clips, &view);
    return true;
}

static bool is_audible(const int16_t *samples, uint32_t count)
{
    int32_t most = 0;

    for (uint32_t i = 0; i < count; i++) {
        int32_t size = samples[i] < 0 ? -samples[i] : samples[i];
        most = size > most ? size : most;
    }
    return most >= AUDIBLE;
}

static void rise(const int16_t *linear, enum codec codec, uint32_t count, uint8_t *out)
{
    int16_t soft[RISE];

    count = count < RISE ? count : RISE;
    for (uint32_t i = 0; i < count; i++)
        soft[i] = (int16_t)(linear[i] * (int32_t)i / RISE);
    law_encode(codec, soft, out, count);
}

/* What of which clip is the next frame. Returns how many samples of 8 kHz, from `playout->sent`. */
static uint32_t look_ahead(const struct playout *playout, struct clip_table *clips,
                           struct clip_view *view)
{
    if (playout->count == 0 || playout->paused)
        return 0;
    *view = first_view(playout, clips);
    uint32_t left = view->size - playout->sent;
    if (left >= FRAME_SAMPLES)
        return FRAME_SAMPLES;
    return view->finished ? left : 0;
}

bool playout_is_due(const struct playout *playout, struct clip_table *clips)
{
    struct clip_view view;

    return look_ahead(playout, clips, &view) > 0;
}

/* The samples have been handed out. */
static void go_on(struct playout *playout, struct clip_table *clips, const struct clip_view *view,
                  uint32_t count, struct playout_frame *frame)
{
    if (playout->count == 0 || playout->paused)
        return;
    if (count > 0) {
        playout->rise = false;
        frame->voice = true;
        frame->clip = playout->entries[playout->first].clip;
        frame->from = playout->sent;
        frame->utterance = playout->entries[playout->first].utterance;
        frame->heard_ms = playout->sent / 8;
        frame->audible = !playout->audible && is_audible(view->linear + playout->sent, count);
        playout->audible = playout->audible || frame->audible;
    }
    playout->sent += count;
    frame->ended = view->finished && playout->sent == view->size;
    if (frame->ended && playout->entries[playout->first].loop && view->size > 0) {
        playout->sent = 0;
        frame->ended = false;
    }
    if (frame->ended)
        frame->end = take_first(playout, clips, view);
}

void playout_next(struct playout *playout, struct clip_table *clips, enum codec codec,
                  uint8_t out[FRAME_SAMPLES], struct playout_frame *frame)
{
    struct clip_view view = {0};
    uint32_t count = look_ahead(playout, clips, &view);

    *frame = (struct playout_frame){0};
    if (count > 0) {
        law_encode(codec, view.linear + playout->sent, out, count);
        if (playout->rise)
            rise(view.linear + playout->sent, codec, count, out);
    }
    go_on(playout, clips, &view, count, frame);
    memset(out + count, codec == CODEC_PCMA ? G711_ALAW_SILENCE : G711_ULAW_SILENCE,
           FRAME_SAMPLES - count);
}

bool playout_next_linear(struct playout *playout, struct clip_table *clips,
                         int16_t out[2 * FRAME_SAMPLES], struct playout_frame *frame)
{
    struct clip_view view = {0};
    uint32_t count = look_ahead(playout, clips, &view), scale = view.wide || count == 0 ? 2 : 1;
    int32_t soft = RISE * (int32_t)scale;

    *frame = (struct playout_frame){0};
    if (count > 0)
        memcpy(out, (view.wide ? view.wide : view.linear) + (size_t)playout->sent * scale,
               (size_t)count * scale * sizeof *out);
    memset(out + (size_t)count * scale, 0, (size_t)(FRAME_SAMPLES - count) * scale * sizeof *out);
    for (int32_t i = 0; playout->rise && count > 0 && i < soft; i++)
        out[i] = (int16_t)(out[i] * i / soft);
    go_on(playout, clips, &view, count, frame);
    return scale == 2;
}

// SPDX-License-Identifier: Apache-2.0
/* capture.c - the media threads' side: buffers filled, handed over, taken back. */
#include "media/capture.h"

#include <string.h>

#include "base/g711.h"
#include "media/interleave.h"
#include "media/recorder.h"
#include "wire/au.h"

void capture_start(struct capture *capture, struct recorder *recorder, uint32_t thread,
                   uint32_t slot, enum codec codec, struct text name)
{
    *capture =
        (struct capture){.recorder = recorder, .slot = slot, .thread = thread, .codec = codec};
    text_copy(capture->name, sizeof capture->name, name);
    capture->at = AU_HEADER;
}

/* The recorder's mailbox may be busy at the very instant of the beginning. */
static bool has_begun(struct capture *capture)
{
    struct recorder_message message = {.kind = RECORDER_BEGIN,
                                       .slot = capture->slot,
                                       .thread = capture->thread,
                                       .codec = capture->codec};

    if (capture->begun)
        return true;
    memcpy(message.name, capture->name, sizeof message.name);
    capture->begun = recorder_post(capture->recorder, &message);
    return capture->begun;
}

static bool post(struct capture *capture, enum recorder_message_kind kind,
                 const struct captured *sound)
{
    struct recorder_message message = {.kind = kind,
                                       .slot = capture->slot,
                                       .thread = capture->thread,
                                       .codec = capture->codec,
                                       .owed = sound->owed,
                                       .index = sound->index,
                                       .size = sound->buffer ? sound->fill : 0};

    interleave_done();
    return has_begun(capture) && recorder_post(capture->recorder, &message);
}

/* The full one that the recorder was too busy to take when it was full. */
static bool none_waits(struct capture *capture)
{
    if (capture->waiting.buffer && post(capture, RECORDER_SOUND, &capture->waiting))
        capture->waiting.buffer = NULL;
    return !capture->waiting.buffer;
}

static bool hand_over(struct capture *capture, enum recorder_message_kind kind)
{
    if (!none_waits(capture) || !post(capture, kind, &capture->now))
        return false;
    capture->now = (struct captured){.buffer = NULL};
    return true;
}

void capture_change(struct capture *capture, enum capture_act act)
{
    if (act == CAPTURE_PAUSE || act == CAPTURE_RESUME)
        capture->paused = act == CAPTURE_PAUSE;
    else if (act == CAPTURE_MASK || act == CAPTURE_UNMASK)
        capture->masked = act == CAPTURE_MASK;
    else if (act == CAPTURE_STOP)
        capture->ending = true;
}

/* What came before a pause must be handed over before the pause is owed. False: not yet. */
static bool owe(struct capture *capture)
{
    if (capture->now.buffer && capture->now.fill > 0 && !hand_over(capture, RECORDER_SOUND))
        return false;
    capture->now.owed += CAPTURE_FRAME;
    capture->at += CAPTURE_FRAME;
    return true;
}

static void lose(struct capture *capture, uint32_t bytes)
{
    capture->now.owed += bytes;
    capture->lost += bytes;
}

/* Every other leg begins with a page less, lest those that begin together all hand over at once. */
static bool has_room(struct capture *capture)
{
    if (capture->now.buffer && capture->now.fill > 0 && capture->now.fill == capture->limit &&
        !hand_over(capture, RECORDER_SOUND)) {
        if (!capture->waiting.buffer) {
            capture->waiting = capture->now;
            capture->now = (struct captured){.buffer = NULL};
        } else { /* What comes from here on is owed after it: drop it, that it be one stretch. */
            lose(capture, capture->now.fill);
            capture->now.fill = 0;
        }
    }
    if (!capture->now.buffer)
        capture->now.buffer =
            recorder_take(capture->recorder, capture->thread, &capture->now.index);
    if (capture->now.fill == 0)
        capture->limit = CAPTURE_BYTES - (uint32_t)(capture->at % CAPTURE_PAGE) -
                         (capture->at == AU_HEADER && capture->slot % 2 ? CAPTURE_PAGE : 0);
    return capture->now.buffer;
}

static void fill(struct capture *capture, const uint8_t *sent, uint32_t from, uint32_t bytes)
{
    uint8_t *out = capture->now.buffer + capture->now.fill;

    if (capture->masked || capture->paused)
        memset(out, capture->codec == CODEC_PCMA ? G711_ALAW_SILENCE : G711_ULAW_SILENCE, bytes);
    else
        interleave(capture->heard + from / 2, sent + from / 2, out, bytes / 2);
    capture->now.fill += bytes;
}

void capture_put(struct capture *capture, const uint8_t sent[FRAME_SAMPLES])
{
    if (!capture->recorder)
        return;
    if (capture->ending) {
        (void)!capture_stop(capture); /* Again at the next tick, if need be. */
        return;
    }
    (void)has_begun(capture);
    (void)none_waits(capture);
    if (capture->paused && owe(capture))
        return;
    for (uint32_t done = 0, part; done < CAPTURE_FRAME; done += part) {
        part = CAPTURE_FRAME - done;
        if (!has_room(capture)) {
            lose(capture, part);
        } else {
            if (part > capture->limit - capture->now.fill)
                part = capture->limit - capture->now.fill;
            fill(capture, sent, done, part);
        }
        capture->at += part;
    }
}

uint32_t capture_kept(const struct capture *capture)
{
    return (uint32_t)((capture->at - AU_HEADER - capture->lost) / CAPTURE_FRAME);
}

uint32_t capture_lost(const struct capture *capture)
{
    return (uint32_t)((capture->at - AU_HEADER) / CAPTURE_FRAME) - capture_kept(capture);
}

bool capture_stop(struct capture *capture)
{
    if (!capture->recorder)
        return true;
    if (!hand_over(capture, RECORDER_END))
        return false;
    capture->recorder = NULL;
    return true;
}

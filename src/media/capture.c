// SPDX-License-Identifier: Apache-2.0
/* capture.c - the media threads' side: buffers filled, handed over, taken back. */
#include "media/capture.h"

#include <string.h>

#include "base/g711.h"
#include "media/recorder.h"

void capture_start(struct capture *capture, struct recorder *recorder, uint32_t thread,
                   uint32_t slot, enum codec codec, struct text name)
{
    *capture =
        (struct capture){.recorder = recorder, .slot = slot, .thread = thread, .codec = codec};
    text_copy(capture->name, sizeof capture->name, name);
    capture->limit = CAPTURE_FRAME * (1 + slot * 7 % CAPTURE_FRAMES);
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

static bool hand_over(struct capture *capture, enum recorder_message_kind kind)
{
    struct recorder_message message = {.kind = kind,
                                       .slot = capture->slot,
                                       .thread = capture->thread,
                                       .codec = capture->codec,
                                       .owed = capture->owed,
                                       .index = capture->index,
                                       .size = capture->buffer ? capture->fill : 0};

    if (!has_begun(capture) || !recorder_post(capture->recorder, &message))
        return false;
    capture->buffer = NULL;
    capture->fill = capture->owed = 0;
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
    if (capture->buffer && capture->fill > 0 && !hand_over(capture, RECORDER_SOUND))
        return false;
    capture->owed++;
    capture->frames++;
    return true;
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
    if (capture->paused && owe(capture))
        return;
    if (capture->buffer && capture->fill >= capture->limit) {
        if (!hand_over(capture, RECORDER_SOUND)) {
            /* What is in the buffer stays in its place; frames from here on are owed after it: drop
             * the buffer instead, so that what is owed is one stretch. */
            uint32_t frames = capture->fill / CAPTURE_FRAME;
            capture->lost += frames;
            capture->frames -= frames;
            capture->owed += frames;
            capture->fill = 0;
        }
        capture->limit = CAPTURE_FRAMES * CAPTURE_FRAME;
    }
    if (!capture->buffer)
        capture->buffer = recorder_take(capture->recorder, capture->thread, &capture->index);
    if (!capture->buffer) {
        capture->owed++;
        capture->lost++;
        return;
    }
    uint8_t *out = capture->buffer + capture->fill;
    if (capture->masked || capture->paused)
        memset(out, capture->codec == CODEC_PCMA ? G711_ALAW_SILENCE : G711_ULAW_SILENCE,
               CAPTURE_FRAME);
    else
        for (uint32_t i = 0; i < FRAME_SAMPLES; i++) {
            out[2 * i] = capture->heard[i];
            out[2 * i + 1] = sent[i];
        }
    capture->fill += CAPTURE_FRAME;
    capture->frames++;
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

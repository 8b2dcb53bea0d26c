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
    capture->limit = CAPTURE_FRAME * (1 + slot * 7 % (CAPTURE_BYTES / CAPTURE_FRAME));
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

void capture_put(struct capture *capture, const uint8_t sent[FRAME_SAMPLES])
{
    if (!capture->recorder)
        return;
    (void)has_begun(capture);
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
        capture->limit = CAPTURE_BYTES / CAPTURE_FRAME * CAPTURE_FRAME;
    }
    if (!capture->buffer)
        capture->buffer = recorder_take(capture->recorder, capture->thread, &capture->index);
    if (!capture->buffer) {
        capture->owed++;
        capture->lost++;
        return;
    }
    uint8_t *out = capture->buffer + capture->fill;
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

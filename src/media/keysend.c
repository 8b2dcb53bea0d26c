// SPDX-License-Identifier: Apache-2.0
/* keysend.c - eight frames a key: five of sound, three of rest. */
#include "media/keysend.h"

#include <string.h>

enum { ON_FRAMES = 5, ALL_FRAMES = 8, ENDS = 3, VOLUME = 10 };

void keysend_init(struct keysend *keysend)
{
    memset(keysend, 0, sizeof *keysend);
    dtmf_tx_init(&keysend->generator);
    dtmf_tx_set_timing(&keysend->generator, ON_FRAMES * FRAME_MS,
                       (ALL_FRAMES - ON_FRAMES) * FRAME_MS);
}

uint32_t keysend_put(struct keysend *keysend, struct text keys)
{
    uint32_t left_out = 0;

    for (uint32_t i = 0; i < keys.size; i++) {
        int event = dtmf_event_of_key(keys.data[i]);
        if (event < 0)
            continue;
        if (keysend->count == KEYSEND_QUEUE) {
            left_out++;
            continue;
        }
        uint32_t at = (uint32_t)(keysend->first + keysend->count) % KEYSEND_QUEUE;
        keysend->queue[at] = dtmf_event_key((uint8_t)event);
        keysend->count++;
    }
    return left_out;
}

static enum keysend_kind write_event(const struct keysend *keysend, char key, uint32_t clock,
                                     struct keysend_frame *out)
{
    uint32_t frames = keysend->frame + 1u;
    struct dtmf_event event = {
        .event = (uint8_t)dtmf_event_of_key(key), .end = frames >= ON_FRAMES, .volume = VOLUME};

    if (frames >= ON_FRAMES + ENDS)
        return KEYSEND_PAUSE;
    event.duration = (uint16_t)((frames < ON_FRAMES ? frames : ON_FRAMES) * FRAME_SAMPLES * clock);
    dtmf_event_write(&event, out->payload);
    out->marker = keysend->frame == 0;
    out->timestamp = keysend->timestamp;
    return KEYSEND_EVENT;
}

static enum keysend_kind write_tone(struct keysend *keysend, char key, struct keysend_frame *out)
{
    if (keysend->frame == 0)
        dtmf_tx_put(&keysend->generator, &key, 1);
    int made = dtmf_tx(&keysend->generator, out->samples, FRAME_SAMPLES);
    if (made < FRAME_SAMPLES)
        memset(out->samples + made, 0, (size_t)(FRAME_SAMPLES - made) * sizeof *out->samples);
    return KEYSEND_TONE;
}

enum keysend_kind keysend_next(struct keysend *keysend, bool events, uint32_t timestamp,
                               uint32_t clock, struct keysend_frame *out)
{
    enum keysend_kind kind;

    if (keysend->count == 0)
        return KEYSEND_NOTHING;
    char key = keysend->queue[keysend->first];
    if (keysend->frame == 0)
        keysend->timestamp = timestamp;
    kind = events ? write_event(keysend, key, clock, out) : write_tone(keysend, key, out);
    if (++keysend->frame == ALL_FRAMES) {
        keysend->frame = 0;
        keysend->first = (uint8_t)((keysend->first + 1) % KEYSEND_QUEUE);
        keysend->count--;
    }
    return kind;
}

// SPDX-License-Identifier: Apache-2.0
/* keysend.h - keys that we press: 100 ms each with 60 ms between, as RTP events or as tones.
 *
 * RFC 4733 2.5: one timestamp a key, a packet every 20 ms with the duration so far, the end thrice.
 * Pure; one frame a call. One thread at a time. */
#ifndef MEDIA_KEYSEND_H
#define MEDIA_KEYSEND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"
#include "base/text.h"
#include "media/telephony.h"
#include "wire/dtmf_event.h"

enum { KEYSEND_QUEUE = 32 };

struct keysend {
    char queue[KEYSEND_QUEUE];
    uint8_t first, count;
    uint8_t frame;      /* Of the key being sent. */
    uint32_t timestamp; /* Of its start. */
    dtmf_tx_state_t generator;
};

enum keysend_kind {
    KEYSEND_NOTHING, /* No key is to be sent now. */
    KEYSEND_EVENT,   /* Send `payload` with `timestamp` and `marker`, instead of sound. */
    KEYSEND_TONE,    /* Send `samples` as sound. */
    KEYSEND_PAUSE    /* Between keys: silence. */
};

struct keysend_frame {
    bool marker;
    uint32_t timestamp;
    uint8_t payload[DTMF_EVENT_SIZE];
    int16_t samples[FRAME_SAMPLES];
};

void keysend_init(struct keysend *keysend);

/* Queues the keys among the characters. Returns how many were not taken, for want of room. */
uint32_t keysend_put(struct keysend *keysend, struct text keys);

/* What to send at `timestamp`; as events, or as tones. clock: of the events' durations, in 8 kHz.
 */
enum keysend_kind keysend_next(struct keysend *keysend, bool events, uint32_t timestamp,
                               uint32_t clock, struct keysend_frame *out);

#endif

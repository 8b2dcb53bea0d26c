// SPDX-License-Identifier: Apache-2.0
/* keys.h - the keys that a caller presses, heard as RTP events or as tones, each reported once.
 *
 * Telephones send a key as RTP events (RFC 4733), as a tone in the sound, or as both. Tones are
 * listened for until the first RTP event proves that the peer sends those. Where events were agreed
 * a tone is held back for 120 ms, so that the event of the same press can come first; an event that
 * still comes after its tone was reported is recognised for a second.
 *
 * The detector proper sleeps while nothing sounds like a key: for each frame a cheap look at the
 * eight frequencies of ITU-T Q.23 decides, which asks for much less than the detector does, so that
 * any tone of 30 ms wakes it; what sounded just before is given to it then. A frame costs 0.06 us,
 * and 1 us while the detector is awake. Pure. Must not move after keys_init(). One thread at a
 * time; the first keys_init() makes tables and must be alone. */
#ifndef MEDIA_KEYS_H
#define MEDIA_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"
#include "media/telephony.h"
#include "wire/dtmf_event.h"

enum { KEYS_HOLD_MS = 120, KEYS_SAME_PRESS_MS = 1000 };

struct keys {
    bool negotiated; /* telephone-event is in the session description. */
    bool events;     /* The peer sent one. */
    uint8_t awake;   /* Frames that the detector still wants to see. */
    bool slept;      /* `before` was not seen by it. */
    char tone;       /* Sounds now; 0: none. */
    char began;      /* A tone that began within this frame. */
    char held;
    char said;                 /* Reported from its tone last, */
    uint64_t held_ms, said_ms; /* at these times. */
    uint64_t event_ms;         /* The last event packet. */
    struct dtmf_receiver receiver;
    dtmf_rx_state_t detector;
    int16_t before[FRAME_SAMPLES]; /* The last frame, while the detector sleeps. */
};

void keys_init(struct keys *keys, bool negotiated);

/* Another source speaks (SSRC): its events are numbered anew. */
void keys_restart(struct keys *keys);

/* Takes a telephone-event packet. Returns the key to report, or 0. */
char keys_event(struct keys *keys, const struct rtp_packet *packet, uint64_t now_ms);

/* Takes 20 ms of sound. Returns the key to report, or 0. */
char keys_sound(struct keys *keys, const int16_t samples[FRAME_SAMPLES], uint64_t now_ms);

/* A tone held back whose time is over. Returns the key to report, or 0. Call once a tick. */
char keys_due(struct keys *keys, uint64_t now_ms);

/* True while a key is being pressed, however it is heard: nobody should listen to that sound. */
bool keys_pressed(const struct keys *keys, uint64_t now_ms);

#endif

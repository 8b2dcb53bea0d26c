// SPDX-License-Identifier: Apache-2.0
/* dtmf_event.h - keys as RTP events (RFC 4733): the payload, and packets turned into one key each.
 *
 * Pure. Durations and timestamps in units of the stream's clock (1/8000 s). */
#ifndef WIRE_DTMF_EVENT_H
#define WIRE_DTMF_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "wire/rtp.h"

enum { DTMF_EVENT_SIZE = 4 };

struct dtmf_event {
    uint8_t event; /* 0..15 are keys (table 3), others are not ours: 16 flash, 32.. fax and modem. */
    bool end;
    uint8_t volume;    /* 0..63: minus dBm0. */
    uint16_t duration; /* Since the packet's timestamp. */
};

/* Reads the first event of a payload; what follows it is ignored, since no telephone packs keys
 * (section 2.5.1.6) but some pad. False, with *out untouched, when shorter than an event. */
MUST_USE bool dtmf_event_read(const uint8_t *payload, size_t size, struct dtmf_event *out);
void dtmf_event_write(const struct dtmf_event *event, uint8_t out[DTMF_EVENT_SIZE]);

/* "0123456789*#ABCD"; 0 for what is no key, -1 for what is no event. Small letters too. */
char dtmf_event_key(uint8_t event);
int dtmf_event_of_key(char key);

/* Read held freely; leave the rest to dtmf_event.c. One a source (SSRC). */
struct dtmf_receiver {
    bool any, ended;
    uint8_t event;
    uint16_t sequence;  /* Of the newest packet. */
    uint32_t timestamp; /* Of the current segment's start. */
    uint32_t duration;  /* Of the current segment. */
    uint32_t before;    /* Length of the segments before it. */
    uint32_t held;      /* Whole length of the current key, all segments, as far as is known. */
};

void dtmf_receiver_init(struct dtmf_receiver *receiver);

/* Takes a telephone-event packet. Returns the key when it is the first packet seen of a key press,
 * else 0. Each press is reported once, at its first packet, whichever that is: the marker and the end
 * may be lost, ends come thrice, packets come late; a long press arrives in segments. */
char dtmf_receiver_put(struct dtmf_receiver *receiver, const struct rtp_packet *packet);

#endif

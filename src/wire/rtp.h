// SPDX-License-Identifier: Apache-2.0
/* rtp.h - the RTP packet (RFC 3550 section 5.1), read and written in place.
 *
 * Pure; the result views the datagram. A few nanoseconds a packet: media threads call it for each. */
#ifndef WIRE_RTP_H
#define WIRE_RTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

enum { RTP_HEADER = 12 }; /* Bytes, as we write it: no CSRC, no extension. */

struct rtp_packet {
    uint8_t payload_type; /* 0..127 */
    bool marker;
    uint16_t sequence;
    uint32_t timestamp; /* In units of the payload's clock, 1/8000 s for G.711. */
    uint32_t ssrc;
    const uint8_t *payload; /* After CSRCs and extension, without padding. May be empty. */
    uint16_t payload_size;
};

/* Reads a datagram. False, with *out untouched, when it is not RTP: version, or CSRC list, extension
 * or padding that lead outside, or over 65,535 bytes. */
MUST_USE bool rtp_read(const uint8_t *bytes, size_t size, struct rtp_packet *out);

/* True when a datagram on a shared port is RTCP and not RTP (RFC 5761 section 4). */
bool rtp_is_rtcp(const uint8_t *bytes, size_t size);

/* Writes the header that goes before packet->payload; payload and payload_size are not looked at. */
void rtp_write_header(const struct rtp_packet *packet, uint8_t out[RTP_HEADER]);

#endif

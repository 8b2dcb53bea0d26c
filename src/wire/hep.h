// SPDX-License-Identifier: Apache-2.0
/* hep.h - a SIP message as a HEP3 packet, for capture servers (Homer, "HEP/EEP protocol", rev. 12).
 *
 * "HEP3", the whole length, then chunks: vendor, type, length (with these six bytes) and data, all
 * in network order. Pure: the caller brings time and addresses. */
#ifndef WIRE_HEP_H
#define WIRE_HEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"

enum { HEP_OVERHEAD = 256 }; /* Beyond payload, password and correlation. */

struct hep_packet {
    uint8_t from[16], to[16]; /* base/address.h; IPv4 when both are. */
    uint16_t from_port, to_port;
    bool stream; /* TCP and TLS. */
    uint64_t wall_us;
    uint32_t agent_id;
    struct text password;    /* Empty: no such chunk. */
    struct text correlation; /* The Call-ID; empty: no such chunk. */
    struct text payload;
};

/* The packet's size; 0 when it does not fit. */
MUST_USE size_t hep_write(const struct hep_packet *packet, uint8_t *out, size_t size);

#endif

// SPDX-License-Identifier: Apache-2.0
/* peer.h - whose packets are the caller's: symmetric RTP that a stranger cannot take over.
 *
 * The session description says an address; behind a NAT packets come from another, and ours must go
 * there. So: the said address is always believed. Another one is followed only while the known one
 * has never spoken, or has been silent for two seconds and the newcomer goes on with the same SSRC;
 * and only after packets in sequence, two from a known host, four from elsewhere. When the said
 * address speaks after all, it wins. Of two streams (SSRC) from one place the newer is heard, and
 * the one that was left not again while that speaks: relays pass on both for a while when a caller
 * moves. All other packets are strangers': counted, never heard.
 * Somebody who can see the packets can still forge them: that is for SRTP.
 *
 * Pure. Order: peer_init(), peer_judge() for each valid packet; peer_move() for a new description.
 */
#ifndef MEDIA_PEER_H
#define MEDIA_PEER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "wire/rtp.h"

enum { PEER_CANDIDATES = 4, PEER_SILENT_MS = 2000, PEER_OVERLAP_MS = 100 };

struct peer_address {
    uint8_t ip[16]; /* As base/address.h: IPv4 mapped. */
    uint16_t port;
};

struct peer_candidate {
    struct peer_address from;
    uint32_t ssrc;
    uint16_t next_sequence;
    uint8_t count;
    uint64_t seen_ms;
};

/* Read `source`, `known`, `ssrc` and `strangers` freely; leave the rest to peer.c. */
struct peer {
    struct peer_address said;   /* By the session description. */
    struct peer_address source; /* Where the caller is: our packets go there. */
    bool known;                 /* A packet came from `source`. */
    uint32_t ssrc;
    bool left; /* Another stream was heard before: */
    uint32_t left_ssrc;
    uint32_t strangers;
    uint64_t heard_ms;
    struct peer_candidate candidates[PEER_CANDIDATES];
};

enum peer_verdict {
    PEER_CALLER,
    PEER_CALLER_ANEW, /* The caller, with another SSRC or for the first time. */
    PEER_WAIT,        /* Perhaps: the next ones will tell. */
    PEER_STRANGER
};

bool peer_address_equal(const struct peer_address *a, const struct peer_address *b);

void peer_init(struct peer *peer, const struct peer_address *said);

/* A new description: another address is believed and followed from now on; the same changes
 * nothing. */
void peer_move(struct peer *peer, const struct peer_address *said);

enum peer_verdict peer_judge(struct peer *peer, const struct peer_address *from,
                             const struct rtp_packet *packet, uint64_t now_ms);

/* True for the hosts of the caller, whatever the port: RTCP. */
bool peer_is_host(const struct peer *peer, const struct peer_address *from);

#endif

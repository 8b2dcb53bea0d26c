// SPDX-License-Identifier: Apache-2.0
/* own.h - which addresses are our own ports of sound, so that no call is put through to itself.
 *
 * A caller who describes one of our ports as its own makes an agent talk to itself, and two such
 * calls make two agents talk with each other until the longest call is over. Packets are neither
 * sent to our own ports nor heard from them. own_open() asks the system for its addresses, once;
 * addresses that the machine is given later are unknown. The rest is pure, about 5 ns a packet.
 */
#ifndef MEDIA_OWN_H
#define MEDIA_OWN_H

#include "media/peer.h"

enum { OWN_HOSTS = 64 }; /* More addresses than that are not looked at. */

struct own {
    uint32_t first, count; /* Ports; none: nothing is ours. */
    bool every;            /* The ports are of every address of the machine. */
    uint32_t host_count;
    uint8_t hosts[OWN_HOSTS][16];
};

/* `ip` is what the ports are bound to; one that is unspecified stands for all of the machine's. */
void own_open(struct own *own, const uint8_t ip[16], uint16_t first, uint32_t count);

bool own_has(const struct own *own, const struct peer_address *address);

/* True for what a caller's packets can come from: not unspecified, not multicast, not broadcast,
 * and not IPv6 when our sockets are IPv4's. */
bool own_can_reach(bool ipv6, const struct peer_address *address);

#endif

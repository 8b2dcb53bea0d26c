// SPDX-License-Identifier: Apache-2.0
/* place.c - two families behind one name. */
#include "load/place.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff}; /* RFC 4291 2.5.5.2 */

bool place_read(struct text literal, union place *out)
{
    uint8_t address[16];

    if (!address_read(literal, address))
        return false;
    *out = (union place){.v6 = {.sin6_family = AF_INET6}};
    if (memcmp(address, mapped, sizeof mapped) == 0) {
        out->v4 = (struct sockaddr_in){.sin_family = AF_INET};
        memcpy(&out->v4.sin_addr, address + sizeof mapped, 4);
    } else {
        memcpy(&out->v6.sin6_addr, address, sizeof address);
    }
    return true;
}

void place_address(const union place *place, uint8_t out[16])
{
    memcpy(out, mapped, sizeof mapped);
    if (place->any.sa_family == AF_INET6)
        memcpy(out, &place->v6.sin6_addr, 16);
    else
        memcpy(out + sizeof mapped, &place->v4.sin_addr, 4);
}

void place_write(const union place *place, char out[ADDRESS_TEXT])
{
    uint8_t address[16];

    place_address(place, address);
    address_write(address, out);
}

void place_write_host(const union place *place, char out[PLACE_HOST])
{
    char address[ADDRESS_TEXT];

    place_write(place, address);
    snprintf(out, PLACE_HOST, strchr(address, ':') ? "[%s]" : "%s", address);
}

socklen_t place_size(const union place *place)
{
    return place->any.sa_family == AF_INET6 ? sizeof place->v6 : sizeof place->v4;
}

uint16_t place_port(const union place *place)
{
    return ntohs(place->any.sa_family == AF_INET6 ? place->v6.sin6_port : place->v4.sin_port);
}

void place_set_port(union place *place, uint16_t port)
{
    if (place->any.sa_family == AF_INET6)
        place->v6.sin6_port = htons(port);
    else
        place->v4.sin_port = htons(port);
}

bool place_is_any(const union place *place)
{
    return place->any.sa_family == AF_INET6
               ? memcmp(&place->v6.sin6_addr, &in6addr_any, sizeof in6addr_any) == 0
               : place->v4.sin_addr.s_addr == 0;
}

bool place_same(const union place *a, const union place *b)
{
    if (a->any.sa_family != b->any.sa_family)
        return false;
    if (a->any.sa_family == AF_INET6)
        return a->v6.sin6_port == b->v6.sin6_port &&
               memcmp(&a->v6.sin6_addr, &b->v6.sin6_addr, sizeof a->v6.sin6_addr) == 0;
    return a->v4.sin_port == b->v4.sin_port && a->v4.sin_addr.s_addr == b->v4.sin_addr.s_addr;
}

uint32_t place_hash(const union place *place)
{
    uint32_t words[4], all = 0;

    if (place->any.sa_family != AF_INET6)
        return place->v4.sin_addr.s_addr * 2654435761u ^ place->v4.sin_port * 40503u;
    memcpy(words, &place->v6.sin6_addr, sizeof words);
    for (uint32_t i = 0; i < 4; i++)
        all = (all ^ words[i]) * 2654435761u;
    return all ^ place->v6.sin6_port * 40503u;
}

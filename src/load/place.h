// SPDX-License-Identifier: Apache-2.0
/* place.h - an address and a port, of either family, as sockets want it. Pure; zeros are no place.
 */
#ifndef LOAD_PLACE_H
#define LOAD_PLACE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"
#include "base/attr.h"

union place {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

/* Of the family that the literal is of, with port 0. False: it is none. */
MUST_USE bool place_read(struct text literal, union place *out);

/* The address in 16 bytes, as base/address.h has them. */
void place_address(const union place *place, uint8_t out[16]);
void place_write(const union place *place, char out[ADDRESS_TEXT]);

/* "192.0.2.7", "[2001:db8::7]": in URIs and before a port. */
enum { PLACE_HOST = ADDRESS_TEXT + 2 };
void place_write_host(const union place *place, char out[PLACE_HOST]);

socklen_t place_size(const union place *place); /* For bind(), connect(), sendmmsg(). */
uint16_t place_port(const union place *place);
void place_set_port(union place *place, uint16_t port);
bool place_is_any(const union place *place); /* 0.0.0.0, ::, or no place. */
bool place_same(const union place *a, const union place *b);
uint32_t place_hash(const union place *place);

#endif

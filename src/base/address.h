// SPDX-License-Identifier: Apache-2.0
/* address.h - IP addresses as 16 bytes (IPv4 as ::ffff:a.b.c.d, RFC 4291 2.5.5.2). Pure. */
#ifndef BASE_ADDRESS_H
#define BASE_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"

/* Reads an IPv4 or IPv6 literal, without port. False, with *out untouched, on anything else. */
MUST_USE bool address_read(struct text t, uint8_t out[16]);

/* Reads "192.0.2.7:5060" or "[2001:db8::7]:5060". */
MUST_USE bool address_read_port(struct text t, uint8_t out[16], uint16_t *port);

/* Reads "192.0.2.0/24", "2001:db8::/32" or a single address; bits counted in 16 bytes. */
MUST_USE bool address_read_range(struct text t, uint8_t out[16], uint8_t *prefix_bits);

/* Writes the literal, without brackets: what inet_ntop() would, without its printf for IPv4. */
enum { ADDRESS_TEXT = 46 };
void address_write(const uint8_t address[16], char out[ADDRESS_TEXT]);

bool address_in(const uint8_t address[16], const uint8_t range[16], uint8_t prefix_bits);
bool address_is_loopback(const uint8_t address[16]);
/* Multicast (224.0.0.0/4, ff00::/8) or 255.255.255.255: many at once, never one party. */
bool address_is_many(const uint8_t address[16]);

#endif

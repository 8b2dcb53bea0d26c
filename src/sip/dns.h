// SPDX-License-Identifier: Apache-2.0
/* dns.h - c-ares on the SIP library's loop. Worker's thread only. */
#ifndef SIP_DNS_H
#define SIP_DNS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "sip/nta.h"

enum { DNS_CLASS_IN = 1, DNS_TYPE_SRV = 33, DNS_TYPE_NAPTR = 35 };

struct ares_channeldata;

/* False when memory is out or the list of servers cannot be read. */
MUST_USE bool dns_open(su_root_t *root, const char *servers);
struct ares_channeldata *dns_channel(void); /* NULL before dns_open(). */

/* Lets time pass for queries without an answer. */
void dns_turn(void);

/* The shortest time to live in a message's answer section; 0 when it cannot be read. Pure. */
uint32_t dns_ttl_s(const uint8_t *bytes, uint32_t size);

#endif

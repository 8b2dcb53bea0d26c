// SPDX-License-Identifier: Apache-2.0
/* url.h - the parts of a URL that a client needs (RFC 3986), and nothing that could be misread.
 *
 * Pure. Refused: user and password, fragments, spaces and other bytes that a URL may not hold
 * as they are, a port of 0. */
#ifndef NET_URL_H
#define NET_URL_H

#include "net/net.h"

enum url_scheme { URL_HTTP, URL_HTTPS, URL_WS, URL_WSS };

struct url {
    enum url_scheme scheme;
    struct text host; /* Without the brackets of an IPv6 address. */
    uint16_t port;    /* 80 or 443 where none is given. */
    bool port_given;
    struct text target; /* Path and query as sent; "/" when there is none. */
};

/* False, with *out untouched, when it cannot be used. The parts point into `t`. */
MUST_USE bool url_read(struct text t, struct url *out);

/* Whether they can be sent as they are: names are tokens (RFC 9110 5.6.2), values hold no line ends
 * or other control characters. */
MUST_USE bool url_headers_valid(const struct net_header *headers, uint32_t count);
bool url_method_valid(struct text method); /* A short token, or empty. */

#endif

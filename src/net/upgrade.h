// SPDX-License-Identifier: Apache-2.0
/* upgrade.h - the opening handshake of a WebSocket client: RFC 6455 4.1 and 4.2.2, on HTTP/1.1
 * (RFC 9112).
 *
 * Pure. No extension is offered, so an answer that names one is refused. */
#ifndef NET_UPGRADE_H
#define NET_UPGRADE_H

#include "net/url.h"

enum { UPGRADE_KEY = 25 }; /* 16 random bytes in base64, terminated. */

struct upgrade_request {
    const struct url *url;
    const char *key;
    struct text subprotocol; /* Empty: none. */
    const struct net_header *headers;
    uint32_t header_count;
};

/* 16 bytes that nobody can foresee become a key. */
void upgrade_key(const uint8_t random[16], char out[UPGRADE_KEY]);

/* The request; look at out->cut: it did not fit. */
void upgrade_write(struct text_buffer *out, const struct upgrade_request *request);

struct upgrade_answer {
    enum net_result result; /* OK: open. STATUS: another status than 101. MALFORMED. */
    uint32_t status, retry_after_s;
    char why[128]; /* Its words; "" when OK. */
};

/* A whole head: status line and headers, without the empty line. now_s: since 1970, for dates. */
void upgrade_read(struct text head, const char *key, struct text subprotocol, uint64_t now_s,
                  struct upgrade_answer *out);

#endif

// SPDX-License-Identifier: Apache-2.0
/* digest.h - the headers of digest authentication (RFC 7616, RFC 8760; RFC 2617 without qop): read,
 * written, and the response computed.
 *
 * Pure: the hash itself is the caller's. Bytes from the network are bounded and may be hostile.
 * Values are views without their quotes, escapes kept as they came, which is what is hashed (RFC
 * 7616 3.4.2 "unq"). */
#ifndef WIRE_DIGEST_H
#define WIRE_DIGEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"

enum digest_algorithm { DIGEST_SHA256, DIGEST_SHA512_256, DIGEST_MD5, DIGEST_ALGORITHMS };
enum digest_qop { DIGEST_QOP_NONE, DIGEST_QOP_AUTH, DIGEST_QOP_AUTH_INT };

enum {
    DIGEST_HEX = 65,          /* The longest hash in hexadecimal, terminated. */
    DIGEST_VALUE = 4096,      /* A header's value longer than this is not read. */
    DIGEST_PARAMETERS = 32,   /* Nor one of more parameters. */
    DIGEST_CREDENTIALS = 2048 /* Room for what digest_write_credentials() writes. */
};

/* Hashes the parts joined by ':' and writes hexadecimal in lower case. */
typedef void digest_hash(enum digest_algorithm algorithm, const struct text *parts, uint32_t count,
                         char out[DIGEST_HEX]);

extern const char *const digest_algorithm_names[DIGEST_ALGORITHMS];

struct digest_challenge { /* WWW-Authenticate, Proxy-Authenticate */
    struct text realm, nonce, opaque;
    enum digest_algorithm algorithm; /* MD5 when not said. */
    bool session;                    /* MD5-sess and the like. */
    bool stale;
    bool qop_said, qop_auth, qop_auth_int;
};

struct digest_credentials { /* Authorization, Proxy-Authorization */
    struct text username, realm, nonce, uri, cnonce, opaque, response;
    enum digest_algorithm algorithm;
    bool session;
    enum digest_qop qop;
    struct text nc_text; /* As it came: eight digits. */
    uint32_t nc;         /* 0 without qop. */
};

/* Reads a header's value, scheme and all. False for another scheme, an unknown algorithm, a
 * parameter given twice, or what is needed and missing (realm and nonce; for credentials also
 * username, uri, a response of the algorithm's length, and with a qop nc and cnonce). */
MUST_USE bool digest_read_challenge(struct text value, struct digest_challenge *out);
MUST_USE bool digest_read_credentials(struct text value, struct digest_credentials *out);

/* H(user:realm:password) */
void digest_ha1(digest_hash *hash, enum digest_algorithm algorithm, struct text user,
                struct text realm, struct text password, char out[DIGEST_HEX]);

/* The response that these credentials must have; `response` itself is not looked at. `body` counts
 * with auth-int only. */
void digest_response(digest_hash *hash, const struct digest_credentials *credentials,
                     struct text ha1, struct text method, struct text body, char out[DIGEST_HEX]);

/* A header's value. False when it does not fit. Quotes and backslashes inside must be escaped
 * already. */
MUST_USE bool digest_write_challenge(const struct digest_challenge *challenge, char *out,
                                     uint32_t size);
MUST_USE bool digest_write_credentials(const struct digest_credentials *credentials, char *out,
                                       uint32_t size);

/* True when equal; takes the same time wherever they differ. */
bool digest_same(struct text a, struct text b);

#endif

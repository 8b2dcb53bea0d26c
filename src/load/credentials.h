// SPDX-License-Identifier: Apache-2.0
/* credentials.h - the answer to a digest challenge (RFC 3261 22.4, RFC 8760): MD5 or SHA-256.
 *
 * Pure but for OpenSSL's hashing. The response of a server is a stranger's: every part is bounded.
 */
#ifndef LOAD_CREDENTIALS_H
#define LOAD_CREDENTIALS_H

#include "base/attr.h"
#include "base/text.h"

enum { CREDENTIALS_SIZE = 1024 };

struct credentials_ask {
    const char *user, *password, *method, *uri, *cnonce;
};

/* Writes "Authorization: Digest ..." or "Proxy-Authorization: ...", with its line end, for the best
 * challenge in the header lines of a 401 or 407: SHA-256 before MD5. False when there is none that
 * we can answer. */
MUST_USE bool credentials_answer(struct text headers, const struct credentials_ask *ask,
                                 struct text_buffer *out);

#endif

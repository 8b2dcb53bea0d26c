// SPDX-License-Identifier: Apache-2.0
/* cipher_kinds.h - AES in counter mode (RFC 3711 4.1.1, RFC 6188) and HMAC-SHA1 for libsrtp2, by
 * OpenSSL.
 *
 * Debian's libsrtp2 is built on NSS, which makes a new context for each packet: 3 to 6 us and
 * 14 allocations a packet, for 0.3 us and none. The library lets these two be replaced, and tests
 * what replaces them against vectors of its own and of ours. All memory is allocated with a
 * session's key. */
#ifndef MEDIA_CIPHER_KINDS_H
#define MEDIA_CIPHER_KINDS_H

#include "base/attr.h"

/* These and GCM (cipher_gcm.h). After srtp_init(), before any session. 0, or -EIO when a vector comes out otherwise. */
MUST_USE int cipher_replace_kinds(void);

#endif

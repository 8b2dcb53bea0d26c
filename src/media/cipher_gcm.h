// SPDX-License-Identifier: Apache-2.0
/* cipher_gcm.h - AES in Galois/counter mode (RFC 7714) for libsrtp2, by OpenSSL.
 *
 * Debian's libsrtp2 has NSS's, which allocates five times a packet. Here a stream's context is made
 * with its key, and a packet sets only its IV: nothing is allocated. Threads: as cipher.h. */
#ifndef MEDIA_CIPHER_GCM_H
#define MEDIA_CIPHER_GCM_H

#include "base/attr.h"

/* After srtp_init(); sessions that exist keep what they have. 0, or -EIO when a vector comes out
 * otherwise. */
MUST_USE int cipher_replace_gcm(void);

#endif

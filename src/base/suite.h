// SPDX-License-Identifier: Apache-2.0
/* suite.h - the ways of SRTP that we speak: their names in descriptions and what keys they take.
 *
 * RFC 4568 section 6.2, RFC 6188 section 4.2, RFC 7714 section 14.2. Pure. */
#ifndef BASE_SUITE_H
#define BASE_SUITE_H

#include <stdint.h>

#include "base/text.h"

enum srtp_suite {
    SUITE_NONE, /* Not encrypted. */
    SUITE_AES_CM_128_HMAC_SHA1_80,
    SUITE_AES_CM_128_HMAC_SHA1_32,
    SUITE_AES_256_CM_HMAC_SHA1_80,
    SUITE_AEAD_AES_128_GCM,
    SUITE_AEAD_AES_256_GCM,
    SUITES
};

enum { SUITE_KEY_MOST = 46 }; /* Bytes of the longest key with its salt. */

/* As in a=crypto; "none" for SUITE_NONE. */
extern const char *const srtp_suite_names[SUITES];

/* SUITE_NONE for a name that is not ours. */
enum srtp_suite suite_of(struct text name);

/* Key and salt together; 0 for SUITE_NONE. */
uint32_t suite_key_bytes(enum srtp_suite suite);

#endif

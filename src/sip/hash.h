// SPDX-License-Identifier: Apache-2.0
/* hash.h - the hashes of digest authentication, by OpenSSL. Worker's thread only. */
#ifndef SIP_HASH_H
#define SIP_HASH_H

#include "wire/digest.h"

enum { HASH_KEY = 32, HASH_MAC = 32 };

/* A digest_hash: the parts joined by ':'. About 0.5 us. */
void hash_parts(enum digest_algorithm algorithm, const struct text *parts, uint32_t count,
                char out[DIGEST_HEX]);

/* The first half of HMAC-SHA-256 of the bytes, in hexadecimal, not terminated. */
void hash_sign(const uint8_t key[HASH_KEY], struct text bytes, char out[HASH_MAC]);

#endif

// SPDX-License-Identifier: Apache-2.0
/* sdes.h - keys of SRTP in session descriptions (a=crypto, RFC 4568): read, written, and swapped
 * for names.
 *
 * A key travels as `inline:BASE64`; inside the server it is `vault:NUMBER`, a name for a key that
 * lies in base/vault.h. sdes_hide() makes names of keys, sdes_show() keys of names. What we cannot
 * keep to is not agreed on: an MKI, several keys, a key derivation rate, and every parameter that
 * turns protection off make a line unusable, never a weaker call. Pure and bounded. */
#ifndef WIRE_SDES_H
#define WIRE_SDES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/suite.h"
#include "base/text.h"

struct sdes {
    uint32_t tag; /* 0-999999999 */
    enum srtp_suite suite;
    uint64_t name;   /* Of vault:NUMBER; 0 with a key. */
    struct text key; /* BASE64 of inline:; empty with a name. */
};

/* Reads what follows `a=crypto:`. False when the line is malformed or asks for what we do not do.
 */
MUST_USE bool sdes_read(struct text value, struct sdes *out);

/* The bytes of a key. False unless they are exactly `size`. */
MUST_USE bool sdes_key(struct text base64, uint8_t *out, uint32_t size);

/* `a=crypto:TAG SUITE vault:NAME` with its line end. */
void sdes_write(uint32_t tag, enum srtp_suite suite, uint64_t name, struct text_buffer *out);

/* True when a description may hold keys, or what looks like a name: then it must be swapped. */
bool sdes_has_keys(struct text sdp);

/* Keeps a key of the other side's, and names it. 0: cannot be kept. */
typedef uint64_t sdes_keep(void *context, const uint8_t *key, uint32_t size);

/* Copies a description from outside: each usable key is kept and named; all else that could be a
 * key, or that claims to be a name, is left out. What stays never grows. */
void sdes_hide(struct text sdp, sdes_keep *keep, void *context, struct text_buffer *out);

/* Fills in the key of a name. False: there is none. */
typedef bool sdes_give(void *context, uint64_t name, enum srtp_suite suite, uint8_t *key,
                       uint32_t size);

/* Copies a description of ours with its keys. A name without a key leaves its line out. */
void sdes_show(struct text sdp, sdes_give *give, void *context, struct text_buffer *out);

#endif

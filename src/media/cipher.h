// SPDX-License-Identifier: Apache-2.0
/* cipher.h - encrypted sound of one leg (SRTP and SRTCP, RFC 3711, RFC 6188, RFC 7714), on
 * libsrtp2.
 *
 * Order: cipher_open_library() once before the threads, cipher_close_library() after them; a leg's
 * cipher_set() for each description, cipher_release() at its end. One thread a cipher. A leg that
 * agreed on encryption and has no key neither sends nor hears anything. What is not authentic, or
 * comes again, is counted and dropped, before anybody judges whose it is. The library allocates: at
 * each new key, and at the first packet of each new SSRC, of which the CIPHER_SOURCES newest are
 * known; never within another packet (cipher_kinds.h, cipher_gcm.h). 0.3 us a packet. */
#ifndef MEDIA_CIPHER_H
#define MEDIA_CIPHER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/vault.h"

enum {
    CIPHER_TRAILER = 20, /* That a packet grows by at most: RTCP's index and its tag. */
    CIPHER_SOURCES = 4
};

struct srtp_ctx_t_;

/* Read suite, forged and replayed freely; leave the rest to cipher.c. Zeros: plain sound. */
struct cipher {
    enum srtp_suite suite; /* SUITE_NONE: plain. */
    uint32_t forged, replayed;
    uint64_t key_in, key_own;
    struct srtp_ctx_t_ *in, *out; /* NULL: without a key. */
    uint32_t sources[CIPHER_SOURCES];
    uint8_t source_count, source_next;
};

/* 0, or -EIO. */
MUST_USE int cipher_open_library(void);
void cipher_close_library(void);

/* The keys as agreed. What stays the same keeps its place: counters and windows go on. False: a key
 * is not there. */
bool cipher_set(struct cipher *cipher, const struct vault *vault, enum srtp_suite suite,
                uint64_t key_in, uint64_t key_own);
void cipher_release(struct cipher *cipher);

/* A packet of the other side's into `out`, which has room for `size`. Returns the size of what it
 * holds; 0: dropped. */
uint32_t cipher_open(struct cipher *cipher, const uint8_t *packet, uint32_t size, bool rtcp,
                     uint8_t *out);

/* A packet of ours in its place, with CIPHER_TRAILER bytes of room behind it. Its new size; 0: it
 * must not be sent. */
uint32_t cipher_seal(struct cipher *cipher, uint8_t *packet, uint32_t size, bool rtcp);

#endif

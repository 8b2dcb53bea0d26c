// SPDX-License-Identifier: Apache-2.0
/* kept.h - a caller's latest sound, mu-law, kept until a provider has given the words of it.
 *
 * Positions count samples since the beginning and never go back; memory is 128 KB of addresses, of
 * which little more is touched than is kept at once, and which goes back when nothing is: most of
 * the time a caller listens. Owned by one leg. */
#ifndef SPEECH_KEPT_H
#define SPEECH_KEPT_H

#include <stdint.h>

#include "base/attr.h"

enum { KEPT_SAMPLES = 1 << 17 }; /* 16 s at 8 kHz, 8 s at 16 kHz. */

struct kept {
    uint8_t *bytes;
    uint64_t from, to; /* What there is. */
    uint64_t base;     /* Position of bytes[0]. */
    uint32_t touched;  /* Bytes, from the first on. */
};

/* 0 or -ENOMEM. Positions go on where `to` is. */
MUST_USE int kept_init(struct kept *kept);
void kept_release(struct kept *kept);

/* The oldest sound makes room. */
void kept_put(struct kept *kept, const uint8_t *ulaw, uint32_t count);

/* Copies what there is from a position on, at most count; returns how much. */
uint32_t kept_read(const struct kept *kept, uint64_t at, uint8_t *out, uint32_t count);

/* Sound before this position is not needed any more. */
void kept_drop(struct kept *kept, uint64_t before);

#endif

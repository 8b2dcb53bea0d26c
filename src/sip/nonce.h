// SPDX-License-Identifier: Apache-2.0
/* nonce.h - nonces that need no memory until they are used well, and are used once each count.
 *
 * A nonce is its second, a serial number and a signature over both, so a challenge costs no memory
 * and a flood of them takes none from anybody. Only a nonce whose response was right is noted, in
 * the place that its serial gives it, with the counts used (RFC 7616 3.4: nc); a newer one takes
 * the place, and the older is then stale. So what was used is never accepted again, exactly, in 1
 * MB. The key dies with the process: after a restart all nonces are stale. Worker's thread only. */
#ifndef SIP_NONCE_H
#define SIP_NONCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"

enum {
    NONCE_SIZE = 48, /* Hexadecimal. */
    NONCE_LIFE_MS = 600000,
    NONCE_PLACES = 1 << 16,
    NONCE_WINDOW = 64 /* Counts may come in disorder by this much. */
};

/* False when memory or chance is out. */
MUST_USE bool nonce_open(void);
void nonce_make(uint64_t now_ms, char out[NONCE_SIZE + 1]);

/* Of us, and not too old. */
bool nonce_fresh(struct text nonce, uint64_t now_ms);

/* Notes the count of a fresh nonce; 0 (no qop) counts as 1. False: used before, or forgotten. */
MUST_USE bool nonce_use(struct text nonce, uint32_t count);

#endif

// SPDX-License-Identifier: Apache-2.0
/* secret.h - keys out of what the core gets, and back into what the other side gets.
 *
 * The keeper's thread passes each event with a description through secret_hide() and each command
 * with one through secret_show(): between them there are only names (wire/sdes.h, base/vault.h).
 * Descriptions without a word of keys are passed as they are, for the price of a search. Private to
 * the limb; one thread, for the scratch. */
#ifndef SIP_SECRET_H
#define SIP_SECRET_H

#include <stdint.h>

#include "base/limits.h"
#include "base/vault.h"

struct secret {
    struct vault *vault;
    uint32_t dialog; /* Whose keys are kept now. */
    char sdp[MAX_SDP * 2];
    uint8_t packed[MAX_PACKED];
};

/* A packed event of the dialog. Returns its bytes without keys, and their size in *size: the same
 * bytes when there was nothing to hide, the scratch otherwise. NULL: it cannot be packed again. */
const uint8_t *secret_hide(struct secret *secret, uint32_t dialog, const uint8_t *bytes,
                           uint32_t *size);

/* A packed command. Returns its bytes with keys, as above; secret_wipe() when it was sent. */
const uint8_t *secret_show(struct secret *secret, const uint8_t *bytes, uint32_t *size);

void secret_wipe(struct secret *secret);

#endif

// SPDX-License-Identifier: Apache-2.0
/* sipfrag.h - what a NOTIFY says of a REFER: a status line in message/sipfrag (RFC 3420, RFC 3515
 * 2.4.5).
 *
 * Pure; the phrase views the bytes, which come from the network. */
#ifndef WIRE_SIPFRAG_H
#define WIRE_SIPFRAG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"

struct sipfrag {
    uint16_t status; /* 100-699 */
    struct text phrase;
};

/* Reads the first line that is not empty. False: it is no status line of SIP/2.0; *out untouched. */
MUST_USE bool sipfrag_read(struct text body, struct sipfrag *out);

#endif

// SPDX-License-Identifier: Apache-2.0
/* base64.h - RFC 4648 section 4: sound inside of JSON. Pure; 1 ns a byte or so. */
#ifndef VENDOR_BASE64_H
#define VENDOR_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"

/* What `size` bytes take, without a NUL. */
static inline size_t base64_size(size_t size)
{
    return (size + 2) / 3 * 4;
}

/* Into base64_size(size) characters. */
void base64_encode(const uint8_t *bytes, size_t size, char *out);

/* Padding may be missing. False, with *size untouched, on anything else that is not base64 or has
 * no room. */
MUST_USE bool base64_decode(struct text coded, uint8_t *out, size_t room, size_t *size);

#endif

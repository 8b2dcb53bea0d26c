// SPDX-License-Identifier: Apache-2.0
/* au.c - six numbers in network order: magic, offset of the sound, length, encoding, rate,
 * channels. */
#include "wire/au.h"

#include <string.h>

#include "wire/bytes.h"

void au_write_header(uint8_t out[AU_HEADER], enum au_encoding encoding, uint32_t sample_rate,
                     uint32_t channels)
{
    memset(out, 0, AU_HEADER);
    memcpy(out, ".snd", 4);
    write_be32(out + 4, AU_HEADER);
    write_be32(out + 8, UINT32_MAX); /* Unknown. */
    write_be32(out + 12, (uint32_t)encoding);
    write_be32(out + 16, sample_rate);
    write_be32(out + 20, channels);
}

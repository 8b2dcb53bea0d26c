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

bool au_read_header(const uint8_t *bytes, uint32_t size, struct au *out)
{
    struct au au;
    uint32_t encoding;

    if (size < AU_HEADER || memcmp(bytes, ".snd", 4) != 0)
        return false;
    au.offset = read_be32(bytes + 4);
    encoding = read_be32(bytes + 12);
    au.sample_rate = read_be32(bytes + 16);
    au.channels = read_be32(bytes + 20);
    if (encoding != AU_PCMU && encoding != AU_PCMA && encoding != AU_LINEAR16)
        return false;
    au.encoding = (enum au_encoding)encoding;
    if (au.offset < 24 || au.offset > 65536 || au.sample_rate < 1000 || au.sample_rate > 192000 ||
        au.channels < 1 || au.channels > 8)
        return false;
    *out = au;
    return true;
}

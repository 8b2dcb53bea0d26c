// SPDX-License-Identifier: Apache-2.0
/* rtp.c - every length is checked against what is left before it is used. */
#include "wire/rtp.h"

#include "wire/bytes.h"

enum { VERSION = 2 };

bool rtp_read(const uint8_t *bytes, size_t size, struct rtp_packet *out)
{
    size_t begin, end = size;

    if (size < RTP_HEADER || size > UINT16_MAX || bytes[0] >> 6 != VERSION)
        return false;
    begin = RTP_HEADER + 4u * (bytes[0] & 0x0f);
    if (bytes[0] & 0x10) { /* Section 5.3.1: four bytes, then as many words as the last two say. */
        if (begin + 4 > size)
            return false;
        begin += 4 + 4u * read_be16(bytes + begin + 2);
    }
    if (begin > size)
        return false;
    if (bytes[0] & 0x20) { /* The last byte counts the padding, itself included. */
        uint8_t padding = bytes[size - 1];
        if (padding == 0 || padding > size - begin)
            return false;
        end = size - padding;
    }
    *out = (struct rtp_packet){.payload_type = bytes[1] & 0x7f,
                               .marker = bytes[1] >> 7,
                               .sequence = read_be16(bytes + 2),
                               .timestamp = read_be32(bytes + 4),
                               .ssrc = read_be32(bytes + 8),
                               .payload = bytes + begin,
                               .payload_size = (uint16_t)(end - begin)};
    return true;
}

bool rtp_is_rtcp(const uint8_t *bytes, size_t size)
{
    return size >= 8 && bytes[0] >> 6 == VERSION && bytes[1] >= 192 && bytes[1] <= 223;
}

void rtp_write_header(const struct rtp_packet *packet, uint8_t out[RTP_HEADER])
{
    out[0] = VERSION << 6;
    out[1] = (uint8_t)((packet->marker ? 0x80 : 0) | (packet->payload_type & 0x7f));
    write_be16(out + 2, packet->sequence);
    write_be32(out + 4, packet->timestamp);
    write_be32(out + 8, packet->ssrc);
}

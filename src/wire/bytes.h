// SPDX-License-Identifier: Apache-2.0
/* bytes.h - numbers in network order (big-endian) and in the order of RIFF (little-endian). */
#ifndef WIRE_BYTES_H
#define WIRE_BYTES_H

#include <stdint.h>

static inline uint16_t read_be16(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static inline uint32_t read_be32(const uint8_t *bytes)
{
    return (uint32_t)read_be16(bytes) << 16 | read_be16(bytes + 2);
}

static inline uint64_t read_be64(const uint8_t *bytes)
{
    return (uint64_t)read_be32(bytes) << 32 | read_be32(bytes + 4);
}

static inline void write_be16(uint8_t *bytes, uint16_t number)
{
    bytes[0] = (uint8_t)(number >> 8);
    bytes[1] = (uint8_t)number;
}

static inline void write_be32(uint8_t *bytes, uint32_t number)
{
    write_be16(bytes, (uint16_t)(number >> 16));
    write_be16(bytes + 2, (uint16_t)number);
}

static inline void write_be64(uint8_t *bytes, uint64_t number)
{
    write_be32(bytes, (uint32_t)(number >> 32));
    write_be32(bytes + 4, (uint32_t)number);
}

static inline uint16_t read_le16(const uint8_t *bytes)
{
    return (uint16_t)(bytes[1] << 8 | bytes[0]);
}

static inline uint32_t read_le32(const uint8_t *bytes)
{
    return (uint32_t)read_le16(bytes + 2) << 16 | read_le16(bytes);
}

static inline void write_le16(uint8_t *bytes, uint16_t number)
{
    bytes[0] = (uint8_t)number;
    bytes[1] = (uint8_t)(number >> 8);
}

static inline void write_le32(uint8_t *bytes, uint32_t number)
{
    write_le16(bytes, (uint16_t)number);
    write_le16(bytes + 2, (uint16_t)(number >> 16));
}

#endif

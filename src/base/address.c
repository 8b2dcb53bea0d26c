// SPDX-License-Identifier: Apache-2.0
/* address.c - inet_pton and prefixes. */
#include "base/address.h"

#include <arpa/inet.h>
#include <string.h>

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool address_read(struct text t, uint8_t out[16])
{
    char string[INET6_ADDRSTRLEN + 1];
    uint8_t v4[4], v6[16];

    if (t.size == 0 || t.size >= sizeof(string) || memchr(t.data, 0, t.size))
        return false;
    memcpy(string, t.data, t.size);
    string[t.size] = 0;
    if (inet_pton(AF_INET, string, v4) == 1) {
        memcpy(out, mapped, 12);
        memcpy(out + 12, v4, 4);
        return true;
    }
    if (inet_pton(AF_INET6, string, v6) != 1)
        return false;
    memcpy(out, v6, 16);
    return true;
}

bool address_read_port(struct text t, uint8_t out[16], uint16_t *port)
{
    struct text host = t;
    uint64_t number;
    uint32_t colon = t.size;

    while (colon > 0 && t.data[colon - 1] != ':')
        colon--;
    if (colon == 0 || !text_number(text_part(t, colon, t.size), &number) || number > 65535)
        return false;
    host = text_part(t, 0, colon - 1);
    bool bracketed = host.size >= 2 && host.data[0] == '[' && host.data[host.size - 1] == ']';
    if (bracketed)
        host = text_part(host, 1, host.size - 2);
    /* "2001:db8::7:5060" could be either: IPv6 needs brackets, and nothing else has them. */
    if (bracketed != (text_find(host, TEXT(":")) >= 0) || !address_read(host, out))
        return false;
    *port = (uint16_t)number;
    return true;
}

bool address_read_range(struct text t, uint8_t out[16], uint8_t *prefix_bits)
{
    struct text bits = t, host = text_next(&bits, '/');
    uint64_t number = 0;
    uint8_t address[16];

    if (!address_read(host, address))
        return false;
    bool v4 = memcmp(address, mapped, 12) == 0;
    if (bits.data && (!text_number(bits, &number) || number > (v4 ? 32 : 128)))
        return false;
    *prefix_bits = bits.data ? (uint8_t)(number + (v4 ? 96 : 0)) : 128;
    memcpy(out, address, 16);
    return true;
}

void address_write(const uint8_t address[16], char out[ADDRESS_TEXT])
{
    struct text_buffer buffer;

    if (memcmp(address, mapped, 12) != 0) {
        if (!inet_ntop(AF_INET6, address, out, ADDRESS_TEXT))
            out[0] = 0;
        return;
    }
    text_buffer_init(&buffer, out, ADDRESS_TEXT - 1);
    for (int i = 12; i < 16; i++) {
        if (i > 12)
            text_append_char(&buffer, '.');
        text_append_number(&buffer, address[i]);
    }
    out[buffer.size] = 0;
}

bool address_in(const uint8_t address[16], const uint8_t range[16], uint8_t prefix_bits)
{
    uint8_t whole = prefix_bits / 8, rest = prefix_bits % 8;

    if (memcmp(address, range, whole) != 0)
        return false;
    if (rest == 0)
        return true;
    uint8_t mask = (uint8_t)(0xff << (8 - rest));
    return (address[whole] & mask) == (range[whole] & mask);
}

bool address_is_loopback(const uint8_t address[16])
{
    static const uint8_t v6[16] = {[15] = 1};

    return memcmp(address, v6, 16) == 0 || (memcmp(address, mapped, 12) == 0 && address[12] == 127);
}

bool address_is_many(const uint8_t address[16])
{
    static const uint8_t everybody[4] = {255, 255, 255, 255};
    bool v4 = memcmp(address, mapped, 12) == 0;

    return v4 ? (address[12] & 0xf0) == 224 || memcmp(address + 12, everybody, 4) == 0
              : address[0] == 0xff;
}

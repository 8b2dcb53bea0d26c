// SPDX-License-Identifier: Apache-2.0
/* hep_test.c - packets byte by byte, as the published layout has them. */
#include "wire/hep.h"

#include <string.h>

#include "base/address.h"
#include "check.h"

static uint8_t out[1024];

static struct hep_packet packet(const char *from, const char *to)
{
    struct hep_packet p = {.from_port = 5060,
                           .to_port = 5070,
                           .wall_us = 1795265181123456,
                           .agent_id = 2001,
                           .payload = TEXT("OPTIONS")};

    CHECK(address_read(text_of(from), p.from) && address_read(text_of(to), p.to));
    return p;
}

static void a_message_over_udp_and_ipv4_is_these_bytes(void)
{
    static const uint8_t golden[] = {
        'H', 'E', 'P', '3', 0, 115,                         /* The whole. */
        0,   0,   0,   1,   0, 7,   2,                      /* IPv4 */
        0,   0,   0,   2,   0, 7,   17,                     /* UDP */
        0,   0,   0,   3,   0, 10,  192,  0,    2,    1,    /* From. */
        0,   0,   0,   4,   0, 10,  192,  0,    2,    2,    /* To. */
        0,   0,   0,   7,   0, 8,   0x13, 0xc4,             /* 5060 */
        0,   0,   0,   8,   0, 8,   0x13, 0xce,             /* 5070 */
        0,   0,   0,   9,   0, 10,  0x6b, 0x01, 0x92, 0x9d, /* 1795265181 s */
        0,   0,   0,   10,  0, 10,  0x00, 0x01, 0xe2, 0x40, /* 123456 us */
        0,   0,   0,   11,  0, 7,   1,                      /* SIP */
        0,   0,   0,   12,  0, 10,  0,    0,    0x07, 0xd1, /* 2001 */
        0,   0,   0,   17,  0, 9,   'a',  '@',  'b',        /* Call-ID */
        0,   0,   0,   15,  0, 13,  'O',  'P',  'T',  'I',  'O', 'N', 'S'};
    struct hep_packet p = packet("192.0.2.1", "192.0.2.2");

    p.correlation = TEXT("a@b");
    CHECK(hep_write(&p, out, sizeof(out)) == sizeof(golden));
    CHECK(memcmp(out, golden, sizeof(golden)) == 0);
}

static void ipv6_tcp_and_a_password_have_chunks_of_their_own(void)
{
    static const uint8_t family[] = {0, 0, 0, 1, 0, 7, 10, 0,  0,    0,    2,    0,
                                     7, 6, 0, 0, 0, 5, 0,  22, 0x20, 0x01, 0x0d, 0xb8};
    static const uint8_t password[] = {0, 0, 0, 14, 0, 12, 's', 'e', 's', 'a', 'm', 'e'};
    struct hep_packet p = packet("2001:db8::1", "2001:db8::2");
    size_t size;

    p.stream = true;
    p.password = TEXT("sesame");
    size = hep_write(&p, out, sizeof(out));
    CHECK(size > 0 && size == (size_t)(out[4] << 8 | out[5]));
    CHECK(memcmp(out + 6, family, sizeof(family)) == 0);
    CHECK(memmem(out, size, password, sizeof(password)));
}

static void what_does_not_fit_is_not_written(void)
{
    struct hep_packet p = packet("192.0.2.1", "192.0.2.2");
    static char large[70000];
    static uint8_t room[80000];
    size_t whole = hep_write(&p, out, sizeof(out));

    for (size_t size = 0; size < whole; size++)
        CHECK(hep_write(&p, out, size) == 0);
    CHECK(hep_write(&p, out, whole) == whole);
    p.payload = (struct text){large, sizeof(large)};
    CHECK(hep_write(&p, room, sizeof(room)) == 0); /* A packet's length has 16 bits. */
}

int main(void)
{
    RUN(a_message_over_udp_and_ipv4_is_these_bytes);
    RUN(ipv6_tcp_and_a_password_have_chunks_of_their_own);
    RUN(what_does_not_fit_is_not_written);
    return 0;
}

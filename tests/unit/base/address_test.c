// SPDX-License-Identifier: Apache-2.0
/* address_test.c - who an address belongs to decides who may call: every form is exact. */
#include "base/address.h"

#include <string.h>

#include "check.h"

static uint8_t address[16], range[16];
static uint16_t port;
static uint8_t bits;

static const uint8_t v4[16] = {[10] = 0xFF, 0xFF, 192, 0, 2, 7};
static const uint8_t v6[16] = {0x20, 0x01, 0x0D, 0xB8, [15] = 7};

static void literals_of_both_kinds_are_read_into_sixteen_bytes(void)
{
    CHECK(address_read(TEXT("192.0.2.7"), address) && memcmp(address, v4, 16) == 0);
    CHECK(address_read(TEXT("2001:db8::7"), address) && memcmp(address, v6, 16) == 0);
    CHECK(address_read(TEXT("::ffff:192.0.2.7"), address) && memcmp(address, v4, 16) == 0);
}

static void what_is_no_literal_is_refused_and_touches_nothing(void)
{
    static const char *const bad[] = {
        "",
        "localhost",
        "192.0.2",
        "192.0.2.256",
        "192.0.2.7 ",
        "192.0.2.07.1",
        "[::1]",
        "::1%lo",
        "1:2:3:4:5:6:7:8:9",
        "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000"};

    memset(address, 0x5A, 16);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CHECK(!address_read(text_of(bad[i]), address));
    CHECK(!address_read((struct text){.data = "192.0.2.7\0x", .size = 11}, address));
    for (int i = 0; i < 16; i++)
        CHECK(address[i] == 0x5A);
}

static void ports_follow_an_address_and_ipv6_needs_its_brackets(void)
{
    CHECK(address_read_port(TEXT("192.0.2.7:5060"), address, &port) && port == 5060);
    CHECK(memcmp(address, v4, 16) == 0);
    CHECK(address_read_port(TEXT("[2001:db8::7]:65535"), address, &port) && port == 65535);
    CHECK(memcmp(address, v6, 16) == 0);

    static const char *const bad[] = {"192.0.2.7",
                                      "192.0.2.7:",
                                      "192.0.2.7:65536",
                                      "192.0.2.7:-1",
                                      ":5060",
                                      "[]:5060",
                                      "2001:db8::7:5060",
                                      "[192.0.2.7]:5060",
                                      "[2001:db8::7]5060",
                                      "[2001:db8::7:5060",
                                      "x:5060",
                                      ""};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CHECK(!address_read_port(text_of(bad[i]), address, &port));
}

static void ranges_count_their_bits_in_sixteen_bytes(void)
{
    CHECK(address_read_range(TEXT("192.0.2.0/24"), range, &bits) && bits == 120);
    CHECK(address_read_range(TEXT("192.0.2.7"), range, &bits) && bits == 128);
    CHECK(address_read_range(TEXT("0.0.0.0/0"), range, &bits) && bits == 96);
    CHECK(address_read_range(TEXT("2001:db8::/32"), range, &bits) && bits == 32);
    CHECK(address_read_range(TEXT("::/0"), range, &bits) && bits == 0);
    CHECK(!address_read_range(TEXT("192.0.2.0/33"), range, &bits));
    CHECK(!address_read_range(TEXT("2001:db8::/129"), range, &bits));
    CHECK(!address_read_range(TEXT("192.0.2.0/"), range, &bits));
    CHECK(!address_read_range(TEXT("192.0.2.0/24/8"), range, &bits));
    CHECK(!address_read_range(TEXT("/24"), range, &bits));
}

static bool inside(const char *given, const char *of)
{
    CHECK(address_read(text_of(given), address));
    CHECK(address_read_range(text_of(of), range, &bits));
    return address_in(address, range, bits);
}

static void membership_ends_at_the_last_bit_of_the_prefix(void)
{
    CHECK(inside("192.0.2.255", "192.0.2.0/24") && !inside("192.0.3.0", "192.0.2.0/24"));
    CHECK(inside("10.0.0.127", "10.0.0.0/25") && !inside("10.0.0.128", "10.0.0.0/25"));
    CHECK(inside("10.0.0.3", "10.0.0.2/31") && !inside("10.0.0.4", "10.0.0.2/31"));
    CHECK(inside("192.0.2.7", "192.0.2.7") && !inside("192.0.2.8", "192.0.2.7"));
    CHECK(inside("2001:db8:ffff::1", "2001:db8::/32") && !inside("2001:db9::", "2001:db8::/32"));
    CHECK(inside("203.0.113.9", "0.0.0.0/0") && !inside("2001:db8::7", "0.0.0.0/0"));
    CHECK(inside("2001:db8::7", "::/0"));
}

static void loopback_is_127_and_one(void)
{
    CHECK(address_read(TEXT("127.255.0.1"), address) && address_is_loopback(address));
    CHECK(address_read(TEXT("::1"), address) && address_is_loopback(address));
    CHECK(address_read(TEXT("128.0.0.1"), address) && !address_is_loopback(address));
    CHECK(address_read(TEXT("::127.0.0.1"), address) && !address_is_loopback(address));
    CHECK(address_read(TEXT("::2"), address) && !address_is_loopback(address));
}

static bool written_as(const char *literal)
{
    char out[ADDRESS_TEXT];

    if (!address_read(text_of(literal), address))
        return false;
    address_write(address, out);
    return strcmp(out, literal) == 0;
}

static void what_is_written_is_what_was_read(void)
{
    CHECK(written_as("0.0.0.0") && written_as("192.0.2.7") && written_as("255.255.255.255"));
    CHECK(written_as("10.1.100.99") && written_as("127.0.0.1"));
    CHECK(written_as("::1") && written_as("2001:db8::7") && written_as("::"));
}

int main(void)
{
    RUN(literals_of_both_kinds_are_read_into_sixteen_bytes);
    RUN(what_is_no_literal_is_refused_and_touches_nothing);
    RUN(ports_follow_an_address_and_ipv6_needs_its_brackets);
    RUN(ranges_count_their_bits_in_sixteen_bytes);
    RUN(membership_ends_at_the_last_bit_of_the_prefix);
    RUN(what_is_written_is_what_was_read);
    RUN(loopback_is_127_and_one);
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* rtp_test.c - which datagrams are RTP, and where their sound begins and ends. */
#include "wire/rtp.h"

#include <string.h>

#include "check.h"

static struct rtp_packet out;

/* Reads a copy in memory of exactly its size, so that sanitizers see a read beyond it. */
static bool reads(const void *bytes, size_t size)
{
    static uint8_t *copy;

    free(copy);
    copy = malloc(size ? size : 1);
    memcpy(copy, bytes, size);
    return rtp_read(copy, size, &out);
}

static void a_plain_packet_is_read_as_it_was_written(void)
{
    uint8_t bytes[RTP_HEADER + 3] = {0};
    struct rtp_packet packet = {.payload_type = 101,
                                .marker = true,
                                .sequence = 65535,
                                .timestamp = 0xfffefdfc,
                                .ssrc = 0xdeadbeef};

    rtp_write_header(&packet, bytes);
    memcpy(bytes + RTP_HEADER, "abc", 3);
    CHECK(memcmp(bytes, "\x80\xe5\xff\xff\xff\xfe\xfd\xfc\xde\xad\xbe\xef", 12) == 0);
    CHECK(reads(bytes, sizeof bytes));
    CHECK(out.payload_type == 101 && out.marker && out.sequence == 65535);
    CHECK(out.timestamp == 0xfffefdfc && out.ssrc == 0xdeadbeef);
    CHECK(out.payload_size == 3 && memcmp(out.payload, "abc", 3) == 0);
}

static void sound_begins_after_csrcs_and_extension_and_ends_before_padding(void)
{
    const char bytes[] = "\xb2\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x03" /* P, X, two CSRCs */
                         "\x00\x00\x00\x04\x00\x00\x00\x05"
                         "\xbe\xde\x00\x01\x11\x22\x33\x44"
                         "sound"
                         "\x00\x00\x03";

    CHECK(reads(bytes, sizeof bytes - 1));
    CHECK(out.payload_size == 5 && memcmp(out.payload, "sound", 5) == 0);
}

static void a_packet_without_sound_is_a_packet(void)
{
    CHECK(reads("\x80\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x03", 12) && out.payload_size == 0);
    CHECK(reads("\xa0\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x03\x01", 13));
    CHECK(out.payload_size == 0);
}

static void lengths_that_lead_outside_are_refused(void)
{
    uint8_t long_one[70000] = {0x80};

    CHECK(!reads("", 0));
    CHECK(!reads("\x80\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00", 11));
    CHECK(!reads("\x40\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x03", 12)); /* Version 1. */
    CHECK(!reads("\x8f\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x03 3456789abcdef", 26));
    CHECK(!reads("\x90\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x03\x00\x00\x00", 15));
    CHECK(!reads("\x90\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x03\x00\x00\x00\x01", 16));
    CHECK(!reads("\x90\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x03\x00\x00\xff\xff", 16));
    CHECK(!reads("\xa0\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x03", 12)); /* Pads the header. */
    CHECK(!reads("\xa0\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x03\x02", 13));
    CHECK(!reads("\xa0\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x03\x00", 13));
    CHECK(!reads(long_one, sizeof long_one));
}

static void control_packets_on_a_shared_port_are_told_apart(void)
{
    CHECK(rtp_is_rtcp((const uint8_t *)"\x80\xc8\x00\x01\x00\x00\x00\x01", 8));
    CHECK(rtp_is_rtcp((const uint8_t *)"\x81\xcb\x00\x01\x00\x00\x00\x01", 8));
    CHECK(!rtp_is_rtcp((const uint8_t *)"\x80\x80\x00\x01\x00\x00\x00\x01", 8)); /* PCMU, marker. */
    CHECK(!rtp_is_rtcp((const uint8_t *)"\x80\xe5\x00\x01\x00\x00\x00\x01", 8)); /* 101, marker. */
    CHECK(!rtp_is_rtcp((const uint8_t *)"\x80\xc8\x00\x01", 4));
}

int main(void)
{
    RUN(a_plain_packet_is_read_as_it_was_written);
    RUN(sound_begins_after_csrcs_and_extension_and_ends_before_padding);
    RUN(a_packet_without_sound_is_a_packet);
    RUN(lengths_that_lead_outside_are_refused);
    RUN(control_packets_on_a_shared_port_are_told_apart);
    return 0;
}

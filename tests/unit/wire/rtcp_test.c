// SPDX-License-Identifier: Apache-2.0
/* rtcp_test.c - reports between two ends, and control packets that are none. */
#include "wire/rtcp.h"

#include <string.h>

#include "check.h"

static struct rtcp_reader reader;
static struct rtcp_packet out;
static uint8_t bytes[1024];

static bool opens(const void *data, size_t size)
{
    static uint8_t *copy;

    free(copy);
    copy = malloc(size ? size : 1);
    memcpy(copy, data, size);
    return rtcp_open(&reader, copy, size);
}

static void a_sender_says_what_it_sent_what_it_heard_its_name_and_good_bye(void)
{
    struct rtcp_sender sender = {
        .ntp = 0x0123456789abcdefu, .timestamp = 160, .packets = 7, .octets = 1120};
    struct rtcp_report report = {.ssrc = 9,
                                 .fraction_lost = 64,
                                 .lost = -3,
                                 .highest_sequence = 0x10002,
                                 .jitter = 12,
                                 .last_sender = 0xaabbccdd,
                                 .delay_since_sender = 65536};
    struct rtcp_local local = {.ssrc = 5,
                               .sender = &sender,
                               .reports = &report,
                               .report_count = 1,
                               .cname = TEXT("a@192.0.2.1"),
                               .goodbye = true};
    size_t size = rtcp_write(&local, bytes, sizeof bytes);

    CHECK(size == 52 + 24 + 8 && opens(bytes, size));
    CHECK(rtcp_next(&reader, &out) && out.kind == RTCP_SENDER_REPORT && out.ssrc == 5);
    CHECK(out.sender.ntp == sender.ntp && out.sender.timestamp == 160);
    CHECK(out.sender.packets == 7 && out.sender.octets == 1120 && out.report_count == 1);
    CHECK(memcmp(&out.reports[0], &report, sizeof report) == 0);
    CHECK(rtcp_next(&reader, &out) && out.kind == RTCP_DESCRIPTION && out.ssrc == 5);
    CHECK(text_equal(out.cname, TEXT("a@192.0.2.1")));
    CHECK(rtcp_next(&reader, &out) && out.kind == RTCP_GOODBYE && out.ssrc == 5);
    CHECK(!rtcp_next(&reader, &out));
}

static void one_who_only_listens_sends_a_receiver_report(void)
{
    struct rtcp_local local = {.ssrc = 5, .cname = TEXT("abcdefghijklm")};
    size_t size;

    for (local.cname.size = 0; local.cname.size < 13; local.cname.size++) {
        size = rtcp_write(&local, bytes, sizeof bytes);
        CHECK(size % 4 == 0 && opens(bytes, size));
        CHECK(rtcp_next(&reader, &out) && out.kind == RTCP_RECEIVER_REPORT);
        CHECK(out.report_count == 0);
        CHECK(rtcp_next(&reader, &out) && text_equal(out.cname, local.cname));
        CHECK(!rtcp_next(&reader, &out));
        CHECK(rtcp_write(&local, bytes, size - 1) == 0);
    }
}

static void the_count_of_lost_sticks_at_its_ends(void)
{
    struct rtcp_report report = {.lost = 0x1000000};
    struct rtcp_local local = {.reports = &report, .report_count = 1, .cname = TEXT_EMPTY};

    CHECK(opens(bytes, rtcp_write(&local, bytes, sizeof bytes)) && rtcp_next(&reader, &out));
    CHECK(out.reports[0].lost == 0x7fffff);
    report.lost = -0x1000000;
    CHECK(opens(bytes, rtcp_write(&local, bytes, sizeof bytes)) && rtcp_next(&reader, &out));
    CHECK(out.reports[0].lost == -0x800000);
}

static void a_good_bye_may_give_its_reason(void)
{
    CHECK(opens("\x80\xc9\x00\x01\x00\x00\x00\x07"
                "\x81\xcb\x00\x04\x00\x00\x00\x07\x0a"
                "power lost\x00",
                28));
    CHECK(rtcp_next(&reader, &out) && rtcp_next(&reader, &out));
    CHECK(out.kind == RTCP_GOODBYE && out.ssrc == 7 && text_equal(out.reason, TEXT("power lost")));
}

static const struct rtcp_voip voip = {.ssrc = 9,
                                      .loss = 1,
                                      .discard = 2,
                                      .burst_density = 3,
                                      .gap_density = 4,
                                      .burst_ms = 0x506,
                                      .gap_ms = 0x708,
                                      .round_trip_ms = 0x90a,
                                      .end_delay_ms = 0xb0c,
                                      .signal_dbm = 13,
                                      .noise_dbm = 14,
                                      .return_loss_db = 15,
                                      .gap_least = 16,
                                      .r = 17,
                                      .r_outside = 18,
                                      .mos_listening = 19,
                                      .mos_talking = 20,
                                      .receiver = 21,
                                      .buffer_ms = 0x1718,
                                      .buffer_most_ms = 0x191a,
                                      .buffer_limit_ms = 0x1b1c};

static void voip_metrics_lie_as_rfc_3611_draws_them(void)
{
    struct rtcp_local local = {.ssrc = 5, .cname = TEXT_EMPTY, .voip = &voip, .goodbye = true};
    size_t size = rtcp_write(&local, bytes, sizeof bytes);

    CHECK(size == 8 + 12 + 44 + 8 && opens(bytes, size));
    CHECK(memcmp(bytes + 20,
                 "\x80\xcf\x00\x0a\x00\x00\x00\x05\x07\x00\x00\x08"
                 "\x00\x00\x00\x09\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c"
                 "\x0d\x0e\x0f\x10\x11\x12\x13\x14\x15\x00\x17\x18\x19\x1a\x1b\x1c",
                 44) == 0);
    CHECK(rtcp_next(&reader, &out) && !out.has_voip && rtcp_next(&reader, &out));
    CHECK(rtcp_next(&reader, &out) && out.kind == RTCP_EXTENDED && out.ssrc == 5);
    CHECK(out.has_voip && memcmp(&out.voip, &voip, sizeof voip) == 0);
    CHECK(rtcp_next(&reader, &out) && out.kind == RTCP_GOODBYE && !rtcp_next(&reader, &out));
    CHECK(rtcp_write(&local, bytes, size - 1) == 0);
}

static void other_blocks_of_extended_reports_are_skipped_and_long_ones_refused(void)
{
    CHECK(opens("\x80\xc9\x00\x01\x00\x00\x00\x07"
                "\x80\xcf\x00\x04\x00\x00\x00\x08\x04\x00\x00\x02zzzzzzzz", /* Times. */
                28));
    CHECK(rtcp_next(&reader, &out) && rtcp_next(&reader, &out));
    CHECK(out.kind == RTCP_EXTENDED && out.ssrc == 8 && !out.has_voip);
    CHECK(opens("\x80\xc9\x00\x01\x00\x00\x00\x07"
                "\x80\xcf\x00\x02\x00\x00\x00\x08\x07\x00\x00\x08", /* Not all there. */
                20));
    CHECK(rtcp_next(&reader, &out) && !rtcp_next(&reader, &out));
    CHECK(opens("\x80\xc9\x00\x01\x00\x00\x00\x07"
                "\x80\xcf\x00\x03\x00\x00\x00\x08\x07\x00\x00\x01zzzz", /* Too short. */
                24));
    CHECK(rtcp_next(&reader, &out) && rtcp_next(&reader, &out) && !out.has_voip);
}

static void what_is_unknown_or_malformed_inside_is_skipped(void)
{
    CHECK(opens("\x81\xc9\x00\x01\x00\x00\x00\x07"           /* RR that promises a block. */
                "\x80\xcc\x00\x02\x00\x00\x00\x07NAME"       /* APP */
                "\x81\xca\x00\x02\x00\x00\x00\x07\x01\xffzz" /* CNAME longer than its packet. */
                "\x81\xca\x00\x02\x00\x00\x00\x08\x01\x01z\x00",
                44));
    CHECK(rtcp_next(&reader, &out) && out.kind == RTCP_DESCRIPTION && out.ssrc == 8);
    CHECK(text_equal(out.cname, TEXT("z")) && !rtcp_next(&reader, &out));
}

static void padding_is_taken_off_the_last_packet(void)
{
    CHECK(opens("\xa0\xc9\x00\x02\x00\x00\x00\x07\x00\x00\x00\x04", 12));
    CHECK(rtcp_next(&reader, &out) && out.ssrc == 7 && !rtcp_next(&reader, &out));
    CHECK(opens("\xa0\xc9\x00\x02\x00\x00\x00\x07\x00\x00\x00\x10", 12));
    CHECK(!rtcp_next(&reader, &out));
}

static void what_is_no_compound_packet_is_refused(void)
{
    CHECK(!opens("", 0));
    CHECK(!opens("\x80\xc9\x00\x00", 4));
    CHECK(!opens("\x80\xcb\x00\x01\x00\x00\x00\x07", 8));     /* Begins with BYE. */
    CHECK(!opens("\x40\xc9\x00\x01\x00\x00\x00\x07", 8));     /* Version 1. */
    CHECK(!opens("\x80\xc9\x00\x02\x00\x00\x00\x07", 8));     /* Longer than it is. */
    CHECK(!opens("\x80\xc9\x00\x01\x00\x00\x00\x07\x00", 9)); /* No multiple of four. */
    CHECK(!opens("\x80\xc9\x00\x01\x00\x00\x00\x07\x80\xca\x00\x01", 12));
    CHECK(!opens("\xa0\xc9\x00\x02\x00\x00\x00\x07\x00\x00\x00\x04\x80\xcb\x00\x00", 16));
}

static void round_trips_are_measured_by_our_own_clock(void)
{
    uint64_t sent = rtcp_ntp(1000000000ull * 3 + 250000000);
    struct rtcp_report report = {.last_sender = rtcp_ntp_short(sent), .delay_since_sender = 32768};
    uint32_t round_trip_us;

    CHECK(sent >> 32 == 2208988803u && (uint32_t)sent == 0x40000000);
    CHECK(rtcp_round_trip_us(&report, report.last_sender + 32768 + 6554, &round_trip_us));
    CHECK(round_trip_us >= 100000 && round_trip_us <= 100020);
    CHECK(!rtcp_round_trip_us(&report, report.last_sender + 32767, &round_trip_us)); /* < 0 */
    CHECK(!rtcp_round_trip_us(&report, report.last_sender + 32768 + (61 << 16), &round_trip_us));
    report.delay_since_sender = UINT32_MAX; /* Would come out as a short round trip. */
    CHECK(!rtcp_round_trip_us(&report, report.last_sender + 10, &round_trip_us));
    report.delay_since_sender = 0;
    report.last_sender = 0;
    CHECK(!rtcp_round_trip_us(&report, 99, &round_trip_us));
}

int main(void)
{
    RUN(a_sender_says_what_it_sent_what_it_heard_its_name_and_good_bye);
    RUN(one_who_only_listens_sends_a_receiver_report);
    RUN(the_count_of_lost_sticks_at_its_ends);
    RUN(a_good_bye_may_give_its_reason);
    RUN(voip_metrics_lie_as_rfc_3611_draws_them);
    RUN(other_blocks_of_extended_reports_are_skipped_and_long_ones_refused);
    RUN(what_is_unknown_or_malformed_inside_is_skipped);
    RUN(padding_is_taken_off_the_last_packet);
    RUN(what_is_no_compound_packet_is_refused);
    RUN(round_trips_are_measured_by_our_own_clock);
    return 0;
}

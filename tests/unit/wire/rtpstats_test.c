// SPDX-License-Identifier: Apache-2.0
/* rtpstats_test.c - what a receiver may say about a stream (RFC 3550 appendices A.1, A.3, A.8). */
#include "wire/rtpstats.h"

#include "check.h"

static struct rtp_stats stats;
static struct rtcp_report report;
static uint32_t extended;

static enum rtp_put_result put(uint32_t sequence)
{
    return rtp_stats_put(&stats, (uint16_t)sequence, sequence * 160, sequence * 160 + 7, true,
                         &extended);
}

static void given_received(uint32_t first, uint32_t count)
{
    rtp_stats_init(&stats, 77, (uint16_t)first, false);
    for (uint32_t i = 0; i < count; i++)
        CHECK(put(first + i) == RTP_PUT_NEW);
}

static void two_packets_in_sequence_make_a_source_valid(void)
{
    rtp_stats_init(&stats, 77, 10, true);
    CHECK(put(10) == RTP_PUT_PROBATION && rtp_stats_expected(&stats) == 0);
    CHECK(put(12) == RTP_PUT_PROBATION);
    CHECK(put(14) == RTP_PUT_PROBATION && put(16) == RTP_PUT_PROBATION);
    CHECK(put(17) == RTP_PUT_NEW && stats.received == 1 && extended == 17);
    CHECK(put(18) == RTP_PUT_NEW && rtp_stats_lost(&stats) == 0);
}

static void sequence_numbers_go_on_beyond_65535(void)
{
    given_received(65534, 4);
    CHECK(extended == 65537 && rtp_stats_expected(&stats) == 4 && rtp_stats_lost(&stats) == 0);
    CHECK(put(65535) == RTP_PUT_OLD && extended == 65535);
    CHECK(put(65538) == RTP_PUT_NEW && extended == 65538);
}

static void what_is_late_is_not_lost(void)
{
    given_received(100, 5);
    CHECK(put(106) == RTP_PUT_NEW && rtp_stats_lost(&stats) == 1);
    CHECK(put(105) == RTP_PUT_OLD && extended == 105 && rtp_stats_lost(&stats) == 0);
}

static void duplicates_make_the_lost_negative(void)
{
    given_received(100, 5);
    CHECK(put(104) == RTP_PUT_OLD && rtp_stats_lost(&stats) == -1);
    rtp_stats_report(&stats, 0, &report);
    CHECK(report.lost == -1 && report.fraction_lost == 0);
}

static void the_fraction_lost_counts_from_report_to_report(void)
{
    given_received(0, 10);
    rtp_stats_report(&stats, 0, &report);
    CHECK(report.ssrc == 77 && report.fraction_lost == 0 && report.highest_sequence == 9);
    CHECK(put(13) == RTP_PUT_NEW); /* 10, 11 and 12 are lost: three of four. */
    rtp_stats_report(&stats, 0, &report);
    CHECK(report.fraction_lost == 192 && report.lost == 3 && report.highest_sequence == 13);
    CHECK(put(14) == RTP_PUT_NEW);
    rtp_stats_report(&stats, 0, &report);
    CHECK(report.fraction_lost == 0 && report.lost == 3);
    rtp_stats_report(&stats, 0, &report); /* Nothing came at all. */
    CHECK(report.fraction_lost == 0);
}

static void one_packet_from_afar_changes_nothing_two_are_a_restart(void)
{
    given_received(0, 10);
    CHECK(put(30000) == RTP_PUT_JUMPED && stats.received == 10);
    CHECK(put(10) == RTP_PUT_NEW);
    CHECK(put(12) == RTP_PUT_NEW); /* One lost. */
    CHECK(put(40000) == RTP_PUT_JUMPED);
    CHECK(put(40001) == RTP_PUT_RESTARTED && extended == 40001);
    CHECK(put(40002) == RTP_PUT_NEW && stats.received == 2 && rtp_stats_lost(&stats) == 0);
    rtp_stats_report(&stats, 0, &report);
    CHECK(report.lost == 1 && stats.received_before_restart == 12);
}

static void an_even_stream_has_no_jitter_whatever_the_delay(void)
{
    given_received(0, 200);
    CHECK(stats.jitter == 0);
}

/* Packets that come by turns 40 units early and late differ by 80 each: the mean converges there.
 */
static void jitter_is_the_mean_change_of_transit_in_timestamp_units(void)
{
    rtp_stats_init(&stats, 77, 0, false);
    for (uint32_t i = 0; i < 400; i++)
        CHECK(rtp_stats_put(&stats, (uint16_t)i, i * 160, i * 160 + (i % 2 ? 80 : 0), true,
                            &extended) == RTP_PUT_NEW);
    CHECK(stats.jitter >= 78 && stats.jitter <= 80 && stats.jitter_max >= stats.jitter);
    rtp_stats_report(&stats, 0, &report);
    CHECK(report.jitter == stats.jitter);
}

static void events_and_clock_changes_are_not_jitter(void)
{
    given_received(0, 10);
    CHECK(rtp_stats_put(&stats, 10, 5, 99999, false, &extended) == RTP_PUT_NEW);
    CHECK(stats.jitter == 0);
    CHECK(rtp_stats_put(&stats, 11, 0x80000000, 11 * 160, true, &extended) == RTP_PUT_NEW);
    CHECK(stats.jitter == 0);
}

static void a_report_says_when_the_sender_was_heard_last(void)
{
    given_received(0, 2);
    rtp_stats_report(&stats, 5000, &report);
    CHECK(report.last_sender == 0 && report.delay_since_sender == 0);
    rtp_stats_heard_sender(&stats, 0x1111222233334444u, 5000);
    rtp_stats_report(&stats, 5000 + 65536, &report);
    CHECK(report.last_sender == 0x22223333 && report.delay_since_sender == 65536);
}

int main(void)
{
    RUN(two_packets_in_sequence_make_a_source_valid);
    RUN(sequence_numbers_go_on_beyond_65535);
    RUN(what_is_late_is_not_lost);
    RUN(duplicates_make_the_lost_negative);
    RUN(the_fraction_lost_counts_from_report_to_report);
    RUN(one_packet_from_afar_changes_nothing_two_are_a_restart);
    RUN(an_even_stream_has_no_jitter_whatever_the_delay);
    RUN(jitter_is_the_mean_change_of_transit_in_timestamp_units);
    RUN(events_and_clock_changes_are_not_jitter);
    RUN(a_report_says_when_the_sender_was_heard_last);
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* hearing_test.c - what a caller notices of streams that are even, late, lossy, silent or cut. */
#include "load/hearing.h"

#include <string.h>

#include "check.h"

enum { MS = 1000000, START_MS = 1000 };

static struct load_figures figures;
static struct load_call_record record;
static struct hearing hearing;
static uint32_t ssrc = 7;

static void given_a_call(void)
{
    memset(&figures, 0, sizeof figures);
    record = (struct load_call_record){.number = 1};
    ssrc = 7;
    hearing_init(&hearing, 8000);
}

/* Packet n of a stream that is sent every 20 ms, arriving this much later than that. */
static void arrives(uint32_t n, uint32_t late_ms)
{
    struct rtp_packet packet = {
        .sequence = (uint16_t)(65500 + n), .timestamp = n * 160 + 0xfffff000u, .ssrc = ssrc};

    hearing_take(&hearing, &figures, &packet, (START_MS + n * 20 + late_ms) * (uint64_t)MS, true,
                 true);
}

static void ends_after(uint32_t packets)
{
    hearing_end(&hearing, &figures, &record, 500ull * MS, (START_MS + packets * 20) * (uint64_t)MS);
}

static void an_even_stream_has_nothing_to_complain_of(void)
{
    given_a_call();
    for (uint32_t n = 0; n < 200; n++)
        arrives(n, 5);
    ends_after(200);
    CHECK(figures.received == 200 && figures.lost == 0 && figures.late == 0 && figures.gaps == 0);
    CHECK(figures.deviation.count == 199 && figures.deviation.max_us == 0);
    CHECK(figures.lateness.max_us == 0 && figures.heard == 1);
    CHECK(figures.one_way + figures.silent + figures.stopped == 0);
    CHECK(record.first_audio_us == 505000 && record.received == 200 &&
          record.deviation_p99_ms == 1);
}

static void deviation_is_against_the_timestamps(void)
{
    given_a_call();
    for (uint32_t n = 0; n < 100; n++)
        arrives(n, n % 2 ? 7 : 0);
    ends_after(100);
    CHECK(spread_ms(&figures.deviation, 0.5) >= 7 && figures.deviation.max_us == 7000);
    CHECK(figures.lateness.max_us == 7000 && record.deviation_p99_ms == 8);
}

static void late_is_against_the_fastest_of_the_call(void)
{
    given_a_call();
    for (uint32_t n = 0; n < 50; n++)
        arrives(n, n == 10 ? 60 : n == 30 ? 59 : 0);
    ends_after(50);
    CHECK(figures.late == 1 && record.late == 1);
}

static void a_drifting_clock_is_not_late(void)
{
    given_a_call();
    for (uint32_t n = 0; n < 50000; n++) /* 1,000 s, 100 ppm. */
        arrives(n, n / 500);
    ends_after(50000);
    CHECK(figures.late == 0 && figures.lost == 0);
    CHECK(spread_ms(&figures.lateness, 1) <= 3.2);
}

static void what_never_came_is_lost_and_what_came_late_is_not(void)
{
    given_a_call();
    for (uint32_t n = 0; n < 300; n++) {
        if (n % 100 == 50)
            continue;
        if (n == 120) {
            arrives(121, 0);
            arrives(120, 21);
            n = 121;
            continue;
        }
        arrives(n, 0);
    }
    ends_after(300);
    CHECK(figures.lost == 3 && record.lost == 3 && figures.duplicates == 1);
}

static void a_gap_is_a_hundred_ms_that_the_sender_did_not_mean(void)
{
    struct rtp_packet packet = {.sequence = 1, .timestamp = 0, .ssrc = 7};

    given_a_call();
    hearing_take(&hearing, &figures, &packet, 1000ull * MS, true, true);
    packet.sequence = 2; /* A pause of its own, as the timestamps say. */
    packet.timestamp = 8000;
    hearing_take(&hearing, &figures, &packet, 2000ull * MS, true, true);
    CHECK(figures.gaps == 0);
    packet.sequence = 3; /* The next frame, 300 ms later. */
    packet.timestamp = 8160;
    hearing_take(&hearing, &figures, &packet, 2300ull * MS, true, true);
    CHECK(figures.gaps == 1 && figures.longest_gap_us == 300000);
    packet.sequence = 13; /* Ten lost. */
    packet.timestamp = 8160 + 1600;
    hearing_take(&hearing, &figures, &packet, 2500ull * MS, true, true);
    CHECK(figures.gaps == 2);
}

static void one_way_silent_and_stopped_calls_are_told_apart(void)
{
    struct rtp_packet packet = {.sequence = 1, .ssrc = 7};

    given_a_call();
    ends_after(100);
    CHECK(figures.one_way == 1 && record.flags == LOAD_CALL_ONE_WAY);
    given_a_call();
    for (uint32_t n = 0; n < 100; n++) {
        packet.sequence++;
        packet.timestamp += 160;
        hearing_take(&hearing, &figures, &packet, (START_MS + n * 20) * (uint64_t)MS, true, false);
    }
    ends_after(100);
    CHECK(figures.silent == 1 && figures.one_way == 0 && record.flags == LOAD_CALL_SILENT);
    given_a_call();
    for (uint32_t n = 0; n < 100; n++)
        arrives(n, 0);
    ends_after(148);
    CHECK(figures.stopped == 0);
    given_a_call();
    for (uint32_t n = 0; n < 100; n++)
        arrives(n, 0);
    ends_after(150);
    CHECK(figures.stopped == 1 && record.flags == LOAD_CALL_STOPPED);
}

static void another_source_begins_anew_and_the_old_one_stays_counted(void)
{
    given_a_call();
    for (uint32_t n = 0; n < 50; n++) {
        if (n != 20)
            arrives(n, 0);
    }
    ssrc = 8;
    for (uint32_t n = 5000; n < 5050; n++) {
        struct rtp_packet packet = {
            .sequence = (uint16_t)(n * 3), .timestamp = n * 777, .ssrc = ssrc};
        packet.sequence = (uint16_t)n;
        packet.timestamp = n * 160;
        hearing_take(&hearing, &figures, &packet, (n - 5000 + 101) * 20ull * MS, true, true);
    }
    ends_after(105);
    CHECK(figures.lost == 1 && figures.late == 0 && figures.deviation.max_us == 20000 * 0);
}

static void timestamps_that_jump_are_no_deviation(void)
{
    struct rtp_packet packet = {.sequence = 1, .ssrc = 7};

    given_a_call();
    for (uint32_t n = 0; n < 100; n++) {
        packet.sequence++;
        packet.timestamp += n == 50 ? 900000 : 160;
        hearing_take(&hearing, &figures, &packet, (START_MS + n * 20) * (uint64_t)MS, true, true);
    }
    CHECK(figures.deviation.max_us == 0 && figures.late == 0);
}

int main(void)
{
    RUN(an_even_stream_has_nothing_to_complain_of);
    RUN(deviation_is_against_the_timestamps);
    RUN(late_is_against_the_fastest_of_the_call);
    RUN(a_drifting_clock_is_not_late);
    RUN(what_never_came_is_lost_and_what_came_late_is_not);
    RUN(a_gap_is_a_hundred_ms_that_the_sender_did_not_mean);
    RUN(one_way_silent_and_stopped_calls_are_told_apart);
    RUN(another_source_begins_anew_and_the_old_one_stays_counted);
    RUN(timestamps_that_jump_are_no_deviation);
    return 0;
}

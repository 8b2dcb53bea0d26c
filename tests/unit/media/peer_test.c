// SPDX-License-Identifier: Apache-2.0
/* peer_test.c - whose packets are heard. */
#include "media/peer.h"

#include "check.h"

static struct peer peer;
static uint64_t now_ms;
static const struct peer_address said = {.ip = {[10] = 0xff, [11] = 0xff, 192, 0, 2, 7},
                                         .port = 4000};
static const struct peer_address nat = {.ip = {[10] = 0xff, [11] = 0xff, 198, 51, 100, 1},
                                        .port = 61000};
static const struct peer_address nat_moved = {.ip = {[10] = 0xff, [11] = 0xff, 198, 51, 100, 1},
                                              .port = 61044};
static const struct peer_address stranger = {.ip = {[10] = 0xff, [11] = 0xff, 203, 0, 113, 66},
                                             .port = 5};

static void begin(void)
{
    peer_init(&peer, &said);
    now_ms = 1000;
}

/* `count` packets in sequence, 20 ms apart; the last verdict. */
static enum peer_verdict packets(const struct peer_address *from, uint32_t ssrc, uint16_t first,
                                 int count)
{
    enum peer_verdict verdict = PEER_WAIT;

    for (int i = 0; i < count; i++) {
        struct rtp_packet packet = {.ssrc = ssrc, .sequence = (uint16_t)(first + i)};
        now_ms += 20;
        verdict = peer_judge(&peer, from, &packet, now_ms);
    }
    return verdict;
}

static void the_described_address_is_believed_at_once(void)
{
    begin();
    CHECK(packets(&said, 7, 65535, 1) == PEER_CALLER_ANEW);
    CHECK(packets(&said, 7, 0, 3) == PEER_CALLER && peer.strangers == 0);
}

static void another_address_is_followed_after_four_packets_while_the_described_one_is_mute(void)
{
    begin();
    CHECK(packets(&nat, 7, 1, 3) == PEER_WAIT && !peer.known);
    CHECK(packets(&nat, 7, 4, 1) == PEER_CALLER_ANEW);
    CHECK(peer_address_equal(&peer.source, &nat) && packets(&nat, 7, 5, 1) == PEER_CALLER);
}

static void packets_out_of_sequence_prove_nothing(void)
{
    begin();
    for (uint16_t i = 0; i < 50; i++)
        CHECK(packets(&stranger, 9, (uint16_t)(i * 3), 1) == PEER_WAIT);
    for (uint32_t i = 0; i < 50; i++)
        CHECK(packets(&stranger, i, (uint16_t)i, 1) == PEER_WAIT);
    CHECK(!peer.known);
}

static void a_stranger_is_never_heard_while_the_caller_speaks(void)
{
    begin();
    (void)packets(&said, 7, 1, 10);
    for (uint16_t i = 0; i < 100; i++) {
        CHECK(packets(&stranger, 7, (uint16_t)(11 + i), 1) ==
              PEER_STRANGER); /* It even knows the SSRC. */
        CHECK(packets(&said, 7, (uint16_t)(11 + i), 1) == PEER_CALLER);
    }
    CHECK(peer.strangers == 100 && peer_address_equal(&peer.source, &said));
}

static void a_stranger_who_waits_for_silence_needs_the_callers_ssrc(void)
{
    begin();
    (void)packets(&said, 7, 1, 10);
    now_ms += 60000;
    CHECK(packets(&stranger, 8, 1, 200) == PEER_STRANGER);
    CHECK(peer_address_equal(&peer.source, &said));
}

static void a_nat_that_gives_another_port_is_followed_after_the_silence(void)
{
    begin();
    (void)packets(&nat, 7, 1, 10);
    CHECK(packets(&nat_moved, 7, 11, 20) == PEER_STRANGER);
    now_ms += PEER_SILENT_MS;
    CHECK(packets(&nat_moved, 7, 31, 1) == PEER_WAIT);
    CHECK(packets(&nat_moved, 7, 32, 1) == PEER_CALLER);
    CHECK(peer_address_equal(&peer.source, &nat_moved));
}

static void the_described_address_takes_the_stream_back_from_whom_was_followed(void)
{
    begin();
    (void)packets(&stranger, 9, 1, 10);
    CHECK(peer_address_equal(&peer.source, &stranger));
    CHECK(packets(&said, 7, 1, 2) == PEER_CALLER_ANEW);
    CHECK(peer_address_equal(&peer.source, &said));
    CHECK(packets(&stranger, 9, 11, 50) == PEER_STRANGER);
}

static void another_ssrc_from_the_caller_is_believed_after_two_packets(void)
{
    begin();
    (void)packets(&said, 7, 1, 10);
    CHECK(packets(&said, 8, 500, 1) == PEER_WAIT);
    CHECK(packets(&said, 8, 501, 1) == PEER_CALLER_ANEW && peer.ssrc == 8);
}

static void of_two_streams_from_one_place_the_newer_is_heard_while_it_speaks(void)
{
    int changes = 0;

    begin();
    (void)packets(&said, 7, 1, 10);
    for (uint16_t i = 0; i < 20; i++) { /* A relay passes on both for a while. */
        changes += packets(&said, 8, (uint16_t)(100 + i), 1) == PEER_CALLER_ANEW;
        changes += packets(&said, 7, (uint16_t)(11 + i), 1) == PEER_CALLER_ANEW;
    }
    CHECK(changes == 1 && peer.ssrc == 8);
    CHECK(packets(&said, 7, 31, 4) == PEER_WAIT); /* The newer is silent: 100 ms. */
    CHECK(packets(&said, 7, 35, 2) != PEER_WAIT && peer.ssrc == 7);
}

static void a_new_description_is_followed_and_the_same_one_changes_nothing(void)
{
    begin();
    (void)packets(&nat, 7, 1, 10);
    peer_move(&peer, &said);
    CHECK(peer_address_equal(&peer.source, &nat));
    peer_move(&peer, &nat_moved);
    CHECK(peer_address_equal(&peer.source, &nat_moved) && !peer.known);
    CHECK(packets(&nat_moved, 3, 1, 1) == PEER_CALLER_ANEW);
}

static void reports_are_taken_from_the_callers_hosts_only(void)
{
    begin();
    (void)packets(&nat, 7, 1, 10);
    CHECK(peer_is_host(&peer, &nat_moved) && peer_is_host(&peer, &said));
    CHECK(!peer_is_host(&peer, &stranger));
}

int main(void)
{
    RUN(the_described_address_is_believed_at_once);
    RUN(another_address_is_followed_after_four_packets_while_the_described_one_is_mute);
    RUN(packets_out_of_sequence_prove_nothing);
    RUN(a_stranger_is_never_heard_while_the_caller_speaks);
    RUN(a_stranger_who_waits_for_silence_needs_the_callers_ssrc);
    RUN(a_nat_that_gives_another_port_is_followed_after_the_silence);
    RUN(the_described_address_takes_the_stream_back_from_whom_was_followed);
    RUN(another_ssrc_from_the_caller_is_believed_after_two_packets);
    RUN(of_two_streams_from_one_place_the_newer_is_heard_while_it_speaks);
    RUN(a_new_description_is_followed_and_the_same_one_changes_nothing);
    RUN(reports_are_taken_from_the_callers_hosts_only);
    return 0;
}

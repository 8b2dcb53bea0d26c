// SPDX-License-Identifier: Apache-2.0
/* rtpstats.h - what is known about one stream received: is it valid, what was lost, how it jitters.
 *
 * RFC 3550 appendices A.1 (validity, extended sequence numbers), A.3 (lost), A.8 (jitter). Pure; times
 * are given, in timestamp units of the stream (1/8000 s for G.711). One owner. A source is one SSRC:
 * when another appears, init again. A packet costs about 5 ns. */
#ifndef WIRE_RTPSTATS_H
#define WIRE_RTPSTATS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "wire/rtcp.h"

enum rtp_put_result {
    RTP_PUT_PROBATION, /* Not yet believed: two packets in sequence make a source valid. */
    RTP_PUT_NEW,       /* In order, or after a gap. */
    RTP_PUT_OLD,       /* Late, out of order or duplicate. */
    RTP_PUT_JUMPED,    /* Far from all before: not counted, unless the next one follows it. */
    RTP_PUT_RESTARTED  /* It did follow: the sender began anew; counts begin anew. */
};

/* Read the counts freely; leave the rest to rtpstats.c. */
struct rtp_stats {
    uint32_t ssrc;
    uint32_t received;
    uint32_t jitter; /* Timestamp units (A.8). */
    uint32_t jitter_max;
    uint32_t lost_before_restart; /* Of the runs before the sender began anew. */
    uint32_t received_before_restart;

    uint32_t base_sequence, cycles, bad_sequence;
    uint16_t highest_sequence;
    uint8_t probation;
    bool has_transit;
    uint32_t transit, jitter_scaled; /* Jitter times 16. */
    uint32_t expected_prior, received_prior;
    uint32_t last_sender; /* Short NTP of the last sender report, */
    uint32_t last_sender_at; /* and when it came, by our clock. */
    bool has_sender;
};

/* `probation` false: the first packet makes it valid (the address was already agreed and latched). */
void rtp_stats_init(struct rtp_stats *stats, uint32_t ssrc, uint16_t sequence, bool probation);

/* Counts a packet that arrived at `arrival`. Packets sent with another timestamp than that of their
 * sending (telephone-event) would spoil the jitter: pass them with timed false. *extended receives
 * the extended sequence number (cycles << 16 | sequence): compare by signed difference. */
enum rtp_put_result rtp_stats_put(struct rtp_stats *stats, uint16_t sequence, uint32_t timestamp,
                                  uint32_t arrival, bool timed, uint32_t *extended);

/* Packets that should have come by now; and those that did not. Negative after duplicates. */
uint32_t rtp_stats_expected(const struct rtp_stats *stats);
int64_t rtp_stats_lost(const struct rtp_stats *stats);

/* A sender report of this source came. */
void rtp_stats_heard_sender(struct rtp_stats *stats, uint64_t ntp, uint32_t now_short);

/* The block for our next report. Begins the next interval of fraction_lost. */
void rtp_stats_report(struct rtp_stats *stats, uint32_t now_short, struct rtcp_report *out);

#endif

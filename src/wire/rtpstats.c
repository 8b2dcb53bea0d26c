// SPDX-License-Identifier: Apache-2.0
/* rtpstats.c - the algorithms of RFC 3550's appendix A in our words. */
#include "wire/rtpstats.h"

enum {
    CYCLE = 1 << 16,
    MAX_DROPOUT =
        3000, /* A.1: a gap of a minute at 50 packets a second is still the same stream, */
    MAX_MISORDER = 100, /* and two seconds back is still only late. */
    MIN_SEQUENTIAL = 2,
    NO_BAD_SEQUENCE = CYCLE + 1
};

static void begin(struct rtp_stats *stats, uint16_t sequence)
{
    stats->base_sequence = sequence;
    stats->highest_sequence = sequence;
    stats->bad_sequence = NO_BAD_SEQUENCE;
    stats->cycles = 0;
    stats->received = 0;
    stats->received_prior = 0;
    stats->expected_prior = 0;
    stats->has_transit = false;
}

void rtp_stats_init(struct rtp_stats *stats, uint32_t ssrc, uint16_t sequence, bool probation)
{
    *stats = (struct rtp_stats){.ssrc = ssrc};
    begin(stats, sequence);
    stats->highest_sequence = (uint16_t)(sequence - 1);
    stats->probation = probation ? MIN_SEQUENTIAL : 0;
}

/* Probation counts packets in unbroken sequence. */
static enum rtp_put_result prove(struct rtp_stats *stats, uint16_t sequence)
{
    bool follows = sequence == (uint16_t)(stats->highest_sequence + 1);

    stats->highest_sequence = sequence;
    if (!follows) {
        stats->probation = MIN_SEQUENTIAL - 1;
        return RTP_PUT_PROBATION;
    }
    stats->probation--;
    if (stats->probation > 0)
        return RTP_PUT_PROBATION;
    begin(stats, sequence);
    stats->received = 1;
    return RTP_PUT_NEW;
}

/* The RFC counts a restart's packets from nothing; what was lost before it happened all the same.
 */
static void restart(struct rtp_stats *stats, uint16_t sequence)
{
    int64_t lost = rtp_stats_lost(stats);

    stats->lost_before_restart += lost > 0 ? (uint32_t)lost : 0;
    stats->received_before_restart += stats->received;
    begin(stats, sequence);
    stats->received = 1;
}

static enum rtp_put_result place(struct rtp_stats *stats, uint16_t sequence, uint32_t *extended)
{
    uint16_t ahead = (uint16_t)(sequence - stats->highest_sequence);

    if (stats->received == 0) { /* The first, not on probation. */
        begin(stats, sequence);
        ahead = 0;
    }
    if (ahead < MAX_DROPOUT && (ahead > 0 || stats->received == 0)) {
        if (sequence < stats->highest_sequence)
            stats->cycles += CYCLE;
        stats->highest_sequence = sequence;
    } else if (ahead >= MAX_DROPOUT && ahead <= CYCLE - MAX_MISORDER) {
        if (sequence != stats->bad_sequence) {
            stats->bad_sequence = (uint16_t)(sequence + 1);
            return RTP_PUT_JUMPED;
        }
        restart(stats, sequence);
        *extended = sequence;
        return RTP_PUT_RESTARTED;
    } else {
        stats->received++;
        *extended = stats->cycles + stats->highest_sequence - (uint16_t)-ahead;
        return RTP_PUT_OLD;
    }
    stats->received++;
    *extended = stats->cycles + sequence;
    return RTP_PUT_NEW;
}

static void measure(struct rtp_stats *stats, uint32_t timestamp, uint32_t arrival)
{
    uint32_t transit = arrival - timestamp;
    int32_t change = (int32_t)(transit - stats->transit);
    uint32_t size = change < 0 ? 0u - (uint32_t)change : (uint32_t)change;

    stats->transit = transit;
    if (!stats->has_transit) {
        stats->has_transit = true;
        return;
    }
    if (size > INT32_MAX / 32)
        return; /* The sender's clock was set anew: that is not jitter. */
    stats->jitter_scaled += size - ((stats->jitter_scaled + 8) >> 4);
    stats->jitter = stats->jitter_scaled >> 4;
    if (stats->jitter > stats->jitter_max)
        stats->jitter_max = stats->jitter;
}

enum rtp_put_result rtp_stats_put(struct rtp_stats *stats, uint16_t sequence, uint32_t timestamp,
                                  uint32_t arrival, bool timed, uint32_t *extended)
{
    enum rtp_put_result result;

    *extended = sequence;
    if (stats->probation > 0)
        result = prove(stats, sequence);
    else
        result = place(stats, sequence, extended);
    if (timed && result != RTP_PUT_PROBATION && result != RTP_PUT_JUMPED)
        measure(stats, timestamp, arrival);
    return result;
}

uint32_t rtp_stats_expected(const struct rtp_stats *stats)
{
    if (stats->received == 0)
        return 0;
    return stats->cycles + stats->highest_sequence - stats->base_sequence + 1;
}

int64_t rtp_stats_lost(const struct rtp_stats *stats)
{
    return (int64_t)rtp_stats_expected(stats) - stats->received;
}

void rtp_stats_heard_sender(struct rtp_stats *stats, uint64_t ntp, uint32_t now_short)
{
    stats->last_sender = rtcp_ntp_short(ntp);
    stats->last_sender_at = now_short;
    stats->has_sender = true;
}

void rtp_stats_report(struct rtp_stats *stats, uint32_t now_short, struct rtcp_report *out)
{
    uint32_t expected = rtp_stats_expected(stats);
    uint32_t expected_now = expected - stats->expected_prior;
    uint32_t received_now = stats->received - stats->received_prior;
    int64_t lost = rtp_stats_lost(stats) + stats->lost_before_restart;

    stats->expected_prior = expected;
    stats->received_prior = stats->received;
    *out = (struct rtcp_report){.ssrc = stats->ssrc,
                                .highest_sequence = stats->cycles + stats->highest_sequence,
                                .jitter = stats->jitter};
    out->lost = lost > 0x7fffff ? 0x7fffff : lost < -0x800000 ? -0x800000 : (int32_t)lost;
    if (expected_now > received_now)
        out->fraction_lost =
            (uint8_t)(((uint64_t)(expected_now - received_now) << 8) / expected_now);
    if (stats->has_sender) {
        out->last_sender = stats->last_sender;
        out->delay_since_sender = now_short - stats->last_sender_at;
    }
}

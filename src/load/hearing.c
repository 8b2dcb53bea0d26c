// SPDX-License-Identifier: Apache-2.0
/* hearing.c - arrival against timestamp, packet by packet. */
#include "load/hearing.h"

#include <stdlib.h>

enum {
    TELL_EVERY = 64, /* Packets; one that was overtaken has come by then. */
    WINDOW_S = 10,
    FRAME_US = 20000,
    JUMP_US = 1000000 /* Timestamps this far from what the sequence says are a new beginning. */
};

void hearing_init(struct hearing *hearing, uint32_t clock_rate)
{
    *hearing = (struct hearing){.clock_rate = clock_rate};
}

static int64_t units_us(const struct hearing *hearing, int32_t units)
{
    return units * 1000000ll / hearing->clock_rate;
}

/* A packet counted as lost that comes after all is taken back, if this second still has it. */
static void tell_lost(struct hearing *hearing, struct load_figures *figures)
{
    int64_t lost = rtp_stats_lost(&hearing->stats) + hearing->stats.lost_before_restart;
    int64_t more = lost - hearing->lost_told;

    if (more < 0 && figures->lost < (uint64_t)-more)
        return;
    figures->lost += (uint64_t)more;
    hearing->lost_told = lost;
}

static void begin(struct hearing *hearing, const struct rtp_packet *packet, uint64_t at_ns)
{
    hearing->first_timestamp = packet->timestamp;
    hearing->base_ns = at_ns;
    hearing->fastest_us = hearing->fastest_now_us = 0;
    hearing->window_ns = at_ns;
}

static void measure_lateness(struct hearing *hearing, struct load_figures *figures,
                             const struct rtp_packet *packet, uint64_t at_ns)
{
    int64_t since_us = units_us(hearing, (int32_t)(packet->timestamp - hearing->first_timestamp));
    int64_t transit_us = (int64_t)(at_ns - hearing->base_ns) / 1000 - since_us, late_us;

    if (at_ns - hearing->window_ns > WINDOW_S * 1000000000ull) {
        hearing->fastest_us = hearing->fastest_now_us;
        hearing->fastest_now_us = transit_us;
        hearing->window_ns = at_ns;
    }
    if (transit_us < hearing->fastest_now_us)
        hearing->fastest_now_us = transit_us;
    if (transit_us < hearing->fastest_us)
        hearing->fastest_us = transit_us;
    late_us = transit_us - hearing->fastest_us;
    spread_add(&figures->lateness, (uint64_t)late_us);
    if (late_us >= HEARING_LATE_MS * 1000) {
        hearing->late++;
        figures->late++;
    }
}

static void measure_deviation(struct hearing *hearing, struct load_figures *figures,
                              int64_t deviation_us)
{
    uint64_t us = (uint64_t)llabs(deviation_us);

    spread_add(&figures->deviation, us);
    if (us / 1000 < HEARING_BINS)
        hearing->deviation[us / 1000]++;
    else
        hearing->beyond_bins++;
}

/* A pause that the timestamps tell of, with nothing lost in it, is the sender's own. */
static void measure_gap(struct hearing *hearing, struct load_figures *figures, uint64_t gap_us,
                        int64_t deviation_us, uint16_t steps)
{
    if (gap_us < HEARING_GAP_MS * 1000 || (steps == 1 && deviation_us < HEARING_LATE_MS * 1000))
        return;
    hearing->gaps++;
    figures->gaps++;
    if (gap_us > hearing->longest_gap_us)
        hearing->longest_gap_us = gap_us;
    if (gap_us > figures->longest_gap_us)
        figures->longest_gap_us = gap_us;
}

static void measure(struct hearing *hearing, struct load_figures *figures,
                    const struct rtp_packet *packet, uint64_t at_ns)
{
    uint16_t steps = (uint16_t)(packet->sequence - hearing->last_sequence);
    int64_t step_us = units_us(hearing, (int32_t)(packet->timestamp - hearing->last_timestamp));
    uint64_t gap_us = at_ns > hearing->last_ns ? (at_ns - hearing->last_ns) / 1000 : 0;
    int64_t deviation_us = (int64_t)gap_us - step_us;

    measure_gap(hearing, figures, gap_us, deviation_us, steps);
    if (llabs(step_us - steps * (int64_t)FRAME_US) > JUMP_US && llabs(deviation_us) > JUMP_US) {
        begin(hearing, packet, at_ns);
        return;
    }
    measure_deviation(hearing, figures, deviation_us);
    measure_lateness(hearing, figures, packet, at_ns);
}

/* Of another source than before: what is known of the old one stays counted. */
static void new_source(struct hearing *hearing, struct load_figures *figures,
                       const struct rtp_packet *packet, uint64_t at_ns)
{
    if (hearing->last_ns != 0)
        tell_lost(hearing, figures);
    hearing->lost_told = 0;
    rtp_stats_init(&hearing->stats, packet->ssrc, packet->sequence, false);
    begin(hearing, packet, at_ns);
}

void hearing_take(struct hearing *hearing, struct load_figures *figures,
                  const struct rtp_packet *packet, uint64_t at_ns, bool voice, bool audible)
{
    bool fresh = hearing->last_ns == 0 || packet->ssrc != hearing->stats.ssrc;
    enum rtp_put_result result;
    uint32_t extended;

    figures->received++;
    hearing->received++;
    hearing->audible |= audible;
    if (hearing->first_ns == 0)
        hearing->first_ns = at_ns;
    if (fresh)
        new_source(hearing, figures, packet, at_ns);
    result = rtp_stats_put(&hearing->stats, packet->sequence, packet->timestamp,
                           (uint32_t)(at_ns / 125000), false, &extended);
    if (result == RTP_PUT_OLD) {
        figures->duplicates++;
        return;
    }
    if (!fresh && result == RTP_PUT_NEW && voice)
        measure(hearing, figures, packet, at_ns);
    if (packet->sequence % TELL_EVERY == 0)
        tell_lost(hearing, figures);
    hearing->last_ns = at_ns;
    if (voice) {
        hearing->last_sequence = packet->sequence;
        hearing->last_timestamp = packet->timestamp;
    }
}

static uint16_t p99_ms(const struct hearing *hearing)
{
    uint64_t total = hearing->beyond_bins, seen = 0;

    for (uint32_t i = 0; i < HEARING_BINS; i++)
        total += hearing->deviation[i];
    for (uint32_t i = 0; i < HEARING_BINS; i++) {
        seen += hearing->deviation[i];
        if (seen * 100 >= total * 99)
            return (uint16_t)(total ? i + 1 : 0);
    }
    return HEARING_BINS;
}

void hearing_end(struct hearing *hearing, struct load_figures *figures,
                 struct load_call_record *record, uint64_t answered_ns, uint64_t ended_ns)
{
    if (hearing->last_ns == 0) {
        figures->one_way++;
        record->flags |= LOAD_CALL_ONE_WAY;
        return;
    }
    tell_lost(hearing, figures);
    figures->heard++;
    if (!hearing->audible) {
        figures->silent++;
        record->flags |= LOAD_CALL_SILENT;
    }
    if (hearing->last_ns + HEARING_STOPPED_MS * 1000000ull <= ended_ns) {
        figures->stopped++;
        record->flags |= LOAD_CALL_STOPPED;
    }
    if (hearing->first_ns > answered_ns)
        record->first_audio_us = (uint32_t)((hearing->first_ns - answered_ns) / 1000);
    record->received = hearing->received;
    record->lost = hearing->lost_told > 0 ? (uint32_t)hearing->lost_told : 0;
    record->late = hearing->late;
    record->gaps = hearing->gaps;
    record->longest_gap_ms = (uint32_t)(hearing->longest_gap_us / 1000);
    record->deviation_p99_ms = p99_ms(hearing);
}

// SPDX-License-Identifier: Apache-2.0
/* report.c - RTCP both ways (RFC 3550 section 6, RFC 3611 4.7), and the watch over the caller's
 * silence.
 *
 * Two parties, so the interval is the minimum of 5 s, spread evenly over 0.5-1.5 of it (6.3.1). */
#include <stdio.h>
#include <string.h>

#include "media/endpoint.h"
#include "wire/rtcp.h"

enum { REPORT_BYTES = 256, INTERVAL_LEAST_MS = 2500, INTERVAL_SPREAD_MS = 5000 };

static uint64_t ntp_at(const struct engine *engine, uint64_t monotonic_ns)
{
    return rtcp_ntp(monotonic_ns + engine->ntp_ns);
}

static uint8_t of_256(uint64_t part, uint64_t whole)
{
    uint64_t share = whole > 0 ? part * 256 / whole : 0;

    return share > UINT8_MAX ? UINT8_MAX : (uint8_t)share;
}

static uint16_t short_ms(uint64_t ms)
{
    return ms > UINT16_MAX ? UINT16_MAX : (uint16_t)ms;
}

/* RFC 3611 4.7: what MEDIA_CLOSED says at the end, said now. Levels and echo are not measured in
 * its units, nor is the conversation's quality other than the listener's: those are "not known". */
static void make_voip(struct endpoint *endpoint, struct rtcp_voip *out)
{
    const struct rtp_stats *stats = &endpoint->stats;
    struct quality_figures figures = endpoint_quality(endpoint);
    int64_t lost = rtp_stats_lost(stats);
    uint64_t received = (uint64_t)stats->received + stats->received_before_restart;
    uint64_t all = received + (lost > 0 ? (uint64_t)lost : 0);
    bool known = figures.mos_hundredths > 0;

    if (endpoint->jitter.depth_ms > endpoint->buffer_most_ms)
        endpoint->buffer_most_ms = short_ms(endpoint->jitter.depth_ms);
    *out = (struct rtcp_voip){
        .ssrc = stats->ssrc,
        .loss = of_256(lost > 0 ? (uint64_t)lost : 0, all),
        .discard = of_256(endpoint->jitter.late, all),
        .burst_density = of_256(figures.burst_permille, 1000),
        .gap_density = of_256(figures.gap_permille, 1000),
        .burst_ms = short_ms(figures.burst_ms),
        .gap_ms = short_ms(figures.gap_ms),
        .round_trip_ms = short_ms(endpoint->round_trip_us / 1000),
        .end_delay_ms = short_ms(endpoint->jitter.depth_ms + FRAME_MS),
        .signal_dbm = RTCP_VOIP_UNKNOWN,
        .noise_dbm = RTCP_VOIP_UNKNOWN,
        .return_loss_db = RTCP_VOIP_UNKNOWN,
        .gap_least = QUALITY_GAP_LEAST,
        .r = known ? (uint8_t)((figures.r_tenths + 5) / 10) : RTCP_VOIP_UNKNOWN,
        .r_outside = RTCP_VOIP_UNKNOWN,
        .mos_listening = known ? (uint8_t)((figures.mos_hundredths + 5) / 10) : RTCP_VOIP_UNKNOWN,
        .mos_talking = RTCP_VOIP_UNKNOWN,
        .receiver = RTCP_VOIP_CONCEALS | RTCP_VOIP_ADAPTS,
        .buffer_ms = short_ms(endpoint->jitter.depth_ms),
        .buffer_most_ms = endpoint->buffer_most_ms,
        .buffer_limit_ms = JITTER_DEPTH_MOST_MS};
}

void endpoint_report(struct engine *engine, struct endpoint *endpoint, bool goodbye)
{
    uint8_t *bytes = engine_packet(engine);
    char name[24];
    uint64_t ntp = ntp_at(engine, engine->now_ns);
    struct rtcp_report block;
    struct rtcp_voip voip;
    struct rtcp_sender sender = {.ntp = ntp,
                                 .timestamp = endpoint->timestamp,
                                 .packets = endpoint->sent,
                                 .octets = endpoint->sent_octets};
    struct rtcp_local local = {.ssrc = endpoint->ssrc, .goodbye = goodbye};

    if (endpoint->peer.source.port == 0)
        return;
    if (endpoint->sent != endpoint->reported_sent)
        local.sender = &sender;
    endpoint->reported_sent = endpoint->sent;
    if (endpoint->stats_known) {
        rtp_stats_report(&endpoint->stats, rtcp_ntp_short(ntp), &block);
        local.reports = &block;
        local.report_count = 1;
        if (endpoint->voip_metrics) {
            make_voip(endpoint, &voip);
            local.voip = &voip;
        }
    }
    /* RFC 7022: a name of this stream only, that says nothing about the machine. */
    snprintf(name, sizeof name, "%08x%08x", endpoint->ssrc, (uint32_t)endpoint->leg);
    local.cname = text_of(name);
    size_t size = rtcp_write(&local, bytes, REPORT_BYTES);
    if (size > 0 && endpoint->cipher.suite != SUITE_NONE)
        size = cipher_seal(&endpoint->cipher, bytes, (uint32_t)size, true);
    if (size > 0)
        (void)engine_send(engine, endpoint, URING_REPORT, size, &endpoint->report_to);
}

static void take_block(struct endpoint *endpoint, const struct rtcp_report *block,
                       uint32_t now_short)
{
    uint32_t round_trip_us;

    if (block->ssrc != endpoint->ssrc)
        return;
    if (rtcp_round_trip_us(block, now_short, &round_trip_us))
        endpoint->round_trip_us = round_trip_us;
    if (endpoint->wide)
        wide_tell_loss(endpoint->wide, ((uint32_t)block->fraction_lost * 100 + 255) / 256);
    if (endpoint->sent > 0 && block->lost >= 0) {
        uint64_t permille = (uint64_t)block->lost * 1000 / endpoint->sent;
        endpoint->remote_lost_permille = permille > 1000 ? 1000 : (uint32_t)permille;
    }
}

/* "Not known" leaves what was known; out of range is not believed. */
static void take_voip(struct endpoint *endpoint, const struct rtcp_voip *voip)
{
    if (voip->ssrc != endpoint->ssrc)
        return;
    endpoint->remote_late_permille = (voip->discard * 1000u + 128) / 256;
    if (voip->r <= 100)
        endpoint->remote_r_tenths = voip->r * 10u;
    if (voip->mos_listening >= 10 && voip->mos_listening <= 50)
        endpoint->remote_mos_hundredths = voip->mos_listening * 10u;
}

void endpoint_take_report(struct engine *engine, struct endpoint *endpoint,
                          const struct arrival *arrival)
{
    struct rtcp_reader reader;
    struct rtcp_packet packet;
    const uint8_t *bytes = arrival->bytes;
    uint32_t size = arrival->size;
    uint8_t clear[ENGINE_PACKET];
    uint32_t now_short = rtcp_ntp_short(ntp_at(engine, arrival->arrival_ns));

    if (!peer_is_host(&endpoint->peer, &arrival->from)) {
        endpoint->peer.strangers++;
        engine->figures.strangers++;
        return;
    }
    if (endpoint->cipher.suite != SUITE_NONE) {
        size = cipher_open(&endpoint->cipher, bytes, size, true, clear);
        bytes = clear;
        if (size == 0)
            return;
    }
    if (!rtcp_open(&reader, bytes, size)) {
        engine->figures.malformed++;
        return;
    }
    while (rtcp_next(&reader, &packet)) {
        bool ours = endpoint->stats_known && packet.ssrc == endpoint->stats.ssrc;
        if (packet.kind == RTCP_SENDER_REPORT && ours)
            rtp_stats_heard_sender(&endpoint->stats, packet.sender.ntp, now_short);
        bool report = packet.kind == RTCP_SENDER_REPORT || packet.kind == RTCP_RECEIVER_REPORT;
        for (uint32_t i = 0; report && i < packet.report_count; i++)
            take_block(endpoint, &packet.reports[i], now_short);
        if (packet.kind == RTCP_EXTENDED && packet.has_voip)
            take_voip(endpoint, &packet.voip);
        if (ours && packet.kind != RTCP_GOODBYE)
            endpoint->report_to = *arrival->name; /* Symmetric, as RTP is. */
    }
}

void endpoint_receive_reports(struct engine *engine, struct endpoint *endpoint)
{
    struct arrival arrivals[ENGINE_BATCH];
    uint32_t got = engine_receive(engine, endpoint->sockets.rtcp, arrivals);

    for (uint32_t i = 0; i < got; i++)
        endpoint_take_report(engine, endpoint, &arrivals[i]);
}

void endpoint_watch(struct engine *engine, struct endpoint *endpoint)
{
    bool listening = endpoint->way == WAY_BOTH || endpoint->way == WAY_RECEIVE;
    uint64_t quiet_ms = engine->now_ms - endpoint->heard_ms;

    if (listening && !endpoint->silent && endpoint->no_audio_ms > 0 &&
        quiet_ms >= endpoint->no_audio_ms) {
        struct event event = endpoint_event(engine, endpoint, MEDIA_SILENT);
        event.silent.silent = endpoint->silent = true;
        event.silent.for_ms = (uint32_t)quiet_ms;
        outbox_put(&engine->outbox, &event);
    }
    if (engine->now_ms >= endpoint->report_ms) {
        endpoint->report_ms = engine->now_ms + INTERVAL_LEAST_MS +
                              random_below(&endpoint->random, INTERVAL_SPREAD_MS);
        endpoint_report(engine, endpoint, false);
    }
}

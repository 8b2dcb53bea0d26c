// SPDX-License-Identifier: Apache-2.0
/* rtcp.c - the frame of the compound packet is checked once, in rtcp_open(); each packet's inside
 * when it is reached, so that one bad packet does not hide the others. */
#include "wire/rtcp.h"

#include <assert.h>
#include <string.h>

#include "wire/bytes.h"

enum {
    VERSION = 2,
    SENDER_REPORT = 200, /* Section 12.1. */
    RECEIVER_REPORT = 201,
    DESCRIPTION = 202,
    GOODBYE = 203,
    EXTENDED = 207, /* RFC 3611 2. */
    BLOCK_VOIP = 7, /* RFC 3611 4.7. */
    BLOCK_HEADER = 4,
    VOIP = 32,    /* Bytes after the block's header. */
    ITEM_END = 0, /* Section 12.2. */
    ITEM_CNAME = 1,
    HEADER = 8, /* With the SSRC of the one who speaks. */
    SENDER = 20,
    REPORT = 24
};

static const uint64_t SECONDS_1900_TO_1970 = 2208988800u;

static size_t packet_size(const uint8_t *packet)
{
    return 4u * (read_be16(packet + 2) + 1u);
}

bool rtcp_open(struct rtcp_reader *reader, const uint8_t *bytes, size_t size)
{
    size_t offset = 0;

    if (size < HEADER || size > UINT16_MAX || size % 4 != 0)
        return false;
    if (bytes[1] != SENDER_REPORT && bytes[1] != RECEIVER_REPORT)
        return false;
    while (offset < size) {
        const uint8_t *packet = bytes + offset;
        bool padded = packet[0] & 0x20;

        if (packet[0] >> 6 != VERSION || packet_size(packet) > size - offset)
            return false;
        offset += packet_size(packet);
        if (padded && offset != size)
            return false;
    }
    *reader = (struct rtcp_reader){.bytes = bytes, .size = size};
    return true;
}

/* `size` is what is left for blocks. */
static bool read_reports(const uint8_t *block, size_t size, uint8_t count, struct rtcp_packet *out)
{
    if (size < (size_t)count * REPORT)
        return false;
    out->report_count = count;
    for (uint32_t i = 0; i < count; i++, block += REPORT) {
        uint32_t lost = read_be32(block + 4) & 0xffffff;
        out->reports[i] =
            (struct rtcp_report){.ssrc = read_be32(block),
                                 .fraction_lost = block[4],
                                 .lost = (int32_t)lost - (lost & 0x800000 ? 0x1000000 : 0),
                                 .highest_sequence = read_be32(block + 8),
                                 .jitter = read_be32(block + 12),
                                 .last_sender = read_be32(block + 16),
                                 .delay_since_sender = read_be32(block + 20)};
    }
    return true;
}

static bool read_sender_report(const uint8_t *packet, size_t size, struct rtcp_packet *out)
{
    if (size < HEADER + SENDER)
        return false;
    out->kind = RTCP_SENDER_REPORT;
    out->ssrc = read_be32(packet + 4);
    out->sender = (struct rtcp_sender){.ntp = read_be64(packet + 8),
                                       .timestamp = read_be32(packet + 16),
                                       .packets = read_be32(packet + 20),
                                       .octets = read_be32(packet + 24)};
    return read_reports(packet + HEADER + SENDER, size - HEADER - SENDER, packet[0] & 0x1f, out);
}

static bool read_receiver_report(const uint8_t *packet, size_t size, struct rtcp_packet *out)
{
    if (size < HEADER)
        return false;
    out->kind = RTCP_RECEIVER_REPORT;
    out->ssrc = read_be32(packet + 4);
    return read_reports(packet + HEADER, size - HEADER, packet[0] & 0x1f, out);
}

/* Items of the first chunk: type, length, text, until a type of 0 (section 6.5). */
static bool read_description(const uint8_t *packet, size_t size, struct rtcp_packet *out)
{
    size_t at = HEADER;

    out->kind = RTCP_DESCRIPTION;
    if ((packet[0] & 0x1f) == 0)
        return true;
    if (size < HEADER)
        return false;
    out->ssrc = read_be32(packet + 4);
    while (at < size && packet[at] != ITEM_END) {
        if (at + 2 > size || packet[at + 1] > size - at - 2)
            return false;
        if (packet[at] == ITEM_CNAME)
            out->cname = (struct text){(const char *)packet + at + 2, packet[at + 1]};
        at += 2u + packet[at + 1];
    }
    return true;
}

static bool read_goodbye(const uint8_t *packet, size_t size, struct rtcp_packet *out)
{
    size_t count = packet[0] & 0x1f, at = 4 + 4 * count;

    if (at > size)
        return false;
    out->kind = RTCP_GOODBYE;
    out->ssrc = count > 0 ? read_be32(packet + 4) : 0;
    if (at < size && packet[at] <= size - at - 1)
        out->reason = (struct text){(const char *)packet + at + 1, packet[at]};
    return true;
}

static void read_voip(const uint8_t *block, struct rtcp_voip *out)
{
    *out = (struct rtcp_voip){.ssrc = read_be32(block),
                              .loss = block[4],
                              .discard = block[5],
                              .burst_density = block[6],
                              .gap_density = block[7],
                              .burst_ms = read_be16(block + 8),
                              .gap_ms = read_be16(block + 10),
                              .round_trip_ms = read_be16(block + 12),
                              .end_delay_ms = read_be16(block + 14),
                              .signal_dbm = block[16],
                              .noise_dbm = block[17],
                              .return_loss_db = block[18],
                              .gap_least = block[19],
                              .r = block[20],
                              .r_outside = block[21],
                              .mos_listening = block[22],
                              .mos_talking = block[23],
                              .receiver = block[24],
                              .buffer_ms = read_be16(block + 26),
                              .buffer_most_ms = read_be16(block + 28),
                              .buffer_limit_ms = read_be16(block + 30)};
}

/* Blocks: type, type's own byte, length in words without this one (RFC 3611 3). One that is longer
 * than its packet makes the packet malformed; a VoIP block of another length is skipped. */
static bool read_extended(const uint8_t *packet, size_t size, struct rtcp_packet *out)
{
    if (size < HEADER)
        return false;
    out->kind = RTCP_EXTENDED;
    out->ssrc = read_be32(packet + 4);
    for (size_t at = HEADER; at < size;) {
        size_t length = 4u * read_be16(packet + at + 2);
        if (length > size - at - BLOCK_HEADER)
            return false;
        if (packet[at] == BLOCK_VOIP && length == VOIP && !out->has_voip) {
            read_voip(packet + at + BLOCK_HEADER, &out->voip);
            out->has_voip = true;
        }
        at += BLOCK_HEADER + length;
    }
    return true;
}

static bool read_packet(const uint8_t *packet, size_t size, struct rtcp_packet *out)
{
    *out = (struct rtcp_packet){.cname = TEXT_EMPTY, .reason = TEXT_EMPTY};
    if (packet[0] & 0x20) {
        uint8_t padding = packet[size - 1];
        if (padding == 0 || padding % 4 != 0 || padding > size - 4)
            return false;
        size -= padding;
    }
    switch (packet[1]) {
    case SENDER_REPORT:
        return read_sender_report(packet, size, out);
    case RECEIVER_REPORT:
        return read_receiver_report(packet, size, out);
    case DESCRIPTION:
        return read_description(packet, size, out);
    case GOODBYE:
        return read_goodbye(packet, size, out);
    case EXTENDED:
        return read_extended(packet, size, out);
    default:
        return false;
    }
}

bool rtcp_next(struct rtcp_reader *reader, struct rtcp_packet *out)
{
    while (reader->offset < reader->size) {
        const uint8_t *packet = reader->bytes + reader->offset;
        size_t size = packet_size(packet);

        reader->offset += size;
        if (read_packet(packet, size, out))
            return true;
    }
    return false;
}

static uint8_t *write_header(uint8_t *out, uint8_t count, uint8_t type, size_t size, uint32_t ssrc)
{
    out[0] = (uint8_t)(VERSION << 6 | count);
    out[1] = type;
    write_be16(out + 2, (uint16_t)(size / 4 - 1));
    write_be32(out + 4, ssrc);
    return out + HEADER;
}

static uint8_t *write_report(uint8_t *out, const struct rtcp_report *report)
{
    int32_t most = 0x7fffff, lost = report->lost; /* Section 6.4.1: the count sticks at its ends. */

    if (lost > most)
        lost = most;
    if (lost < -most - 1)
        lost = -most - 1;
    write_be32(out, report->ssrc);
    write_be32(out + 4, (uint32_t)report->fraction_lost << 24 | ((uint32_t)lost & 0xffffff));
    write_be32(out + 8, report->highest_sequence);
    write_be32(out + 12, report->jitter);
    write_be32(out + 16, report->last_sender);
    write_be32(out + 20, report->delay_since_sender);
    return out + REPORT;
}

static uint8_t *write_sender(uint8_t *out, const struct rtcp_sender *sender)
{
    write_be64(out, sender->ntp);
    write_be32(out + 8, sender->timestamp);
    write_be32(out + 12, sender->packets);
    write_be32(out + 16, sender->octets);
    return out + SENDER;
}

static void write_voip(uint8_t *out, const struct rtcp_voip *voip)
{
    out[0] = BLOCK_VOIP;
    write_be16(out + 2, VOIP / 4);
    out += BLOCK_HEADER;
    write_be32(out, voip->ssrc);
    out[4] = voip->loss;
    out[5] = voip->discard;
    out[6] = voip->burst_density;
    out[7] = voip->gap_density;
    write_be16(out + 8, voip->burst_ms);
    write_be16(out + 10, voip->gap_ms);
    write_be16(out + 12, voip->round_trip_ms);
    write_be16(out + 14, voip->end_delay_ms);
    out[16] = voip->signal_dbm;
    out[17] = voip->noise_dbm;
    out[18] = voip->return_loss_db;
    out[19] = voip->gap_least;
    out[20] = voip->r;
    out[21] = voip->r_outside;
    out[22] = voip->mos_listening;
    out[23] = voip->mos_talking;
    out[24] = voip->receiver;
    write_be16(out + 26, voip->buffer_ms);
    write_be16(out + 28, voip->buffer_most_ms);
    write_be16(out + 30, voip->buffer_limit_ms);
}

size_t rtcp_write(const struct rtcp_local *local, uint8_t *out, size_t size)
{
    uint8_t cname_size = local->cname.size > 255 ? 255 : (uint8_t)local->cname.size;
    size_t report = HEADER + (local->sender ? SENDER : 0) + (size_t)local->report_count * REPORT;
    size_t description =
        (HEADER + 2u + cname_size + 1u + 3u) & ~(size_t)3; /* Ends with 1..4 zeros. */
    size_t extended = local->voip ? HEADER + BLOCK_HEADER + VOIP : 0;
    size_t total = report + description + extended + (local->goodbye ? HEADER : 0);
    uint8_t *at = out;

    assert(local->report_count <= RTCP_REPORTS);
    if (total > size)
        return 0;
    memset(out, 0, total);
    at = write_header(at, local->report_count, local->sender ? SENDER_REPORT : RECEIVER_REPORT,
                      report, local->ssrc);
    if (local->sender)
        at = write_sender(at, local->sender);
    for (uint32_t i = 0; i < local->report_count; i++)
        at = write_report(at, &local->reports[i]);
    at = write_header(at, 1, DESCRIPTION, description, local->ssrc);
    at[0] = ITEM_CNAME;
    at[1] = cname_size;
    if (cname_size > 0)
        memcpy(at + 2, local->cname.data, cname_size);
    at = out + report + description;
    if (local->voip)
        write_voip(write_header(at, 0, EXTENDED, extended, local->ssrc), local->voip);
    if (local->goodbye)
        write_header(at + extended, 1, GOODBYE, HEADER, local->ssrc);
    return total;
}

uint64_t rtcp_ntp(uint64_t since_1970_ns)
{
    uint64_t seconds = since_1970_ns / 1000000000, rest_ns = since_1970_ns % 1000000000;

    return (seconds + SECONDS_1900_TO_1970) << 32 | (rest_ns << 32) / 1000000000;
}

uint32_t rtcp_ntp_short(uint64_t ntp)
{
    return (uint32_t)(ntp >> 16);
}

bool rtcp_round_trip_us(const struct rtcp_report *report, uint32_t now_short, uint32_t *out_us)
{
    uint32_t passed = now_short - report->last_sender; /* Wraps after 18 hours, as it should. */

    if (report->last_sender == 0 || report->delay_since_sender > passed)
        return false;
    passed -= report->delay_since_sender;
    if (passed >= 60u << 16)
        return false;
    *out_us = (uint32_t)(((uint64_t)passed * 1000000) >> 16);
    return true;
}

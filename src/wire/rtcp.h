// SPDX-License-Identifier: Apache-2.0
/* rtcp.h - control packets (RFC 3550 section 6): compound packets taken apart and put together; of
 * the extended reports (RFC 3611) the VoIP metrics.
 *
 * Pure; results view the datagram. Order for reading: rtcp_open(), then rtcp_next() until false.
 * Times: NTP, 32.32 fixed point seconds since 1900; "short" is its middle 32 bits, 1/65,536 s. */
#ifndef WIRE_RTCP_H
#define WIRE_RTCP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"

enum { RTCP_REPORTS = 31 }; /* As many as the count field can say. */

/* A report block: what one receiver says about one source (section 6.4.1). */
struct rtcp_report {
    uint32_t ssrc;               /* The source reported on. */
    uint8_t fraction_lost;       /* Of 256, since the previous report. */
    int32_t lost;                /* In all; 24 bits, negative when duplicates came. */
    uint32_t highest_sequence;   /* Extended: cycles << 16 | sequence. */
    uint32_t jitter;             /* Timestamp units. */
    uint32_t last_sender;        /* Short NTP of the last sender report heard; 0: none. */
    uint32_t delay_since_sender; /* 1/65,536 s between hearing that and sending this. */
};

/* What a sender says about its own stream. */
struct rtcp_sender {
    uint64_t ntp;
    uint32_t timestamp; /* RTP's, at the same instant. */
    uint32_t packets, octets;
};

/* How a call sounds to one receiver (RFC 3611 4.7): the VoIP metrics block. */
struct rtcp_voip {
    uint32_t ssrc;         /* The source reported on. */
    uint8_t loss, discard; /* Of 256, since the beginning: never came; came too late. */
    uint8_t burst_density, gap_density;   /* Of 256. */
    uint16_t burst_ms, gap_ms;            /* Mean lengths. */
    uint16_t round_trip_ms, end_delay_ms; /* 0: not known. */
    uint8_t signal_dbm, noise_dbm;        /* Two's complement, dBm0; RTCP_VOIP_UNKNOWN. */
    uint8_t return_loss_db;               /* RTCP_VOIP_UNKNOWN: not measured. */
    uint8_t gap_least;                    /* Good packets in a row that end a burst (Gmin). */
    uint8_t r, r_outside;                 /* R factor, 0..100; RTCP_VOIP_UNKNOWN. */
    uint8_t mos_listening, mos_talking;   /* MOS times 10, 10..50; RTCP_VOIP_UNKNOWN. */
    uint8_t receiver;                     /* 4.7.6: concealment, kind of jitter buffer, its rate. */
    uint16_t buffer_ms, buffer_most_ms, buffer_limit_ms; /* 4.7.7: now; at worst, ever. */
};

enum {
    RTCP_VOIP_UNKNOWN = 127,
    RTCP_VOIP_CONCEALS = 2 << 6, /* `receiver`: enhanced concealment, */
    RTCP_VOIP_ADAPTS = 3 << 4    /* adaptive jitter buffer. */
};

enum rtcp_kind {
    RTCP_SENDER_REPORT,
    RTCP_RECEIVER_REPORT,
    RTCP_DESCRIPTION,
    RTCP_GOODBYE,
    RTCP_EXTENDED
};

struct rtcp_packet {
    enum rtcp_kind kind;
    uint32_t ssrc; /* Who speaks; of a description or a good-bye the first named, 0 when none is. */
    struct rtcp_sender sender; /* Sender reports. */
    uint8_t report_count;      /* Sender and receiver reports. */
    struct rtcp_report reports[RTCP_REPORTS];
    struct text cname;  /* Descriptions; of the first source. Empty: not said. */
    struct text reason; /* Good-byes. */
    bool has_voip;      /* Extended reports: the first VoIP metrics block; others are skipped. */
    struct rtcp_voip voip;
};

struct rtcp_reader {
    const uint8_t *bytes;
    size_t size, offset;
};

/* Begins a compound packet. False when it is none (appendix A.2): version, a first packet other
 * than a report, padding before the last, lengths that do not add up to the datagram. */
MUST_USE bool rtcp_open(struct rtcp_reader *reader, const uint8_t *bytes, size_t size);

/* The next packet of a kind above; others (APP, feedback) and malformed ones are skipped. False at
 * the end. */
MUST_USE bool rtcp_next(struct rtcp_reader *reader, struct rtcp_packet *out);

/* What we say in one compound packet: SR when `sender` is given, RR otherwise; then SDES with the
 * CNAME; then XR when `voip` is given; then BYE when `goodbye`. */
struct rtcp_local {
    uint32_t ssrc;
    const struct rtcp_sender *sender;
    const struct rtcp_report *reports;
    uint8_t report_count; /* At most RTCP_REPORTS. */
    struct text cname;    /* More than 255 bytes are cut. */
    const struct rtcp_voip *voip;
    bool goodbye;
};

/* Returns the bytes written, or 0 when they do not fit into `size`. */
MUST_USE size_t rtcp_write(const struct rtcp_local *local, uint8_t *out, size_t size);

/* NTP of a time since 1970. Any clock that does not step will do, as long as it is always the same.
 */
uint64_t rtcp_ntp(uint64_t since_1970_ns);
uint32_t rtcp_ntp_short(uint64_t ntp);

/* Round trip from a report on ourselves, received at `now_short` (section 6.4.1). False when the
 * report echoes no sender report of ours or the sum is impossible. */
MUST_USE bool rtcp_round_trip_us(const struct rtcp_report *report, uint32_t now_short,
                                 uint32_t *out_us);

#endif

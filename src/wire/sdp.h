// SPDX-License-Identifier: Apache-2.0
/* sdp.h - session descriptions (RFC 8866), as much of them as a telephone call needs.
 *
 * Pure and bounded: the result holds views into the body, so it lives as long as the body. Tolerant of
 * what real devices send (bare LF, unknown lines, more media than one), strict where a wrong guess
 * would send sound to the wrong place (c=, m= port, direction). */
#ifndef WIRE_SDP_H
#define WIRE_SDP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/suite.h"
#include "base/text.h"

enum { SDP_MEDIA = 8, SDP_FORMATS = 32, SDP_LOCAL_FORMATS = 8, SDP_CRYPTO = 8 };

enum sdp_direction { SDP_SENDRECV, SDP_SENDONLY, SDP_RECVONLY, SDP_INACTIVE };

struct sdp_format {
    uint8_t payload_type;
    uint8_t channels;     /* 1 when not said. */
    uint32_t clock_rate;  /* Static types (RFC 3551) are filled in: 0 is PCMU/8000, 8 PCMA/8000. */
    struct text encoding; /* "PCMU", "telephone-event"; compare without case. Empty when unknown. */
    struct text fmtp;     /* Empty when absent. */
};

/* A key for SRTP (RFC 4568), by the name that wire/sdes.h gave it. */
struct sdp_crypto {
    uint32_t tag;
    enum srtp_suite suite;
    uint64_t name;
};

struct sdp_media {
    struct text kind;     /* "audio", "video", "image". */
    struct text protocol; /* "RTP/AVP". */
    struct text address;  /* Of this media or else of the session: an IP literal or a name. */
    uint16_t port;        /* 0: refused or disabled (RFC 3264 section 6). */
    bool ipv6;
    enum sdp_direction direction; /* Seen from the writer. Holding with address 0.0.0.0 or :: (RFC 2543)
                                   * reads as the direction it means: not receiving. */
    uint8_t ptime_ms; /* 0 when not said. */
    uint8_t format_count;
    struct sdp_format formats[SDP_FORMATS]; /* In the order of preference; more than fit are ignored. */
    uint16_t rtcp_port;                     /* RFC 3605; 0: port + 1. */
    struct text first_format;               /* As written in m=; a refusal says it again. */
    bool voip_metrics; /* Wants extended reports on how it sounds to us (RFC 3611 5.1). */
    uint8_t crypto_count;
    struct sdp_crypto crypto[SDP_CRYPTO]; /* In order of preference; those that do not fit are ignored. */
};

struct sdp {
    struct text origin;     /* The whole o= value. */
    uint64_t version;       /* sess-version of o=; 0 when not a number. */
    uint8_t media_count;    /* More than fit are a parse failure: an answer must have as many. */
    struct sdp_media media[SDP_MEDIA];
};

/* Reads a description. False, with *out unspecified, when it is not one: no v=0, no o=, a malformed m=
 * or c=, an audio line with a port but without an address, more than SDP_MEDIA media, or over MAX_SDP bytes. */
MUST_USE bool sdp_read(struct text body, struct sdp *out);

/* The number that a format's fmtp gives this name: "useinbandfec=1; maxaveragebitrate=20000". False
 * when the name is not there or has no number. */
MUST_USE bool sdp_parameter(struct text fmtp, struct text name, uint64_t *out);

extern const char *const sdp_direction_names[4];

/* What we say about ourselves. */
struct sdp_local {
    struct text address; /* IPv4 or IPv6 literal. */
    uint16_t port;
    uint64_t session_id, version;
    enum sdp_direction direction;
    struct sdp_format formats[SDP_LOCAL_FORMATS]; /* In the order of preference. */
    uint8_t format_count;
    struct text protocol; /* Of an offer; empty: RTP/AVP. An answer repeats the other side's. */
    struct sdp_crypto crypto[SDP_CRYPTO];
    uint8_t crypto_count;
    bool voip_metrics;
};

/* Adds a format; the texts must live until the description is written. Channels: 1 is not said. More
 * than SDP_LOCAL_FORMATS are left out. */
void sdp_add_format(struct sdp_local *local, uint8_t payload_type, const char *encoding,
                    uint32_t clock_rate, uint8_t channels, const char *fmtp);

/* Writes an offer with one audio line. */
void sdp_write_offer(const struct sdp_local *local, struct text_buffer *out);

/* Writes the answer to `offer`: its media line `audio` is answered with `local`, all others are refused
 * with port 0, in the offer's order (RFC 3264 section 6); SDP_MEDIA: all are. */
void sdp_write_answer(const struct sdp *offer, uint8_t audio, const struct sdp_local *local,
                      struct text_buffer *out);

#endif

// SPDX-License-Identifier: Apache-2.0
/* plan_line.h - trunks, telephones and routes: who may call, whom we call, and how it sounds. Part of plan.h,
 * which says who makes it and how long it lives. */
#ifndef CORE_PLAN_LINE_H
#define CORE_PLAN_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"
#include "base/text.h"
#include "core/event.h"

struct plan_source { /* An address range: IPv4 as ::ffff:a.b.c.d. */
    uint8_t address[16];
    uint8_t prefix_bits; /* 0-128 */
};

/* What sound is sent as. The clock of RTP is not always the sound's rate: G.722 has 16,000 samples
 * a second and counts 8,000 (RFC 3551 4.5.2), Opus counts 48,000 whatever it carries (RFC
 * 7587 4.1). */
enum codec { CODEC_PCMU, CODEC_PCMA, CODEC_G722, CODEC_OPUS, CODEC_KINDS };

/* 16,000 samples a second. */
static inline bool codec_is_wide(enum codec codec)
{
    return codec == CODEC_G722 || codec == CODEC_OPUS;
}

/* Encrypted sound (SRTP): never; if the other side wants it; or no call without. */
enum srtp_mode { SRTP_OFF, SRTP_OPTIONAL, SRTP_REQUIRED };

struct plan_trunk {
    struct text name;
    const struct plan_source *sources; /* Calls from here belong to this trunk. */
    uint8_t source_count;
    uint16_t max_calls;          /* 0: only the server's limit. */
    uint8_t codecs[CODEC_KINDS]; /* enum codec, ours first: the offerer's order does not count. */
    uint8_t codec_count;         /* 0: all, in the offerer's order. */
    struct text host;     /* Where we send to: a name, or a numeric address without brackets. Empty:
                             its calls only come to us. */
    uint16_t port;        /* 0: found by DNS, or the transport's own. */
    bool transport_given; /* Else found by DNS (RFC 3263), or UDP. */
    enum transport transport;
    struct text user;     /* Names us there, and them here. */
    struct text password; /* SECRET: read by the signalling limb only; empty in a replay. */
    struct text realm;    /* The only one that gets our credentials; empty: any. */
    struct text from;     /* From of calls that we place, a user or a URI; empty: `user`. */
    bool authenticate;    /* Its calls must bring credentials of `user`. */
    bool registers;       /* REGISTER at `host`, for so long at once: */
    uint32_t expires_s;
    uint32_t probe_ms; /* OPTIONS to `host` so often; 0: never. */
    enum srtp_mode srtp;
    bool refer;  /* Its REFER and Replaces are followed. */
    bool phones; /* The trunk of all `users`: found by who they prove to be. */
};

/* The name of the trunk that a plan with users has for their calls; always the last one. */
#define PLAN_PHONES TEXT("phones")

/* What our challenges offer, the first being preferred (RFC 8760). Old clients look at the first
 * only. */
enum plan_digest { OFFER_BOTH, OFFER_MD5_FIRST, OFFER_SHA256, OFFER_MD5 };

struct plan_user { /* A telephone that may register, call and be called. */
    struct text name;
    struct text password; /* SECRET, as above. */
};

struct plan_route {
    struct text
        number; /* Exact, or a prefix with '*' at the end; "*" matches all. First match wins. */
    int16_t agent; /* -1: it is forwarded: */
    int16_t trunk; /* -1: any. */
    int16_t queue; /* The caller waits there at once, `agent` being who speaks meanwhile; -1. */
    int16_t forward_trunk;    /* -1: the plan's `outbound` list. */
    struct text forward;      /* Number or sip: URI; empty: the number that was called. */
};

#endif

// SPDX-License-Identifier: Apache-2.0
/* guard.h - what the keeper knows against bad senders: the rules, the bans, the messages that ended
 * a worker; and our certificate. It outlives workers: each new one is given all of it. The keeper's
 * thread only; memory fixed. */
#ifndef SIP_GUARD_H
#define SIP_GUARD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "sip/certificate.h"
#include "sip/frame.h"
#include "sip/sip.h"
#include "sip/suspects.h"

enum {
    GUARD_BANS = 1024,   /* The one that ends first leaves for a newer. */
    GUARD_RULES = 12288, /* MAX_TRUNK_SOURCES ranges and the names of scanners. */
    GUARD_PAGE_BANS = 64 /* Of one answer. */
};

/* FRAME_BAN, both ways. To the worker, until_ms 0: as long as it is due; or for_ms from now. */
struct ban_frame {
    uint8_t address[16];
    uint64_t until_ms, for_ms;
    uint32_t bans; /* In a row; 0: a new one. */
};

struct guard {
    uint8_t rules[GUARD_RULES]; /* Packed, as FRAME_RULES carries it. */
    uint32_t rules_size;        /* 0: nobody is limited. */
    struct ban_frame bans[GUARD_BANS];
    uint32_t ban_count;
    struct suspects suspects;
    uint8_t tls[TLS_FORM]; /* Packed, with the key. */
    uint32_t tls_size;     /* 0: none. */
};

typedef void guard_send(void *context, enum frame_kind kind, const void *bytes, uint32_t size);

/* A worker begins: all that it must know. */
void guard_begin(const struct guard *guard, uint64_t now_ms, guard_send *send, void *context);

/* New rules; false when they do not fit. */
bool guard_rules(struct guard *guard, const struct sip_limits *limits);

/* A new certificate, as certificate_form() made it. */
void guard_tls(struct guard *guard, const uint8_t *form, uint32_t size);

/* The worker has banned; a person ends a ban. */
void guard_banned(struct guard *guard, const struct ban_frame *ban, uint64_t now_ms);
void guard_unban(struct guard *guard, const uint8_t address[16]);

/* From the index-th on, of those that run, at most GUARD_PAGE_BANS. */
uint32_t guard_list(const struct guard *guard, uint32_t first, uint64_t now_ms,
                    struct sip_ban *out);

#endif

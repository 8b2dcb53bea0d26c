// SPDX-License-Identifier: Apache-2.0
/* locate.h - where a trunk is: NAPTR, SRV, A and AAAA (RFC 3263) with c-ares, on the worker's loop.
 *
 * Only hosts of trunks, which the operator wrote, are looked up; names from strangers never are.
 * Answers are kept for their time to live (5 s to an hour, failures 5 s) and drawn from anew, by
 * priority and weight, for each call. A target that failed stands behind the others for 30 s. Who
 * waits is told after 10 s at most: nothing was found. Of an answer 8 services and 16 servers with 4
 * addresses each are followed, aliases as far as the same message has them. Worker's thread only. */
#ifndef SIP_LOCATE_H
#define SIP_LOCATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "sip/account.h"
#include "sip/nta.h"

enum { LOCATE_TARGETS = 8, LOCATE_HOP = 96, LOCATE_WAITING = 256 };

struct target {
    char hop[LOCATE_HOP]; /* "sip:192.0.2.7:5060;transport=udp" */
    enum transport transport;
};

struct targets {
    uint32_t count; /* 0: nothing was found. */
    struct target list[LOCATE_TARGETS];
};

typedef void locate_done(uint32_t subject, const struct targets *targets);

/* `servers`: "192.0.2.53,[2001:db8::53]:5353"; empty: those of this machine. False when memory is
 * out or the servers cannot be read. */
MUST_USE bool locate_open(su_root_t *root, const char *servers);

/* Calls `done` before it returns when nothing has to be looked up (or too many wait: then with no
 * targets), else later. */
void locate(const struct account *trunk, locate_done *done, uint32_t subject);

/* What came of a target. */
void locate_failed(const char *hop, uint64_t now_ms);
void locate_good(const char *hop);

/* Look-ups that got no answer: to be called each turn of the loop. */
void locate_turn(void);

#endif

// SPDX-License-Identifier: Apache-2.0
/* gate.h - looks at a message's raw bytes before the SIP library parses them.
 *
 * The library's message class lets us stand where a first line is read. There we note whose message
 * is in hand (in a page shared with the keeper, which reads it if we die of it), drop what is
 * quarantined, banned or too fast (sources.h), and drop shapes of message that have no honest use
 * and that the parser or the transport should not see: too many header lines, lines too long, a Via
 * that asks us to answer to a third party (maddr). A start line that the library does not read is
 * given to it as one that it can, so that the sender gets its 400 or 505. Cost: one pass over the
 * header, about a microsecond. Worker's thread only. */
#ifndef SIP_GATE_H
#define SIP_GATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"
#include "sip/sources.h"
#include "sip/suspects.h"

enum {
    GATE_SCANNERS = 32, /* Names of scanners. */
    GATE_LINES = 192,   /* Header lines; real INVITEs through four proxies have under 60. */
    GATE_LINE = 4096    /* Bytes of one; Identity headers are under 1,500. */
};

/* Shared with the keeper: whose message was being handled when the worker died; and a sign of life
 * that waits behind nothing. */
struct in_hand {
    volatile uint32_t beats; /* One more with each turn of the loop, message and frame. */
    uint32_t busy;
    uint64_t hash;    /* Of the message. */
    char address[64]; /* "192.0.2.7", no port. */
};

struct gate_figures {
    uint64_t messages, dropped;            /* All that was dropped, for any reason. */
    uint64_t banned, too_fast, bans_given; /* Requests of the banned; bans. */
};

/* Hosts that stand for a URI or a version that we cannot read. */
#define GATE_UNREADABLE "unreadable.invalid"
#define GATE_VERSION "version.invalid"

struct msg_mclass_s;
union su_sockaddr_u;

/* The library's address as base/address.h has it. */
void gate_address(const union su_sockaddr_u *from, uint8_t out[16], uint16_t *port);

/* Makes the message class to give to the agent. NULL when memory is out. `page` may be NULL. */
MUST_USE const struct msg_mclass_s *gate_open(struct in_hand *page);
void gate_quarantine(const struct quarantine *what);

/* Who may send how much, whose addresses are trunks', and part of the User-Agent of scanners, one
 * a line. Until it is called nobody is limited. */
void gate_rules(const struct sources_policy *policy, struct text ranges, struct text scanners);
struct sources *gate_sources(void);

/* A connection that asks for a handshake: is banned, or asks too often. Counts as a request. */
bool gate_turns_away(const uint8_t address[16]);

/* The request that is being handled is over its trunk's rate: its call gets 503. */
bool gate_over_rate(void);

/* The sender asked for what it may not have; or was served after it had shown who it is. */
struct nta_incoming_s;
void gate_failed(struct nta_incoming_s *request);
void gate_succeeded(struct nta_incoming_s *request);

/* The same, told by the status that was sent: 400, 403, 404, 405 and 416 are what guesses get. It
 * counts for nothing against who is vouched for (sources.h). */
void gate_answered(struct nta_incoming_s *request, int status);

/* "192.0.2.7:5060" is a trunk's, or of a telephone that proved its password lately. Where nobody is
 * limited, everybody. */
bool gate_knows(const char *address_port);

/* "192.0.2.7:5060" is where we call a trunk: it is heard, banned or not, and not banned by what
 * others may send in its name. */
void gate_vouch(const char *address_port);

/* Called with each ban when it begins. */
void gate_on_ban(void (*callback)(const struct source *source));

/* A step was made. */
void gate_beat(void);

/* To be called when nothing is being handled any more. */
void gate_idle(void);
void gate_figures(struct gate_figures *out);

/* Called with the source of each 2xx response, before it is parsed. */
void gate_on_success(void (*callback)(const char *address, uint16_t port));

/* True when the header part of a message has a shape that we let in. Pure. */
bool gate_shape_ok(const char *bytes, uint32_t size);

#endif

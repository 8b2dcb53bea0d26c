// SPDX-License-Identifier: Apache-2.0
/* gate.h - looks at a message's raw bytes before the SIP library parses them.
 *
 * The library's message class lets us stand where a first line is read. There we note whose message
 * is in hand (in a page shared with the keeper, which reads it if we die of it), drop what comes
 * from a quarantined address, and drop shapes of message that have no honest use and that the
 * parser or the transport should not see: too many header lines, lines too long, a Via that asks us
 * to answer to a third party (maddr). Cost: one pass over the header, about a microsecond. Worker's
 * thread only. */
#ifndef SIP_GATE_H
#define SIP_GATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"

enum {
    QUARANTINE_MS = 60000,
    QUARANTINE_SOURCES = 64, /* The oldest is forgotten for a newer. */
    GATE_LINES = 192,        /* Header lines; real INVITEs through four proxies have under 60. */
    GATE_LINE = 4096         /* Bytes of one; Identity headers are under 1,500. */
};

/* Shared with the keeper: whose message was being handled when the worker died. */
struct in_hand {
    uint32_t busy;
    char address[64]; /* "192.0.2.7", no port. */
};

struct gate_figures {
    uint64_t messages, dropped;
};

struct msg_mclass_s;

/* Makes the message class to give to the agent. NULL when memory is out. `page` may be NULL. */
MUST_USE const struct msg_mclass_s *gate_open(struct in_hand *page);
void gate_quarantine(struct text address, uint64_t now_ms);

/* To be called when nothing is being handled any more. */
void gate_idle(void);
void gate_figures(struct gate_figures *out);

/* Called with the source of each 2xx response, before it is parsed. */
void gate_on_success(void (*callback)(const char *address, uint16_t port));

/* True when the header part of a message has a shape that we let in. Pure. */
bool gate_shape_ok(const char *bytes, uint32_t size);

#endif

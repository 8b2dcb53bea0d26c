// SPDX-License-Identifier: Apache-2.0
/* registrar.h - REGISTER of telephones (RFC 3261 10.3): who is proved here, where they are is the
 * core's.
 *
 * A request waits in a table of REGISTRAR_WAITING for the core's answer, 8 s at most, then 504. A
 * telephone's TCP connection is kept for as long as it is registered, and CRLF pings are answered
 * (RFC 5626). Worker's thread only. */
#ifndef SIP_REGISTRAR_H
#define SIP_REGISTRAR_H

#include "core/command.h"
#include "sip/nta.h"

enum { REGISTRAR_WAITING = 256, REGISTRAR_WAIT_MS = 8000 };

int registrar_request(nta_incoming_t *request, const sip_t *sip);

/* SIP_REGISTERED */
void registrar_reply(const struct command *command);

/* Once a second. */
void registrar_sweep(uint64_t now_ms);

#endif

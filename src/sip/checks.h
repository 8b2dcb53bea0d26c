// SPDX-License-Identifier: Apache-2.0
/* checks.h - what a request must be before we deal with it; each refusal says truthfully why.
 *
 * RFC 3261 section 8.2 in its order. A check that fails has already answered. Worker's thread. */
#ifndef SIP_CHECKS_H
#define SIP_CHECKS_H

#include <stdbool.h>

#include "sip/nta.h"

#define SIP_ALLOW "INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, PRACK, UPDATE, REFER, NOTIFY"
#define SIP_SUPPORTED "100rel, timer, replaces, norefersub"
#define SIP_ACCEPT "application/sdp"

/* 0 when the request may go on, otherwise the status that was sent. `inside`: of a dialog. */
int checks_request(nta_incoming_t *request, const sip_t *sip, int inside);

/* False: the gate gave the library another line for one that it cannot read (gate.h). */
bool checks_readable(const sip_t *sip);

/* Answers OPTIONS: what we can. Returns 200. */
int checks_options(nta_incoming_t *request);

/* Sends a refusal with our Server header. Returns the status. */
int checks_refuse(nta_incoming_t *request, int status, const char *phrase);

#endif

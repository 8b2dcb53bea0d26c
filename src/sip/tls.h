// SPDX-License-Identifier: Apache-2.0
/* tls.h - what the SIP library's TLS transport lacks, put in from outside.
 *
 * The library (1.12.11) makes OpenSSL's objects and drives handshakes, but gives no hold on them:
 * it cannot take another certificate, checks names only of hosts that it resolved itself, has no
 * optional client certificates, leaks each connection, and takes one connection's error for
 * another's. OpenSSL tells of every object that is made and of every handshake that begins; there
 * we set certificate, versions, ciphers and checks, and see to it that connections are freed
 * (docs/decisions/tls-by-hooks.md). Order: tls_open() before the agent, tls_take() before the first
 * listener and for each new certificate, tls_settle() after each listener, tls_tend() after each
 * step of the loop. Worker's thread only. */
#ifndef SIP_TLS_H
#define SIP_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

enum { TLS_HANDSHAKE_MS = 10000, TLS_NAMES = 128 };

MUST_USE bool tls_open(void);

/* A packed struct tls_form: new connections use it, those that are up keep what they have. False
 * with the reason in why: the old one stays. */
bool tls_take(const uint8_t *bytes, uint32_t size, char *why, size_t why_size);
bool tls_ready(void); /* There is a certificate. */

/* A listener was made: its context gets our rules. */
void tls_settle(void);
void tls_tend(uint64_t now_ms);

/* The name that the certificate of whom we call at "192.0.2.7:5061" must bear; without one, the
 * address itself must be in it. The oldest of TLS_NAMES is forgotten for a newer. */
void tls_expect(const char *address, const char *name);

#endif

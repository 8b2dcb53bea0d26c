// SPDX-License-Identifier: Apache-2.0
/* proof.h - who sends a request: digest credentials asked for and looked at (RFC 3261 22.2, RFC
 * 8760).
 *
 * Whether a call needs a proof is the core's decision. Here credentials are verified, and those who
 * bring none where the core would ask for some are asked at once, without a dialog: that keeps a
 * challenge cheap. A response is compared in constant time, and a user that does not exist costs
 * the same as one with a wrong password. Worker's thread only. */
#ifndef SIP_PROOF_H
#define SIP_PROOF_H

#include "base/limits.h"
#include "sip/account.h"
#include "sip/nta.h"

enum proof {
    PROOF_NONE,  /* No credentials for our realm. */
    PROOF_GOOD,  /* `user` is who it says. */
    PROOF_STALE, /* The nonce is old or not ours, or right and its count was used: ask once more. */
    PROOF_WRONG
};

struct proof_figures {
    uint64_t challenged, proved, stale, wrong;
};

/* Fills `user` for PROOF_GOOD, else empties it. */
enum proof proof_of(const sip_t *sip, char user[MAX_NAME]);

/* Who comes from there ("192.0.2.7:5060") without credentials is asked for them. */
bool proof_due(const char *source);

enum { PROOF_CHALLENGE = 384 };
struct challenge {
    char offers[KNOWN_ALGORITHMS][PROOF_CHALLENGE]; /* Values of WWW-Authenticate; some empty. */
};

/* A fresh nonce, in each algorithm that we offer; counts a challenge. */
void proof_write(struct challenge *out, bool stale);

/* 401 with a fresh nonce, in each algorithm that we offer. Returns 401. */
int proof_challenge(nta_incoming_t *request, bool stale);

/* 0: the core may hear of it, with `user` when it is proved. Else it was challenged: 401. */
int proof_check(nta_incoming_t *request, const sip_t *sip, const char *source, char user[MAX_NAME]);

void proof_figures(struct proof_figures *out);

#endif

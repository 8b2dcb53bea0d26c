// SPDX-License-Identifier: Apache-2.0
/* credentials.h - a request of ours that was answered 401 or 407, sent once more with credentials
 * (RFC 3261 22.1, RFC 8760).
 *
 * The first challenge that we can answer is answered: a realm that the trunk is not restricted
 * from, a hash that we know, qop auth before auth-int, or none. A request that already carried
 * credentials for the same nonce, or that was sent CREDENTIALS_TRIES times, is given up: the
 * password is wrong. Worker's thread only. */
#ifndef SIP_CREDENTIALS_H
#define SIP_CREDENTIALS_H

#include "sip/account.h"
#include "sip/nta.h"

enum { CREDENTIALS_TRIES = 3 };

struct credentials_try {
    nta_outgoing_t *request; /* The one that was refused; stays the caller's. */
    const sip_t *answer;     /* 401 or 407 */
    nta_leg_t *leg;          /* Gives the next CSeq. */
    const struct account *account;
    const char *hop;
    uint8_t *tries; /* Counted up; the caller begins at 0. */
    nta_response_f *callback;
    nta_outgoing_magic_t *magic;
};

/* The new transaction; NULL: nothing can be done, the answer stands. */
nta_outgoing_t *credentials_again(const struct credentials_try *attempt);

#endif

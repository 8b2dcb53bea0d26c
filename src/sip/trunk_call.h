// SPDX-License-Identifier: Apache-2.0
/* trunk_call.h - calls placed by way of a trunk: looked up, sent to its first target, on to the
 * next when one is dead (RFC 3263 4.3), with the trunk's credentials where they are asked for.
 *
 * A target is dead when it answers 503, cannot be reached, or says nothing for TRUNK_CALL_QUIET_MS
 * while there is another. Worker's thread only. */
#ifndef SIP_TRUNK_CALL_H
#define SIP_TRUNK_CALL_H

#include "sip/locate.h"
#include "sip/worker.h"

enum { TRUNK_CALL_QUIET_MS = 4000 };

struct trunk_call {
    struct targets targets;
    uint32_t next; /* Target to try; those before it were tried. */
    uint64_t quiet_until_ms;
    uint32_t size;
    uint8_t command[]; /* SIP_DIAL, packed. */
};

/* SIP_DIAL with a trunk. */
void trunk_call_dial(const struct command *command);

/* Our INVITE got this final answer (sip is NULL when it is our own: nobody answered). True: it was
 * sent once more, nothing is to be told. */
bool trunk_call_again(struct dialog *dialog, nta_outgoing_t *request, const sip_t *sip, int status);

/* Any request of the dialog was answered 401 or 407: sent again as a new transaction, which is
 * returned; the old is gone. NULL: it was another answer, or there is nothing to prove with. */
nta_outgoing_t *trunk_call_prove(struct dialog *dialog, nta_outgoing_t *request, const sip_t *sip,
                                 nta_response_f *callback);

/* Once a second for each dialog that calls by a trunk. */
void trunk_call_sweep(struct dialog *dialog, uint64_t now_ms);

#endif

// SPDX-License-Identifier: Apache-2.0
/* reply.h - a core's answer to an INVITE or UPDATE, as headers and body. Worker's thread. */
#ifndef SIP_REPLY_H
#define SIP_REPLY_H

#include "sip/worker.h"

/* What a reply to an INVITE or UPDATE may carry; each text is empty when its header is not wanted.
 */
struct reply {
    char phrase[128], sdp[MAX_SDP + 1], contact[ADDRESS_SIZE + 32];
    char retry[16], session[64], min_se[16];
    const char *require;
};

void reply_fill(struct reply *reply, const struct dialog *dialog, const struct command *command);
const char *reply_phrase(const struct reply *reply, int status);
void reply_send(nta_incoming_t *request, int status, const struct reply *reply);

#endif

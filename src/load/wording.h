// SPDX-License-Identifier: Apache-2.0
/* wording.h - SIP messages of the callers, as text, and what is read of the server's.
 *
 * A call's messages are made anew from its numbers whenever they are sent, so that none is kept. */
#ifndef LOAD_WORDING_H
#define LOAD_WORDING_H

#include "load/worker.h"

enum { WORDING_SIZE = 4096 };

/* Which call a message is of. */
struct wording_name {
    uint32_t slot, generation;
};

struct wording_request {
    const char *method;
    uint32_t cseq;
    uint32_t branch;           /* Different for each transaction of a call. */
    bool in_dialog;            /* To the Contact, by the route. */
    const char *authorization; /* A line, or "". */
};

/* The bytes written into out[WORDING_SIZE]; 0 when it does not fit. */
uint32_t wording_request(const struct worker *worker, struct wording_name name,
                         const struct wording_request *request, char *out);
/* An answer to a request of the server's. `with_sdp`: with our description. */
uint32_t wording_reply(const struct worker *worker, struct wording_name name, struct text request,
                       const char *status, bool with_sdp, char *out);

/* The value of the first header of this name, long or compact (NULL: it has none). */
struct text wording_header(struct text message, const char *name, const char *compact);
struct text wording_body(struct text message);
/* The name in its Call-ID; false when it is not of this thread in this run. */
MUST_USE bool wording_name_of(const struct worker *worker, struct text message,
                              struct wording_name *out);
/* Keeps To, Contact and the recorded route (in reverse, RFC 3261 12.1.2) of a 200. */
void wording_keep_dialog(struct load_call *call, struct text message);
/* Where the server wants to hear us. False when it says nothing that we can use. */
MUST_USE bool wording_remote(const struct worker *worker, struct text message, union place *out,
                             bool *held);

#endif

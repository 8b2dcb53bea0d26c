// SPDX-License-Identifier: Apache-2.0
/* transport.h - SIP messages over UDP, TCP or TLS, whole ones in and out, never waiting.
 *
 * One a thread: all its calls share a socket or a connection. A connection that broke is made again
 * with the next message a second later; what was on its way is lost, and the calls will notice. The
 * server's certificate is not looked at: this measures servers, it does not trust them. */
#ifndef LOAD_TRANSPORT_H
#define LOAD_TRANSPORT_H

#include "base/attr.h"
#include "base/text.h"
#include "load/load.h"

struct transport;

/* Binds or connects (at most two seconds). 0, or -errno with why. */
MUST_USE int transport_open(struct transport **out, const struct load_options *options, char *why,
                            uint32_t why_size);
void transport_close(struct transport *transport);

/* "127.0.0.1:40012" ("[::1]:40012") and "127.0.0.1" ("::1"): where we are, for Via, Contact and
 * SDP. */
const char *transport_local(const struct transport *transport);
const char *transport_local_host(const struct transport *transport);
union place transport_local_address(const struct transport *transport);

/* False when it could not be sent or kept to be sent. */
bool transport_send(struct transport *transport, const char *message, uint32_t size);

/* Hands on what has come, and sends what is still to be sent. Times are monotonic; `ahead_ns` is
 * the wall clock's minus the monotonic's. */
typedef void transport_handler(void *context, struct text message, uint64_t at_ns);
void transport_step(struct transport *transport, int64_t ahead_ns, transport_handler *handler,
                    void *context);

#endif

// SPDX-License-Identifier: Apache-2.0
/* stream.h - one TCP or TLS connection that carries SIP messages, with buffers both ways.
 *
 * Never waits but in stream_open(). Bounded: a peer that does not read is given up when 8 MB wait,
 * one that sends a message over 64 KB at once. */
#ifndef LOAD_STREAM_H
#define LOAD_STREAM_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/text.h"
#include "load/place.h"

struct stream;

/* Connects within timeout_ms. `host` is named to a TLS server. 0 or -errno. */
MUST_USE int stream_open(struct stream **out, const union place *target, const union place *local,
                         bool tls, const char *host, int timeout_ms);
void stream_close(struct stream *stream);
union place stream_local(const struct stream *stream);

/* Keeps the bytes to be sent; false when there is no room or the connection has broken. */
bool stream_put(struct stream *stream, const char *bytes, uint32_t size);

/* Sends and receives what can be; false when the connection has broken. */
MUST_USE bool stream_step(struct stream *stream);

/* Takes the next whole message; it lives until the next call. False when there is none. */
MUST_USE bool stream_take(struct stream *stream, struct text *message);

/* How long the message at the beginning of `bytes` is: 0 when its end is not there yet. Leading
 * line ends (keep-alives, RFC 5626 3.5.1) belong to it. Pure. */
uint32_t stream_message_size(struct text bytes);

#endif

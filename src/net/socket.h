// SPDX-License-Identifier: Apache-2.0
/* socket.h - WebSocket connections (RFC 6455) as a client.
 *
 * Everything in a request is copied by socket_start(). Callbacks on the net thread: on_open once
 * when the upgrade is done, on_text and on_binary with whole messages, on_closed once (not when
 * cancelled), on_gone last. No callback comes from within socket_start(). Messages sent before it
 * is open wait in its queue. Pings of the server are answered; a silence of idle_ms / 2 is asked
 * into with a ping of ours, and idle_ms without anything from the server ends it. */
#ifndef NET_SOCKET_H
#define NET_SOCKET_H

#include "net/http.h"
#include "net/net.h"

struct socket_request {
    struct text url; /* ws: or wss:. */
    const struct net_header *headers;
    uint32_t header_count;
    struct text subprotocol; /* Empty: none. */
    uint32_t connect_ms;     /* Name, connection, handshake, upgrade. 0: 5,000. */
    uint32_t idle_ms;        /* 0: 30,000. */
    uint32_t max_message;    /* Bytes of a message from the server. 0: 1 MiB; more: TOO_LARGE. */
    uint32_t max_queue; /* Bytes not yet given to the kernel, LEASE_COST a message. 0: 256 KiB. */
    uint32_t warm;      /* Of warm_keep(): take one of these when there is one; 0: none. */
};

struct socket_opened {
    uint32_t id;
    uint32_t connect_ms; /* From the start. */
    bool warm;           /* It had been waiting open. */
};

struct socket_closed {
    enum net_result result; /* OK: closed by the protocol, by either side. */
    uint16_t code;          /* Of the server's Close frame (RFC 6455 7.4); 0: none came. */
    uint16_t status;        /* STATUS: the HTTP status that came instead of 101. */
    uint32_t retry_after_s; /* STATUS: what the server asked for; 0: nothing. */
    bool opened;            /* on_open had come. */
    const char *why;        /* The server's reason, or ours; for the log and for people. */
};

struct socket_sink {
    void (*on_open)(void *context, const struct socket_opened *opened);
    void (*on_text)(void *context, const char *text, size_t size); /* UTF-8, not terminated. */
    void (*on_binary)(void *context, const uint8_t *bytes, size_t size);
    void (*on_closed)(void *context, const struct socket_closed *closed);
    void (*on_gone)(void *context); /* The context is the caller's again. */
};

/* Begins to connect: OK with its id, FULL, or BAD_REQUEST; any thread. */
MUST_USE enum net_result socket_start(struct net *net, const struct socket_request *request,
                                      const struct socket_sink *sink, void *context, uint32_t *id);

/* Any thread; messages of one thread keep their order. FULL: the queue holds max_queue, and the
 * message is not in it. GONE: it was closed or cancelled, or has ended. */
enum socket_sent { SOCKET_SENT, SOCKET_FULL, SOCKET_GONE };
MUST_USE enum socket_sent socket_send_text(struct net *net, uint32_t id, struct text text);
MUST_USE enum socket_sent socket_send_binary(struct net *net, uint32_t id, const void *bytes,
                                             uint32_t size);

/* Sends what is queued, then Close 1000; messages that still come are told, then on_closed. A
 * server that does not answer the Close within 2 s is left. Any thread; ids that are gone are
 * nothing. */
void socket_close(struct net *net, uint32_t id);

/* Ends it at once, as http_cancel() does. */
void socket_cancel(struct net *net, uint32_t id);

#endif

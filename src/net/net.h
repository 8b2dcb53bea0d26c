// SPDX-License-Identifier: Apache-2.0
/* net.h - every connection to a provider: one thread, one loop; libcurl for HTTP, wslay for
 * the frames of WebSocket, OpenSSL under both.
 *
 * Order: net_open(), then http.h, socket.h and warm.h from any thread, net_close() when none of
 * them will call again. Callbacks come on the net thread only, one at a time, and hold all of it
 * up: post and return, never wait. They may start, send, cancel and close.
 * Trust: certificates are verified, by name, against the system's authorities and those of ca_file.
 * Nothing is redirected: a 3xx is an answer like any other, so no key goes to another host. Proxies
 * named in the environment are not used. Logs hold hosts and figures, never headers, paths or
 * bodies. */
#ifndef NET_NET_H
#define NET_NET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"

enum {
    NET_URL = 4096,          /* Bytes of a URL: lists of key terms travel in it. */
    NET_HEADERS = 48,        /* Of one request or answer; more of an answer are left out. */
    NET_HEADER_BYTES = 16384 /* Of an answer, together; more end it. */
};

/* How it ended. The words for people are net_result_names. */
enum net_result {
    NET_OK,
    NET_FULL,            /* As many at once as were allowed; nothing was begun. */
    NET_BAD_REQUEST,     /* A URL or header that cannot be sent; nothing was begun. */
    NET_RESOLVE,         /* The name has no address, or nobody said. */
    NET_REFUSED,         /* No connection: refused, unreachable. */
    NET_TLS,             /* No handshake, or a certificate that is not theirs or not trusted. */
    NET_TIMEOUT_CONNECT, /* Name, connection and handshake took too long. */
    NET_TIMEOUT_FIRST,   /* Connected and asked, and nothing came back. */
    NET_TIMEOUT_IDLE,    /* It began to answer, then fell silent. */
    NET_TIMEOUT_TOTAL,
    NET_BROKEN,    /* The connection was lost before the end. */
    NET_MALFORMED, /* What came is not the protocol. */
    NET_TOO_LARGE, /* More headers, body or message than was allowed. */
    NET_STATUS,    /* WebSocket: answered with an HTTP status instead of an upgrade. */
    NET_CANCELLED, /* Never told to the one who cancelled. */
    NET_RESULTS
};
extern const char *const net_result_names[NET_RESULTS];

/* A header of a request or an answer. The values of secret ones are wiped after use. */
struct net_header {
    struct text name, value;
    bool secret;
};

struct net_options {
    const char *ca_file;   /* PEM authorities trusted beside the system's, or NULL. */
    uint32_t max_requests; /* HTTP, at once. 0: 2,048. */
    uint32_t max_sockets;  /* WebSocket, at once. 0: 2,048. */
};

/* Whether net_open() can use the file; false with the reason in why. Any thread. */
bool net_check_authorities(const char *ca_file, char *why, uint32_t why_size);

struct net;

/* 0, or -errno with the reason in why. */
MUST_USE int net_open(struct net **out, const struct net_options *options, char *why,
                      uint32_t why_size);
/* Cancels what is under way; waits for the name servers when one has not answered. NULL is nothing.
 */
void net_close(struct net *net);

struct net_figures {
    uint32_t requests, sockets;               /* Under way. */
    uint64_t requests_begun, requests_failed; /* Failed: every result but OK and CANCELLED. */
    uint64_t connections, reused; /* Requests on a new connection, and on one that was there. */
    uint64_t sockets_begun, sockets_failed; /* Failed: before they were open. */
    uint64_t names_asked, names_kept;       /* Names resolved, and found in memory. */
};

/* Of a moment ago; any thread. */
void net_figures(struct net *net, struct net_figures *out);

#endif

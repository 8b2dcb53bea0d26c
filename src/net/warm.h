// SPDX-License-Identifier: Apache-2.0
/* warm.h - connections kept open ahead of need, so that a call does not wait for names, TCP and
 * TLS.
 *
 * HTTP: `count` kept connections to the host of a URL (one with HTTP/2, where all requests share
 * it), each used for a HEAD request before it would go stale; any http_start() to that host finds
 * them. WebSocket: `count` upgraded sockets, each given to the next socket_start() that names the
 * pool, refreshed before the vendor ends them for idleness; when taken, the next is opened at once.
 * A server that refuses is tried again after 1 s, then 2, 4 ... 60 s. Any thread. */
#ifndef NET_WARM_H
#define NET_WARM_H

#include "net/socket.h"

enum {
    WARM_POOLS = 64,
    WARM_EACH = 64, /* Connections a pool. */
    WARM_LABEL = 64 /* Longer ones are cut. */
};

struct warm_wish {
    struct text url;                  /* http:, https:, ws: or wss: decides which of the two. */
    const struct net_header *headers; /* Of the upgrade, with the key; HTTP: of the HEAD request. */
    uint32_t header_count;
    struct text subprotocol;
    uint32_t count;
    struct text label;   /* For warm_labelled(). */
    uint32_t refresh_ms; /* Age or idleness at which one is renewed. 0: 45,000. */
};

/* 0, with the reason in *result: FULL or BAD_REQUEST. */
MUST_USE uint32_t warm_keep(struct net *net, const struct warm_wish *wish, enum net_result *result);
void warm_drop(struct net *net, uint32_t id);

struct warm_figures {
    uint32_t ready, opening; /* Connections now. */
    uint64_t taken, missed;  /* WebSocket: starts that found one, and that did not. */
    uint64_t refreshed, failed;
};

/* Of all pools with this label together; how many. Any thread; of a moment ago. */
uint32_t warm_labelled(struct net *net, struct text label, struct warm_figures *out);

/* False: no such pool. Any thread; of a moment ago. */
MUST_USE bool warm_figures(struct net *net, uint32_t id, struct warm_figures *out);

#endif

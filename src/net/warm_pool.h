// SPDX-License-Identifier: Apache-2.0
/* warm_pool.h - what warm.c (pools come, go and give) and warm_tend.c (their connections are kept)
 * share. Net thread only, once a pool has been handed over by warm_keep(). */
#ifndef NET_WARM_POOL_H
#define NET_WARM_POOL_H

#include "net/inside.h"

enum { PLACES = 2 * WARM_EACH }; /* Those that are refreshed are open beside their successors. */

/* EMPTY -> OPENING -> READY -> (taken: EMPTY) or OLD (its successor is being opened) -> LEAVING
 * (closed by us) -> EMPTY. HTTP: EMPTY -> OPENING (asked) -> READY -> OPENING. */
enum warm_state { WARM_EMPTY, WARM_OPENING, WARM_READY, WARM_OLD, WARM_LEAVING };

struct warm_place {
    struct warm_pool *pool;
    enum warm_state state;
    uint32_t id; /* Of the request or socket. */
    uint64_t ready_ms;
    struct lease_message *first, *last; /* Saved for the one who takes it. */
    uint32_t saved_bytes;
};

struct warm_pool {
    struct net *net;
    uint32_t id;
    uv_timer_t timer;
    uint32_t users; /* Connections whose on_gone has not come, and the timer. */
    bool ended, shares;
    bool sockets; /* Else HTTP. */
    uint32_t count, refresh_ms, retry_ms;
    uint64_t retry_at_ms;
    struct warm_figures figures;
    char label[WARM_LABEL];
    struct warm_place places[PLACES];
    struct text url, subprotocol;
    struct net_header headers[NET_HEADERS];
    uint32_t header_count, text_size;
    char text[]; /* Their bytes; wiped. */
};

/* Opens, renews and closes what is due, and sleeps until something is. Ends no connection at once.
 */
void warm_tend(struct warm_pool *pool);
void warm_forget_saved(struct warm_place *place);
void warm_pool_free(struct warm_pool *pool);
/* One of its users is gone; with the last one the pool is. */
void warm_release(struct warm_pool *pool);
/* For warm_figures(). */
void warm_show(struct net *net);

#endif

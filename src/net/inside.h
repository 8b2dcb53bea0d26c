// SPDX-License-Identifier: Apache-2.0
/* inside.h - what the files of net share: the thread's state, and words to it.
 *
 * Only the net thread touches struct net after net_open(), but for what is made for other threads:
 * notes, requests, sockets, board. A place of `requests` or `sockets` has at most one note of each
 * kind under way, so `notes` never fills. */
#ifndef NET_INSIDE_H
#define NET_INSIDE_H

#include <curl/curl.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <uv.h>

#include "base/board.h"
#include "base/lease.h"
#include "base/mailbox.h"
#include "net/names.h"
#include "net/net.h"
#include "net/warm.h"

enum net_note_kind {
    NOTE_HTTP_START, /* what: the request */
    NOTE_HTTP_CANCEL,
    NOTE_SOCKET_START, /* what: the socket */
    NOTE_SOCKET_WAKE,  /* There is something to send. */
    NOTE_SOCKET_CLOSE,
    NOTE_SOCKET_CANCEL,
    NOTE_WARM_KEEP, /* what: the pool */
    NOTE_WARM_DROP,
    NOTE_STOP,
    NOTE_KINDS
};

struct net_note {
    enum net_note_kind kind;
    uint32_t id;
    void *what; /* The receiver's. */
};

struct http_work;
struct socket_work;
struct warm_pool;

struct net {
    uv_loop_t loop;
    uv_poll_t notes_poll;
    uv_check_t publish; /* Figures, after each round of the loop. */
    struct mailbox *notes;
    struct lease_table *requests, *sockets, *pools;
    struct board *board, *warm_board;
    struct names *names;
    X509_STORE *authorities;
    CURLM *multi;
    CURLSH *sessions; /* TLS sessions, to be resumed. */
    uv_timer_t multi_timer;
    struct http_work **http;            /* By slot. */
    struct socket_work **socket;        /* By slot. */
    struct warm_pool *warm[WARM_POOLS]; /* By slot. */
    SSL_CTX *tls;                       /* Of sockets. */
    uint8_t masks[256];                 /* Random bytes, not used yet. */
    uint32_t masks_left;
    uint32_t max_requests, max_sockets;
    bool stopping;
    struct net_figures figures;
    uint64_t thread;
};

/* Any thread. Never full, see above. */
void net_tell(struct net *net, enum net_note_kind kind, uint32_t id, void *what);

/* trust.c: the system's authorities and those of the file. NULL with the reason in why. */
X509_STORE *trust_open(const char *ca_file, char *why, uint32_t why_size);
SSL_CTX *trust_context(X509_STORE *authorities);

/* multi.c: libcurl on the loop. */
MUST_USE int multi_open(struct net *net);
void multi_stop(struct net *net); /* Its handles close; the loop must still run. */
void multi_close(struct net *net);

/* http.c: what is asked for by notes, and by libcurl's end of a transfer. */
void http_begin(struct net *net, uint32_t id, struct http_work *work);
void http_drop(struct net *net, uint32_t id); /* Cancelled. */
void http_drop_all(struct net *net);
void http_ended(struct http_work *work, CURLcode code);

/* socket.c: what is asked for by notes. Ids of before are nothing. */
void socket_begin(struct net *net, uint32_t id, struct socket_work *work);
void socket_note(struct net *net, uint32_t id, enum net_note_kind kind);
void socket_drop_all(struct net *net);

/* warm.c: what is asked for by notes, and by a socket that may have one of a pool. */
void warm_begin(struct net *net, uint32_t id, struct warm_pool *pool);
void warm_end(struct net *net, uint32_t id);
void warm_end_all(struct net *net);
/* True: the socket has taken a connection over, and is gone itself. */
MUST_USE bool warm_give(struct net *net, struct socket_work *work);
struct warm_shown {
    uint32_t id;
    char label[WARM_LABEL];
    struct warm_figures figures;
};

#endif

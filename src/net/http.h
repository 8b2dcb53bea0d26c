// SPDX-License-Identifier: Apache-2.0
/* http.h - HTTP requests (1.1, and 2 where the server has it) whose answers are heard as they come.
 *
 * Everything in a request is copied by http_start(). Connections are kept and shared by requests to
 * the same host; with HTTP/2 all of them share one. A request that was sent on a kept connection
 * which then ends without a byte of an answer may have been read or not (RFC 9112 9.3.1, RFC 9113
 * 8.7). GET, HEAD and those that are `repeatable` are sent again on another, a few times at most;
 * those that are `kept` only as long as no byte of their body was sent; all others have a new
 * connection of their own, and are sent once. Callbacks: on_head once,
 * on_data any number, on_done once, on_gone once, each of them optional (NULL) but on_done. No
 * callback comes from within http_start(). */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include "net/net.h"

struct http_request {
    struct text method; /* Empty: POST with a body, GET without. */
    struct text url;    /* http: or https:. */
    const struct net_header *headers;
    uint32_t header_count;
    struct text body;
    bool repeatable;        /* Read twice, it does what it does once. */
    bool kept;              /* It may go on a connection that was in use within the last 30 s. */
    uint32_t connect_ms;    /* Name, connection, handshake. 0: 5,000. */
    uint32_t first_byte_ms; /* From connected to the first byte of the answer. 0: 30,000. */
    uint32_t idle_ms;       /* Longest silence within the answer. 0: 30,000. */
    uint32_t total_ms;      /* All of it. 0: no limit. */
    uint32_t max_body;      /* Bytes of the answer's body. 0: 8 MiB. */
};

struct http_head {
    uint32_t status;
    uint32_t header_count;
    const struct net_header *headers; /* Live during the callback. */
};

struct http_done {
    enum net_result result; /* OK: a whole answer, whatever its status. */
    uint32_t status;        /* 0: there was no head. */
    const char *why;        /* For the log and for people; "" when OK. */
    uint32_t connect_ms;    /* Until connected; 0 on a kept connection. */
    uint32_t first_ms;      /* Until the first byte of the answer, from the start. */
    uint32_t total_ms;
    uint64_t body_bytes;
    uint8_t version; /* 11 or 20; 0: not known. */
    bool reused;     /* The connection was there already. */
};

struct http_sink {
    void (*on_head)(void *context, const struct http_head *head);
    void (*on_data)(void *context, const uint8_t *bytes, size_t size);
    void (*on_done)(void *context, const struct http_done *done); /* Not when cancelled. */
    /* The last: the context is the caller's again. After on_done, and also when cancelled. */
    void (*on_gone)(void *context);
};

/* Begins a request: OK with its id, FULL, or BAD_REQUEST; any thread. The sink is static data, or
 * lives until on_gone. */
MUST_USE enum net_result http_start(struct net *net, const struct http_request *request,
                                    const struct http_sink *sink, void *context, uint32_t *id);

/* Ends it: from the net thread no callback but on_gone comes any more (which may be at once); from
 * another, one that is running at this instant may still be finishing, so free the context in
 * on_gone. Any thread; ids that are gone are nothing. Always succeeds. */
void http_cancel(struct net *net, uint32_t id);

/* The value of a header by its name in any case; empty when there is none. */
struct text http_header(const struct http_head *head, const char *name);

/* Of a refusal: for how long its server wants to be left alone (base/retry.h); 0: it does not say. */
uint32_t http_retry_s(const struct http_head *head);

#endif

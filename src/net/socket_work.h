// SPDX-License-Identifier: Apache-2.0
/* socket_work.h - one WebSocket under way: what socket.c, socket_connect.c and socket_wire.c share.
 * Net thread only, once it has been handed over by socket_start().
 *
 * Every function here that is given a work may end it: look at its phase after. An ended work stays
 * in memory until its handles are closed, in a later round of the loop. */
#ifndef NET_SOCKET_WORK_H
#define NET_SOCKET_WORK_H

#include <openssl/ssl.h>
#include <sys/types.h>
#include <wslay/wslay.h>

#include "net/inside.h"
#include "net/socket.h"
#include "net/upgrade.h"

/* RESOLVING -> CONNECTING -> SECURING (wss) -> UPGRADING (asked; the answer's head is read) -> OPEN
 * -> CLOSING (our Close is on its way) -> ENDED, from any. CONNECTING goes on to the next address.
 */
enum socket_phase {
    SOCKET_RESOLVING,
    SOCKET_CONNECTING,
    SOCKET_SECURING,
    SOCKET_UPGRADING,
    SOCKET_OPEN,
    SOCKET_CLOSING,
    SOCKET_ENDED
};

struct socket_bytes {
    uint8_t *bytes;
    uint32_t size, capacity, at; /* at: taken from the front. */
};

/* What is needed until it is open, in one piece of memory. */
struct socket_asking {
    struct names_wait wait;
    struct socket_work *work;
    struct names_found found;
    uint32_t tried;                   /* Of the addresses. */
    uint64_t address_ms;              /* When the one that is tried gives way to the next. */
    struct url url;                   /* Into `text`. */
    struct text subprotocol, request; /* request: all that is sent, with the key: wiped. */
    uint32_t sent;
    char key[UPGRADE_KEY];
    struct socket_bytes head; /* Of the answer. */
    char text[];
};

struct socket_work {
    struct net *net;
    uint32_t id;
    enum socket_phase phase;
    const struct socket_sink *sink;
    void *context;
    uint32_t connect_ms, idle_ms, max_message;
    uint32_t took_ms; /* Until open. */
    uint64_t begun_ms, heard_ms, closing_ms;
    bool opened, pinged;
    bool control;      /* The frame that comes is one of the protocol's own. */
    bool close_queued; /* Ours. */
    bool more;         /* There may be more to read, which poll does not know. */
    bool drained;      /* The kernel had less than was asked for. */
    bool tls_writes;   /* TLS cannot go on before it has written. */
    bool close_wanted; /* Before it was open. */
    int fd;            /* -1: none. */
    int watched;       /* Events of poll. */
    uint32_t warm;     /* The pool that it is from, or shall be from. */
    struct socket_asking *asking;
    uv_timer_t timer;
    uv_poll_t *poll;
    SSL *tls; /* NULL: plain. */
    wslay_event_context_ptr frames;
    uint32_t budget;             /* Bytes that may still be read in this round. */
    struct socket_bytes early;   /* Came behind the answer's head. */
    struct socket_bytes out;     /* Framed, and not yet taken by the kernel. */
    struct socket_bytes message; /* The parts so far. */
    enum net_result verdict;     /* What is wrong with what came; OK: nothing. */
    uint16_t code;               /* Of their Close. */
    uint16_t status;             /* Instead of 101. */
    uint32_t retry_after_s;
    char why[128];
};

/* socket_connect.c */
void socket_connect(struct socket_work *work, const struct names_found *found);
void socket_connect_ready(struct socket_work *work); /* Its descriptor is. */
void socket_connect_late(struct socket_work *work);  /* An address had its time. */
void socket_disconnect(struct socket_work *work);    /* Nothing when it never was. */
void socket_asking_free(struct socket_work *work);

/* socket_wire.c */
/* As read(2) and write(2), through TLS where there is: -EAGAIN later, 0 the end, -EPIPE broken. */
ssize_t socket_read_bytes(struct socket_work *work, void *bytes, size_t size);
ssize_t socket_write_bytes(struct socket_work *work, const void *bytes, size_t size);
MUST_USE bool socket_bytes_add(struct socket_bytes *to, const void *bytes, size_t size);
void socket_bytes_free(struct socket_bytes *bytes);
MUST_USE bool socket_wire_open(struct socket_work *work); /* False: no memory. */
void socket_wire_close(struct socket_work *work);
void socket_pump(struct socket_work *work); /* Reads and writes what there is. */
void socket_say(struct socket_work *work);  /* Writes it. */
void socket_ping(struct socket_work *work);

/* socket.c */
void socket_end(struct socket_work *work, enum net_result result, const char *why);
void socket_opened(struct socket_work *work);
/* `fresh`, which has not begun, becomes the name of `ready`, which is open and whose own name ends
 * without a word to its sink. */
void socket_rename(struct socket_work *ready, struct socket_work *fresh);
void socket_arm(struct socket_work *work);
bool socket_alive(const struct socket_work *work);
void socket_watch(struct socket_work *work); /* For what there is to wait for. */

#endif

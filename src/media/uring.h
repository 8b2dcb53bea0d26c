// SPDX-License-Identifier: Apache-2.0
/* uring.h - packets of many sockets with few system calls: the kernel's io_uring.
 *
 * Each socket listened to has one standing request: the kernel puts a packet that comes into a
 * buffer of the ring's, and sockets to which nothing comes cost nothing. Packets to send are
 * gathered and go out URING_GATHER at a time. Needs Linux 6.1; containers and hardened machines
 * often forbid it: then uring_open() fails, and the caller receives and sends by plain system
 * calls (receive.c).
 *
 * Order: uring_open(); then, all by one thread, uring_listen() and uring_deaf(); each beat
 * uring_collect() until false, and uring_next() after each until false; uring_packet(),
 * uring_send(); uring_flush() before the thread sleeps; uring_stop() at last; uring_close() by
 * anybody. Nothing here blocks; address space is reserved by uring_open() only: 1.6 KB a buffer,
 * for four legs one. 256 are used, and twice as many each time that no buffer was left: then the
 * requests of the sockets that had packets end (URING_ENDED), and their packets wait in the
 * sockets. */
#ifndef MEDIA_URING_H
#define MEDIA_URING_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

struct uring;

enum {
    URING_GATHER = 64,  /* Packets to send a system call. */
    URING_PACKET = 1500 /* Longer ones are cut. */
};

enum uring_socket { URING_SOUND, URING_REPORT }; /* A leg's RTP and RTCP. */

enum uring_kind {
    URING_PACKET_CAME,
    URING_ENDED, /* The socket is no longer listened to, by our wish or for want of buffers. */
    URING_UNSENT /* A packet of the leg's could not be sent. */
};

struct uring_got {
    enum uring_kind kind;
    uint32_t leg;
    enum uring_socket socket;
    /* Of a packet, valid until uring_next() has returned false: */
    const uint8_t *bytes;
    uint32_t size;
    const struct sockaddr_in6 *name; /* Of the socket's family. */
    void *control;                   /* Ancillary messages. */
    size_t control_size;
};

/* Buffers for this many legs. 0, or -errno: -EPERM and -ENOSYS where io_uring is not to be had. */
MUST_USE int uring_open(struct uring **out, uint32_t legs);
void uring_close(struct uring *uring);

/* Listens to a leg's socket; packets that are there already count too. */
void uring_listen(struct uring *uring, int fd, enum uring_socket socket, uint32_t leg);

/* Listens no longer; packets on their way still come, then a URING_ENDED. */
void uring_deaf(struct uring *uring, enum uring_socket socket, uint32_t leg);

/* Lets the kernel hand over some of what came since the last time. False when there was nothing. */
bool uring_collect(struct uring *uring);

/* The next of what came; the same `got` each time. False when that was all. */
MUST_USE bool uring_next(struct uring *uring, struct uring_got *got);

/* Where to write the packet that is sent next: URING_PACKET bytes, valid until uring_send(). */
uint8_t *uring_packet(struct uring *uring);

/* Sends it with the others; `to` is copied. Order among the packets of a socket is kept. */
void uring_send(struct uring *uring, int fd, enum uring_socket socket, uint32_t leg, uint32_t size,
                const struct sockaddr_in6 *to, uint32_t to_size);

/* Sends what was gathered, and begins and ends what was to be listened to. */
void uring_flush(struct uring *uring);

/* Ends all requests, so that the sockets can be closed and their ports be bound again at once. */
void uring_stop(struct uring *uring);

#endif

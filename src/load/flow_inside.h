// SPDX-License-Identifier: Apache-2.0
/* flow_inside.h - what flow.c and flow_out.c share. */
#ifndef LOAD_FLOW_INSIDE_H
#define LOAD_FLOW_INSIDE_H

#include <sys/socket.h>

#include "load/stamp.h"
#include "load/worker.h"
#include "wire/rtp.h"

enum {
    FLOW_SLOTS = 20, /* One a millisecond of the frame time. */
    FLOW_BATCH = 64, /* Datagrams a system call. */
    FLOW_DATAGRAM = 1500,
    FLOW_EXTRA = 4, /* Bytes of a key. */
    FLOW_HOLD_MS = IMPAIR_JITTER_MS + 24,
    FLOW_KEY_TYPE = 101
};

/* Calls whose frame is due in one millisecond, of one socket. */
struct flow_list {
    uint32_t *calls;
    uint32_t count, capacity;
};

struct flow_packet {
    uint32_t slot, generation;
    uint8_t header[RTP_HEADER];
    const uint8_t *payload; /* NULL: `extra`. */
    uint32_t size;
    uint8_t extra[FLOW_EXTRA];
};

struct flow_held {
    struct flow_packet *packets;
    uint32_t count, capacity;
};

/* What goes to the kernel together. */
struct flow_batch {
    uint32_t count;
    struct mmsghdr messages[FLOW_BATCH];
    struct iovec parts[FLOW_BATCH][2];
    struct flow_packet packets[FLOW_BATCH];
};

struct flow_inbox {
    struct mmsghdr messages[FLOW_BATCH];
    struct iovec parts[FLOW_BATCH];
    uint8_t bytes[FLOW_BATCH][FLOW_DATAGRAM];
    char control[FLOW_BATCH][STAMP_BYTES];
    union place from[FLOW_BATCH];
};

struct flow {
    int fds[FLOW_SOCKETS], control_fds[FLOW_SOCKETS];
    uint16_t ports[FLOW_SOCKETS];
    uint32_t dropped[FLOW_SOCKETS]; /* By the kernel since we were slow; cumulative. */
    struct flow_list lists[FLOW_SOCKETS][FLOW_SLOTS];
    struct flow_held held[FLOW_HOLD_MS];
    uint64_t tick; /* Milliseconds since the start that were served. */
    uint32_t bucket_mask;
    uint32_t *buckets; /* First call + 1 by hash of socket, address and port. */
    struct flow_batch batches[FLOW_SOCKETS];
    struct flow_inbox inbox;
};

#endif

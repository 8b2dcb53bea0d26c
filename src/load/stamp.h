// SPDX-License-Identifier: Apache-2.0
/* stamp.h - what the kernel says of a datagram: when it came, and how many were dropped before. */
#ifndef LOAD_STAMP_H
#define LOAD_STAMP_H

#include <stdint.h>
#include <sys/socket.h>

#include "load/place.h"

enum { STAMP_BYTES = 64 };

struct stamp {
    uint64_t at_ns;   /* Monotonic. */
    uint32_t dropped; /* By this socket since it was opened. */
    int has_dropped;
};

/* Opens a bound UDP socket that stamps. The descriptor or -errno. */
int stamp_socket(const union place *address, int buffer_bytes);

/* `now_ns` stands where the kernel says nothing; `ahead_ns` as in transport.h. */
struct stamp stamp_read(struct msghdr *message, uint64_t now_ns, int64_t ahead_ns);

#endif

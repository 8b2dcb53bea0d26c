// SPDX-License-Identifier: Apache-2.0
/* stamp.c - SO_TIMESTAMPNS and SO_RXQ_OVFL. */
#include "load/stamp.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int stamp_socket(const union place *address, int buffer_bytes)
{
    int on = 1, fd = socket(address->any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0)
        return -errno;
    /* The forced ones pass the system's bound, where we may. */
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer_bytes, sizeof buffer_bytes) < 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer_bytes, sizeof buffer_bytes);
    if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &buffer_bytes, sizeof buffer_bytes) < 0)
        setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer_bytes, sizeof buffer_bytes);
    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on);
    if (bind(fd, &address->any, place_size(address)) < 0) {
        int error = -errno;
        close(fd);
        return error;
    }
    return fd;
}

struct stamp stamp_read(struct msghdr *message, uint64_t now_ns, int64_t ahead_ns)
{
    struct stamp stamp = {.at_ns = now_ns};

    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
        if (c->cmsg_level != SOL_SOCKET)
            continue;
        if (c->cmsg_type == SCM_TIMESTAMPNS) {
            struct timespec wall;
            memcpy(&wall, CMSG_DATA(c), sizeof wall);
            stamp.at_ns = (uint64_t)(wall.tv_sec * 1000000000ll + wall.tv_nsec - ahead_ns);
        } else if (c->cmsg_type == SO_RXQ_OVFL) {
            memcpy(&stamp.dropped, CMSG_DATA(c), sizeof stamp.dropped);
            stamp.has_dropped = 1;
        }
    }
    return stamp;
}

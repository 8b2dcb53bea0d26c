// SPDX-License-Identifier: Apache-2.0
/* free_ports.h - ports that nobody has, so that two runs of the tests can share a machine. */
#ifndef TEST_FREE_PORTS_H
#define TEST_FREE_PORTS_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static inline bool port_is_free(uint32_t port)
{
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int udp = socket(AF_INET, SOCK_DGRAM, 0);

    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(udp >= 0);
    bool is_free = bind(udp, (struct sockaddr *)&here, sizeof here) == 0;
    close(udp);
    return is_free;
}

/* The first, even, of `count` UDP ports of 127.0.0.1 below those that the system gives away. */
static inline uint16_t free_ports(uint32_t count)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    uint64_t state = ((uint64_t)now.tv_nsec << 20 ^ (uint64_t)getpid()) | 1;
    for (int attempt = 0; attempt < 500; attempt++) {
        check_random(&state);
        uint32_t first = 16384 + check_random(&state) % 8000 * 2, i = 0;
        if (first + count > 32768)
            continue;
        while (i < count && port_is_free(first + i))
            i++;
        if (i == count)
            return (uint16_t)first;
    }
    CHECK(!"there are free ports");
    return 0;
}

#endif

// SPDX-License-Identifier: Apache-2.0
/* listeners.c - tries whether addresses are free, as the library will bind them. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/address.h"
#include "sip/sip.h"

static int try_bind(const uint8_t address[16], uint16_t port, bool stream)
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    bool v4 = memcmp(address, mapped, sizeof(mapped)) == 0;
    struct sockaddr_in in4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    int yes = 1, failure = 0,
        fd = socket(v4 ? AF_INET : AF_INET6, (stream ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -errno;
    memcpy(&in4.sin_addr, address + 12, 4);
    memcpy(&in6.sin6_addr, address, 16);
    if (stream) /* Connections of an earlier run that rest do not count. */
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    if (bind(fd, v4 ? (struct sockaddr *)&in4 : (struct sockaddr *)&in6,
             v4 ? sizeof(in4) : sizeof(in6)) != 0)
        failure = -errno;
    close(fd);
    return failure;
}

int sip_try_listeners(const char *const *listeners, uint32_t count, char *why, uint32_t why_size)
{
    for (uint32_t i = 0; i < count; i++) {
        struct text rest = text_of(listeners[i]), protocol = text_next(&rest, ':');
        uint8_t address[16];
        uint16_t port;
        int failure;

        if (!address_read_port(rest, address, &port))
            continue; /* sip_open() says what is wrong with it. */
        failure = try_bind(address, port, !text_equal(protocol, TEXT("udp")));
        if (failure) {
            snprintf(why, why_size, "listener %s: %s", listeners[i], strerror(-failure));
            return failure;
        }
    }
    return 0;
}

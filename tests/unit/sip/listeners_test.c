// SPDX-License-Identifier: Apache-2.0
/* listeners_test.c - a port that is taken is told before a start has done any work. */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"
#include "sip/sip.h"

static int taken(int type, uint16_t *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(address);
    int fd = socket(AF_INET, type, 0);

    CHECK(fd >= 0 && bind(fd, (struct sockaddr *)&address, size) == 0);
    CHECK(type == SOCK_DGRAM || listen(fd, 1) == 0);
    CHECK(getsockname(fd, (struct sockaddr *)&address, &size) == 0);
    *port = ntohs(address.sin_port);
    return fd;
}

static int try_one(const char *protocol, uint16_t port, char *why)
{
    char listener[64];
    const char *listeners[] = {listener};

    snprintf(listener, sizeof(listener), "%s:127.0.0.1:%u", protocol, port);
    return sip_try_listeners(listeners, 1, why, 256);
}

static void a_taken_port_is_told_with_its_listener_and_a_free_one_is_left_free(void)
{
    static const struct {
        int type;
        const char *protocol;
    } rows[] = {{SOCK_DGRAM, "udp"}, {SOCK_STREAM, "tcp"}, {SOCK_STREAM, "tls"}};
    char why[256] = "", wanted[64];
    uint16_t port;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int fd = taken(rows[i].type, &port);
        CHECK(try_one(rows[i].protocol, port, why) == -EADDRINUSE);
        snprintf(wanted, sizeof(wanted), "listener %s:127.0.0.1:%u: ", rows[i].protocol, port);
        CHECK(strstr(why, wanted));
        close(fd);
        CHECK(try_one(rows[i].protocol, port, why) == 0);
        CHECK(try_one(rows[i].protocol, port, why) == 0); /* Nothing holds it now. */
    }
}

int main(void)
{
    RUN(a_taken_port_is_told_with_its_listener_and_a_free_one_is_left_free);
    return 0;
}

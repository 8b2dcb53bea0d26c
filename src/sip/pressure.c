// SPDX-License-Identifier: Apache-2.0
/* pressure.c - SO_MEMINFO of the library's sockets, which it does not show us: those of this
 * process that are datagram sockets with a port are its own, because no other is open when it
 * begins. */
#include "sip/pressure.h"

#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>

enum { SOCKETS = 16, DESCRIPTORS = 256 };

static struct {
    struct pressure pressure;
    int sockets[SOCKETS];
    uint32_t count;
    uint64_t looked_ms;
} seen;

bool pressure_step(struct pressure *pressure, uint32_t waiting, uint64_t now_ms)
{
    bool again = pressure->high_ms && now_ms - pressure->high_ms < PRESSURE_RECENT_MS;
    uint64_t patience_ms = again ? PRESSURE_AGAIN_MS : PRESSURE_MS;

    if (waiting <= PRESSURE_CALM) {
        pressure->since_ms = 0;
        pressure->high = false;
    } else {
        if (!pressure->since_ms) /* Nobody looked while the loop slept: they may have just come. */
            pressure->since_ms = now_ms;
        if (waiting > PRESSURE_MOST || now_ms - pressure->since_ms >= patience_ms)
            pressure->high = true;
    }
    if (pressure->high)
        pressure->high_ms = now_ms;
    return pressure->high;
}

static bool is_ours(int fd)
{
    struct sockaddr_storage address = {0};
    socklen_t size = sizeof(address), int_size = sizeof(int);
    int type = 0;

    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &int_size) != 0 || type != SOCK_DGRAM)
        return false;
    if (getsockname(fd, (struct sockaddr *)&address, &size) != 0)
        return false;
    if (address.ss_family == AF_INET)
        return ((const struct sockaddr_in *)(const void *)&address)->sin_port != 0;
    return address.ss_family == AF_INET6 &&
           ((const struct sockaddr_in6 *)(const void *)&address)->sin6_port != 0;
}

void pressure_open(void)
{
    seen.count = 0;
    for (int fd = 0; fd < DESCRIPTORS && seen.count < SOCKETS; fd++) {
        if (is_ours(fd))
            seen.sockets[seen.count++] = fd;
    }
}

static uint32_t waiting_now(void)
{
    uint32_t waiting = 0;

    for (uint32_t i = 0; i < seen.count; i++) {
        uint32_t memory[SK_MEMINFO_VARS] = {0};
        socklen_t size = sizeof(memory);
        if (getsockopt(seen.sockets[i], SOL_SOCKET, SO_MEMINFO, memory, &size) == 0)
            waiting += memory[SK_MEMINFO_RMEM_ALLOC];
    }
    return waiting;
}

void pressure_look(uint64_t now_ms)
{
    if (now_ms == seen.looked_ms)
        return;
    seen.looked_ms = now_ms;
    (void)pressure_step(&seen.pressure, waiting_now(), now_ms);
}

bool pressure_is_high(void)
{
    return seen.pressure.high;
}

bool pressure_waits(void)
{
    return waiting_now() > 0;
}

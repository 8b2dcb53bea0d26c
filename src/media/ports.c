// SPDX-License-Identifier: Apache-2.0
/* ports.c - binding, and the two things that commonly stand against it. */
#include "media/ports.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/address.h"

enum {
    RECEIVE_BYTES = 32768, /* About 40 small packets: 800 ms; older ones would be late anyway. */
    RESERVED_BYTES = 4096,
    WAIT_US =
        50000,      /* The kernel gives a killed server's ports back a little later than it ends, */
    WAITS_MOST = 20 /* when io_uring had them: a second for all of them. */
};

static const char LOCAL_RANGE[] = "/proc/sys/net/ipv4/ip_local_port_range";
static const char RESERVED[] = "/proc/sys/net/ipv4/ip_local_reserved_ports";

/* Two numbers with anything but digits between; one number counts as both. */
static bool read_range(struct text t, uint64_t *first, uint64_t *last)
{
    uint32_t end = 0, begin;

    t = text_trim(t);
    while (end < t.size && t.data[end] >= '0' && t.data[end] <= '9')
        end++;
    if (!text_number(text_part(t, 0, end), first))
        return false;
    begin = end;
    while (begin < t.size && (t.data[begin] < '0' || t.data[begin] > '9'))
        begin++;
    *last = *first;
    return begin == t.size || text_number(text_part(t, begin, t.size), last);
}

bool ports_are_ours(struct text local_range, struct text reserved, uint32_t first, uint32_t last)
{
    uint64_t from, to;

    if (!read_range(local_range, &from, &to) || last < from || first > to)
        return true;
    while (reserved.data) {
        struct text part = text_next(&reserved, ',');
        if (read_range(part, &from, &to) && from <= first && last <= to)
            return true;
    }
    return false;
}

static struct text read_small(const char *path, char *storage, uint32_t size)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = file < 0 ? 0 : read(file, storage, size);

    if (file >= 0)
        close(file);
    return (struct text){.data = storage, .size = got > 0 ? (uint32_t)got : 0};
}

static int check_range(uint32_t first, uint32_t last, char *why, uint32_t why_size)
{
    char range[64], reserved[RESERVED_BYTES];
    struct text local = read_small(LOCAL_RANGE, range, sizeof range);

    if (first == 0 || first % 2 != 0 || last > 65535) {
        snprintf(why, why_size,
                 "RTP ports %u to %u: the first must be even, and the last at most 65535", first,
                 last);
        return -EINVAL;
    }
    if (ports_are_ours(local, read_small(RESERVED, reserved, sizeof reserved), first, last))
        return 0;
    local = text_trim(local);
    snprintf(why, why_size,
             "RTP ports %u to %u overlap the kernel's ephemeral range (" TEXT_FORMAT
             "): any program could take a call's port. Choose a first port outside it, or run "
             "`sysctl -w net.ipv4.ip_local_reserved_ports=%u-%u`",
             first, last, TEXT_ARGS(local), first, last);
    return -EADDRINUSE;
}

static int raise_files(uint32_t needed, char *why, uint32_t why_size)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return -errno;
    if (limit.rlim_cur >= needed)
        return 0;
    struct rlimit wanted = {.rlim_cur = needed,
                            .rlim_max = limit.rlim_max > needed ? limit.rlim_max : needed};
    if (setrlimit(RLIMIT_NOFILE, &wanted) == 0)
        return 0;
    snprintf(why, why_size,
             "%u open files are needed, %llu are allowed: run `ulimit -n %u` first, or set "
             "LimitNOFILE=%u in the service's unit, or allow fewer calls",
             needed, (unsigned long long)limit.rlim_max, needed, needed);
    return -EMFILE;
}

static int bind_one(const uint8_t ip[16], bool ipv6, uint16_t port, bool rtp)
{
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(port)};
    int on = 1, bytes = RECEIVE_BYTES, service = IPTOS_DSCP_EF, error;
    int fd = socket(ipv6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -errno;
    memcpy(&six.sin6_addr, ip, 16);
    memcpy(&four.sin_addr, ip + 12, 4);
    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    if (rtp)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    if (ipv6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_TCLASS, &service, sizeof service);
    else
        setsockopt(fd, IPPROTO_IP, IP_TOS, &service, sizeof service);
    error = ipv6 ? bind(fd, (const struct sockaddr *)&six, sizeof six)
                 : bind(fd, (const struct sockaddr *)&four, sizeof four);
    if (error == 0)
        return fd;
    error = -errno;
    close(fd);
    return error;
}

int ports_open(struct ports *ports, const char *address, uint16_t first, uint32_t legs,
               uint32_t spare_files, char *why, uint32_t why_size)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    uint8_t ip[16];
    uint32_t waits = 0;
    int error;

    *ports = (struct ports){0};
    if (!address_read(text_of(address), ip)) {
        snprintf(why, why_size, "\"%s\" is no IP address to bind", address);
        return -EINVAL;
    }
    error = check_range(first, first + 2 * legs - 1, why, why_size);
    if (error == 0)
        error = raise_files(2 * legs + spare_files, why, why_size);
    if (error)
        return error;
    ports->ipv6 = memcmp(ip, mapped, sizeof mapped) != 0;
    ports->pairs = calloc(legs, sizeof *ports->pairs);
    if (!ports->pairs)
        return -ENOMEM;
    for (uint32_t i = 0; i < 2 * legs; i++) {
        uint16_t port = (uint16_t)(first + i);
        int fd = bind_one(ip, ports->ipv6, port, i % 2 == 0);
        for (; fd == -EADDRINUSE && waits < WAITS_MOST; waits++) {
            usleep(WAIT_US);
            fd = bind_one(ip, ports->ipv6, port, i % 2 == 0);
        }
        if (fd < 0) {
            snprintf(why, why_size,
                     "cannot bind %s:%u for RTP: %s. `ss -ulnp sport = %u` shows who has it",
                     address, port, strerror(-fd), port);
            if (i % 2 != 0)
                close(ports->pairs[i / 2].rtp);
            ports_close(ports);
            return fd;
        }
        if (i % 2 == 0)
            ports->pairs[i / 2].rtp = fd;
        else
            ports->pairs[ports->count++].rtcp = fd;
    }
    own_open(&ports->own, ip, first, 2 * legs);
    return 0;
}

void ports_close(struct ports *ports)
{
    for (uint32_t i = 0; i < ports->count; i++) {
        close(ports->pairs[i].rtp);
        close(ports->pairs[i].rtcp);
    }
    free(ports->pairs);
    *ports = (struct ports){0};
}

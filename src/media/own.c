// SPDX-License-Identifier: Apache-2.0
/* own.c - the machine's addresses, and the ports of them that are ours. */
#include "media/own.h"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

static bool is_ipv4(const uint8_t ip[16])
{
    return memcmp(ip, mapped, sizeof mapped) == 0;
}

static bool is_unspecified(const uint8_t ip[16])
{
    static const uint8_t zeros[16];

    return memcmp(ip, zeros, 16) == 0 || (is_ipv4(ip) && memcmp(ip + 12, zeros, 4) == 0);
}

static void add(struct own *own, const struct sockaddr *name)
{
    struct sockaddr_in four;
    struct sockaddr_in6 six;
    uint8_t ip[16];

    if (!name || own->host_count == OWN_HOSTS)
        return;
    if (name->sa_family == AF_INET) {
        memcpy(&four, name, sizeof four);
        memcpy(ip, mapped, sizeof mapped);
        memcpy(ip + 12, &four.sin_addr, 4);
    } else if (name->sa_family == AF_INET6) {
        memcpy(&six, name, sizeof six);
        memcpy(ip, &six.sin6_addr, 16);
    } else {
        return;
    }
    memcpy(own->hosts[own->host_count++], ip, 16);
}

void own_open(struct own *own, const uint8_t ip[16], uint16_t first, uint32_t count)
{
    struct ifaddrs *all = NULL;

    *own = (struct own){.first = first, .count = count};
    if (!is_unspecified(ip)) {
        memcpy(own->hosts[own->host_count++], ip, 16);
        return;
    }
    own->every = true;
    if (getifaddrs(&all) != 0)
        return;
    for (const struct ifaddrs *one = all; one; one = one->ifa_next)
        add(own, one->ifa_addr);
    freeifaddrs(all);
}

bool own_has(const struct own *own, const struct peer_address *address)
{
    if (address->port < own->first || address->port - own->first >= own->count)
        return false;
    /* All of 127.0.0.0/8 is this machine, though only one of it has a name. */
    for (uint32_t i = 0; i < own->host_count; i++) {
        if (memcmp(own->hosts[i], address->ip, 16) == 0)
            return true;
    }
    return own->every && is_ipv4(address->ip) && address->ip[12] == 127;
}

bool own_can_reach(bool ipv6, const struct peer_address *address)
{
    const uint8_t *ip = address->ip;

    if (address->port == 0 || is_unspecified(ip))
        return false;
    if (is_ipv4(ip))
        return ip[12] != 0 && ip[12] < 224; /* 224/4: groups; 240/4: nobody. */
    return ipv6 && ip[0] != 0xff;
}

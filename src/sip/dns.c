// SPDX-License-Identifier: Apache-2.0
/* dns.c - each socket of c-ares is watched by the loop as long as it wants to be. */
#include "sip/dns.h"

#include <ares.h>
#include <string.h>

#include "base/log.h"

enum { SOCKETS = 16, QUERY_MS = 2000, TRIES = 3 };

static struct {
    ares_channel channel;
    su_root_t *root;
    struct {
        int fd, index; /* 0: free. */
        bool writable; /* Asked for. */
    } sockets[SOCKETS];
} dns;

static int on_socket(su_root_magic_t *magic, su_wait_t *wait, su_wakeup_arg_t *argument)
{
    ares_socket_t fd = (ares_socket_t)(intptr_t)argument;

    bool write = wait->revents & SU_WAIT_OUT, read = wait->revents & ~SU_WAIT_OUT;

    (void)magic;
    ares_process_fd(dns.channel, read ? fd : ARES_SOCKET_BAD, write ? fd : ARES_SOCKET_BAD);
    return 0;
}

/* Writing is waited for over TCP only: what was too long for a datagram is asked again there, when
 * the connection is made. */
static void watch(void *data, ares_socket_t fd, int readable, int writable)
{
    su_wait_t wait[1] = {SU_WAIT_INIT};
    int events = (readable ? SU_WAIT_IN : 0) | (writable ? SU_WAIT_OUT : 0), at = -1;

    (void)data;
    for (int i = 0; i < SOCKETS; i++) {
        if (dns.sockets[i].index && dns.sockets[i].fd == fd) {
            if (events && dns.sockets[i].writable == (writable != 0))
                return;
            su_root_deregister(dns.root, dns.sockets[i].index);
            dns.sockets[i].index = 0;
            at = i;
            break;
        }
        if (!dns.sockets[i].index)
            at = i;
    }
    if (!events || at < 0 || su_wait_create(wait, fd, events) != 0)
        return;
    dns.sockets[at].fd = fd;
    dns.sockets[at].writable = writable != 0;
    dns.sockets[at].index =
        su_root_register(dns.root, wait, on_socket, (su_wakeup_arg_t *)(intptr_t)fd, 0);
}

bool dns_open(su_root_t *root, const char *servers)
{
    struct ares_options options = {
        .sock_state_cb = watch, .timeout = QUERY_MS, .tries = TRIES, .flags = ARES_FLAG_NOSEARCH};

    dns.root = root;
    if (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS ||
        ares_init_options(&dns.channel, &options,
                          ARES_OPT_SOCK_STATE_CB | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES |
                              ARES_OPT_FLAGS) != ARES_SUCCESS)
        return false;
    if (servers[0] && ares_set_servers_ports_csv(dns.channel, servers) != ARES_SUCCESS) {
        log_line(LOG_ERROR, "sip", "sip.dns is not a list of numeric addresses: %s", servers);
        return false;
    }
    return true;
}

struct ares_channeldata *dns_channel(void)
{
    return dns.channel;
}

void dns_turn(void)
{
    if (dns.channel)
        ares_process_fd(dns.channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

static uint32_t two(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 8 | bytes[1];
}

/* Offset behind a name; beyond `size` when it is cut short. */
static uint32_t behind_name(const uint8_t *bytes, uint32_t size, uint32_t at)
{
    while (at < size && bytes[at] > 0 && bytes[at] < 64)
        at += bytes[at] + 1u;
    return at >= size ? size + 1 : bytes[at] >= 192 ? at + 2 : bytes[at] == 0 ? at + 1 : size + 1;
}

uint32_t dns_ttl_s(const uint8_t *bytes, uint32_t size)
{
    uint32_t at = 12, least = UINT32_MAX;

    if (size < 12)
        return 0;
    for (uint32_t i = 0; i < two(bytes + 4); i++) {
        at = behind_name(bytes, size, at) + 4;
        if (at > size)
            return 0;
    }
    for (uint32_t i = 0; i < two(bytes + 6); i++) {
        at = behind_name(bytes, size, at);
        if (at + 10 > size)
            return 0;
        uint32_t ttl_s = two(bytes + at + 4) << 16 | two(bytes + at + 6);
        least = ttl_s < least ? ttl_s : least;
        at += 10 + two(bytes + at + 8);
        if (at > size)
            return 0;
    }
    return least == UINT32_MAX ? 0 : least;
}

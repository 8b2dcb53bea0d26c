// SPDX-License-Identifier: Apache-2.0
/* hep.c - the library's log lines put together to messages again. */
#include "sip/hep.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/log.h"
#include "sip/worker.h"
#include "wire/hep.h"

enum { MESSAGE = 20000 };

#define BEGIN "%s   ------------------------------------------------------------------------\n"

static struct {
    int fd; /* 0: off. */
    uint32_t id;
    bool bodies;
    char password[128];
    struct hep_figures figures;
    bool inside, received, in_body;
    char peer[80], message[MESSAGE];
    enum transport transport;
    uint32_t size, line;
    bool cut;
} hep;

static int connected_to(const uint8_t address[16], uint16_t port)
{
    struct sockaddr_in6 to = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    int no = 0, fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0)
        return -errno;
    memcpy(&to.sin6_addr, address, 16);
    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof(no));
    if (connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0)
        return fd;
    close(fd);
    return -EADDRNOTAVAIL;
}

bool hep_open(struct text server, struct text password, uint32_t id, bool bodies)
{
    struct text protocol = text_next(&server, ':');
    uint8_t address[16];
    uint16_t port;
    int fd = -EINVAL;

    if (text_equal(protocol, TEXT("udp")) && address_read_port(server, address, &port))
        fd = connected_to(address, port);
    if (fd < 0) {
        log_line(LOG_ERROR, "sip", "the capture server cannot be reached: %s", strerror(-fd));
        return false;
    }
    hep.fd = fd;
    hep.id = id;
    hep.bodies = bodies;
    text_copy(hep.password, sizeof(hep.password), password);
    return true;
}

bool hep_is_on(void)
{
    return hep.fd > 0;
}

void hep_figures(struct hep_figures *out)
{
    *out = hep.figures;
}

/* "recv 512 bytes from udp/[127.0.0.1]:5060 at 10:..." */
static bool read_stamp(const char *stamp)
{
    static const char *const names[] = {"udp", "tcp", "tls"}; /* enum transport */
    char protocol[8], host[64], port[8];

    if (sscanf(stamp, "%*4s %*u bytes %*4s %7[a-z]/[%63[^]]]:%7[0-9]", protocol, host, port) != 3)
        return false;
    hep.received = strncmp(stamp, "recv", 4) == 0;
    hep.transport = TRANSPORT_UDP;
    for (int i = 0; i < 3; i++) {
        if (strcmp(protocol, names[i]) == 0)
            hep.transport = (enum transport)i;
    }
    snprintf(hep.peer, sizeof(hep.peer), strchr(host, ':') ? "[%s]:%s" : "%s:%s", host, port);
    return true;
}

static void append(const char *data, uint32_t size)
{
    if (hep.in_body && !hep.bodies)
        return;
    if (size > MESSAGE - hep.size) {
        hep.cut = true;
        size = MESSAGE - hep.size;
    }
    memcpy(hep.message + hep.size, data, size);
    hep.size += size;
}

/* The key after each "inline:", up to the bar or the space behind it (RFC 4568 9.2). */
static void mask(char *line, uint32_t size)
{
    struct text rest = {line, size};
    int32_t at;

    if (!text_starts_nocase(rest, TEXT("a=crypto:")) && !text_starts_nocase(rest, TEXT("k=")) &&
        !text_starts_nocase(rest, TEXT("a=key-mgmt:")))
        return;
    while ((at = text_find_nocase((struct text){line, size}, TEXT("inline:"))) >= 0) {
        line += at + 7;
        size -= (uint32_t)at + 7;
        while (size > 0 && *line != '|' && *line != ' ' && *line != ';') {
            *line++ = '*';
            size--;
        }
    }
    if (!text_starts_nocase(rest, TEXT("a=crypto:")))
        memset(line, '*',
               size); /* Old ways to carry a key: no part of them is known to be harmless. */
}

static void end_line(void)
{
    mask(hep.message + hep.line, hep.size - hep.line);
    if (hep.size == hep.line && !hep.in_body) {
        append("\r\n", 2);
        hep.in_body = true;
    } else {
        append("\r\n", 2);
    }
    hep.line = hep.size;
}

static struct text call_id(void)
{
    struct text rest = {hep.message, hep.size};

    while (rest.data && rest.size) {
        struct text line = text_trim(text_next(&rest, '\n'));
        if (text_empty(line))
            break;
        if (text_starts_nocase(line, TEXT("Call-ID:")))
            return text_trim(text_part(line, 8, line.size));
        if (text_starts_nocase(line, TEXT("i:")))
            return text_trim(text_part(line, 2, line.size));
    }
    return TEXT_EMPTY;
}

static void send_message(void)
{
    static uint8_t out[MESSAGE + 1024];
    struct hep_packet packet = {.stream = hep.transport != TRANSPORT_UDP,
                                .wall_us = clock_wall_us(),
                                .agent_id = hep.id,
                                .password = text_of(hep.password),
                                .correlation = call_id(),
                                .payload = {hep.message, hep.size}};
    char local[ADDRESS_SIZE] = "", hop[HOP_SIZE];
    uint8_t *ours = hep.received ? packet.to : packet.from,
            *theirs = hep.received ? packet.from : packet.to;
    uint16_t *our_port = hep.received ? &packet.to_port : &packet.from_port,
             *their_port = hep.received ? &packet.from_port : &packet.to_port;
    size_t size = 0;

    snprintf(hop, sizeof(hop), "sip:%s", hep.peer);
    if (!hep.cut && hop_local_for(hop, hep.transport, local) &&
        address_read_port(text_of(local), ours, our_port) &&
        address_read_port(text_of(hep.peer), theirs, their_port))
        size = hep_write(&packet, out, sizeof(out));
    if (size > 0 && send(hep.fd, out, size, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)size)
        hep.figures.sent++;
    else
        hep.figures.dropped++;
}

/* Head and foot of a message, a piece of a line, its end; by the format, which is the library's. */
void hep_log(void *stream, const char *format, va_list arguments)
{
    (void)stream;
    if (hep.fd == 0)
        return;
    if (strcmp(format, BEGIN) == 0 && !hep.inside) {
        hep.inside = read_stamp(va_arg(arguments, const char *));
        hep.size = hep.line = 0;
        hep.in_body = hep.cut = false;
    } else if (strcmp(format, BEGIN) == 0) {
        mask(hep.message + hep.line, hep.size - hep.line);
        hep.inside = false;
        send_message();
    } else if (hep.inside && strcmp(format, "%s%.*s") == 0) {
        (void)va_arg(arguments, const char *); /* Its margin. */
        int size = va_arg(arguments, int);
        append(va_arg(arguments, const char *), size > 0 ? (uint32_t)size : 0);
    } else if (hep.inside && strcmp(format, "\n") == 0) {
        end_line();
    }
}

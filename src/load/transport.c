// SPDX-License-Identifier: Apache-2.0
/* transport.c - a UDP socket read in batches, or a stream. */
#include "load/transport.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "load/stamp.h"
#include "load/stream.h"

enum {
    BATCH = 64,
    MESSAGE = 8192,
    BUFFER_BYTES = 8 << 20,
    CONNECT_MS = 2000,
    AGAIN_MS = 1000,
    MOST_A_STEP = 16 /* Batches: the sound must not wait for ever. */
};

struct transport {
    const struct load_options *options;
    int fd;                /* UDP. */
    struct stream *stream; /* TCP, TLS; NULL when it broke. */
    uint64_t again_ms;     /* Not to be made again before. */
    union place local;
    char text[PLACE_HOST + 6], host[ADDRESS_TEXT];
    struct mmsghdr inbox[BATCH];
    struct iovec parts[BATCH];
    char bytes[BATCH][MESSAGE];
    char control[BATCH][STAMP_BYTES];
};

/* The address that the system would send from to this target. */
static int route_to(const union place *target, union place *local)
{
    int fd = socket(target->any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0), error = 0;
    socklen_t size = sizeof *local;

    if (fd < 0)
        return -errno;
    if (connect(fd, &target->any, place_size(target)) < 0 ||
        getsockname(fd, &local->any, &size) < 0)
        error = -errno;
    place_set_port(local, 0);
    close(fd);
    return error;
}

static int open_datagrams(struct transport *transport)
{
    const union place *target = &transport->options->target;
    socklen_t size = sizeof transport->local;
    int error = 0;

    transport->fd = stamp_socket(&transport->local, BUFFER_BYTES);
    if (transport->fd < 0)
        return transport->fd;
    if (getsockname(transport->fd, &transport->local.any, &size) < 0 ||
        connect(transport->fd, &target->any, place_size(target)) < 0)
        error = -errno;
    for (uint32_t i = 0; i < BATCH; i++) {
        transport->parts[i] = (struct iovec){transport->bytes[i], MESSAGE};
        transport->inbox[i].msg_hdr = (struct msghdr){.msg_iov = &transport->parts[i],
                                                      .msg_iovlen = 1,
                                                      .msg_control = transport->control[i],
                                                      .msg_controllen = STAMP_BYTES};
    }
    return error;
}

static int open_stream(struct transport *transport)
{
    const struct load_options *options = transport->options;
    union place local = transport->local;
    int error;

    place_set_port(&local, 0); /* The old connection may still have it. */
    transport->again_ms = clock_ms() + AGAIN_MS;
    error = stream_open(&transport->stream, &options->target, &local,
                        options->transport == LOAD_TLS, options->host, CONNECT_MS);
    if (error == 0 && place_port(&transport->local) == 0)
        transport->local = stream_local(transport->stream);
    return error;
}

int transport_open(struct transport **out, const struct load_options *options, char *why,
                   uint32_t why_size)
{
    struct transport *transport = calloc(1, sizeof *transport);
    char bracketed[PLACE_HOST];
    int error;

    if (!transport)
        return -ENOMEM;
    transport->options = options;
    transport->fd = -1;
    transport->local = options->local;
    error = !place_is_any(&options->local) ? 0 : route_to(&options->target, &transport->local);
    if (error == 0)
        error = options->transport == LOAD_UDP ? open_datagrams(transport) : open_stream(transport);
    if (error) {
        snprintf(why, why_size, "%s cannot be reached: %s", options->host, strerror(-error));
        transport_close(transport);
        return error;
    }
    place_write(&transport->local, transport->host);
    place_write_host(&transport->local, bracketed);
    snprintf(transport->text, sizeof transport->text, "%s:%u", bracketed,
             place_port(&transport->local));
    *out = transport;
    return 0;
}

void transport_close(struct transport *transport)
{
    if (transport->fd >= 0)
        close(transport->fd);
    if (transport->stream)
        stream_close(transport->stream);
    free(transport);
}

const char *transport_local(const struct transport *transport)
{
    return transport->text;
}

const char *transport_local_host(const struct transport *transport)
{
    return transport->host;
}

union place transport_local_address(const struct transport *transport)
{
    return transport->local;
}

/* That nobody listens there is told of an earlier datagram, and is not our failure. */
static bool send_datagram(struct transport *transport, const char *message, uint32_t size)
{
    for (uint32_t i = 0; i < 2; i++) {
        if (send(transport->fd, message, size, MSG_DONTWAIT) == (ssize_t)size)
            return true;
        if (errno != ECONNREFUSED)
            return false;
    }
    return true;
}

bool transport_send(struct transport *transport, const char *message, uint32_t size)
{
    if (transport->options->transport == LOAD_UDP)
        return send_datagram(transport, message, size);
    if (!transport->stream && (clock_ms() < transport->again_ms || open_stream(transport) < 0))
        return false;
    return stream_put(transport->stream, message, size);
}

static int receive_batch(struct transport *transport, int64_t ahead_ns, transport_handler *handler,
                         void *context)
{
    uint64_t now_ns;
    int count;

    count = recvmmsg(transport->fd, transport->inbox, BATCH, MSG_DONTWAIT, NULL);
    now_ns = count > 0 ? clock_ns() : 0;
    for (int i = 0; i < count; i++) {
        struct stamp stamp = stamp_read(&transport->inbox[i].msg_hdr, now_ns, ahead_ns);
        transport->inbox[i].msg_hdr.msg_controllen = STAMP_BYTES;
        handler(context, (struct text){transport->bytes[i], transport->inbox[i].msg_len},
                stamp.at_ns);
    }
    return count;
}

static void step_stream(struct transport *transport, transport_handler *handler, void *context)
{
    struct text message;
    bool alive = stream_step(transport->stream);

    while (stream_take(transport->stream, &message))
        handler(context, message, clock_ns());
    if (alive)
        return;
    stream_close(transport->stream);
    transport->stream = NULL;
}

void transport_step(struct transport *transport, int64_t ahead_ns, transport_handler *handler,
                    void *context)
{
    if (transport->options->transport != LOAD_UDP) {
        if (transport->stream)
            step_stream(transport, handler, context);
        return;
    }
    for (uint32_t i = 0; i < MOST_A_STEP; i++) {
        if (receive_batch(transport, ahead_ns, handler, context) < BATCH)
            return;
    }
}

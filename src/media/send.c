// SPDX-License-Identifier: Apache-2.0
/* send.c - packets out: gathered for io_uring, or each by a system call. */
#include "media/endpoint.h"

uint8_t *engine_packet(struct engine *engine)
{
    return engine->uring ? uring_packet(engine->uring) : engine->packets[0];
}

bool engine_send(struct engine *engine, const struct endpoint *endpoint, enum uring_socket socket,
                 size_t size, const struct sockaddr_in6 *to)
{
    socklen_t to_size = engine->ipv6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
    int fd = endpoint_socket(endpoint, socket);

    if (engine->uring) {
        uring_send(engine->uring, fd, socket, endpoint->leg, (uint32_t)size, to, to_size);
        return true;
    }
    if (sendto(fd, engine->packets[0], size, MSG_DONTWAIT | MSG_NOSIGNAL,
               (const struct sockaddr *)to, to_size) == (ssize_t)size)
        return true;
    engine->figures.send_failed++;
    return false;
}

void engine_flush(struct engine *engine)
{
    if (engine->uring)
        uring_flush(engine->uring);
}

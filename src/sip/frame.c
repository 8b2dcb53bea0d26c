// SPDX-License-Identifier: Apache-2.0
/* frame.c - a ring of packets, recycled. */
#include "sip/frame.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static int outbox_grow(struct outbox *outbox)
{
    uint32_t at = (outbox->head + outbox->count) % OUTBOX_PACKETS;

    if (outbox->count == OUTBOX_PACKETS)
        return -ENOBUFS;
    if (!outbox->packets[at])
        outbox->packets[at] = malloc(PACKET_SIZE);
    if (!outbox->packets[at])
        return -ENOBUFS;
    outbox->sizes[at] = 0;
    outbox->count++;
    return 0;
}

int frame_put(struct outbox *outbox, struct frame frame, const void *bytes)
{
    uint32_t need = (uint32_t)sizeof(frame) + frame.size;
    uint32_t at = (outbox->head + outbox->count + OUTBOX_PACKETS - 1) % OUTBOX_PACKETS;

    if (frame.size > PACKET_SIZE - sizeof(frame))
        return -EMSGSIZE;
    if (outbox->count == 0 || outbox->sizes[at] + need > PACKET_SIZE) {
        int failure = outbox_grow(outbox);
        if (failure)
            return failure;
        at = (outbox->head + outbox->count + OUTBOX_PACKETS - 1) % OUTBOX_PACKETS;
    }
    memcpy(outbox->packets[at] + outbox->sizes[at], &frame, sizeof(frame));
    if (frame.size)
        memcpy(outbox->packets[at] + outbox->sizes[at] + sizeof(frame), bytes, frame.size);
    outbox->sizes[at] += need;
    return 0;
}

int frame_flush(struct outbox *outbox, int fd)
{
    while (outbox->count > 0) {
        uint32_t at = outbox->head;
        ssize_t sent;

        do
            sent = send(fd, outbox->packets[at], outbox->sizes[at], MSG_DONTWAIT | MSG_NOSIGNAL);
        while (sent < 0 && errno == EINTR);
        if (sent < 0)
            return errno == EAGAIN || errno == ENOBUFS ? -EAGAIN : -errno;
        outbox->head = (outbox->head + 1) % OUTBOX_PACKETS;
        outbox->count--;
    }
    return 0;
}

void outbox_release(struct outbox *outbox)
{
    for (uint32_t i = 0; i < OUTBOX_PACKETS; i++)
        free(outbox->packets[i]);
    *outbox = (struct outbox){0};
}

bool frame_next(const uint8_t *packet, uint32_t size, uint32_t *offset, struct frame *frame,
                const uint8_t **bytes)
{
    if (size < *offset || size - *offset < sizeof(*frame))
        return false;
    memcpy(frame, packet + *offset, sizeof(*frame));
    if (frame->size > size - *offset - sizeof(*frame))
        return false;
    *bytes = packet + *offset + sizeof(*frame);
    *offset += (uint32_t)sizeof(*frame) + frame->size;
    return true;
}

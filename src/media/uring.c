// SPDX-License-Identifier: Apache-2.0
/* uring.c - multishot receives into a ring of buffers, and sends in batches.
 *
 * The ring belongs to the thread that uses it first (IORING_SETUP_SINGLE_ISSUER); the kernel does
 * its part of receiving only when asked (DEFER_TASKRUN), in uring_collect(). */
#include "media/uring.h"

#include <assert.h>
#include <errno.h>
#include <liburing.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

enum {
    BUFFERS_LEAST = 256, /* A power of two, as those of the ring. */
    BUFFERS_MOST = 16384,
    NAME_BYTES = 32, /* A sockaddr_in6, and what follows it aligned. */
    CONTROL_BYTES = CMSG_SPACE(sizeof(struct timespec)),
    HEAD_BYTES = sizeof(struct io_uring_recvmsg_out) + NAME_BYTES + CONTROL_BYTES,
    BUFFER_BYTES = (HEAD_BYTES + URING_PACKET + 63) / 64 * 64,
    REQUESTS = 1024, /* To be submitted: a beat's sends and what opens and closes. */
    WHAT_SHIFT = 32
};

/* What a request is, beside the leg in its user data: one to listen has its socket there. */
enum { SEND = 2, CANCEL = 4 }; /* SEND + socket. */

struct uring {
    struct io_uring ring;
    struct io_uring_buf_ring *buffer_ring;
    uint8_t *buffers;
    uint32_t buffer_count, in_use; /* There is room for; given to the kernel so far. */
    bool too_few;
    struct msghdr shape; /* How a buffer is divided into name, control and packet. */
    bool enabled;
    uint32_t here, taken, given; /* Completions seen, read; buffers given back. */
    bool ended;                  /* The packet read last was its request's last. */
    uint32_t gathered;
    struct sockaddr_in6 names[URING_GATHER];
    uint8_t packets[URING_GATHER][URING_PACKET];
};

static void *map(size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

static size_t ring_bytes(const struct uring *uring)
{
    return uring->buffer_count * sizeof(struct io_uring_buf);
}

static size_t buffer_bytes(const struct uring *uring)
{
    return (size_t)uring->buffer_count * BUFFER_BYTES;
}

static void give_back(struct uring *uring, uint32_t buffer, uint32_t at)
{
    io_uring_buf_ring_add(uring->buffer_ring, uring->buffers + (size_t)buffer * BUFFER_BYTES,
                          BUFFER_BYTES, (unsigned short)buffer,
                          io_uring_buf_ring_mask(uring->buffer_count), (int)at);
}

/* The kernel uses them in turn, all that it has. It needs as many as it hands over at once, which
 * newer ones do some 20 packets at a time: fewer buffers are warm in the processor's cache, and
 * those never used are no memory. */
static void use_buffers(struct uring *uring, uint32_t count)
{
    uint32_t more = 0;

    for (; uring->in_use < count && uring->in_use < uring->buffer_count; uring->in_use++)
        give_back(uring, uring->in_use, more++);
    io_uring_buf_ring_advance(uring->buffer_ring, (int)more);
}

static int make_buffers(struct uring *uring, uint32_t legs)
{
    struct io_uring_buf_reg registration = {0};

    uring->buffer_count = BUFFERS_LEAST;
    /* A beat's packets of all legs; what is more after a standstill waits in the sockets. */
    while (uring->buffer_count < legs / 4 && uring->buffer_count < BUFFERS_MOST)
        uring->buffer_count *= 2;
    uring->buffer_ring = map(ring_bytes(uring));
    uring->buffers = map(buffer_bytes(uring));
    if (!uring->buffer_ring || !uring->buffers)
        return -ENOMEM;
    registration.ring_addr = (uintptr_t)uring->buffer_ring;
    registration.ring_entries = uring->buffer_count;
    int error = io_uring_register_buf_ring(&uring->ring, &registration, 0);
    if (error)
        return error;
    io_uring_buf_ring_init(uring->buffer_ring);
    use_buffers(uring, BUFFERS_LEAST);
    return 0;
}

int uring_open(struct uring **out, uint32_t legs)
{
    struct uring *uring = calloc(1, sizeof *uring);
    struct io_uring_params parameters = {.flags = IORING_SETUP_SINGLE_ISSUER |
                                                  IORING_SETUP_DEFER_TASKRUN |
                                                  IORING_SETUP_R_DISABLED | IORING_SETUP_CQSIZE};

    if (!uring)
        return -ENOMEM;
    uring->shape.msg_namelen = NAME_BYTES;
    uring->shape.msg_controllen = CONTROL_BYTES;
    /* One for each buffer, and as many for what is not a packet. */
    parameters.cq_entries = 2 * REQUESTS;
    while (parameters.cq_entries < 2 * legs && parameters.cq_entries < 2 * BUFFERS_MOST)
        parameters.cq_entries *= 2;
    int error = io_uring_queue_init_params(REQUESTS, &uring->ring, &parameters);
    if (error) {
        free(uring);
        return error;
    }
    error = make_buffers(uring, legs);
    if (error)
        uring_close(uring);
    else
        *out = uring;
    return error;
}

void uring_close(struct uring *uring)
{
    if (!uring)
        return;
    io_uring_queue_exit(&uring->ring);
    if (uring->buffer_ring)
        munmap(uring->buffer_ring, ring_bytes(uring));
    if (uring->buffers)
        munmap(uring->buffers, buffer_bytes(uring));
    free(uring);
}

static void enable(struct uring *uring)
{
    if (!uring->enabled)
        io_uring_enable_rings(&uring->ring);
    uring->enabled = true;
}

void uring_flush(struct uring *uring)
{
    enable(uring);
    if (io_uring_sq_ready(&uring->ring) > 0)
        io_uring_submit(&uring->ring);
    uring->gathered = 0;
}

/* A flush makes room for all of them: what is submitted is taken at once. */
static struct io_uring_sqe *request(struct uring *uring, uint64_t what, uint32_t leg)
{
    struct io_uring_sqe *sqe = io_uring_get_sqe(&uring->ring);

    if (!sqe) {
        uring_flush(uring);
        sqe = io_uring_get_sqe(&uring->ring);
    }
    if (sqe)
        sqe->user_data = what << WHAT_SHIFT | leg; /* Kept by the io_uring_prep functions. */
    return sqe;
}

void uring_listen(struct uring *uring, int fd, enum uring_socket socket, uint32_t leg)
{
    struct io_uring_sqe *sqe = request(uring, socket, leg);

    if (!sqe)
        return;
    io_uring_prep_recvmsg_multishot(sqe, fd, &uring->shape, 0);
    sqe->flags |= IOSQE_BUFFER_SELECT;
    sqe->buf_group = 0;
}

void uring_deaf(struct uring *uring, enum uring_socket socket, uint32_t leg)
{
    struct io_uring_sqe *sqe = request(uring, CANCEL, leg);

    if (!sqe)
        return;
    io_uring_prep_cancel64(sqe, (uint64_t)socket << WHAT_SHIFT | leg, 0);
    sqe->flags |= IOSQE_CQE_SKIP_SUCCESS;
}

bool uring_collect(struct uring *uring)
{
    enable(uring);
    io_uring_submit_and_get_events(&uring->ring);
    uring->gathered = 0;
    uring->here = io_uring_cq_ready(&uring->ring);
    uring->taken = uring->given = 0;
    return uring->here > 0;
}

static const struct io_uring_cqe *completion(const struct uring *uring, uint32_t at)
{
    const struct io_uring_cq *cq = &uring->ring.cq;

    return &cq->cqes[(*cq->khead + at) & *cq->kring_mask];
}

static void read_packet(struct uring *uring, const struct io_uring_cqe *cqe, struct uring_got *got)
{
    uint32_t buffer = cqe->flags >> IORING_CQE_BUFFER_SHIFT;
    uint8_t *bytes = uring->buffers + (size_t)buffer * BUFFER_BYTES;
    const struct io_uring_recvmsg_out *head = (const void *)bytes;

    give_back(uring, buffer, uring->given++); /* Not the kernel's before the advance. */
    got->name = (const void *)(bytes + sizeof *head);
    got->control = bytes + sizeof *head + NAME_BYTES;
    got->control_size = head->controllen < CONTROL_BYTES ? head->controllen : CONTROL_BYTES;
    got->bytes = bytes + HEAD_BYTES;
    got->size = (uint32_t)cqe->res < HEAD_BYTES ? 0 : (uint32_t)cqe->res - HEAD_BYTES;
}

/* False for a completion that means nothing. */
static bool read_completion(struct uring *uring, const struct io_uring_cqe *cqe,
                            struct uring_got *got)
{
    uint64_t what = cqe->user_data >> WHAT_SHIFT;

    got->leg = (uint32_t)cqe->user_data;
    got->socket = what % 2 ? URING_REPORT : URING_SOUND;
    got->kind = URING_UNSENT;
    if (what >= SEND)
        return what < CANCEL && cqe->res < 0;
    got->kind = URING_ENDED;
    uring->too_few = uring->too_few || cqe->res == -ENOBUFS;
    if (cqe->flags & IORING_CQE_F_BUFFER) {
        read_packet(uring, cqe, got);
        got->kind = URING_PACKET_CAME;
        uring->ended = !(cqe->flags & IORING_CQE_F_MORE);
    }
    return true;
}

bool uring_next(struct uring *uring, struct uring_got *got)
{
    if (uring->ended) { /* Leg and socket are in *got. */
        uring->ended = false;
        got->kind = URING_ENDED;
        return true;
    }
    while (uring->taken < uring->here) {
        if (read_completion(uring, completion(uring, uring->taken++), got))
            return true;
    }
    io_uring_buf_ring_advance(uring->buffer_ring, (int)uring->given);
    io_uring_cq_advance(&uring->ring, uring->here);
    uring->here = uring->taken = uring->given = 0;
    if (uring->too_few)
        use_buffers(uring, 2 * uring->in_use);
    uring->too_few = false;
    return false;
}

uint8_t *uring_packet(struct uring *uring)
{
    if (uring->gathered == URING_GATHER)
        uring_flush(uring);
    return uring->packets[uring->gathered];
}

void uring_send(struct uring *uring, int fd, enum uring_socket socket, uint32_t leg, uint32_t size,
                const struct sockaddr_in6 *to, uint32_t to_size)
{
    uint32_t at = uring->gathered;
    struct io_uring_sqe *sqe = request(uring, SEND + socket, leg);

    assert(at < URING_GATHER && size <= URING_PACKET);
    if (!sqe)
        return;
    uring->gathered = at + 1;
    uring->names[at] = *to;
    io_uring_prep_send(sqe, fd, uring->packets[at], size, MSG_DONTWAIT | MSG_NOSIGNAL);
    io_uring_prep_send_set_addr(sqe, (const struct sockaddr *)&uring->names[at], (uint16_t)to_size);
    sqe->flags |= IOSQE_CQE_SKIP_SUCCESS;
}

void uring_stop(struct uring *uring)
{
    struct io_uring_sync_cancel_reg all = {.flags = IORING_ASYNC_CANCEL_ANY,
                                           .timeout = {.tv_sec = 1}};

    uring_flush(uring);
    (void)io_uring_register_sync_cancel(&uring->ring, &all);
}

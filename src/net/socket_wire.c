// SPDX-License-Identifier: Apache-2.0
/* socket_wire.c - an open WebSocket's bytes: frames by wslay, TLS by OpenSSL, one write for all
 * that is there to be said.
 *
 * wslay calls back for bytes while it works, so its callbacks never end the work: they note what is
 * wrong, and socket_pump() looks after. */
#include <errno.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "net/socket_work.h"

enum {
    FIRST_BYTES = 512,
    KEEP_BYTES = 4096,       /* A larger buffer goes back when it is empty. */
    GATHER_BYTES = 16 << 10, /* Framed before they are written: a TLS record. */
    ROUND_BYTES = 64 << 10,  /* Read of one socket before others have their turn. */
    PONGS = 1024             /* Unsent: who asks for more and reads none would fill our memory. */
};

bool socket_bytes_add(struct socket_bytes *to, const void *bytes, size_t size)
{
    if (size == 0)
        return true;
    if (to->size + size > to->capacity) {
        size_t capacity = to->capacity ? to->capacity : FIRST_BYTES;
        while (capacity < to->size + size)
            capacity *= 2;
        uint8_t *grown = realloc(to->bytes, capacity);
        if (!grown)
            return false;
        to->bytes = grown;
        to->capacity = (uint32_t)capacity;
    }
    memcpy(to->bytes + to->size, bytes, size);
    to->size += (uint32_t)size;
    return true;
}

void socket_bytes_free(struct socket_bytes *bytes)
{
    free(bytes->bytes);
    *bytes = (struct socket_bytes){.size = 0};
}

/* All was taken. */
static void empty(struct socket_bytes *bytes)
{
    bytes->size = bytes->at = 0;
    if (bytes->capacity > KEEP_BYTES)
        socket_bytes_free(bytes);
}

static ssize_t tls_result(struct socket_work *work, int result)
{
    int error = SSL_get_error(work->tls, result);

    work->tls_writes = error == SSL_ERROR_WANT_WRITE;
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
        return -EAGAIN;
    ERR_clear_error();
    return error == SSL_ERROR_ZERO_RETURN ? 0 : -EPIPE;
}

static ssize_t plain_result(ssize_t result)
{
    if (result >= 0)
        return result;
    return errno == EAGAIN || errno == EINTR ? -EAGAIN : -EPIPE;
}

ssize_t socket_read_bytes(struct socket_work *work, void *bytes, size_t size)
{
    if (!work->tls)
        return plain_result(recv(work->fd, bytes, size, 0));
    ERR_clear_error();
    int got = SSL_read(work->tls, bytes, (int)size);
    return got > 0 ? got : tls_result(work, got);
}

ssize_t socket_write_bytes(struct socket_work *work, const void *bytes, size_t size)
{
    if (!work->tls)
        return plain_result(send(work->fd, bytes, size, MSG_NOSIGNAL));
    ERR_clear_error();
    int sent = SSL_write(work->tls, bytes, (int)size);
    return sent > 0 ? sent : tls_result(work, sent);
}

static ssize_t on_receive(wslay_event_context_ptr frames, uint8_t *bytes, size_t size, int flags,
                          void *context)
{
    struct socket_work *work = context;
    struct socket_bytes *early = &work->early;
    ssize_t got = -EAGAIN;

    (void)flags;
    if (early->size > early->at) {
        got = (ssize_t)(early->size - early->at < size ? early->size - early->at : size);
        memcpy(bytes, early->bytes + early->at, (size_t)got);
        early->at += (uint32_t)got;
        if (early->at == early->size)
            socket_bytes_free(early);
        return got;
    }
    work->more = work->budget == 0;
    if (!work->more && !work->drained)
        got = socket_read_bytes(work, bytes, size);
    if (got > 0) {
        work->drained = !work->tls && (size_t)got < size; /* Poll tells of more: one call saved. */
        work->budget -= (uint32_t)got < work->budget ? (uint32_t)got : work->budget;
        work->heard_ms = clock_ms();
        work->pinged = false;
        return got;
    }
    if (got != -EAGAIN)
        work->verdict = NET_BROKEN;
    wslay_event_set_error(frames,
                          got == -EAGAIN ? WSLAY_ERR_WOULDBLOCK : WSLAY_ERR_CALLBACK_FAILURE);
    return -1;
}

static ssize_t on_send(wslay_event_context_ptr frames, const uint8_t *bytes, size_t size, int flags,
                       void *context)
{
    struct socket_work *work = context;

    (void)flags;
    if (work->out.size >= GATHER_BYTES) {
        wslay_event_set_error(frames, WSLAY_ERR_WOULDBLOCK);
        return -1;
    }
    if (!socket_bytes_add(&work->out, bytes, size)) {
        wslay_event_set_error(frames, WSLAY_ERR_CALLBACK_FAILURE);
        return -1;
    }
    return (ssize_t)size;
}

/* RFC 6455 10.3: not to be foreseen. Drawn for many frames at a time. */
static int on_mask(wslay_event_context_ptr frames, uint8_t *bytes, size_t size, void *context)
{
    struct net *net = ((struct socket_work *)context)->net;

    if (net->masks_left < size) {
        if (RAND_bytes(net->masks, sizeof(net->masks)) != 1) {
            wslay_event_set_error(frames, WSLAY_ERR_CALLBACK_FAILURE);
            return -1;
        }
        net->masks_left = sizeof(net->masks);
    }
    net->masks_left -= (uint32_t)size;
    memcpy(bytes, net->masks + net->masks_left, size);
    return 0;
}

static void too_large(struct socket_work *work)
{
    work->verdict = NET_TOO_LARGE;
    wslay_event_shutdown_read(work->frames);
    (void)wslay_event_queue_close(work->frames, WSLAY_CODE_MESSAGE_TOO_BIG, NULL, 0);
}

static void on_part(wslay_event_context_ptr frames,
                    const struct wslay_event_on_frame_recv_chunk_arg *part, void *context)
{
    struct socket_work *work = context;

    (void)frames;
    if (work->control || work->verdict != NET_OK)
        return;
    if (work->message.size + part->data_length > work->max_message ||
        !socket_bytes_add(&work->message, part->data, part->data_length))
        too_large(work);
}

static void on_frame(wslay_event_context_ptr frames,
                     const struct wslay_event_on_frame_recv_start_arg *frame, void *context)
{
    struct socket_work *work = context;

    (void)frames;
    work->control = frame->opcode >= WSLAY_CONNECTION_CLOSE;
}

static void note_close(struct socket_work *work, const struct wslay_event_on_msg_recv_arg *message)
{
    struct text reason = {(const char *)message->msg, (uint32_t)message->msg_length};

    work->code = message->status_code ? message->status_code : WSLAY_CODE_NO_STATUS_RCVD;
    text_copy(work->why, sizeof(work->why), text_part(reason, 2, UINT32_MAX));
    for (char *c = work->why; *c; c++) {
        if ((unsigned char)*c < ' ' || *c == 127)
            *c = ' '; /* It goes into the log. */
    }
}

static void on_message(wslay_event_context_ptr frames,
                       const struct wslay_event_on_msg_recv_arg *message, void *context)
{
    struct socket_work *work = context;
    const struct socket_sink *sink = work->sink;
    const uint8_t *bytes = work->message.bytes ? work->message.bytes : (const uint8_t *)"";

    (void)frames;
    if (message->opcode == WSLAY_CONNECTION_CLOSE)
        note_close(work, message);
    if (message->opcode >= WSLAY_CONNECTION_CLOSE || work->verdict != NET_OK)
        return;
    if (socket_alive(work)) {
        if (message->opcode == WSLAY_TEXT_FRAME && sink->on_text)
            sink->on_text(work->context, (const char *)bytes, work->message.size);
        else if (message->opcode == WSLAY_BINARY_FRAME && sink->on_binary)
            sink->on_binary(work->context, bytes, work->message.size);
    }
    empty(&work->message);
}

bool socket_wire_open(struct socket_work *work)
{
    static const struct wslay_event_callbacks callbacks = {
        .recv_callback = on_receive,
        .send_callback = on_send,
        .genmask_callback = on_mask,
        .on_frame_recv_start_callback = on_frame,
        .on_frame_recv_chunk_callback = on_part,
        .on_msg_recv_callback = on_message,
    };
    if (wslay_event_context_client_init(&work->frames, &callbacks, work) != 0)
        return false;
    wslay_event_config_set_no_buffering(work->frames, 1);
    wslay_event_config_set_max_recv_msg_length(work->frames, work->max_message);
    return true;
}

void socket_wire_close(struct socket_work *work)
{
    if (work->frames)
        wslay_event_context_free(work->frames);
    work->frames = NULL;
    socket_bytes_free(&work->early);
    socket_bytes_free(&work->out);
    socket_bytes_free(&work->message);
}

/* False: the kernel takes no more now. */
static bool flush(struct socket_work *work)
{
    struct socket_bytes *out = &work->out;

    while (out->at < out->size) {
        ssize_t sent = socket_write_bytes(work, out->bytes + out->at, out->size - out->at);
        if (sent == -EAGAIN)
            return false;
        if (sent <= 0) {
            work->verdict = NET_BROKEN;
            break;
        }
        out->at += (uint32_t)sent;
    }
    empty(out);
    return true;
}

/* The next message of the queue to wslay, and our Close behind the last. False: nothing is left. */
static bool feed(struct socket_work *work)
{
    struct lease_message *message = lease_next(work->net->sockets, work->id);

    if (message) {
        struct wslay_event_msg frame = {
            .opcode = (uint8_t)message->kind, .msg = message->bytes, .msg_length = message->size};
        if (wslay_event_queue_msg(work->frames, &frame) == WSLAY_ERR_NOMEM)
            work->verdict = NET_BROKEN;
        free(message);
        return true;
    }
    if (work->phase != SOCKET_CLOSING || work->close_queued)
        return false;
    work->close_queued = true;
    (void)wslay_event_queue_close(work->frames, WSLAY_CODE_NORMAL_CLOSURE, NULL, 0);
    return wslay_event_want_write(work->frames);
}

static void say(struct socket_work *work)
{
    while (work->verdict != NET_BROKEN) {
        if (work->out.size >= GATHER_BYTES && !flush(work))
            return;
        if (!wslay_event_want_write(work->frames) && !feed(work))
            break;
        if (wslay_event_send(work->frames) != 0)
            work->verdict = NET_BROKEN;
    }
    if (work->verdict != NET_BROKEN)
        (void)flush(work);
}

static void hear(struct socket_work *work)
{
    work->budget = ROUND_BYTES;
    work->more = work->drained = false;
    if (!wslay_event_get_read_enabled(work->frames))
        return;
    if (wslay_event_recv(work->frames) != 0 && work->verdict == NET_OK)
        work->verdict = NET_BROKEN;
    if (work->verdict == NET_OK && wslay_event_get_queued_msg_count(work->frames) > PONGS)
        work->verdict = NET_TOO_LARGE;
    if (work->verdict == NET_OK && !wslay_event_get_read_enabled(work->frames) &&
        !wslay_event_get_close_received(work->frames))
        work->verdict = NET_MALFORMED; /* Or one frame too large: what wslay says to them tells. */
}

static void end_when_due(struct socket_work *work)
{
    if (wslay_event_get_close_received(work->frames)) {
        if (wslay_event_get_close_sent(work->frames) || work->verdict == NET_BROKEN)
            socket_end(work, NET_OK, work->why);
        return;
    }
    if (work->verdict == NET_BROKEN && work->phase == SOCKET_CLOSING && work->out.size == 0) {
        socket_end(work, NET_OK, "it hung up at our Close");
        return;
    }
    if (work->verdict == NET_MALFORMED &&
        wslay_event_get_status_code_sent(work->frames) == WSLAY_CODE_MESSAGE_TOO_BIG)
        work->verdict = NET_TOO_LARGE;
    if (work->verdict != NET_OK)
        socket_end(work, work->verdict, NULL);
}

void socket_say(struct socket_work *work)
{
    say(work);
    end_when_due(work);
    if (work->phase != SOCKET_ENDED)
        socket_watch(work);
}

void socket_pump(struct socket_work *work)
{
    hear(work);
    socket_say(work);
    if (work->phase != SOCKET_ENDED && work->more)
        socket_arm(work);
}

void socket_ping(struct socket_work *work)
{
    struct wslay_event_msg ping = {.opcode = WSLAY_PING};

    work->pinged = true;
    (void)wslay_event_queue_msg(work->frames, &ping);
    socket_say(work);
}

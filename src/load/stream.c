// SPDX-License-Identifier: Apache-2.0
/* stream.c - non-blocking socket, OpenSSL on top where asked, messages by Content-Length. */
#include "load/stream.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

enum { IN_BYTES = 65536, OUT_BYTES = 8 << 20 };

struct stream {
    int fd;
    SSL_CTX *context;
    SSL *ssl; /* NULL: plain. */
    bool broken;
    uint32_t in_size, taken; /* Of `in`; how much of it was handed out last. */
    uint32_t out_from, out_size;
    char in[IN_BYTES];
    char out[OUT_BYTES];
};

static bool wait_for(int fd, short events, uint64_t until_ms)
{
    struct pollfd poll_fd = {.fd = fd, .events = events};
    uint64_t now_ms = clock_ms();

    return now_ms < until_ms && poll(&poll_fd, 1, (int)(until_ms - now_ms)) > 0;
}

static int connect_socket(const union place *target, const union place *local, uint64_t until_ms)
{
    int fd = socket(target->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int on = 1, error = 0;
    socklen_t size = sizeof error;

    if (fd < 0)
        return -errno;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (bind(fd, &local->any, place_size(local)) < 0)
        error = errno;
    else if (connect(fd, &target->any, place_size(target)) < 0 && errno != EINPROGRESS)
        error = errno;
    else if (!wait_for(fd, POLLOUT, until_ms))
        error = ETIMEDOUT;
    else
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error == 0)
        return fd;
    close(fd);
    return -error;
}

static int secure(struct stream *stream, const char *host, uint64_t until_ms)
{
    int result;

    stream->context = SSL_CTX_new(TLS_client_method());
    stream->ssl = stream->context ? SSL_new(stream->context) : NULL;
    if (!stream->ssl)
        return -ENOMEM;
    SSL_set_mode(stream->ssl, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_ENABLE_PARTIAL_WRITE);
    /* SSL_set_tlsext_host_name() casts const away. */
    SSL_ctrl(stream->ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
             (void *)(uintptr_t)host);
    if (SSL_set_fd(stream->ssl, stream->fd) != 1)
        return -EIO;
    while ((result = SSL_connect(stream->ssl)) != 1) {
        int wants = SSL_get_error(stream->ssl, result);
        if (wants != SSL_ERROR_WANT_READ && wants != SSL_ERROR_WANT_WRITE)
            return -EPROTO;
        if (!wait_for(stream->fd, wants == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, until_ms))
            return -ETIMEDOUT;
    }
    return 0;
}

int stream_open(struct stream **out, const union place *target, const union place *local, bool tls,
                const char *host, int timeout_ms)
{
    uint64_t until_ms = clock_ms() + (uint64_t)timeout_ms;
    struct stream *stream = calloc(1, sizeof *stream);
    int error;

    if (!stream)
        return -ENOMEM;
    stream->fd = connect_socket(target, local, until_ms);
    error = stream->fd < 0 ? stream->fd : tls ? secure(stream, host, until_ms) : 0;
    if (error) {
        stream_close(stream);
        return error;
    }
    *out = stream;
    return 0;
}

void stream_close(struct stream *stream)
{
    if (stream->ssl) {
        SSL_shutdown(stream->ssl);
        SSL_free(stream->ssl);
    }
    SSL_CTX_free(stream->context);
    if (stream->fd >= 0)
        close(stream->fd);
    free(stream);
}

union place stream_local(const struct stream *stream)
{
    union place address = {.v4 = {.sin_family = AF_INET}};
    socklen_t size = sizeof address;

    getsockname(stream->fd, &address.any, &size);
    return address;
}

bool stream_put(struct stream *stream, const char *bytes, uint32_t size)
{
    if (stream->broken)
        return false;
    if (stream->out_from + stream->out_size + size > OUT_BYTES) {
        memmove(stream->out, stream->out + stream->out_from, stream->out_size);
        stream->out_from = 0;
    }
    if (stream->out_size + size > OUT_BYTES) {
        stream->broken = true;
        return false;
    }
    memcpy(stream->out + stream->out_from + stream->out_size, bytes, size);
    stream->out_size += size;
    return true;
}

/* How many bytes went or came; 0 for none now, -1 for never again. */
static int transfer(struct stream *stream, char *bytes, uint32_t size, bool out)
{
    ssize_t result;

    if (stream->ssl) {
        int wants, done = out ? SSL_write(stream->ssl, bytes, (int)size)
                              : SSL_read(stream->ssl, bytes, (int)size);
        if (done > 0)
            return done;
        wants = SSL_get_error(stream->ssl, done);
        return wants == SSL_ERROR_WANT_READ || wants == SSL_ERROR_WANT_WRITE ? 0 : -1;
    }
    result = out ? send(stream->fd, bytes, size, MSG_NOSIGNAL) : recv(stream->fd, bytes, size, 0);
    if (result > 0)
        return (int)result;
    return result < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

bool stream_step(struct stream *stream)
{
    int done = 1;

    while (!stream->broken && stream->out_size > 0 && done > 0) {
        done = transfer(stream, stream->out + stream->out_from, stream->out_size, true);
        if (done > 0) {
            stream->out_from += (uint32_t)done;
            stream->out_size -= (uint32_t)done;
        }
    }
    if (stream->out_size == 0)
        stream->out_from = 0;
    if (done >= 0 && !stream->broken && stream->in_size < IN_BYTES) {
        done = transfer(stream, stream->in + stream->in_size, IN_BYTES - stream->in_size, false);
        if (done > 0)
            stream->in_size += (uint32_t)done;
    }
    stream->broken |= done < 0;
    return !stream->broken;
}

uint32_t stream_message_size(struct text bytes)
{
    uint32_t lead = 0;
    uint64_t body = 0;
    int32_t end;
    struct text rest;

    while (lead < bytes.size && (bytes.data[lead] == '\r' || bytes.data[lead] == '\n'))
        lead++;
    rest = text_part(bytes, lead, bytes.size);
    end = text_find(rest, TEXT("\r\n\r\n"));
    if (end < 0)
        return 0;
    rest = text_part(rest, 0, (uint32_t)end);
    while (rest.data) {
        struct text value = text_next(&rest, '\n'), name = text_trim(text_next(&value, ':'));
        if ((text_equal_nocase(name, TEXT("Content-Length")) ||
             text_equal_nocase(name, TEXT("l"))) &&
            !text_number(text_trim(value), &body))
            body = 0;
    }
    if (body > bytes.size || lead + (uint32_t)end + 4 + body > bytes.size)
        return 0;
    return lead + (uint32_t)end + 4 + (uint32_t)body;
}

bool stream_take(struct stream *stream, struct text *message)
{
    uint32_t size;

    if (stream->taken > 0) {
        stream->in_size -= stream->taken;
        memmove(stream->in, stream->in + stream->taken, stream->in_size);
        stream->taken = 0;
    }
    size = stream_message_size((struct text){stream->in, stream->in_size});
    if (size == 0) {
        stream->broken |= stream->in_size == IN_BYTES;
        return false;
    }
    stream->taken = size;
    *message = (struct text){stream->in, size};
    while (message->size > 0 && (message->data[0] == '\r' || message->data[0] == '\n'))
        *message = text_part(*message, 1, message->size);
    return true;
}

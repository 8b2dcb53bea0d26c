// SPDX-License-Identifier: Apache-2.0
/* socket_connect.c - from addresses to an open WebSocket: TCP, TLS, upgrade; one address after the
 * other, each with its part of the time. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/socket_work.h"

enum { READ_BYTES = 4096, MAX_HEAD = NET_HEADER_BYTES };

void socket_asking_free(struct socket_work *work)
{
    struct socket_asking *asking = work->asking;

    if (!asking)
        return;
    names_forget(&asking->wait);
    if (asking->request.size > 0)
        explicit_bzero(asking->text,
                       (size_t)(asking->request.data + asking->request.size - asking->text));
    socket_bytes_free(&asking->head);
    free(asking);
    work->asking = NULL;
}

static void free_poll(uv_handle_t *handle)
{
    free(handle);
}

void socket_disconnect(struct socket_work *work)
{
    if (work->poll) {
        uv_close((uv_handle_t *)work->poll, free_poll);
        work->poll = NULL;
    }
    if (work->tls) {
        SSL_free(work->tls);
        work->tls = NULL;
    }
    if (work->fd >= 0)
        close(work->fd);
    work->fd = -1;
    work->tls_writes = false;
    work->watched = 0;
}

static socklen_t make_address(struct sockaddr_storage *out, const char *text, uint16_t port)
{
    struct sockaddr_in *four = (struct sockaddr_in *)(void *)out;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)(void *)out;

    memset(out, 0, sizeof(*out));
    if (inet_pton(AF_INET, text, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = htons(port);
        return sizeof(*four);
    }
    if (inet_pton(AF_INET6, text, &six->sin6_addr) == 1) {
        six->sin6_family = AF_INET6;
        six->sin6_port = htons(port);
        return sizeof(*six);
    }
    return 0;
}

/* Begins with one address. 0 or -errno. */
static int try_address(struct socket_work *work, const char *text)
{
    struct sockaddr_storage address;
    socklen_t size = make_address(&address, text, work->asking->url.port);
    int on = 1;

    if (size == 0)
        return -EAFNOSUPPORT;
    work->fd = socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (work->fd < 0)
        return -errno;
    setsockopt(work->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (connect(work->fd, (struct sockaddr *)&address, size) != 0 && errno != EINPROGRESS)
        return -errno;
    work->poll = calloc(1, sizeof(*work->poll));
    if (!work->poll)
        return -ENOMEM;
    int error = uv_poll_init_socket(&work->net->loop, work->poll, work->fd);
    if (error) {
        free(work->poll);
        work->poll = NULL;
        return error;
    }
    work->poll->data = work;
    socket_watch(work);
    return 0;
}

/* Goes on to the next address, or ends with why the last one failed. */
static void next_address(struct socket_work *work, int error)
{
    struct socket_asking *asking = work->asking;
    uint64_t now_ms = clock_ms(), until_ms = work->begun_ms + work->connect_ms;

    while (asking->tried < asking->found.count) {
        uint32_t left = asking->found.count - asking->tried;
        socket_disconnect(work);
        asking->address_ms = now_ms + (until_ms > now_ms ? (until_ms - now_ms) / left : 0);
        error = try_address(work, asking->found.address[asking->tried++]);
        if (error == 0) {
            socket_arm(work);
            return;
        }
    }
    if (error == -ETIMEDOUT)
        socket_end(work, NET_TIMEOUT_CONNECT, NULL);
    else
        socket_end(work, NET_REFUSED, strerror(-error));
}

void socket_connect(struct socket_work *work, const struct names_found *found)
{
    work->asking->found = *found;
    work->phase = SOCKET_CONNECTING;
    next_address(work, -EADDRNOTAVAIL);
}

void socket_connect_late(struct socket_work *work)
{
    next_address(work, -ETIMEDOUT);
}

static bool make_tls(struct socket_work *work)
{
    char host[256];
    uint8_t address[16];

    text_copy(host, sizeof(host), work->asking->url.host);
    work->tls = SSL_new(work->net->tls);
    if (!work->tls || SSL_set_fd(work->tls, work->fd) != 1)
        return false;
    SSL_set_connect_state(work->tls);
    X509_VERIFY_PARAM *rules = SSL_get0_param(work->tls);
    X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1)
        return X509_VERIFY_PARAM_set1_ip_asc(rules, host) == 1;
    return X509_VERIFY_PARAM_set1_host(rules, host, 0) == 1 &&
           SSL_set_tlsext_host_name(work->tls, host) == 1;
}

static void fail_tls(struct socket_work *work)
{
    long verified = SSL_get_verify_result(work->tls);
    unsigned long error = ERR_peek_error();
    const char *why = "the handshake was cut off";

    if (verified != X509_V_OK)
        why = X509_verify_cert_error_string(verified);
    else if (error != 0 && ERR_reason_error_string(error))
        why = ERR_reason_error_string(error);
    ERR_clear_error();
    socket_end(work, NET_TLS, why);
}

static void secure(struct socket_work *work)
{
    ERR_clear_error();
    int done = SSL_do_handshake(work->tls);
    if (done == 1) {
        work->phase = SOCKET_UPGRADING;
        work->tls_writes = false;
        return;
    }
    int wants = SSL_get_error(work->tls, done);
    work->tls_writes = wants == SSL_ERROR_WANT_WRITE;
    if (wants != SSL_ERROR_WANT_READ && wants != SSL_ERROR_WANT_WRITE)
        fail_tls(work);
}

static void connected(struct socket_work *work)
{
    int error = 0;
    socklen_t size = sizeof(error);

    getsockopt(work->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error) {
        next_address(work, -error);
        return;
    }
    work->phase = SOCKET_UPGRADING;
    if (work->asking->url.scheme != URL_WSS)
        return;
    work->phase = SOCKET_SECURING;
    if (!make_tls(work))
        socket_end(work, NET_TLS, "OpenSSL could not begin");
}

static void send_request(struct socket_work *work)
{
    struct socket_asking *asking = work->asking;

    while (asking->sent < asking->request.size) {
        ssize_t sent = socket_write_bytes(work, asking->request.data + asking->sent,
                                          asking->request.size - asking->sent);
        if (sent == -EAGAIN)
            return;
        if (sent <= 0) {
            socket_end(work, NET_BROKEN, "it hung up before the upgrade");
            return;
        }
        asking->sent += (uint32_t)sent;
    }
}

/* The head is whole: open, or not. What came behind it are frames. */
static void judge(struct socket_work *work, uint32_t head_size)
{
    struct socket_asking *asking = work->asking;
    struct upgrade_answer answer;
    struct text head = {(const char *)asking->head.bytes, head_size};
    uint32_t behind = asking->head.size - head_size - 4;

    upgrade_read(head, asking->key, asking->subprotocol, clock_wall_ms() / 1000, &answer);
    if (answer.result != NET_OK) {
        work->status = (uint16_t)answer.status;
        work->retry_after_s = answer.retry_after_s;
        socket_end(work, answer.result, answer.why);
        return;
    }
    if (!socket_wire_open(work) ||
        !socket_bytes_add(&work->early, asking->head.bytes + head_size + 4, behind)) {
        socket_end(work, NET_BROKEN, "no memory");
        return;
    }
    socket_asking_free(work);
    socket_opened(work);
}

static void read_answer(struct socket_work *work)
{
    char bytes[READ_BYTES];
    struct socket_bytes *head = &work->asking->head;

    for (;;) {
        ssize_t got = socket_read_bytes(work, bytes, sizeof(bytes));
        if (got == -EAGAIN)
            return;
        if (got <= 0 || !socket_bytes_add(head, bytes, (size_t)got)) {
            socket_end(work, NET_BROKEN, "it hung up before the upgrade");
            return;
        }
        int32_t end = text_find((struct text){(char *)head->bytes, head->size}, TEXT("\r\n\r\n"));
        if (end >= 0) {
            judge(work, (uint32_t)end);
            return;
        }
        if (head->size > MAX_HEAD) {
            socket_end(work, NET_TOO_LARGE, NULL);
            return;
        }
    }
}

void socket_connect_ready(struct socket_work *work)
{
    if (work->phase == SOCKET_CONNECTING)
        connected(work);
    if (work->phase == SOCKET_SECURING)
        secure(work);
    if (work->phase == SOCKET_UPGRADING)
        send_request(work);
    if (work->phase == SOCKET_UPGRADING)
        read_answer(work);
    if (work->phase < SOCKET_OPEN)
        socket_watch(work);
}

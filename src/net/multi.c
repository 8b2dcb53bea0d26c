// SPDX-License-Identifier: Apache-2.0
/* multi.c - libcurl's multi interface on libuv: it says which sockets and what time it waits for.
 *
 * Source: libcurl's manual, curl_multi_socket_action(3), CURLMOPT_SOCKETFUNCTION(3),
 * CURLMOPT_TIMERFUNCTION(3). */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "net/inside.h"

enum { KEPT_CONNECTIONS = 256 }; /* Idle ones, over all hosts. */

struct multi_socket {
    uv_poll_t poll;
    struct net *net;
    curl_socket_t fd;
};

/* Hands over transfers that have ended. */
static void collect(struct net *net)
{
    int left;
    const CURLMsg *message;

    while ((message = curl_multi_info_read(net->multi, &left)) != NULL) {
        char *work = NULL;
        CURLcode code = message->data.result;
        assert(message->msg == CURLMSG_DONE);
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &work);
        http_ended((struct http_work *)(void *)work, code);
    }
}

/* An error is read by libcurl itself, so that a kept connection that was reset is replaced; told as
 * an error of the poll, it would end the request. */
static void on_ready(uv_poll_t *poll, int status, int events)
{
    struct multi_socket *at = poll->data;
    struct net *net = at->net;
    int running, mask = 0;

    if (status < 0)
        mask = CURL_CSELECT_IN | CURL_CSELECT_OUT;
    if (events & UV_READABLE)
        mask |= CURL_CSELECT_IN;
    if (events & UV_WRITABLE)
        mask |= CURL_CSELECT_OUT;
    curl_multi_socket_action(net->multi, at->fd, mask, &running);
    collect(net);
}

static void free_socket(uv_handle_t *handle)
{
    free(handle->data);
}

static struct multi_socket *watch(struct net *net, curl_socket_t fd)
{
    struct multi_socket *at = calloc(1, sizeof(*at));
    if (!at)
        return NULL;
    at->net = net;
    at->fd = fd;
    at->poll.data = at;
    if (uv_poll_init_socket(&net->loop, &at->poll, fd) != 0) {
        free(at);
        return NULL;
    }
    curl_multi_assign(net->multi, fd, at);
    return at;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *assigned)
{
    struct net *net = context;
    struct multi_socket *at = assigned;

    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        if (at) {
            uv_poll_stop(&at->poll);
            uv_close((uv_handle_t *)&at->poll, free_socket);
            curl_multi_assign(net->multi, fd, NULL);
        }
        return 0;
    }
    if (!at)
        at = watch(net, fd);
    if (!at)
        return -1;
    int events =
        (what != CURL_POLL_OUT ? UV_READABLE : 0) | (what != CURL_POLL_IN ? UV_WRITABLE : 0);
    return uv_poll_start(&at->poll, events, on_ready) == 0 ? 0 : -1;
}

static void on_time(uv_timer_t *timer)
{
    struct net *net = timer->data;
    int running;

    curl_multi_socket_action(net->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    collect(net);
}

static int on_timer(CURLM *multi, long timeout_ms, void *context)
{
    struct net *net = context;

    (void)multi;
    if (timeout_ms < 0)
        uv_timer_stop(&net->multi_timer);
    else
        uv_timer_start(&net->multi_timer, on_time, (uint64_t)timeout_ms, 0);
    return 0;
}

int multi_open(struct net *net)
{
    net->multi = curl_multi_init();
    net->sessions = curl_share_init();
    if (!net->multi || !net->sessions)
        return -ENOMEM;
    uv_timer_init(&net->loop, &net->multi_timer);
    net->multi_timer.data = net;
    curl_share_setopt(net->sessions, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
    curl_multi_setopt(net->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(net->multi, CURLMOPT_SOCKETDATA, net);
    curl_multi_setopt(net->multi, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(net->multi, CURLMOPT_TIMERDATA, net);
    curl_multi_setopt(net->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX);
    curl_multi_setopt(net->multi, CURLMOPT_MAXCONNECTS, (long)KEPT_CONNECTIONS);
    return 0;
}

/* Kept connections are closed here, which takes their sockets off the loop. */
void multi_stop(struct net *net)
{
    curl_multi_cleanup(net->multi);
    net->multi = NULL;
    uv_close((uv_handle_t *)&net->multi_timer, NULL);
}

void multi_close(struct net *net)
{
    if (net->multi)
        curl_multi_cleanup(net->multi);
    curl_share_cleanup(net->sessions);
}

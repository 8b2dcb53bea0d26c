// SPDX-License-Identifier: Apache-2.0
/* net.c - the thread and its loop: takes notes from other threads, tells figures, ends in order. */
#include "net/net.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/urgency.h"
#include "net/http_work.h"
#include "net/inside.h"

enum {
    MOST = 2048,     /* Requests, and sockets, when the options name none. */
    NOTE_COST = 32,  /* A note in the mailbox. */
    PER_PLACE = 12,  /* Notes of a place: one of each kind, and those of its next user. */
    ALWAYS_FREE = 16 /* Notes that belong to no place. */
};

const char *const net_result_names[NET_RESULTS] = {
    [NET_OK] = "ok",
    [NET_FULL] = "too many at once",
    [NET_BAD_REQUEST] = "a request that cannot be sent",
    [NET_RESOLVE] = "the name has no address",
    [NET_REFUSED] = "no connection",
    [NET_TLS] = "no secure connection",
    [NET_TIMEOUT_CONNECT] = "no connection in time",
    [NET_TIMEOUT_FIRST] = "no answer in time",
    [NET_TIMEOUT_IDLE] = "it fell silent",
    [NET_TIMEOUT_TOTAL] = "not finished in time",
    [NET_BROKEN] = "the connection was lost",
    [NET_MALFORMED] = "not the protocol",
    [NET_TOO_LARGE] = "a larger answer than allowed",
    [NET_STATUS] = "refused by the server",
    [NET_CANCELLED] = "cancelled",
};

void net_tell(struct net *net, enum net_note_kind kind, uint32_t id, void *what)
{
    struct net_note note = {.kind = kind, .id = id, .what = what};
    enum mailbox_result result = mailbox_post(net->notes, &note, sizeof(note));
    assert(result == MAILBOX_OK);
}

static void stop(struct net *net)
{
    net->stopping = true;
    names_stop(net->names);
}

static void obey(struct net *net, const struct net_note *note)
{
    switch (note->kind) {
    case NOTE_HTTP_START:
        http_begin(net, note->id, note->what);
        break;
    case NOTE_HTTP_CANCEL:
        http_drop(net, note->id);
        break;
    case NOTE_SOCKET_START:
        socket_begin(net, note->id, note->what);
        break;
    case NOTE_SOCKET_WAKE:
    case NOTE_SOCKET_CLOSE:
    case NOTE_SOCKET_CANCEL:
        socket_note(net, note->id, note->kind);
        break;
    case NOTE_WARM_KEEP:
        warm_begin(net, note->id, note->what);
        break;
    case NOTE_WARM_DROP:
        warm_end(net, note->id);
        break;
    case NOTE_STOP:
        stop(net);
        break;
    case NOTE_KINDS:
        assert(note->kind != NOTE_KINDS); /* No note. */
        break;
    }
}

/* What callbacks start while all ends, ends too. */
static void take_notes(struct net *net)
{
    struct net_note note;

    do {
        while (mailbox_take(net->notes, &note, sizeof(note)) > 0)
            obey(net, &note);
        if (net->stopping) {
            warm_end_all(net);
            http_drop_all(net);
            socket_drop_all(net);
        }
    } while (!mailbox_arm(net->notes));
}

static void close_loop(struct net *net)
{
    multi_stop(net);
    uv_close((uv_handle_t *)&net->notes_poll, NULL);
    uv_close((uv_handle_t *)&net->publish, NULL);
}

static void on_notes(uv_poll_t *poll, int status, int events)
{
    struct net *net = poll->data;

    (void)status, (void)events;
    take_notes(net);
}

/* After each round: figures, and the end when nothing is left of what was under way. */
static void on_round(uv_check_t *check)
{
    struct net *net = check->data;

    net->figures.requests = lease_used(net->requests);
    net->figures.sockets = lease_used(net->sockets);
    net->figures.names_asked = names_asked(net->names);
    net->figures.names_kept = names_known(net->names);
    board_write(net->board, &net->figures);
    if (net->stopping && !uv_is_closing((uv_handle_t *)&net->publish))
        close_loop(net);
}

static void *run(void *context)
{
    struct net *net = context;
    sigset_t pipe;

    /* A connection that breaks while it is written to is an outcome, not a signal. */
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, NULL);
    pthread_setname_np(pthread_self(), "net");
    urgency_take(URGENCY_TURN);
    take_notes(net);
    uv_run(&net->loop, UV_RUN_DEFAULT);
    return NULL;
}

static int open_tables(struct net *net, const struct net_options *options)
{
    net->max_requests = options->max_requests ? options->max_requests : MOST;
    net->max_sockets = options->max_sockets ? options->max_sockets : MOST;
    size_t notes =
        (size_t)(net->max_requests + net->max_sockets + WARM_POOLS) * PER_PLACE + ALWAYS_FREE;
    net->http = calloc(net->max_requests, sizeof(struct http_work *));
    net->names = names_new(&net->loop);
    net->socket = calloc(net->max_sockets, sizeof(struct socket_work *));
    if (!net->http || !net->socket || !net->names ||
        lease_table_open(&net->requests, net->max_requests) != 0 ||
        lease_table_open(&net->sockets, net->max_sockets) != 0 ||
        lease_table_open(&net->pools, WARM_POOLS) != 0 ||
        board_open(&net->warm_board, WARM_POOLS * sizeof(struct warm_shown)) != 0 ||
        board_open(&net->board, sizeof(net->figures)) != 0)
        return -ENOMEM;
    return mailbox_open(&net->notes, "net", notes * NOTE_COST);
}

static int open_loop(struct net *net)
{
    int error = uv_poll_init(&net->loop, &net->notes_poll, mailbox_fd(net->notes));
    if (error)
        return error;
    net->notes_poll.data = net->publish.data = net;
    uv_poll_start(&net->notes_poll, UV_READABLE, on_notes);
    uv_check_init(&net->loop, &net->publish);
    uv_check_start(&net->publish, on_round);
    return 0;
}

static void close_left(uv_handle_t *handle, void *context)
{
    (void)context;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

static void free_net(struct net *net)
{
    multi_close(net);
    uv_walk(&net->loop, close_left, NULL); /* Of an opening that failed; else there are none. */
    uv_run(&net->loop, UV_RUN_DEFAULT);
    int left = uv_loop_close(&net->loop);
    assert(left == 0);
    X509_STORE_free(net->authorities);
    names_free(net->names);
    lease_table_close(net->requests);
    lease_table_close(net->sockets);
    lease_table_close(net->pools);
    board_close(net->warm_board);
    mailbox_close(net->notes);
    board_close(net->board);
    SSL_CTX_free(net->tls);
    free(net->http);
    free(net->socket);
    free(net);
}

static int open_all(struct net *net, const struct net_options *options, char *why,
                    uint32_t why_size)
{
    int error = open_tables(net, options);
    if (!error) {
        net->authorities = trust_open(options->ca_file, why, why_size);
        error = net->authorities ? multi_open(net) : -EINVAL;
    }
    if (!error) {
        net->tls = trust_context(net->authorities);
        error = net->tls ? 0 : -ENOMEM;
    }
    if (!error)
        error = open_loop(net);
    if (error && !why[0])
        snprintf(why, why_size, "connections to providers: %s", strerror(-error));
    return error;
}

int net_open(struct net **out, const struct net_options *options, char *why, uint32_t why_size)
{
    pthread_t thread;

    why[0] = '\0';
    curl_global_init(CURL_GLOBAL_DEFAULT);
    struct net *net = calloc(1, sizeof(*net));
    if (!net || uv_loop_init(&net->loop) != 0) {
        free(net);
        snprintf(why, why_size, "no memory for connections to providers");
        return -ENOMEM;
    }
    int error = open_all(net, options, why, why_size);
    if (!error)
        error = -pthread_create(&thread, NULL, run, net);
    if (error) {
        free_net(net);
        return error;
    }
    net->thread = (uint64_t)thread;
    *out = net;
    return 0;
}

void net_close(struct net *net)
{
    if (!net)
        return;
    net_tell(net, NOTE_STOP, 0, NULL);
    pthread_join((pthread_t)net->thread, NULL);
    free_net(net);
}

void net_figures(struct net *net, struct net_figures *out)
{
    board_read(net->board, out);
}

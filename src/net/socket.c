// SPDX-License-Identifier: Apache-2.0
/* socket.c - the life of a WebSocket: handed over, resolved, connected, open, ended once. */
#include "net/socket.h"

#include <assert.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "net/socket_work.h"

enum {
    MAX_MESSAGE = 1 << 20,
    MAX_QUEUE = 256 << 10,
    CLOSE_MS = 2000,     /* For their answer to our Close. */
    REQUEST_BYTES = 512, /* Of an upgrade without its URL and the caller's headers. */
    HEADER_BYTES = 4     /* ": " and a line's end. */
};

static uint32_t or_default(uint32_t value, uint32_t otherwise)
{
    return value ? value : otherwise;
}

static bool valid(const struct socket_request *request)
{
    struct net_header subprotocol = {.name = TEXT("x"), .value = request->subprotocol};
    struct url url;

    return url_read(request->url, &url) && url.scheme >= URL_WS &&
           url_headers_valid(request->headers, request->header_count) &&
           url_headers_valid(&subprotocol, 1);
}

/* Copies what is needed until it is open, and writes the upgrade's request. */
static struct socket_asking *copy_asking(const struct socket_request *request)
{
    uint8_t random[16];
    uint32_t room = REQUEST_BYTES + request->url.size + request->subprotocol.size;

    for (uint32_t i = 0; i < request->header_count; i++)
        room += request->headers[i].name.size + request->headers[i].value.size + HEADER_BYTES;
    struct socket_asking *asking =
        calloc(1, sizeof(*asking) + request->url.size + request->subprotocol.size + room);
    if (!asking || RAND_bytes(random, sizeof(random)) != 1) {
        free(asking);
        return NULL;
    }
    char *at = asking->text + request->url.size;
    memcpy(asking->text, request->url.data, request->url.size);
    if (request->subprotocol.size > 0)
        memcpy(at, request->subprotocol.data, request->subprotocol.size);
    asking->subprotocol = (struct text){at, request->subprotocol.size};
    bool read = url_read((struct text){asking->text, request->url.size}, &asking->url);
    assert(read);
    upgrade_key(random, asking->key);

    struct text_buffer out;
    text_buffer_init(&out, at + request->subprotocol.size, room);
    upgrade_write(&out, &(struct upgrade_request){.url = &asking->url,
                                                  .key = asking->key,
                                                  .subprotocol = request->subprotocol,
                                                  .headers = request->headers,
                                                  .header_count = request->header_count});
    assert(!out.cut);
    asking->request = text_view(&out);
    return asking;
}

static struct socket_work *copy_request(struct net *net, const struct socket_request *request)
{
    struct socket_work *work = calloc(1, sizeof(*work));

    if (!work)
        return NULL;
    work->asking = copy_asking(request);
    if (!work->asking) {
        free(work);
        return NULL;
    }
    work->asking->work = work;
    work->net = net;
    work->fd = -1;
    work->connect_ms = or_default(request->connect_ms, 5000);
    work->idle_ms = or_default(request->idle_ms, 30000);
    work->max_message = or_default(request->max_message, MAX_MESSAGE);
    work->warm = request->warm;
    work->begun_ms = clock_ms();
    return work;
}

enum net_result socket_start(struct net *net, const struct socket_request *request,
                             const struct socket_sink *sink, void *context, uint32_t *id)
{
    *id = 0;
    if (!valid(request))
        return NET_BAD_REQUEST;
    struct socket_work *work = copy_request(net, request);
    if (!work)
        return NET_FULL;
    work->sink = sink;
    work->context = context;
    work->id = lease_take(net->sockets, or_default(request->max_queue, MAX_QUEUE));
    if (!work->id) {
        socket_asking_free(work);
        free(work);
        return NET_FULL;
    }
    *id = work->id;
    net_tell(net, NOTE_SOCKET_START, *id, work);
    return NET_OK;
}

static enum socket_sent send_message(struct net *net, uint32_t id, uint32_t kind, const void *bytes,
                                     uint32_t size)
{
    bool wake;
    enum lease_result result = lease_put(net->sockets, id, kind, bytes, size, &wake);

    if (wake)
        net_tell(net, NOTE_SOCKET_WAKE, id, NULL);
    return result == LEASE_OK ? SOCKET_SENT : result == LEASE_FULL ? SOCKET_FULL : SOCKET_GONE;
}

enum socket_sent socket_send_text(struct net *net, uint32_t id, struct text text)
{
    return send_message(net, id, WSLAY_TEXT_FRAME, text.data, text.size);
}

enum socket_sent socket_send_binary(struct net *net, uint32_t id, const void *bytes, uint32_t size)
{
    return send_message(net, id, WSLAY_BINARY_FRAME, bytes, size);
}

void socket_close(struct net *net, uint32_t id)
{
    if (lease_shut(net->sockets, id))
        net_tell(net, NOTE_SOCKET_CLOSE, id, NULL);
}

void socket_cancel(struct net *net, uint32_t id)
{
    if (lease_retire(net->sockets, id))
        net_tell(net, NOTE_SOCKET_CANCEL, id, NULL);
}

bool socket_alive(const struct socket_work *work)
{
    return lease_alive(work->net->sockets, work->id);
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct socket_work *work = handle->data;
    void (*gone)(void *) = work->sink->on_gone;
    void *context = work->context;

    free(work);
    if (gone)
        gone(context);
}

/* The id is dead already. */
static void let_go(struct socket_work *work)
{
    struct net *net = work->net;

    work->phase = SOCKET_ENDED;
    socket_asking_free(work);
    socket_wire_close(work);
    socket_disconnect(work);
    net->socket[lease_slot(work->id)] = NULL;
    lease_free(net->sockets, work->id);
    uv_close((uv_handle_t *)&work->timer, on_timer_closed);
}

void socket_end(struct socket_work *work, enum net_result result, const char *why)
{
    struct socket_closed closed = {
        .result = result,
        .code = work->code,
        .status = work->status,
        .retry_after_s = work->retry_after_s,
        .opened = work->opened,
        .why = why ? why : net_result_names[result],
    };

    if (work->phase == SOCKET_ENDED)
        return;
    if (lease_retire(work->net->sockets, work->id)) {
        work->net->figures.sockets_failed += !work->opened && result != NET_OK;
        if (work->sink->on_closed)
            work->sink->on_closed(work->context, &closed);
    }
    let_go(work);
}

void socket_opened(struct socket_work *work)
{
    uint64_t now_ms = clock_ms();
    struct socket_opened opened = {.id = work->id,
                                   .connect_ms = (uint32_t)(now_ms - work->begun_ms)};

    work->phase = work->close_wanted ? SOCKET_CLOSING : SOCKET_OPEN;
    work->opened = true;
    work->heard_ms = work->closing_ms = now_ms;
    socket_arm(work);
    if (work->sink->on_open && socket_alive(work))
        work->sink->on_open(work->context, &opened);
    socket_pump(work);
}

/* When it is time for something. */
static uint64_t next_ms(const struct socket_work *work)
{
    uint64_t at_ms = work->begun_ms + work->connect_ms;

    switch (work->phase) {
    case SOCKET_CONNECTING:
        return work->asking->address_ms < at_ms ? work->asking->address_ms : at_ms;
    case SOCKET_RESOLVING:
    case SOCKET_SECURING:
    case SOCKET_UPGRADING:
        return at_ms;
    case SOCKET_OPEN:
        if (work->more)
            return 0;
        return work->heard_ms + (work->pinged ? work->idle_ms : work->idle_ms / 2);
    case SOCKET_CLOSING:
        return work->more ? 0 : work->closing_ms + CLOSE_MS;
    case SOCKET_ENDED:
        break;
    }
    assert(work->phase != SOCKET_ENDED); /* Has no time. */
    return 0;
}

static void be_late(struct socket_work *work)
{
    if (work->more)
        socket_pump(work);
    else if (work->phase == SOCKET_CLOSING)
        socket_end(work, NET_OK, "no answer to our Close");
    else if (work->phase == SOCKET_OPEN && work->pinged)
        socket_end(work, NET_TIMEOUT_IDLE, NULL);
    else if (work->phase == SOCKET_OPEN)
        socket_ping(work);
    else if (clock_ms() >= work->begun_ms + work->connect_ms)
        socket_end(work, NET_TIMEOUT_CONNECT, NULL);
    else
        socket_connect_late(work);
}

/* Bytes only note their time; the timer looks when it fires, and sleeps again. */
static void on_time(uv_timer_t *timer)
{
    struct socket_work *work = timer->data;

    if (clock_ms() >= next_ms(work))
        be_late(work);
    if (work->phase != SOCKET_ENDED)
        socket_arm(work);
}

void socket_arm(struct socket_work *work)
{
    uint64_t at_ms = next_ms(work), now_ms = clock_ms();

    uv_update_time(&work->net->loop);
    uv_timer_start(&work->timer, on_time, at_ms > now_ms ? at_ms - now_ms : 0, 0);
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
    struct socket_work *work = poll->data;

    (void)events;
    if (status < 0)
        work->watched = 0; /* Libuv has stopped it: what is wrong is read from the socket. */
    if (work->phase < SOCKET_OPEN)
        socket_connect_ready(work);
    else
        socket_pump(work);
}

void socket_watch(struct socket_work *work)
{
    bool writes =
        work->phase == SOCKET_CONNECTING || work->tls_writes || work->out.size > work->out.at ||
        (work->phase == SOCKET_UPGRADING && work->asking->sent < work->asking->request.size);
    int events = UV_READABLE | (writes ? UV_WRITABLE : 0);

    if (!work->poll || events == work->watched)
        return;
    work->watched = events;
    uv_poll_start(work->poll, events, on_ready);
}

static void on_found(struct names_wait *wait, const struct names_found *found)
{
    struct socket_asking *asking =
        (struct socket_asking *)(void *)((char *)wait - offsetof(struct socket_asking, wait));

    if (found->count == 0)
        socket_end(asking->work, NET_RESOLVE, found->why);
    else
        socket_connect(asking->work, found);
}

void socket_rename(struct socket_work *ready, struct socket_work *fresh)
{
    struct net *net = ready->net;

    lease_retire(net->sockets, ready->id);
    lease_free(net->sockets, ready->id);
    net->socket[lease_slot(ready->id)] = NULL;
    net->socket[lease_slot(fresh->id)] = ready;
    ready->id = fresh->id;
    ready->sink = fresh->sink;
    ready->context = fresh->context;
    ready->idle_ms = fresh->idle_ms;
    ready->max_message = fresh->max_message;
    ready->begun_ms = fresh->begun_ms;
    ready->heard_ms = clock_ms(); /* Silence is the taker's from now on: the pool's wait is none. */
    ready->pinged = false;
    wslay_event_config_set_max_recv_msg_length(ready->frames, ready->max_message);
    socket_asking_free(fresh);
    free(fresh);
    socket_arm(ready);
}

void socket_begin(struct net *net, uint32_t id, struct socket_work *work)
{
    if (work->warm && warm_give(net, work))
        return;
    uv_timer_init(&net->loop, &work->timer);
    work->timer.data = work;
    net->socket[lease_slot(id)] = work;
    net->figures.sockets_begun++;
    socket_arm(work);
    work->asking->wait.on_found = on_found;
    names_ask(net->names, work->asking->url.host, &work->asking->wait);
}

static void begin_close(struct socket_work *work)
{
    work->close_wanted = true;
    if (work->phase != SOCKET_OPEN)
        return;
    work->phase = SOCKET_CLOSING;
    work->closing_ms = clock_ms();
    socket_arm(work);
    socket_say(work);
}

void socket_note(struct net *net, uint32_t id, enum net_note_kind kind)
{
    struct socket_work *work = net->socket[lease_slot(id)];

    if (!work || work->id != id)
        return; /* It ended while the note was under way. */
    if (kind == NOTE_SOCKET_CANCEL)
        let_go(work);
    else if (kind == NOTE_SOCKET_CLOSE)
        begin_close(work);
    else if (work->phase >= SOCKET_OPEN)
        socket_say(work);
}

void socket_drop_all(struct net *net)
{
    for (uint32_t i = 0; i < net->max_sockets; i++) {
        struct socket_work *work = net->socket[i];
        if (work) {
            lease_retire(net->sockets, work->id);
            let_go(work);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
/* warm.c - pools of connections come and go, and give what they have. */
#include "net/warm.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "net/socket_work.h"
#include "net/warm_pool.h"

enum { REFRESH_MS = 45000 };

static struct text keep_text(struct warm_pool *pool, struct text t)
{
    char *to = pool->text + pool->text_size;

    if (t.size > 0)
        memcpy(to, t.data, t.size);
    pool->text_size += t.size;
    return (struct text){to, t.size};
}

static struct warm_pool *copy_wish(struct net *net, const struct warm_wish *wish)
{
    uint32_t room = wish->url.size + wish->subprotocol.size;

    for (uint32_t i = 0; i < wish->header_count; i++)
        room += wish->headers[i].name.size + wish->headers[i].value.size;
    struct warm_pool *pool = calloc(1, sizeof(*pool) + room);
    if (!pool)
        return NULL;
    pool->net = net;
    text_copy(pool->label, WARM_LABEL, wish->label);
    pool->count = wish->count < WARM_EACH ? wish->count : WARM_EACH;
    pool->refresh_ms = wish->refresh_ms ? wish->refresh_ms : REFRESH_MS;
    pool->url = keep_text(pool, wish->url);
    pool->subprotocol = keep_text(pool, wish->subprotocol);
    pool->header_count = wish->header_count;
    for (uint32_t i = 0; i < wish->header_count; i++) {
        pool->headers[i].name = keep_text(pool, wish->headers[i].name);
        pool->headers[i].value = keep_text(pool, wish->headers[i].value);
        pool->headers[i].secret = wish->headers[i].secret;
    }
    return pool;
}

void warm_pool_free(struct warm_pool *pool)
{
    explicit_bzero(pool->text, pool->text_size);
    free(pool);
}

uint32_t warm_keep(struct net *net, const struct warm_wish *wish, enum net_result *result)
{
    struct url url;

    *result = NET_BAD_REQUEST;
    if (!url_read(wish->url, &url) || !url_headers_valid(wish->headers, wish->header_count))
        return 0;
    *result = NET_FULL;
    struct warm_pool *pool = copy_wish(net, wish);
    if (!pool)
        return 0;
    uint32_t id = lease_take(net->pools, 0);
    if (!id) {
        warm_pool_free(pool);
        return 0;
    }
    pool->id = id;
    pool->sockets = url.scheme >= URL_WS;
    *result = NET_OK;
    net_tell(net, NOTE_WARM_KEEP, id, pool);
    return id;
}

void warm_drop(struct net *net, uint32_t id)
{
    if (lease_retire(net->pools, id))
        net_tell(net, NOTE_WARM_DROP, id, NULL);
}

bool warm_figures(struct net *net, uint32_t id, struct warm_figures *out)
{
    struct warm_shown shown[WARM_POOLS];

    board_read(net->warm_board, shown);
    if (id == 0 || lease_slot(id) >= WARM_POOLS || shown[lease_slot(id)].id != id)
        return false;
    *out = shown[lease_slot(id)].figures;
    return true;
}

uint32_t warm_labelled(struct net *net, struct text label, struct warm_figures *out)
{
    struct warm_shown shown[WARM_POOLS];
    uint32_t count = 0;

    board_read(net->warm_board, shown);
    *out = (struct warm_figures){.ready = 0};
    for (uint32_t i = 0; i < WARM_POOLS; i++) {
        if (shown[i].id == 0 || !text_equal(text_of(shown[i].label), label))
            continue;
        count++;
        out->ready += shown[i].figures.ready;
        out->opening += shown[i].figures.opening;
        out->taken += shown[i].figures.taken;
        out->missed += shown[i].figures.missed;
        out->refreshed += shown[i].figures.refreshed;
        out->failed += shown[i].figures.failed;
    }
    return count;
}

void warm_show(struct net *net)
{
    struct warm_shown shown[WARM_POOLS] = {{.id = 0}};

    for (uint32_t i = 0; i < WARM_POOLS; i++) {
        if (net->warm[i]) {
            shown[i].id = net->warm[i]->id;
            shown[i].figures = net->warm[i]->figures;
            memcpy(shown[i].label, net->warm[i]->label, WARM_LABEL);
        }
    }
    board_write(net->warm_board, shown);
}

void warm_begin(struct net *net, uint32_t id, struct warm_pool *pool)
{
    uv_timer_init(&net->loop, &pool->timer);
    pool->timer.data = pool;
    pool->users = 1;
    net->warm[lease_slot(id)] = pool;
    warm_tend(pool);
}

static void on_timer_closed(uv_handle_t *handle)
{
    warm_release(handle->data);
}

void warm_end(struct net *net, uint32_t id)
{
    struct warm_pool *pool = net->warm[lease_slot(id)];

    assert(pool && pool->id == id);
    pool->ended = true;
    net->warm[lease_slot(id)] = NULL;
    lease_free(net->pools, id);
    for (uint32_t i = 0; i < PLACES; i++) {
        struct warm_place *place = &pool->places[i];
        warm_forget_saved(place);
        if (place->state == WARM_READY || place->state == WARM_OLD ||
            place->state == WARM_OPENING) {
            if (pool->sockets)
                socket_cancel(net, place->id);
            else
                http_cancel(net, place->id);
        }
    }
    uv_close((uv_handle_t *)&pool->timer, on_timer_closed);
    warm_show(net);
}

void warm_end_all(struct net *net)
{
    for (uint32_t i = 0; i < WARM_POOLS; i++) {
        struct warm_pool *pool = net->warm[i];
        if (pool && lease_retire(net->pools, pool->id))
            warm_end(net, pool->id);
    }
}

static struct warm_place *find_ready(struct warm_pool *pool)
{
    struct warm_place *old = NULL;

    for (uint32_t i = 0; i < PLACES; i++) {
        if (pool->places[i].state == WARM_READY)
            return &pool->places[i];
        if (pool->places[i].state == WARM_OLD)
            old = &pool->places[i];
    }
    return old;
}

/* Tells the new owner that it is open, and what was said before. */
static void hand_over(struct socket_work *work, struct lease_message *saved)
{
    struct socket_opened opened = {.id = work->id,
                                   .connect_ms = (uint32_t)(clock_ms() - work->begun_ms),
                                   .warm = true};

    if (work->sink->on_open && socket_alive(work))
        work->sink->on_open(work->context, &opened);
    while (saved) {
        struct lease_message *message = saved;
        saved = message->next;
        if (socket_alive(work) && message->kind == WSLAY_TEXT_FRAME && work->sink->on_text)
            work->sink->on_text(work->context, (const char *)message->bytes, message->size);
        if (socket_alive(work) && message->kind == WSLAY_BINARY_FRAME && work->sink->on_binary)
            work->sink->on_binary(work->context, message->bytes, message->size);
        free(message);
    }
    socket_pump(work);
}

bool warm_give(struct net *net, struct socket_work *work)
{
    struct warm_pool *pool =
        lease_slot(work->warm) < WARM_POOLS ? net->warm[lease_slot(work->warm)] : NULL;

    if (!pool || pool->id != work->warm || !pool->sockets)
        return false;
    struct warm_place *place = find_ready(pool);
    if (!place) {
        pool->figures.missed++;
        warm_show(net);
        return false;
    }
    struct socket_work *ready = net->socket[lease_slot(place->id)];
    struct lease_message *saved = place->first;
    assert(ready && ready->id == place->id && ready->phase == SOCKET_OPEN);
    place->first = place->last = NULL;
    place->saved_bytes = 0;
    place->state = WARM_EMPTY;
    pool->users--;
    pool->figures.taken++;
    socket_rename(ready, work);
    net->figures.sockets_begun++;
    warm_tend(pool);
    hand_over(ready, saved);
    return true;
}

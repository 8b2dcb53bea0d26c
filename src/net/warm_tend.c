// SPDX-License-Identifier: Apache-2.0
/* warm_tend.c - keeps a pool's connections: opened through the same doors as everybody's, renewed
 * before they go stale, tried again later where they are refused. */
#include <stdlib.h>
#include <string.h>
#include <wslay/wslay.h>

#include "base/clock.h"
#include "net/http.h"
#include "net/warm_pool.h"

enum {
    FIRST_RETRY_MS = 1000,
    LAST_RETRY_MS = 60000,
    SAVED_BYTES = 65536 /* What a server says before anybody listens. */
};

static uint32_t count(const struct warm_pool *pool, enum warm_state state)
{
    uint32_t found = 0;

    for (uint32_t i = 0; i < PLACES; i++)
        found += pool->places[i].state == state;
    return found;
}

void warm_forget_saved(struct warm_place *place)
{
    while (place->first) {
        struct lease_message *message = place->first;
        place->first = message->next;
        free(message);
    }
    place->last = NULL;
    place->saved_bytes = 0;
}

static void leave(struct warm_place *place)
{
    place->state = WARM_LEAVING;
    socket_close(place->pool->net, place->id);
}

static void became_ready(struct warm_place *place)
{
    place->state = WARM_READY;
    place->ready_ms = clock_ms();
    place->pool->retry_ms = 0;
    warm_tend(place->pool);
}

/* It is no more; when it never was, the next try waits longer. */
static void became_empty(struct warm_place *place, bool failed)
{
    struct warm_pool *pool = place->pool;

    warm_forget_saved(place);
    place->state = WARM_EMPTY;
    if (failed) {
        pool->figures.failed++;
        uint32_t longer = pool->retry_ms ? pool->retry_ms * 2 : FIRST_RETRY_MS;
        pool->retry_ms = longer < LAST_RETRY_MS ? longer : LAST_RETRY_MS;
        pool->retry_at_ms = clock_ms() + pool->retry_ms;
    }
    warm_tend(pool);
}

static void on_open(void *context, const struct socket_opened *opened)
{
    (void)opened;
    became_ready(context);
}

static void save(struct warm_place *place, uint32_t kind, const void *bytes, size_t size)
{
    struct lease_message *message = NULL;

    if (place->saved_bytes + size <= SAVED_BYTES)
        message = malloc(sizeof(*message) + size);
    if (!message) { /* Not to be given to anybody with a part missing. */
        if (place->state == WARM_READY || place->state == WARM_OLD)
            leave(place);
        return;
    }
    message->next = NULL;
    message->kind = kind;
    message->size = (uint32_t)size;
    memcpy(message->bytes, bytes, size);
    place->saved_bytes += (uint32_t)size;
    if (place->last)
        place->last->next = message;
    else
        place->first = message;
    place->last = message;
}

static void on_text(void *context, const char *text, size_t size)
{
    save(context, WSLAY_TEXT_FRAME, text, size);
}

static void on_binary(void *context, const uint8_t *bytes, size_t size)
{
    save(context, WSLAY_BINARY_FRAME, bytes, size);
}

static void on_closed(void *context, const struct socket_closed *closed)
{
    struct warm_place *place = context;

    became_empty(place, place->state != WARM_LEAVING &&
                            (!closed->opened || clock_ms() - place->ready_ms < FIRST_RETRY_MS));
}

static void on_done(void *context, const struct http_done *done)
{
    struct warm_place *place = context;

    place->pool->shares = done->version == 20;
    if (done->result == NET_OK)
        became_ready(place);
    else
        became_empty(place, true);
}

void warm_release(struct warm_pool *pool)
{
    if (--pool->users == 0)
        warm_pool_free(pool);
}

static void on_gone(void *context)
{
    warm_release(((struct warm_place *)context)->pool);
}

static const struct socket_sink socket_sink = {.on_open = on_open,
                                               .on_text = on_text,
                                               .on_binary = on_binary,
                                               .on_closed = on_closed,
                                               .on_gone = on_gone};
static const struct http_sink http_sink = {.on_done = on_done, .on_gone = on_gone};

/* False: not now; as many as are allowed are open elsewhere. */
static bool open_one(struct warm_pool *pool, struct warm_place *place)
{
    struct socket_request asked = {.url = pool->url,
                                   .headers = pool->headers,
                                   .header_count = pool->header_count,
                                   .subprotocol = pool->subprotocol};
    struct http_request head = {.method = TEXT("HEAD"),
                                .url = pool->url,
                                .headers = pool->headers,
                                .header_count = pool->header_count,
                                .first_byte_ms = 10000};

    place->pool = pool;
    enum net_result result = pool->sockets
                                 ? socket_start(pool->net, &asked, &socket_sink, place, &place->id)
                                 : http_start(pool->net, &head, &http_sink, place, &place->id);
    if (result != NET_OK)
        return false;
    place->state = WARM_OPENING;
    pool->users++;
    return true;
}

/* What has its age gives way: sockets to a successor; HTTP is used again, all at once, so that each
 * takes a connection of its own. */
static void grow_old(struct warm_pool *pool, uint64_t now_ms)
{
    bool due = false;

    for (uint32_t i = 0; i < PLACES; i++) {
        struct warm_place *place = &pool->places[i];
        if (place->state != WARM_READY || now_ms < place->ready_ms + pool->refresh_ms)
            continue;
        pool->figures.refreshed++;
        place->state = pool->sockets ? WARM_OLD : WARM_EMPTY;
        due = true;
    }
    for (uint32_t i = 0; i < PLACES && due && !pool->sockets; i++) {
        if (pool->places[i].state == WARM_READY)
            pool->places[i].state = WARM_EMPTY;
    }
}

static void fill(struct warm_pool *pool, uint64_t now_ms)
{
    uint32_t wanted = pool->shares ? 1 : pool->count;
    uint32_t have = count(pool, WARM_OPENING) + count(pool, WARM_READY);

    for (uint32_t i = 0; i < PLACES && have < wanted && now_ms >= pool->retry_at_ms; i++) {
        if (pool->places[i].state != WARM_EMPTY)
            continue;
        if (!open_one(pool, &pool->places[i])) {
            pool->retry_at_ms = now_ms + FIRST_RETRY_MS;
            break;
        }
        have++;
    }
    for (uint32_t i = 0; i < PLACES && count(pool, WARM_READY) >= wanted; i++) {
        if (pool->places[i].state == WARM_OLD)
            leave(&pool->places[i]);
    }
}

static void on_time(uv_timer_t *timer)
{
    warm_tend(timer->data);
}

static void sleep_until_due(struct warm_pool *pool, uint64_t now_ms)
{
    uint64_t due_ms = pool->retry_at_ms > now_ms ? pool->retry_at_ms : UINT64_MAX;

    for (uint32_t i = 0; i < PLACES; i++) {
        const struct warm_place *place = &pool->places[i];
        if (place->state == WARM_READY && place->ready_ms + pool->refresh_ms < due_ms)
            due_ms = place->ready_ms + pool->refresh_ms;
    }
    uv_timer_stop(&pool->timer);
    if (due_ms != UINT64_MAX) {
        uv_update_time(&pool->net->loop);
        uv_timer_start(&pool->timer, on_time, due_ms > now_ms ? due_ms - now_ms : 0, 0);
    }
}

/* Opens, renews, closes what is due, and sleeps until something is. */
void warm_tend(struct warm_pool *pool)
{
    uint64_t now_ms = clock_ms();

    if (pool->ended)
        return;
    grow_old(pool, now_ms);
    fill(pool, now_ms);
    sleep_until_due(pool, now_ms);
    pool->figures.ready = count(pool, WARM_READY) + count(pool, WARM_OLD);
    pool->figures.opening = count(pool, WARM_OPENING);
    warm_show(pool->net);
}

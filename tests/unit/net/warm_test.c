// SPDX-License-Identifier: Apache-2.0
/* warm_test.c - connections that are open before they are needed. */
#include "net/warm.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include "told.h"

static struct lab lab;
static struct net *net;

static uint32_t keep(const char *scheme, const char *path, uint32_t count, uint32_t refresh_ms)
{
    static const struct net_header key = {
        .name = TEXT_INIT("X-Key"), .value = TEXT_INIT("s3cret"), .secret = true};
    enum net_result result;
    char url[128];

    snprintf(url, sizeof(url), "%s://localhost:%d%s", scheme,
             strcmp(scheme, "https") == 0 ? lab.tls_port : lab.port, path);
    struct warm_wish wish = {.url = text_of(url),
                             .headers = &key,
                             .header_count = 1,
                             .count = count,
                             .refresh_ms = refresh_ms};
    uint32_t id = warm_keep(net, &wish, &result);
    CHECK(id != 0 && result == NET_OK);
    return id;
}

/* The figures, when `holds` says that they are so. */
static struct warm_figures wait_for(uint32_t id, bool (*holds)(const struct warm_figures *))
{
    struct warm_figures figures = {0};

    for (int i = 0; i < 30000; i++) {
        if (warm_figures(net, id, &figures) && holds(&figures))
            return figures;
        usleep(1000);
    }
    CHECK(!"the figures came");
    return figures;
}

static bool three_are_ready(const struct warm_figures *figures)
{
    return figures->ready == 3 && figures->opening == 0;
}

static bool six_were_refreshed(const struct warm_figures *figures)
{
    return figures->refreshed >= 6 && figures->ready >= 3;
}

static bool two_failed(const struct warm_figures *figures)
{
    return figures->failed >= 2;
}

static uint32_t start(uint32_t warm, const char *path, struct told *told)
{
    char url[128];
    uint32_t id;

    memset(told, 0, sizeof(*told));
    heard_init(&told->at);
    snprintf(url, sizeof(url), "ws://localhost:%d%s", lab.port, path);
    struct socket_request request = {.url = text_of(url), .warm = warm};
    CHECK(socket_start(net, &request, &told_sink, told, &id) == NET_OK);
    return id;
}

static void end(uint32_t id, struct told *told)
{
    socket_close(net, id);
    heard_wait(&told->at, &told->at.gones, 1);
    CHECK(told->closed.result == NET_OK && told->opens == 1);
}

static void a_socket_that_is_ready_is_taken_with_what_was_said_on_it(void)
{
    struct told told;
    uint32_t pool = keep("ws", "/ws/greets", 3, 0);

    (void)wait_for(pool, three_are_ready);
    for (uint32_t i = 1; i <= 5; i++) {
        (void)wait_for(pool, three_are_ready);
        uint32_t id = start(pool, "/ws/greets", &told);
        CHECK(socket_send_text(net, id, TEXT(" and echo")) == SOCKET_SENT);
        heard_wait(&told.at, &told.texts, 3);
        CHECK(told.warm && strcmp(told.text, "hello s3cret and echo") == 0);
        end(id, &told);
        CHECK(wait_for(pool, three_are_ready).taken == i); /* And another took its place. */
    }
    warm_drop(net, pool);
}

static void sockets_are_renewed_before_they_go_stale_and_never_missing(void)
{
    struct told told;
    uint32_t pool = keep("ws", "/ws/echo", 3, 50);

    (void)wait_for(pool, three_are_ready);
    struct warm_figures figures = wait_for(pool, six_were_refreshed);
    CHECK(figures.failed == 0);
    uint32_t id = start(pool, "/ws/echo", &told);
    heard_wait(&told.at, &told.opens, 1);
    CHECK(told.warm);
    end(id, &told);
    warm_drop(net, pool);
}

static void a_pool_that_has_none_is_missed_and_the_socket_opens_as_ever(void)
{
    struct told told;
    uint32_t pool = keep("ws", "/busy", 2, 0);

    struct warm_figures figures = wait_for(pool, two_failed);
    CHECK(figures.ready == 0);
    uint32_t id = start(pool, "/ws/echo", &told);
    heard_wait(&told.at, &told.opens, 1);
    CHECK(!told.warm);
    end(id, &told);
    CHECK(warm_figures(net, pool, &figures) && figures.missed == 1 && figures.taken == 0);
    warm_drop(net, pool);
}

static void requests_find_a_connection_that_is_there(void)
{
    struct heard heard;
    char url[128];
    uint32_t id, pool = keep("https", "/", 3, 0);

    (void)wait_for(pool, three_are_ready);
    heard_init(&heard);
    snprintf(url, sizeof(url), "https://localhost:%d/hello", lab.tls_port);
    CHECK(http_start(net, &(struct http_request){.url = text_of(url)}, &heard_sink, &heard, &id) ==
          NET_OK);
    heard_wait(&heard, &heard.gones, 1);
    CHECK(heard.done.result == NET_OK && heard.done.reused && heard.done.connect_ms == 0);
    warm_drop(net, pool);
    pool = keep("http", "/hello", 3, 50);
    CHECK(wait_for(pool, six_were_refreshed).failed == 0);
    warm_drop(net, pool);
}

static bool is_there(uint32_t pool)
{
    struct warm_figures figures;
    return warm_figures(net, pool, &figures);
}

static void pools_are_dropped_in_any_state_and_wishes_that_cannot_be_are_refused(void)
{
    enum net_result result;

    for (int i = 0; i < 20; i++)
        warm_drop(net, keep(i % 2 ? "ws" : "http", i % 3 ? "/ws/echo" : "/silent", 4, 20));
    uint32_t pool = keep("ws", "/ws/echo", 3, 0);
    (void)wait_for(pool, three_are_ready);
    warm_drop(net, pool);
    warm_drop(net, pool);
    while (is_there(pool))
        usleep(1000);
    CHECK(warm_keep(net, &(struct warm_wish){.url = TEXT("gopher://x")}, &result) == 0 &&
          result == NET_BAD_REQUEST);
    for (uint32_t i = 0; i < WARM_POOLS; i++)
        (void)keep("ws", "/ws/echo", 1, 0);
    CHECK(warm_keep(net, &(struct warm_wish){.url = TEXT("ws://localhost/")}, &result) == 0 &&
          result == NET_FULL);
    /* net_close() has to end these. */
}

int main(int argc, char **argv)
{
    char why[160];

    CHECK(argc == 2);
    lab_start(&lab, argv[1]);
    CHECK(net_open(&net, &(struct net_options){.ca_file = lab.ca}, why, sizeof(why)) == 0);
    RUN(a_socket_that_is_ready_is_taken_with_what_was_said_on_it);
    RUN(sockets_are_renewed_before_they_go_stale_and_never_missing);
    RUN(a_pool_that_has_none_is_missed_and_the_socket_opens_as_ever);
    RUN(requests_find_a_connection_that_is_there);
    RUN(pools_are_dropped_in_any_state_and_wishes_that_cannot_be_are_refused);
    net_close(net);
    lab_stop(&lab);
    return 0;
}

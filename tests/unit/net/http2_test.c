// SPDX-License-Identifier: Apache-2.0
/* http2_test.c - many requests on one connection to a server that has HTTP/2 (nghttpd). */
#include "net/http.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include "lab.h"

static struct lab lab;
static struct net *net;

static uint32_t ask(const char *path, struct heard *heard)
{
    char url[128];
    uint32_t id;

    heard_init(heard);
    snprintf(url, sizeof(url), "https://localhost:%d%s", lab.http2_port, path);
    struct http_request request = {
        .url = text_of(url), .first_byte_ms = 60000, .connect_ms = 60000};
    CHECK(http_start(net, &request, &heard_sink, heard, &id) == NET_OK);
    return id;
}

static void http2_is_spoken_where_the_server_has_it(void)
{
    struct heard heard;

    (void)ask("/small", &heard);
    heard_wait(&heard, &heard.gones, 1);
    CHECK(heard.done.result == NET_OK && heard.status == 200 && strcmp(heard.body, "hello") == 0);
    CHECK(heard.done.version == 20 && !heard.done.reused);
}

/* How many of so many at once were on a connection that was there. */
static uint32_t ask_at_once(uint32_t many)
{
    static struct heard heard[300];
    uint32_t reused = 0;

    CHECK(many <= 300);
    for (uint32_t i = 0; i < many; i++)
        (void)ask("/small", &heard[i]);
    for (uint32_t i = 0; i < many; i++) {
        heard_wait(&heard[i], &heard[i].gones, 1);
        if (heard[i].done.result != NET_OK || heard[i].done.version != 20)
            fprintf(stderr, "request %u of %u: %s, HTTP/%u: %s\n", i, many,
                    net_result_names[heard[i].done.result], heard[i].done.version / 10,
                    heard[i].why);
        CHECK(heard[i].done.result == NET_OK && heard[i].done.version == 20);
        reused += heard[i].done.reused;
    }
    return reused;
}

static void many_requests_at_once_share_the_one_connection(void)
{
    CHECK(ask_at_once(90) == 90);
}

/* Of the scripted server. */
static void tell(const char *path)
{
    struct heard heard;
    char url[64];
    uint32_t id;

    heard_init(&heard);
    snprintf(url, sizeof(url), "http://localhost:%d%s", lab.port, path);
    CHECK(http_start(net, &(struct http_request){.url = text_of(url)}, &heard_sink, &heard, &id) ==
          NET_OK);
    heard_wait(&heard, &heard.gones, 1);
    CHECK(heard.done.result == NET_OK);
}

/* The server takes the request's bytes and resets the connection: nobody has answered. */
static void requests_on_a_connection_that_dies_are_sent_again_on_another(void)
{
    struct heard heard;

    tell("/doom-http2");
    (void)ask("/small", &heard);
    heard_wait(&heard, &heard.gones, 1);
    CHECK(heard.done.result == NET_OK && heard.done.version == 20 && !heard.done.reused);
    tell("/doom-http2");
    (void)ask_at_once(90);
}

/* Without waiting for it, each would make a connection of its own. */
static void many_at_once_wait_for_a_connection_that_is_being_made(void)
{
    tell("/cut-http2");
    CHECK(ask_at_once(90) >= 85); /* One or two may meet the end of the old one. */
}

/* nghttpd takes 100 on a connection; libcurl opens others for the rest. */
static void more_requests_than_a_connection_may_have_are_all_answered(void)
{
    (void)ask_at_once(300);
}

static void one_that_is_cancelled_leaves_the_others_alone(void)
{
    static struct heard kept[20], cancelled[20];

    for (uint32_t i = 0; i < 20; i++) {
        (void)ask("/large", &kept[i]);
        uint32_t id = ask("/large", &cancelled[i]);
        if (i % 2)
            heard_wait(&cancelled[i], &cancelled[i].datas, 1);
        http_cancel(net, id);
    }
    for (uint32_t i = 0; i < 20; i++) {
        heard_wait(&kept[i], &kept[i].gones, 1);
        CHECK(kept[i].done.result == NET_OK && kept[i].done.body_bytes == 64 * 65536);
        heard_wait(&cancelled[i], &cancelled[i].gones, 1);
    }
}

int main(int argc, char **argv)
{
    char why[160];

    CHECK(argc == 2);
    lab_start(&lab, argv[1]);
    CHECK(net_open(&net, &(struct net_options){.ca_file = lab.ca}, why, sizeof(why)) == 0);
    RUN(http2_is_spoken_where_the_server_has_it);
    RUN(many_requests_at_once_share_the_one_connection);
    RUN(requests_on_a_connection_that_dies_are_sent_again_on_another);
    RUN(many_at_once_wait_for_a_connection_that_is_being_made);
    RUN(more_requests_than_a_connection_may_have_are_all_answered);
    RUN(one_that_is_cancelled_leaves_the_others_alone);
    net_close(net);
    lab_stop(&lab);
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* socket_test.c - WebSockets over real sockets to a server that misbehaves as it is asked to. */
#include "net/socket.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include "told.h"

static struct lab lab;
static struct net *net;

struct asked {
    const char *path, *subprotocol;
    bool tls;
    const char *host;
    int port;
    uint32_t connect_ms, idle_ms, max_message, max_queue;
};

static uint32_t ask(const struct asked *asked, struct told *told)
{
    static const struct net_header key = {
        .name = TEXT_INIT("X-Key"), .value = TEXT_INIT("s3cret"), .secret = true};
    char url[256];
    uint32_t id = 0;
    int port = asked->port ? asked->port : asked->tls ? lab.tls_port : lab.port;

    memset(told, 0, sizeof(*told));
    heard_init(&told->at);
    snprintf(url, sizeof(url), "%s://%s:%d%s", asked->tls ? "wss" : "ws",
             asked->host ? asked->host : "localhost", port, asked->path);
    struct socket_request request = {.url = text_of(url),
                                     .headers = &key,
                                     .header_count = 1,
                                     .subprotocol = text_of(asked->subprotocol),
                                     .connect_ms = asked->connect_ms,
                                     .idle_ms = asked->idle_ms,
                                     .max_message = asked->max_message,
                                     .max_queue = asked->max_queue};
    CHECK(socket_start(net, &request, &told_sink, told, &id) == NET_OK && id != 0);
    return id;
}

static enum net_result outcome(const struct asked *asked, struct told *told)
{
    (void)ask(asked, told);
    heard_wait(&told->at, &told->at.gones, 1);
    CHECK(told->closes == 1 && told->opens == (told->closed.opened ? 1 : 0));
    if (getenv("SHOW"))
        printf("%s: %s (%s)\n", asked->path, net_result_names[told->closed.result], told->why);
    return told->closed.result;
}

static void close_well(uint32_t id, struct told *told)
{
    socket_close(net, id);
    heard_wait(&told->at, &told->at.gones, 1);
    CHECK(told->closes == 1 && told->closed.result == NET_OK && told->closed.code == 1000);
}

static void messages_go_both_ways_whole_and_in_order(void)
{
    struct told told;
    char number[16];
    uint8_t sound[640] = {0};

    for (int tls = 0; tls < 2; tls++) {
        uint32_t id = ask(&(struct asked){.path = "/ws/echo", .tls = tls == 1}, &told);
        for (int i = 0; i < 10; i++) { /* The first ones before it is open. */
            snprintf(number, sizeof(number), "%d ", i);
            CHECK(socket_send_text(net, id, text_of(number)) == SOCKET_SENT);
        }
        heard_wait(&told.at, &told.texts, 10);
        CHECK(strcmp(told.text, "0 1 2 3 4 5 6 7 8 9 ") == 0);
        for (int i = 0; i < 100; i++)
            CHECK(socket_send_binary(net, id, sound, sizeof(sound)) == SOCKET_SENT);
        heard_wait(&told.at, &told.binaries, 100);
        CHECK(told.binary_bytes == 64000);
        close_well(id, &told);
        CHECK(socket_send_text(net, id, TEXT("late")) == SOCKET_GONE);
    }
}

static void a_large_message_crosses_in_one_piece(void)
{
    static uint8_t large[200000];
    struct told told;

    for (int tls = 0; tls < 2; tls++) {
        uint32_t id = ask(&(struct asked){.path = "/ws/echo", .tls = tls == 1}, &told);
        CHECK(socket_send_binary(net, id, large, sizeof(large)) == SOCKET_SENT);
        heard_wait(&told.at, &told.binaries, 1);
        CHECK(told.binary_bytes == sizeof(large));
        close_well(id, &told);
        id = ask(&(struct asked){.path = "/ws/flood", .tls = tls == 1}, &told);
        heard_wait(&told.at, &told.binaries, 400);
        close_well(id, &told);
    }
}

static void what_was_sent_before_closing_arrives(void)
{
    struct told told;
    uint32_t id = ask(&(struct asked){.path = "/ws/echo"}, &told);

    for (int i = 0; i < 50; i++)
        CHECK(socket_send_text(net, id, TEXT("x")) == SOCKET_SENT);
    close_well(id, &told); /* Perhaps before it is open. */
    CHECK(told.texts == 50 && told.opens == 1);
}

static void what_comes_with_the_answer_is_heard_and_headers_are_sent(void)
{
    struct told told;
    uint32_t id = ask(&(struct asked){.path = "/ws/greets", .subprotocol = "a, realtime"}, &told);

    heard_wait(&told.at, &told.texts, 2);
    CHECK(strcmp(told.text, "hello s3cret") == 0);
    close_well(id, &told);
}

static void a_message_in_parts_with_a_ping_between_is_one(void)
{
    struct told told;
    uint32_t id = ask(&(struct asked){.path = "/ws/parts"}, &told);

    heard_wait(&told.at, &told.texts, 2);
    CHECK(strcmp(told.text, "one two threepong") == 0);
    close_well(id, &told);
}

static void a_servers_goodbye_is_told_with_its_code_and_reason(void)
{
    struct told told;

    CHECK(outcome(&(struct asked){.path = "/ws/goodbye"}, &told) == NET_OK);
    CHECK(told.closed.code == 1011 && strcmp(told.why, "too much") == 0);
    CHECK(told.texts == 1 && strcmp(told.text, "last") == 0);
}

static void a_refused_upgrade_tells_its_status(void)
{
    struct told told;

    CHECK(outcome(&(struct asked){.path = "/busy"}, &told) == NET_STATUS);
    CHECK(told.closed.status == 429 && told.closed.retry_after_s == 7);
    CHECK(strcmp(told.why, "429 Too Many Requests") == 0);
    CHECK(outcome(&(struct asked){.path = "/moved"}, &told) == NET_STATUS &&
          told.closed.status == 302);
}

static void an_upgrade_that_is_none_is_malformed(void)
{
    struct told told;

    CHECK(outcome(&(struct asked){.path = "/ws/wrong-key"}, &told) == NET_MALFORMED);
    CHECK(outcome(&(struct asked){.path = "/ws/unasked"}, &told) == NET_MALFORMED);
    CHECK(outcome(&(struct asked){.path = "/ws/extended"}, &told) == NET_MALFORMED);
    CHECK(outcome(&(struct asked){.path = "/nonsense"}, &told) == NET_BROKEN);
    CHECK(outcome(&(struct asked){.path = "/nothing"}, &told) == NET_BROKEN);
    CHECK(outcome(&(struct asked){.path = "/ws/endless-head"}, &told) == NET_TOO_LARGE);
    CHECK(!told.closed.opened);
}

static void frames_that_break_the_rules_end_it(void)
{
    struct told told;

    CHECK(outcome(&(struct asked){.path = "/ws/reserved"}, &told) == NET_MALFORMED);
    CHECK(outcome(&(struct asked){.path = "/ws/masked"}, &told) == NET_MALFORMED);
    CHECK(outcome(&(struct asked){.path = "/ws/no-utf8"}, &told) == NET_MALFORMED);
    CHECK(outcome(&(struct asked){.path = "/ws/cut"}, &told) == NET_BROKEN);
    CHECK(strcmp(told.text, "whole") == 0);
    CHECK(outcome(&(struct asked){.path = "/ws/large", .max_message = 100000}, &told) ==
          NET_TOO_LARGE);
    CHECK(outcome(&(struct asked){.path = "/ws/large-parts", .max_message = 100000}, &told) ==
          NET_TOO_LARGE);
    CHECK(told.binaries == 0);
}

static void a_server_that_cannot_be_had_is_told_why(void)
{
    struct told told;

    CHECK(outcome(&(struct asked){.path = "/ws/echo", .port = 1}, &told) == NET_REFUSED);
    CHECK(outcome(&(struct asked){.path = "/ws/echo", .host = "nobody.invalid"}, &told) ==
          NET_RESOLVE);
    CHECK(outcome(&(struct asked){.path = "/silent", .connect_ms = 200}, &told) ==
          NET_TIMEOUT_CONNECT);
    CHECK(outcome(
              &(struct asked){.path = "/ws/echo", .tls = true, .port = lab.port, .connect_ms = 300},
              &told) == NET_TIMEOUT_CONNECT);
}

static void certificates_are_verified_by_authority_and_by_name(void)
{
    struct told told;
    struct net *trusting = net, *strict = NULL;
    char why[160];

    CHECK(outcome(&(struct asked){.path = "/ws/echo", .tls = true, .host = "127.0.0.1"}, &told) ==
          NET_TLS);
    CHECK(strstr(told.why, "IP address mismatch"));
    CHECK(net_open(&strict, &(struct net_options){0}, why, sizeof(why)) == 0);
    net = strict;
    CHECK(outcome(&(struct asked){.path = "/ws/echo", .tls = true}, &told) == NET_TLS);
    net = trusting;
    net_close(strict);
}

static void a_silence_is_asked_into_and_ended(void)
{
    struct told told;

    uint32_t id = ask(&(struct asked){.path = "/ws/echo", .idle_ms = 100}, &told);
    heard_wait(&told.at, &told.opens, 1);
    usleep(400000); /* Pings are answered meanwhile: it stays. */
    CHECK(told.closes == 0);
    close_well(id, &told);
    CHECK(outcome(&(struct asked){.path = "/ws/deaf", .idle_ms = 100}, &told) == NET_TIMEOUT_IDLE);
    CHECK(told.closed.opened);
}

static void who_wants_pongs_and_reads_none_is_ended(void)
{
    struct told told;

    CHECK(outcome(&(struct asked){.path = "/ws/pings"}, &told) == NET_TOO_LARGE);
    CHECK(told.closed.opened);
}

static void a_server_that_answers_no_close_is_left(void)
{
    struct told told;
    uint32_t id = ask(&(struct asked){.path = "/ws/no-close"}, &told);

    heard_wait(&told.at, &told.texts, 1);
    socket_close(net, id);
    heard_wait(&told.at, &told.at.gones, 1);
    CHECK(told.closed.result == NET_OK && told.closed.code == 0 && strstr(told.why, "no answer"));
}

static void a_full_queue_is_told_and_keeps_what_it_has(void)
{
    static uint8_t piece[10000];
    struct told told;
    uint32_t id = ask(&(struct asked){.path = "/ws/deaf", .max_queue = 50000}, &told), sent = 0;
    enum socket_sent result;

    while ((result = socket_send_binary(net, id, piece, sizeof(piece))) == SOCKET_SENT &&
           sent < 10000)
        sent++;
    CHECK(result == SOCKET_FULL && sent >= 4);
    socket_cancel(net, id);
    CHECK(socket_send_binary(net, id, piece, sizeof(piece)) == SOCKET_GONE);
    heard_wait(&told.at, &told.at.gones, 1);
    CHECK(told.closes == 0);
}

static void a_cancelled_socket_is_heard_of_no_more_whatever_it_was_doing(void)
{
    static const char *const paths[] = {"/silent", "/ws/echo", "/ws/flood", "/ws/deaf",
                                        "/ws/no-close"};
    struct told told;

    for (uint32_t i = 0; i < 5; i++) {
        for (uint32_t wait = 0; wait < 4; wait++) {
            uint32_t id = ask(&(struct asked){.path = paths[i], .tls = wait >= 2}, &told);
            if (wait % 2 == 1 && i > 0)
                heard_wait(&told.at, &told.opens, 1);
            (void)!socket_send_text(net, id, TEXT("x"));
            if (i == 4)
                socket_close(net, id);
            socket_cancel(net, id);
            socket_cancel(net, id);
            heard_wait(&told.at, &told.at.gones, 1);
            CHECK(told.closes == 0);
        }
    }
}

/* /ws/greets says two things in one packet. */
static void what_a_callback_cancels_is_not_heard_even_once_more(void)
{
    struct told told;
    char url[64];

    snprintf(url, sizeof(url), "ws://localhost:%d/ws/greets", lab.port);
    for (int i = 0; i < 10; i++) {
        memset(&told, 0, sizeof(told));
        heard_init(&told.at);
        told.cancels = net;
        pthread_mutex_lock(&told.at.lock); /* No callback goes on before the id is known. */
        CHECK(socket_start(net, &(struct socket_request){.url = text_of(url)}, &told_sink, &told,
                           &told.id) == NET_OK);
        pthread_mutex_unlock(&told.at.lock);
        heard_wait(&told.at, &told.at.gones, 1);
        CHECK(told.texts == 1 && told.closes == 0);
    }
}

static void a_thousand_are_open_at_once(void)
{
    enum { MANY = 1000 };
    static struct told told[MANY];
    struct net *usual = net, *small = NULL;
    uint32_t id[MANY], over;
    char why[160], url[64];

    CHECK(net_open(&small, &(struct net_options){.max_sockets = MANY}, why, sizeof(why)) == 0);
    net = small;
    for (uint32_t i = 0; i < MANY; i++)
        id[i] = ask(&(struct asked){.path = "/ws/echo", .connect_ms = 60000, .idle_ms = 60000},
                    &told[i]);
    snprintf(url, sizeof(url), "ws://localhost:%d/ws/echo", lab.port);
    CHECK(socket_start(net, &(struct socket_request){.url = text_of(url)}, &told_sink, &told[0],
                       &over) == NET_FULL);
    for (uint32_t i = 0; i < MANY; i++)
        CHECK(socket_send_text(net, id[i], TEXT("there?")) == SOCKET_SENT);
    for (uint32_t i = 0; i < MANY; i++)
        heard_wait(&told[i].at, &told[i].texts, 1);
    net_close(small);
    net = usual;
    for (uint32_t i = 0; i < MANY; i++)
        CHECK(told[i].at.gones == 1 && told[i].opens == 1);
}

int main(int argc, char **argv)
{
    char why[160];

    CHECK(argc == 2);
    lab_start(&lab, argv[1]);
    CHECK(net_open(&net, &(struct net_options){.ca_file = lab.ca}, why, sizeof(why)) == 0);
    RUN(messages_go_both_ways_whole_and_in_order);
    RUN(a_large_message_crosses_in_one_piece);
    RUN(what_was_sent_before_closing_arrives);
    RUN(what_comes_with_the_answer_is_heard_and_headers_are_sent);
    RUN(a_message_in_parts_with_a_ping_between_is_one);
    RUN(a_servers_goodbye_is_told_with_its_code_and_reason);
    RUN(a_refused_upgrade_tells_its_status);
    RUN(an_upgrade_that_is_none_is_malformed);
    RUN(frames_that_break_the_rules_end_it);
    RUN(a_server_that_cannot_be_had_is_told_why);
    RUN(certificates_are_verified_by_authority_and_by_name);
    RUN(a_silence_is_asked_into_and_ended);
    RUN(who_wants_pongs_and_reads_none_is_ended);
    RUN(a_server_that_answers_no_close_is_left);
    RUN(a_full_queue_is_told_and_keeps_what_it_has);
    RUN(a_cancelled_socket_is_heard_of_no_more_whatever_it_was_doing);
    RUN(what_a_callback_cancels_is_not_heard_even_once_more);
    RUN(a_thousand_are_open_at_once);
    net_close(net);
    lab_stop(&lab);
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* http_test.c - requests over real sockets to a server that misbehaves as it is asked to. */
#include "net/http.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include "lab.h"

static struct lab lab;
static struct net *net;

struct asked {
    const char *path, *method, *body;
    uint32_t connect_ms, first_byte_ms, idle_ms, total_ms, max_body;
    const struct net_header *headers;
    uint32_t header_count;
    bool tls, repeatable;
    const char *host; /* NULL: localhost. */
    int port;         /* 0: the server's. */
};

static uint32_t ask(const struct asked *asked, struct heard *heard)
{
    char url[256];
    uint32_t id = 0;
    int port = asked->port ? asked->port : asked->tls ? lab.tls_port : lab.port;

    snprintf(url, sizeof(url), "%s://%s:%d%s", asked->tls ? "https" : "http",
             asked->host ? asked->host : "localhost", port, asked->path);
    heard_init(heard);
    struct http_request request = {
        .url = text_of(url),
        .method = text_of(asked->method),
        .body = text_of(asked->body),
        .headers = asked->headers,
        .header_count = asked->header_count,
        .connect_ms = asked->connect_ms,
        .first_byte_ms = asked->first_byte_ms,
        .idle_ms = asked->idle_ms,
        .total_ms = asked->total_ms,
        .max_body = asked->max_body,
        .repeatable = asked->repeatable,
    };
    CHECK(http_start(net, &request, &heard_sink, heard, &id) == NET_OK && id != 0);
    return id;
}

/* Waits for the end, and sees that each callback came once and the last one last. */
static enum net_result outcome(const struct asked *asked, struct heard *heard)
{
    (void)ask(asked, heard);
    heard_wait(heard, &heard->gones, 1);
    CHECK(heard->dones == 1 && heard->gones == 1 && heard->heads <= 1);
    CHECK((heard->done.result == NET_OK) == (heard->why[0] == '\0'));
    if (getenv("SHOW"))
        printf("%s: %s (%s)\n", asked->path, net_result_names[heard->done.result], heard->why);
    return heard->done.result;
}

static enum net_result result_of(const char *path)
{
    struct heard heard;
    return outcome(&(struct asked){.path = path}, &heard);
}

static void an_answer_comes_with_its_status_headers_and_body(void)
{
    struct heard heard;

    CHECK(outcome(&(struct asked){.path = "/hello"}, &heard) == NET_OK);
    CHECK(heard.status == 200 && heard.done.status == 200 && strcmp(heard.reply, "first") == 0);
    CHECK(strcmp(heard.body, "hello") == 0 && heard.done.body_bytes == 5);
    CHECK(heard.done.version == 11);
}

static void a_request_is_sent_as_it_was_given(void)
{
    struct net_header headers[] = {
        {.name = TEXT("X-Key"), .value = TEXT("s3cret"), .secret = true}};
    struct heard heard;

    CHECK(outcome(
              &(struct asked){.path = "/echo", .body = "{}", .headers = headers, .header_count = 1},
              &heard) == NET_OK);
    CHECK(strcmp(heard.body, "POST s3cret - {}") == 0);
    CHECK(outcome(&(struct asked){.path = "/echo", .method = "PUT", .body = "12345"}, &heard) ==
          NET_OK);
    CHECK(strcmp(heard.body, "PUT  - 12345") == 0);
    CHECK(outcome(&(struct asked){.path = "/echo", .method = "DELETE"}, &heard) == NET_OK);
    CHECK(strcmp(heard.body, "DELETE  - ") == 0);
    CHECK(outcome(&(struct asked){.path = "/hello", .method = "HEAD"}, &heard) == NET_OK);
    CHECK(heard.status == 200 && heard.body_size == 0);
}

static void a_refusal_is_an_answer_with_its_retry_after(void)
{
    struct heard heard;

    CHECK(outcome(&(struct asked){.path = "/busy"}, &heard) == NET_OK);
    CHECK(heard.status == 429 && strcmp(heard.reply, "7") == 0 &&
          strcmp(heard.body, "slow down") == 0);
}

static void a_redirect_is_told_and_not_followed(void)
{
    struct heard heard;

    CHECK(outcome(&(struct asked){.path = "/moved"}, &heard) == NET_OK);
    CHECK(heard.status == 302 && strcmp(heard.reply, "http://127.0.0.1:1/elsewhere") == 0);
}

static void an_interim_answer_is_not_the_answer(void)
{
    struct heard heard;

    CHECK(outcome(&(struct asked){.path = "/hints"}, &heard) == NET_OK);
    CHECK(heard.status == 200 && heard.heads == 1 && strcmp(heard.body, "late") == 0);
}

static void a_stream_is_heard_while_it_comes(void)
{
    struct heard heard;

    CHECK(outcome(&(struct asked){.path = "/stream"}, &heard) == NET_OK);
    CHECK(strcmp(heard.body, "one two three") == 0 && heard.datas >= 2 && heard.heads == 1);
}

static void connections_are_kept_and_used_again(void)
{
    struct heard heard;

    CHECK(result_of("/hello") == NET_OK);
    CHECK(outcome(&(struct asked){.path = "/hello"}, &heard) == NET_OK);
    CHECK(heard.done.reused && heard.done.connect_ms == 0);
}

static void a_kept_connection_that_was_closed_is_replaced_unseen(void)
{
    struct heard heard;

    for (int i = 0; i < 5; i++) {
        CHECK(result_of("/last") == NET_OK);
        CHECK(outcome(&(struct asked){.path = "/hello"}, &heard) == NET_OK);
    }
}

static int deeds(void)
{
    struct heard heard;

    CHECK(outcome(&(struct asked){.path = "/deeds"}, &heard) == NET_OK);
    return atoi(heard.body);
}

/* Each time there is a connection that was kept; the server reads all, and closes it. */
static void what_may_not_be_repeated_is_sent_once(void)
{
    struct heard heard;
    int before = deeds();

    CHECK(outcome(&(struct asked){.path = "/deed", .body = "{}"}, &heard) == NET_BROKEN);
    CHECK(!heard.done.reused && deeds() == before + 1);
    CHECK(outcome(&(struct asked){.path = "/deed", .method = "DELETE"}, &heard) == NET_BROKEN);
    CHECK(deeds() == before + 2);
    CHECK(outcome(&(struct asked){.path = "/deed", .body = "{}", .repeatable = true}, &heard) ==
          NET_BROKEN);
    CHECK(deeds() > before + 3);
    before = deeds();
    CHECK(result_of("/deed") == NET_BROKEN && deeds() > before + 1);
}

static void each_way_to_end_badly_has_its_own_outcome(void)
{
    struct heard heard;

    CHECK(result_of("/cut") == NET_BROKEN);
    CHECK(result_of("/cut-length") == NET_BROKEN);
    CHECK(result_of("/nothing") == NET_BROKEN);
    CHECK(result_of("/cut-head") == NET_BROKEN);
    CHECK(result_of("/nonsense") == NET_MALFORMED);
    CHECK(result_of("/large-head") == NET_TOO_LARGE);
    CHECK(outcome(&(struct asked){.path = "/large", .max_body = 100000}, &heard) == NET_TOO_LARGE);
    CHECK(heard.done.status == 200);
    CHECK(outcome(&(struct asked){.path = "/large"}, &heard) == NET_OK);
    CHECK(heard.done.body_bytes == 32 * 65536);
    CHECK(outcome(&(struct asked){.path = "/", .port = 1}, &heard) == NET_REFUSED);
    CHECK(outcome(&(struct asked){.path = "/", .host = "nobody.invalid"}, &heard) == NET_RESOLVE);
}

static void each_limit_of_time_has_its_own_outcome(void)
{
    struct heard heard;

    CHECK(outcome(&(struct asked){.path = "/silent", .first_byte_ms = 100}, &heard) ==
          NET_TIMEOUT_FIRST);
    CHECK(heard.heads == 0);
    CHECK(outcome(&(struct asked){.path = "/stall", .idle_ms = 100}, &heard) == NET_TIMEOUT_IDLE);
    CHECK(strcmp(heard.body, "one ") == 0);
    CHECK(outcome(&(struct asked){.path = "/endless", .idle_ms = 5000, .total_ms = 200}, &heard) ==
          NET_TIMEOUT_TOTAL);
    CHECK(heard.datas > 1);
}

/* A listener whose queue is full answers no SYN; an address without a machine would depend on the
 * network. */
static void a_connection_that_is_not_accepted_in_time_is_told(void)
{
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(here);
    int full = socket(AF_INET, SOCK_STREAM, 0), waiting[4];
    struct heard heard;

    CHECK(bind(full, (struct sockaddr *)&here, sizeof(here)) == 0 && listen(full, 0) == 0);
    CHECK(getsockname(full, (struct sockaddr *)&here, &size) == 0);
    for (int i = 0; i < 4; i++) {
        waiting[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        (void)!connect(waiting[i], (struct sockaddr *)&here, sizeof(here));
    }
    CHECK(outcome(&(struct asked){.path = "/",
                                  .host = "127.0.0.1",
                                  .port = ntohs(here.sin_port),
                                  .connect_ms = 200},
                  &heard) == NET_TIMEOUT_CONNECT);
    for (int i = 0; i < 4; i++)
        close(waiting[i]);
    close(full);
}

static void certificates_are_verified_by_authority_and_by_name(void)
{
    struct heard heard;
    char why[160];
    struct net *trusting = net, *strict = NULL;

    CHECK(outcome(&(struct asked){.path = "/hello", .tls = true}, &heard) == NET_OK);
    CHECK(strcmp(heard.body, "hello") == 0);
    CHECK(outcome(&(struct asked){.path = "/hello", .tls = true, .host = "127.0.0.1"}, &heard) ==
          NET_TLS);

    CHECK(net_open(&strict, &(struct net_options){0}, why, sizeof(why)) == 0);
    net = strict;
    CHECK(outcome(&(struct asked){.path = "/hello", .tls = true}, &heard) == NET_TLS);
    net = trusting;
    net_close(strict);
    CHECK(net_open(&strict, &(struct net_options){.ca_file = "/nowhere"}, why, sizeof(why)) < 0);
    CHECK(strstr(why, "/nowhere"));
}

static void what_cannot_be_sent_is_refused_before_it_begins(void)
{
    struct net_header evil = {.name = TEXT("X"), .value = TEXT("a\r\nHost: b")};
    struct http_request requests[] = {
        {.url = TEXT("ftp://localhost/")},
        {.url = TEXT("http://user:word@localhost/")},
        {.url = TEXT("http://localhost/a b")},
        {.url = TEXT("http://localhost:0/")},
        {.url = TEXT("ws://localhost/")},
        {.url = TEXT("http://localhost/"), .headers = &evil, .header_count = 1},
        {.url = TEXT("http://localhost/"), .method = TEXT("GET /x")},
    };
    for (uint32_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
        uint32_t id = 1;
        CHECK(http_start(net, &requests[i], &heard_sink, NULL, &id) == NET_BAD_REQUEST && id == 0);
    }
}

static void a_cancelled_request_is_heard_of_no_more_whatever_it_was_doing(void)
{
    static const char *const paths[] = {"/silent", "/endless", "/stall", "/hello", "/large"};
    struct heard heard;

    for (uint32_t i = 0; i < 5; i++) {
        for (uint32_t wait = 0; wait < 2; wait++) {
            uint32_t id = ask(&(struct asked){.path = paths[i]}, &heard);
            if (wait && (i == 1 || i == 2))
                heard_wait(&heard, &heard.datas, 1);
            http_cancel(net, id);
            http_cancel(net, id);
            heard_wait(&heard, &heard.gones, 1);
            CHECK(heard.dones == 0 || (i >= 3 && heard.dones == 1));
        }
    }
    uint32_t id = ask(&(struct asked){.path = "/", .host = "nobody.invalid"}, &heard);
    http_cancel(net, id);
    heard_wait(&heard, &heard.gones, 1);
}

static struct net_figures figures_when_idle(void)
{
    struct net_figures figures;
    do {
        usleep(1000);
        net_figures(net, &figures);
    } while (figures.requests > 0);
    return figures;
}

static void as_many_as_allowed_run_at_once_and_one_more_is_refused(void)
{
    enum { MANY = 1000 };
    static struct heard heard[MANY];
    struct heard over;
    struct net *usual = net, *small = NULL;
    char why[160], url[64];
    uint32_t id;

    CHECK(net_open(&small, &(struct net_options){.max_requests = MANY}, why, sizeof(why)) == 0);
    net = small;
    for (uint32_t i = 0; i < MANY; i++)
        (void)ask(&(struct asked){.path = "/stall", .connect_ms = 60000}, &heard[i]);
    for (uint32_t i = 0; i < MANY; i++)
        heard_wait(&heard[i], &heard[i].datas, 1);
    heard_init(&over);
    snprintf(url, sizeof(url), "http://localhost:%d/hello", lab.port);
    CHECK(http_start(net, &(struct http_request){.url = text_of(url)}, &heard_sink, &over, &id) ==
          NET_FULL);
    net_close(small);
    net = usual;
    for (uint32_t i = 0; i < MANY; i++)
        CHECK(heard[i].gones == 1 && heard[i].dones == 0);
    (void)figures_when_idle();
}

int main(int argc, char **argv)
{
    char why[160];

    CHECK(argc == 2);
    lab_start(&lab, argv[1]);
    CHECK(net_open(&net, &(struct net_options){.ca_file = lab.ca}, why, sizeof(why)) == 0);
    RUN(an_answer_comes_with_its_status_headers_and_body);
    RUN(a_request_is_sent_as_it_was_given);
    RUN(a_refusal_is_an_answer_with_its_retry_after);
    RUN(a_redirect_is_told_and_not_followed);
    RUN(an_interim_answer_is_not_the_answer);
    RUN(a_stream_is_heard_while_it_comes);
    RUN(connections_are_kept_and_used_again);
    RUN(a_kept_connection_that_was_closed_is_replaced_unseen);
    RUN(what_may_not_be_repeated_is_sent_once);
    RUN(each_way_to_end_badly_has_its_own_outcome);
    RUN(each_limit_of_time_has_its_own_outcome);
    RUN(a_connection_that_is_not_accepted_in_time_is_told);
    RUN(certificates_are_verified_by_authority_and_by_name);
    RUN(what_cannot_be_sent_is_refused_before_it_begins);
    RUN(a_cancelled_request_is_heard_of_no_more_whatever_it_was_doing);
    RUN(as_many_as_allowed_run_at_once_and_one_more_is_refused);
    net_close(net);
    lab_stop(&lab);
    return 0;
}

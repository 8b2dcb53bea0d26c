// SPDX-License-Identifier: Apache-2.0
/* http.c - the life of a request: handed over, resolved, sent, heard, ended once. */
#include "net/http.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/retry.h"
#include "net/http_work.h"

enum { MAX_BODY = 8 << 20, HEADER_LINE = 8192 };

static uint32_t or_default(uint32_t value, uint32_t otherwise)
{
    return value ? value : otherwise;
}

static bool add_header(struct curl_slist **list, const char *line)
{
    struct curl_slist *longer = curl_slist_append(*list, line);
    if (longer)
        *list = longer;
    return longer != NULL;
}

/* As libcurl wants them: "Name: value", or "Name;" for an empty value. */
static bool copy_headers(struct http_work *work, const struct http_request *request)
{
    char line[HEADER_LINE];
    bool fits = add_header(&work->headers, "Expect:");
    bool typed = false;

    for (uint32_t i = 0; i < request->header_count && fits; i++) {
        const struct net_header *header = &request->headers[i];
        int size =
            snprintf(line, sizeof(line), TEXT_FORMAT "%s" TEXT_FORMAT, TEXT_ARGS(header->name),
                     text_empty(header->value) ? ";" : ": ", TEXT_ARGS(header->value));
        fits = size > 0 && (size_t)size < sizeof(line) && add_header(&work->headers, line);
        typed = typed || text_equal_nocase(header->name, TEXT("content-type"));
    }
    explicit_bzero(line, sizeof(line));
    if (!typed)
        fits = fits && add_header(&work->headers, "Content-Type:"); /* libcurl would say a form. */
    return fits && add_header(&work->headers, "User-Agent: offhook/" OFFHOOK_VERSION);
}

static void free_work(struct http_work *work)
{
    http_easy_end(work);
    free(work);
}

static struct http_work *copy_request(struct net *net, const struct http_request *request)
{
    struct text method = request->method;
    if (text_empty(method))
        method = request->body.size > 0 ? TEXT("POST") : TEXT("GET");

    struct http_work *work =
        calloc(1, sizeof(*work) + request->url.size + method.size + request->body.size + 2);
    if (!work)
        return NULL;
    work->net = net;
    work->url_text = (char *)(work + 1);
    work->method = work->url_text + request->url.size + 1;
    memcpy(work->url_text, request->url.data, request->url.size);
    memcpy(work->method, method.data, method.size);
    if (request->body.size > 0)
        memcpy(work->method + method.size + 1, request->body.data, request->body.size);
    work->body = work->method + method.size + 1;
    work->body_size = request->body.size;
    work->repeatable =
        request->repeatable || text_equal(method, TEXT("GET")) || text_equal(method, TEXT("HEAD"));
    work->kept = request->kept && !work->repeatable && request->body.size > 0;
    work->connect_ms = or_default(request->connect_ms, 5000);
    work->first_byte_ms = or_default(request->first_byte_ms, 30000);
    work->idle_ms = or_default(request->idle_ms, 30000);
    work->total_ms = request->total_ms;
    work->max_body = or_default(request->max_body, MAX_BODY);
    bool read = url_read((struct text){work->url_text, request->url.size}, &work->url);
    if (read && copy_headers(work, request))
        return work;
    free_work(work);
    return NULL;
}

static bool valid(const struct http_request *request)
{
    struct url url;
    return url_read(request->url, &url) && url.scheme <= URL_HTTPS &&
           url_headers_valid(request->headers, request->header_count) &&
           url_method_valid(request->method);
}

enum net_result http_start(struct net *net, const struct http_request *request,
                           const struct http_sink *sink, void *context, uint32_t *id)
{
    *id = 0;
    if (!valid(request))
        return NET_BAD_REQUEST;
    struct http_work *work = copy_request(net, request);
    if (!work)
        return NET_BAD_REQUEST;
    uint32_t place = lease_take(net->requests, 0);
    if (!place) {
        free_work(work);
        return NET_FULL;
    }
    work->sink = sink;
    work->context = context;
    work->begun_ms = work->attempt_ms = clock_ms();
    work->id = *id = place;
    net_tell(net, NOTE_HTTP_START, place, work);
    return NET_OK;
}

void http_cancel(struct net *net, uint32_t id)
{
    if (lease_retire(net->requests, id))
        net_tell(net, NOTE_HTTP_CANCEL, id, NULL);
}

struct text http_header(const struct http_head *head, const char *name)
{
    for (uint32_t i = 0; i < head->header_count; i++) {
        if (text_equal_nocase(head->headers[i].name, text_of(name)))
            return head->headers[i].value;
    }
    return TEXT_EMPTY;
}

uint32_t http_retry_s(const struct http_head *head)
{
    uint64_t now_s = clock_wall_ms() / 1000;
    uint32_t wait_s = head->status < 400 ? 0 : retry_after_s(http_header(head, "Retry-After"), now_s);
    uint32_t longest_s = 0;

    for (uint32_t i = 0; head->status == 429 && wait_s == 0 && i < RETRY_LIMITS; i++) {
        const struct retry_limit *limit = &retry_limits[i];
        uint32_t this_s = retry_limit_s(http_header(head, limit->left),
                                        http_header(head, limit->reset), now_s);
        longest_s = this_s > longest_s ? this_s : longest_s;
    }
    return wait_s ? wait_s : longest_s;
}

bool http_alive(const struct http_work *work)
{
    return lease_alive(work->net->requests, work->id);
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct http_work *work = handle->data;
    void (*gone)(void *) = work->sink->on_gone;
    void *context = work->context;

    free_work(work);
    if (gone)
        gone(context);
}

/* The id is dead already. */
static void let_go(struct http_work *work)
{
    struct net *net = work->net;

    work->phase = HTTP_ENDED;
    names_forget(&work->wait);
    http_easy_end(work);
    net->http[lease_slot(work->id)] = NULL;
    lease_free(net->requests, work->id);
    uv_close((uv_handle_t *)&work->timer, on_timer_closed);
}

static void count(struct net *net, const struct http_done *done)
{
    if (done->result != NET_OK)
        net->figures.requests_failed++;
    if (done->reused)
        net->figures.reused++;
    else if (done->connect_ms > 0 || done->status > 0)
        net->figures.connections++;
}

static void describe(const struct http_work *work, struct http_done *done)
{
    long new_connections = 1, version = 0;
    uint64_t now_ms = clock_ms();

    done->status = work->status;
    done->body_bytes = work->body_bytes;
    done->total_ms = (uint32_t)(now_ms - work->begun_ms);
    if (work->first_ms)
        done->first_ms = (uint32_t)(work->first_ms - work->begun_ms);
    if (!work->easy)
        return;
    curl_easy_getinfo(work->easy, CURLINFO_NUM_CONNECTS, &new_connections);
    curl_easy_getinfo(work->easy, CURLINFO_HTTP_VERSION, &version);
    done->reused = work->connected_ms && new_connections == 0;
    if (work->connected_ms && !done->reused)
        done->connect_ms = (uint32_t)(work->connected_ms - work->begun_ms);
    done->version = version == CURL_HTTP_VERSION_2_0   ? 20
                    : version == CURL_HTTP_VERSION_1_1 ? 11
                                                       : 0;
}

static void finish(struct http_work *work, enum net_result result, const char *why)
{
    struct http_done done = {.result = result, .why = why};

    describe(work, &done);
    if (!lease_retire(work->net->requests, work->id))
        return; /* Cancelled: the note of it is under way, and lets go. */
    count(work->net, &done);
    if (done.version && work->url.scheme == URL_HTTPS)
        names_note_shares(work->net->names, work->url.host, work->url.port, done.version == 20);
    work->sink->on_done(work->context, &done);
    let_go(work);
}

void http_ended(struct http_work *work, CURLcode code)
{
    if (http_alive(work) && http_easy_again(work, code)) {
        work->phase = HTTP_CONNECTING;
        work->attempt_ms = clock_ms();
        http_arm(work);
        return;
    }
    enum net_result result = http_easy_result(work, code);
    const char *why = result == NET_OK ? "" : net_result_names[result];

    if (result != NET_OK && work->verdict == NET_OK && code != CURLE_OK)
        why = work->error[0] ? work->error : curl_easy_strerror(code);
    finish(work, result, why);
}

/* When the time is up, and for what. */
static uint64_t deadline(const struct http_work *work, enum net_result *what)
{
    uint64_t at_ms = 0;

    switch (work->phase) {
    case HTTP_RESOLVING:
    case HTTP_CONNECTING:
        at_ms = work->attempt_ms + work->connect_ms;
        *what = NET_TIMEOUT_CONNECT;
        break;
    case HTTP_WAITING:
        at_ms = work->connected_ms + work->first_byte_ms;
        *what = NET_TIMEOUT_FIRST;
        break;
    case HTTP_ANSWERING:
        at_ms = work->last_ms + work->idle_ms;
        *what = NET_TIMEOUT_IDLE;
        break;
    case HTTP_ENDED:
        assert(work->phase != HTTP_ENDED); /* Has no time. */
        break;
    }
    if (work->total_ms && work->begun_ms + work->total_ms < at_ms) {
        at_ms = work->begun_ms + work->total_ms;
        *what = NET_TIMEOUT_TOTAL;
    }
    return at_ms;
}

/* Bytes only note their time; the timer looks when it fires, and sleeps again. */
static void on_time(uv_timer_t *timer)
{
    struct http_work *work = timer->data;
    enum net_result what = NET_OK;

    if (clock_ms() < deadline(work, &what))
        http_arm(work);
    else
        finish(work, what, net_result_names[what]);
}

void http_arm(struct http_work *work)
{
    enum net_result what;
    uint64_t at_ms = deadline(work, &what), now_ms = clock_ms();

    uv_update_time(&work->net->loop);
    uv_timer_start(&work->timer, on_time, at_ms > now_ms ? at_ms - now_ms : 0, 0);
}

static void on_found(struct names_wait *wait, const struct names_found *found)
{
    struct http_work *work =
        (struct http_work *)(void *)((char *)wait - offsetof(struct http_work, wait));

    if (found->count == 0) {
        finish(work, NET_RESOLVE, found->why);
        return;
    }
    work->phase = HTTP_CONNECTING;
    if (!http_easy_begin(work, found))
        finish(work, NET_BROKEN, "no memory");
}

void http_begin(struct net *net, uint32_t id, struct http_work *work)
{
    uv_timer_init(&net->loop, &work->timer);
    work->timer.data = work;
    work->wait.on_found = on_found;
    net->http[lease_slot(id)] = work;
    net->figures.requests_begun++;
    if (!http_alive(work)) /* Its cancellation is the next note. */
        return;
    http_arm(work);
    names_ask(net->names, work->url.host, &work->wait);
}

void http_drop(struct net *net, uint32_t id)
{
    struct http_work *work = net->http[lease_slot(id)];

    assert(work && work->id == id);
    let_go(work);
}

void http_drop_all(struct net *net)
{
    for (uint32_t i = 0; i < net->max_requests; i++) {
        struct http_work *work = net->http[i];
        if (work && lease_retire(net->requests, work->id))
            let_go(work);
    }
}

// SPDX-License-Identifier: Apache-2.0
/* http_easy.c - a request as a libcurl transfer, and what libcurl says of it. */
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "net/http_work.h"

enum { FIRST_HEAD_BYTES = 1024, RECEIVE_BYTES = 8192, REPEATS = 3, KEPT_S = 30 };

static CURLcode on_tls(CURL *easy, void *tls, void *context)
{
    const struct net *net = context;

    (void)easy;
    SSL_CTX_set1_cert_store(tls, net->authorities);
    SSL_CTX_set_mode(tls, SSL_MODE_RELEASE_BUFFERS);
    return CURLE_OK;
}

static int on_connected(void *context, char *ip, char *local_ip, int port, int local_port)
{
    struct http_work *work = context;

    (void)ip, (void)local_ip, (void)port, (void)local_port;
    work->phase = HTTP_WAITING;
    work->connected_ms = clock_ms();
    http_arm(work);
    return CURL_PREREQFUNC_OK;
}

static bool keep_line(struct http_work *work, const char *line, size_t size)
{
    if (work->head_size + size > NET_HEADER_BYTES) {
        work->verdict = NET_TOO_LARGE;
        return false;
    }
    if (work->head_size + size > work->head_capacity) {
        uint32_t capacity = work->head_capacity ? work->head_capacity : FIRST_HEAD_BYTES;
        while (capacity < work->head_size + size)
            capacity *= 2;
        char *grown = realloc(work->head, capacity);
        if (!grown)
            return false;
        work->head = grown;
        work->head_capacity = capacity;
    }
    memcpy(work->head + work->head_size, line, size);
    work->head_size += (uint32_t)size;
    return true;
}

static void tell_head(struct http_work *work)
{
    struct net_header headers[NET_HEADERS];
    struct text rest = {.data = work->head, .size = work->head_size};
    struct http_head head = {.status = work->status, .headers = headers};

    while (rest.data && head.header_count < NET_HEADERS) {
        struct text line = text_trim(text_next(&rest, '\n'));
        int32_t colon = text_find(line, TEXT(":"));
        if (colon <= 0)
            continue;
        headers[head.header_count++] = (struct net_header){
            .name = text_trim(text_part(line, 0, (uint32_t)colon)),
            .value = text_trim(text_part(line, (uint32_t)colon + 1, UINT32_MAX)),
        };
    }
    work->head_told = true;
    if (work->sink->on_head && http_alive(work))
        work->sink->on_head(work->context, &head);
}

static void heard(struct http_work *work)
{
    work->last_ms = clock_ms();
    if (work->phase == HTTP_ANSWERING)
        return;
    work->phase = HTTP_ANSWERING;
    work->first_ms = work->last_ms;
    http_arm(work);
}

/* One line of a head; an interim one (1xx) is followed by another head, and trailers come after the
 * body. */
static size_t on_header(char *line, size_t one, size_t size, void *context)
{
    struct http_work *work = context;
    long status = 0;

    (void)one;
    heard(work);
    if (work->head_told)
        return size;
    if (size >= 5 && memcmp(line, "HTTP/", 5) == 0) {
        work->head_size = 0;
        return size;
    }
    if (size > 0 && (line[0] == '\r' || line[0] == '\n')) {
        curl_easy_getinfo(work->easy, CURLINFO_RESPONSE_CODE, &status);
        work->status = (uint32_t)status;
        if (status >= 200)
            tell_head(work);
    } else if (!keep_line(work, line, size)) {
        return 0;
    }
    return http_alive(work) ? size : 0;
}

static size_t on_body(char *bytes, size_t one, size_t size, void *context)
{
    struct http_work *work = context;

    (void)one;
    heard(work);
    work->body_bytes += size;
    if (work->body_bytes > work->max_body) {
        work->verdict = NET_TOO_LARGE;
        return 0;
    }
    if (!http_alive(work))
        return 0;
    if (work->sink->on_data && size > 0)
        work->sink->on_data(work->context, (const uint8_t *)bytes, size);
    return http_alive(work) ? size : 0;
}

/* The body of one that may be sent only once: libcurl begins anew, on another connection, what it
 * sent on a kept one that then died; but what has left cannot be taken back. */
static size_t on_read(char *to, size_t one, size_t room, void *context)
{
    struct http_work *work = context;
    uint32_t left = work->body_size - work->body_at;
    size_t size = one * room < left ? one * room : left;

    memcpy(to, work->body + work->body_at, size);
    work->body_at += (uint32_t)size;
    return size;
}

static int on_seek(void *context, curl_off_t offset, int origin)
{
    const struct http_work *work = context;

    return work->body_at == 0 && offset == 0 && origin == SEEK_SET ? CURL_SEEKFUNC_OK
                                                                   : CURL_SEEKFUNC_FAIL;
}

static void set_method(struct http_work *work)
{
    CURL *easy = work->easy;

    if (work->kept) {
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)work->body_size);
        curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
        curl_easy_setopt(easy, CURLOPT_READDATA, (void *)work);
        curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, on_seek);
        curl_easy_setopt(easy, CURLOPT_SEEKDATA, (void *)work);
        curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, (long)KEPT_S);
    } else if (work->body_size > 0 || strcmp(work->method, "POST") == 0) {
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)work->body_size);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, work->body_size > 0 ? work->body : "");
    }
    if (strcmp(work->method, "HEAD") == 0)
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    else if (strcmp(work->method, "GET") != 0 && strcmp(work->method, "POST") != 0)
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, work->method);
}

/* No proxy, no redirects, no cookies, nothing but HTTP; trust is ours (trust.c). */
static void set_rules(struct http_work *work)
{
    CURL *easy = work->easy;

    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
    curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, on_tls);
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, work->net);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, (long)RECEIVE_BYTES);
    curl_easy_setopt(easy, CURLOPT_SHARE, work->net->sessions);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)work->connect_ms);
}

static void set_callbacks(struct http_work *work)
{
    CURL *easy = work->easy;

    curl_easy_setopt(easy, CURLOPT_PRIVATE, (void *)work);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, work->error);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_connected);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, (void *)work);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, (void *)work);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, (void *)work);
}

/* The addresses that names.c found, so that libcurl does not ask: "+host:port:a,b". */
static bool set_addresses(struct http_work *work, const struct names_found *found)
{
    char line[640];
    int size = snprintf(line, sizeof(line), "+" TEXT_FORMAT ":%u:", TEXT_ARGS(work->url.host),
                        work->url.port);

    for (uint32_t i = 0; i < found->count; i++) {
        bool six = strchr(found->address[i], ':') != NULL;
        size += snprintf(line + size, sizeof(line) - (size_t)size, "%s%s%s%s", i > 0 ? "," : "",
                         six ? "[" : "", found->address[i], six ? "]" : "");
    }
    work->resolve = curl_slist_append(NULL, line);
    curl_easy_setopt(work->easy, CURLOPT_RESOLVE, work->resolve);
    return work->resolve != NULL;
}

bool http_easy_begin(struct http_work *work, const struct names_found *found)
{
    work->easy = curl_easy_init();
    if (!work->easy)
        return false;
    set_rules(work);
    set_method(work);
    set_callbacks(work);
    /* Of an HTTP/1.1 host libcurl would let those who wait go on one at a time. */
    curl_easy_setopt(work->easy, CURLOPT_PIPEWAIT, found->shares == work->url.port ? 1L : 0L);
    curl_easy_setopt(work->easy, CURLOPT_URL, work->url_text);
    curl_easy_setopt(work->easy, CURLOPT_HTTPHEADER, work->headers);
    /* libcurl, too, repeats only what it sent on a connection that was there. */
    curl_easy_setopt(work->easy, CURLOPT_FRESH_CONNECT, work->repeatable || work->kept ? 0L : 1L);
    return set_addresses(work, found) &&
           curl_multi_add_handle(work->net->multi, work->easy) == CURLM_OK;
}

/* How libcurl says that a connection ended; PARTIAL_FILE of HTTP/2, also when there was nothing. */
static bool lost(CURLcode code)
{
    return code == CURLE_HTTP2 || code == CURLE_HTTP2_STREAM || code == CURLE_PARTIAL_FILE ||
           code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING;
}

/* libcurl does so by itself with HTTP/1.1, and with streams that HTTP/2 servers refuse; of a whole
 * connection of HTTP/2 that dies it only says that each stream has ended. */
bool http_easy_again(struct http_work *work, CURLcode code)
{
    long new_connections = 1;

    if (!work->repeatable || !lost(code) || work->phase > HTTP_WAITING || work->repeats == REPEATS)
        return false;
    curl_easy_getinfo(work->easy, CURLINFO_NUM_CONNECTS, &new_connections);
    if (new_connections > 0)
        return false;
    if (++work->repeats == REPEATS) /* A dead one is given out as long as others are on it. */
        curl_easy_setopt(work->easy, CURLOPT_FRESH_CONNECT, 1L);
    curl_multi_remove_handle(work->net->multi, work->easy);
    return curl_multi_add_handle(work->net->multi, work->easy) == CURLM_OK;
}

void http_easy_end(struct http_work *work)
{
    if (work->easy) {
        curl_multi_remove_handle(work->net->multi, work->easy);
        curl_easy_cleanup(work->easy);
        work->easy = NULL;
    }
    for (struct curl_slist *line = work->headers; line; line = line->next)
        explicit_bzero(line->data, strlen(line->data));
    curl_slist_free_all(work->headers);
    curl_slist_free_all(work->resolve);
    work->headers = work->resolve = NULL;
    free(work->head);
    work->head = NULL;
}

static const struct {
    CURLcode code;
    enum net_result result;
} results[] = {
    {CURLE_COULDNT_RESOLVE_HOST, NET_RESOLVE},
    {CURLE_COULDNT_CONNECT, NET_REFUSED},
    {CURLE_SSL_CONNECT_ERROR, NET_TLS},
    {CURLE_PEER_FAILED_VERIFICATION, NET_TLS},
    {CURLE_SSL_CERTPROBLEM, NET_TLS},
    {CURLE_SSL_CIPHER, NET_TLS},
    {CURLE_SSL_ISSUER_ERROR, NET_TLS},
    {CURLE_WEIRD_SERVER_REPLY, NET_MALFORMED},
    {CURLE_UNSUPPORTED_PROTOCOL, NET_MALFORMED},
    {CURLE_BAD_CONTENT_ENCODING, NET_MALFORMED},
    {CURLE_FILESIZE_EXCEEDED, NET_TOO_LARGE},
    {CURLE_URL_MALFORMAT, NET_BAD_REQUEST},
};

enum net_result http_easy_result(const struct http_work *work, CURLcode code)
{
    if (work->verdict != NET_OK)
        return work->verdict;
    if (code == CURLE_OK) /* Also said of a head that was cut off. */
        return work->head_told ? NET_OK : NET_BROKEN;
    if (code == CURLE_OPERATION_TIMEDOUT)
        return NET_TIMEOUT_CONNECT;
    for (uint32_t i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
        if (results[i].code == code)
            return results[i].result;
    }
    return NET_BROKEN;
}

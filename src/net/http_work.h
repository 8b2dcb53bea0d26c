// SPDX-License-Identifier: Apache-2.0
/* http_work.h - one HTTP request under way: what http.c and http_easy.c share. Net thread only,
 * once it has been handed over by http_start(). */
#ifndef NET_HTTP_WORK_H
#define NET_HTTP_WORK_H

#include "net/http.h"
#include "net/inside.h"
#include "net/url.h"

/* RESOLVING -> CONNECTING (libcurl has it) -> WAITING (connected, being sent) -> ANSWERING (the
 * first byte came) -> ENDED. A request on a kept connection that fails goes back to CONNECTING by
 * itself. */
enum http_phase { HTTP_RESOLVING, HTTP_CONNECTING, HTTP_WAITING, HTTP_ANSWERING, HTTP_ENDED };

struct http_work {
    struct net *net;
    uint32_t id;
    enum http_phase phase;
    enum net_result verdict; /* Why we ended it ourselves; OK: we did not. */
    const struct http_sink *sink;
    void *context;

    struct names_wait wait;
    uv_timer_t timer;
    CURL *easy;
    struct curl_slist *headers, *resolve;

    uint64_t begun_ms, connected_ms, first_ms, last_ms;
    uint64_t attempt_ms; /* When it was handed over to be connected, for the last time. */
    uint32_t repeats;
    uint32_t connect_ms, first_byte_ms, idle_ms, total_ms, max_body;
    uint64_t body_bytes;
    struct url url; /* Into `text`. */

    char *head; /* The answer's header lines as they come. */
    uint32_t head_size, head_capacity;
    bool head_told;
    uint32_t status;
    char error[CURL_ERROR_SIZE];

    char *url_text, *method; /* Terminated; copies behind this struct. */
    const char *body;
    uint32_t body_size;
    bool repeatable, kept;
    uint32_t body_at; /* kept: so much of the body libcurl has taken to send. */
};

/* http_easy.c: makes the libcurl handle and gives it to the loop; false: no memory. */
MUST_USE bool http_easy_begin(struct http_work *work, const struct names_found *found);
/* Sends what may be repeated again when the kept connection that it was sent on died without a byte
 * of an answer; false: it did not, or too often. */
bool http_easy_again(struct http_work *work, CURLcode code);
void http_easy_end(struct http_work *work); /* Wipes the headers. Nothing when it never began. */
enum net_result http_easy_result(const struct http_work *work, CURLcode code);

/* http.c: the time limit that applies from now on. */
void http_arm(struct http_work *work);
bool http_alive(const struct http_work *work);

#endif

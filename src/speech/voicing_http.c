// SPDX-License-Identifier: Apache-2.0
/* voicing_http.c - an utterance that is the answer of a request: its body is sound. */
#include "speech/voicing_inside.h"

#include <stdio.h>
#include <string.h>

enum { LONGEST_BYTES = 16 << 20, IDLE_MS = 4000, LONGEST_MS = 120000 };

static bool is_good(uint32_t status)
{
    return status >= 200 && status <= 299;
}

static void on_head(void *context, const struct http_head *head)
{
    struct voicing *voicing = context;

    voicing->status = (uint16_t)head->status;
    voicing->retry_s = http_retry_s(head);
    if (is_good(head->status) &&
        text_starts_nocase(http_header(head, "content-type"), TEXT("audio/mpeg")))
        voicing_fail(voicing, "it sends MP3: set the provider's option `format` to wav, or to pcm");
}

static void on_data(void *context, const uint8_t *bytes, size_t size)
{
    struct voicing *voicing = context;

    if (voicing_is_over(voicing))
        return;
    if (is_good(voicing->status)) {
        voicing_take(voicing, bytes, size);
        return;
    }
    size_t room = sizeof(voicing->body) - voicing->body_size;
    size = size < room ? size : room;
    memcpy(voicing->body + voicing->body_size, bytes, size);
    voicing->body_size += (uint32_t)size;
}

static void on_done(void *context, const struct http_done *done)
{
    struct voicing *voicing = context;
    char why[VOICING_WHY];

    if (voicing_is_over(voicing))
        return;
    if (done->result != NET_OK) {
        voicing_say_why(done->result, done->why, why);
        voicing_fail(voicing, why);
    } else if (!is_good(voicing->status)) {
        tts_why(voicing->status, voicing->body, voicing->body_size, voicing->ask.key, why);
        voicing_fail(voicing, why);
    } else {
        voicing_whole(voicing);
    }
}

static const struct http_sink http_sink = {
    .on_head = on_head, .on_data = on_data, .on_done = on_done, .on_gone = voicing_gone};

static enum net_result start_http(struct voicing *voicing, struct net *net,
                                  struct tts_request *request)
{
    struct net_header headers[VOICING_HEADERS];
    struct http_request http = {
        .method = TEXT("POST"),
        .url = text_of(request->url),
        .headers = headers,
        .header_count = voicing_headers(request->headers, headers, VOICING_HEADERS),
        .body = {request->body, request->body_size},
        .repeatable = true,
        .connect_ms = voicing->hard_ms,
        .first_byte_ms = voicing->hard_ms,
        .idle_ms = voicing->hard_ms > IDLE_MS ? voicing->hard_ms : IDLE_MS,
        .total_ms = LONGEST_MS,
        .max_body = LONGEST_BYTES,
    };

    return http_start(net, &http, &http_sink, voicing, &voicing->id);
}

static void cancel_http(struct voicing *voicing, struct net *net, struct tts_request *scratch)
{
    (void)scratch;
    http_cancel(net, voicing->id);
}

const struct voicing_way voicing_http = {
    .start = start_http, .cancel = cancel_http, .leave = http_cancel, .drop = http_cancel};

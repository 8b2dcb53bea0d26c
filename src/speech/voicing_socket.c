// SPDX-License-Identifier: Apache-2.0
/* voicing_socket.c - an utterance that is asked for and told in messages of a WebSocket.
 *
 * Each has a socket of its own, taken from those that are kept open ahead: no utterance waits
 * behind another, and what still comes of a cancelled one meets nobody. */
#include "speech/voicing_inside.h"

#include <stdio.h>

enum { IDLE_MS = 8000 /* A ping of ours after half of it. */ };

static void on_news(struct voicing *voicing, const struct tts_news *news, const uint8_t *sound)
{
    if (news->context != 0 && news->context != voicing->ask.context)
        return;
    switch (news->kind) {
    case TTS_NOTHING:
        return;
    case TTS_SOUND:
        voicing_take(voicing, sound, news->sound_size);
        return;
    case TTS_END:
        voicing_whole(voicing);
        return;
    case TTS_FAILED:
        voicing_fail(voicing, news->why);
        return;
    }
}

static void on_text(void *context, const char *text, size_t size)
{
    static uint8_t sound[TTS_MESSAGE]; /* There is one net thread. */
    struct voicing *voicing = context;
    struct tts_news news;

    if (voicing_is_over(voicing) || size > sizeof(sound))
        return;
    voicing->vendor->read(text, size, sound, &news);
    on_news(voicing, &news, sound);
}

static void on_binary(void *context, const uint8_t *bytes, size_t size)
{
    struct voicing *voicing = context;

    if (!voicing_is_over(voicing) && voicing->vendor->binary)
        voicing_take(voicing, bytes, size);
}

static void on_closed(void *context, const struct socket_closed *closed)
{
    struct voicing *voicing = context;
    char why[VOICING_WHY];

    voicing->retry_s = closed->retry_after_s;
    if (closed->result == NET_STATUS)
        snprintf(why, sizeof(why), "%u: it refused the connection", closed->status);
    else if (closed->result == NET_OK)
        snprintf(why, sizeof(why), "it closed the connection (%u)%s%s", closed->code,
                 closed->why && closed->why[0] ? ": " : "", closed->why ? closed->why : "");
    else
        voicing_say_why(closed->result, closed->why, why);
    voicing_fail(voicing, why);
}

static const struct socket_sink socket_sink = {
    .on_text = on_text, .on_binary = on_binary, .on_closed = on_closed, .on_gone = voicing_gone};

static enum net_result start_socket(struct voicing *voicing, struct net *net,
                                    struct tts_request *request)
{
    struct net_header headers[VOICING_HEADERS];
    const struct tts_vendor *vendor = voicing->vendor;
    struct socket_request socket = {
        .url = text_of(request->url),
        .headers = headers,
        .header_count = voicing_headers(request->headers, headers, VOICING_HEADERS),
        .connect_ms = voicing->hard_ms,
        .idle_ms = IDLE_MS,
        .max_message = TTS_MESSAGE,
        .warm = voicing->warm,
    };
    enum net_result result = socket_start(net, &socket, &socket_sink, voicing, &voicing->id);

    if (result != NET_OK)
        return result;
    /* These wait until it is open. When one is refused, silence is found out by the budget. */
    if (vendor->say(vendor, &voicing->ask, request))
        (void)!socket_send_text(net, voicing->id, text_of(request->body));
    if (vendor->finish && vendor->finish(request))
        (void)!socket_send_text(net, voicing->id, text_of(request->body));
    return NET_OK;
}

static void cancel_socket(struct voicing *voicing, struct net *net, struct tts_request *scratch)
{
    if (voicing->vendor->cancel(voicing->ask.context, scratch))
        (void)!socket_send_text(net, voicing->id, text_of(scratch->body));
    socket_close(net, voicing->id);
}

const struct voicing_way voicing_socket = {
    .start = start_socket, .cancel = cancel_socket, .leave = socket_close, .drop = socket_cancel};

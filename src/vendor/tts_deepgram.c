// SPDX-License-Identifier: Apache-2.0
/* tts_deepgram.c - Aura: /v1/speak, by HTTP and by WebSocket.
 *
 * "Single text request": POST {"text"}, `Authorization: Token KEY`, model (which is the voice),
 * encoding, sample_rate and container as query; the body streams. "Continuous text stream": Speak
 * and Flush out; binary messages of sound and Flushed in; Clear drops what is not yet made and is
 * answered by Cleared. Flush is allowed 20 times a minute a connection ("Flush: Limits"), so HTTP
 * is the way unless the URL says wss. */
#include "vendor/tts_inside.h"

#include <string.h>

static struct tts_form deepgram_form(const struct tts_ask *ask)
{
    struct tts_form narrow = {.coding = TTS_ULAW, .rate = 8000};
    struct tts_form wide = {.coding = TTS_PCM16, .rate = 16000};

    return tts_form_with(ask, ask->wide ? wide : narrow);
}

static void append_query(struct text_buffer *url, const struct tts_vendor *vendor,
                         const struct tts_ask *ask)
{
    struct tts_form form = deepgram_form(ask);
    struct text options = ask->options;
    struct text model = text_empty(ask->voice) ? ask->model : ask->voice;

    text_append(url, TEXT("/v1/speak?model="));
    tts_escape(url, tts_either(model, vendor->model));
    text_append(url,
                form.coding == TTS_ULAW ? TEXT("&encoding=mulaw") : TEXT("&encoding=linear16"));
    text_append(url, TEXT("&sample_rate="));
    text_append_number(url, form.rate);
    if (vendor->way == TTS_HTTP) /* Sockets have no containers. */
        text_append(url, TEXT("&container=none"));
    while (options.data && options.size > 0) {
        struct text value = text_next(&options, '\n'), name = text_next(&value, '=');
        if (name.size == 0 || text_equal(name, TEXT("rate")) || text_equal(name, TEXT("format")))
            continue;
        text_append_char(url, '&');
        tts_escape(url, name);
        text_append_char(url, '=');
        tts_escape(url, value);
    }
}

static bool deepgram_request(const struct tts_vendor *vendor, const struct tts_ask *ask,
                             struct tts_request *out)
{
    struct text_buffer url, headers;

    tts_begin_url(&url, vendor, ask, out->url);
    append_query(&url, vendor, ask);
    out->url[url.size] = '\0';
    text_buffer_init(&headers, out->headers, sizeof(out->headers) - 1);
    bool fits = tts_header(&headers, TEXT("Authorization"), TEXT("Token "), ask->key) && !url.cut;
    out->body_size = 0;
    if (vendor->way == TTS_HTTP)
        fits = fits &&
               tts_header(&headers, TEXT("Content-Type"), TEXT_EMPTY, TEXT("application/json")) &&
               tts_dump(json_pack("{so}", "text", members_string(ask->words)), out);
    out->headers[headers.size] = '\0';
    return fits;
}

static bool deepgram_say(const struct tts_vendor *vendor, const struct tts_ask *ask,
                         struct tts_request *out)
{
    (void)vendor;
    return tts_dump(json_pack("{ssso}", "type", "Speak", "text", members_string(ask->words)), out);
}

static bool deepgram_finish(struct tts_request *out)
{
    return tts_dump(json_pack("{ss}", "type", "Flush"), out);
}

static bool deepgram_cancel(uint32_t context, struct tts_request *out)
{
    (void)context;
    return tts_dump(json_pack("{ss}", "type", "Clear"), out);
}

static bool is_type(const json_t *message, const char *type)
{
    const char *said = json_string_value(json_object_get(message, "type"));
    return said && strcmp(said, type) == 0;
}

static void deepgram_read(const char *bytes, size_t size, uint8_t *sound, struct tts_news *out)
{
    json_t *message = size <= TTS_MESSAGE ? json_loadb(bytes, size, 0, NULL) : NULL;

    (void)sound;
    *out = (struct tts_news){.kind = TTS_NOTHING};
    if (is_type(message, "Flushed")) {
        out->kind = TTS_END;
    } else if (is_type(message, "Error") || is_type(message, "Warning")) {
        out->kind = TTS_FAILED; /* A warning says what will not be done: no Flushed follows. */
        tts_why(0, bytes, size, TEXT_EMPTY, out->why);
    }
    json_decref(message);
}

const struct tts_vendor tts_deepgram = {
    .kind = "deepgram-aura",
    .way = TTS_HTTP,
    .url = "https://api.deepgram.com",
    .model = "aura-2-thalia-en",
    .form = deepgram_form,
    .request = deepgram_request,
};

const struct tts_vendor tts_deepgram_socket = {
    .kind = "deepgram-aura",
    .way = TTS_SOCKET,
    .url = "wss://api.deepgram.com",
    .model = "aura-2-thalia-en",
    .form = deepgram_form,
    .request = deepgram_request,
    .say = deepgram_say,
    .finish = deepgram_finish,
    .cancel = deepgram_cancel,
    .binary = true,
    .read = deepgram_read,
};

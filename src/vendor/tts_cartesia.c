// SPDX-License-Identifier: Apache-2.0
/* tts_cartesia.c - one WebSocket, many utterances, each a context.
 *
 * "Text to Speech (WebSocket)": a generation request names model_id, transcript, voice, language,
 * context_id, output_format and `continue`; chunk messages carry base64 sound, done and error end a
 * context; {"context_id", "cancel": true} stops one, after which chunks already made may still
 * come. "API conventions": Authorization: Bearer; cartesia_version in the query of a WebSocket. */
#include "vendor/tts_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vendor/base64.h"

enum { CONTEXT_NAME = 24 };

static const char context_prefix[] = "offhook-";

static struct tts_form cartesia_form(const struct tts_ask *ask)
{
    struct tts_form narrow = {.coding = TTS_ULAW, .rate = 8000};
    struct tts_form wide = {.coding = TTS_PCM16, .rate = 16000};

    return tts_form_with(ask, ask->wide ? wide : narrow);
}

static bool cartesia_request(const struct tts_vendor *vendor, const struct tts_ask *ask,
                             struct tts_request *out)
{
    struct text_buffer url, headers;

    tts_begin_url(&url, vendor, ask, out->url);
    text_append(&url, TEXT("/tts/websocket?cartesia_version=2025-04-16"));
    out->url[url.size] = '\0';
    text_buffer_init(&headers, out->headers, sizeof(out->headers) - 1);
    bool fits = tts_header(&headers, TEXT("Authorization"), TEXT("Bearer "), ask->key) && !url.cut;
    out->headers[headers.size] = '\0';
    out->body_size = 0;
    return fits;
}

static void name_context(uint32_t context, char out[CONTEXT_NAME])
{
    snprintf(out, CONTEXT_NAME, "%s%u", context_prefix, context);
}

static bool cartesia_say(const struct tts_vendor *vendor, const struct tts_ask *ask,
                         struct tts_request *out)
{
    struct tts_form form = cartesia_form(ask);
    char context[CONTEXT_NAME];

    name_context(ask->context, context);
    json_t *message = json_pack("{so, so, s{ss, so}, ss, s{ss, ss, si}, sb}", "model_id",
                                members_string(tts_either(ask->model, vendor->model)), "transcript",
                                members_string(ask->words), "voice", "mode", "id", "id",
                                members_string(tts_either(ask->voice, vendor->voice)), "context_id",
                                context, "output_format", "container", "raw", "encoding",
                                form.coding == TTS_ULAW ? "pcm_mulaw" : "pcm_s16le", "sample_rate",
                                (int)form.rate, "continue", 0);
    bool fits = message && tts_set_options(message, ask->options);
    if (fits && !text_empty(ask->language))
        fits = json_object_set_new(message, "language",
                                   members_string(tts_language(ask->language))) == 0;
    return tts_dump(message, out) && fits;
}

static bool cartesia_cancel(uint32_t context, struct tts_request *out)
{
    char name[CONTEXT_NAME];

    name_context(context, name);
    return tts_dump(json_pack("{ss, sb}", "context_id", name, "cancel", 1), out);
}

/* 0: not one of ours. */
static uint32_t context_of(const json_t *message)
{
    const char *name = json_string_value(json_object_get(message, "context_id"));
    uint64_t context = 0;
    size_t prefix = sizeof(context_prefix) - 1;

    if (!name || strncmp(name, context_prefix, prefix) != 0 ||
        !text_number(text_of(name + prefix), &context) || context > UINT32_MAX)
        return 0;
    return (uint32_t)context;
}

static void read_chunk(const json_t *message, uint8_t *sound, size_t room, struct tts_news *out)
{
    const json_t *data = json_object_get(message, "data");

    out->kind = TTS_FAILED;
    if (json_is_string(data) &&
        base64_decode((struct text){json_string_value(data), (uint32_t)json_string_length(data)},
                      sound, room, &out->sound_size))
        out->kind = TTS_SOUND;
    else
        tts_say_why(out->why, TEXT("a chunk without sound"), TEXT_EMPTY);
}

static void cartesia_read(const char *bytes, size_t size, uint8_t *sound, struct tts_news *out)
{
    json_t *message = size <= TTS_MESSAGE ? json_loadb(bytes, size, 0, NULL) : NULL;
    const char *type = json_string_value(json_object_get(message, "type"));

    *out = (struct tts_news){.kind = TTS_NOTHING, .context = context_of(message)};
    if (type && strcmp(type, "chunk") == 0) {
        read_chunk(message, sound, size, out);
    } else if (type && strcmp(type, "done") == 0) {
        out->kind = TTS_END;
    } else if (type && strcmp(type, "error") == 0) {
        json_int_t status = json_integer_value(json_object_get(message, "status_code"));
        out->kind = TTS_FAILED;
        out->status = status >= 400 && status <= 599 ? (uint16_t)status : 0;
        tts_why(out->status, bytes, size, TEXT_EMPTY, out->why);
    }
    json_decref(message);
}

const struct tts_vendor tts_cartesia = {
    .kind = "cartesia",
    .way = TTS_SOCKET,
    .shared = true,
    .url = "wss://api.cartesia.ai",
    .model = "sonic-3",
    .voice = "a0e99841-438c-4a64-b679-ae501e7d6091",
    .form = cartesia_form,
    .request = cartesia_request,
    .say = cartesia_say,
    .cancel = cartesia_cancel,
    .read = cartesia_read,
};

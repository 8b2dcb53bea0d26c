// SPDX-License-Identifier: Apache-2.0
/* tts_elevenlabs.c - POST /v1/text-to-speech/VOICE/stream.
 *
 * "Stream speech": xi-api-key; output_format ulaw_8000, pcm_8000, pcm_16000, ..., the body is bare
 * sound in chunks; previous_text keeps the melody from one clause to the next; language_code is of
 * the newer models only, so it is sent when it was configured. */
#include "vendor/tts_inside.h"

static struct tts_form elevenlabs_form(const struct tts_ask *ask)
{
    struct tts_form narrow = {.coding = TTS_ULAW, .rate = 8000};
    struct tts_form wide = {.coding = TTS_PCM16, .rate = 16000};

    return tts_form_with(ask, ask->wide ? wide : narrow);
}

static void append_url(struct text_buffer *url, const struct tts_vendor *vendor,
                       const struct tts_ask *ask)
{
    struct tts_form form = elevenlabs_form(ask);

    text_append(url, TEXT("/v1/text-to-speech/"));
    tts_escape(url, tts_either(ask->voice, vendor->voice));
    text_append(url, TEXT("/stream?output_format="));
    text_append(url, form.coding == TTS_ULAW ? TEXT("ulaw_") : TEXT("pcm_"));
    text_append_number(url, form.rate);
}

static bool elevenlabs_request(const struct tts_vendor *vendor, const struct tts_ask *ask,
                               struct tts_request *out)
{
    struct text_buffer url, headers;
    json_t *body = json_object();

    tts_begin_url(&url, vendor, ask, out->url);
    append_url(&url, vendor, ask);
    out->url[url.size] = '\0';
    text_buffer_init(&headers, out->headers, sizeof(out->headers) - 1);
    bool fits = tts_header(&headers, TEXT("xi-api-key"), TEXT_EMPTY, ask->key) &&
                tts_header(&headers, TEXT("Content-Type"), TEXT_EMPTY, TEXT("application/json")) &&
                json_object_set_new(body, "text", members_string(ask->words)) == 0 &&
                json_object_set_new(body, "model_id",
                                    members_string(tts_either(ask->model, vendor->model))) == 0;
    if (fits && !text_empty(ask->before))
        fits = json_object_set_new(body, "previous_text", members_string(ask->before)) == 0;
    if (fits && !text_empty(ask->language))
        fits = json_object_set_new(body, "language_code",
                                   members_string(tts_language(ask->language))) == 0;
    fits = fits && tts_set_options(body, ask->options) && !url.cut;
    out->headers[headers.size] = '\0';
    return tts_dump(body, out) && fits;
}

const struct tts_vendor tts_elevenlabs = {
    .kind = "elevenlabs",
    .way = TTS_HTTP,
    .url = "https://api.elevenlabs.io",
    .model = "eleven_flash_v2_5",
    .voice = "JBFqnCBsd6RMkjVDRZzb",
    .form = elevenlabs_form,
    .request = elevenlabs_request,
};

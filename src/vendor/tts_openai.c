// SPDX-License-Identifier: Apache-2.0
/* tts_openai.c - POST /v1/audio/speech, as OpenAI has it and many servers of one's own.
 *
 * "Create speech": model, input, voice, response_format, speed, instructions; "pcm" is 24 kHz, 16
 * bits, little endian, without a header; the body streams as it is made. */
#include "vendor/tts_inside.h"

static struct tts_form openai_form(const struct tts_ask *ask)
{
    return tts_form_with(ask, (struct tts_form){.coding = TTS_PCM16, .rate = 24000});
}

static bool openai_request(const struct tts_vendor *vendor, const struct tts_ask *ask,
                           struct tts_request *out)
{
    struct text path = TEXT("/audio/speech"), format = tts_option(ask->options, TEXT("format"));
    struct text_buffer url, headers;
    json_t *body = json_object();

    tts_begin_url(&url, vendor, ask, out->url);
    if (url.size < path.size ||
        !text_equal(text_part(text_view(&url), url.size - path.size, path.size), path))
        text_append(&url, path);
    out->url[url.size] = '\0';
    text_buffer_init(&headers, out->headers, sizeof(out->headers) - 1);
    bool fits = tts_header(&headers, TEXT("Authorization"), TEXT("Bearer "), ask->key) &&
                tts_header(&headers, TEXT("Content-Type"), TEXT_EMPTY, TEXT("application/json")) &&
                json_object_set_new(body, "model",
                                    members_string(tts_either(ask->model, vendor->model))) == 0 &&
                json_object_set_new(body, "input", members_string(ask->words)) == 0 &&
                json_object_set_new(body, "voice",
                                    members_string(tts_either(ask->voice, vendor->voice))) == 0 &&
                json_object_set_new(body, "response_format",
                                    members_string(tts_either(format, "pcm"))) == 0 &&
                tts_set_options(body, ask->options) && !url.cut;
    out->headers[headers.size] = '\0';
    return tts_dump(body, out) && fits;
}

const struct tts_vendor tts_openai = {
    .kind = "openai-speech",
    .way = TTS_HTTP,
    .url = "https://api.openai.com/v1",
    .model = "gpt-4o-mini-tts",
    .voice = "alloy",
    .form = openai_form,
    .request = openai_request,
};

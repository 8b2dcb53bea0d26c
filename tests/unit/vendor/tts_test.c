// SPDX-License-Identifier: Apache-2.0
/* The documents that each expectation is from are named in vendor/tts.h. */
#include "vendor/tts.h"

#include <string.h>

#include "check.h"

static struct tts_request request;

static struct tts_ask ask_of(const char *words)
{
    return (struct tts_ask){.key = TEXT("sk-secret"), .words = text_of(words), .context = 7};
}

static const struct tts_vendor *asked(const char *kind, const struct tts_ask *ask)
{
    const struct tts_vendor *vendor = tts_find(text_of(kind), ask->url);

    CHECK(vendor && vendor->request(vendor, ask, &request));
    return vendor;
}

static bool is(const char *a, const char *b)
{
    if (strcmp(a, b) == 0)
        return true;
    fprintf(stderr, "is %s\nnot %s\n", a, b);
    return false;
}

static void openai_is_asked_for_bare_samples_at_24_khz(void)
{
    struct tts_ask ask = ask_of("Good \"morning\".");
    const struct tts_vendor *vendor = asked("openai-speech", &ask);

    CHECK(vendor->way == TTS_HTTP && is(request.url, "https://api.openai.com/v1/audio/speech"));
    CHECK(is(request.headers, "Authorization: Bearer sk-secret\nContent-Type: application/json\n"));
    CHECK(is(request.body, "{\"model\":\"gpt-4o-mini-tts\",\"input\":\"Good \\\"morning\\\".\","
                           "\"voice\":\"alloy\",\"response_format\":\"pcm\"}"));
    CHECK(request.body_size == strlen(request.body));
    CHECK(vendor->form(&ask).coding == TTS_PCM16 && vendor->form(&ask).rate == 24000);
}

static void a_server_of_ones_own_is_asked_as_its_options_say(void)
{
    struct tts_ask ask = ask_of("Hi.");

    ask.url = TEXT("http://127.0.0.1:8880/v1/");
    ask.key = TEXT_EMPTY;
    ask.model = TEXT("kokoro");
    ask.voice = TEXT("af_sky");
    ask.options = TEXT("format=wav\nrate=22050\nspeed=1.1\ninstructions=Calm\na.b=true\n");
    const struct tts_vendor *vendor = asked("openai-speech", &ask);
    CHECK(is(request.url, "http://127.0.0.1:8880/v1/audio/speech"));
    CHECK(is(request.headers, "Content-Type: application/json\n"));
    CHECK(strstr(request.body, "\"response_format\":\"wav\",\"speed\":1.1"));
    CHECK(strstr(request.body, "\"instructions\":\"Calm\",\"a\":{\"b\":true}"));
    CHECK(!strstr(request.body, "rate"));
    CHECK(vendor->form(&ask).rate == 22050);
    ask.url = TEXT("http://127.0.0.1:8880/v1/audio/speech");
    asked("openai-speech", &ask);
    CHECK(is(request.url, "http://127.0.0.1:8880/v1/audio/speech"));
}

static void elevenlabs_is_asked_for_the_callers_own_form(void)
{
    struct tts_ask ask = ask_of("And one more.");

    ask.voice = TEXT("my/voice");
    ask.before = TEXT("First this.");
    ask.language = TEXT("de-CH");
    ask.options = TEXT("voice_settings.stability=0.5\nvoice_settings.speed=1\n");
    const struct tts_vendor *vendor = asked("elevenlabs", &ask);
    CHECK(is(request.url, "https://api.elevenlabs.io/v1/text-to-speech/my%2Fvoice/stream"
                          "?output_format=ulaw_8000"));
    CHECK(is(request.headers, "xi-api-key: sk-secret\nContent-Type: application/json\n"));
    CHECK(is(request.body, "{\"text\":\"And one more.\",\"model_id\":\"eleven_flash_v2_5\","
                           "\"previous_text\":\"First this.\",\"language_code\":\"de\","
                           "\"voice_settings\":{\"stability\":0.5,\"speed\":1}}"));
    CHECK(vendor->form(&ask).coding == TTS_ULAW && vendor->form(&ask).rate == 8000);
    ask.wide = true;
    asked("elevenlabs", &ask);
    CHECK(strstr(request.url, "?output_format=pcm_16000"));
    CHECK(vendor->form(&ask).coding == TTS_PCM16 && vendor->form(&ask).rate == 16000);
}

static void deepgram_is_asked_by_http_or_by_a_socket(void)
{
    struct tts_ask ask = ask_of("Hello.");

    const struct tts_vendor *vendor = asked("deepgram-aura", &ask);
    CHECK(vendor->way == TTS_HTTP);
    CHECK(is(request.url, "https://api.deepgram.com/v1/speak?model=aura-2-thalia-en&encoding=mulaw"
                          "&sample_rate=8000&container=none"));
    CHECK(is(request.headers, "Authorization: Token sk-secret\nContent-Type: application/json\n"));
    CHECK(is(request.body, "{\"text\":\"Hello.\"}"));
    ask.url = TEXT("wss://api.deepgram.com");
    ask.voice = TEXT("aura-2-andromeda-en");
    ask.wide = true;
    ask.options = TEXT("mip_opt_out=true\n");
    vendor = asked("deepgram-aura", &ask);
    CHECK(vendor->way == TTS_SOCKET && vendor->binary && !vendor->shared);
    CHECK(is(request.url, "wss://api.deepgram.com/v1/speak?model=aura-2-andromeda-en"
                          "&encoding=linear16&sample_rate=16000&mip_opt_out=true"));
    CHECK(is(request.headers, "Authorization: Token sk-secret\n"));
    CHECK(vendor->say(vendor, &ask, &request) &&
          is(request.body, "{\"type\":\"Speak\",\"text\":\"Hello.\"}"));
    CHECK(vendor->finish(&request) && is(request.body, "{\"type\":\"Flush\"}"));
    CHECK(vendor->cancel(0, &request) && is(request.body, "{\"type\":\"Clear\"}"));
}

static void cartesia_is_told_a_context_and_to_cancel_it(void)
{
    struct tts_ask ask = ask_of("Hello.");

    ask.language = TEXT("en");
    const struct tts_vendor *vendor = asked("cartesia", &ask);
    CHECK(vendor->way == TTS_SOCKET && vendor->shared && !vendor->binary);
    CHECK(is(request.url, "wss://api.cartesia.ai/tts/websocket?cartesia_version=2025-04-16"));
    CHECK(is(request.headers, "Authorization: Bearer sk-secret\n"));
    CHECK(vendor->say(vendor, &ask, &request));
    CHECK(is(
        request.body,
        "{\"model_id\":\"sonic-3\",\"transcript\":\"Hello.\",\"voice\":{\"mode\":\"id\",\"id\":"
        "\"a0e99841-438c-4a64-b679-ae501e7d6091\"},\"context_id\":\"offhook-7\",\"output_format\":"
        "{\"container\":\"raw\",\"encoding\":\"pcm_mulaw\",\"sample_rate\":8000},"
        "\"continue\":false,\"language\":\"en\"}"));
    CHECK(vendor->cancel(7, &request) &&
          is(request.body, "{\"context_id\":\"offhook-7\",\"cancel\":true}"));
}

static struct tts_news read_of(const struct tts_vendor *vendor, const char *message)
{
    static uint8_t sound[4096];
    struct tts_news news;

    vendor->read(message, strlen(message), sound, &news);
    if (news.kind == TTS_SOUND)
        CHECK(news.sound_size == 3 && memcmp(sound, "foo", 3) == 0);
    return news;
}

static void cartesias_messages_are_read(void)
{
    struct tts_news news = read_of(&tts_cartesia, "{\"type\":\"chunk\",\"data\":\"Zm9v\",\"done\":"
                                                  "false,\"status_code\":206,\"step_time\":12.5,"
                                                  "\"context_id\":\"offhook-41\"}");

    CHECK(news.kind == TTS_SOUND && news.context == 41);
    news = read_of(
        &tts_cartesia,
        "{\"type\":\"done\",\"done\":true,\"status_code\":206,\"context_id\":\"offhook-41\"}");
    CHECK(news.kind == TTS_END && news.context == 41);
    news = read_of(
        &tts_cartesia,
        "{\"type\":\"error\",\"done\":true,\"title\":\"Bad\",\"message\":\"No such voice\","
        "\"error_code\":\"voice_not_found\",\"status_code\":404,\"context_id\":\"offhook-2\"}");
    CHECK(news.kind == TTS_FAILED && news.context == 2 && news.status == 404 &&
          is(news.why, "404: No such voice"));
    news = read_of(&tts_cartesia,
                   "{\"type\":\"timestamps\",\"word_timestamps\":{},\"context_id\":\"offhook-2\"}");
    CHECK(news.kind == TTS_NOTHING);
    news =
        read_of(&tts_cartesia, "{\"type\":\"chunk\",\"data\":\"*\",\"context_id\":\"offhook-2\"}");
    CHECK(news.kind == TTS_FAILED && news.context == 2);
    CHECK(read_of(&tts_cartesia, "{no json").kind == TTS_NOTHING);
    CHECK(read_of(&tts_cartesia, "[1,2]").kind == TTS_NOTHING);
    CHECK(read_of(&tts_cartesia, "{\"type\":\"done\",\"context_id\":\"offhook-99999999999\"}")
              .context == 0);
}

static void deepgrams_messages_are_read(void)
{
    CHECK(read_of(&tts_deepgram_socket, "{\"type\":\"Flushed\",\"sequence_id\":0}").kind ==
          TTS_END);
    CHECK(read_of(&tts_deepgram_socket, "{\"type\":\"Cleared\",\"sequence_id\":0}").kind ==
          TTS_NOTHING);
    CHECK(read_of(&tts_deepgram_socket, "{\"type\":\"Metadata\",\"request_id\":\"x\"}").kind ==
          TTS_NOTHING);
    struct tts_news news =
        read_of(&tts_deepgram_socket,
                "{\"type\":\"Warning\",\"code\":\"FLUSH\",\"description\":\"Too many flushes\"}");
    CHECK(news.kind == TTS_FAILED && is(news.why, "Too many flushes"));
}

static void each_vendors_errors_are_told_in_its_words(void)
{
    static const struct {
        uint16_t status;
        const char *body, *why;
    } errors[] = {
        {401, "{\"error\":{\"message\":\"Incorrect API key provided: sk-secret.\",\"type\":\"x\"}}",
         "401: Incorrect API key provided: *."},
        {401, "{\"detail\":{\"status\":\"invalid_api_key\",\"message\":\"Invalid API key\"}}",
         "401: Invalid API key"},
        {422, "{\"detail\":[{\"loc\":[\"body\",\"text\"],\"msg\":\"Field required\"}]}",
         "422: Field required"},
        {400, "{\"err_code\":\"Bad Request\",\"err_msg\":\"No such\\nmodel\"}",
         "400: No such model"},
        {413, "{\"category\":\"X\",\"message\":\"Too long\",\"details\":\"y\"}", "413: Too long"},
        {404, "{\"detail\":\"Not Found\"}", "404: Not Found"},
        {502, "<html>Bad gateway", "502"},
        {500, "", "500"},
    };
    char why[TTS_WHY];

    for (uint32_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
        tts_why(errors[i].status, errors[i].body, strlen(errors[i].body), TEXT("sk-secret"), why);
        CHECK(is(why, errors[i].why));
    }
}

static void what_cannot_be_asked_is_refused(void)
{
    struct tts_ask ask = ask_of("Hi");

    ask.key = TEXT("a\r\nHost: b");
    CHECK(!tts_elevenlabs.request(&tts_elevenlabs, &ask, &request));
    CHECK(!tts_find(TEXT("nobody"), TEXT_EMPTY) && !tts_find(TEXT("cartesia"), TEXT("https://x")));
}

static void the_longest_words_fit(void)
{
    static char words[1025];
    struct tts_ask ask = ask_of("");

    memset(words, '\1', 1024);
    ask.words = ask.before = text_of(words);
    asked("elevenlabs", &ask);
    CHECK(request.body_size > 6 * 2 * 1024);
}

int main(void)
{
    RUN(openai_is_asked_for_bare_samples_at_24_khz);
    RUN(a_server_of_ones_own_is_asked_as_its_options_say);
    RUN(elevenlabs_is_asked_for_the_callers_own_form);
    RUN(deepgram_is_asked_by_http_or_by_a_socket);
    RUN(cartesia_is_told_a_context_and_to_cancel_it);
    RUN(cartesias_messages_are_read);
    RUN(deepgrams_messages_are_read);
    RUN(each_vendors_errors_are_told_in_its_words);
    RUN(what_cannot_be_asked_is_refused);
    RUN(the_longest_words_fit);
    return 0;
}

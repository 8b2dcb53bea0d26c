// SPDX-License-Identifier: Apache-2.0
/* stt_deepgram.c - live transcription, and Flux, which hears turns. */
#include "vendor/stt_inside.h"

#include <string.h>

#include "vendor/tts_inside.h"

static const char *coding_name(const struct stt_ask *ask)
{
    return ask->rate > SAMPLE_RATE ? "linear16" : "mulaw";
}

static bool open_at(const struct stt_vendor *vendor, const struct stt_ask *ask, const char *path,
                    const char *const (*queries)[2], uint32_t count, struct stt_opening *out)
{
    static const char *const ours[] = {"encoding", "sample_rate", "model", "channels"};
    struct text options = ask->options, name, value;
    struct text_buffer url;

    stt_begin_url(&url, vendor, ask, path, out->url);
    stt_query(&url, &(struct stt_ask){.rate = ask->rate}, "encoding", text_of(coding_name(ask)));
    stt_query(&url, &(struct stt_ask){.rate = ask->rate}, "sample_rate",
              ask->rate > SAMPLE_RATE ? TEXT("16000") : TEXT("8000"));
    stt_query(&url, &(struct stt_ask){.rate = ask->rate}, "model",
              tts_either(ask->model, vendor->model));
    for (uint32_t i = 0; i < count; i++)
        stt_query(&url, ask, queries[i][0], text_of(queries[i][1]));
    while (stt_other_option(&options, ours, sizeof(ours) / sizeof(ours[0]), &name, &value)) {
        bool said = false;
        for (uint32_t i = 0; i < count; i++)
            said = said || text_equal(name, text_of(queries[i][0]));
        if (said)
            continue;
        text_append_char(&url, '&');
        tts_escape(&url, name);
        text_append_char(&url, '=');
        tts_escape(&url, value);
    }
    return stt_ended(&url) && stt_authorize(ask, "Token ", out);
}

/* Our gate opens and our core ends utterances: the vendor's endpointing would only cut them. */
static bool open_live(const struct stt_vendor *vendor, const struct stt_ask *ask,
                      struct stt_opening *out)
{
    char language[MAX_NAME];
    const char *const queries[][2] = {{"channels", "1"},
                                      {"interim_results", "true"},
                                      {"endpointing", "false"},
                                      {"language", language}};

    text_copy(language, sizeof(language), ask->language);
    return open_at(vendor, ask, "/v1/listen", queries, sizeof(queries) / sizeof(queries[0]), out);
}

static bool open_flux(const struct stt_vendor *vendor, const struct stt_ask *ask,
                      struct stt_opening *out)
{
    char hint[MAX_NAME];
    const char *const queries[][2] = {{"eager_eot_threshold", "0.5"}, {"language_hint", hint}};
    struct text model = tts_either(ask->model, vendor->model);

    /* "Language Prompting": hints are of the model of many languages. */
    text_copy(hint, sizeof(hint),
              text_find(model, TEXT("multi")) >= 0 ? ask->language : TEXT_EMPTY);
    return open_at(vendor, ask, "/v2/listen", queries, sizeof(queries) / sizeof(queries[0]), out);
}

static void read_results(const json_t *message, struct stt_news *out)
{
    const json_t *channel = json_object_get(message, "channel");
    const json_t *best = json_array_get(json_object_get(channel, "alternatives"), 0);
    bool final = json_is_true(json_object_get(message, "is_final"));

    if (!json_is_object(best))
        return;
    stt_say(out, final ? STT_SETTLED : STT_INTERIM, members_text(best, "transcript"));
    stt_add_words(out, json_object_get(best, "words"), "word", "confidence");
    if (out->confidence_permille == 0)
        out->confidence_permille = (uint16_t)stt_thousandths(best, "confidence", 1000);
    out->to_ms = stt_thousandths(message, "start", UINT32_MAX / 4) +
                 stt_thousandths(message, "duration", UINT32_MAX / 4);
    out->last = final && json_is_true(json_object_get(message, "from_finalize"));
}

/* Errors come as messages of two shapes, then the socket is closed. */
static void read_error(const json_t *message, struct stt_news *out)
{
    static const char *const places[] = {"description", "err_msg", "message", "code"};
    struct text why = TEXT_EMPTY;

    for (uint32_t i = 0; i < sizeof(places) / sizeof(places[0]) && text_empty(why); i++)
        why = members_text(message, places[i]);
    stt_fail(out, 0, why, true);
}

static void read_live(const char *bytes, size_t size, struct stt_news *out)
{
    json_t *message = members_read((struct text){bytes, (uint32_t)size}, STT_MESSAGE);
    struct text type = members_text(message, "type");

    if (text_equal(type, TEXT("Results")))
        read_results(message, out);
    else if (text_equal(type, TEXT("SpeechStarted")))
        stt_say(out, STT_SPEECH_STARTED, TEXT_EMPTY);
    else if (text_equal(type, TEXT("Error")) || json_object_get(message, "err_code"))
        read_error(message, out);
    json_decref(message);
}

static void read_turn(const json_t *message, struct stt_news *out)
{
    static const struct {
        struct text event;
        enum stt_news_kind kind;
    } events[] = {
        {TEXT_INIT("Update"), STT_INTERIM},
        {TEXT_INIT("StartOfTurn"), STT_SPEECH_STARTED},
        {TEXT_INIT("EagerEndOfTurn"), STT_EAGER_END},
        {TEXT_INIT("TurnResumed"), STT_RESUMED},
        {TEXT_INIT("EndOfTurn"), STT_END_OF_TURN},
    };
    struct text event = members_text(message, "event");
    struct text trigger = members_text(message, "trigger");

    for (uint32_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
        if (text_equal(events[i].event, event))
            stt_say(out, events[i].kind, members_text(message, "transcript"));
    }
    stt_add_words(out, json_object_get(message, "words"), "word", "confidence");
    out->to_ms = stt_thousandths(message, "audio_window_end", UINT32_MAX / 2);
    /* "Force End Turn": the trigger is "manual" then; earlier servers say none. */
    out->last = out->kind == STT_END_OF_TURN &&
                (text_empty(trigger) || text_equal(trigger, TEXT("manual")));
}

static void read_flux(const char *bytes, size_t size, struct stt_news *out)
{
    json_t *message = members_read((struct text){bytes, (uint32_t)size}, STT_MESSAGE);
    struct text type = members_text(message, "type");

    if (text_equal(type, TEXT("TurnInfo")))
        read_turn(message, out);
    else if (text_equal(type, TEXT("Error")))
        read_error(message, out);
    json_decref(message);
}

/* "Audio Keep Alive": every 3 to 5 seconds, in a text message; 10 without end it (NET-0001). */
const struct stt_vendor stt_deepgram = {
    .kind = "deepgram",
    .way = STT_SOCKET,
    .coding = STT_ULAW,
    .most_rate = 16000,
    .warm_ms = 8000, /* It ends a stream after ten seconds without sound or KeepAlive. */
    .keep_alive_ms = 4000,
    .keep_alive = "{\"type\":\"KeepAlive\"}",
    .finish = "{\"type\":\"Finalize\"}",
    .close = "{\"type\":\"CloseStream\"}",
    .url = "wss://api.deepgram.com",
    .model = "nova-3",
    .open = open_live,
    .read = read_live,
};

/* It is sent silence too, which keeps it open and is what its turns end with. */
const struct stt_vendor stt_flux = {
    .kind = "deepgram-flux",
    .way = STT_SOCKET,
    .coding = STT_ULAW,
    .most_rate = 16000,
    .warm_ms = 8000, /* As live: its documents do not say. */
    .continuous = true,
    .finish = "{\"type\":\"ForceEndTurn\"}",
    .close = "{\"type\":\"CloseStream\"}",
    .url = "wss://api.deepgram.com",
    .model = "flux-general-en",
    .open = open_flux,
    .read = read_flux,
};

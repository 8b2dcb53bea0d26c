// SPDX-License-Identifier: Apache-2.0
/* stt_openai.c - transcription sessions of the Realtime API, and of whole files by whoever serves
 * /v1/audio/transcriptions. */
#include "vendor/stt_inside.h"

#include <string.h>

#include "vendor/realtime.h"
#include "vendor/tts_inside.h"

enum { WAV_HEADER = 44 };

/* The first subtag: both interfaces want ISO 639-1. */
static struct text short_language(const struct stt_ask *ask)
{
    struct text language = ask->language;

    return language.size > 0 ? text_next(&language, '-') : language;
}

/* Of a new object; false: no memory, or not UTF-8. */
static bool set_text(json_t *object, const char *key, struct text value)
{
    return value.size == 0 || json_object_set_new(object, key, members_string(value)) == 0;
}

/* Likelihoods of tokens are what confidence is made of; only this family has them. */
static bool has_likelihoods(struct text model)
{
    return text_starts(model, TEXT("gpt-4o-"));
}

/* Turns are ours: no turn_detection, each utterance is committed. */
static json_t *session_of(const struct stt_vendor *vendor, const struct stt_ask *ask)
{
    struct text model = tts_either(ask->model, vendor->model);
    json_t *transcription = json_object(), *input, *session;

    if (!set_text(transcription, "model", model) ||
        !set_text(transcription, "language", short_language(ask)) ||
        !tts_set_options(transcription, ask->options)) {
        json_decref(transcription);
        return NULL;
    }
    input = json_pack("{s:{s:s}, s:o, s:n}", "format", "type", "audio/pcmu", "transcription",
                      transcription, "turn_detection");
    session = json_pack("{s:s, s:{s:o}}", "type", "transcription", "audio", "input", input);
    if (session && has_likelihoods(model))
        json_object_set_new(session, "include",
                            json_pack("[s]", "item.input_audio_transcription.logprobs"));
    return json_pack("{s:s, s:o}", "type", "session.update", "session", session);
}

static bool open_realtime(const struct stt_vendor *vendor, const struct stt_ask *ask,
                          struct stt_opening *out)
{
    struct text_buffer url;
    uint32_t size;

    stt_begin_url(&url, vendor, ask, "/realtime?intent=transcription", out->url);
    size = members_write(session_of(vendor, ask), out->begin, sizeof(out->begin) - 1);
    out->begin[size] = '\0';
    return size > 0 && stt_ended(&url) && stt_authorize(ask, "Bearer ", out);
}

static uint16_t status_of(struct text type, struct text code)
{
    if (text_equal(code, TEXT("rate_limit_exceeded")) || text_find(type, TEXT("rate_limit")) >= 0)
        return 429;
    if (text_equal(code, TEXT("invalid_api_key")) || text_find(type, TEXT("authentication")) >= 0)
        return 401;
    return text_equal(type, TEXT("server_error")) ? 500 : 0;
}

static void read_realtime_error(const json_t *error, bool over, struct stt_news *out)
{
    struct text code = members_text(error, "code");

    /* Nothing but silence was committed: these are its words. */
    if (text_equal(code, TEXT("input_audio_buffer_commit_empty"))) {
        stt_say(out, STT_SETTLED, TEXT_EMPTY);
        out->last = true;
        return;
    }
    stt_fail(out, status_of(members_text(error, "type"), code), members_text(error, "message"),
             over);
}

static void read_completed(const json_t *message, struct stt_news *out)
{
    const json_t *tokens = json_object_get(message, "logprobs");
    double sum = 0;

    stt_say(out, STT_SETTLED, members_text(message, "transcript"));
    out->last = true;
    for (size_t i = 0; i < json_array_size(tokens); i++)
        sum += json_number_value(json_object_get(json_array_get(tokens, i), "logprob"));
    if (json_array_size(tokens) > 0)
        out->confidence_permille = stt_likelihood(sum / (double)json_array_size(tokens));
}

static void read_transcription(const json_t *message, struct stt_news *out)
{
    static const struct text item = TEXT_INIT("conversation.item.input_audio_transcription.");
    struct text type = members_text(message, "type");
    struct text what =
        text_starts(type, item) ? text_part(type, item.size, UINT32_MAX) : TEXT_EMPTY;

    if (text_equal(what, TEXT("delta")))
        stt_say(out, STT_DELTA, members_text(message, "delta"));
    else if (text_equal(what, TEXT("completed")))
        read_completed(message, out);
    else if (text_equal(what, TEXT("failed")))
        read_realtime_error(json_object_get(message, "error"), false, out);
    else if (text_equal(type, TEXT("error")))
        read_realtime_error(json_object_get(message, "error"), true, out);
    else if (text_equal(type, TEXT("input_audio_buffer.speech_started")))
        stt_say(out, STT_SPEECH_STARTED, TEXT_EMPTY);
}

static void read_realtime(const char *bytes, size_t size, struct stt_news *out)
{
    json_t *message = members_read((struct text){bytes, (uint32_t)size}, STT_MESSAGE);

    read_transcription(message, out);
    json_decref(message);
}

const struct stt_vendor stt_realtime = {
    .kind = "openai-realtime-stt",
    .way = STT_SOCKET,
    .coding = STT_ULAW,
    .most_rate = 8000,
    .base64 = true,
    .finish = "{\"type\":\"input_audio_buffer.commit\"}",
    .forget = "{\"type\":\"input_audio_buffer.clear\"}",
    .url = "wss://api.openai.com/v1",
    .model = "gpt-4o-transcribe",
    .open = open_realtime,
    .read = read_realtime,
};

/* ---- Whole conversations ---- */

/* Turns are ours here too, and so are answers: it is asked for each. */
static json_t *conversation_of(const struct stt_ask *ask)
{
    json_t *input, *output, *session;
    struct text model;

    if (!stt_choice(ask, "transcription", TEXT("gpt-4o-mini-transcribe"), &model))
        model = TEXT("gpt-4o-mini-transcribe");
    input = json_pack("{s:{s:s}, s:{s:o}, s:n}", "format", "type", "audio/pcmu", "transcription",
                      "model", members_string(model), "turn_detection");
    if (ask->language.size > 0)
        set_text(json_object_get(input, "transcription"), "language", short_language(ask));
    output = ask->wide ? json_pack("{s:{s:s, s:i}}", "format", "type", "audio/pcm", "rate", 24000)
                       : json_pack("{s:{s:s}}", "format", "type", "audio/pcmu");
    set_text(output, "voice", tts_either(ask->voice, "marin"));
    session = json_pack("{s:s, s:[s], s:{s:o, s:o}}", "type", "realtime", "output_modalities",
                        "audio", "audio", "input", input, "output", output);
    if (session && has_likelihoods(model))
        json_object_set_new(session, "include",
                            json_pack("[s]", "item.input_audio_transcription.logprobs"));
    if (session && !tts_set_options(session, ask->options)) {
        json_decref(session);
        return NULL;
    }
    json_object_del(session, "transcription"); /* Ours: it has its place already. */
    return json_pack("{s:s, s:o}", "type", "session.update", "session", session);
}

static bool open_conversation(const struct stt_vendor *vendor, const struct stt_ask *ask,
                              struct stt_opening *out)
{
    struct text_buffer url;
    uint32_t size;

    stt_begin_url(&url, vendor, ask, "/realtime?model=", out->url);
    tts_escape(&url, tts_either(ask->model, vendor->model));
    size = members_write(conversation_of(ask), out->begin, sizeof(out->begin) - 1);
    out->begin[size] = '\0';
    return size > 0 && stt_ended(&url) && stt_authorize(ask, "Bearer ", out);
}

static void read_conversation(const char *bytes, size_t size, struct stt_news *out)
{
    json_t *message = members_read((struct text){bytes, (uint32_t)size}, STT_MESSAGE);
    struct text type = members_text(message, "type");
    const json_t *error = json_object_get(message, "error");

    if (text_equal(type, TEXT("input_audio_buffer.committed")))
        out->kind = STT_COMMITTED;
    else if (!text_starts(type, TEXT("response.")) &&
             !(text_equal(type, TEXT("error")) &&
               realtime_is_ours(members_text(error, "event_id"))))
        read_transcription(message, out);
    json_decref(message);
}

const struct stt_vendor stt_conversation = {
    .kind = "openai-realtime",
    .way = STT_SOCKET,
    .coding = STT_ULAW,
    .most_rate = 8000,
    .base64 = true,
    .converses = true,
    .finish = "{\"type\":\"input_audio_buffer.commit\"}",
    .forget = "{\"type\":\"input_audio_buffer.clear\"}",
    .url = "wss://api.openai.com/v1",
    .model = "gpt-realtime",
    .open = open_conversation,
    .read = read_conversation,
};

/* ---- Files ---- */

static bool open_whisper(const struct stt_vendor *vendor, const struct stt_ask *ask,
                         struct stt_opening *out)
{
    struct text_buffer url;

    stt_begin_url(&url, vendor, ask, "/audio/transcriptions", out->url);
    return stt_ended(&url) && stt_authorize(ask, "Bearer ", out);
}

static void put_field(struct text_buffer *out, struct text boundary, struct text name,
                      struct text value)
{
    text_append(out, TEXT("--"));
    text_append(out, boundary);
    text_append(out, TEXT("\r\nContent-Disposition: form-data; name=\""));
    text_append(out, name);
    text_append(out, TEXT("\"\r\n\r\n"));
    text_append(out, value);
    text_append(out, TEXT("\r\n"));
}

static void put_choice(struct text_buffer *out, const struct stt_ask *ask, struct text boundary,
                       const char *name, struct text otherwise)
{
    struct text value;

    if (stt_choice(ask, name, otherwise, &value))
        put_field(out, boundary, text_of(name), value);
}

static void put_number(struct text_buffer *out, uint32_t number, uint32_t bytes)
{
    for (uint32_t i = 0; i < bytes; i++)
        text_append_char(out, (char)(number >> 8 * i & 255));
}

/* RIFF, 16 bits, one channel. */
static void put_wav_header(struct text_buffer *out, uint32_t rate, uint32_t samples)
{
    text_append(out, TEXT("RIFF"));
    put_number(out, WAV_HEADER - 8 + 2 * samples, 4);
    text_append(out, TEXT("WAVEfmt "));
    put_number(out, 16, 4);
    put_number(out, 1, 2);
    put_number(out, 1, 2);
    put_number(out, rate, 4);
    put_number(out, 2 * rate, 4);
    put_number(out, 2, 2);
    put_number(out, 16, 2);
    text_append(out, TEXT("data"));
    put_number(out, 2 * samples, 4);
}

/* Segments, which say how sure it is, are of whisper; other models refuse to be asked for them. */
uint32_t stt_form_head(const struct stt_vendor *vendor, const struct stt_ask *ask,
                       struct text boundary, uint32_t samples, char out[STT_FORM])
{
    static const char *const ours[] = {"file", "model", "language", "response_format",
                                       "temperature"};
    struct text model = tts_either(ask->model, vendor->model);
    struct text options = ask->options, name, value;
    bool whisper = text_find_nocase(model, TEXT("whisper")) >= 0;
    struct text_buffer form;

    text_buffer_init(&form, out, STT_FORM);
    put_field(&form, boundary, TEXT("model"), model);
    put_choice(&form, ask, boundary, "language", short_language(ask));
    put_choice(&form, ask, boundary, "response_format",
               whisper ? TEXT("verbose_json") : TEXT("json"));
    put_choice(&form, ask, boundary, "temperature", TEXT("0"));
    while (stt_other_option(&options, ours, sizeof(ours) / sizeof(ours[0]), &name, &value))
        put_field(&form, boundary, name, value);
    text_append(&form, TEXT("--"));
    text_append(&form, boundary);
    text_append(&form, TEXT("\r\nContent-Disposition: form-data; name=\"file\"; "
                            "filename=\"turn.wav\"\r\nContent-Type: audio/wav\r\n\r\n"));
    put_wav_header(&form, ask->rate, samples);
    return form.cut ? 0 : form.size;
}

uint32_t stt_form_tail(struct text boundary, char out[STT_FORM])
{
    struct text_buffer form;

    text_buffer_init(&form, out, STT_FORM);
    text_append(&form, TEXT("\r\n--"));
    text_append(&form, boundary);
    text_append(&form, TEXT("--\r\n"));
    return form.cut ? 0 : form.size;
}

/* What whisper says of silence is made up: it knows, and says that too. */
static void read_segments(const json_t *segments, struct stt_news *out)
{
    double sum = 0;
    size_t count = json_array_size(segments), silent = 0;

    for (size_t i = 0; i < count; i++) {
        const json_t *segment = json_array_get(segments, i);
        double sure = json_number_value(json_object_get(segment, "avg_logprob"));
        sum += sure;
        silent +=
            json_number_value(json_object_get(segment, "no_speech_prob")) > 0.6 && sure < -1.0;
    }
    if (count == 0)
        return;
    if (silent == count)
        stt_say(out, STT_SETTLED, TEXT_EMPTY);
    else
        out->confidence_permille = stt_likelihood(sum / (double)count);
}

static void read_whisper(const char *bytes, size_t size, struct stt_news *out)
{
    json_t *answer = members_read((struct text){bytes, (uint32_t)size}, STT_MESSAGE);

    if (json_is_string(json_object_get(answer, "text"))) {
        stt_say(out, STT_SETTLED, members_text(answer, "text"));
        read_segments(json_object_get(answer, "segments"), out);
        out->last = true;
    } else if (json_object_get(answer, "error")) {
        read_realtime_error(json_object_get(answer, "error"), true, out);
    }
    json_decref(answer);
}

const struct stt_vendor stt_whisper = {
    .kind = "whisper",
    .way = STT_REQUEST,
    .coding = STT_LINEAR,
    .most_rate = 16000,
    .url = "https://api.openai.com/v1",
    .model = "whisper-1",
    .open = open_whisper,
    .read = read_whisper,
};

// SPDX-License-Identifier: Apache-2.0
/* stt.c - the rows' finder and what they share. */
#include "vendor/stt_inside.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/g711.h"
#include "vendor/base64.h"
#include "vendor/tts_inside.h"

_Static_assert(STT_PIECE * 2 <= STT_FRAME, "linear samples fit");

const struct stt_vendor *stt_find(struct text kind)
{
    static const struct stt_vendor *const rows[] = {&stt_deepgram, &stt_flux, &stt_realtime,
                                                    &stt_conversation, &stt_whisper,
                                                    &stt_vosk};

    for (uint32_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (text_equal(text_of(rows[i]->kind), kind))
            return rows[i];
    }
    return NULL;
}

uint32_t stt_rate(const struct stt_vendor *vendor, uint32_t rate)
{
    return rate < vendor->most_rate ? rate : vendor->most_rate;
}

bool stt_open(const struct stt_vendor *vendor, const struct stt_ask *ask, struct stt_opening *out)
{
    out->url[0] = out->authorization[0] = out->begin[0] = '\0';
    return vendor->open(vendor, ask, out);
}

/* Mu-law as it is, or as linear bytes. */
static uint32_t code(enum stt_coding coding, const uint8_t *ulaw, uint32_t count, uint8_t *out)
{
    int16_t linear[STT_PIECE];

    if (coding == STT_ULAW) {
        memcpy(out, ulaw, count);
        return count;
    }
    g711_ulaw_decode(ulaw, linear, count);
    for (uint32_t i = 0; i < count; i++) {
        out[2 * i] = (uint8_t)((uint16_t)linear[i] & 255);
        out[2 * i + 1] = (uint8_t)((uint16_t)linear[i] >> 8);
    }
    return 2 * count;
}

uint32_t stt_frame(const struct stt_vendor *vendor, uint32_t rate, const uint8_t *ulaw,
                   uint32_t count, uint8_t *out)
{
    static const char before[] = "{\"type\":\"input_audio_buffer.append\",\"audio\":\"";
    uint8_t coded[2 * STT_PIECE];
    uint32_t size;

    assert(count <= STT_PIECE);
    /* Mu-law is a telephone's, of 8 kHz; vendors take other rates as linear. */
    enum stt_coding coding = rate > SAMPLE_RATE ? STT_LINEAR : vendor->coding;
    if (!vendor->base64)
        return code(coding, ulaw, count, out);
    assert(coding == STT_ULAW);
    size = code(coding, ulaw, count, coded);
    memcpy(out, before, sizeof(before) - 1);
    base64_encode(coded, size, (char *)out + sizeof(before) - 1);
    size = sizeof(before) - 1 + (uint32_t)base64_size(size);
    memcpy(out + size, "\"}", 2);
    return size + 2;
}

void stt_read(const struct stt_vendor *vendor, const char *bytes, size_t size, struct stt_news *out)
{
    out->kind = STT_NOTHING;
    out->last = out->over = false;
    out->confidence_permille = out->status = 0;
    out->to_ms = out->size = out->word_count = 0;
    out->text[0] = out->why[0] = '\0';
    if (size <= STT_MESSAGE)
        vendor->read(bytes, size, out);
}

void stt_read_answer(const struct stt_vendor *vendor, uint16_t status, const char *body,
                     size_t size, struct stt_news *out)
{
    stt_read(vendor, body, size, out);
    if (status >= 200 && status < 300) {
        if (out->kind == STT_NOTHING)
            stt_fail(out, 0, TEXT("the answer is not what was asked for"), true);
        return;
    }
    out->kind = STT_FAILED;
    out->over = true;
    out->status = status;
    tts_why(status, body, size, TEXT_EMPTY, out->why);
}

void stt_fail(struct stt_news *out, uint16_t status, struct text why, bool over)
{
    out->kind = STT_FAILED;
    out->status = status;
    out->over = over;
    tts_say_why(out->why, why, TEXT_EMPTY);
}

void stt_say(struct stt_news *out, enum stt_news_kind kind, struct text text)
{
    out->kind = kind;
    text_copy(out->text, sizeof(out->text), text);
    out->size = (uint32_t)strlen(out->text);
}

uint32_t stt_thousandths(const json_t *object, const char *key, uint32_t most)
{
    double value = json_number_value(json_object_get(object, key)) * 1000;

    return value > 0 ? value < most ? (uint32_t)value : most : 0;
}

uint16_t stt_likelihood(double logarithm)
{
    double permille = logarithm < 0 ? 1000 * exp(logarithm) : 1000;

    return permille > 1 ? (uint16_t)permille : 1;
}

void stt_add_words(struct stt_news *out, const json_t *words, const char *word,
                   const char *confidence)
{
    uint32_t sum = 0, at = 0, count = 0;

    for (size_t i = 0; i < json_array_size(words); i++) {
        const json_t *item = json_array_get(words, i);
        struct text name = members_text(item, word);
        uint32_t sure = stt_thousandths(item, confidence, 1000);
        sum += sure;
        count++;
        int32_t found =
            text_find(text_part((struct text){out->text, out->size}, at, UINT32_MAX), name);
        if (found < 0 || name.size == 0 || out->word_count == STT_WORDS)
            continue;
        out->words[out->word_count++] =
            (struct stt_word){.at = (uint16_t)(at + (uint32_t)found),
                              .size = (uint16_t)name.size,
                              .confidence_permille = (uint16_t)sure,
                              .from_ms = stt_thousandths(item, "start", UINT32_MAX / 2),
                              .to_ms = stt_thousandths(item, "end", UINT32_MAX / 2)};
        at += (uint32_t)found + name.size;
    }
    if (count > 0)
        out->confidence_permille = (uint16_t)(sum / count);
}

void stt_begin_url(struct text_buffer *out, const struct stt_vendor *vendor,
                   const struct stt_ask *ask, const char *path, char storage[STT_URL])
{
    struct text url = tts_either(ask->url, vendor->url);

    while (url.size > 0 && url.data[url.size - 1] == '/')
        url.size--;
    text_buffer_init(out, storage, STT_URL - 1);
    text_append(out, url);
    text_append(out, text_of(path));
}

bool stt_choice(const struct stt_ask *ask, const char *name, struct text otherwise,
                struct text *out)
{
    struct text options = ask->options;

    while (options.data && options.size > 0) {
        struct text value = text_next(&options, '\n');
        if (text_equal(text_next(&value, '='), text_of(name))) {
            *out = value;
            return value.size > 0;
        }
    }
    *out = otherwise;
    return otherwise.size > 0;
}

static void put_query(struct text_buffer *out, struct text name, struct text value)
{
    text_append_char(out, text_find(text_view(out), TEXT("?")) < 0 ? '?' : '&');
    tts_escape(out, name);
    text_append_char(out, '=');
    tts_escape(out, value);
}

void stt_query(struct text_buffer *out, const struct stt_ask *ask, const char *name,
               struct text otherwise)
{
    struct text value;

    if (stt_choice(ask, name, otherwise, &value))
        put_query(out, text_of(name), value);
}

bool stt_other_option(struct text *options, const char *const *known, uint32_t known_count,
                      struct text *name, struct text *value)
{
    while (options->data && options->size > 0) {
        bool ours = false;
        *value = text_next(options, '\n');
        *name = text_next(value, '=');
        for (uint32_t i = 0; i < known_count; i++)
            ours = ours || text_equal(*name, text_of(known[i]));
        if (!ours && name->size > 0 && value->size > 0)
            return true;
    }
    return false;
}

bool stt_authorize(const struct stt_ask *ask, const char *scheme, struct stt_opening *out)
{
    struct text_buffer value;

    for (uint32_t i = 0; i < ask->key.size; i++) {
        if (ask->key.data[i] <= ' ' || ask->key.data[i] > '~')
            return false;
    }
    text_buffer_init(&value, out->authorization, sizeof(out->authorization) - 1);
    if (ask->key.size > 0) {
        text_append(&value, text_of(scheme));
        text_append(&value, ask->key);
    }
    return stt_ended(&value);
}

bool stt_ended(struct text_buffer *buffer)
{
    buffer->data[buffer->size] = '\0';
    return !buffer->cut;
}

// SPDX-License-Identifier: Apache-2.0
/* tts.c - the rows' finder and what they share. */
#include "vendor/tts_inside.h"

#include <string.h>

enum { OPTION_NAME = 64 };

const struct tts_vendor *tts_find(struct text kind, struct text url)
{
    static const struct tts_vendor *const rows[] = {&tts_openai, &tts_elevenlabs, &tts_deepgram,
                                                    &tts_deepgram_socket, &tts_cartesia};
    bool socket = text_starts_nocase(url, TEXT("ws"));

    for (uint32_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        enum tts_way way = text_empty(url) ? rows[i]->way : socket ? TTS_SOCKET : TTS_HTTP;
        if (text_equal(text_of(rows[i]->kind), kind) && rows[i]->way == way)
            return rows[i];
    }
    return NULL;
}

struct text tts_either(struct text a, const char *b)
{
    return text_empty(a) ? text_of(b) : a;
}

struct text tts_option(struct text options, struct text name)
{
    while (options.data && options.size > 0) {
        struct text value = text_next(&options, '\n');
        if (text_equal(text_next(&value, '='), name))
            return value;
    }
    return TEXT_EMPTY;
}

struct text tts_language(struct text tag)
{
    return text_next(&tag, '-');
}

void tts_escape(struct text_buffer *out, struct text t)
{
    static const char hex[] = "0123456789ABCDEF";

    for (uint32_t i = 0; i < t.size; i++) {
        unsigned char c = (unsigned char)t.data[i];
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
            memchr("-._~", c, 4)) {
            text_append_char(out, (char)c);
        } else {
            text_append_char(out, '%');
            text_append_char(out, hex[c >> 4]);
            text_append_char(out, hex[c & 15]);
        }
    }
}

struct tts_form tts_form_with(const struct tts_ask *ask, struct tts_form form)
{
    uint64_t rate = 0;

    if (text_number(tts_option(ask->options, TEXT("rate")), &rate) && rate >= 8000 && rate <= 48000)
        form = (struct tts_form){.coding = TTS_PCM16, .rate = (uint32_t)rate};
    return form;
}

void tts_begin_url(struct text_buffer *out, const struct tts_vendor *vendor,
                   const struct tts_ask *ask, char storage[TTS_URL])
{
    struct text url = tts_either(ask->url, vendor->url);

    while (url.size > 0 && url.data[url.size - 1] == '/')
        url.size--;
    text_buffer_init(out, storage, TTS_URL - 1);
    text_append(out, url);
}

bool tts_header(struct text_buffer *out, struct text name, struct text before, struct text value)
{
    for (uint32_t i = 0; i < value.size; i++) {
        if (value.data[i] < ' ' || value.data[i] > '~')
            return false;
    }
    if (value.size == 0)
        return true;
    text_append(out, name);
    text_append(out, TEXT(": "));
    text_append(out, before);
    text_append(out, value);
    text_append_char(out, '\n');
    return !out->cut;
}

/* A number, true, false, or what else JSON has; otherwise the words themselves. */
static json_t *option_value(struct text value)
{
    json_t *read = json_loadb(value.data ? value.data : "", value.size, JSON_DECODE_ANY, NULL);
    return read ? read : members_string(value);
}

static bool set_option(json_t *object, struct text name, struct text value)
{
    char part[OPTION_NAME];

    while (name.data) {
        struct text step = text_next(&name, '.');
        if (step.size == 0 || step.size >= sizeof(part))
            return false;
        text_copy(part, sizeof(part), step);
        if (!name.data)
            return json_object_set_new(object, part, option_value(value)) == 0;
        json_t *inner = json_object_get(object, part);
        if (!json_is_object(inner)) {
            inner = json_object();
            if (json_object_set_new(object, part, inner) < 0)
                return false;
        }
        object = inner;
    }
    return false;
}

bool tts_set_options(json_t *object, struct text options)
{
    while (options.data && options.size > 0) {
        struct text value = text_next(&options, '\n'), name = text_next(&value, '=');
        if (name.size == 0 || text_equal(name, TEXT("rate")) || text_equal(name, TEXT("format")))
            continue;
        if (!set_option(object, name, value))
            return false;
    }
    return true;
}

bool tts_dump(json_t *object, struct tts_request *out)
{
    size_t size = object ? json_dumpb(object, out->body, sizeof(out->body) - 1, JSON_COMPACT) : 0;

    json_decref(object);
    if (size == 0 || size > sizeof(out->body) - 1)
        return false;
    out->body[size] = '\0';
    out->body_size = (uint32_t)size;
    return true;
}

/* A key that the vendor repeats goes no further. */
static bool is_key(struct text why, uint32_t at, struct text key)
{
    return key.size >= 4 && text_starts(text_part(why, at, why.size), key);
}

void tts_say_why(char out[TTS_WHY], struct text why, struct text key)
{
    struct text_buffer line;

    text_buffer_init(&line, out, TTS_WHY - 1);
    for (uint32_t i = 0; i < why.size && !line.cut; i++) {
        unsigned char c = (unsigned char)why.data[i];
        bool secret = is_key(why, i, key);
        text_append_char(&line, secret ? '*' : c < ' ' || c > '~' ? ' ' : (char)c);
        i += secret ? key.size - 1 : 0;
    }
    out[line.size] = '\0';
}

/* Each vendor's place for it: {"error": {"message"}}, {"detail": {"message"}} or [{"msg"}],
 * {"err_msg"}, {"message"}, {"title"}. */
static struct text find_why(const json_t *body)
{
    static const char *const plain[] = {"err_msg", "message", "description",
                                        "title",   "error",   "detail"};
    const json_t *nested[] = {json_object_get(body, "error"), json_object_get(body, "detail"),
                              json_array_get(json_object_get(body, "detail"), 0)};
    struct text why = TEXT_EMPTY;

    for (uint32_t i = 0; i < 3 && text_empty(why); i++) {
        why = members_text(nested[i], "message");
        if (text_empty(why))
            why = members_text(nested[i], "msg");
    }
    for (uint32_t i = 0; i < sizeof(plain) / sizeof(plain[0]) && text_empty(why); i++)
        why = members_text(body, plain[i]);
    return why;
}

void tts_why(uint16_t status, const char *body, size_t size, struct text key, char out[TTS_WHY])
{
    json_t *read = size > 0 && size <= TTS_MESSAGE ? json_loadb(body, size, 0, NULL) : NULL;
    struct text why = find_why(read);
    char line[TTS_WHY];
    struct text_buffer said;

    tts_say_why(line, why, key);
    json_decref(read);
    text_buffer_init(&said, out, TTS_WHY - 1);
    if (status) {
        text_append_number(&said, status);
        text_append(&said, line[0] ? TEXT(": ") : TEXT_EMPTY);
    }
    text_append(&said, text_of(line));
    out[said.size] = '\0';
}

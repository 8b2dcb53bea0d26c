// SPDX-License-Identifier: Apache-2.0
/* stream.c - bytes -> messages (vendor/sse.h) -> news (vendor/llm.h) -> clauses (mind/breath.h) ->
 * notes. */
#include "mind/stream.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "mind/breath.h"
#include "net/http.h"
#include "vendor/sse.h"

enum {
    MESSAGES = 16384, /* Bytes of one message of the stream. */
    REFUSAL = 2048,   /* Of a body that says why not. */
    CONNECT_MS =
        3000, /* Connections are kept; a new one that takes longer is no use to a caller. */
    LONGEST_MS = 120000,
    LEAST_SILENCE_MS = 2000
};

struct stream {
    struct mailbox *notes;
    uint32_t call, number, status, retry_after_s;
    bool whole, told; /* told: the last note was sent. */
    uint64_t first_ms;
    uint32_t tokens_in, tokens_out;
    struct sse sse;
    struct llm_reader reader;
    struct breath breath;
    struct text language;
    char language_bytes[32];
    struct text_buffer text; /* whole: all words; a refusal: its body. */
    char text_bytes[REFUSAL], messages[MESSAGES];
    uint32_t key_size;
    char key[]; /* Shown by the server in its errors perhaps, and by us to nobody. */
};

static uint16_t put(struct stream_note *note, uint32_t *at, struct text t, uint32_t most)
{
    struct text_buffer out;

    text_buffer_init(&out, note->bytes + *at, most);
    text_append(&out, t);
    *at += out.size;
    return (uint16_t)out.size;
}

static void tell(struct stream *stream, struct stream_note *note, struct text id, struct text name,
                 struct text text)
{
    uint32_t at = 0;
    bool full;

    if (stream->told)
        return;
    note->call = stream->call;
    note->number = stream->number;
    note->first_ms = stream->first_ms;
    note->tokens_in = stream->tokens_in;
    note->tokens_out = stream->tokens_out;
    note->id_size = put(note, &at, id, LLM_ID);
    note->name_size = put(note, &at, name, MAX_NAME);
    note->size = put(note, &at, text, STREAM_TEXT);
    text_hide(note->bytes, at, (struct text){stream->key, stream->key_size});
    full =
        mailbox_post(stream->notes, note, offsetof(struct stream_note, bytes) + at) != MAILBOX_OK;
    stream->told = full || note->kind == STREAM_OVER || note->kind == STREAM_FAILED;
}

static void tell_kind(struct stream *stream, enum stream_kind kind, struct text text)
{
    struct stream_note note = {.kind = kind};

    tell(stream, &note, TEXT_EMPTY, TEXT_EMPTY, text);
}

static void tell_failure(struct stream *stream, uint32_t status, struct text words)
{
    struct stream_note note = {
        .kind = STREAM_FAILED, .status = (uint16_t)status, .retry_after_s = stream->retry_after_s};

    tell(stream, &note, TEXT_EMPTY, TEXT_EMPTY, words);
}

static void take_clause(void *context, struct text clause)
{
    tell_kind(context, STREAM_CLAUSE, clause);
}

/* All that was said up to here shall be spoken. */
static void breathe(struct stream *stream)
{
    breath_end(&stream->breath);
    breath_init(&stream->breath, stream->language, take_clause, stream);
}

static void take_call(struct stream *stream, const struct llm_news *news)
{
    struct stream_note note = {.kind = news->kind == LLM_TOOL ? STREAM_CALL : STREAM_BEGUN,
                               .broken = news->broken};

    breathe(stream);
    tell(stream, &note, news->id, news->name, news->text);
}

static void take_news(void *context, const struct llm_news *news)
{
    struct stream *stream = context;

    if ((news->kind == LLM_TEXT || news->kind == LLM_TOOL_BEGUN) && !stream->first_ms)
        stream->first_ms = clock_ms();
    switch (news->kind) {
    case LLM_TEXT:
        if (stream->whole)
            text_append(&stream->text, news->text);
        else
            breath_put(&stream->breath, news->text);
        break;
    case LLM_TOOL_BEGUN:
    case LLM_TOOL:
        take_call(stream, news);
        break;
    case LLM_USAGE:
        stream->tokens_in = news->tokens_in;
        stream->tokens_out = news->tokens_out;
        break;
    case LLM_STOPPED:
        breathe(stream);
        break;
    case LLM_FAILED:
        tell_failure(stream, news->status, news->text);
        break;
    case LLM_NEWS_KINDS:
        break;
    }
}

static void take_message(void *context, struct text name, struct text data)
{
    struct stream *stream = context;

    (void)name;
    llm_read(&stream->reader, data);
}

static void tell_over(struct stream *stream)
{
    tell_kind(stream, STREAM_OVER, stream->whole ? text_view(&stream->text) : TEXT_EMPTY);
}

static void on_head(void *context, const struct http_head *head)
{
    struct stream *stream = context;

    stream->status = head->status;
    stream->retry_after_s = http_retry_s(head);
}

static void on_data(void *context, const uint8_t *bytes, size_t size)
{
    struct stream *stream = context;

    if (stream->status != 200) {
        if (size < REFUSAL)
            text_append(&stream->text, (struct text){(const char *)bytes, (uint32_t)size});
        return;
    }
    if (!sse_put(&stream->sse, bytes, size))
        tell_failure(stream, 0, TEXT("a message of the stream is too long"));
    if (stream->reader.stage == LLM_OVER)
        tell_over(stream);
}

static void tell_refusal(struct stream *stream)
{
    char words[LLM_WORDS + 1];
    struct text_buffer out;

    text_buffer_init(&out, words, sizeof words);
    llm_refusal(text_view(&stream->text), &out);
    tell_failure(stream, stream->status, text_view(&out));
}

static void on_done(void *context, const struct http_done *done)
{
    struct stream *stream = context;

    if (done->status != 0 && done->status != 200)
        tell_refusal(stream);
    else if (done->result != NET_OK && stream->reader.stage == LLM_READING)
        tell_failure(stream, 0, text_of(done->why));
    else
        llm_end(&stream->reader);
    tell_over(stream); /* Nothing, when a failure was told. */
}

static void release(struct stream *stream)
{
    explicit_bzero(stream->key, stream->key_size);
    free(stream);
}

/* The owner waits for this when it closes, so it may not be lost: a full mailbox is being emptied.
 */
static void on_gone(void *context)
{
    struct stream *stream = context;
    struct stream_note note = {.call = stream->call, .number = stream->number, .kind = STREAM_GONE};

    while (mailbox_post(stream->notes, &note, offsetof(struct stream_note, bytes)) != MAILBOX_OK)
        clock_sleep_until_ns(clock_ns() + 1000000);
    release(stream);
}

static const struct http_sink sink = {on_head, on_data, on_done, on_gone};

static struct stream *stream_new(struct mailbox *notes, const struct stream_wish *wish)
{
    struct stream *stream = malloc(sizeof *stream + wish->key.size);
    struct text_buffer language;

    if (!stream)
        return NULL;
    stream->notes = notes;
    stream->call = wish->call;
    stream->number = wish->number;
    stream->whole = wish->whole;
    stream->key_size = wish->key.size;
    if (wish->key.size > 0)
        memcpy(stream->key, wish->key.data, wish->key.size);
    stream->told = false;
    stream->status = stream->retry_after_s = stream->tokens_in = stream->tokens_out = 0;
    stream->first_ms = 0;
    text_buffer_init(&language, stream->language_bytes, sizeof stream->language_bytes);
    text_append(&language, wish->language);
    stream->language = text_view(&language);
    text_buffer_init(&stream->text, stream->text_bytes, sizeof stream->text_bytes);
    sse_init(&stream->sse, stream->messages, sizeof stream->messages, take_message, stream);
    llm_reader_init(&stream->reader, wish->vendor, take_news, stream);
    breath_init(&stream->breath, stream->language, take_clause, stream);
    return stream;
}

/* "Name: value\n" lines as fields; the credentials are secret. */
static uint32_t fields_of(struct text lines, struct net_header *out, uint32_t most)
{
    uint32_t count = 0;

    while (lines.size > 0 && count < most) {
        struct text value = text_next(&lines, '\n'), name = text_next(&value, ':');

        out[count].name = name;
        out[count].value = text_trim(value);
        out[count++].secret =
            text_equal(name, TEXT("Authorization")) || text_equal(name, TEXT("x-api-key"));
    }
    return count;
}

enum net_result stream_start(struct net *net, struct mailbox *notes, const struct stream_wish *wish,
                             uint32_t *http)
{
    char lines[NET_HEADER_BYTES];
    struct net_header headers[8];
    struct text_buffer out;
    struct http_request request = {.method = TEXT("POST"),
                                   .url = wish->url,
                                   .headers = headers,
                                   .body = wish->body,
                                   .repeatable = true,
                                   .connect_ms = CONNECT_MS,
                                   .first_byte_ms = wish->hard_ms,
                                   .idle_ms = wish->hard_ms > LEAST_SILENCE_MS ? wish->hard_ms
                                                                               : LEAST_SILENCE_MS,
                                   .total_ms = LONGEST_MS};
    struct stream *stream = stream_new(notes, wish);
    enum net_result result;

    if (!stream)
        return NET_FULL;
    text_buffer_init(&out, lines, sizeof lines);
    llm_headers(wish->vendor, wish->key, &out);
    request.header_count = fields_of(text_view(&out), headers, sizeof headers / sizeof headers[0]);
    result = http_start(net, &request, &sink, stream, http);
    explicit_bzero(lines, sizeof lines);
    if (result != NET_OK)
        release(stream);
    return result;
}

bool stream_note_sound(const struct stream_note *note, size_t size)
{
    size_t head = offsetof(struct stream_note, bytes);

    return size >= head && size == head + note->id_size + note->name_size + note->size;
}

struct text stream_note_id(const struct stream_note *note)
{
    return (struct text){note->bytes, note->id_size};
}

struct text stream_note_name(const struct stream_note *note)
{
    return (struct text){note->bytes + note->id_size, note->name_size};
}

struct text stream_note_text(const struct stream_note *note)
{
    return (struct text){note->bytes + note->id_size + note->name_size, note->size};
}

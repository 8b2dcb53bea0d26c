// SPDX-License-Identifier: Apache-2.0
/* llm.c - what all language models have in common: news in their order, tool calls put together. */
#include "vendor/llm.h"

#include <string.h>

#include "vendor/llm_inside.h"
#include "vendor/members.h"


const struct llm_vendor *llm_vendor(struct text kind)
{
    static const struct llm_vendor *const rows[] = {&llm_chat, &llm_anthropic};

    for (uint32_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (text_equal(kind, text_of(rows[i]->kind)))
            return rows[i];
    return NULL;
}

void llm_url(const struct llm_vendor *vendor, struct text base, struct text_buffer *out)
{
    struct text path = text_of(vendor->path);

    if (text_empty(base))
        base = text_of(vendor->url);
    while (base.size > 0 && base.data[base.size - 1] == '/')
        base.size--;
    text_append(out, base);
    if (base.size < path.size ||
        !text_equal(text_part(base, base.size - path.size, path.size), path))
        text_append(out, path);
}

void llm_headers(const struct llm_vendor *vendor, struct text key, struct text_buffer *out)
{
    text_append(out, TEXT("Content-Type: application/json\nAccept: text/event-stream\n"));
    vendor->headers(key, out);
}

static int set_option(json_t *body, const struct llm_option *option)
{
    char name[MAX_NAME];
    json_t *value = members_read(option->value, LLM_MESSAGE);

    text_copy(name, sizeof name, option->name);
    if (json_is_null(value)) {
        json_object_del(body, name);
        json_decref(value);
        return 0;
    }
    return json_object_set_new(body, name, value ? value : members_string(option->value));
}

uint32_t llm_write(const struct llm_vendor *vendor, const struct llm_request *request, char *out,
                   uint32_t size)
{
    json_t *body = vendor->body(request);
    int error = body ? 0 : -1;

    for (uint32_t i = 0; i < request->option_count && !error; i++)
        error = set_option(body, &request->options[i]);
    if (!error)
        return members_write(body, out, size);
    json_decref(body);
    return 0;
}

void llm_reader_init(struct llm_reader *reader, const struct llm_vendor *vendor,
                     void (*take)(void *context, const struct llm_news *news), void *context)
{
    reader->vendor = vendor;
    reader->take = take;
    reader->context = context;
    reader->stage = LLM_READING;
    reader->calls = reader->tokens_in = reader->tokens_out = 0;
    for (uint32_t i = 0; i < LLM_CALLS; i++)
        reader->call[i].open = false;
}

void llm_read(struct llm_reader *reader, struct text data)
{
    json_t *message;

    if (reader->stage == LLM_OVER || text_empty(text_trim(data)))
        return;
    if (reader->vendor->last && text_equal(text_trim(data), text_of(reader->vendor->last))) {
        if (reader->stage == LLM_READING)
            llm_stop(reader, LLM_STOP_END);
        reader->stage = LLM_OVER;
        return;
    }
    message = members_read(data, LLM_MESSAGE);
    if (json_is_object(message))
        reader->vendor->read(reader, message);
    else
        llm_fail(reader, 0, TEXT("the stream holds what is no JSON object"));
    json_decref(message);
}

void llm_end(struct llm_reader *reader)
{
    if (reader->stage == LLM_READING)
        llm_fail(reader, 0, TEXT("the answer broke off"));
    reader->stage = LLM_OVER;
}

void llm_refusal(struct text body, struct text_buffer *out)
{
    json_t *message = members_read(body, LLM_MESSAGE);

    text_append(out, text_part(llm_error_words(message), 0, LLM_WORDS));
    json_decref(message);
}

/* What the rows use. */

void llm_say(struct llm_reader *reader, struct text words)
{
    struct llm_news news = {.kind = LLM_TEXT, .text = words};

    if (reader->stage == LLM_READING && !text_empty(words))
        reader->take(reader->context, &news);
}

void llm_count(struct llm_reader *reader, uint32_t tokens_in, uint32_t tokens_out)
{
    struct llm_news news = {.kind = LLM_USAGE, .tokens_in = tokens_in, .tokens_out = tokens_out};

    if (reader->stage == LLM_OVER ||
        (tokens_in == reader->tokens_in && tokens_out == reader->tokens_out))
        return;
    reader->tokens_in = tokens_in;
    reader->tokens_out = tokens_out;
    reader->take(reader->context, &news);
}

void llm_stop(struct llm_reader *reader, enum llm_stop stop)
{
    struct llm_news news = {.kind = LLM_STOPPED};

    if (reader->stage != LLM_READING)
        return;
    for (uint32_t i = 0; i < LLM_CALLS; i++)
        if (reader->call[i].open)
            llm_call_end(reader, &reader->call[i]);
    /* Some say "stop" although they called tools; they wait all the same. */
    news.stop = reader->calls > 0 && stop == LLM_STOP_END ? LLM_STOP_TOOLS : stop;
    reader->stage = LLM_SAID;
    reader->take(reader->context, &news);
}

void llm_fail(struct llm_reader *reader, uint16_t status, struct text words)
{
    struct llm_news news = {.kind = LLM_FAILED, .status = status};

    if (reader->stage == LLM_OVER)
        return;
    news.text = text_part(words, 0, LLM_WORDS);
    reader->stage = LLM_OVER;
    reader->take(reader->context, &news);
}

static uint32_t keep(char *out, uint32_t capacity, struct text t)
{
    struct text_buffer buffer;

    text_buffer_init(&buffer, out, capacity);
    text_append(&buffer, t);
    return buffer.size;
}

struct llm_call *llm_call_begin(struct llm_reader *reader, uint32_t index, struct text id,
                                struct text name)
{
    struct llm_news news = {.kind = LLM_TOOL_BEGUN};
    struct llm_call *call;
    char made[] = "call_0";

    if (reader->stage != LLM_READING || reader->calls == LLM_CALLS || text_empty(name))
        return NULL;
    call = &reader->call[reader->calls];
    made[5] = (char)('0' + reader->calls++);
    call->open = true;
    call->index = index;
    call->id_size = keep(call->id, LLM_ID, text_empty(id) ? text_of(made) : id);
    call->name_size = keep(call->name, MAX_NAME, name);
    call->size = 0;
    call->cut = false;
    news.id = (struct text){call->id, call->id_size};
    news.name = (struct text){call->name, call->name_size};
    reader->take(reader->context, &news);
    return call;
}

/* The last one: an index may be used again. */
struct llm_call *llm_call_find(struct llm_reader *reader, uint32_t index)
{
    for (uint32_t i = reader->calls; i > 0; i--)
        if (reader->call[i - 1].open && reader->call[i - 1].index == index)
            return &reader->call[i - 1];
    return NULL;
}

void llm_call_add(struct llm_call *call, struct text arguments)
{
    if (arguments.size > LLM_ARGUMENTS - call->size) {
        call->cut = true;
        return;
    }
    if (arguments.size > 0)
        memcpy(call->arguments + call->size, arguments.data, arguments.size);
    call->size += arguments.size;
}

void llm_call_end(struct llm_reader *reader, struct llm_call *call)
{
    struct llm_news news = {.kind = LLM_TOOL};
    struct text arguments = text_trim((struct text){call->arguments, call->size});
    json_t *read = members_read(arguments, LLM_ARGUMENTS);

    /* A tool without arguments is called with "", "{}" or "null". */
    news.broken = call->cut || (arguments.size > 0 && !json_is_object(read) && !json_is_null(read));
    news.text = json_is_object(read) ? arguments : TEXT("{}");
    news.id = (struct text){call->id, call->id_size};
    news.name = (struct text){call->name, call->name_size};
    call->open = false;
    reader->take(reader->context, &news);
    json_decref(read);
}

json_t *llm_schema(struct text schema)
{
    json_t *read;

    if (text_empty(text_trim(schema)))
        return json_pack("{s:s, s:{}}", "type", "object", "properties");
    read = members_read(schema, LLM_MESSAGE);
    if (json_is_object(read))
        return read;
    json_decref(read);
    return NULL;
}

/* {"error": {"message": "..."}} (OpenAI, Anthropic, vLLM), {"error": "..."} (Ollama),
 * {"object": "error", "message": "..."} (older vLLM), {"detail": "..."} (servers on FastAPI). */
struct text llm_error_words(const json_t *message)
{
    static const char *const places[] = {"error", "message", "detail"};
    struct text words = members_text(json_object_get(message, "error"), "message");

    for (uint32_t i = 0; i < sizeof places / sizeof places[0] && text_empty(words); i++)
        words = members_text(message, places[i]);
    return words;
}

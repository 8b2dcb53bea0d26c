// SPDX-License-Identifier: Apache-2.0
/* llm_chat.c - OpenAI's chat completions, and those who speak them too.
 *
 * Where the others differ: Ollama gives all calls of an answer the index 0, or none, and each call
 * whole in one chunk (its issues 7881 and 15457); it and some of vLLM's parsers end with "stop"
 * after calls; a name may come again with each part of the arguments. OpenRouter and vLLM send
 * errors as a chunk, with a numeric code; OpenRouter also as finish_reason "error". Groq repeats
 * usage under "x_groq". Thoughts ("reasoning", "reasoning_content") are not words. */
#include "vendor/llm_inside.h"
#include "vendor/members.h"

static void chat_headers(struct text key, struct text_buffer *out)
{
    if (text_empty(key))
        return;
    text_append(out, TEXT("Authorization: Bearer "));
    text_append(out, key);
    text_append_char(out, '\n');
}

static json_t *call_of(const struct llm_message *message)
{
    return json_pack("{s:o, s:s, s:{s:o, s:o}}", "id", members_string(message->id), "type",
                     "function", "function", "name", members_string(message->name), "arguments",
                     members_string(message->text));
}

/* Calls belong to the assistant's message before them; without words it has content null. */
static json_t *message_of_calls(json_t *messages, const struct llm_message *call)
{
    json_t *last = json_array_get(messages, json_array_size(messages) - 1);
    json_t *calls = json_object_get(last, "tool_calls");

    if (!last || !text_equal(members_text(last, "role"), TEXT("assistant")))
        return json_pack("{s:s, s:n, s:[o]}", "role", "assistant", "content", "tool_calls",
                         call_of(call));
    if (!calls && json_object_set_new(last, "tool_calls", calls = json_array()) != 0)
        return NULL;
    return json_array_append_new(calls, call_of(call)) == 0 ? json_incref(last) : NULL;
}

/* Words of the same side twice: some templates want them to take turns. */
static bool join(json_t *messages, const struct llm_message *message)
{
    json_t *last = json_array_get(messages, json_array_size(messages) - 1);
    struct text role = members_text(last, "role");
    json_t *words = members_string(message->text), *both;
    bool same = message->role == LLM_USER
                    ? text_equal(role, TEXT("user"))
                    : text_equal(role, TEXT("assistant")) && !json_object_get(last, "tool_calls");

    both = words && same
               ? json_sprintf("%s\n%s", json_string_value(json_object_get(last, "content")),
                              json_string_value(words))
               : NULL;
    json_decref(words);
    return both && json_object_set_new(last, "content", both) == 0;
}

static bool append(json_t *messages, const struct llm_message *message)
{
    json_t *made = NULL;
    bool there;

    switch (message->role) {
    case LLM_USER:
    case LLM_ASSISTANT:
        if (join(messages, message))
            return true;
        made = json_pack("{s:s, s:o}", "role", message->role == LLM_USER ? "user" : "assistant",
                         "content", members_string(message->text));
        break;
    case LLM_CALL:
        made = message_of_calls(messages, message);
        break;
    case LLM_RESULT:
        made = json_pack("{s:s, s:o, s:o}", "role", "tool", "tool_call_id",
                         members_string(message->id), "content", members_string(message->text));
        break;
    }
    there = made && made == json_array_get(messages, json_array_size(messages) - 1);
    if (there)
        json_decref(made);
    return there || (made && json_array_append_new(messages, made) == 0);
}

/* One message, for some templates of models allow no more. */
static json_t *system_of(const struct llm_request *request)
{
    json_t *system = members_string(request->system), *context = members_string(request->context);
    json_t *both = NULL;

    if (system && context)
        both =
            json_sprintf("%s%s%s", json_string_value(system),
                         text_empty(request->system) || text_empty(request->context) ? "" : "\n\n",
                         json_string_value(context));
    json_decref(system);
    json_decref(context);
    return both;
}

static json_t *messages_of(const struct llm_request *request)
{
    json_t *messages = json_array();
    bool made = true;

    if (request->system.size + request->context.size > 0)
        made = json_array_append_new(messages, json_pack("{s:s, s:o}", "role", "system", "content",
                                                         system_of(request))) == 0;
    for (uint32_t i = 0; i < request->message_count && made; i++)
        made = append(messages, &request->messages[i]);
    if (made)
        return messages;
    json_decref(messages);
    return NULL;
}

static json_t *tools_of(const struct llm_request *request)
{
    json_t *tools = json_array();

    for (uint32_t i = 0; i < request->tool_count; i++) {
        const struct llm_tool *tool = &request->tools[i];
        json_t *made =
            json_pack("{s:s, s:{s:o, s:o, s:o}}", "type", "function", "function", "name",
                      members_string(tool->name), "description", members_string(tool->description),
                      "parameters", llm_schema(tool->schema));
        if (json_array_append_new(tools, made) != 0) {
            json_decref(tools);
            return NULL;
        }
    }
    return tools;
}

static json_t *format_of(const struct llm_request *request)
{
    return json_pack("{s:s, s:{s:s, s:b, s:o}}", "type", "json_schema", "json_schema", "name",
                     "answer", "strict", 1, "schema", llm_schema(request->schema));
}

static json_t *chat_body(const struct llm_request *request)
{
    json_t *body =
        json_pack("{s:o, s:o, s:b, s:{s:b}}", "model", members_string(request->model), "messages",
                  messages_of(request), "stream", 1, "stream_options", "include_usage", 1);
    int error = body ? 0 : -1;

    if (!error && request->tool_count > 0)
        error = json_object_set_new(body, "tools", tools_of(request));
    if (!error && !text_empty(request->schema))
        error = json_object_set_new(body, "response_format", format_of(request));
    if (!error && request->temperature_permille >= 0)
        error = json_object_set_new(body, "temperature",
                                    json_real(request->temperature_permille / 1000.0));
    if (!error && request->max_tokens > 0)
        error = json_object_set_new(
            body, request->completion_tokens ? "max_completion_tokens" : "max_tokens",
            json_integer(request->max_tokens));
    if (!error)
        return body;
    json_decref(body);
    return NULL;
}

/* A part belongs to an open call when its index or id says so; an id of its own, or a name without
 * an index, begins another. */
static struct llm_call *call_of_part(struct llm_reader *reader, const json_t *part)
{
    struct text id = members_text(part, "id");
    struct text name = members_text(json_object_get(part, "function"), "name");
    uint32_t last = reader->calls > 0 ? reader->calls - 1 : 0;
    bool indexed = json_is_integer(json_object_get(part, "index"));
    uint32_t index = members_number(part, "index", last);
    struct llm_call *call = llm_call_find(reader, index);

    if (call && (text_empty(id) ? indexed || text_empty(name)
                                : text_equal(text_part(id, 0, LLM_ID),
                                             (struct text){call->id, call->id_size})))
        return call;
    return llm_call_begin(reader, indexed ? index : reader->calls, id, name);
}

static void read_calls(struct llm_reader *reader, const json_t *parts)
{
    size_t i;
    const json_t *part;

    json_array_foreach(parts, i, part)
    {
        struct llm_call *call = call_of_part(reader, part);

        if (call)
            llm_call_add(call, members_text(json_object_get(part, "function"), "arguments"));
    }
}

static void read_finish(struct llm_reader *reader, struct text reason)
{
    if (text_equal(reason, TEXT("error")))
        llm_fail(reader, 502, TEXT("the model ended with an error"));
    else if (text_equal(reason, TEXT("length")))
        llm_stop(reader, LLM_STOP_LENGTH);
    else if (text_equal(reason, TEXT("content_filter")))
        llm_stop(reader, LLM_STOP_REFUSED);
    else if (text_equal(reason, TEXT("tool_calls")))
        llm_stop(reader, LLM_STOP_TOOLS);
    else if (!text_empty(reason))
        llm_stop(reader, LLM_STOP_END);
}

static void read_usage(struct llm_reader *reader, const json_t *message)
{
    const json_t *usage = json_object_get(message, "usage");

    if (!json_is_object(usage))
        usage = json_object_get(json_object_get(message, "x_groq"), "usage");
    if (json_is_object(usage))
        llm_count(reader, members_number(usage, "prompt_tokens", 0),
                  members_number(usage, "completion_tokens", 0));
}

static void chat_read(struct llm_reader *reader, const json_t *message)
{
    const json_t *error = json_object_get(message, "error");
    const json_t *choice = json_array_get(json_object_get(message, "choices"), 0);
    const json_t *delta = json_object_get(choice, "delta");

    if ((error && !json_is_null(error)) ||
        text_equal(members_text(message, "object"), TEXT("error"))) {
        uint32_t code = members_number(error, "code", members_number(message, "code", 0));
        llm_fail(reader, code < 1000 ? (uint16_t)code : 0, llm_error_words(message));
        return;
    }
    llm_say(reader, members_text(delta, "content"));
    read_calls(reader, json_object_get(delta, "tool_calls"));
    if (!text_empty(members_text(delta, "refusal")))
        llm_stop(reader, LLM_STOP_REFUSED);
    read_usage(reader, message);
    read_finish(reader, members_text(choice, "finish_reason"));
}

const struct llm_vendor llm_chat = {
    .kind = "chat",
    .url = "https://api.openai.com/v1",
    .path = "/chat/completions",
    .headers = chat_headers,
    .body = chat_body,
    .read = chat_read,
    .last = "[DONE]",
};

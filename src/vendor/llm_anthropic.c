// SPDX-License-Identifier: Apache-2.0
/* llm_anthropic.c - Claude's Messages.
 *
 * Roles must take turns, so messages of one role are put together as blocks of one message; results
 * are the user's. A request that ends with the assistant's words would be gone on with, which
 * newer models refuse: the user asks for more. The system text is marked to be kept by the
 * vendor between turns ("Prompt caching"), which shortens the time to the first word. Unknown
 * types of messages and blocks are passed over, as the documents ask ("Other events"). */
#include "vendor/llm_inside.h"
#include "vendor/members.h"

enum { MAX_TOKENS = 1024 };

static void anthropic_headers(struct text key, struct text_buffer *out)
{
    text_append(out, TEXT("anthropic-version: 2023-06-01\n"));
    if (text_empty(key))
        return;
    text_append(out, TEXT("x-api-key: "));
    text_append(out, key);
    text_append_char(out, '\n');
}

static json_t *block_of(const struct llm_message *message)
{
    json_t *arguments;

    switch (message->role) {
    case LLM_USER:
    case LLM_ASSISTANT:
        return json_pack("{s:s, s:o}", "type", "text", "text", members_string(message->text));
    case LLM_RESULT:
        return json_pack("{s:s, s:o, s:o}", "type", "tool_result", "tool_use_id",
                         members_string(message->id), "content", members_string(message->text));
    case LLM_CALL:
        break;
    }
    arguments = members_read(message->text, LLM_MESSAGE);
    if (!json_is_object(arguments)) {
        json_decref(arguments);
        arguments = json_object();
    }
    return json_pack("{s:s, s:o, s:o, s:o}", "type", "tool_use", "id", members_string(message->id),
                     "name", members_string(message->name), "input", arguments);
}

/* Blocks of the role, a new message where the one before was the other's. */
static json_t *blocks_for(json_t *messages, const char *role)
{
    json_t *last = json_array_get(messages, json_array_size(messages) - 1);

    if (!last || !text_equal(members_text(last, "role"), text_of(role))) {
        last = json_pack("{s:s, s:[]}", "role", role, "content");
        if (json_array_append_new(messages, last) != 0)
            return NULL;
    }
    return json_object_get(last, "content");
}

static bool append(json_t *messages, const struct llm_message *message)
{
    bool user = message->role == LLM_USER || message->role == LLM_RESULT;
    bool words = message->role == LLM_USER || message->role == LLM_ASSISTANT;
    json_t *blocks;

    if (words && text_empty(text_trim(message->text))) /* Empty blocks are refused. */
        return true;
    blocks = blocks_for(messages, user ? "user" : "assistant");
    return blocks && json_array_append_new(blocks, block_of(message)) == 0;
}

static json_t *messages_of(const struct llm_request *request)
{
    json_t *messages = json_array();

    static const struct llm_message more = {.role = LLM_USER, .text = TEXT_INIT("(Go on.)")};
    const struct llm_message *all = request->messages;
    uint32_t count = request->message_count;
    bool made = true;

    for (uint32_t i = 0; i < count && made; i++)
        made = append(messages, &all[i]);
    if (made && count > 0 && all[count - 1].role == LLM_ASSISTANT)
        made = append(messages, &more);
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
            json_pack("{s:o, s:o, s:o}", "name", members_string(tool->name), "description",
                      members_string(tool->description), "input_schema", llm_schema(tool->schema));
        if (json_array_append_new(tools, made) != 0) {
            json_decref(tools);
            return NULL;
        }
    }
    return tools;
}

static json_t *system_of(const struct llm_request *request)
{
    json_t *blocks = json_array();
    int error = 0;

    if (!text_empty(request->system))
        error = json_array_append_new(blocks, json_pack("{s:s, s:o, s:{s:s}}", "type", "text",
                                                        "text", members_string(request->system),
                                                        "cache_control", "type", "ephemeral"));
    if (!error && !text_empty(request->context))
        error = json_array_append_new(blocks, json_pack("{s:s, s:o}", "type", "text", "text",
                                                        members_string(request->context)));
    if (!error)
        return blocks;
    json_decref(blocks);
    return NULL;
}

static json_t *anthropic_body(const struct llm_request *request)
{
    uint32_t most = request->max_tokens > 0 ? request->max_tokens : MAX_TOKENS;
    json_t *body =
        json_pack("{s:o, s:I, s:o, s:b}", "model", members_string(request->model), "max_tokens",
                  (json_int_t)most, "messages", messages_of(request), "stream", 1);
    int error = body ? 0 : -1;

    if (!error && request->system.size + request->context.size > 0)
        error = json_object_set_new(body, "system", system_of(request));
    if (!error && request->tool_count > 0)
        error = json_object_set_new(body, "tools", tools_of(request));
    if (!error && !text_empty(request->schema))
        error = json_object_set_new(body, "output_config",
                                    json_pack("{s:{s:s, s:o}}", "format", "type", "json_schema",
                                              "schema", llm_schema(request->schema)));
    if (!error && request->temperature_permille >= 0)
        error = json_object_set_new(body, "temperature",
                                    json_real(request->temperature_permille / 1000.0));
    if (!error)
        return body;
    json_decref(body);
    return NULL;
}

/* Errors in the stream have no status; the one that the same error has as a response ("Errors"). */
static uint16_t status_of(struct text type)
{
    static const struct {
        const char *type;
        uint16_t status;
    } rows[] = {
        {"invalid_request_error", 400}, {"authentication_error", 401},
        {"billing_error", 402},         {"permission_error", 403},
        {"not_found_error", 404},       {"request_too_large", 413},
        {"rate_limit_error", 429},      {"api_error", 500},
        {"timeout_error", 504},         {"overloaded_error", 529},
    };

    for (uint32_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (text_equal(type, text_of(rows[i].type)))
            return rows[i].status;
    return 0;
}

static void read_block(struct llm_reader *reader, const json_t *message)
{
    const json_t *block = json_object_get(message, "content_block");
    struct text type = members_text(block, "type");

    if (text_equal(type, TEXT("tool_use")))
        (void)llm_call_begin(reader, members_number(message, "index", 0), members_text(block, "id"),
                             members_text(block, "name"));
    else if (text_equal(type, TEXT("text")))
        llm_say(reader, members_text(block, "text"));
}

static void read_delta(struct llm_reader *reader, const json_t *message)
{
    const json_t *delta = json_object_get(message, "delta");
    struct text type = members_text(delta, "type");
    struct llm_call *call = llm_call_find(reader, members_number(message, "index", 0));

    if (text_equal(type, TEXT("text_delta")))
        llm_say(reader, members_text(delta, "text"));
    else if (text_equal(type, TEXT("input_json_delta")) && call)
        llm_call_add(call, members_text(delta, "partial_json"));
}

/* Tokens read from the vendor's cache, or written to it, were sent too. */
static void read_usage(struct llm_reader *reader, const json_t *usage)
{
    uint64_t in = members_number(usage, "input_tokens", 0);

    if (!json_is_object(usage))
        return;
    in += members_number(usage, "cache_read_input_tokens", 0);
    in += members_number(usage, "cache_creation_input_tokens", 0);
    llm_count(reader, in > 0 && in <= UINT32_MAX ? (uint32_t)in : reader->tokens_in,
              members_number(usage, "output_tokens", reader->tokens_out));
}

static void read_stop(struct llm_reader *reader, struct text reason)
{
    if (text_equal(reason, TEXT("max_tokens")) ||
        text_equal(reason, TEXT("model_context_window_exceeded")))
        llm_stop(reader, LLM_STOP_LENGTH);
    else if (text_equal(reason, TEXT("tool_use")))
        llm_stop(reader, LLM_STOP_TOOLS);
    else if (text_equal(reason, TEXT("refusal")))
        llm_stop(reader, LLM_STOP_REFUSED);
    else if (!text_empty(reason))
        llm_stop(reader, LLM_STOP_END);
}

static void anthropic_read(struct llm_reader *reader, const json_t *message)
{
    struct text type = members_text(message, "type");
    struct llm_call *call;

    if (text_equal(type, TEXT("content_block_delta"))) {
        read_delta(reader, message);
    } else if (text_equal(type, TEXT("content_block_start"))) {
        read_block(reader, message);
    } else if (text_equal(type, TEXT("content_block_stop"))) {
        call = llm_call_find(reader, members_number(message, "index", 0));
        if (call)
            llm_call_end(reader, call);
    } else if (text_equal(type, TEXT("message_start"))) {
        read_usage(reader, json_object_get(json_object_get(message, "message"), "usage"));
    } else if (text_equal(type, TEXT("message_delta"))) {
        read_usage(reader, json_object_get(message, "usage"));
        read_stop(reader, members_text(json_object_get(message, "delta"), "stop_reason"));
    } else if (text_equal(type, TEXT("message_stop"))) {
        llm_stop(reader, LLM_STOP_END);
        reader->stage = LLM_OVER;
    } else if (text_equal(type, TEXT("error"))) {
        llm_fail(reader, status_of(members_text(json_object_get(message, "error"), "type")),
                 llm_error_words(message));
    }
}

const struct llm_vendor llm_anthropic = {
    .kind = "anthropic",
    .url = "https://api.anthropic.com",
    .path = "/v1/messages",
    .headers = anthropic_headers,
    .body = anthropic_body,
    .read = anthropic_read,
};

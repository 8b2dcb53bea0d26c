// SPDX-License-Identifier: Apache-2.0
/* llm_test.c - requests as the vendors' documents want them, and streams as they and their
 * look-alikes send them. The messages have the documents' forms; what they say is ours. */
#include "vendor/llm.h"

#include <jansson.h>
#include <string.h>

#include "check.h"

static struct llm_reader reader;
static char log_bytes[4096], body[65536];
static struct text_buffer heard;
static json_t *sent;

static void take(void *context, const struct llm_news *news)
{
    static const char *const names[] = {"", "begun ", "tool ", "usage ", "stop ", "failed "};

    CHECK(context == &reader);
    text_append(&heard, text_of(names[news->kind]));
    if (news->kind == LLM_TOOL_BEGUN || news->kind == LLM_TOOL) {
        text_append(&heard, news->id);
        text_append_char(&heard, ' ');
        text_append(&heard, news->name);
        text_append_char(&heard, ' ');
    }
    if (news->kind == LLM_USAGE) {
        text_append_number(&heard, news->tokens_in);
        text_append_char(&heard, '/');
        text_append_number(&heard, news->tokens_out);
    }
    if (news->kind == LLM_STOPPED)
        text_append_number(&heard, news->stop);
    if (news->kind == LLM_FAILED) {
        text_append_number(&heard, news->status);
        text_append_char(&heard, ' ');
    }
    text_append(&heard, news->text);
    text_append(&heard, news->broken ? TEXT(" broken") : TEXT_EMPTY);
    text_append_char(&heard, '\n');
}

static void given(const char *kind)
{
    text_buffer_init(&heard, log_bytes, sizeof log_bytes);
    llm_reader_init(&reader, llm_vendor(text_of(kind)), take, &reader);
}

static void read(const char *data)
{
    llm_read(&reader, text_of(data));
}

static void expect(const char *wanted)
{
    if (!text_equal(text_view(&heard), text_of(wanted)))
        fprintf(stderr, "heard:\n%.*s", TEXT_ARGS(text_view(&heard)));
    CHECK(text_equal(text_view(&heard), text_of(wanted)));
    heard.size = 0;
}

static const char *at(const char *path)
{
    const json_t *value = sent;
    char copy[200], *save = NULL;

    snprintf(copy, sizeof copy, "%s", path);
    for (char *part = strtok_r(copy, ".", &save); part; part = strtok_r(NULL, ".", &save))
        value = part[0] >= '0' && part[0] <= '9' ? json_array_get(value, (size_t)atoi(part))
                                                 : json_object_get(value, part);
    return json_is_string(value) ? json_string_value(value) : "";
}

static void chat_words_come_as_they_are_made(void)
{
    given("chat");
    read("{\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\","
         "\"choices\":"
         "[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}"
         "]}");
    read("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Good \"},\"finish_reason\":null}]}");
    read("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"morning.\"},\"finish_reason\":null}]"
         "}");
    expect("Good \nmorning.\n");
    read("{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":null}");
    read("{\"choices\":[],\"usage\":{\"prompt_tokens\":31,\"completion_tokens\":4}}");
    read("[DONE]");
    llm_end(&reader);
    expect("stop 0\nusage 31/4\n");
    read("{\"choices\":[{\"delta\":{\"content\":\"late\"}}]}");
    expect("");
}

static void chat_tools_are_put_together(void)
{
    given("chat");
    read(
        "{\"choices\":[{\"delta\":{\"content\":null,\"tool_calls\":[{\"index\":0,\"id\":\"call_a\","
        "\"type\":\"function\",\"function\":{\"name\":\"find_order\",\"arguments\":\"\"}}]}}]}");
    expect("begun call_a find_order \n");
    read("{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{"
         "\\\"num\"}}]}}]}");
    read("{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":"
         "\"ber\\\":7}\"}}]}}]}");
    read("{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":1,\"id\":\"call_b\",\"type\":"
         "\"function\","
         "\"function\":{\"name\":\"opening_hours\",\"arguments\":\"\"}}]}}]}");
    read("{\"choices\":[{\"delta\":{},\"finish_reason\":\"tool_calls\"}]}");
    expect("begun call_b opening_hours \ntool call_a find_order {\"number\":7}\n"
           "tool call_b opening_hours {}\nstop 2\n");
}

/* ollama/ollama issues 7881 and 15457. */
static void chat_calls_that_share_an_index_or_have_none_stay_apart(void)
{
    given("chat");
    read("{\"choices\":[{\"delta\":{\"tool_calls\":[{\"id\":\"x1\",\"index\":0,\"function\":{"
         "\"name\":\"a\",\"arguments\":\"{}\"}}]}}]}");
    read("{\"choices\":[{\"delta\":{\"tool_calls\":[{\"id\":\"x2\",\"index\":0,\"function\":{"
         "\"name\":\"a\",\"arguments\":\"{\\\"n\\\":2}\"}}]}}]}");
    read("{\"choices\":[{\"delta\":{\"content\":\"\"},\"finish_reason\":\"stop\"}]}");
    expect("begun x1 a \nbegun x2 a \ntool x1 a {}\ntool x2 a {\"n\":2}\nstop 2\n");
    given("chat");
    read("{\"choices\":[{\"delta\":{\"tool_calls\":[{\"function\":{\"name\":\"a\",\"arguments\":\"{"
         "}\"}},{\"function\":{\"name\":\"b\",\"arguments\":\"{}\"}}]}}]}");
    read("[DONE]");
    expect("begun call_0 a \nbegun call_1 b \ntool call_0 a {}\ntool call_1 b {}\nstop 2\n");
}

static void chat_arguments_that_are_no_object_are_said_to_be_broken(void)
{
    static char long_part[5000];

    given("chat");
    read("{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"i\",\"function\":{"
         "\"name\":\"a\",\"arguments\":\"{\\\"n\\\":\"}}]}}]}");
    read("[DONE]");
    expect("begun i a \ntool i a {} broken\nstop 2\n");
    given("chat");
    snprintf(long_part, sizeof long_part,
             "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"i\",\"function\":{"
             "\"name\":\"a\",\"arguments\":\"\\\"%03000d\\\"\"}}]}}]}",
             1);
    read(long_part);
    read("[DONE]");
    expect("begun i a \ntool i a {} broken\nstop 2\n");
}

static void chat_tools_beyond_the_bound_are_left_out(void)
{
    char part[200];

    given("chat");
    for (int i = 0; i < 9; i++) {
        snprintf(part, sizeof part,
                 "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":%d,\"id\":\"i%d\","
                 "\"function\":{\"name\":\"a\",\"arguments\":\"{}\"}}]}}]}",
                 i, i);
        read(part);
    }
    heard.size = 0;
    read("[DONE]");
    expect("tool i0 a {}\ntool i1 a {}\ntool i2 a {}\ntool i3 a {}\nstop 2\n");
}

static void chat_errors_come_in_many_forms(void)
{
    given("chat");
    read("{\"error\":{\"message\":\"The server is out of "
         "memory\",\"type\":\"server_error\",\"code\":null}}");
    expect("failed 0 The server is out of memory\n");
    given("chat"); /* OpenRouter */
    read("{\"choices\":[{\"delta\":{\"content\":\"\"},\"finish_reason\":\"error\"}],\"error\":{"
         "\"code\":502,\"message\":\"Nobody answers upstream\"}}");
    expect("failed 502 Nobody answers upstream\n");
    given("chat"); /* vLLM */
    read("{\"object\":\"error\",\"message\":\"Too long\",\"code\":400}");
    read("[DONE]");
    expect("failed 400 Too long\n");
    given("chat");
    read("<html>Bad gateway</html>");
    expect("failed 0 the stream holds what is no JSON object\n");
    given("chat");
    read("{\"choices\":[{\"delta\":{\"content\":\"I will\"}}]}");
    llm_end(&reader);
    expect("I will\nfailed 0 the answer broke off\n");
}

static void chat_says_why_it_stopped(void)
{
    given("chat");
    read("{\"choices\":[{\"delta\":{},\"finish_reason\":\"length\"}]}");
    expect("stop 1\n");
    given("chat");
    read("{\"choices\":[{\"delta\":{\"reasoning_content\":\"hm\"},\"finish_reason\":\"content_"
         "filter\"}],\"x_groq\":{\"usage\":{\"prompt_tokens\":2,\"completion_tokens\":1}}}");
    expect("usage 2/1\nstop 3\n");
}

static void anthropic_words_come_as_they_are_made(void)
{
    given("anthropic");
    read("{\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"role\":\"assistant\","
         "\"content\":[],"
         "\"usage\":{\"input_tokens\":12,\"cache_read_input_tokens\":100,\"output_tokens\":1}}}");
    read("{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\","
         "\"text\":\"\"}}");
    read("{\"type\":\"ping\"}");
    read("{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\","
         "\"text\":\"Certainly.\"}}");
    read("{\"type\":\"content_block_stop\",\"index\":0}");
    read("{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":"
         "null},\"usage\":{\"output_tokens\":6}}");
    read("{\"type\":\"message_stop\"}");
    llm_end(&reader);
    expect("usage 112/1\nCertainly.\nusage 112/6\nstop 0\n");
}

static void anthropic_tools_are_put_together(void)
{
    given("anthropic");
    read("{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"thinking\","
         "\"thinking\":\"\"}}");
    read("{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"thinking_delta\","
         "\"thinking\":\"which order?\"}}");
    read("{\"type\":\"content_block_stop\",\"index\":0}");
    read("{\"type\":\"content_block_start\",\"index\":1,\"content_block\":{\"type\":\"tool_use\","
         "\"id\":\"toolu_1\",\"name\":\"find_order\",\"input\":{}}}");
    read("{\"type\":\"content_block_delta\",\"index\":1,\"delta\":{\"type\":\"input_json_delta\","
         "\"partial_json\":\"\"}}");
    read("{\"type\":\"content_block_delta\",\"index\":1,\"delta\":{\"type\":\"input_json_delta\","
         "\"partial_json\":\"{\\\"number\\\": \\\"4\"}}");
    read("{\"type\":\"content_block_delta\",\"index\":1,\"delta\":{\"type\":\"input_json_delta\","
         "\"partial_json\":\"512\\\"}\"}}");
    read("{\"type\":\"content_block_stop\",\"index\":1}");
    read("{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"tool_use\"},\"usage\":{\"output_"
         "tokens\":20}}");
    read("{\"type\":\"something_new\",\"x\":[]}");
    expect("begun toolu_1 find_order \ntool toolu_1 find_order {\"number\": \"4512\"}\nusage "
           "0/20\nstop 2\n");
}

static void anthropic_errors_have_the_status_of_their_type(void)
{
    given("anthropic");
    read("{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}"
         "}");
    expect("failed 529 Overloaded\n");
    given("anthropic");
    read("{\"type\":\"error\",\"error\":{\"type\":\"of_tomorrow\"}}");
    expect("failed 0 \n");
}

/* What a call with a greeting, a question, two tools and an answer looks like. */
static const struct llm_message messages[] = {
    {.role = LLM_USER, .text = TEXT_INIT("(It begins.)")},
    {.role = LLM_ASSISTANT, .text = TEXT_INIT("Hello.")},
    {.role = LLM_USER, .text = TEXT_INIT("where is order seven")},
    {.role = LLM_ASSISTANT, .text = TEXT_INIT("Let me see.")},
    {.role = LLM_CALL,
     .id = TEXT_INIT("t1"),
     .name = TEXT_INIT("find_order"),
     .text = TEXT_INIT("{\"number\":7}")},
    {.role = LLM_CALL, .id = TEXT_INIT("t2"), .name = TEXT_INIT("hours"), .text = TEXT_INIT("{}")},
    {.role = LLM_RESULT, .id = TEXT_INIT("t1"), .text = TEXT_INIT("shipped")},
    {.role = LLM_RESULT, .id = TEXT_INIT("t2"), .text = TEXT_INIT("9 to 5")},
    {.role = LLM_USER, .text = TEXT_INIT("caf\xe9?")},
    {.role = LLM_USER, .text = TEXT_INIT("well")},
};
static const struct llm_tool tools[] = {
    {.name = TEXT_INIT("find_order"),
     .description = TEXT_INIT("Finds an order."),
     .schema =
         TEXT_INIT("{\"type\":\"object\",\"properties\":{\"number\":{\"type\":\"integer\"}}}")},
    {.name = TEXT_INIT("hours"), .description = TEXT_INIT("Opening hours.")},
};
static const struct llm_request request = {
    .model = TEXT_INIT("m-1"),
    .system = TEXT_INIT("You are \"kind\"."),
    .context = TEXT_INIT("caller=7"),
    .messages = messages,
    .message_count = 10,
    .tools = tools,
    .tool_count = 2,
    .schema = TEXT_INIT("{\"type\":\"object\"}"),
    .temperature_permille = 300,
    .max_tokens = 200,
};

static void write_body(const char *kind, const struct llm_request *of)
{
    uint32_t size = llm_write(llm_vendor(text_of(kind)), of, body, sizeof body);

    json_decref(sent);
    sent = json_loadb(body, size, 0, NULL);
    CHECK(sent);
}

static void a_chat_request_has_the_documented_form(void)
{
    write_body("chat", &request);
    CHECK(!strcmp(at("model"), "m-1") && json_is_true(json_object_get(sent, "stream")));
    CHECK(json_is_true(json_object_get(json_object_get(sent, "stream_options"), "include_usage")));
    CHECK(!strcmp(at("messages.0.role"), "system") &&
          !strcmp(at("messages.0.content"), "You are \"kind\".\n\ncaller=7"));
    CHECK(!strcmp(at("messages.4.content"), "Let me see."));
    CHECK(!strcmp(at("messages.4.tool_calls.0.id"), "t1") &&
          !strcmp(at("messages.4.tool_calls.0.type"), "function"));
    CHECK(!strcmp(at("messages.4.tool_calls.0.function.arguments"), "{\"number\":7}"));
    CHECK(!strcmp(at("messages.4.tool_calls.1.function.name"), "hours"));
    CHECK(!strcmp(at("messages.5.role"), "tool") && !strcmp(at("messages.5.tool_call_id"), "t1"));
    CHECK(!strcmp(at("messages.6.content"), "9 to 5"));
    CHECK(!strcmp(at("messages.7.content"), "caf??\nwell")); /* Latin-1 never breaks a request. */
    CHECK(!strcmp(at("tools.0.function.parameters.properties.number.type"), "integer"));
    CHECK(!strcmp(at("tools.1.function.parameters.type"), "object"));
    CHECK(!strcmp(at("response_format.type"), "json_schema") &&
          !strcmp(at("response_format.json_schema.schema.type"), "object"));
    CHECK(json_integer_value(json_object_get(sent, "max_tokens")) == 200);
    CHECK(json_real_value(json_object_get(sent, "temperature")) > 0.29);
}

static void a_chat_request_leaves_out_what_is_not_wanted(void)
{
    struct llm_request bare = {.model = TEXT("m"),
                               .messages = messages + 2,
                               .message_count = 1,
                               .temperature_permille = -1,
                               .max_tokens = 9,
                               .completion_tokens = true};

    write_body("chat", &bare);
    CHECK(!json_object_get(sent, "tools") && !json_object_get(sent, "temperature") &&
          !json_object_get(sent, "response_format"));
    CHECK(!json_object_get(sent, "max_tokens") &&
          json_integer_value(json_object_get(sent, "max_completion_tokens")) == 9);
    CHECK(!strcmp(at("messages.0.role"), "user"));
}

static void options_of_the_vendor_outrank_ours(void)
{
    static const struct llm_option options[] = {{TEXT_INIT("temperature"), TEXT_INIT("null")},
                                                {TEXT_INIT("reasoning_effort"), TEXT_INIT("low")},
                                                {TEXT_INIT("top_k"), TEXT_INIT("4")}};
    struct llm_request with = request;

    with.options = options;
    with.option_count = 3;
    write_body("chat", &with);
    CHECK(!json_object_get(sent, "temperature") && !strcmp(at("reasoning_effort"), "low"));
    CHECK(json_integer_value(json_object_get(sent, "top_k")) == 4);
}

static void an_anthropic_request_has_the_documented_form(void)
{
    write_body("anthropic", &request);
    CHECK(!strcmp(at("system.0.text"), "You are \"kind\".") &&
          !strcmp(at("system.1.text"), "caller=7") &&
          !strcmp(at("system.0.cache_control.type"), "ephemeral"));
    CHECK(!strcmp(at("messages.0.role"), "user") &&
          !strcmp(at("messages.1.content.0.text"), "Hello."));
    CHECK(!strcmp(at("messages.3.content.1.type"), "tool_use"));
    CHECK(
        json_integer_value(json_object_get(
            json_object_get(
                json_array_get(json_object_get(json_array_get(json_object_get(sent, "messages"), 3),
                                               "content"),
                               1),
                "input"),
            "number")) == 7);
    CHECK(!strcmp(at("messages.4.role"), "user") &&
          !strcmp(at("messages.4.content.0.tool_use_id"), "t1"));
    CHECK(!strcmp(at("messages.4.content.1.content"), "9 to 5") &&
          !strcmp(at("messages.4.content.2.text"), "caf??") &&
          !strcmp(at("messages.4.content.3.text"), "well"));
    CHECK(json_array_size(json_object_get(sent, "messages")) == 5); /* Roles take turns. */
    CHECK(!strcmp(at("tools.0.input_schema.properties.number.type"), "integer"));
    CHECK(!strcmp(at("output_config.format.schema.type"), "object"));
    CHECK(json_integer_value(json_object_get(sent, "max_tokens")) == 200);
}

static void a_request_that_cannot_be_made_is_none(void)
{
    static const struct llm_tool bad = {.name = TEXT_INIT("a"), .schema = TEXT_INIT("{\"type\":")};
    struct llm_request with_bad = request;

    with_bad.tools = &bad;
    with_bad.tool_count = 1;
    CHECK(llm_write(llm_vendor(TEXT("chat")), &with_bad, body, sizeof body) == 0);
    CHECK(llm_write(llm_vendor(TEXT("anthropic")), &with_bad, body, sizeof body) == 0);
    CHECK(llm_write(llm_vendor(TEXT("chat")), &request, body, 300) == 0);
    CHECK(!llm_vendor(TEXT("gpt")));
}

static void url(const char *kind, const char *base, const char *wanted)
{
    char storage[200];
    struct text_buffer out;

    text_buffer_init(&out, storage, sizeof storage);
    llm_url(llm_vendor(text_of(kind)), text_of(base), &out);
    CHECK(text_equal(text_view(&out), text_of(wanted)));
}

static void urls_and_credentials_are_the_vendors(void)
{
    char storage[300];
    struct text_buffer out;

    url("chat", "", "https://api.openai.com/v1/chat/completions");
    url("chat", "http://127.0.0.1:11434/v1/", "http://127.0.0.1:11434/v1/chat/completions");
    url("chat", "https://x/v1/chat/completions", "https://x/v1/chat/completions");
    url("anthropic", "", "https://api.anthropic.com/v1/messages");
    text_buffer_init(&out, storage, sizeof storage);
    llm_headers(llm_vendor(TEXT("chat")), TEXT("k1"), &out);
    CHECK(text_find(text_view(&out), TEXT("\nAuthorization: Bearer k1\n")) > 0);
    text_buffer_init(&out, storage, sizeof storage);
    llm_headers(llm_vendor(TEXT("anthropic")), TEXT("k2"), &out);
    CHECK(text_find(text_view(&out), TEXT("\nx-api-key: k2\n")) > 0);
    CHECK(text_find(text_view(&out), TEXT("\nanthropic-version: 2023-06-01\n")) > 0);
    text_buffer_init(&out, storage, sizeof storage);
    llm_headers(llm_vendor(TEXT("chat")), TEXT(""), &out);
    CHECK(text_find(text_view(&out), TEXT("Authorization")) < 0);
}

static void refusal(const char *of, const char *words)
{
    char storage[300];
    struct text_buffer out;

    text_buffer_init(&out, storage, sizeof storage);
    llm_refusal(text_of(of), &out);
    CHECK(text_equal(text_view(&out), text_of(words)));
}

static void refusals_say_why(void)
{
    refusal("{\"error\":{\"message\":\"Rate limit reached\",\"type\":\"tokens\"}}",
            "Rate limit reached");
    refusal("{\"error\":\"model not found\"}", "model not found");
    refusal("{\"detail\":\"Not Found\"}", "Not Found");
    refusal(
        "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}",
        "Overloaded");
    refusal("<html>", "");
}

int main(void)
{
    RUN(chat_words_come_as_they_are_made);
    RUN(chat_tools_are_put_together);
    RUN(chat_calls_that_share_an_index_or_have_none_stay_apart);
    RUN(chat_arguments_that_are_no_object_are_said_to_be_broken);
    RUN(chat_tools_beyond_the_bound_are_left_out);
    RUN(chat_errors_come_in_many_forms);
    RUN(chat_says_why_it_stopped);
    RUN(anthropic_words_come_as_they_are_made);
    RUN(anthropic_tools_are_put_together);
    RUN(anthropic_errors_have_the_status_of_their_type);
    RUN(a_chat_request_has_the_documented_form);
    RUN(a_chat_request_leaves_out_what_is_not_wanted);
    RUN(options_of_the_vendor_outrank_ours);
    RUN(an_anthropic_request_has_the_documented_form);
    RUN(a_request_that_cannot_be_made_is_none);
    RUN(urls_and_credentials_are_the_vendors);
    RUN(refusals_say_why);
    json_decref(sent);
    return 0;
}

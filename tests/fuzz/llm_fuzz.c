// SPDX-License-Identifier: Apache-2.0
/* llm_fuzz.c - any lines as a model's stream and as a refusal; any bytes as what a request holds.
 *
 * What comes out is held to the promises of vendor/llm.h: order, bounds, sound JSON. */
#include "vendor/llm.h"

#include <assert.h>
#include <jansson.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

struct seen {
    uint32_t begun, called;
    bool stopped, failed;
};

static void take(void *context, const struct llm_news *news)
{
    struct seen *seen = context;

    assert(!seen->failed);
    assert(!seen->stopped || news->kind == LLM_USAGE || news->kind == LLM_FAILED);
    if (news->kind == LLM_TOOL_BEGUN)
        assert(++seen->begun <= LLM_CALLS && news->name.size > 0 && news->id.size > 0);
    if (news->kind == LLM_TOOL) {
        json_t *arguments = json_loadb(news->text.data, news->text.size, 0, NULL);
        assert(++seen->called <= seen->begun && json_is_object(arguments));
        assert(news->text.size <= LLM_ARGUMENTS);
        json_decref(arguments);
    }
    seen->stopped = seen->stopped || news->kind == LLM_STOPPED;
    seen->failed = seen->failed || news->kind == LLM_FAILED;
    assert(news->kind != LLM_FAILED || news->text.size <= LLM_WORDS);
    assert(!seen->stopped || seen->called == seen->begun);
}

static void read_stream(const struct llm_vendor *vendor, struct text lines)
{
    static struct llm_reader reader;
    struct seen seen = {0};

    llm_reader_init(&reader, vendor, take, &seen);
    while (lines.data)
        llm_read(&reader, text_next(&lines, '\n'));
    llm_end(&reader);
    assert(seen.stopped || seen.failed);
}

static void write_request(const struct llm_vendor *vendor, struct text any)
{
    static char body[1 << 20];
    const struct llm_message messages[] = {{.role = LLM_CALL, .text = any, .id = any, .name = any},
                                           {.role = LLM_RESULT, .text = any, .id = any},
                                           {.role = LLM_ASSISTANT, .text = any},
                                           {.role = LLM_ASSISTANT, .text = any},
                                           {.role = LLM_CALL, .text = any, .id = any, .name = any},
                                           {.role = LLM_USER, .text = any}};
    const struct llm_tool tool = {.name = any, .description = any, .schema = any};
    struct llm_request request = {.model = any,
                                  .system = any,
                                  .context = any,
                                  .messages = messages,
                                  .message_count = 6,
                                  .tools = &tool,
                                  .tool_count = 1,
                                  .temperature_permille = 1};

    for (uint32_t tools = 0; tools < 2; tools++) {
        uint32_t wrote;
        json_t *read;
        request.tool_count = tools;
        wrote = llm_write(vendor, &request, body, sizeof body);
        read = json_loadb(body, wrote, 0, NULL);
        assert(tools == 1 || any.size > 8192 || read);
        assert(wrote == 0 || json_is_object(read));
        json_decref(read);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const char *const kinds[] = {"chat", "anthropic"};
    struct text any = {(const char *)bytes, (uint32_t)size};
    char words[400];
    struct text_buffer out;

    if (size > 65536)
        return 0;
    for (uint32_t i = 0; i < 2; i++) {
        read_stream(llm_vendor(text_of(kinds[i])), any);
        write_request(llm_vendor(text_of(kinds[i])), any);
    }
    text_buffer_init(&out, words, sizeof words);
    llm_refusal(any, &out);
    assert(!out.cut);
    return 0;
}

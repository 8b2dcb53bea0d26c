// SPDX-License-Identifier: Apache-2.0
/* mcp.c - JSON-RPC, both ways. */
#include "vendor/mcp.h"

#include <stdlib.h>

#include "vendor/members.h"

static uint32_t request(uint32_t number, const char *method, json_t *params, char *out,
                        uint32_t size)
{
    return members_write(json_pack("{s:s, s:I, s:s, s:o}", "jsonrpc", "2.0", "id",
                                   (json_int_t)number, "method", method, "params", params),
                         out, size);
}

uint32_t mcp_initialize(uint32_t number, char *out, uint32_t size)
{
    return request(number, "initialize",
                   json_pack("{s:s, s:{}, s:{s:s, s:s}}", "protocolVersion", MCP_VERSION,
                             "capabilities", "clientInfo", "name", "offhook", "version",
                             OFFHOOK_VERSION),
                   out, size);
}

uint32_t mcp_initialized(char *out, uint32_t size)
{
    return members_write(
        json_pack("{s:s, s:s}", "jsonrpc", "2.0", "method", "notifications/initialized"), out,
        size);
}

uint32_t mcp_list(uint32_t number, struct text cursor, char *out, uint32_t size)
{
    json_t *params = json_object();

    if (!text_empty(cursor))
        json_object_set_new(params, "cursor", members_string(cursor));
    return request(number, "tools/list", params, out, size);
}

uint32_t mcp_call(uint32_t number, struct text tool, const json_t *arguments, char *out,
                  uint32_t size)
{
    return request(number, "tools/call",
                   json_pack("{s:o, s:O?}", "name", members_string(tool), "arguments", arguments),
                   out, size);
}

json_t *mcp_answer(struct text message, uint32_t number)
{
    json_t *answer = members_read(message, MCP_MESSAGE);
    const json_t *id = json_object_get(answer, "id");

    if (json_is_integer(id) && json_integer_value(id) == number &&
        (json_object_get(answer, "result") || json_object_get(answer, "error")))
        return answer;
    json_decref(answer);
    return NULL;
}

bool mcp_changed(struct text message)
{
    json_t *note = members_read(message, MCP_MESSAGE);
    bool changed = text_equal(members_text(note, "method"),
                              TEXT("notifications/tools/list_changed"));

    json_decref(note);
    return changed;
}

bool mcp_granted(const json_t *answer, struct text_buffer *out)
{
    if (json_is_object(json_object_get(answer, "result")))
        return true;
    text_append(out, members_text(json_object_get(answer, "error"), "message"));
    return false;
}

struct text mcp_version(const json_t *answer)
{
    return members_text(json_object_get(answer, "result"), "protocolVersion");
}

const json_t *mcp_tools(const json_t *answer, struct text *cursor)
{
    const json_t *result = json_object_get(answer, "result");
    const json_t *tools = json_object_get(result, "tools");

    *cursor = members_text(result, "nextCursor");
    return json_is_array(tools) ? tools : NULL;
}

bool mcp_result(const json_t *answer, struct text_buffer *out)
{
    const json_t *result = json_object_get(answer, "result"), *block;
    const json_t *structured = json_object_get(result, "structuredContent");
    uint32_t from = out->size;
    size_t i;

    json_array_foreach(json_object_get(result, "content"), i, block)
    {
        struct text text = members_text(block, "text");
        if (text_empty(text))
            continue;
        if (out->size > from)
            text_append_char(out, '\n');
        text_append(out, text);
    }
    if (out->size == from && json_is_object(structured)) {
        char *dumped = json_dumps(structured, JSON_COMPACT);
        text_append(out, text_of(dumped));
        free(dumped);
    }
    return !json_is_true(json_object_get(result, "isError"));
}

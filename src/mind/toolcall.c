// SPDX-License-Identifier: Apache-2.0
/* toolcall.c - from the command to an errand, from its note to the event. */
#include "mind/toolcall.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "vendor/fill.h"
#include "vendor/jsonschema.h"
#include "vendor/members.h"
#include "vendor/pick.h"
#include "vendor/webtool.h"

enum { NOTES_BYTES = 1 << 20, BEARER = 8192, WHY = 200 };

struct toolcall {
    struct net *net;
    struct mailbox *events, *notes;
    uint32_t open;
};

int toolcall_open(struct toolcall **out, struct net *net, struct mailbox *events)
{
    struct toolcall *toolcall = calloc(1, sizeof *toolcall);
    int error;

    if (!toolcall)
        return -ENOMEM;
    toolcall->net = net;
    toolcall->events = events;
    error = mailbox_open(&toolcall->notes, "mind tools", NOTES_BYTES);
    if (error)
        free(toolcall);
    else
        *out = toolcall;
    return error;
}

struct mailbox *toolcall_notes(struct toolcall *toolcall)
{
    return toolcall->notes;
}

static void post(struct toolcall *toolcall, const struct errand_note *note, struct text text)
{
    struct event event = {.kind = TOOL_DONE, .call = note->who.call, .leg = note->who.leg};

    event.at_ms = clock_ms();
    event.tool.turn = note->who.turn;
    event.tool.number = note->who.number;
    event.tool.attempt = note->who.attempt;
    event.tool.outcome = note->outcome;
    event.tool.status = note->status;
    event.tool.retry_after_s = note->retry_after_s;
    event.tool.text = text;
    if (event_post(toolcall->events, &event) != MAILBOX_OK)
        log_line(LOG_WARN, "mind", "a tool's result was lost: the core's mailbox is full");
}

bool toolcall_take(struct toolcall *toolcall, struct errand_note *out)
{
    size_t size = mailbox_take(toolcall->notes, out, sizeof *out);

    assert(size == 0 || size == sizeof *out);
    toolcall->open -= size > 0;
    return size > 0;
}

/* NULL: the plan is gone, or another one is in its place. */
static const struct plan_tool *tool_of(const struct errand_note *note, const struct plan *plan)
{
    return plan && note->who.agent < plan->agent_count &&
                   note->who.tool < plan->agents[note->who.agent].tool_count
               ? &plan->agents[note->who.agent].tools[note->who.tool]
               : NULL;
}

/* What the tool's `result` leads to; empty: not wanted, or the plan is gone. */
static struct text result_of(const struct errand_note *note, const struct plan *plan,
                             char out[MAX_RESULT])
{
    const struct plan_tool *tool = tool_of(note, plan);
    json_t *found = tool && note->tools ? pick_all(note->tools, tool->result) : NULL;
    size_t size = found ? json_dumpb(found, out, MAX_RESULT, JSON_COMPACT) : 0;

    while (size > MAX_RESULT && json_array_size(found) > 0) {
        json_array_remove(found, json_array_size(found) - 1);
        size = json_dumpb(found, out, MAX_RESULT, JSON_COMPACT);
    }
    json_decref(found);
    return (struct text){out, (uint32_t)size};
}

/* Of every agent that has this server: each has a session of its own. */
static void list_again(struct toolcall *toolcall, const struct errand_note *note,
                       const struct plan *plan)
{
    const struct plan_tool *changed = &plan->agents[note->who.agent].tools[note->who.tool];
    struct net_header headers[ERRAND_HEADERS];
    char bearer_bytes[BEARER];
    struct text_buffer bearer;

    for (uint32_t i = 0; i < plan->agent_count; i++)
        for (uint32_t j = 0; j < plan->agents[i].tool_count; j++) {
            const struct plan_tool *tool = &plan->agents[i].tools[j];
            struct errand_wish wish = {.kind = ERRAND_MCP_LIST,
                                       .who = {.plan = note->who.plan, .agent = i, .tool = j},
                                       .url = tool->url,
                                       .headers = headers,
                                       .timeout_ms = tool->timeout_ms};
            if (tool->kind != TOOL_MCP || !text_equal(tool->url, changed->url))
                continue;
            text_buffer_init(&bearer, bearer_bytes, sizeof bearer_bytes);
            wish.header_count = toolcall_headers(tool, TEXT_EMPTY, &bearer, headers);
            (void)!toolcall_errand(toolcall, &wish);
        }
    explicit_bzero(bearer_bytes, sizeof bearer_bytes);
}

void toolcall_hear(struct toolcall *toolcall, const struct errand_note *note,
                   const struct plan *plan, struct toolbox *toolbox)
{
    char found[MAX_RESULT];
    struct text result = result_of(note, plan, found);

    const struct plan_tool *tool = tool_of(note, plan);
    bool server = toolbox && tool && tool->kind == TOOL_MCP;

    if (server && note->new_session)
        toolbox_set_session(toolbox, note->who.agent, note->who.tool, note);
    if (server && note->kind == ERRAND_MCP_LIST && note->tools)
        toolbox_list(toolbox, note->who.agent, tool, note->tools);
    if (note->kind == ERRAND_MCP_LIST) {
        json_decref(note->tools);
        return;
    }
    if (server && note->changed)
        list_again(toolcall, note, plan);
    post(toolcall, note, result.size > 0 ? result : (struct text){note->text, note->text_size});
    json_decref(note->tools);
}

/* ---- Calling ---- */

static void refuse(struct toolcall *toolcall, const struct errand_who *who,
                   enum tool_outcome outcome, struct text why)
{
    struct errand_note note = {.who = *who, .outcome = outcome};

    post(toolcall, &note, why);
}

static bool has_header(const struct plan_tool *tool, struct text name)
{
    for (uint32_t i = 0; i < tool->header_count; i++)
        if (text_equal_nocase(tool->headers[i].name, name))
            return true;
    return false;
}

uint32_t toolcall_headers(const struct plan_tool *tool, struct text key, struct text_buffer *bearer,
                          struct net_header out[ERRAND_HEADERS])
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < tool->header_count && count < ERRAND_HEADERS - 4; i++)
        out[count++] = (struct net_header){tool->headers[i].name, tool->headers[i].value, false};
    if (!text_empty(tool->token)) {
        bool own = !text_empty(tool->token_header);
        text_append(bearer, own ? TEXT_EMPTY : TEXT("Bearer "));
        text_append(bearer, tool->token);
        out[count++] = (struct net_header){own ? tool->token_header : TEXT("Authorization"),
                                           text_view(bearer), true};
    }
    if (tool->acts && !text_empty(key))
        out[count++] = (struct net_header){TEXT("Idempotency-Key"), key, false};
    if (tool->kind == TOOL_HTTP && !text_equal(tool->method, TEXT("GET")) &&
        !text_equal(tool->method, TEXT("DELETE")) && !has_header(tool, TEXT("Content-Type")))
        out[count++] = (struct net_header){TEXT("Content-Type"), TEXT("application/json"), false};
    return count;
}

/* What a server has not listed is not asked of it: a listed tool has a schema. */
static bool fits(const struct toolbox *toolbox, const struct command *command,
                 const struct plan_tool *tool, const json_t *arguments, struct text_buffer *why)
{
    struct text schema = toolbox_schema(toolbox, command->tool.agent, command->tool.name);
    json_t *read = members_read(schema, LLM_MESSAGE);
    bool sound = json_is_object(arguments);

    if (!sound) {
        text_append(why, TEXT("the arguments are not one JSON object"));
    } else if (tool->kind == TOOL_MCP && text_empty(schema)) {
        text_append(why, TEXT("there is no such tool"));
        sound = false;
    } else {
        sound = jsonschema_fits(arguments, read, why);
    }
    json_decref(read);
    return sound;
}

/* The tool's own pattern in the place of the arguments. */
static bool fill_body(const struct plan_tool *tool, const json_t *arguments,
                      struct text_buffer *body, struct text_buffer *why)
{
    json_t *pattern = members_read(tool->body, MAX_SCHEMA);
    json_t *filled = fill_json(pattern, arguments);

    body->size = 0;
    body->size = (uint32_t)members_write(filled, body->data, body->capacity);
    json_decref(pattern);
    if (body->size == 0)
        text_append(why, TEXT("the arguments do not fit the request"));
    return body->size > 0;
}

/* Address and body of a tool over HTTP; the server's address for one of a server. */
static bool write_wish(const struct plan_tool *tool, const struct command *command,
                       const json_t *arguments, struct errand_wish *wish, struct text_buffer *url,
                       struct text_buffer *body, struct text_buffer *why)
{
    struct text name = command->tool.name;
    bool sound = true;

    if (tool->kind == TOOL_HTTP) {
        sound = webtool_sound(tool->url) &&
                webtool_write(tool->url, tool->method, arguments, url, body, why);
        sound = sound && (tool->body.size == 0 || fill_body(tool, arguments, body, why));
        wish->kind = ERRAND_HTTP;
        wish->json = tool->result.size > 0;
        wish->repeatable = !tool->acts || !text_empty(command->tool.key);
        wish->url = text_view(url);
        wish->body = text_view(body);
    } else {
        wish->kind = ERRAND_MCP_CALL;
        wish->url = tool->url;
        wish->name = text_part(name, tool->name.size + 2, name.size);
        wish->arguments = arguments;
    }
    wish->method = tool->method;
    wish->timeout_ms = tool->timeout_ms;
    return sound;
}

static void start(struct toolcall *toolcall, const struct command *command,
                  const struct plan_tool *tool, struct toolbox *toolbox, struct errand_wish *wish)
{
    char url[NET_URL], body[2 * MAX_ARGUMENTS], words[WHY], bearer_bytes[BEARER];
    struct net_header headers[ERRAND_HEADERS];
    struct text_buffer address, content, why, bearer;
    json_t *arguments = members_read(command->tool.arguments, MAX_ARGUMENTS);
    enum net_result result = NET_BAD_REQUEST;

    text_buffer_init(&address, url, sizeof url);
    text_buffer_init(&content, body, sizeof body);
    text_buffer_init(&why, words, sizeof words);
    text_buffer_init(&bearer, bearer_bytes, sizeof bearer_bytes);
    toolbox_session(toolbox, command->tool.agent, command->tool.tool, wish);
    wish->headers = headers;
    wish->header_count = toolcall_headers(tool, command->tool.key, &bearer, headers);
    if (fits(toolbox, command, tool, arguments, &why) &&
        write_wish(tool, command, arguments, wish, &address, &content, &why)) {
        result = errand_start(toolcall->net, toolcall->notes, wish);
        text_append(&why, text_of(net_result_names[result]));
    }
    toolcall->open += result == NET_OK;
    explicit_bzero(bearer_bytes, sizeof bearer_bytes);
    json_decref(arguments);
    if (result != NET_OK)
        refuse(toolcall, &wish->who, result == NET_FULL ? TOOL_UNREACHABLE : TOOL_REFUSED,
               text_view(&why));
}

void toolcall_obey(struct toolcall *toolcall, const struct command *command,
                   const struct plan *plan, struct toolbox *toolbox)
{
    struct errand_wish wish = {.who = {.call = command->call,
                                       .leg = command->leg,
                                       .turn = command->tool.turn,
                                       .number = command->tool.number,
                                       .attempt = command->tool.attempt,
                                       .plan = command->tool.plan,
                                       .agent = command->tool.agent,
                                       .tool = command->tool.tool}};
    const struct plan_agent *agent =
        plan && wish.who.agent < plan->agent_count ? &plan->agents[wish.who.agent] : NULL;

    if (!agent || wish.who.tool >= agent->tool_count || !toolcall->net || !toolbox)
        refuse(toolcall, &wish.who, TOOL_REFUSED, TEXT("there is no such tool"));
    else
        start(toolcall, command, &agent->tools[wish.who.tool], toolbox, &wish);
}

enum net_result toolcall_errand(struct toolcall *toolcall, const struct errand_wish *wish)
{
    enum net_result result =
        toolcall->net ? errand_start(toolcall->net, toolcall->notes, wish) : NET_BAD_REQUEST;

    toolcall->open += result == NET_OK;
    return result;
}

void toolcall_close(struct toolcall *toolcall)
{
    struct errand_note note;

    if (!toolcall)
        return;
    while (toolcall->open > 0)
        if (toolcall_take(toolcall, &note))
            json_decref(note.tools);
        else
            mailbox_wait(toolcall->notes, -1);
    mailbox_close(toolcall->notes);
    free(toolcall);
}

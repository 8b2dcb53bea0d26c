// SPDX-License-Identifier: Apache-2.0
/* toolbox.c - one arena a plan. */
#include "mind/toolbox.h"

#include <assert.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/log.h"
#include "mind/errand.h"
#include "mind/toolcall.h"
#include "vendor/members.h"
#include "vendor/webtool.h"

enum {
    ARENA = 32 << 20,
    LONGEST_SCHEMA = 1 << 16,
    MOST_TOOLS = 128 /* Of an agent, those of servers with them: vendors take no more. */
};

struct toolbox {
    struct arena *arena;
    struct {
        struct llm_tool *tools; /* MOST_TOOLS */
        uint32_t count;
        struct session {
            bool begun;
            uint32_t size;
            char id[ERRAND_SESSION], version[ERRAND_VERSION];
        } * sessions; /* By tool. */
    } agents[MAX_AGENTS];
};

/* What a tool that is built in takes: `places`, if it leads somewhere, else a text each. */
static const struct {
    enum tool_kind kind;
    const char *description;
    const char *arguments[3], *meanings[3];
    const char *required;
} built_in[] = {
    {TOOL_TRANSFER,
     "Gives the caller to somebody else on the telephone. Say so before.",
     {"to"},
     {"Where to."},
     "to"},
    {TOOL_HAND_OVER,
     "Gives the caller to another agent, who knows all that was said.",
     {"to"},
     {"The agent."},
     "to"},
    {TOOL_HANG_UP, "Ends the call. Say good-bye before.", {NULL}, {NULL}, NULL},
    {TOOL_SEND_KEYS,
     "Sends telephone keys (DTMF) on the line.",
     {"keys"},
     {"1 to 16 of 0-9, *, #, A-D."},
     "keys"},
    {TOOL_SET_CONTEXT,
     "Keeps a fact for the agents and people who get this caller later.",
     {"key", "value"},
     {"Lower case letters, digits and _.", "A short value."},
     "value"},
    {TOOL_TAKE_MESSAGE,
     "Takes a message for somebody who will read it.",
     {"text", "from"},
     {"The message, as the caller wants it.", "Whose; left out: the caller's number."},
     "text"},
    {TOOL_SCHEDULE_CALLBACK,
     "Promises the caller to be called back.",
     {"when", "number", "about"},
     {"A time with its zone (RFC 3339), or: as soon as possible.",
      "In digits; left out: the number that the caller called from.",
      "What about."},
     "when"},
    {TOOL_QUEUE,
     "Lets the caller wait for a free person. Say so before.",
     {"queue", "priority"},
     {"Which one.", "0 to 9, 9 being the most urgent; left out: as for every caller."},
     "queue"},
};

/* The places that lead() of the core knows, each once. */
static json_t *places_of(const struct plan *plan, const struct plan_agent *agent,
                         enum tool_kind kind)
{
    json_t *places = json_array();

    for (uint32_t i = 0; kind == TOOL_QUEUE && i < plan->queue_count; i++)
        json_array_append_new(places, members_string(plan->queues[i].name));
    for (uint32_t i = 0; i < agent->intent_count; i++) {
        const struct plan_intent *intent = &agent->intents[i];
        bool transfer = intent->then == THEN_TRANSFER, over = intent->then == THEN_HANDOVER;

        if (kind == TOOL_TRANSFER && transfer)
            json_array_append_new(places, members_string(intent->name));
        if (kind == TOOL_HAND_OVER && over && intent->to >= 0)
            json_array_append_new(places, members_string(plan->agents[intent->to].name));
    }
    return places;
}

static json_t *schema_of(const struct plan *plan, const struct plan_agent *agent, uint32_t row)
{
    json_t *properties = json_object(), *required = json_array();

    for (uint32_t i = 0; i < 3 && built_in[row].arguments[i]; i++) {
        json_t *type =
            json_pack("{s:s, s:s}", "type", "string", "description", built_in[row].meanings[i]);
        if (built_in[row].kind == TOOL_TRANSFER || built_in[row].kind == TOOL_HAND_OVER ||
            (built_in[row].kind == TOOL_QUEUE && i == 0))
            json_object_set_new(type, "enum", places_of(plan, agent, built_in[row].kind));
        json_object_set_new(properties, built_in[row].arguments[i], type);
    }
    if (built_in[row].required)
        json_array_append_new(required, json_string(built_in[row].required));
    if (built_in[row].kind == TOOL_SET_CONTEXT)
        json_array_append_new(required, json_string("key"));
    return json_pack("{s:s, s:o, s:o}", "type", "object", "properties", properties, "required",
                     required);
}

static int add_built_in(struct toolbox *toolbox, const struct plan *plan,
                        const struct plan_agent *agent, const struct plan_tool *tool,
                        struct llm_tool *out)
{
    char schema[LONGEST_SCHEMA];
    uint32_t row = 0, size;

    while (built_in[row].kind != tool->kind)
        assert(++row < sizeof built_in / sizeof built_in[0]);
    size = members_write(schema_of(plan, agent, row), schema, sizeof schema);
    out->name = tool->name;
    out->description =
        text_empty(tool->description) ? text_of(built_in[row].description) : tool->description;
    out->schema = arena_text(toolbox->arena, (struct text){schema, size});
    return size > 0 && out->schema.data ? 0 : -ENOMEM;
}

static int add_own(const struct plan_agent *agent, const struct plan_tool *tool,
                   struct llm_tool *out, char *why, uint32_t why_size)
{
    json_t *schema = members_read(tool->arguments, LLM_MESSAGE);
    bool sound = text_empty(text_trim(tool->arguments)) || json_is_object(schema);

    json_decref(schema);
    if (!sound) {
        snprintf(why, why_size,
                 "agent " TEXT_FORMAT ": the arguments of tool " TEXT_FORMAT " are no JSON object",
                 TEXT_ARGS(agent->name), TEXT_ARGS(tool->name));
        return -EINVAL;
    }
    if (!webtool_sound(tool->url)) {
        snprintf(why, why_size,
                 "agent " TEXT_FORMAT ": the address of tool " TEXT_FORMAT
                 " must begin with https:// and a host without {}",
                 TEXT_ARGS(agent->name), TEXT_ARGS(tool->name));
        return -EINVAL;
    }
    *out = (struct llm_tool){tool->name, tool->description, tool->arguments};
    return 0;
}

/* ---- Servers of tools ---- */

/* Vendors take no other names. */
static bool is_name(struct text name)
{
    for (uint32_t i = 0; i < name.size; i++) {
        char c = name.data[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '_' || c == '-'))
            return false;
    }
    return name.size > 0 && name.size <= MAX_NAME;
}

/* What was there already is not there twice: servers tell of changes as often as they like. */
static struct text keep(struct toolbox *toolbox, struct text before, struct text now)
{
    return before.data && text_equal(before, now) ? before : arena_text(toolbox->arena, now);
}

/* before: the tools until now, without a name at their end; NULL: none. */
static void add_listed(struct toolbox *toolbox, uint32_t agent, const struct plan_tool *server,
                       const json_t *tool, const struct llm_tool *before)
{
    struct llm_tool was = {.name = {NULL, 0}};
    struct llm_tool *out = &toolbox->agents[agent].tools[toolbox->agents[agent].count];
    char name[2 * MAX_NAME], schema[LONGEST_SCHEMA];
    struct text_buffer full;
    uint32_t size =
        members_write(json_incref(json_object_get(tool, "inputSchema")), schema, sizeof schema);

    text_buffer_init(&full, name, sizeof name);
    text_append(&full, server->name);
    text_append(&full, TEXT("__"));
    text_append(&full, members_text(tool, "name"));
    if (!is_name(text_view(&full)) || full.cut || size == 0 ||
        toolbox->agents[agent].count == MOST_TOOLS) {
        log_line(LOG_WARN, "mind",
                 "a tool of " TEXT_FORMAT
                 " is left out: its name or schema cannot be told to a model",
                 TEXT_ARGS(server->name));
        return;
    }
    for (; before && before->name.data && !was.name.data; before++)
        if (text_equal(before->name, text_view(&full)))
            was = *before;
    out->name = keep(toolbox, was.name, text_view(&full));
    out->description = keep(toolbox, was.description,
                            text_part(members_text(tool, "description"), 0, LONGEST_SCHEMA));
    out->schema = keep(toolbox, was.schema, (struct text){schema, size});
    toolbox->agents[agent].count += out->name.data && out->description.data && out->schema.data;
}

/* Blocks until the server said what it has, or its time is over. */
static bool ask_server(struct net *net, const struct plan_tool *server, struct errand_note *note)
{
    char bearer_bytes[8192];
    struct net_header headers[ERRAND_HEADERS];
    struct text_buffer bearer;
    struct errand_wish wish = {.kind = ERRAND_MCP_LIST,
                               .url = server->url,
                               .headers = headers,
                               .timeout_ms = server->timeout_ms};
    struct mailbox *notes;
    bool begun;

    if (mailbox_open(&notes, "tools listed", 4 * sizeof *note))
        return false;
    text_buffer_init(&bearer, bearer_bytes, sizeof bearer_bytes);
    wish.header_count = toolcall_headers(server, TEXT_EMPTY, &bearer, headers);
    begun = errand_start(net, notes, &wish) == NET_OK;
    explicit_bzero(bearer_bytes, sizeof bearer_bytes);
    while (begun && mailbox_take(notes, note, sizeof *note) == 0)
        mailbox_wait(notes, -1);
    mailbox_close(notes);
    return begun;
}

static void add_server(struct toolbox *toolbox, struct net *net, uint32_t agent, uint32_t number,
                       const struct plan_tool *server)
{
    struct errand_note note = {.tools = NULL};
    const json_t *tool;
    size_t i;

    if (!net)
        return;
    if (!ask_server(net, server, &note) || !note.tools)
        log_line(LOG_WARN, "mind", "the tools of " TEXT_FORMAT " are left out: %s (status %u)",
                 TEXT_ARGS(server->name), tool_outcome_names[note.outcome], note.status);
    json_array_foreach(note.tools, i, tool) add_listed(toolbox, agent, server, tool, NULL);
    if (note.new_session)
        toolbox_set_session(toolbox, agent, number, &note);
    json_decref(note.tools);
}

static int add_agent(struct toolbox *toolbox, struct net *net, const struct plan *plan,
                     uint32_t number, char *why, uint32_t why_size)
{
    const struct plan_agent *agent = &plan->agents[number];
    int error = 0;

    toolbox->agents[number].tools =
        arena_take(toolbox->arena, MOST_TOOLS * sizeof(struct llm_tool));
    toolbox->agents[number].sessions =
        arena_take(toolbox->arena, MAX_TOOLS * sizeof(struct session));
    if (!toolbox->agents[number].tools || !toolbox->agents[number].sessions)
        return -ENOMEM;
    for (uint32_t i = 0; i < agent->tool_count && !error; i++) {
        const struct plan_tool *tool = &agent->tools[i];
        struct llm_tool *out = &toolbox->agents[number].tools[toolbox->agents[number].count];

        if (tool->kind == TOOL_MCP) {
            add_server(toolbox, net, number, i, tool);
            continue;
        }
        error = tool->kind == TOOL_HTTP ? add_own(agent, tool, out, why, why_size)
                                        : add_built_in(toolbox, plan, agent, tool, out);
        toolbox->agents[number].count++;
    }
    return error;
}

int toolbox_new(struct toolbox **out, struct net *net, const struct plan *plan, char *why,
                uint32_t why_size)
{
    struct toolbox *toolbox = calloc(1, sizeof *toolbox);
    int error = toolbox ? 0 : -ENOMEM;

    snprintf(why, why_size, "no memory for the models' tools");
    if (toolbox && !(toolbox->arena = arena_new(ARENA)))
        error = -ENOMEM;
    for (uint32_t i = 0; i < plan->agent_count && !error; i++)
        error = add_agent(toolbox, net, plan, i, why, why_size);
    if (error)
        toolbox_free(toolbox);
    else
        *out = toolbox;
    return error;
}

void toolbox_free(struct toolbox *toolbox)
{
    if (!toolbox)
        return;
    if (toolbox->arena)
        arena_free(toolbox->arena);
    free(toolbox);
}

struct text toolbox_schema(const struct toolbox *toolbox, uint32_t agent, struct text name)
{
    for (uint32_t i = 0; i < toolbox->agents[agent].count; i++)
        if (text_equal(toolbox->agents[agent].tools[i].name, name))
            return toolbox->agents[agent].tools[i].schema;
    return TEXT_EMPTY;
}

void toolbox_session(const struct toolbox *toolbox, uint32_t agent, uint32_t tool,
                     struct errand_wish *out)
{
    const struct session *session = &toolbox->agents[agent].sessions[tool];

    out->begun = session->begun;
    out->session = (struct text){session->id, session->size};
    out->version = text_of(session->version);
}

void toolbox_set_session(struct toolbox *toolbox, uint32_t agent, uint32_t tool,
                         const struct errand_note *note)
{
    struct session *kept;

    if (!toolbox->agents[agent].sessions) /* Of a plan that was here before. */
        return;
    kept = &toolbox->agents[agent].sessions[tool];
    kept->begun = note->outcome != TOOL_UNREACHABLE && note->version[0];
    kept->size = note->session_size;
    memcpy(kept->id, note->session, kept->size);
    memcpy(kept->version, note->version, sizeof kept->version);
}

void toolbox_list(struct toolbox *toolbox, uint32_t agent, const struct plan_tool *server,
                  const json_t *tools)
{
    struct llm_tool before[MOST_TOOLS + 1] = {{.name = {NULL, 0}}};
    const json_t *tool;
    uint32_t kept = 0;
    size_t i;

    memcpy(before, toolbox->agents[agent].tools, toolbox->agents[agent].count * sizeof(before[0]));
    for (uint32_t j = 0; j < toolbox->agents[agent].count; j++) {
        struct text name = toolbox->agents[agent].tools[j].name;
        if (text_starts(name, server->name) &&
            text_starts(text_part(name, server->name.size, UINT32_MAX), TEXT("__")))
            continue;
        toolbox->agents[agent].tools[kept++] = toolbox->agents[agent].tools[j];
    }
    toolbox->agents[agent].count = kept;
    json_array_foreach(tools, i, tool) add_listed(toolbox, agent, server, tool, before);
}

const struct llm_tool *toolbox_tools(const struct toolbox *toolbox, uint32_t agent, uint32_t *count)
{
    *count = toolbox->agents[agent].count;
    return toolbox->agents[agent].tools;
}

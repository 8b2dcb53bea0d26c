// SPDX-License-Identifier: Apache-2.0
/* toolbox.c - one arena a plan. */
#include "mind/toolbox.h"

#include <assert.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "vendor/members.h"

enum { ARENA = 4 << 20, LONGEST_SCHEMA = 1 << 16 };

struct toolbox {
    struct arena *arena;
    struct {
        struct llm_tool *tools;
        uint32_t count;
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
     {"When, as the caller said it.", "Left out: the number that the caller called from.",
      "What about."},
     "when"},
    {TOOL_QUEUE, "Puts the caller into the queue for the next free person.", {NULL}, {NULL}, NULL},
};

/* The places that lead() of the core knows, each once. */
static json_t *places_of(const struct plan *plan, const struct plan_agent *agent,
                         enum tool_kind kind)
{
    json_t *places = json_array();

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
        if (built_in[row].kind == TOOL_TRANSFER || built_in[row].kind == TOOL_HAND_OVER)
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
    *out = (struct llm_tool){tool->name, tool->description, tool->arguments};
    return 0;
}

static int add_agent(struct toolbox *toolbox, const struct plan *plan, uint32_t number, char *why,
                     uint32_t why_size)
{
    const struct plan_agent *agent = &plan->agents[number];
    struct llm_tool *tools = arena_take(toolbox->arena, (agent->tool_count + 1u) * sizeof *tools);
    int error = tools ? 0 : -ENOMEM;
    uint32_t count = 0;

    for (uint32_t i = 0; i < agent->tool_count && !error; i++) {
        const struct plan_tool *tool = &agent->tools[i];

        if (tool->kind == TOOL_MCP)
            continue;
        error = tool->kind == TOOL_HTTP ? add_own(agent, tool, &tools[count], why, why_size)
                                        : add_built_in(toolbox, plan, agent, tool, &tools[count]);
        count++;
    }
    toolbox->agents[number].tools = tools;
    toolbox->agents[number].count = count;
    return error;
}

int toolbox_new(struct toolbox **out, const struct plan *plan, char *why, uint32_t why_size)
{
    struct toolbox *toolbox = calloc(1, sizeof *toolbox);
    int error = toolbox ? 0 : -ENOMEM;

    snprintf(why, why_size, "no memory for the models' tools");
    if (toolbox && !(toolbox->arena = arena_new(ARENA)))
        error = -ENOMEM;
    for (uint32_t i = 0; i < plan->agent_count && !error; i++)
        error = add_agent(toolbox, plan, i, why, why_size);
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

const struct llm_tool *toolbox_tools(const struct toolbox *toolbox, uint32_t agent, uint32_t *count)
{
    *count = toolbox->agents[agent].count;
    return toolbox->agents[agent].tools;
}

// SPDX-License-Identifier: Apache-2.0
/* tools.c - an agent's tools: those built in get their words and schemas here. */
#include "config/tools.h"

#include <jansson.h>
#include <string.h>

#include "config/checks.h"
#include "config/nearest.h"
#include "vendor/pick.h"

struct built_in {
    const char *name, *description, *arguments; /* NULL: made from the agent's intents. */
};

#define TEXT_ARGUMENT(name, words) \
    "\"" name "\":{\"type\":\"string\",\"description\":\"" words "\"}"
#define OBJECT(properties, required)                                                    \
    "{\"type\":\"object\",\"properties\":{" properties "},\"required\":[" required "]," \
    "\"additionalProperties\":false}"

static const struct built_in built_ins[TOOL_KINDS] = {
    [TOOL_TRANSFER] = {"transfer", "Gives the caller to a person or another department.", NULL},
    [TOOL_HAND_OVER] = {"hand-over", "Lets another agent go on with the caller.", NULL},
    [TOOL_HANG_UP] = {"hang-up", "Ends the call, after your last words.", OBJECT("", "")},
    [TOOL_SEND_KEYS] = {"send-keys", "Presses telephone keys towards the other side.",
                        OBJECT(TEXT_ARGUMENT("keys", "0-9, *, #"), "\"keys\"")},
    [TOOL_SET_CONTEXT] = {"set-context",
                          "Keeps a fact of this call for whoever has it later. Say when the caller "
                          "is unhappy: the fact sentiment is then negative, or frustrated.",
                          OBJECT(TEXT_ARGUMENT("key", "lower case, one word") "," TEXT_ARGUMENT(
                                     "value", "in few words"),
                                 "\"key\",\"value\"")},
    [TOOL_TAKE_MESSAGE] = {"take-message", "Writes down a message for people to read.",
                           OBJECT(TEXT_ARGUMENT("text", "the message") "," TEXT_ARGUMENT(
                                      "from", "who left it"),
                                  "\"text\"")},
    [TOOL_SCHEDULE_CALLBACK] =
        {"schedule-callback", "Promises that somebody calls back.",
         OBJECT(TEXT_ARGUMENT("when", "RFC 3339 with its zone, or: as soon as possible")
                "," TEXT_ARGUMENT("number", "default: the caller's")
                "," TEXT_ARGUMENT("about", "what it is about"),
                "\"when\"")},
    [TOOL_QUEUE] = {"queue", "Lets the caller wait for a free person.",
                    OBJECT(TEXT_ARGUMENT("queue", "which one")
                           "," TEXT_ARGUMENT("priority", "0 to 9, 9 being the most urgent"),
                           "\"queue\"")},
};

static enum tool_kind built_in_kind(struct text name)
{
    for (uint32_t kind = TOOL_TRANSFER; kind < TOOL_KINDS; kind++)
        if (text_equal(name, text_of(built_ins[kind].name)))
            return (enum tool_kind)kind;
    return TOOL_KINDS;
}

/* {"to": one of the names that the agent's intents lead to}; empty: none does. */
static struct text targets(struct reading *reading, const struct plan_agent *agents,
                           const struct plan_agent *agent, enum intent_then then)
{
    const char *names = "";

    for (uint8_t i = 0; i < agent->intent_count; i++) {
        const struct plan_intent *intent = &agent->intents[i];
        if (intent->then != then || (then == THEN_HANDOVER && intent->to < 0))
            continue;
        struct text name = then == THEN_HANDOVER ? agents[intent->to].name : intent->name;
        const char *quoted = reading_print(reading, "\"" TEXT_FORMAT "\"", TEXT_ARGS(name));
        if (!strstr(names, quoted))
            names = reading_print(reading, "%s%s%s", names, *names ? "," : "", quoted);
    }
    if (!*names)
        return TEXT_EMPTY;
    return text_of(reading_print(reading,
                                 "{\"type\":\"object\",\"properties\":{\"to\":{\"type\":\"string\","
                                 "\"enum\":[%s]}},\"required\":[\"to\"],"
                                 "\"additionalProperties\":false}",
                                 names));
}

static void make_built_in(struct reading *reading, const char *file, const struct tool_settings *s,
                          const struct plan_agent *agents, const struct plan_agent *agent,
                          struct plan_tool *out)
{
    const struct built_in *known = &built_ins[out->kind];

    if (text_empty(out->description))
        out->description = text_of(known->description);
    if (s->arguments.given || s->mcp.given || s->url.given)
        reading_error(reading, file, s->at.line,
                      reading_print(reading, "'%s' is built in", known->name),
                      "leave `url`, `mcp` and `arguments` away, or call your tool otherwise");
    if (known->arguments) {
        out->arguments = text_of(known->arguments);
        return;
    }
    out->arguments =
        targets(reading, agents, agent, out->kind == TOOL_TRANSFER ? THEN_TRANSFER : THEN_HANDOVER);
    if (text_empty(out->arguments))
        reading_error(reading, file, s->at.line,
                      reading_print(reading, "'%s' has nowhere to go", known->name),
                      out->kind == TOOL_TRANSFER
                          ? "give this agent an intent with `transfer`: those are the places that "
                            "a model may choose among"
                          : "give this agent an intent with `to`: those are the agents that a "
                            "model may choose among");
}

/* The word of a property's `type` is one of JSON Schema's. */
static void check_type(struct reading *reading, const char *file, const struct setting *at,
                       const char *name, const json_t *property)
{
    static const char *const types[] = {"string", "number", "integer", "boolean",
                                        "object", "array",  "null"};
    const char *type = json_string_value(json_object_get(property, "type"));
    bool known = !type;

    for (uint32_t i = 0; i < sizeof(types) / sizeof(types[0]) && !known; i++)
        known = strcmp(type, types[i]) == 0;
    if (!json_is_object(property) && !json_is_boolean(property))
        reading_error(reading, file, at->line,
                      reading_print(reading, "'%s' in 'arguments' is no schema", name),
                      "write {\"type\": \"string\", \"description\": \"...\"}");
    else if (!known)
        reading_error(reading, file, at->line,
                      reading_print(reading, "'%s' in 'arguments' has the type '%s'", name, type),
                      "write string, number, integer, boolean, object, array or null");
}

/* What is required, or stands in the URL, is among the properties. */
static void check_name(struct reading *reading, const char *file, const struct setting *at,
                       const json_t *properties, struct text name, const char *where)
{
    if (!json_object_get(properties, reading_string(reading, name)))
        reading_error(reading, file, at->line,
                      reading_print(reading,
                                    "'" TEXT_FORMAT "' %s is not among the properties of "
                                    "'arguments'",
                                    TEXT_ARGS(name), where),
                      "add it there, or correct its name");
}

static void check_names(struct reading *reading, const char *file, const struct setting *at,
                        struct text url, const json_t *schema)
{
    json_t *properties = json_object_get(schema, "properties"), *value;
    const char *key;
    size_t i;

    json_object_foreach(properties, key, value) check_type(reading, file, at, key, value);
    json_array_foreach(json_object_get(schema, "required"), i, value) if (json_is_string(value))
        check_name(reading, file, at, properties, text_of(json_string_value(value)),
                   "under 'required'");
    for (int64_t open = text_find(url, TEXT("{")); open >= 0; open = text_find(url, TEXT("{"))) {
        url = text_part(url, (uint32_t)open + 1, url.size);
        int64_t close = text_find(url, TEXT("}"));
        if (close < 0)
            return;
        check_name(reading, file, at, properties, text_part(url, 0, (uint32_t)close), "in 'url'");
    }
}

static void check_schema(struct reading *reading, const char *file, const struct setting *setting,
                         struct text url)
{
    json_error_t error;
    json_t *schema;

    if (setting->wrong)
        return;
    if (text_empty(setting->text)) {
        check_names(reading, file, setting, url, NULL);
        return;
    }
    schema = json_loadb(setting->text.data, setting->text.size, JSON_REJECT_DUPLICATES, &error);
    if (!schema)
        reading_error(reading, file, setting->line,
                      reading_print(reading, "'arguments' is not JSON: %s", error.text),
                      "write {\"type\": \"object\", \"properties\": {...}} below `arguments: |`");
    else if (strcmp(json_string_value(json_object_get(schema, "type"))
                        ? json_string_value(json_object_get(schema, "type"))
                        : "",
                    "object") != 0)
        reading_error(reading, file, setting->line, "'arguments' does not describe an object",
                      "write {\"type\": \"object\", \"properties\": {...}}");
    else
        check_names(reading, file, setting, url, schema);
    json_decref(schema);
}

/* What to do about a tool that is nothing, maybe because of a slip. */
static const char *say_what(struct reading *reading, struct text name)
{
    struct nearest nearest;
    struct text best;

    nearest_init(&nearest, name);
    for (uint32_t kind = TOOL_TRANSFER; kind < TOOL_KINDS; kind++)
        if (built_ins[kind].name)
            nearest_offer(&nearest, text_of(built_ins[kind].name));
    best = nearest_found(&nearest);
    return text_empty(best)
               ? "say what is called"
               : reading_print(reading, "did you mean '" TEXT_FORMAT "'?", TEXT_ARGS(best));
}

static void check_patterns(struct reading *reading, const char *file, const struct tool_settings *s)
{
    if (s->body.given)
        checks_body(reading, file, &s->body);
    if (s->result.given && !pick_sound(s->result.text))
        reading_error(
            reading, file, s->result.line,
            reading_print(reading, "'" TEXT_FORMAT "' is no path", TEXT_ARGS(s->result.text)),
            "write where it is in the answer: $.data.*[*].start");
}

static void make_own(struct reading *reading, const char *file, const struct tool_settings *s,
                     struct plan_tool *out)
{
    const struct setting *url = s->mcp.given ? &s->mcp : &s->url;

    out->kind = s->mcp.given ? TOOL_MCP : TOOL_HTTP;
    out->url = url->text;
    if (s->mcp.given == s->url.given)
        reading_error(reading, file, s->at.line,
                      reading_print(reading,
                                    s->url.given
                                        ? "the tool '" TEXT_FORMAT "' has both `url` and `mcp`"
                                        : "the tool '" TEXT_FORMAT "' is not built in, and has "
                                          "neither `url` nor `mcp`",
                                    TEXT_ARGS(out->name)),
                      s->url.given ? "say what is called" : say_what(reading, out->name));
    else
        checks_url(reading, file, url, s->token.given);
    if (!s->token.given && url->given && checks_in_clear(url->text))
        reading_warning(reading, file, url->line,
                        "what callers say goes over the network in clear", "write https:");
    if (out->kind == TOOL_HTTP && s->url.given && text_empty(out->description))
        reading_error(reading, file, s->at.line, "'description' is missing",
                      "tell the model what the tool does, and when to call it");
    check_schema(reading, file, &s->arguments, out->url);
    check_patterns(reading, file, s);
    out->acts = s->acts.given ? s->acts.number : s->method.number != 0; /* GET */
}

static bool good_name(struct text name)
{
    for (uint32_t i = 0; i < name.size; i++) {
        char c = name.data[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
            c != '_' && c != '-')
            return false;
    }
    return name.size > 0 && name.size < MAX_NAME / 2;
}

static void make_tool(struct reading *reading, const char *file, const struct tool_settings *s,
                      const struct plan_agent *agents, const struct plan_agent *agent,
                      struct plan_tool *out)
{
    *out = (struct plan_tool){.name = s->at.text,
                              .kind = built_in_kind(s->at.text),
                              .description = s->description.text,
                              .arguments = s->arguments.text,
                              .method = s->method.text,
                              .headers = checks_pairs(reading, &s->headers),
                              .header_count = (uint8_t)s->headers.count,
                              .token = s->token.text,
                              .token_header = s->token_header.text,
                              .timeout_ms = (uint32_t)s->timeout.number,
                              .retries = (uint8_t)s->retries.number,
                              .body = s->body.text,
                              .result = s->result.text,
                              .filler = s->filler.text};
    if (!good_name(out->name) || text_find(out->name, TEXT("__")) >= 0)
        reading_error(reading, file, s->at.line,
                      reading_print(reading, "a tool cannot be called '" TEXT_FORMAT "'",
                                    TEXT_ARGS(out->name)),
                      "models take letters, digits, '-' and single '_', at most 31");
    if (out->kind < TOOL_KINDS)
        make_built_in(reading, file, s, agents, agent, out);
    else
        make_own(reading, file, s, out);
}

void tools_make(struct reading *reading, const char *file, const struct agent_settings *settings,
                const struct plan_agent *agents, struct plan_agent *out)
{
    const struct tool_settings *list = settings->tools.items;
    uint32_t count = settings->tools.count;
    struct plan_tool *tools = reading_take(reading, count * sizeof(*tools));

    for (uint32_t i = 0; tools && i < count; i++)
        make_tool(reading, file, &list[i], agents, out, &tools[i]);
    if (count > 0 && out->think.count == 0)
        reading_warning(reading, file, settings->tools.line, "tools without a model to call them",
                        "name a provider under `think`; `callbacks.calendar` needs none");
    out->tools = tools;
    out->tool_count = tools ? (uint8_t)count : 0;
}

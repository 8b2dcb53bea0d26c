// SPDX-License-Identifier: Apache-2.0
/* providers_test.c - providers, chains and tools: what becomes of them in the plan, and what a
 * person reads when they are wrong. */
#include "given.h"

#define PROVIDERS                                                        \
    "providers:\n"                                                       \
    "  ears: {kind: vosk, url: \"ws://127.0.0.1:2700\"}\n"               \
    "  voice: {kind: openai-speech, url: \"http://127.0.0.1:8880/v1/\", voice: anna}\n" \
    "  brain: {kind: chat, url: \"http://localhost:11434/v1\", model: small, soft: 2s,\n" \
    "    hard: 5s, options: {top_p: \"0.9\"}}\n"

static const struct plan_agent *agent(void)
{
    return &result.config->plan.agents[0];
}

static void an_agent_gets_its_chains_in_their_order_and_the_providers_their_times(void)
{
    given(SERVER PROVIDERS "  second: {kind: chat, url: \"http://localhost:1/v1\", model: m}\n",
          "---\ngreeting: Hello.\nlisten: [ears]\nspeak: [voice]\nthink: [second, brain]\n"
          "language: en-GB\n---\nBe kind.\n");
    expect("");
    const struct plan *plan = &result.config->plan;
    const struct plan_provider *brain = &plan->providers[2];
    CHECK(plan->provider_count == 4 && agent()->listen.count == 1 && agent()->speak.count == 1);
    CHECK(agent()->think.count == 2 && agent()->think.items[0] == 3 &&
          agent()->think.items[1] == 2);
    CHECK(brain->kind == PROVIDER_CHAT && brain->soft_ms == 2000 && brain->hard_ms == 5000);
    CHECK(brain->option_count == 1 && text_equal(brain->options[0].name, TEXT("top_p")));
    CHECK(plan->providers[0].soft_ms == 700 && plan->providers[3].hard_ms == 3000);
    CHECK(text_equal(plan->providers[1].url, TEXT("http://127.0.0.1:8880/v1")));
    CHECK(text_equal(agent()->language, TEXT("en-GB")) && agent()->temperature_permille == 300);
}

static void an_agent_without_providers_has_empty_chains(void)
{
    given(SERVER, DESK);
    expect("");
    CHECK(agent()->think.count == 0 && agent()->tool_count == 0);
    CHECK(text_equal(agent()->language, TEXT("en")));
}

static void a_kind_that_is_called_otherwise_here_is_named(void)
{
    given(SERVER "providers:\n  a: {kind: ollama, url: \"http://127.0.0.1:11434\", model: m}\n", DESK);
    CHECK(strstr(printed, "offhook.yaml:5: ") && strstr(printed, "write kind: chat, with the server's `url`"));
    given(SERVER "providers:\n  a: {kind: OpenAI-Compatible, url: \"http://x/v1\", model: m}\n", DESK);
    CHECK(strstr(printed, "write kind: chat, with"));
    given(SERVER "providers:\n  a: {kind: claude, model: m, key: \"${K:-k}\"}\n", DESK);
    CHECK(strstr(printed, "write kind: anthropic\n"));
    given(SERVER "providers:\n  a: {kind: elevenlab, key: \"${K:-k}\"}\n", DESK);
    CHECK(strstr(printed, "did you mean 'elevenlabs'? (write deepgram, "));
    given(SERVER "providers:\n  a: {kind: banana, key: \"${K:-k}\"}\n", DESK);
    CHECK(strstr(printed, "; write deepgram, deepgram-flux, ") && !strstr(printed, "did you mean"));
    given(SERVER "providers:\n  a: {kind: \"\", key: \"${K:-k}\"}\n", DESK);
    CHECK(!strstr(printed, "write kind:"));
}

static void what_is_wrong_with_a_provider_is_said_with_its_cure(void)
{
    given(SERVER "providers:\n"
                 "  a: {kind: deepgram}\n"
                 "  b: {kind: vosk}\n"
                 "  c: {kind: chat, url: \"ftp://x\"}\n"
                 "  d: {kind: anthropic, model: m, key: secret, soft: 2s, hard: 1s}\n"
                 "  e: {url: \"https://x\"}\n"
                 "  f: {kind: whisper, url: \"http://192.0.2.1/v1\", key: \"${K:-k}\"}\n",
          DESK);
    expect("offhook.yaml:5: wss://api.deepgram.com wants a key, and there is none; write key: "
           "${NAME} or file:PATH, or the `url` of a server of your own\n"
           "offhook.yaml:6: this kind has no vendor: 'url' is missing; write where your server "
           "is, such as ws://127.0.0.1:2700\n"
           "offhook.yaml:7: 'ftp://x' cannot be called; write https://HOST/PATH, or wss:, http:, "
           "ws:, without a password in it\n"
           "offhook.yaml:7: 'model' is missing; name the model as the vendor does\n"
           "offhook.yaml:8: 'key' is written into the file; write ${NAME} for a variable of the "
           "environment, or file:PATH\n"
           "offhook.yaml:8: 'hard' is before 'soft'; the caller is told first, and the provider "
           "given up later\n"
           "offhook.yaml:9: 'kind' is missing in this provider; add kind: what it speaks on the "
           "wire: the first five listen, the next four have voices, `chat` (whoever serves "
           "/chat/completions) and `anthropic` think, the last one does all\n"
           "offhook.yaml:10: warning: the key goes over the network in clear; write https: or "
           "wss:\n");
}

static void a_chain_names_providers_of_its_own_kind_once(void)
{
    given(SERVER PROVIDERS, "---\ngreeting: Hello.\nlisten: [eers, brain]\nthink: [brain, brain]\n"
                            "---\nBe kind.\n");
    expect("agents/desk.md:3: there is no provider 'eers'; did you mean 'ears'?\n"
           "agents/desk.md:3: 'brain' does not listen; name it under `think`\n"
           "agents/desk.md:4: 'brain' is listed twice; remove one\n");
}

#define TOOLS(lines) "---\ngreeting: Hello.\nthink: [brain]\ntools:\n" lines "---\nBe kind.\n"

static void a_built_in_tool_may_lead_only_where_the_agents_own_intents_do(void)
{
    given(SERVER PROVIDERS, "---\ngreeting: Hello.\nthink: [brain]\n"
                            "intents:\n"
                            "  sales: {transfer: \"4711\", examples: [a b, c d, e f, g h, i j]}\n"
                            "tools:\n  transfer:\n  hang-up: {description: Bye.}\n---\nBe kind.\n");
    expect("");
    const struct plan_tool *tools = agent()->tools;
    CHECK(agent()->tool_count == 2 && tools[0].kind == TOOL_TRANSFER);
    CHECK(text_find(tools[0].arguments, TEXT("\"enum\":[\"sales\"]")) > 0);
    CHECK(tools[1].kind == TOOL_HANG_UP && text_equal(tools[1].description, TEXT("Bye.")));
    given(SERVER PROVIDERS, TOOLS("  hand-over:\n"));
    expect("agents/desk.md:5: 'hand-over' has nowhere to go; give this agent an intent with `to`: "
           "those are the agents that a model may choose among\n");
}

static void an_own_tool_is_checked_as_far_as_it_can_be(void)
{
    given(SERVER PROVIDERS,
          TOOLS("  find: {url: \"https://crm.example.net/{id}\", method: GET, description: D,\n"
                "    arguments: '{\"type\": \"object\", \"properties\": {\"id\": {}}}', headers: {X-A: b}}\n"
                "  book: {url: \"https://crm.example.net/book\", description: D}\n"
                "  crm: {mcp: \"https://crm.example.net/mcp\"}\n"));
    expect("");
    const struct plan_tool *tools = agent()->tools;
    CHECK(tools[0].kind == TOOL_HTTP && !tools[0].acts && tools[0].timeout_ms == 5000);
    CHECK(tools[0].header_count == 1 && tools[0].retries == 2);
    CHECK(tools[1].acts && tools[2].kind == TOOL_MCP);
    given(SERVER PROVIDERS, TOOLS("  a__b: {url: \"https://x/\", description: D}\n"
                                  "  c: {description: D}\n"
                                  "  d: {url: \"https://x/\", description: D, arguments: '[]'}\n"
                                  "  queue: {url: \"https://x/\"}\n"));
    expect("agents/desk.md:5: a tool cannot be called 'a__b'; models take letters, digits, '-' and "
           "single '_', at most 31\n"
           "agents/desk.md:6: the tool 'c' is not built in, and has neither `url` nor `mcp`; say "
           "what is called\n"
           "agents/desk.md:7: 'arguments' does not describe an object; write {\"type\": "
           "\"object\", \"properties\": {...}}\n"
           "agents/desk.md:8: 'queue' is built in; leave `url`, `mcp` and `arguments` away, or "
           "call your tool otherwise\n");
}

static void what_other_programs_call_an_option_is_known(void)
{
    given(SERVER "providers:\n"
                 "  a: {kind: chat, url: \"http://127.0.0.1:1/v1\", model: m, api_key: x}\n"
                 "  b: {kind: vosk, base_url: \"ws://127.0.0.1:1\"}\n",
          DESK);
    expect("offhook.yaml:5: unknown option 'api_key' in this provider; did you mean 'key'?\n"
           "offhook.yaml:6: unknown option 'base_url' in this provider; did you mean 'url'?\n"
           "offhook.yaml:6: this kind has no vendor: 'url' is missing; write where your server is, "
           "such as ws://127.0.0.1:2700\n");
}

static void a_key_that_cannot_be_used_is_not_missing_too(void)
{
    given(SERVER "providers:\n  a: {kind: chat, model: m, key: \"sk-1\"}\n", DESK);
    expect("offhook.yaml:5: 'key' is written into the file; write ${NAME} for a variable of the "
           "environment, or file:PATH\n");
    given(SERVER "providers:\n  a: {kind: chat, model: m, key: ${KEY}}\n", DESK);
    expect("offhook.yaml:5: not YAML: did not find expected ',' or '}'; close the bracket; "
           "within { } and [ ] a ${NAME}, braces and commas need quotes: \"${NAME}\"\n");
}

static void a_url_has_a_port_that_is_one_and_no_path_that_the_kind_adds(void)
{
    given(SERVER "providers:\n"
                 "  a: {kind: chat, model: m, url: \"http://127.0.0.1:99999/v1\"}\n"
                 "  b: {kind: chat, model: m, url: \"http://[::1]:x/v1\"}\n"
                 "  c: {kind: chat, model: m, url: \"http://127.0.0.1:1/v1/chat/completions/\"}\n"
                 "  d: {kind: chat, model: m, url: \"http://[::1]:8000/v1\"}\n",
          DESK);
    expect("offhook.yaml:5: 'http://127.0.0.1:99999/v1' has no port from 1 to 65535; write HOST or "
           "HOST:PORT; an IPv6 address in brackets\n"
           "offhook.yaml:6: 'http://[::1]:x/v1' has no port from 1 to 65535; write HOST or "
           "HOST:PORT; an IPv6 address in brackets\n"
           "offhook.yaml:7: 'url' ends with /chat/completions, which is added by itself; write "
           "what stands before it\n");
}

static void an_option_of_the_vendors_that_is_no_text_is_named(void)
{
    given(SERVER "providers:\n  a: {kind: chat, model: m, url: \"http://127.0.0.1:1\", options: "
                 "{stop: [a]}}\n",
          DESK);
    expect("offhook.yaml:5: 'stop' is a list; write a text\n");
}

static void the_schema_of_a_tool_names_what_it_requires_and_what_its_url_holds(void)
{
    given(SERVER PROVIDERS,
          TOOLS("  a: {url: \"https://x/{id}\", description: D, arguments: '{\"type\": \"object\", "
                "\"properties\": {\"nr\": {\"type\": \"strng\"}, \"o\": \"string\"}, "
                "\"required\": [\"id\", 7]}'}\n"
                "  b: {url: \"https://x/{id}\", description: D}\n"
                "  c: {url: \"https://x/\", description: D, arguments: {type: object}}\n"
                "  hangup:\n"));
    expect("agents/desk.md:5: 'nr' in 'arguments' has the type 'strng'; write string, number, "
           "integer, boolean, object, array or null\n"
           "agents/desk.md:5: 'o' in 'arguments' is no schema; write {\"type\": \"string\", "
           "\"description\": \"...\"}\n"
           "agents/desk.md:5: 'id' under 'required' is not among the properties of 'arguments'; "
           "add it there, or correct its name\n"
           "agents/desk.md:5: 'id' in 'url' is not among the properties of 'arguments'; add it "
           "there, or correct its name\n"
           "agents/desk.md:6: 'id' in 'url' is not among the properties of 'arguments'; add it "
           "there, or correct its name\n"
           "agents/desk.md:7: 'arguments' is a map; write it as JSON in a text: {\"type\": "
           "\"object\", ...} below `arguments: |`\n"
           "agents/desk.md:8: the tool 'hangup' is not built in, and has neither `url` nor `mcp`; "
           "did you mean 'hang-up'?\n");
}

static bool no_authorities(const char *ca_file, char *why, uint32_t why_size)
{
    snprintf(why, why_size, "%s is empty", ca_file);
    return false;
}

static void authorities_are_beside_the_file_that_names_them_and_a_journal_does_not_read_them(void)
{
    config_know_authorities(no_authorities);
    given(SERVER "network: {ca-file: own.pem}\n", DESK);
    config_know_authorities(NULL);
    expect("");
    CHECK(strcmp(result.config->ca_file, "own.pem") == 0);
    given(SERVER, DESK);
    CHECK(!result.config->ca_file);
}

int main(void)
{
    RUN(what_other_programs_call_an_option_is_known);
    RUN(a_key_that_cannot_be_used_is_not_missing_too);
    RUN(a_url_has_a_port_that_is_one_and_no_path_that_the_kind_adds);
    RUN(an_option_of_the_vendors_that_is_no_text_is_named);
    RUN(the_schema_of_a_tool_names_what_it_requires_and_what_its_url_holds);
    RUN(authorities_are_beside_the_file_that_names_them_and_a_journal_does_not_read_them);
    RUN(an_agent_gets_its_chains_in_their_order_and_the_providers_their_times);
    RUN(an_agent_without_providers_has_empty_chains);
    RUN(a_kind_that_is_called_otherwise_here_is_named);
    RUN(what_is_wrong_with_a_provider_is_said_with_its_cure);
    RUN(a_chain_names_providers_of_its_own_kind_once);
    RUN(a_built_in_tool_may_lead_only_where_the_agents_own_intents_do);
    RUN(an_own_tool_is_checked_as_far_as_it_can_be);
    config_free(&result);
    return 0;
}

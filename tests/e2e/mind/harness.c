// SPDX-License-Identifier: Apache-2.0
/* harness.c - the mind limb alone with the network: commands from standard input, events to
 * standard output. The core's part is played by run.py.
 *
 *   mind_harness MODELS TOOLS      base URLs of the stand-ins
 *
 * Lines: think TURN PROVIDER TEXT | again TURN PROVIDER TEXT (it was noted) | guess TURN PROVIDER
 * TEXT (speculative) | certain TURN | heard TEXT | said HEARD/UNHEARD | result TURN NUMBER TEXT |
 * cancel | forget | call NUMBER ATTEMPT TOOL KEY ARGUMENTS. Providers: 0 chat, 1 anthropic, 2 of a
 * wrong key. */
#include "mind/mind.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/command.h"
#include "mind/sample.h"
#include "net/net.h"

enum { CALL = 0x10003, LINE = 8192 };

static struct mailbox *events;
static struct mind *mind;
static struct net *net;
static char models[200], claude[200], tool_urls[4][300];
static struct plan_provider providers[3];
static struct plan_tool tools[5];
static struct plan_intent intents[] = {
    {.name = TEXT_INIT("general"), .label = TEXT_INIT("general")},
    {.name = TEXT_INIT("billing"), .then = THEN_TRANSFER, .transfer = TEXT_INIT("100")}};
static struct plan_agent agent = {.name = TEXT_INIT("desk"),
                                  .intents = intents,
                                  .intent_count = 2,
                                  .instructions = TEXT_INIT("You are the desk of a shop."),
                                  .language = TEXT_INIT("en"),
                                  .context_tokens = 1200,
                                  .temperature_permille = 300,
                                  .max_tokens = 200,
                                  .tools = tools};
static struct plan plan = {
    .serial = 1, .agents = &agent, .agent_count = 1, .providers = providers, .provider_count = 3};

static struct plan_provider provider_of(enum provider_kind kind, char *url, const char *key)
{
    return (struct plan_provider){.name = TEXT("p"),
                                  .kind = kind,
                                  .url = text_of(url),
                                  .key = text_of(key),
                                  .model = TEXT("m-1"),
                                  .soft_ms = 500,
                                  .hard_ms = 1500};
}

static void make_plan(const char *at, const char *desk)
{
    static const struct plan_pair header = {TEXT_INIT("X-Desk"), TEXT_INIT("7")};

    snprintf(models, sizeof models, "%s/v1", at);
    snprintf(claude, sizeof claude, "%s", at);
    providers[0] = provider_of(PROVIDER_CHAT, models, "right");
    providers[1] = provider_of(PROVIDER_ANTHROPIC, claude, "right");
    providers[2] = provider_of(PROVIDER_CHAT, models, "wrong");
    snprintf(tool_urls[0], sizeof tool_urls[0], "%s/tools/find_order/{number}", desk);
    snprintf(tool_urls[1], sizeof tool_urls[1], "%s/tools/book", desk);
    snprintf(tool_urls[2], sizeof tool_urls[2], "%s/mcp", desk);
    tools[0] = (struct plan_tool){
        .name = TEXT("find_order"),
        .kind = TOOL_HTTP,
        .url = text_of(tool_urls[0]),
        .method = TEXT("GET"),
        .timeout_ms = 1000,
        .description = TEXT("Finds an order."),
        .arguments = TEXT("{\"type\":\"object\",\"properties\":{\"number\":{\"type\":\"string\"},"
                          "\"kind\":{\"enum\":[\"a\",\"b\"]}},\"required\":[\"number\"]}")};
    tools[1] =
        (struct plan_tool){.name = TEXT("book"),
                           .kind = TOOL_HTTP,
                           .url = text_of(tool_urls[1]),
                           .method = TEXT("POST"),
                           .headers = &header,
                           .header_count = 1,
                           .token = TEXT("hush"),
                           .timeout_ms = 400,
                           .acts = true,
                           .arguments = TEXT("{\"type\":\"object\",\"properties\":{\"day\":"
                                             "{\"type\":\"string\"}},\"required\":[\"day\"]}")};
    tools[2] = (struct plan_tool){.name = TEXT("hang-up"), .kind = TOOL_HANG_UP};
    tools[3] = (struct plan_tool){.name = TEXT("transfer"), .kind = TOOL_TRANSFER};
    tools[4] = (struct plan_tool){.name = TEXT("sums"),
                                  .kind = TOOL_MCP,
                                  .url = text_of(tool_urls[2]),
                                  .token = TEXT("hush"),
                                  .timeout_ms = 2000};
    agent.tool_count = 5;
}

static struct text word(struct text *rest)
{
    return text_next(rest, ' ');
}

static uint32_t number(struct text *rest)
{
    uint64_t value = 0;

    (void)!text_number(word(rest), &value);
    return (uint32_t)value;
}

static void think(struct command *command, struct text rest, bool speculative)
{
    command->kind = MIND_THINK;
    command->think.turn = number(&rest);
    command->think.provider = (int32_t)number(&rest);
    command->think.text = rest;
    command->think.facts = TEXT("caller=+4155\ncustomer=Rossi\n");
    command->think.speculative = speculative;
}

static void call_tool(struct command *command, struct text rest)
{
    struct text name;

    command->kind = TOOL_CALL;
    command->tool.turn = 1;
    command->tool.number = number(&rest);
    command->tool.attempt = number(&rest);
    name = word(&rest);
    command->tool.name = name;
    for (uint32_t i = 0; i < agent.tool_count; i++)
        if (text_equal(name, tools[i].name) || (i == 4 && text_find(name, TEXT("sums__")) == 0))
            command->tool.tool = i;
    command->tool.key = word(&rest);
    command->tool.arguments = rest;
}

static void try_model(struct text rest)
{
    uint32_t provider = number(&rest);
    struct sample sample;

    sample_model(net, &providers[provider], rest, &sample);
    printf("SAMPLE good=%d first=%d tokens_out=%u status=%u text=\"%s\"\n", sample.good,
           sample.first_ms <= sample.total_ms, sample.tokens_out, sample.status, sample.text);
    fflush(stdout);
}

static void show_figures(void)
{
    struct net_figures figures;

    net_figures(net, &figures);
    printf("FIGURES connections=%u reused=%u\n", (unsigned)figures.connections,
           (unsigned)figures.reused);
    fflush(stdout);
}

static void obey(struct text rest)
{
    struct command command = {.call = CALL, .leg = 9};
    struct text verb = word(&rest);

    if (text_equal(verb, TEXT("sample"))) {
        try_model(rest);
        return;
    }
    if (text_equal(verb, TEXT("figures"))) {
        show_figures();
        return;
    }
    if (text_equal(verb, TEXT("think")) || text_equal(verb, TEXT("guess")) ||
        text_equal(verb, TEXT("again"))) {
        think(&command, rest, text_equal(verb, TEXT("guess")));
        command.think.noted = text_equal(verb, TEXT("again"));
    } else if (text_equal(verb, TEXT("certain"))) {
        command.kind = MIND_THINK;
        command.think.turn = number(&rest);
    } else if (text_equal(verb, TEXT("heard"))) {
        command.kind = MIND_NOTE;
        command.note.speaker = SPEAKER_CALLER;
        command.note.text = rest;
    } else if (text_equal(verb, TEXT("said"))) {
        command.kind = MIND_NOTE;
        command.note.speaker = SPEAKER_AGENT;
        command.note.text = text_next(&rest, '/');
        command.note.unheard = rest;
    } else if (text_equal(verb, TEXT("result"))) {
        command.kind = MIND_RESULT;
        command.result.turn = number(&rest);
        command.result.number = number(&rest);
        command.result.text = rest;
    } else if (text_equal(verb, TEXT("call"))) {
        call_tool(&command, rest);
    } else {
        command.kind = text_equal(verb, TEXT("forget")) ? MIND_FORGET : MIND_CANCEL;
    }
    if (command_post(mind_mailbox(mind), &command) != MAILBOX_OK)
        exit(3);
}

static void show_events(void)
{
    static uint8_t bytes[MAX_PACKED];
    char line[2 * LINE];
    struct text_buffer out;
    struct event event;
    size_t size;

    while ((size = mailbox_take(events, bytes, sizeof bytes)) > 0) {
        if (!event_unpack(bytes, size, &event))
            exit(4);
        event.at_ms = event.kind == MIND_SAYS || event.kind == MIND_TOOL ? 0 : event.at_ms;
        text_buffer_init(&out, line, sizeof line);
        event_print(&event, &out);
        printf(TEXT_FORMAT "\n", TEXT_ARGS(text_view(&out)));
    }
    fflush(stdout);
}

/* False at the end of the input. */
static bool take_input(void)
{
    static char buffer[LINE];
    static size_t used;
    ssize_t got = read(STDIN_FILENO, buffer + used, sizeof buffer - used);
    char *end;

    if (got <= 0)
        return false;
    used += (size_t)got;
    while ((end = memchr(buffer, '\n', used))) {
        size_t size = (size_t)(end - buffer);
        obey((struct text){buffer, (uint32_t)size});
        used -= size + 1;
        memmove(buffer, end + 1, used);
    }
    return true;
}

int main(int argc, char **argv)
{
    struct net_options options = {.ca_file = NULL};
    char why[300] = "";
    bool open = true;

    if (argc != 3)
        return 2;
    make_plan(argv[1], argv[2]);
    if (mailbox_open(&events, "events", 1 << 20) || net_open(&net, &options, why, sizeof why) ||
        mind_open(&mind, net, NULL, events, why, sizeof why) ||
        mind_prepare(mind, 0, &plan, why, sizeof why)) {
        fprintf(stderr, "%s\n", why);
        return 1;
    }
    printf("ready\n");
    fflush(stdout);
    while (open) {
        struct pollfd wakers[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                                  {.fd = mailbox_fd(events), .events = POLLIN}};

        if (mailbox_arm(events))
            poll(wakers, 2, -1);
        show_events();
        if (wakers[0].revents)
            open = take_input();
    }
    mind_forget(mind, 0);
    mind_close(mind);
    net_close(net);
    mailbox_close(events);
    return 0;
}

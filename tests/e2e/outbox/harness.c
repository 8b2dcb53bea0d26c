// SPDX-License-Identifier: Apache-2.0
/* harness.c DIR: the store with its courier, and a configuration; the core's part is a script on
 * standard input, a line each:
 *   call REF       a whole call          open REF, close REF      its parts
 *   turn REF TEXT  what the caller said  transfer REF             nobody took it
 *   reload         the configuration     quit
 * Says "durable REF" when the call's opening is, "ready" when a line without an answer was read. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "base/clock.h"
#include "net/net.h"
#include "store/store.h"

static struct mailbox *events;
static struct store *store;
static struct net *net;

static void die(const char *why)
{
    fprintf(stderr, "harness: %s\n", why);
    exit(1);
}

static void post(struct command command)
{
    while (command_post(store_mailbox(store), &command) != MAILBOX_OK)
        clock_sleep_until_ns(clock_ns() + 1000000);
}

static void open_call(const char *ref)
{
    uint8_t bytes[MAX_PACKED];
    struct event event = {.kind = EVENT_NONE};

    post((struct command){.kind = STORE_CALL_OPENED,
                          .call = 1,
                          .leg = 1,
                          .opened = {.ref = text_of(ref),
                                     .wall_ms = clock_wall_ms(),
                                     .caller = TEXT("+14155550123"),
                                     .called = TEXT("+14155550100"),
                                     .trunk = TEXT("carrier"),
                                     .source = TEXT("192.0.2.7:5060"),
                                     .agent = TEXT("desk")}});
    while (event.kind != STORE_OPENED) { /* What the account knows from before comes too. */
        if (!mailbox_wait(events, 20000) ||
            !event_unpack(bytes, mailbox_take(events, bytes, sizeof(bytes)), &event))
            die("the call was not written");
    }
    printf("durable %s\n", ref);
}

static void close_call(const char *ref)
{
    post((struct command){.kind = STORE_CALL_CLOSED,
                          .closed = {.ref = text_of(ref),
                                     .wall_ms = clock_wall_ms(),
                                     .cause = CAUSE_CALLER_HUNG_UP,
                                     .intent = TEXT("billing"),
                                     .agent = TEXT("desk"),
                                     .talk_ms = 61000,
                                     .turns = 1}});
}

static void turn(const char *ref, const char *text)
{
    post((struct command){.kind = STORE_TURN,
                          .turn = {.ref = text_of(ref),
                                   .wall_ms = clock_wall_ms(),
                                   .turn = 1,
                                   .agent = TEXT("desk"),
                                   .text = text_of(text),
                                   .intent = TEXT("billing"),
                                   .entities = TEXT("account=4711\n")}});
}

static void transfer(const char *ref)
{
    post((struct command){.kind = STORE_TRANSFER,
                          .transfer = {.ref = text_of(ref),
                                       .wall_ms = clock_wall_ms(),
                                       .how = TEXT("bridge"),
                                       .target = TEXT("+14155550177"),
                                       .status = 486,
                                       .detail = TEXT("Busy Here")}});
}

static const struct config *configure(const char *dir)
{
    struct config_result *result = calloc(1, sizeof(*result));

    if (!result)
        die("no memory");
    config_read(dir, result);
    for (uint32_t i = 0; i < result->problem_count; i++)
        fprintf(stderr, "%s:%u: %s\n", result->problems[i].file, result->problems[i].line,
                result->problems[i].what);
    if (!result->config)
        die("the configuration is wrong");
    return result->config;
}

static void obey(char *line, const char *dir)
{
    char *verb = strtok(line, " "), *ref = strtok(NULL, " "), *rest = strtok(NULL, "");

    if (strcmp(verb, "reload") == 0) {
        if (!store_hooks(store, &configure(dir)->plan))
            die("not reloaded");
    } else if (!ref) {
        die("which call?");
    } else if (strcmp(verb, "turn") == 0) {
        turn(ref, rest ? rest : "");
    } else if (strcmp(verb, "transfer") == 0) {
        transfer(ref);
    } else if (strcmp(verb, "close") == 0) {
        close_call(ref);
    } else {
        open_call(ref);
        if (strcmp(verb, "call") == 0)
            close_call(ref);
        return;
    }
    printf("ready\n");
}

int main(int argc, char **argv)
{
    static char line[65536];
    char why[512] = "";

    if (argc < 2)
        die("harness DIR");
    setvbuf(stdout, NULL, _IOLBF, 0);
    const struct config *config = configure(argv[1]);
    struct net_options net_options = {.max_requests = 0};
    if (mailbox_open(&events, "events", 1 << 20) || net_open(&net, &net_options, why, sizeof(why)))
        die(why);
    struct store_options options = {.dir = config->data_dir, .net = net};
    if (store_open(&store, &options, events, why, sizeof(why)) ||
        !store_hooks(store, &config->plan))
        die(why);
    printf("ready\n");
    while (fgets(line, sizeof(line), stdin)) {
        line[strcspn(line, "\n")] = 0;
        if (strcmp(line, "quit") == 0)
            break;
        obey(line, argv[1]);
    }
    store_close(store);
    net_close(net);
    mailbox_close(events);
    return 0;
}

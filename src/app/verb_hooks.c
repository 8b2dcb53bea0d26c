// SPDX-License-Identifier: Apache-2.0
/* verb_hooks.c - `offhook hooks`: who is told of what, and whether it arrives. */
#include <stdio.h>
#include <string.h>

#include "app/verbs.h"
#include "core/command.h"
#include "net/net.h"
#include "store/store.h"

static void list(const struct plan *plan)
{
    for (uint8_t i = 0; i < plan->hook_count; i++) {
        const struct plan_hook *hook = &plan->hooks[i];
        printf("%-16.*s  %s  %.*s ", TEXT_ARGS(hook->name),
               hook->connector ? "connector" : "webhook  ", TEXT_ARGS(hook->url));
        for (uint32_t e = 0; e < HOOK_EVENTS; e++) {
            if (hook->events & (1u << e))
                printf(" %s", hook_event_names[e]);
        }
        printf("\n");
    }
}

static int test(const struct config *config, const char *name)
{
    struct net_options options = {.ca_file = config->ca_file};
    const struct plan_hook *hook = NULL;
    struct net *net;
    char why[256] = "";
    int error;

    for (uint8_t i = 0; i < config->plan.hook_count; i++) {
        if (text_equal(config->plan.hooks[i].name, text_of(name)))
            hook = &config->plan.hooks[i];
    }
    if (!hook) {
        fprintf(stderr,
                "offhook: there is no webhook or connector '%s': `offhook hooks` shows them\n",
                name);
        return EXIT_USAGE;
    }
    if (net_open(&net, &options, why, sizeof(why)) != 0) {
        fprintf(stderr, "offhook: %s\n", why);
        return EXIT_FAILED;
    }
    error = store_hook_test(hook, net, stdout);
    net_close(net);
    return error ? EXIT_FAILED : EXIT_DONE;
}

int verb_hooks(const struct arguments *arguments)
{
    const char *const *given = arguments->given;
    bool tries = arguments->count > 0 && strcmp(given[0], "test") == 0;
    uint32_t at = tries ? 2 : 0;
    struct config_result result;
    int code = EXIT_DONE;

    if (arguments->count < at || arguments->count > at + 1) {
        fprintf(stderr,
                "offhook: write `offhook hooks [DIR]` or `offhook hooks test NAME [DIR]`\n");
        return EXIT_USAGE;
    }
    config_read(arguments->count > at ? given[at] : ".", &result);
    check_print(&result, stderr);
    if (!result.config)
        code = EXIT_FAILED;
    else if (tries)
        code = test(result.config, given[1]);
    else
        list(&result.config->plan);
    config_free(&result);
    return code;
}

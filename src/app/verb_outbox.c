// SPDX-License-Identifier: Apache-2.0
/* verb_outbox.c - `offhook outbox`: what others are yet to be told, and what they were not. */
#include <stdio.h>
#include <string.h>

#include "app/verbs.h"
#include "store/store.h"

enum { WHY = 512, PATH = 4096 };

static int list(const struct arguments *arguments, const char *dir)
{
    struct store_outbox_query query = {.dead = arguments_has(arguments, "--dead"),
                                       .done = arguments_has(arguments, "--done"),
                                       .json = arguments_has(arguments, "--json")};
    char why[WHY] = "";
    uint32_t count = 0;

    if (store_outbox_print(dir, &query, stdout, &count, why, sizeof(why)) == 0) {
        if (count == 0 && !query.json)
            puts(query.dead   ? "nothing was given up"
                 : query.done ? "there was nothing to tell"
                              : "nothing waits, and nothing was given up; --done has what was delivered");
        return EXIT_DONE;
    }
    fprintf(stderr, "offhook: %s\n", why);
    return EXIT_FAILED;
}

static int resend(const char *dir, const char *what)
{
    char why[WHY] = "";
    uint32_t count = 0;

    if (store_outbox_resend(dir, what, &count, why, sizeof(why)) != 0) {
        fprintf(stderr, "offhook: %s\n", why);
        return EXIT_FAILED;
    }
    printf("%u to be sent again%s\n", count, count ? "" : "; the endpoint is on again");
    return EXIT_DONE;
}

int verb_outbox(const struct arguments *arguments)
{
    const char *const *given = arguments->given;
    bool data = arguments_value(arguments, "--data") != NULL;
    uint32_t at = !data && arguments->count > 0 && strcmp(given[0], "resend") != 0;
    bool again = arguments->count > at && strcmp(given[at], "resend") == 0;
    bool all = arguments_has(arguments, "--all");
    uint32_t want = at + (again ? 1 + !all : 0);
    char dir[PATH];

    if (arguments->count != want || (all && !again)) {
        fprintf(stderr,
                "offhook: write `offhook outbox DIR`, or `offhook outbox DIR resend` with an "
                "id, an endpoint's name, or --all\n");
        return EXIT_USAGE;
    }
    if (!verb_data(arguments, at ? 0 : arguments->count, dir, sizeof(dir)))
        return EXIT_USAGE;
    if (!again)
        return list(arguments, dir);
    return resend(dir, all ? "" : given[at + 1]);
}

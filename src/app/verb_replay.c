// SPDX-License-Identifier: Apache-2.0
/* verb_replay.c - `offhook replay`. */
#include <inttypes.h>
#include <string.h>

#include "app/replay.h"
#include "app/verbs.h"

static int report(const struct replay_report *r)
{
    printf("%" PRIu64 " calls, %" PRIu64 " steps, %" PRIu64 " commands, ", r->calls, r->steps,
           r->commands);
    if (r->differences > 0)
        printf("%" PRIu64 " different\n", r->differences);
    else
        puts(r->steps > 0 ? "all the same" : "nothing to compare");
    if (r->skipped > 0 || r->lost > 0)
        printf("not compared: %" PRIu64 " steps without a known state before them, %" PRIu64
               " that the journal had lost\n",
               r->skipped, r->lost);
    return r->differences > 0 || r->steps == 0 ? EXIT_FAILED : EXIT_DONE;
}

int verb_replay(const struct arguments *arguments)
{
    const char *dir = arguments_value(arguments, "--journal");
    struct config_result result = {.problem_count = 0};
    struct replay_report numbers;
    char why[512] = "";
    int error;

    if (!dir) {
        config_read(arguments->count ? arguments->given[0] : ".", &result);
        dir = result.data_dir;
        if (!dir && arguments->count)
            check_print(&result, stderr);
    }
    if (!dir) {
        fprintf(stderr, "offhook: name the server's configuration (offhook replay DIR) or its data "
                        "directory (--journal PATH)\n");
        config_free(&result);
        return EXIT_FAILED;
    }
    error =
        replay_run(dir, arguments_value(arguments, "--call"), stdout, &numbers, why, sizeof(why));
    if (error)
        fprintf(stderr, "offhook: %s\n", *why ? why : strerror(-error));
    config_free(&result);
    return error ? EXIT_FAILED : report(&numbers);
}

// SPDX-License-Identifier: Apache-2.0
/* check.c - `offhook check` and `offhook --help config`. */
#include <stdio.h>
#include <unistd.h>

#include "config/settings.h"
#include "app/verbs.h"
#include "speech/music.h"

uint32_t check_print(const struct config_result *result, FILE *out)
{
    uint32_t errors = 0;

    for (uint32_t i = 0; i < result->problem_count; i++) {
        const struct config_problem *problem = &result->problems[i];
        fprintf(out, "%s", problem->file);
        if (problem->line > 0)
            fprintf(out, ":%u", problem->line);
        fprintf(out, ": %s: %s\n    %s\n", problem->warning ? "warning" : "error", problem->what,
                problem->cure);
        errors += !problem->warning;
    }
    return errors;
}

static const char *many(uint32_t count)
{
    return count == 1 ? "" : "s";
}

static void print_summary(const struct plan *plan)
{
    uint32_t intents = 0;

    for (uint8_t i = 0; i < plan->agent_count; i++)
        intents += plan->agents[i].intent_count;
    printf("good: %u agent%s with %u intent%s, %u route%s, %u trunk%s, up to %u call%s at once\n",
           plan->agent_count, many(plan->agent_count), intents, many(intents), plan->route_count,
           many(plan->route_count), plan->trunk_count, many(plan->trunk_count), plan->max_calls,
           many(plan->max_calls));
}

const char *check_directory(const struct arguments *arguments)
{
    if (arguments->count)
        return arguments->given[0];
    if (access("offhook.yaml", F_OK) == 0)
        return ".";
    fprintf(stderr,
            "offhook: there is no offhook.yaml here; name the directory of a configuration:\n"
            "  offhook %s examples/front-desk\nTry: offhook %s --help\n",
            arguments->verb->name, arguments->verb->name);
    return NULL;
}

/* Decoded as the server will: a reload or a call is too late to learn of it. */
static uint32_t print_music(struct text path)
{
    struct music_fault faults[MUSIC_FAULTS_MOST];
    uint32_t count = path.size > 0 ? music_check(path.data, faults) : 0;

    for (uint32_t i = 0; i < count; i++)
        printf("%s: error: %s\n    name another file, or leave 'music' away: callers who wait then "
               "hear a chime\n",
               faults[i].file, faults[i].why);
    return count;
}

static uint32_t print_all_music(const struct plan *plan)
{
    uint32_t errors = print_music(plan->music);

    for (uint32_t i = 0; i < plan->queue_count; i++)
        errors += print_music(plan->queues[i].music);
    return errors;
}

int verb_check(const struct arguments *arguments)
{
    const char *path = check_directory(arguments);
    struct config_result result;
    uint32_t errors;
    bool good;

    if (!path)
        return EXIT_USAGE;
    config_read(path, &result);
    errors = check_print(&result, stdout);
    good = result.config != NULL;
    if (good)
        errors += print_all_music(&result.config->plan);
    good = errors == 0;
    if (good)
        print_summary(&result.config->plan);
    else
        printf("%u error%s\n", errors, many(errors));
    config_free(&result);
    return good ? EXIT_DONE : EXIT_FAILED;
}

int verb_config(const struct arguments *arguments)
{
    if (arguments_has(arguments, "--markdown")) {
        puts("| option | type | default (bounds) | meaning |\n| --- | --- | --- | --- |");
        schema_print_markdown(&settings_server, "", stdout);
        puts("\n| option | type | default (bounds) | meaning |\n| --- | --- | --- | --- |");
        schema_print_markdown(&settings_agent, "", stdout);
        return EXIT_DONE;
    }
    puts("offhook.yaml:");
    schema_print_help(&settings_server, "", stdout);
    puts("\nagents/NAME.md, between the two --- lines:");
    schema_print_help(&settings_agent, "", stdout);
    return EXIT_DONE;
}

// SPDX-License-Identifier: Apache-2.0
/* verb_providers.c - `offhook providers`: how they are; `test`: does each do what the calls need,
 * and how fast? */
#include <string.h>

#include "app/json.h"
#include "app/trial.h"
#include "app/trial_ear.h"
#include "app/verbs.h"
#include "base/log.h"

static const struct text phrase =
    TEXT_INIT("Your invoice was sent on Monday, and it is due on Friday.");

static const struct text question = TEXT_INIT("Say in one short sentence that you can hear me.");

static const struct text spoken_question = TEXT_INIT("Hello. Can you hear me?");

static json_t *row_of(const struct plan_provider *provider, const struct trial_result *result)
{
    json_t *row = json_object();

    json_object_set_new(row, "provider", json_stringn(provider->name.data, provider->name.size));
    json_object_set_new(row, "good", json_boolean(result->good));
    json_object_set_new(row, "first_ms", json_integer(result->first_ms));
    json_object_set_new(row, "total_ms", json_integer(result->total_ms));
    json_object_set_new(row, "sound_ms", json_integer(result->sound_ms));
    if (result->sound_ms > 0)
        json_object_set_new(row, "real_time_factor",
                            json_real((double)result->total_ms / result->sound_ms));
    if (result->text[0])
        json_object_set_new(row, "text", json_string(result->text));
    if (!result->good) {
        json_object_set_new(row, "why", json_string(result->why));
        json_object_set_new(row, "cure", json_string(result->cure));
    }
    return row;
}

static void print_row(const struct plan_provider *provider, const struct trial_result *result)
{
    if (result->sound_ms > 0)
        printf("%-20.*s %6u ms %6u ms %6.2f  ", TEXT_ARGS(provider->name), result->first_ms,
               result->total_ms, (double)result->total_ms / result->sound_ms);
    else if (result->good)
        printf("%-20.*s %6u ms %6u ms %6s  ", TEXT_ARGS(provider->name), result->first_ms,
               result->total_ms, "-");
    else
        printf("%-20.*s %9s %9s %6s  ", TEXT_ARGS(provider->name), "-", "-", "-");
    if (result->good)
        printf("good%s%s\n", result->text[0] ? ": " : "", result->text);
    else
        printf("FAILED: %s\n    %s\n", result->why, result->cure);
}

/* How many failed. */
static uint32_t try_all(struct trial *trial, const struct config *config, const char *only,
                        bool raw)
{
    const struct plan *plan = &config->plan;
    uint32_t failed = 0, tried = 0;

    for (uint32_t i = 0; i < plan->provider_count; i++) {
        const struct plan_provider *provider = &plan->providers[i];
        enum provider_role role = provider_role(provider->kind);
        struct trial_result result;
        if (only && !text_equal(provider->name, text_of(only)))
            continue;
        if (tried++ == 0 && !raw)
            printf("%-20s %9s %9s %6s  result\n", "provider", "first", "total", "factor");
        if (role == ROLE_SPEAKS)
            trial_voice(trial, i, phrase, &result);
        else if (role == ROLE_LISTENS)
            trial_ear(plan, config->ca_file, i, phrase, &result);
        else if (role == ROLE_CONVERSES)
            trial_whole(plan, config->ca_file, i, spoken_question, &result);
        else
            trial_model(trial, i, question, &result);
        failed += !result.good;
        if (raw) {
            json_t *row = row_of(provider, &result);
            json_dumpf(row, stdout, JSON_COMPACT);
            putchar('\n');
            json_decref(row);
        } else {
            print_row(provider, &result);
        }
        fflush(stdout);
    }
    if (tried == 0)
        fprintf(stderr, "offhook: no provider of that name can be tried\n");
    return failed + (tried == 0);
}

static int try_them(const struct arguments *arguments)
{
    const char *path = arguments->count > 1 ? arguments->given[1] : ".";
    struct config_result config;
    struct trial *trial = NULL;
    uint32_t failed = 1;
    char why[TRIAL_WHY] = "";

    config_read(path, &config);
    check_print(&config, stderr);
    if (config.config) {
        log_set_level(LOG_ERROR); /* What fails is in the table. */
        if (trial_open(&trial, &config.config->plan, config.config->ca_file, why, sizeof(why)) == 0)
            failed = try_all(trial, config.config, arguments_value(arguments, "--only"),
                             arguments_has(arguments, "--json"));
        else
            fprintf(stderr, "offhook: the network cannot be opened: %s\n", why);
        trial_close(trial);
    }
    config_free(&config);
    return failed == 0 ? EXIT_DONE : EXIT_FAILED;
}

int verb_providers(const struct arguments *arguments)
{
    if (arguments->count > 0 && strcmp(arguments->given[0], "test") == 0)
        return try_them(arguments);
    if (arguments->count < 2 && !arguments_value(arguments, "--only"))
        return verb_lines(arguments);
    fprintf(stderr, "offhook: providers does not know %s\nTry: offhook providers test DIR\n",
            arguments->count > 0 ? arguments->given[0] : "--only");
    return EXIT_USAGE;
}

// SPDX-License-Identifier: Apache-2.0
/* options.c - verbs and options, found by name or by what is near. */
#include "app/options.h"

#include <assert.h>
#include <string.h>

#include "config/nearest.h"

static uint32_t option_count(const struct verb *verb)
{
    uint32_t count = 0;

    while (count < VERB_OPTIONS && verb->options[count].name)
        count++;
    return count;
}

static uint32_t option_index(const struct verb *verb, struct text name)
{
    uint32_t i = 0, count = option_count(verb);

    while (i < count && !text_equal(name, text_of(verb->options[i].name)))
        i++;
    return i;
}

const char *arguments_value(const struct arguments *arguments, const char *name)
{
    uint32_t index = option_index(arguments->verb, text_of(name));

    assert(index < option_count(arguments->verb));
    return arguments->values[index];
}

bool arguments_has(const struct arguments *arguments, const char *name)
{
    return arguments_value(arguments, name) != NULL;
}

static void print_verb(const struct verb *verb)
{
    uint32_t count = option_count(verb);

    printf("offhook %s%s%s%s\n\n%s\n", verb->name, *verb->arguments ? " " : "", verb->arguments,
           count ? " [options]" : "", verb->summary);
    if (count)
        puts("\nOptions:");
    for (uint32_t i = 0; i < count; i++) {
        const struct verb_option *option = &verb->options[i];
        int width = printf("  %s%s%s", option->name, option->value ? " " : "",
                           option->value ? option->value : "");
        printf("%*s%s\n", width < 26 ? 26 - width : 2, "", option->help);
    }
    printf("\n%s\n", verb->help);
}

static void print_all(const struct verb *verbs, uint32_t count)
{
    const char *group = "";

    puts("Offhook is a telephone server for voice agents.");
    for (uint32_t i = 0; i < count; i++) {
        if (verbs[i].hidden)
            continue;
        if (strcmp(group, verbs[i].group) != 0)
            printf("\n%s:\n", verbs[i].group);
        group = verbs[i].group;
        int width = printf("  offhook %s %s", verbs[i].name, verbs[i].arguments);
        printf("%*s%s\n", width < 42 ? 42 - width : 2, "", verbs[i].summary);
    }
    puts(
        "\n  offhook COMMAND --help                  what it does in detail, with examples\n"
        "  offhook --help config                   every option of offhook.yaml and of agents\n"
        "  offhook --version\n\n"
        "Start here, in two terminals:\n"
        "  offhook serve examples/front-desk --show\n"
        "  offhook call sip:1000@127.0.0.1:5060 --say \"i was charged twice\"\n\n"
        "Exit codes: 0 done; 1 it did not succeed, standard error says why; 2 the command line was "
        "not understood.");
}

static int refuse(const char *what, const char *written, struct nearest *nearest, const char *help)
{
    struct text best = nearest_found(nearest);

    fprintf(stderr, "offhook: unknown %s '%s'", what, written);
    if (!text_empty(best))
        fprintf(stderr, "; did you mean '" TEXT_FORMAT "'?", TEXT_ARGS(best));
    fprintf(stderr, "\nTry: offhook %s--help\n", help);
    return EXIT_USAGE;
}

static int refuse_option(const struct verb *verb, const char *written)
{
    struct nearest nearest;
    char help[32];

    nearest_init(&nearest, text_of(written));
    for (uint32_t i = 0; i < option_count(verb); i++)
        nearest_offer(&nearest, text_of(verb->options[i].name));
    snprintf(help, sizeof(help), "%s ", verb->name);
    return refuse("option", written, &nearest, help);
}

/* Takes "--name value", "--name=value" or "--name". Returns how many words, 0 when wrong. */
static int take_option(const struct verb *verb, int left, char **words, struct arguments *out)
{
    struct text value = text_of(words[0]), name = text_next(&value, '=');
    uint32_t index = option_index(verb, name);

    if (index == option_count(verb)) {
        refuse_option(verb, words[0]);
        return 0;
    }
    if (!verb->options[index].value) {
        out->values[index] = "";
        if (value.data)
            fprintf(stderr, "offhook: %s takes no value\n", verb->options[index].name);
        return value.data ? 0 : 1;
    }
    if (!value.data && left < 2) {
        fprintf(stderr, "offhook: %s needs a value: %s\n", words[0], verb->options[index].value);
        return 0;
    }
    out->values[index] = value.data ? value.data : words[1];
    if (verb->options[index].repeats) {
        if (out->repeated_count == OPTION_TIMES) {
            fprintf(stderr, "offhook: %s is given too often\n", verb->options[index].name);
            return 0;
        }
        out->repeated[out->repeated_count++] = out->values[index];
    }
    return value.data ? 1 : 2;
}

static int run_verb(const struct verb *verb, int left, char **words)
{
    struct arguments arguments = {.verb = verb};

    while (left > 0) {
        int used = 1;
        if (strcmp(words[0], "--help") == 0) {
            print_verb(verb);
            return EXIT_DONE;
        }
        if (words[0][0] == '-' && words[0][1]) {
            used = take_option(verb, left, words, &arguments);
            if (used == 0)
                return EXIT_USAGE;
        } else if (arguments.count < verb->most) {
            arguments.given[arguments.count++] = words[0];
        } else {
            fprintf(stderr, "offhook: '%s' is one argument too many\nTry: offhook %s --help\n",
                    words[0], verb->name);
            return EXIT_USAGE;
        }
        words += used;
        left -= used;
    }
    if (arguments.count < verb->least) {
        fprintf(stderr, "offhook: %s needs %s\nTry: offhook %s --help\n", verb->name,
                verb->arguments, verb->name);
        return EXIT_USAGE;
    }
    return verb->run(&arguments);
}

int options_run(const struct verb *verbs, uint32_t count, int argc, char **argv)
{
    struct nearest nearest;
    const char *name = argc > 1 ? argv[1] : "--help";

    if (strcmp(name, "--help") == 0 && argc > 2) { /* "--help serve" is "serve --help" */
        name = argv[2];
        argv[2] = argv[1];
        if (strcmp(name, "config") == 0) {
            argv += 1;
            argc -= 1;
        }
    }
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
        print_all(verbs, count);
        return argc > 1 ? EXIT_DONE : EXIT_USAGE;
    }
    if (strcmp(name, "--version") == 0) {
        puts("offhook " OFFHOOK_VERSION);
        return EXIT_DONE;
    }
    nearest_init(&nearest, text_of(name));
    for (uint32_t i = 0; i < count; i++) {
        if (strcmp(name, verbs[i].name) == 0)
            return run_verb(&verbs[i], argc - 2, argv + 2);
        if (!verbs[i].hidden)
            nearest_offer(&nearest, text_of(verbs[i].name));
    }
    return refuse("command", name, &nearest, "");
}

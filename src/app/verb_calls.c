// SPDX-License-Identifier: Apache-2.0
/* verb_calls.c - `offhook calls` and `offhook reload`: ask the server's control socket. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/json.h"
#include "app/show.h"
#include "app/provider_show.h"
#include "app/queue_show.h"
#include "app/slo_show.h"
#include "app/verbs.h"
#include "base/clock.h"

enum { WATCH_NS = 2000000000 };

/* The socket: --control, or the one of the configuration that is named (default: the directory
 * here). */
bool verb_socket(const struct arguments *arguments, char *path, size_t size)
{
    const char *control = arguments_value(arguments, "--control");
    struct config_result result;
    bool good;

    if (control) {
        snprintf(path, size, "%s", control);
        return true;
    }
    config_read(arguments->count ? arguments->given[0] : ".", &result);
    good = result.control_socket != NULL;
    if (good)
        snprintf(path, size, "%s", result.control_socket);
    else if (arguments->count)
        check_print(&result, stderr);
    if (!good)
        fprintf(stderr,
                "offhook: name the server's configuration (offhook %s DIR) or its socket "
                "(--control PATH)\n",
                arguments->verb->name);
    config_free(&result);
    return good;
}

static void print_line(const char *line, bool raw)
{
    json_t *object;

    if (raw) {
        fputs(line, stdout);
        fflush(stdout);
        return;
    }
    object = json_loads(line, 0, NULL);
    if (json_object_get(object, "calls"))
        show_calls(object, stdout);
    else if (json_object_get(object, "trunks"))
        show_trunks(object, stdout);
    else if (json_object_get(object, "phones"))
        show_phones(object, stdout);
    else if (json_object_get(object, "queues"))
        queue_show(object, stdout);
    else if (json_object_get(object, "providers"))
        provider_show(object, stdout);
    else if (json_object_get(object, "slo"))
        slo_show(object, stdout);
    else
        show_event(object, isatty(STDOUT_FILENO), stdout);
    json_decref(object);
}

/* A question that is one word. */
static FILE *put_question(const char *path, const char *ask)
{
    char line[64];

    snprintf(line, sizeof(line), "{\"ask\": \"%s\"}", ask);
    return verb_ask(path, line);
}

int verb_calls(const struct arguments *arguments)
{
    bool follow = arguments_has(arguments, "--follow"), raw = arguments_has(arguments, "--json");
    bool status = arguments_has(arguments, "--status");
    const char *ask = follow ? "follow" : status ? "status" : "calls";
    char path[512], *line = NULL;
    size_t room = 0;
    FILE *answers;

    if (!verb_socket(arguments, path, sizeof(path)))
        return EXIT_FAILED;
    answers = put_question(path, ask);
    if (!answers)
        return EXIT_FAILED;
    while (getline(&line, &room, answers) > 0) {
        print_line(line, raw || status);
        if (!follow)
            break;
    }
    free(line);
    fclose(answers);
    return EXIT_DONE;
}

/* One question of the verb's own name, one answer. False: nobody answers any more. */
static bool ask_once(const struct arguments *arguments, const char *path)
{
    FILE *answers = put_question(path, arguments->verb->name);
    char *line = NULL;
    size_t room = 0;
    bool told;

    if (!answers)
        return false;
    told = getline(&line, &room, answers) > 0;
    if (told)
        print_line(line, arguments_has(arguments, "--json"));
    free(line);
    fclose(answers);
    return told;
}

/* `offhook trunks`, `phones`, `slo`, `queues` and `providers`. */
int verb_lines(const struct arguments *arguments)
{
    bool watch = arguments_has(arguments, "--watch");
    char path[512];

    if (!verb_socket(arguments, path, sizeof(path)))
        return EXIT_FAILED;
    if (!watch)
        return ask_once(arguments, path) ? EXIT_DONE : EXIT_FAILED;
    for (;;) {
        if (isatty(STDOUT_FILENO))
            fputs("\033[H\033[J", stdout);
        if (!ask_once(arguments, path))
            return EXIT_FAILED;
        fflush(stdout);
        clock_sleep_until_ns(clock_ns() + WATCH_NS);
    }
}

/* Whether the server could read it. The server reads it again; this tells the person who asks. */
static bool reads_well(const struct arguments *arguments)
{
    struct config_result result;
    bool good;

    config_read(arguments->count ? arguments->given[0] : ".", &result);
    check_print(&result, stderr);
    good = result.config != NULL;
    config_free(&result);
    return good;
}

int verb_reload(const struct arguments *arguments)
{
    bool by_socket = arguments_value(arguments, "--control") != NULL;
    char path[512], *line = NULL;
    size_t room = 0;
    FILE *answers;
    bool taken;

    if (!by_socket && !check_directory(arguments))
        return EXIT_USAGE;
    if (!by_socket && !reads_well(arguments)) {
        fputs("offhook: not reloaded; the server keeps what it has\n", stderr);
        return EXIT_FAILED;
    }
    if (!verb_socket(arguments, path, sizeof(path)))
        return EXIT_FAILED;
    answers = put_question(path, "reload");
    if (!answers)
        return EXIT_FAILED;
    taken = getline(&line, &room, answers) > 0 && strstr(line, "true");
    puts(taken ? "told the server; it logs \"new calls use it\" when it has loaded everything"
               : "the server did not take it");
    free(line);
    fclose(answers);
    return taken ? EXIT_DONE : EXIT_FAILED;
}

// SPDX-License-Identifier: Apache-2.0
/* verb_supervise.c - `offhook supervise`: asks the control socket, and waits for what comes of it. */
#include <stdlib.h>
#include <string.h>

#include "app/json.h"
#include "app/verbs.h"
#include "base/clock.h"

enum { PATIENCE_MS = 60000, LOOK_NS = 50000000 };

/* The last word of the call's supervision, for the caller to drop; NULL: there is none. */
static json_t *last_word(const char *path, const char *ref)
{
    json_t *answer = verb_answer(path, "{\"ask\": \"calls\"}"), *one, *found = NULL;
    size_t i;

    json_array_foreach(json_object_get(answer, "calls"), i, one)
    {
        if (strcmp(json_word(one, "ref"), ref) == 0)
            found = json_incref(json_object_get(one, "supervision"));
    }
    json_decref(answer);
    return found;
}

static bool ask(const char *path, const char *ref, const char *with, const char *mode)
{
    return verb_done(path, json_pack("{s:s, s:s, s:s, s:s}", "ask", "supervise", "call", ref, "with",
                                     with, "mode", mode));
}

/* -1: it is not decided yet. */
static int judge(const json_t *word, json_int_t before, bool ends)
{
    const char *state = json_word(word, "state");
    bool fresh = json_count(word, "number") > before;

    if (ends)
        return strcmp(state, "over") == 0 || strcmp(state, "refused") == 0 ? EXIT_DONE : -1;
    if (!fresh || strcmp(state, "wanted") == 0)
        return -1;
    if (strcmp(state, "refused") == 0) {
        fprintf(stderr, "offhook: refused: %s\n", json_word(word, "why"));
        return EXIT_FAILED;
    }
    printf("%s: %s\n", json_word(word, "name"), json_word(word, "mode"));
    return EXIT_DONE;
}

static int wait_for(const char *path, const char *ref, json_int_t before, bool ends)
{
    uint64_t until_ms = clock_ms() + PATIENCE_MS;

    while (clock_ms() < until_ms) {
        json_t *word = last_word(path, ref);
        int status = word ? judge(word, before, ends) : -1;
        json_decref(word);
        if (status >= 0)
            return status;
        clock_sleep_until_ns(clock_ns() + LOOK_NS);
    }
    fprintf(stderr, "offhook: nothing came of it in time\n");
    return EXIT_FAILED;
}

int verb_supervise(const struct arguments *arguments)
{
    const char *mode = arguments_value(arguments, "--mode"),
               *with = arguments_value(arguments, "--with");
    const char *ref = arguments->given[arguments->count - 1];
    struct arguments where = *arguments;
    char path[512];
    json_t *word;

    mode = mode ? mode : "listen";
    if (!with && strcmp(mode, "end") != 0) {
        fprintf(stderr, "offhook: name the supervisor's telephone: --with USER\n");
        return EXIT_USAGE;
    }
    where.count = arguments->count - 1;
    if (!verb_socket(&where, path, sizeof(path)))
        return EXIT_FAILED;
    word = last_word(path, ref);
    json_int_t before = json_count(word, "number");
    json_decref(word);
    if (!ask(path, ref, with ? with : "", mode))
        return EXIT_FAILED;
    return wait_for(path, ref, before, strcmp(mode, "end") == 0);
}

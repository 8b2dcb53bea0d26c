// SPDX-License-Identifier: Apache-2.0
/* verb_tasks.c - `offhook messages` and `offhook callbacks`: what callers left behind, and were
 * promised. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/control.h"
#include "app/json.h"
#include "app/verbs.h"
#include "store/store.h"

enum { WHY = 512, PATH = 4096 };

static int list(const struct arguments *arguments, const char *dir, enum task_kind kind)
{
    struct store_tasks_query query = {.kind = kind,
                                      .all = arguments_has(arguments, "--all"),
                                      .json = arguments_has(arguments, "--json")};
    char why[WHY] = "";
    uint32_t count = 0;

    if (store_tasks_print(dir, &query, stdout, &count, why, sizeof(why)) == 0) {
        if (count == 0 && !query.json)
            printf("no %s%s\n", arguments->verb->name,
                   query.all ? "" : " are open; --all has the others");
        return EXIT_DONE;
    }
    fprintf(stderr, "offhook: %s\n", why);
    return EXIT_FAILED;
}

enum asked { ASKED_DONE, ASKED_REFUSED, ASKED_NOBODY };

/* The server that runs has the callback in its hands. */
static enum asked ask_server(const struct arguments *arguments, const char *ref,
                             enum task_state state)
{
    char path[512], line[CONTROL_LINE], *answer = NULL;
    struct arguments where = *arguments;
    size_t room = 0;
    int fd;

    where.count = arguments->count > 0 && strcmp(arguments->given[0], ref) != 0;
    if (strpbrk(ref, "\"\\") || !verb_socket(&where, path, sizeof(path)))
        return ASKED_NOBODY;
    snprintf(line, sizeof(line), "{\"ask\": \"task\", \"call\": \"%.64s\", \"state\": \"%s\"}", ref,
             task_state_names[state]);
    fd = control_ask_line(path, line);
    FILE *answers = fd >= 0 ? fdopen(fd, "r") : NULL;
    if (!answers)
        return ASKED_NOBODY;
    bool done = getline(&answer, &room, answers) > 0 && strstr(answer, "true");
    free(answer);
    fclose(answers);
    return done ? ASKED_DONE : ASKED_REFUSED;
}

static int mark(const struct arguments *arguments, const char *dir, enum task_kind kind,
                const char *ref, const char *act)
{
    char why[WHY] = "";
    enum task_state state = strcmp(act, "cancel") == 0  ? TASK_CANCELLED
                            : strcmp(act, "heard") == 0 ? TASK_HEARD
                                                        : TASK_DONE;

    struct store_tasks_query query = {.kind = kind, .ref = ref};
    uint32_t count = 0;
    int error = store_tasks_print(dir, &query, NULL, &count, why, sizeof(why));

    if (error || count == 0) {
        fprintf(stderr, "offhook: %s\n",
                error ? why : "the call has none that is open: `--all` has the others");
        return EXIT_FAILED;
    }
    enum asked asked = kind == TASK_CALLBACK ? ask_server(arguments, ref, state) : ASKED_NOBODY;

    if (asked == ASKED_DONE) {
        printf("%s is %s, unless the caller is being called\n", ref, task_state_names[state]);
        return EXIT_DONE;
    }
    if (asked == ASKED_REFUSED) {
        fprintf(stderr, "offhook: the server that runs could not be told: try again\n");
        return EXIT_FAILED;
    }
    if (store_tasks_mark(dir, ref, kind, state, why, sizeof(why)) == 0) {
        printf("%s is %s\n", ref, task_state_names[state]);
        return EXIT_DONE;
    }
    fprintf(stderr, "offhook: %s\n", why);
    return EXIT_FAILED;
}

static bool is_act(enum task_kind kind, const char *word)
{
    return strcmp(word, "done") == 0 || (kind == TASK_MESSAGE && strcmp(word, "heard") == 0) ||
           (kind == TASK_CALLBACK && strcmp(word, "cancel") == 0);
}

int verb_tasks(const struct arguments *arguments)
{
    enum task_kind kind =
        strcmp(arguments->verb->name, "messages") == 0 ? TASK_MESSAGE : TASK_CALLBACK;
    uint32_t count = arguments->count;
    const char *const *given = arguments->given;
    bool marks = count >= 2 && is_act(kind, given[count - 1]);
    char dir[PATH];

    if (count > (marks ? 3u : 1u)) {
        fprintf(stderr, "offhook: write `offhook %s DIR`, or `offhook %s DIR CALL %s`\n",
                arguments->verb->name, arguments->verb->name,
                kind == TASK_MESSAGE ? "heard` or `done" : "cancel` or `done");
        return EXIT_USAGE;
    }
    uint32_t at = marks ? count - 2 : count;
    if (!verb_data(arguments, at > 0 ? 0 : count, dir, sizeof(dir)))
        return EXIT_FAILED;
    return marks ? mark(arguments, dir, kind, given[at], given[count - 1])
                 : list(arguments, dir, kind);
}

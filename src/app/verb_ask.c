// SPDX-License-Identifier: Apache-2.0
/* verb_ask.c - questions to the server's control socket, and their answers. */
#include <errno.h>
#include <string.h>

#include "app/control.h"
#include "app/json.h"
#include "app/verbs.h"

FILE *verb_ask(const char *path, const char *line)
{
    int fd = control_ask_line(path, line);
    FILE *answers = fd >= 0 ? fdopen(fd, "r") : NULL;

    if (!answers)
        fprintf(stderr, "offhook: no server answers on %s: %s\n", path,
                strerror(fd < 0 ? -fd : errno));
    return answers;
}

json_t *verb_answer(const char *path, const char *line)
{
    FILE *answers = verb_ask(path, line);
    json_t *answer;

    if (!answers)
        return NULL;
    answer = json_loadf(answers, JSON_DISABLE_EOF_CHECK, NULL);
    fclose(answers);
    return answer;
}

bool verb_done(const char *path, json_t *question)
{
    char line[CONTROL_LINE];
    size_t size = question ? json_dumpb(question, line, sizeof(line) - 1, JSON_COMPACT) : 0;
    json_t *answer;
    bool good;

    json_decref(question);
    if (size == 0 || size >= sizeof(line)) {
        fputs("offhook: that is too long, or no text\n", stderr);
        return false;
    }
    line[size] = 0;
    answer = verb_answer(path, line);
    good = json_is_true(json_object_get(answer, "done"));
    if (answer && !good)
        fprintf(stderr, "offhook: %s\n", json_word(answer, "error"));
    json_decref(answer);
    return good;
}

// SPDX-License-Identifier: Apache-2.0
/* verb_capture.c - `offhook capture`: asks the server's control socket to act on a call's recording.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/control.h"
#include "app/json.h"
#include "app/verbs.h"

/* {"ask": "capture", ...} of the first two arguments. False when it is too long, or no text. */
static bool write_question(const struct arguments *arguments, char out[CONTROL_LINE])
{
    json_t *question = json_pack("{s:s, s:s, s:s}", "ask", "capture", "call", arguments->given[0],
                                 "act", arguments->given[1]);
    size_t size = question ? json_dumpb(question, out, CONTROL_LINE - 2, JSON_COMPACT) : 0;

    json_decref(question);
    if (size == 0 || size > CONTROL_LINE - 2)
        return false;
    out[size] = 0;
    return true;
}

static bool read_answer(FILE *answers)
{
    char *line = NULL;
    size_t room = 0;
    bool answered = getline(&line, &room, answers) > 0;
    json_t *object = answered ? json_loads(line, 0, NULL) : NULL;
    bool done = json_is_true(json_object_get(object, "done"));

    if (!done)
        fprintf(stderr, "offhook: %s\n",
                answered ? json_word(object, "error") : "the server went away");
    json_decref(object);
    free(line);
    return done;
}

int verb_capture(const struct arguments *arguments)
{
    struct arguments where = *arguments; /* The directory is the third. */
    char path[512], question[CONTROL_LINE];
    FILE *answers;
    bool done;

    where.given[0] = arguments->given[2];
    where.count = arguments->count - 2;
    if (!write_question(arguments, question)) {
        fprintf(stderr, "offhook: that is no call's reference: %s\n", arguments->given[0]);
        return EXIT_USAGE;
    }
    if (!verb_socket(&where, path, sizeof(path)))
        return EXIT_FAILED;
    answers = verb_ask(path, question);
    if (!answers)
        return EXIT_FAILED;
    done = read_answer(answers);
    fclose(answers);
    return done ? EXIT_DONE : EXIT_FAILED;
}

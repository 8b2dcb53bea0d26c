// SPDX-License-Identifier: Apache-2.0
/* verb_dial.c - `offhook dial`: asks the server to call somebody, and waits for the end if told so.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/control.h"
#include "app/json.h"
#include "app/show.h"
#include "app/verbs.h"

static void put(json_t *question, const char *key, const char *value)
{
    if (value && value[0])
        json_object_set_new(question, key, json_string(value));
}

/* With --wait, "follow" is asked first, so that nothing of the call is missed. */
static bool write_question(const struct arguments *arguments, char out[CONTROL_LINE])
{
    const char *follow =
        arguments_has(arguments, "--wait") ? "{\"ask\": \"follow\"}\n" : "";
    json_t *question = json_pack("{s:s, s:s}", "ask", "dial", "number", arguments->given[0]);
    size_t before = strlen(follow), size;

    if (!question)
        return false;
    put(question, "trunk", arguments_value(arguments, "--trunk"));
    put(question, "agent", arguments_value(arguments, "--agent"));
    put(question, "from", arguments_value(arguments, "--from"));
    put(question, "headers", arguments_value(arguments, "--header"));
    put(question, "key", arguments_value(arguments, "--key"));
    memcpy(out, follow, before);
    size = json_dumpb(question, out + before, CONTROL_LINE - before - 2, JSON_COMPACT);
    json_decref(question);
    if (size == 0 || size > CONTROL_LINE - before - 2)
        return false;
    out[before + size] = 0;
    return true;
}

enum news { NEWS_NONE, NEWS_PLACED, NEWS_KNOWN, NEWS_REFUSED, NEWS_ANSWERED, NEWS_OVER };

/* What a line means to the call that we asked for; ref is filled in when it is placed. */
static enum news read_news(const json_t *line, char *ref, size_t size)
{
    const char *event = json_word(line, "event"), *error = json_word(line, "error");

    if (error[0]) {
        fprintf(stderr, "offhook: %s\n", error);
        return NEWS_REFUSED;
    }
    if (!event[0] && json_word(line, "ref")[0]) {
        snprintf(ref, size, "%s", json_word(line, "ref"));
        return json_is_true(json_object_get(line, "known")) ? NEWS_KNOWN : NEWS_PLACED;
    }
    if (!ref[0] || strcmp(json_word(line, "ref"), ref) != 0)
        return NEWS_NONE;
    show_event(line, isatty(STDOUT_FILENO), stdout);
    if (strcmp(event, "call_answered") == 0)
        return NEWS_ANSWERED;
    return strcmp(event, "call_closed") == 0 ? NEWS_OVER : NEWS_NONE;
}

static int follow(FILE *answers, bool wait)
{
    char ref[64] = "", *line = NULL;
    bool answered = false;
    int code = EXIT_FAILED;
    size_t room = 0;

    while (getline(&line, &room, answers) > 0) {
        json_t *object = json_loads(line, 0, NULL);
        enum news news = read_news(object, ref, sizeof(ref));
        json_decref(object);
        answered = answered || news == NEWS_ANSWERED;
        if (news == NEWS_PLACED || news == NEWS_KNOWN)
            printf("%s%s\n", ref, news == NEWS_KNOWN ? " (this key's first call)" : "");
        fflush(stdout);
        if (news == NEWS_OVER)
            code = answered ? EXIT_DONE : EXIT_FAILED;
        if (news == NEWS_KNOWN || (news == NEWS_PLACED && !wait))
            code = EXIT_DONE;
        if (news == NEWS_REFUSED || news == NEWS_OVER || news == NEWS_KNOWN ||
            (news == NEWS_PLACED && !wait))
            break;
    }
    free(line);
    return code;
}

int verb_dial(const struct arguments *arguments)
{
    struct arguments where = *arguments; /* The directory is the second. */
    char path[512], question[CONTROL_LINE];
    FILE *answers;
    int code;

    where.given[0] = arguments->given[1];
    where.count = arguments->count - 1;
    if (!write_question(arguments, question)) {
        fprintf(stderr, "offhook: the number or an option is too long, or no text\n");
        return EXIT_USAGE;
    }
    if (!verb_socket(&where, path, sizeof(path)))
        return EXIT_FAILED;
    answers = verb_ask(path, question);
    if (!answers)
        return EXIT_FAILED;
    code = follow(answers, arguments_has(arguments, "--wait"));
    fclose(answers);
    return code;
}

// SPDX-License-Identifier: Apache-2.0
/* verb_operators.c - `offhook operators`: what each does now; and one who wants something else. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "app/json.h"
#include "app/verbs.h"
#include "base/clock.h"

enum { PATIENCE_MS = 2000 };

static void print_one(const json_t *one)
{
    bool aside = json_is_true(json_object_get(one, "aside"));
    int64_t since_s = ((int64_t)clock_wall_ms() - json_integer_value(json_object_get(one, "wall_ms"))) / 1000;

    printf("%-20s %-10s for %6" PRId64 " s%s%s\n", json_word(one, "name"), json_word(one, "state"),
           since_s > 0 ? since_s : 0, json_word(one, "ref")[0] ? "  " : "", json_word(one, "ref"));
    if (aside)
        printf("%-20s put aside: rang in vain too often; `available` brings them back\n", "");
}

static int list(const char *path, bool raw)
{
    json_t *answer = verb_answer(path, "{\"ask\": \"operators\"}"), *one;
    size_t i;

    if (!answer)
        return EXIT_FAILED;
    if (json_array_size(json_object_get(answer, "operators")) == 0 && !raw)
        puts("no operators are configured");
    json_array_foreach(json_object_get(answer, "operators"), i, one)
    {
        if (raw) {
            json_dumpf(one, stdout, JSON_COMPACT);
            putchar('\n');
        } else {
            print_one(one);
        }
    }
    json_decref(answer);
    return EXIT_DONE;
}

/* What they want, as the server has it; "" when nobody is called so. */
static void wish_of(const char *path, const char *name, char *out, size_t size)
{
    json_t *answer = verb_answer(path, "{\"ask\": \"operators\"}"), *one;
    size_t i;

    out[0] = 0;
    json_array_foreach(json_object_get(answer, "operators"), i, one)
    {
        if (strcmp(json_word(one, "name"), name) == 0)
            snprintf(out, size, "%s", json_word(one, "said"));
    }
    json_decref(answer);
}

static int change(const char *path, const char *name, const char *said)
{
    uint64_t until_ms = clock_ms() + PATIENCE_MS;
    char now[32];

    if (!verb_done(path, json_pack("{s:s, s:s, s:s}", "ask", "operator", "operator", name, "said", said)))
        return EXIT_FAILED;
    for (wish_of(path, name, now, sizeof(now)); strcmp(now, said) != 0 && clock_ms() < until_ms;
         wish_of(path, name, now, sizeof(now)))
        clock_sleep_until_ns(clock_ns() + 20000000);
    if (strcmp(now, said) == 0) {
        printf("%s: %s\n", name, said);
        return EXIT_DONE;
    }
    fprintf(stderr, "offhook: the server did not take it in time\n");
    return EXIT_FAILED;
}

static bool is_wish(const char *word)
{
    return strcmp(word, "available") == 0 || strcmp(word, "break") == 0 ||
           strcmp(word, "offline") == 0;
}

static bool is_change(const char *word)
{
    return strcmp(word, "set") == 0 || strcmp(word, "remove") == 0;
}

int verb_operators(const struct arguments *arguments)
{
    const char *last = arguments->count >= 2 ? arguments->given[arguments->count - 1] : "";

    if (is_change(last) && arguments->count == 2)
        return verb_staff(arguments, ".", arguments->given[0], *last == 'r');
    if (is_change(last))
        return verb_staff(arguments, arguments->given[0], arguments->given[1], *last == 'r');
    bool changes = arguments->count >= 2 && is_wish(arguments->given[arguments->count - 1]);
    struct arguments where = *arguments;
    char path[512];

    if (arguments->count >= 2 && !changes) {
        fprintf(stderr, "offhook: an operator wants to be available, break or offline; or write "
                        "set, or remove\n");
        return EXIT_USAGE;
    }
    where.count = changes ? arguments->count - 2 : arguments->count;
    if (!verb_socket(&where, path, sizeof(path)))
        return EXIT_FAILED;
    if (changes)
        return change(path, arguments->given[arguments->count - 2],
                      arguments->given[arguments->count - 1]);
    return list(path, arguments_has(arguments, "--json"));
}

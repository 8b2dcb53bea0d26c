// SPDX-License-Identifier: Apache-2.0
/* verb_bans.c - `offhook bans`: list, add, remove. */
#include <stdlib.h>
#include <string.h>

#include "app/json.h"
#include "app/verbs.h"
#include "base/clock.h"

enum { PATIENCE_MS = 2000 };

static int list(const char *path, bool raw)
{
    json_t *answer = verb_answer(path, "{\"ask\": \"bans\"}"), *ban;
    size_t i;

    if (!answer)
        return EXIT_FAILED;
    if (json_array_size(json_object_get(answer, "bans")) == 0 && !raw)
        puts("nobody is banned");
    json_array_foreach(json_object_get(answer, "bans"), i, ban)
    {
        if (raw) {
            json_dumpf(ban, stdout, JSON_COMPACT);
            putchar('\n');
            continue;
        }
        printf("%-40s for %6lld s more, banned %lld time%s\n", json_word(ban, "address"),
               (long long)json_integer_value(json_object_get(ban, "left_s")),
               (long long)json_integer_value(json_object_get(ban, "times")),
               json_integer_value(json_object_get(ban, "times")) == 1 ? "" : "s");
    }
    json_decref(answer);
    return EXIT_DONE;
}

static bool is_banned(const char *path, const char *address)
{
    json_t *answer = verb_answer(path, "{\"ask\": \"bans\"}"), *ban;
    bool found = false;
    size_t i;

    json_array_foreach(json_object_get(answer, "bans"), i, ban)
    {
        const char *listed = json_word(ban, "address");
        size_t size = strcspn(listed, "/");
        found |= strncmp(listed, address, size) == 0 && strcspn(address, "/") >= size;
    }
    json_decref(answer);
    return found;
}

static int change(const char *path, const char *ask, const char *address, const char *seconds)
{
    uint64_t until_ms = clock_ms() + PATIENCE_MS;
    bool wanted = strcmp(ask, "ban") == 0, before = is_banned(path, address);

    if (!verb_done(path, json_pack("{s:s, s:s, s:i}", "ask", ask, "address", address, "seconds",
                                   seconds ? atoi(seconds) : 0)))
        return EXIT_FAILED;
    while (is_banned(path, address) != wanted && clock_ms() < until_ms)
        clock_sleep_until_ns(clock_ns() + 20000000);
    if (is_banned(path, address) == wanted) {
        printf(wanted   ? "%s is banned\n"
               : before ? "%s is not banned any more\n"
                        : "%s was not banned; its earlier bans are forgotten\n",
               address);
        return EXIT_DONE;
    }
    fprintf(stderr, "offhook: %s is %s\n", address,
            wanted ? "not banned: addresses of trunks never are" : "still banned");
    return EXIT_FAILED;
}

int verb_bans(const struct arguments *arguments)
{
    const char *add = arguments_value(arguments, "--add"),
               *remove = arguments_value(arguments, "--remove");
    char path[512];

    if (!verb_socket(arguments, path, sizeof(path)))
        return EXIT_FAILED;
    if (add)
        return change(path, "ban", add, arguments_value(arguments, "--seconds"));
    if (remove)
        return change(path, "unban", remove, NULL);
    return list(path, arguments_has(arguments, "--json"));
}

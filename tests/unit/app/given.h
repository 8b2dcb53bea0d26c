// SPDX-License-Identifier: Apache-2.0
/* given.h - a configuration from strings, and its problems as one text. */
#ifndef TEST_APP_GIVEN_H
#define TEST_APP_GIVEN_H

#include <string.h>

#include "config/config.h"
#include "check.h"

#define SERVER                                              \
    "sip: {listen: [\"udp:127.0.0.1:5060\"]}\n"             \
    "trunks: [{name: local, sources: [\"127.0.0.0/8\"]}]\n" \
    "routes: [{number: \"*\", agent: desk}]\n"
#define DESK "---\ngreeting: Hello.\n---\nBe kind.\n"

enum { PRINTED = 131072, SOURCE = 200000 };

static struct config_result result;
static char source[SOURCE], printed[PRINTED];

static inline void add_file(const char *path, const char *bytes)
{
    size_t used = strlen(source);

    snprintf(source + used, SOURCE - used, "file %zu %s\n%s\n", strlen(bytes), path, bytes);
}

static inline void print_result(void)
{
    size_t used = 0;

    printed[0] = 0;
    for (uint32_t i = 0; i < result.problem_count; i++) {
        const struct config_problem *p = &result.problems[i];
        used += (size_t)snprintf(printed + used, PRINTED - used, "%s:%u: %s%s; %s\n", p->file,
                                 p->line, p->warning ? "warning: " : "", p->what, p->cure);
        CHECK(used < PRINTED);
    }
}

/* Reads offhook.yaml and, unless it is NULL, agents/desk.md. */
static inline void given(const char *yaml, const char *agent)
{
    config_free(&result);
    source[0] = 0;
    add_file("offhook.yaml", yaml);
    if (agent)
        add_file("agents/desk.md", agent);
    config_read_source(text_of(source), &result);
    print_result();
}

static inline void expect(const char *problems)
{
    if (strcmp(printed, problems) != 0)
        fprintf(stderr, "--- expected\n%s--- printed\n%s", problems, printed);
    CHECK(strcmp(printed, problems) == 0);
}

#endif

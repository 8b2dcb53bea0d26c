// SPDX-License-Identifier: Apache-2.0
/* witness.c - lines of the live view, kept as long as the call. */
#include "app/witness.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/control.h"
#include "app/json.h"

enum { EVENTS = 1000, LINE = 65536 };

struct witness {
    int fd;
    char from[64];
    char ref[64]; /* Of our call; empty until it was opened. */
    json_t *events[EVENTS];
    bool used[EVENTS];
    uint32_t count;
    char line[LINE];
    size_t size;
};

int witness_open(struct witness **out, const char *path, const char *from)
{
    struct witness *witness = calloc(1, sizeof(*witness));

    if (!witness)
        return -ENOMEM;
    witness->fd = control_ask(path, "follow");
    if (witness->fd < 0) {
        int error = witness->fd;
        free(witness);
        return error;
    }
    snprintf(witness->from, sizeof(witness->from), "%s", from);
    *out = witness;
    return 0;
}

void witness_close(struct witness *witness)
{
    for (uint32_t i = 0; i < witness->count; i++)
        json_decref(witness->events[i]);
    close(witness->fd);
    free(witness);
}

static void take_line(struct witness *witness, const char *line)
{
    json_t *event = json_loads(line, 0, NULL);

    if (!witness->ref[0] && strcmp(json_word(event, "event"), "call_opened") == 0 &&
        strcmp(json_word(event, "caller"), witness->from) == 0)
        snprintf(witness->ref, sizeof(witness->ref), "%s", json_word(event, "ref"));
    if (event && witness->ref[0] && strcmp(json_word(event, "ref"), witness->ref) == 0 &&
        witness->count < EVENTS)
        witness->events[witness->count++] = event;
    else
        json_decref(event);
}

void witness_take(struct witness *witness)
{
    ssize_t got;
    char *end;

    while ((got = recv(witness->fd, witness->line + witness->size,
                       sizeof(witness->line) - 1 - witness->size, MSG_DONTWAIT)) > 0) {
        witness->size += (size_t)got;
        while ((end = memchr(witness->line, '\n', witness->size))) {
            size_t used = (size_t)(end + 1 - witness->line);
            *end = 0;
            take_line(witness, witness->line);
            witness->size -= used;
            memmove(witness->line, end + 1, witness->size);
        }
        if (witness->size == sizeof(witness->line) - 1)
            witness->size = 0; /* A line longer than any of ours. */
    }
}

const json_t *witness_next(const struct witness *witness, uint32_t *at)
{
    return *at < witness->count ? witness->events[(*at)++] : NULL;
}

static bool holds(const char *whole, struct text part)
{
    return text_find_nocase(text_of(whole), part) >= 0;
}

static bool is(const json_t *event, const char *key, struct text word)
{
    return text_equal(text_of(json_word(event, key)), word);
}

static bool fulfils(const json_t *event, const struct script_line *line)
{
    struct text name = text_of(json_word(event, "event"));
    bool turn = text_equal(name, TEXT("turn"));
    bool agent = turn && is(event, "speaker", TEXT("agent"));

    switch ((int)line->kind) {
    case SCRIPT_EXPECT_INTENT:
        return (turn && !agent && is(event, "intent", line->words)) ||
               (text_equal(name, TEXT("key")) && is(event, "meaning", line->words));
    case SCRIPT_EXPECT_KEY:
        return text_equal(name, TEXT("key")) && is(event, "key", line->words);
    case SCRIPT_EXPECT_SAID:
        return agent && holds(json_word(event, "text"), line->words);
    case SCRIPT_EXPECT_END:
        return text_equal(name, TEXT("call_closed")) && is(event, "cause", line->words);
    default:
        return false;
    }
}

static const char *agent_now(const struct witness *witness)
{
    for (uint32_t i = witness->count; i > 0; i--) {
        const json_t *event = witness->events[i - 1];
        if (strcmp(json_word(event, "event"), "handover") == 0)
            return json_word(event, "to");
        if (strcmp(json_word(event, "event"), "call_answered") == 0)
            return json_word(event, "agent");
    }
    return "";
}

bool witness_saw(struct witness *witness, const struct script_line *line)
{
    if (line->kind == SCRIPT_EXPECT_AGENT)
        return text_equal(text_of(agent_now(witness)), line->words);
    for (uint32_t i = 0; i < witness->count; i++) {
        if (!witness->used[i] && fulfils(witness->events[i], line)) {
            witness->used[i] = true;
            return true;
        }
    }
    return false;
}

const char *witness_instead(const struct witness *witness, char *out, uint32_t size)
{
    const char *said = "", *intent = "";

    if (!witness->ref[0])
        return "the server tells of no such call";
    for (uint32_t i = 0; i < witness->count; i++) {
        const json_t *event = witness->events[i];
        if (strcmp(json_word(event, "event"), "turn") == 0 &&
            strcmp(json_word(event, "speaker"), "caller") == 0) {
            said = json_word(event, "text");
            intent = json_word(event, "intent");
        }
    }
    snprintf(out, size, "agent %s; last understood \"%s\" as %s", agent_now(witness), said,
             *intent ? intent : "nothing");
    return out;
}

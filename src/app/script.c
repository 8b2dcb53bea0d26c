// SPDX-License-Identifier: Apache-2.0
/* script.c - a table of the words that a line can begin with. */
#include "app/script.h"

#include <stdio.h>
#include <string.h>

#include "config/nearest.h"

struct form {
    const char *words;
    enum script_kind kind;
    const char *needs; /* What follows; NULL: nothing. */
};

static const struct form forms[] = {
    {"say", SCRIPT_SAY, "WORDS"},
    {"interrupt", SCRIPT_INTERRUPT, "WORDS"},
    {"wait agent", SCRIPT_WAIT_AGENT, NULL},
    {"wait", SCRIPT_WAIT, "a time: wait 2s, wait 300ms, wait agent"},
    {"press", SCRIPT_PRESS, "keys: press 1"},
    {"expect agent", SCRIPT_EXPECT_AGENT, "NAME"},
    {"expect intent", SCRIPT_EXPECT_INTENT, "NAME"},
    {"expect key", SCRIPT_EXPECT_KEY, "a key"},
    {"expect said", SCRIPT_EXPECT_SAID, "WORDS"},
    {"expect end", SCRIPT_EXPECT_END, "CAUSE, such as caller_hung_up"},
    {"hangup", SCRIPT_HANGUP, NULL},
};

enum { FORMS = sizeof(forms) / sizeof(forms[0]) };

static bool read_ms(struct text t, uint64_t *out)
{
    uint64_t number;

    if (t.size > 2 && text_equal(text_part(t, t.size - 2, 2), TEXT("ms")) &&
        text_number(text_part(t, 0, t.size - 2), out))
        return *out <= 600000;
    if (t.size > 1 && t.data[t.size - 1] == 's' &&
        text_number(text_part(t, 0, t.size - 1), &number) && number <= 600) {
        *out = number * 1000;
        return true;
    }
    return false;
}

static bool good_keys(struct text keys)
{
    for (uint32_t i = 0; i < keys.size; i++) {
        if (!keys.data[i] || !strchr("0123456789*#ABCD", keys.data[i]))
            return false;
    }
    return keys.size > 0 && keys.size <= 32;
}

static bool good(struct script_line *line, const struct form *form)
{
    if (!form->needs)
        return text_empty(line->words);
    if (form->kind == SCRIPT_WAIT)
        return read_ms(line->words, &line->ms);
    if (form->kind == SCRIPT_PRESS || form->kind == SCRIPT_EXPECT_KEY)
        return good_keys(line->words);
    return !text_empty(line->words);
}

static bool begins(struct text line, const char *words, struct text *rest)
{
    struct text begin = text_of(words);

    if (!text_starts(line, begin) || (line.size > begin.size && line.data[begin.size] != ' '))
        return false;
    *rest = text_trim(text_part(line, begin.size, line.size));
    return true;
}

static bool read_line(struct text text, struct script_line *line, char *why, uint32_t why_size)
{
    struct nearest nearest;
    struct text first = text, word = text_next(&first, ' '), best;

    nearest_init(&nearest, word);
    for (int i = 0; i < FORMS; i++) {
        struct text known = text_of(forms[i].words);
        nearest_offer(&nearest, text_next(&known, ' '));
        if (!begins(text, forms[i].words, &line->words))
            continue;
        line->kind = forms[i].kind;
        if (good(line, &forms[i]))
            return true;
        snprintf(why, why_size, "line %u: '%s' is followed by %s", line->line, forms[i].words,
                 forms[i].needs ? forms[i].needs : "nothing");
        return false;
    }
    best = nearest_found(&nearest);
    if (text_empty(best) || text_equal(best, word))
        snprintf(why, why_size,
                 "line %u: write say, interrupt, wait, press, expect agent, expect intent, expect "
                 "key, expect said, expect end or hangup",
                 line->line);
    else
        snprintf(why, why_size,
                 "line %u: unknown '" TEXT_FORMAT "'; did you mean '" TEXT_FORMAT "'?", line->line,
                 TEXT_ARGS(word), TEXT_ARGS(best));
    return false;
}

bool script_read(struct text bytes, struct script *out, char *why, uint32_t why_size)
{
    uint32_t number = 0;

    out->count = 0;
    while (bytes.data) {
        struct text text = text_trim(text_next(&bytes, '\n'));
        number++;
        if (text_starts(text, TEXT("- ")))
            text = text_trim(text_part(text, 2, text.size));
        if (text_empty(text) || text.data[0] == '#')
            continue;
        if (out->count == SCRIPT_LINES) {
            snprintf(why, why_size, "line %u: more than %d lines", number, SCRIPT_LINES);
            return false;
        }
        struct script_line *line = &out->lines[out->count++];
        *line = (struct script_line){.line = number};
        if (!read_line(text, line, why, why_size))
            return false;
    }
    return true;
}

bool script_expects(const struct script *script)
{
    for (uint32_t i = 0; i < script->count; i++) {
        if (script->lines[i].kind >= SCRIPT_EXPECT_AGENT &&
            script->lines[i].kind <= SCRIPT_EXPECT_END)
            return true;
    }
    return false;
}

// SPDX-License-Identifier: Apache-2.0
/* template.c - one pass over the words. */
#include "config/template.h"

#include "config/nearest.h"

/* What a call can know: of itself, of its turns, and the entities found in what the caller said. */
static const char *const names[] = {
    "caller",  "called", "intent",  "statement", "sentiment",    "summary",   "transferred_from",
    "reason",  "agent",  "choices", "keys",      "key",          "number", "account",   "invoice",
    "product", "error",  "date",    "amount",    "calls_before", "diversion", "user_to_user"};

enum { NAMES = sizeof(names) / sizeof(names[0]) };

const char *template_names(struct reading *reading)
{
    const char *all = names[0];

    for (int i = 1; i < NAMES; i++)
        all = reading_print(reading, "%s, %s", all, names[i]);
    return all;
}

struct check {
    struct reading *reading;
    const char *file, *option;
    uint32_t line;
};

static void refuse(struct check c, const char *what, const char *cure)
{
    reading_error(c.reading, c.file, c.line, reading_print(c.reading, "'%s': %s", c.option, what),
                  cure);
}

static void check_name(struct check c, struct text name)
{
    struct nearest nearest;
    struct text best;

    if (text_starts(name, TEXT("x-"))) /* A header of the INVITE. */
        return;
    nearest_init(&nearest, name);
    for (uint32_t i = 0; i < c.reading->fact_count; i++) {
        if (text_equal(name, c.reading->facts[i].name))
            return;
        nearest_offer(&nearest, c.reading->facts[i].name);
    }
    for (int i = 0; i < NAMES; i++) {
        if (text_equal(name, text_of(names[i])))
            return;
        nearest_offer(&nearest, text_of(names[i]));
    }
    best = nearest_found(&nearest);
    refuse(c, reading_print(c.reading, "no call knows {" TEXT_FORMAT "}", TEXT_ARGS(name)),
           text_empty(best)
               ? reading_print(c.reading, "known are %s", template_names(c.reading))
               : reading_print(c.reading, "did you mean {" TEXT_FORMAT "}?", TEXT_ARGS(best)));
}

void template_check(struct reading *reading, const char *file, uint32_t line, const char *option,
                    struct text words)
{
    struct check c = {reading, file, option, line};
    bool open = false;

    for (uint32_t i = 0; i < words.size; i++) {
        char sign = words.data[i];
        if (sign == '{') {
            struct text rest = text_part(words, i + 1, words.size);
            int32_t size = text_find(rest, TEXT("}"));
            if (size < 0) {
                refuse(c, "a { is never closed", "close it: {name}");
                return;
            }
            check_name(c, text_part(rest, 0, (uint32_t)size));
            i += (uint32_t)size + 1;
        } else if (sign == '}') {
            refuse(c, "a } was never opened", "open it: {name}");
            return;
        } else if (sign == '[' || sign == ']') {
            if (open == (sign == '[')) {
                refuse(c, open ? "a [ within [ ]" : "a ] was never opened",
                       "brackets do not nest: [a part with one {name}]");
                return;
            }
            open = !open;
        }
    }
    if (open)
        refuse(c, "a [ is never closed", "close it: [a part that may be left out]");
}

// SPDX-License-Identifier: Apache-2.0
/* checks_language.c - what an agent that does not speak English needs of its own. */
#include <stddef.h>

#include "config/checks.h"
#include "core/phrase.h"

/* Each is some seconds of English to a caller who may not understand it. */
static void need_words(struct reading *reading, const char *file, const struct agent_settings *s)
{
    const char *missing = "";
    uint32_t count = 0;

    for (uint32_t i = 0; i < settings_words.count; i++) {
        const struct schema_row *row = &settings_words.rows[i];
        uint32_t situation = (row->offset - (uint32_t)offsetof(struct agent_settings, words)) /
                             (uint32_t)sizeof(struct setting);
        if (s->words[situation].given || !row->fallback[0])
            continue;
        missing = reading_print(reading, "%s%s%s", missing, count ? ", " : "", row->key);
        count++;
    }
    if (count > 0)
        reading_warning(reading, file, s->language.line,
                        reading_print(reading,
                                      "the agent speaks '" TEXT_FORMAT
                                      "', but %u of its words are English",
                                      TEXT_ARGS(s->language.text), count),
                        reading_print(reading, "give under `words`: %s", missing));
}

static void need_partings(struct reading *reading, const char *file,
                          const struct agent_settings *s)
{
    uint32_t given = 0;

    for (int i = 0; i < PARTINGS; i++)
        given += s->partings[i].given;
    if (given < PARTINGS)
        reading_warning(reading, file, s->language.line,
                        reading_print(reading,
                                      "the agent speaks '" TEXT_FORMAT
                                      "', but when nobody can come its words are English",
                                      TEXT_ARGS(s->language.text)),
                        "give them under `unavailable`");
}

static bool has_orders(const struct agent_settings *s)
{
    uint32_t given = 0;

    for (int i = 0; i < ORDERS; i++)
        given += s->orders[i].count > 0;
    return given == ORDERS;
}

void checks_language(struct reading *reading, const char *file, const struct agent_settings *s)
{
    struct text language = s->language.text, rest = language;

    if (text_equal_nocase(text_next(&rest, '-'), TEXT("en")))
        return;
    need_words(reading, file, s);
    if (!partings_known(language))
        need_partings(reading, file, s);
    if (!phrase_known_language(language) && !has_orders(s))
        reading_warning(
            reading, file, s->language.line,
            reading_print(reading,
                          "no phrases of '" TEXT_FORMAT
                          "' are known: \"repeat that\", yes, no, mm-hm",
                          TEXT_ARGS(language)),
            "give them under `orders`: repeat, start-over, goodbye, yes, no, listening");
}

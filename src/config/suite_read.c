// SPDX-License-Identifier: Apache-2.0
/* suite_read.c - from settings to conversations. */
#include "config/suite_read.h"

#include <string.h>

#include "config/suite_rows.h"

struct reader {
    struct reading *reading;
    const char *file;
    bool failed; /* Memory is out: the reading says so. */
};

static void *take(struct reader *r, size_t size)
{
    void *memory = reading_take(r->reading, size ? size : 1);

    r->failed = r->failed || !memory;
    return memory;
}

static struct suite_texts texts(struct reader *r, const struct setting_list *a,
                                const struct setting_list *b)
{
    uint32_t count = a->count + (b ? b->count : 0);
    struct text *items = take(r, count * sizeof(*items));

    if (!items)
        return (struct suite_texts){.count = 0};
    for (uint32_t i = 0; i < count; i++)
        items[i] = i < a->count ? a->items[i].text : b->items[i - a->count].text;
    return (struct suite_texts){.items = items, .count = count};
}

static const struct setting *first_given(const struct setting *a, const struct setting *b)
{
    return a->given || !b ? a : b;
}

/* all: the suite's, which a conversation's add to; NULL: none. */
static struct suite_expected expected(struct reader *r, const struct expect_settings *s,
                                      const struct expect_settings *all, uint32_t line)
{
#define ALL(member) (all ? &all->member : NULL)
    const struct setting *handovers = first_given(&s->handovers, ALL(handovers));

    return (struct suite_expected){
        .line = line,
        .agent = first_given(&s->agent, ALL(agent))->text,
        .by = first_given(&s->by, ALL(by))->text,
        .intent = first_given(&s->intent, ALL(intent))->text,
        .end = first_given(&s->end, ALL(end))->text,
        .transfer = first_given(&s->transfer, ALL(transfer))->text,
        .queue = first_given(&s->queue, ALL(queue))->text,
        .operator_name = first_given(&s->operator_name, ALL(operator_name))->text,
        .leaves = first_given(&s->leaves, ALL(leaves))->text,
        .within_ms = (uint32_t)first_given(&s->within, ALL(within))->number,
        .handovers = (uint32_t)handovers->number,
        .handovers_given = handovers->given,
        .said = texts(r, &s->said, ALL(said)),
        .never_said = texts(r, &s->never_said, ALL(never_said)),
        .called = texts(r, &s->called, ALL(called)),
        .never_called = texts(r, &s->never_called, ALL(never_called)),
        .knows = texts(r, &s->knows, ALL(knows)),
    };
#undef ALL
}

static void read_faults(struct reader *r, const struct turn_settings *s, struct suite_turn *out)
{
    const struct setting_pair *pairs = s->faults.items;
    struct suite_fault *faults = take(r, s->faults.count * sizeof(*faults));

    for (uint32_t i = 0; faults && i < s->faults.count; i++) {
        uint32_t f = 0;
        while (f < FAILINGS && !text_equal(pairs[i].value.text, text_of(suite_rows_failing[f])))
            f++;
        if (f == FAILINGS)
            reading_error(r->reading, r->file, pairs[i].value.line,
                          reading_print(r->reading, "'" TEXT_FORMAT "' is no way to fail",
                                        TEXT_ARGS(pairs[i].value.text)),
                          "write refuses, dies, stalls, or not: it is well again");
        faults[i] =
            (struct suite_fault){.part = pairs[i].key.text, .failing = (enum suite_failing)f};
    }
    out->faults = faults;
    out->fault_count = faults ? s->faults.count : 0;
}

static uint32_t read_people(struct reader *r, const struct schema_list *list,
                            struct suite_person *out)
{
    const struct setting_pair *pairs = list->items;

    for (uint32_t i = 0; i < list->count; i++) {
        uint32_t m = 0;
        while (m < MANNERS && !text_equal(pairs[i].value.text, text_of(suite_rows_manners[m])))
            m++;
        if (m == MANNERS)
            reading_error(r->reading, r->file, pairs[i].value.line,
                          reading_print(r->reading, "'" TEXT_FORMAT "' is not what operators do",
                                        TEXT_ARGS(pairs[i].value.text)),
                          "write accepts, declines, busy, no-answer, or away: not on duty");
        out[i] = (struct suite_person){.name = pairs[i].key.text,
                                       .manner = m == MANNERS ? MANNER_AWAY
                                                              : (enum suite_manner)m};
    }
    return list->count;
}

static void read_turn(struct reader *r, const struct turn_settings *s, struct suite_turn *out)
{
    const struct setting *acts[] = {&s->say, &s->interrupt, &s->press, &s->wait, &s->hang_up};
    uint32_t count = 0;

    *out = (struct suite_turn){.line = s->at.line,
                               .confidence_permille = (uint16_t)s->confidence.number,
                               .heard = s->heard.text};
    for (uint32_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
        if (!acts[i]->given || (acts[i] == &s->hang_up && !s->hang_up.number))
            continue;
        count++;
        out->act = (enum suite_act)(ACT_SAY + i);
        out->words = acts[i]->text;
        out->ms = (uint32_t)(acts[i] == &s->wait ? s->wait.number : s->after.number);
    }
    if (count > 1)
        reading_error(r->reading, r->file, s->at.line, "a turn does one thing",
                      "write another turn (a new '-') for the second");
    if (s->sound.given && out->act != ACT_SAY && out->act != ACT_INTERRUPT)
        reading_error(r->reading, r->file, s->at.line, "a recording needs its words",
                      "write them with say or interrupt beside sound");
    else if (s->sound.given)
        out->sound = schema_path(r->reading, r->file, s->sound.text);
    read_faults(r, s, out);
    struct suite_person *people = take(r, s->operators.count * sizeof(*people));
    out->people = people;
    out->people_count = people ? read_people(r, &s->operators, people) : 0;
    out->expected = expected(r, &s->expect, NULL, s->at.line);
}

static uint32_t read_rules(struct reader *r, const struct schema_list *list, struct suite_rule *out)
{
    const struct rule_settings *settings = list->items;

    for (uint32_t i = 0; i < list->count; i++)
        out[i] = (struct suite_rule){.when = settings[i].when.text,
                                     .tool = settings[i].tool.text,
                                     .arguments = settings[i].arguments.text,
                                     .says = texts(r, &settings[i].says, NULL),
                                     .then = texts(r, &settings[i].then, NULL)};
    return list->count;
}

static uint32_t read_tools(const struct schema_list *list, struct suite_tool *out)
{
    const struct script_tool_settings *settings = list->items;

    for (uint32_t i = 0; i < list->count; i++)
        out[i] = (struct suite_tool){.name = settings[i].at.text,
                                     .answers = settings[i].answers.text,
                                     .failing = (enum suite_failing)settings[i].fails.number,
                                     .times = (uint32_t)settings[i].times.number};
    return list->count;
}

static void read_conversation(struct reader *r, const struct suite_settings *suite,
                              const struct conversation_settings *s, struct suite_conversation *out)
{
    const struct turn_settings *settings = s->turns.items;
    struct suite_turn *turns = take(r, s->turns.count * sizeof(*turns));
    struct suite_rule *rules = take(r, (s->model.count + suite->model.count) * sizeof(*rules));
    struct suite_tool *tools = take(r, (s->tools.count + suite->tools.count) * sizeof(*tools));
    struct suite_person *people =
        take(r, (s->operators.count + suite->operators.count) * sizeof(*people));

    *out = (struct suite_conversation){.name = s->at.text,
                                       .line = s->at.line,
                                       .called = first_given(&s->called, &suite->called)->text,
                                       .caller = first_given(&s->caller, &suite->caller)->text,
                                       .tags = texts(r, &s->tags, NULL),
                                       .turns = turns,
                                       .rules = rules,
                                       .tools = tools,
                                       .people = people};
    if (!turns || !rules || !tools || !people)
        return;
    for (uint32_t i = 0; i < s->turns.count; i++)
        read_turn(r, &settings[i], &turns[i]);
    out->turn_count = s->turns.count;
    out->rule_count = read_rules(r, &s->model, rules);
    out->rule_count += read_rules(r, &suite->model, rules + out->rule_count);
    out->tool_count = read_tools(&s->tools, tools);
    out->tool_count += read_tools(&suite->tools, tools + out->tool_count);
    out->people_count = read_people(r, &suite->operators, people);
    out->people_count += read_people(r, &s->operators, people + out->people_count);
    out->expected = expected(r, &s->expect, &suite->expect, s->at.line);
}

static struct suite *make(struct reader *r, struct text yaml)
{
    struct suite_settings *settings = take(r, sizeof(*settings));
    struct suite *suite = take(r, sizeof(*suite));
    struct tree_node *root = tree_read(r->reading, r->file, yaml, 1);
    struct suite_conversation *conversations;

    if (!settings || !suite || !root)
        return NULL;
    schema_read(r->reading, r->file, &suite_schema, root, settings);
    conversations = take(r, settings->conversations.count * sizeof(*conversations));
    if (!conversations)
        return NULL;
    for (uint32_t i = 0; i < settings->conversations.count; i++)
        read_conversation(r, settings,
                          (const struct conversation_settings *)settings->conversations.items + i,
                          &conversations[i]);
    suite->name = text_of(r->file);
    suite->configuration = schema_path(r->reading, r->file, settings->configuration.text);
    suite->conversations = conversations;
    suite->count = settings->conversations.count;
    return suite;
}

/* Of the file, or of `yaml` in its place. */
static const struct suite *read_from(const char *path, const struct text *given,
                                     struct config_result *problems)
{
    struct reading reading;
    struct reader reader = {.reading = &reading};
    struct suite *suite = NULL;
    struct text yaml = given ? *given : TEXT_EMPTY;
    const char *why;

    if (!reading_init(&reading, problems)) {
        config_free(problems);
        return NULL;
    }
    reader.file = reading_string(&reading, text_of(path));
    if (given || reading_file(&reading, path, &yaml, &why))
        suite = make(&reader, yaml);
    else
        reading_error(&reading, path, 0, reading_print(&reading, "cannot be read: %s", why),
                      "name a suite, such as examples/front-desk/suite.yaml");
    reading_finish(&reading);
    return reading.errors == 0 && !reader.failed && !reading.failed ? suite : NULL;
}

const struct suite *suite_read(const char *path, struct config_result *problems)
{
    return read_from(path, NULL, problems);
}

const struct suite *suite_read_text(const char *name, struct text yaml,
                                    struct config_result *problems)
{
    return read_from(name, &yaml, problems);
}

// SPDX-License-Identifier: Apache-2.0
/* agents.c - front matter, then names to indices. */
#include "config/agents.h"

#include <errno.h>
#include <string.h>

#include "config/checks.h"
#include "config/nearest.h"
#include "config/tools.h"

enum { EXAMPLES_ENOUGH = 5 };

/* Cuts a line off, without its line end. */
static struct text next_line(struct text *rest)
{
    struct text line = text_next(rest, '\n');

    if (line.size > 0 && line.data[line.size - 1] == '\r')
        line.size--;
    return line;
}

static bool split(struct reading *reading, const char *path, struct text bytes, struct text *matter,
                  struct text *body)
{
    struct text rest = bytes;

    if (text_starts(rest, TEXT("\xef\xbb\xbf"))) /* A byte order mark. */
        rest = text_part(rest, 3, rest.size);
    if (!text_equal(text_trim(next_line(&rest)), TEXT("---")) || !rest.data) {
        reading_error(reading, path, 1, "the file does not begin with front matter",
                      "begin with a line ---, then the options, then a line ---, then the "
                      "instructions");
        return false;
    }
    const char *begin = rest.data;
    while (rest.data) {
        const char *at = rest.data;
        struct text line = next_line(&rest);
        if (text_equal(line, TEXT("---"))) {
            *matter = (struct text){.data = begin, .size = (uint32_t)(at - begin)};
            *body = rest.data ? text_trim(rest) : TEXT_EMPTY;
            return true;
        }
    }
    reading_error(reading, path, 1, "the front matter never ends",
                  "put a line --- between the options and the instructions");
    return false;
}

static struct text stem(struct reading *reading, const char *path)
{
    const char *slash = strrchr(path, '/');
    struct text name = text_of(slash ? slash + 1 : path);

    name = text_part(name, 0, name.size > 3 ? name.size - 3 : 0);
    return text_of(reading_string(reading, name));
}

static void read_agent(struct reading *reading, const char *path, struct agent_file *out)
{
    struct text bytes, matter, body;
    const struct tree_node *root;
    const char *why;

    *out = (struct agent_file){.path = path, .name = stem(reading, path)};
    if (!reading_file(reading, path, &bytes, &why)) {
        reading_error(reading, path, 0, reading_print(reading, "cannot be read: %s", why),
                      "make it readable, or move it away");
        return;
    }
    if (!split(reading, path, bytes, &matter, &body))
        return;
    out->instructions = text_of(reading_string(reading, body));
    root = tree_read(reading, path, matter, 2);
    if (!root)
        return;
    schema_read(reading, path, &settings_agent, root, &out->settings);
    if (out->settings.name.given)
        out->name = out->settings.name.text;
    out->good = true;
}

static void refuse_twins(struct reading *reading, const struct agents *agents)
{
    for (uint32_t i = 0; i < agents->count; i++) {
        for (uint32_t j = 0; j < i; j++) {
            if (text_equal(agents->files[i].name, agents->files[j].name))
                reading_error(
                    reading, agents->files[i].path, agents->files[i].settings.name.line,
                    reading_print(reading, "another agent is called '" TEXT_FORMAT "'",
                                  TEXT_ARGS(agents->files[i].name)),
                    reading_print(reading, "rename this one or %s", agents->files[j].path));
        }
    }
}

void agents_read(struct reading *reading, const char *config_file, const struct setting *directory,
                 struct agents *out)
{
    const char *paths[MAX_AGENTS];
    const char *path = schema_path(reading, config_file, directory->text);
    int count = reading_files(reading, path, ".md", paths, MAX_AGENTS);

    out->count = 0;
    if (count <= 0) {
        reading_error(reading, config_file, directory->line,
                      count < 0 ? reading_print(reading, "cannot read the agents in %s: %s", path,
                                                strerror(-count))
                                : reading_print(reading, "there is no voice agent in %s", path),
                      reading_print(reading, "write one: %s/front-desk.md", path));
        return;
    }
    if (count > MAX_AGENTS) {
        reading_error(reading, config_file, directory->line,
                      reading_print(reading, "there are %d agents in %s", count, path),
                      reading_print(reading, "keep at most %d", MAX_AGENTS));
        count = MAX_AGENTS;
    }
    for (int i = 0; i < count; i++)
        read_agent(reading, paths[i], &out->files[out->count++]);
    refuse_twins(reading, out);
}

/* "did you mean 'x'?", or what to do when nothing is near. */
static const char *meant(struct reading *reading, const struct nearest *nearest, const char *other)
{
    struct text best = nearest_found(nearest);

    return text_empty(best)
               ? other
               : reading_print(reading, "did you mean '" TEXT_FORMAT "'?", TEXT_ARGS(best));
}

int16_t agents_find(struct reading *reading, struct agents *agents, const char *file,
                    const struct setting *name)
{
    struct nearest nearest;

    nearest_init(&nearest, name->text);
    for (uint32_t i = 0; i < agents->count; i++) {
        if (text_equal(agents->files[i].name, name->text)) {
            agents->files[i].reached = true;
            return (int16_t)i;
        }
        nearest_offer(&nearest, agents->files[i].name);
    }
    reading_error(
        reading, file, name->line,
        reading_print(reading, "there is no agent '" TEXT_FORMAT "'", TEXT_ARGS(name->text)),
        meant(reading, &nearest,
              reading_print(reading, "write " TEXT_FORMAT ".md beside the other agents",
                            TEXT_ARGS(name->text))));
    return -1;
}

static const struct text *texts_of(struct reading *reading, const struct setting_list *list)
{
    struct text *texts = reading_take(reading, list->count * sizeof(*texts));

    for (uint32_t i = 0; texts && i < list->count; i++)
        texts[i] = list->items[i].text;
    return texts;
}

static struct text spoken_name(struct reading *reading, struct text name)
{
    char spoken[MAX_NAME];

    text_copy(spoken, sizeof(spoken), name);
    for (char *c = spoken; *c; c++)
        *c = *c == '-' || *c == '_' ? ' ' : *c;
    return text_of(reading_string(reading, text_of(spoken)));
}

static enum intent_then then_of(struct reading *reading, const char *path,
                                const struct intent_settings *s)
{
    enum intent_then then = (enum intent_then)s->then.number;

    if (!s->then.given)
        return s->to.given         ? THEN_HANDOVER
               : s->transfer.given ? THEN_TRANSFER
               : s->queue.given    ? THEN_QUEUE
                                   : THEN_LISTEN;
    if ((then == THEN_QUEUE) != s->queue.given)
        reading_error(reading, path, s->then.line,
                      s->queue.given ? "'then' disagrees with 'queue'" : "a queue without a name",
                      "write `queue: NAME` and leave `then` away");
    if ((then == THEN_TRANSFER) != s->transfer.given)
        reading_error(reading, path, s->then.line,
                      s->transfer.given ? "'then' disagrees with 'transfer'"
                                        : "a transfer to nobody",
                      "write `transfer: NUMBER` and leave `then` away");
    if ((then == THEN_HANDOVER) != s->to.given)
        reading_error(reading, path, s->then.line,
                      s->to.given ? "'then' disagrees with 'to'" : "a handover to nobody",
                      s->to.given ? "with `to` leave `then` away, or write handover"
                                  : "add `to: AGENT`");
    return then;
}

static void make_intent(struct reading *reading, struct agents *agents, const char *path,
                        const struct plan *plan, const struct intent_settings *s,
                        struct plan_intent *out)
{
    struct text name = s->name.text;
    bool general = text_equal(name, TEXT("general"));

    *out = (struct plan_intent){
        .name = name,
        .label = s->label.given ? s->label.text : spoken_name(reading, name),
        .description = s->description.text,
        .examples = texts_of(reading, &s->examples),
        .example_count = s->examples.count,
        .say = s->say.text,
        .then = then_of(reading, path, s),
        .to = s->to.given ? agents_find(reading, agents, path, &s->to) : -1,
        .transfer = s->transfer.text,
        .queue = checks_queue(reading, path, plan, &s->queue),
        .plain = !s->warm.number,
        .priority = s->priority.given ? (int8_t)s->priority.number : -1,
        .escalation = s->escalation.number,
        .choice = s->choice.number && !(general && !s->choice.given),
        .expect = (enum expect)s->expect.number,
    };
    if (name.size >= MAX_NAME)
        reading_error(reading, path, s->name.line, "the intent's name is too long",
                      "give at most 63 bytes, and the rest in its label");
    if (!general && s->examples.count < EXAMPLES_ENOUGH)
        reading_warning(reading, path, s->name.line,
                        reading_print(reading, "the intent '" TEXT_FORMAT "' has %u example%s",
                                      TEXT_ARGS(name), s->examples.count,
                                      s->examples.count == 1 ? "" : "s"),
                        "give thirty: with under five it will be guessed");
    if (!general && !s->escalation.number && out->then == THEN_LISTEN && text_empty(out->say))
        reading_error(
            reading, path, s->name.line,
            reading_print(reading, "the intent '" TEXT_FORMAT "' leads nowhere", TEXT_ARGS(name)),
            "give it `say`, `to`, `transfer`, `queue`, or `then` (end, voicemail, callback)");
    if (!s->queue.given && (s->priority.given || s->warm.given))
        reading_warning(reading, path, (s->priority.given ? &s->priority : &s->warm)->line,
                        "'priority' and 'warm' are of no use without 'queue'",
                        "name the queue, or leave them away");
    if (s->to.given + s->transfer.given + s->queue.given > 1)
        reading_error(
            reading, path, s->name.line,
            reading_print(reading, "the intent '" TEXT_FORMAT "' leads two ways", TEXT_ARGS(name)),
            "keep one of `to`, `transfer` and `queue`");
}

static void make_intents(struct reading *reading, struct agents *agents, struct agent_file *file,
                         const struct plan *plan, struct plan_agent *out)
{
    const struct intent_settings *settings = file->settings.intents.items;
    uint32_t count = file->settings.intents.count;
    struct plan_intent *intents = reading_take(reading, (count + 1) * sizeof(*intents));

    out->general = -1;
    if (!intents)
        return;
    for (uint32_t i = 0; i < count; i++) {
        make_intent(reading, agents, file->path, plan, &settings[i], &intents[i]);
        if (text_equal(intents[i].name, TEXT("general")))
            out->general = (int16_t)i;
    }
    if (out->general < 0 && count == MAX_INTENTS) {
        reading_error(reading, file->path, file->settings.intents.line,
                      reading_print(reading, "%u intents leave no room for `general`", count),
                      reading_print(reading, "keep at most %d", MAX_INTENTS - 1));
    } else if (out->general < 0) {
        out->general = (int16_t)count;
        intents[count++] = (struct plan_intent){.name = TEXT("general"),
                                                .label = TEXT("something else"),
                                                .description = TEXT_EMPTY,
                                                .say = TEXT_EMPTY,
                                                .to = -1,
                                                .queue = -1,
                                                .priority = -1};
    }
    out->intents = intents;
    out->intent_count = (uint8_t)count;
}

static int16_t find_intent(struct reading *reading, const struct agent_file *file,
                           const struct plan_agent *agent, const struct setting *name)
{
    struct nearest nearest;

    nearest_init(&nearest, name->text);
    for (uint8_t i = 0; i < agent->intent_count; i++) {
        if (text_equal(agent->intents[i].name, name->text))
            return i;
        nearest_offer(&nearest, agent->intents[i].name);
    }
    reading_error(reading, file->path, name->line,
                  reading_print(reading, "there is no intent '" TEXT_FORMAT "' in this agent",
                                TEXT_ARGS(name->text)),
                  meant(reading, &nearest, "add it under `intents`"));
    return -1;
}

static void make_keys(struct reading *reading, const struct agent_file *file,
                      struct plan_agent *out)
{
    static const char keys_known[] = "0123456789*#ABCD"; /* NUL, which ends it, is none. */
    const struct setting_pair *pairs = file->settings.keys.items;
    uint32_t count = file->settings.keys.count;
    struct plan_key *keys = reading_take(reading, count * sizeof(*keys));

    for (uint32_t i = 0; keys && i < count; i++) {
        struct text key = pairs[i].key.text;
        if (key.size != 1 || !memchr(keys_known, key.data[0], sizeof(keys_known) - 1)) {
            reading_error(reading, file->path, pairs[i].key.line,
                          reading_print(reading, "'" TEXT_FORMAT "' is not a key", TEXT_ARGS(key)),
                          "keys are 0-9, *, #, A-D");
            continue;
        }
        if (!pairs[i].value.given)
            continue;
        keys[out->key_count++] = (struct plan_key){
            .key = key.data[0], .intent = find_intent(reading, file, out, &pairs[i].value)};
    }
    out->keys = keys;
}

static void make_fallback(struct reading *reading, struct agents *agents,
                          const struct agent_file *file, struct plan_fallback *out)
{
    const struct agent_settings *s = &file->settings;
    bool goodbye = s->fallback_goodbye.given && s->fallback_goodbye.number;

    out->say = s->fallback_say.text;
    out->to = -1;
    out->kind = FALLBACK_GOODBYE;
    if (s->fallback_to.given && goodbye)
        reading_error(reading, file->path, s->fallback_goodbye.line,
                      "the fallback both hands over and ends the call",
                      "keep `to` or `goodbye: true`");
    if (s->fallback_to.given) {
        out->kind = FALLBACK_AGENT;
        out->to = agents_find(reading, agents, file->path, &s->fallback_to);
    } else if (s->fallback_say.given && !goodbye) {
        out->kind = FALLBACK_MESSAGE;
    }
}

static void make_escalation(struct reading *reading, const struct agent_file *file,
                            const struct plan *plan, struct plan_escalation *out)
{
    const struct agent_settings *s = &file->settings;
    const struct setting *first = s->escalation_turns.given   ? &s->escalation_turns
                                  : s->escalation_tools.given ? &s->escalation_tools
                                                              : &s->escalation_moods;

    if (!s->escalation_queue.given) {
        if (first->given)
            reading_error(reading, file->path, first->line, "an escalation that leads nowhere",
                          "add `queue: NAME`, one of `queues`");
        return;
    }
    out->queue = checks_queue(reading, file->path, plan, &s->escalation_queue);
    out->failed_turns = (uint8_t)s->escalation_turns.number;
    out->tool_failures = (uint8_t)s->escalation_tools.number;
    out->negative_turns = (uint8_t)s->escalation_moods.number;
}

static void make_chains(struct reading *reading, const struct agent_file *file,
                        const struct plan *plan, struct plan_agent *out)
{
    const struct agent_settings *s = &file->settings;

    checks_chain(reading, file->path, plan, &s->converse, ROLE_CONVERSES, &out->listen);
    out->think = out->listen;
    checks_chain(reading, file->path, plan, &s->listen, ROLE_LISTENS, &out->listen);
    checks_chain(reading, file->path, plan, &s->speak, ROLE_SPEAKS, &out->speak);
    checks_chain(reading, file->path, plan, &s->think, ROLE_THINKS, &out->think);
    if (out->think.count > 0 && text_empty(out->instructions))
        reading_warning(reading, file->path,
                        s->think.line > 0 ? s->think.line : s->converse.line,
                        "a model without instructions: the text below the front matter is empty",
                        "write there who it is, what it knows, and what it must not say");
}

static void make_agent(struct reading *reading, struct agents *agents, struct agent_file *file,
                       const struct plan *plan, struct plan_agent *out)
{
    const struct agent_settings *s = &file->settings;

    *out = (struct plan_agent){
        .name = file->name,
        .label = s->label.given ? s->label.text : spoken_name(reading, file->name),
        .voice = s->voice.text,
        .greeting = s->greeting.text,
        .expect = (enum expect)s->expect.number,
        .instructions = file->instructions,
        .language = s->language.text,
        .context_tokens = (uint32_t)s->context_tokens.number,
        .temperature_permille = (uint16_t)s->temperature.number,
        .max_tokens = (uint32_t)s->max_tokens.number,
    };
    if (s->greeting.given && text_empty(text_trim(s->greeting.text)))
        reading_error(reading, file->path, s->greeting.line, "the greeting is empty",
                      "write what callers hear first");
    for (int i = 0; i < WORDS_COUNT; i++)
        out->words[i] = s->words[i].text;
    partings_fill(s, out->partings);
    for (int i = 0; i < ORDERS; i++)
        out->orders[i] =
            (struct plan_phrases){texts_of(reading, &s->orders[i]), s->orders[i].count};
    checks_language(reading, file->path, s);
    make_intents(reading, agents, file, plan, out);
    make_keys(reading, file, out);
    make_fallback(reading, agents, file, &out->fallback);
    make_escalation(reading, file, plan, &out->escalation);
}

const struct plan_agent *agents_link(struct reading *reading, struct agents *agents,
                                     const struct plan *plan)
{
    struct plan_agent *made = reading_take(reading, agents->count * sizeof(*made));

    for (uint32_t i = 0; made && i < agents->count; i++) {
        if (agents->files[i].good)
            make_agent(reading, agents, &agents->files[i], plan, &made[i]);
    }
    for (uint32_t i = 0; made && i < agents->count; i++) {
        const struct agent_file *file = &agents->files[i];
        if (!file->good)
            continue;
        make_chains(reading, file, plan, &made[i]);
        tools_make(reading, file->path, &file->settings, made, &made[i]);
    }
    return made;
}

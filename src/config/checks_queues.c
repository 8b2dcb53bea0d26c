// SPDX-License-Identifier: Apache-2.0
/* checks_queues.c - queues, the skills that they need, where they lead, and who goes first. */
#include <string.h>

#include "config/checks.h"
#include "config/nearest.h"

/* ---- Names ---- */

static const char *meant(struct reading *reading, const struct nearest *nearest, const char *else_)
{
    struct text best = nearest_found(nearest);

    return text_empty(best)
               ? else_
               : reading_print(reading, "did you mean '" TEXT_FORMAT "'?", TEXT_ARGS(best));
}

int16_t checks_queue(struct reading *reading, const char *file, const struct plan *plan,
                     const struct setting *name)
{
    struct nearest nearest;

    if (!name->given)
        return -1;
    nearest_init(&nearest, name->text);
    for (uint8_t i = 0; i < plan->queue_count; i++) {
        if (text_equal(plan->queues[i].name, name->text))
            return i;
        nearest_offer(&nearest, plan->queues[i].name);
    }
    reading_error(
        reading, file, name->line,
        reading_print(reading, "there is no queue '" TEXT_FORMAT "'", TEXT_ARGS(name->text)),
        meant(reading, &nearest, "add it under `queues`"));
    return -1;
}

/* ---- Skills and keys ---- */

/* "billing", "german 3" */
static void need_skill(struct reading *reading, const char *file, const struct setting *item,
                       struct plan_queue *queue, struct config *out)
{
    struct text level_text = text_trim(item->text), skill = text_next(&level_text, ' ');
    uint64_t level = 1;

    if (skill.size == 0 || skill.size >= MAX_NAME ||
        (level_text.data && (!text_number(text_trim(level_text), &level) || level < 1 || level > SKILL_LEVELS))) {
        reading_error(reading, file, item->line,
                      reading_print(reading, "'" TEXT_FORMAT "' is not a skill",
                                    TEXT_ARGS(text_part(item->text, 0, 60))),
                      "write a name, and perhaps a level from 1 to 10: \"german 3\"");
        return;
    }
    int number = checks_skill(reading, file, item->line, skill, out);
    if (number < 0)
        return;
    queue->skills |= UINT32_C(1) << number;
    queue->levels[number] = (uint8_t)level;
}

static void make_keys(struct reading *reading, const char *file, const struct queue_settings *s,
                      struct plan_queue *out)
{
    static const char *const wishes[QUEUE_WISHES] = {"", "callback", "voicemail", "agent"};
    const struct setting_pair *pairs = s->keys.items;

    if (!s->keys.line)
        memcpy(out->keys, "\0" "120", QUEUE_WISHES);
    for (uint32_t i = 0; i < s->keys.count; i++) {
        struct text key = pairs[i].key.text;
        uint32_t wish = 1;
        while (wish < QUEUE_WISHES && !text_equal(pairs[i].value.text, text_of(wishes[wish])))
            wish++;
        if (key.size != 1 || !memchr("0123456789*#ABCD", key.data[0], 16))
            reading_error(reading, file, pairs[i].key.line,
                          reading_print(reading, "'" TEXT_FORMAT "' is not a key", TEXT_ARGS(key)),
                          "keys are 0-9, *, #, A-D");
        else if (wish == QUEUE_WISHES)
            reading_error(reading, file, pairs[i].value.line,
                          reading_print(reading, "a waiting caller cannot ask for '" TEXT_FORMAT "'",
                                        TEXT_ARGS(text_part(pairs[i].value.text, 0, 60))),
                          "write callback, voicemail or agent");
        else
            out->keys[wish] = key.data[0];
    }
}

/* ---- Paths ---- */

static const char *const overflow_words[OVERFLOW_KINDS] = {"wait",     "queue", "voicemail",
                                                    "callback", "agent", "goodbye", "choice", "unavailable"};
static const char *const case_words[QUEUE_CASES] = {"when-full", "when-closed", "when-nobody",
                                                    "when-waited"};

static struct plan_overflow make_overflow(struct reading *reading, const char *file,
                                  const struct setting *setting, enum queue_case when,
                                  struct agents *agents, const struct plan *plan)
{
    struct text rest = text_trim(setting->text), word = text_next(&rest, ' ');
    struct plan_overflow path = {.kind = OVERFLOW_GOODBYE, .to = -1};
    struct setting name = {.text = text_trim(rest), .line = setting->line, .given = rest.data};
    uint32_t kind = 0;

    while (kind < OVERFLOW_KINDS && !text_equal(word, text_of(overflow_words[kind])))
        kind++;
    bool named = kind == OVERFLOW_QUEUE || (kind == OVERFLOW_AGENT && name.given);
    bool asks = when == QUEUE_WHEN_FULL || when == QUEUE_WHEN_WAITED;
    if (kind == OVERFLOW_KINDS || (kind == OVERFLOW_WAIT && when != QUEUE_WHEN_NOBODY) ||
        (kind == OVERFLOW_CHOICE && !asks) || name.given != named) {
        reading_error(reading, file, setting->line,
                      reading_print(reading, "'%s' is '" TEXT_FORMAT "'", case_words[when],
                                    TEXT_ARGS(text_part(setting->text, 0, 60))),
                      when == QUEUE_WHEN_NOBODY
                          ? "write wait, queue NAME, voicemail, callback, unavailable, agent, agent NAME or goodbye"
                      : asks
                          ? "write choice, queue NAME, voicemail, callback, unavailable, agent, agent NAME or goodbye"
                          : "write queue NAME, voicemail, callback, unavailable, agent, agent NAME or goodbye");
        return path;
    }
    path.kind = (enum overflow_kind)kind;
    if (kind == OVERFLOW_QUEUE)
        path.to = checks_queue(reading, file, plan, &name);
    else if (named)
        path.to = agents_find(reading, agents, file, &name);
    return path;
}

/* A caller who overflows must come to an end, not round and round. */
static void check_rounds(struct reading *reading, const char *file,
                         const struct queue_settings *settings, const struct plan *plan, uint8_t from)
{
    for (uint32_t when = 0; when < QUEUE_CASES; when++) {
        int16_t at = plan->queues[from].overflows[when].kind == OVERFLOW_QUEUE
                         ? plan->queues[from].overflows[when].to
                         : -1;
        for (uint32_t hops = 0; at >= 0 && hops <= plan->queue_count; hops++) {
            const struct plan_overflow *next = &plan->queues[at].overflows[when];
            if (at == from) {
                reading_error(reading, file, settings->overflows[when].line,
                              reading_print(reading, "'%s' leads back to '" TEXT_FORMAT "'",
                                            case_words[when], TEXT_ARGS(plan->queues[from].name)),
                              "let one of these queues lead to voicemail, callback, an agent or "
                              "goodbye");
                break;
            }
            at = next->kind == OVERFLOW_QUEUE ? next->to : -1;
        }
    }
}

/* A telephone of `users` may be called without a trunk; who calls from outside may not. */
static void check_promises(struct reading *reading, const char *file,
                           const struct queue_settings *settings, const struct plan *plan,
                           uint8_t index)
{
    for (uint32_t when = 0; when < QUEUE_CASES && plan->outbound_count == 0; when++) {
        enum overflow_kind kind = plan->queues[index].overflows[when].kind;
        if (kind != OVERFLOW_CALLBACK && kind != OVERFLOW_CHOICE)
            continue;
        reading_warning(reading, file, settings->overflows[when].line,
                        reading_print(reading, "'%s' promises callbacks, and nothing leads to those "
                                               "who are to be called", case_words[when]),
                        "give a trunk a `host`, so that it can be called");
        return;
    }
}

/* ---- Queues ---- */

static struct text spoken_name(struct reading *reading, struct text name)
{
    char spoken[MAX_NAME];

    text_copy(spoken, sizeof(spoken), name);
    for (char *c = spoken; *c; c++)
        *c = *c == '-' || *c == '_' ? ' ' : *c;
    return text_of(reading_string(reading, text_of(spoken)));
}

static void make_queue(struct reading *reading, const char *file, const struct queue_settings *s,
                       uint64_t first, struct plan_queue *queue, struct config *out)
{
    *queue = (struct plan_queue){
        .name = s->at.text,
        .label = s->label.given ? s->label.text : spoken_name(reading, s->at.text),
        .strategy = (enum plan_strategy)s->strategy.number,
        .max_callers = (uint32_t)s->max_callers.number,
        .max_wait_ms = (uint32_t)s->max_wait.number,
        .ring_ms = (uint32_t)s->ring.number,
        .put_aside_after = (uint8_t)s->put_aside_after.number,
        .level_permille = (uint16_t)s->share.number,
        .level_ms = (uint32_t)s->within.number,
        .hours = checks_opening(reading, file, &out->plan, &s->hours),
        .priority = (uint8_t)s->priority.number,
        .ageing_ms = (uint32_t)s->ageing.number,
        .update_ms = (uint32_t)s->update_every.number,
        .agent_helps = s->while_waiting.number == 1, /* while_words */
        .operator_first = (s->callbacks_first.given ? s->callbacks_first.number : first) == 0,
    };
    if (s->music.given)
        queue->music = text_of(schema_path(reading, file, s->music.text));
    for (uint32_t i = 0; i < s->skills.count; i++)
        need_skill(reading, file, &s->skills.items[i], queue, out);
    make_keys(reading, file, s, queue);
    for (uint32_t i = 0; i < QUEUE_WORDS_COUNT; i++)
        queue->words[i] = s->words[i].text;
    if (s->at.text.size >= MAX_NAME)
        reading_error(reading, file, s->at.line, "the queue's name is too long",
                      "give at most 63 bytes, and the rest in its label");
    if (queue->update_ms && queue->update_ms < 10000)
        reading_error(reading, file, s->update_every.line,
                      "callers would hear nothing but updates", "write 10s or more, or 0 for never");
}

static void make_vips(struct reading *reading, const struct server_settings *s, struct config *out)
{
    const struct vip_settings *settings = s->vips.items;
    struct plan_vip *vips = reading_take(reading, s->vips.count * sizeof(*vips));

    for (uint32_t i = 0; vips && i < s->vips.count; i++) {
        struct text *numbers =
            reading_take(reading, settings[i].numbers.count * sizeof(*numbers));
        for (uint32_t j = 0; numbers && j < settings[i].numbers.count; j++)
            numbers[j] = settings[i].numbers.items[j].text;
        vips[i] = (struct plan_vip){.name = settings[i].at.text,
                                    .numbers = numbers,
                                    .number_count =
                                        numbers ? (uint16_t)settings[i].numbers.count : 0,
                                    .priority = (uint8_t)settings[i].priority.number};
    }
    out->plan.vips = vips;
    out->plan.vip_count = vips ? (uint8_t)s->vips.count : 0;
}

void checks_queues(struct reading *reading, const char *file, const struct server_settings *s,
                   struct agents *agents, struct config *out)
{
    const struct queue_settings *settings = s->queues.items;
    struct plan_queue *queues = reading_take(reading, s->queues.count * sizeof(*queues));

    make_vips(reading, s, out);
    if (!queues)
        return;
    for (uint32_t i = 0; i < s->queues.count; i++)
        make_queue(reading, file, &settings[i], s->callback_first.number, &queues[i], out);
    out->plan.queues = queues;
    out->plan.queue_count = (uint8_t)s->queues.count;
    for (uint32_t i = 0; i < s->queues.count; i++) {
        for (uint32_t when = 0; when < QUEUE_CASES; when++)
            queues[i].overflows[when] = make_overflow(reading, file, &settings[i].overflows[when],
                                              (enum queue_case)when, agents, &out->plan);
    }
    for (uint32_t i = 0; i < s->queues.count; i++) {
        check_rounds(reading, file, &settings[i], &out->plan, (uint8_t)i);
        check_promises(reading, file, &settings[i], &out->plan, (uint8_t)i);
    }
}

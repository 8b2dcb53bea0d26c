// SPDX-License-Identifier: Apache-2.0
/* checks_people.c - operators: where they answer, and what they can do. */
#include "config/checks.h"

#include "config/nearest.h"
#include "config/operator_files.h"

enum { PLACE_BYTES = 127 }; /* Of struct dial. */

int checks_skill(struct reading *reading, const char *file, uint32_t line, struct text name,
                 struct config *out)
{
    struct text *skills = reading_take(reading, MAX_SKILLS * sizeof(*skills));
    uint8_t count = out->plan.skill_count;

    for (uint8_t i = 0; i < count; i++) {
        if (text_equal(out->plan.skills[i], name))
            return i;
    }
    if (!skills || count == MAX_SKILLS) {
        reading_error(
            reading, file, line,
            reading_print(reading, "'" TEXT_FORMAT "' is one skill too many", TEXT_ARGS(name)),
            reading_print(reading, "name at most %d skills in all", MAX_SKILLS));
        return -1;
    }
    for (uint8_t i = 0; i < count; i++)
        skills[i] = out->plan.skills[i];
    skills[count] = name;
    out->plan.skills = skills;
    out->plan.skill_count++;
    return count;
}

static bool is_user(const struct plan *plan, struct text name, struct nearest *nearest)
{
    for (uint16_t i = 0; i < plan->user_count; i++) {
        nearest_offer(nearest, plan->users[i].name);
        if (text_equal(plan->users[i].name, name))
            return true;
    }
    return false;
}

/* "+41 44 668 18 00": digits, with what people write between them. */
static bool is_number(struct text t)
{
    uint32_t digits = 0;

    for (uint32_t i = 0; i < t.size; i++) {
        bool digit = t.data[i] >= '0' && t.data[i] <= '9';
        digits += digit;
        if (!digit && t.data[i] != '*' && t.data[i] != '#' && !(i == 0 && t.data[i] == '+'))
            return false;
    }
    return digits > 0;
}

static void make_place(struct reading *reading, const char *file, const struct setting *item,
                       struct plan_operator *out, const struct plan *plan)
{
    struct nearest nearest;
    struct text best;
    bool uri = text_starts_nocase(item->text, TEXT("sip:")) ||
               text_starts_nocase(item->text, TEXT("sips:"));

    nearest_init(&nearest, item->text);
    if (item->text.size > PLACE_BYTES) {
        reading_error(reading, file, item->line, "the place is longer than 127 bytes",
                      "shorten it");
    } else if (is_user(plan, item->text, &nearest)) {
        out->places[out->place_count++] = item->text;
    } else if (!uri && !is_number(item->text)) {
        best = nearest_found(&nearest);
        reading_error(
            reading, file, item->line,
            reading_print(reading, "'" TEXT_FORMAT "' is none of `users`, nor a number, nor sip:",
                          TEXT_ARGS(item->text)),
            text_empty(best)
                ? "name the telephone under `users`"
                : reading_print(reading, "did you mean '" TEXT_FORMAT "'?", TEXT_ARGS(best)));
    } else if (plan->outbound_count == 0) {
        reading_error(
            reading, file, item->line,
            reading_print(reading, "nothing leads to '" TEXT_FORMAT "'", TEXT_ARGS(item->text)),
            "give a trunk a `host`, so that it can be called");
    } else {
        out->places[out->place_count++] = item->text;
    }
}

static void make_skills(struct reading *reading, const char *file,
                        const struct operator_settings *s, struct plan_operator *out,
                        struct config *config)
{
    const struct setting_pair *pairs = s->skills.items;
    uint64_t level;

    for (uint32_t i = 0; i < s->skills.count; i++) {
        int skill = checks_skill(reading, file, pairs[i].key.line, pairs[i].key.text, config);
        if (!pairs[i].value.given || !text_number(pairs[i].value.text, &level) || level < 1 ||
            level > SKILL_LEVELS)
            reading_error(reading, file, pairs[i].key.line,
                          reading_print(reading,
                                        "the level of '" TEXT_FORMAT "' is no number "
                                        "from 1 to 10",
                                        TEXT_ARGS(pairs[i].key.text)),
                          "write how well they do it: 1 is a little, 10 nobody does better");
        else if (skill >= 0)
            out->levels[skill] = (uint8_t)level;
    }
}

/* The bits of the queues that they serve. */
static uint64_t queues_of(struct reading *reading, const char *file,
                          const struct operator_settings *s, const struct plan *plan)
{
    uint64_t queues = 0;

    if (s->queues.line == 0)
        return UINT64_MAX;
    for (uint32_t i = 0; i < s->queues.count; i++) {
        int16_t queue = checks_queue(reading, file, plan, &s->queues.items[i]);
        if (queue >= 0)
            queues |= UINT64_C(1) << queue;
    }
    if (s->queues.count == 0)
        reading_error(reading, file, s->queues.line, "'queues' names no queue",
                      "leave it away: they then serve every queue whose skills they have");
    return queues;
}

/* Callers of such a queue would wait for somebody who is never asked. */
static void check_skills(struct reading *reading, const char *file,
                         const struct operator_settings *s, const struct plan_operator *person,
                         const struct plan *plan)
{
    for (uint32_t i = 0; i < s->queues.count; i++) {
        for (uint8_t q = 0; q < plan->queue_count; q++) {
            const struct plan_queue *queue = &plan->queues[q];
            if (!text_equal(queue->name, s->queues.items[i].text))
                continue;
            for (uint64_t skills = queue->skills; skills; skills &= skills - 1) {
                int skill = __builtin_ctzll(skills);
                if (person->levels[skill] == 0 || person->levels[skill] < queue->levels[skill])
                    reading_warning(
                        reading, file, s->queues.items[i].line,
                        reading_print(reading,
                                      "'" TEXT_FORMAT "' is never offered callers of '" TEXT_FORMAT
                                      "', which needs " TEXT_FORMAT " %u",
                                      TEXT_ARGS(person->name), TEXT_ARGS(queue->name),
                                      TEXT_ARGS(plan->skills[skill]), queue->levels[skill]),
                        "give them the skill, or take the queue from them");
            }
        }
    }
}

static void make_operator(struct reading *reading, const char *file,
                          const struct operator_settings *s, struct plan_operator *out,
                          struct config *config)
{
    struct setting own = {.text = s->at.text, .line = s->at.line, .given = true};

    out->name = s->at.text;
    out->label = s->label.given ? s->label.text : s->at.text;
    out->queues = queues_of(reading, file, s, &config->plan);
    out->wrap_up_ms = (uint32_t)s->wrap_up.number;
    out->supervises = s->supervisor.number != 0;
    if (s->at.text.size == 0 || s->at.text.size >= MAX_NAME)
        reading_error(reading, file, s->at.line, "an operator's name is empty, or over 63 bytes",
                      "give each a short name, and the whole one as `label`");
    if (s->answers_at.line == 0)
        make_place(reading, file, &own, out, &config->plan);
    for (uint32_t i = 0; i < s->answers_at.count; i++)
        make_place(reading, file, &s->answers_at.items[i], out, &config->plan);
    if (s->answers_at.line > 0 && s->answers_at.count == 0)
        reading_error(reading, file, s->answers_at.line, "'answers-at' names no place",
                      "write answers-at: [alice], with one of `users`");
    make_skills(reading, file, s, out, config);
    check_skills(reading, file, s, out, &config->plan);
}

static bool serves(const struct plan_operator *person, const struct plan_queue *queue, uint32_t bit)
{
    bool able = person->queues >> bit & 1;

    for (uint64_t skills = queue->skills; skills && able; skills &= skills - 1) {
        int skill = __builtin_ctzll(skills);
        able = person->levels[skill] > 0 && person->levels[skill] >= queue->levels[skill];
    }
    return able;
}

/* Without any operators a queue leads elsewhere, or they come by files. */
static void warn_of_unserved(struct reading *reading, const char *file,
                             const struct server_settings *s, const struct plan *plan)
{
    const struct queue_settings *queues = s->queues.items;

    for (uint32_t q = 0; q < plan->queue_count && plan->operator_count > 0; q++) {
        bool served = false;
        for (uint32_t i = 0; i < plan->operator_count && !served; i++)
            served = serves(&plan->operators[i], &plan->queues[q], q);
        if (!served)
            reading_warning(reading, file, queues[q].at.line,
                            reading_print(reading,
                                          "no operator is ever offered callers of '" TEXT_FORMAT "'",
                                          TEXT_ARGS(plan->queues[q].name)),
                            "give somebody its skills, at its levels, or correct their names");
    }
}

void checks_operators(struct reading *reading, const char *file, const struct server_settings *s,
                      struct config *out)
{
    struct operator_file *files = NULL;
    uint32_t count = operator_files_read(reading, file, s, &files);
    struct plan_operator *operators = reading_take(reading, count * sizeof(*operators));

    for (uint32_t i = 0; operators && i < count; i++)
        make_operator(reading, files[i].path, &files[i].settings, &operators[i], out);
    for (int said = 0; said < OPERATOR_SAIDS; said++)
        out->plan.codes[said] = s->codes[said].text;
    out->plan.three_way = s->three_way.text;
    out->plan.operators = operators;
    out->plan.operator_count = operators ? (uint16_t)count : 0;
    warn_of_unserved(reading, file, s, &out->plan);
}

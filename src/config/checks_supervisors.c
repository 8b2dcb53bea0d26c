// SPDX-License-Identifier: Apache-2.0
/* checks_supervisors.c - who may supervise what: names that exist. */
#include "config/checks.h"

#include "config/nearest.h"

/* One of the names of a kind: the i-th, empty after the last. */
typedef struct text names(const struct plan *plan, uint16_t i);

static struct text user_at(const struct plan *plan, uint16_t i)
{
    return i < plan->user_count ? plan->users[i].name : TEXT_EMPTY;
}

static struct text operator_at(const struct plan *plan, uint16_t i)
{
    return i < plan->operator_count ? plan->operators[i].name : TEXT_EMPTY;
}

static struct text queue_at(const struct plan *plan, uint16_t i)
{
    return i < plan->queue_count ? plan->queues[i].name : TEXT_EMPTY;
}

static struct text agent_at(const struct plan *plan, uint16_t i)
{
    return i < plan->agent_count ? plan->agents[i].name : TEXT_EMPTY;
}

static void need(struct reading *reading, const char *file, const struct setting *item,
                 const struct plan *plan, names *all, const char *where)
{
    struct nearest nearest;
    struct text name, best;

    nearest_init(&nearest, item->text);
    for (uint16_t i = 0; !text_empty(name = all(plan, i)); i++) {
        if (text_equal(name, item->text))
            return;
        nearest_offer(&nearest, name);
    }
    best = nearest_found(&nearest);
    reading_error(reading, file, item->line,
                  reading_print(reading, "'" TEXT_FORMAT "' is none of `%s`", TEXT_ARGS(item->text),
                                where),
                  text_empty(best)
                      ? reading_print(reading, "name one of `%s`", where)
                      : reading_print(reading, "did you mean '" TEXT_FORMAT "'?", TEXT_ARGS(best)));
}

static const struct text *make_list(struct reading *reading, const char *file,
                                    const struct setting_list *list, const struct plan *plan,
                                    names *all, const char *where, uint16_t *count)
{
    struct text *made = reading_take(reading, list->count * sizeof(*made));

    for (uint32_t i = 0; made && i < list->count; i++) {
        need(reading, file, &list->items[i], plan, all, where);
        made[i] = list->items[i].text;
    }
    *count = made ? (uint16_t)list->count : 0;
    return made;
}

static void make_supervisor(struct reading *reading, const char *file,
                            const struct supervisor_settings *s, struct plan_supervisor *out,
                            const struct plan *plan)
{
    struct setting *own = reading_take(reading, sizeof(*own));
    struct setting_list telephones = s->telephones;

    out->name = s->at.text;
    out->everything = s->everything.number != 0;
    if (s->at.text.size == 0 || s->at.text.size >= MAX_NAME)
        reading_error(reading, file, s->at.line, "a supervisor's name is empty, or over 63 bytes",
                      "give each a short name");
    if (telephones.line == 0 && own) {
        *own = (struct setting){.text = s->at.text, .line = s->at.line, .given = true};
        telephones = (struct setting_list){.items = own, .count = 1, .line = s->at.line};
    }
    out->telephones = make_list(reading, file, &telephones, plan, user_at, "users",
                                &out->telephone_count);
    out->operators = make_list(reading, file, &s->operators, plan, operator_at, "operators",
                               &out->operator_count);
    out->queues =
        make_list(reading, file, &s->queues, plan, queue_at, "queues", &out->queue_count);
    out->agents = make_list(reading, file, &s->agents, plan, agent_at, "agents", &out->agent_count);
    if (!out->everything &&
        s->operators.count + s->queues.count + s->agents.count == 0)
        reading_error(reading, file, s->at.line, "this supervisor may supervise nothing",
                      "name `operators`, `queues` or `agents`, or write everything: true");
}

/* An operator's code is looked at first. */
static void check_operator_codes(struct reading *reading, const char *file,
                                 const struct server_settings *s)
{
    for (int said = 0; said < OPERATOR_SAIDS; said++) {
        const struct setting *code = &s->codes[said];
        const struct setting *other = NULL;
        for (int i = 0; i < said; i++)
            other = text_equal(code->text, s->codes[i].text) ? &s->codes[i] : other;
        for (int i = 0; i < SUPERVISE_CODES && s->supervisors.count > 0; i++)
            other = !text_empty(s->supervise[i].text) &&
                            text_starts(code->text, s->supervise[i].text)
                        ? &s->supervise[i]
                        : other;
        if (other && !text_empty(code->text))
            reading_error(reading, file, code->given ? code->line : other->line,
                          reading_print(reading, "'" TEXT_FORMAT "' is another code, too",
                                        TEXT_ARGS(code->text)),
                          "give each of `operator-codes` and `supervision` a number of its own");
    }
}

/* Of two codes of which one begins the other only the shorter would ever be meant. */
static void check_codes(struct reading *reading, const char *file, const struct server_settings *s)
{
    for (int i = 0; i < SUPERVISE_CODES; i++) {
        for (int k = 0; k < SUPERVISE_CODES; k++) {
            if (i == k || text_empty(s->supervise[k].text) || text_empty(s->supervise[i].text) ||
                !text_starts(s->supervise[i].text, s->supervise[k].text) || (i < k &&
                text_equal(s->supervise[i].text, s->supervise[k].text)))
                continue;
            reading_error(reading, file, s->supervise[i].line,
                          reading_print(reading, "'" TEXT_FORMAT "' begins like another code",
                                        TEXT_ARGS(s->supervise[i].text)),
                          "give each way of supervising a number of its own");
        }
    }
}

/* An operator who may: from where they answer, in calls of the queues that they name, or in all. */
static void make_leader(struct reading *reading, const char *file, uint32_t line,
                        const struct plan_operator *person, struct plan_supervisor *out,
                        const struct plan *plan)
{
    struct text *telephones = reading_take(reading, OPERATOR_PLACES * sizeof(*telephones));
    struct text *queues = reading_take(reading, MAX_QUEUES * sizeof(*queues));

    if (!telephones || !queues)
        return;
    for (uint8_t place = 0; place < person->place_count; place++) {
        for (uint16_t i = 0; i < plan->user_count; i++) {
            if (text_equal(plan->users[i].name, person->places[place]))
                telephones[out->telephone_count++] = person->places[place];
        }
    }
    out->everything = person->queues == UINT64_MAX;
    for (uint8_t i = 0; i < plan->queue_count && !out->everything; i++) {
        if (person->queues >> i & 1)
            queues[out->queue_count++] = plan->queues[i].name;
    }
    out->name = person->name;
    out->telephones = telephones;
    out->queues = queues;
    if (out->telephone_count == 0)
        reading_error(reading, file, line,
                      "this operator has no telephone of `users` to supervise from",
                      "name one under `answers-at`");
}

static void make_leaders(struct reading *reading, const char *file,
                         const struct server_settings *s, struct plan_supervisor *made,
                         struct plan *plan)
{
    const struct operator_settings *settings = s->operators.items;

    for (uint32_t i = 0; i < plan->operator_count; i++) { /* Those of files of their own come last. */
        uint32_t line = i < s->operators.count ? settings[i].at.line : s->operator_files.line;
        if (plan->operators[i].supervises)
            make_leader(reading, file, line, &plan->operators[i],
                        &made[plan->supervisor_count++], plan);
    }
}

void checks_supervisors(struct reading *reading, const char *file,
                        const struct server_settings *s, struct config *out)
{
    const struct supervisor_settings *settings = s->supervisors.items;
    uint32_t most = s->supervisors.count + out->plan.operator_count; /* Those named first: their rights. */
    struct plan_supervisor *made = reading_take(reading, most * sizeof(*made));

    for (uint32_t i = 0; made && i < s->supervisors.count; i++)
        make_supervisor(reading, file, &settings[i], &made[i], &out->plan);
    for (int i = 0; i < SUPERVISE_CODES; i++)
        out->plan.supervision.codes[i] = s->supervise[i].text;
    out->plan.supervision.tell_caller = (enum plan_tell)s->tell_caller.number;
    out->plan.supervision.tell_operator = (enum plan_tell)s->tell_operator.number;
    out->plan.supervision.every_ms = (uint32_t)s->tell_every.number;
    out->plan.supervisors = made;
    out->plan.supervisor_count = made ? (uint16_t)s->supervisors.count : 0;
    if (made)
        make_leaders(reading, file, s, made, &out->plan);
    check_codes(reading, file, s);
    check_operator_codes(reading, file, s);
}

// SPDX-License-Identifier: Apache-2.0
/* choice.c - the whole that was said is weighed with its parts; then what was turned down is taken
 * off. */
#include "mind/choice.h"

#include "mind/clauses.h"

static const double whole_weight = 0.7; /* Against the best of the clauses. */
static const double asked_for_person = 0.9;

struct weighing {
    const struct linear *linear;
    const struct plan_agent *agent;
    const struct tokens *tokens;
    struct clause clauses[MAX_CLAUSES];
    uint32_t count;
    double p[MAX_INTENTS];
};

static uint32_t count_kind(const struct weighing *w, enum clause_kind kind)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < w->count; i++)
        if (w->clauses[i].kind == kind)
            count++;
    return count;
}

/* All clauses that say something, as one sentence. */
static void said_tokens(const struct weighing *w, struct tokens *out)
{
    char storage[MAX_UTTERANCE];
    struct text_buffer said;

    text_buffer_init(&said, storage, sizeof storage);
    for (uint32_t i = 0; i < w->count; i++) {
        if (w->clauses[i].kind != CLAUSE_SAYS)
            continue;
        if (said.size)
            text_append_char(&said, ' ');
        tokens_join(w->tokens, w->clauses[i].from, w->clauses[i].to, &said);
    }
    tokens_of(text_view(&said), out);
}

static int16_t best_of(const double p[MAX_INTENTS], uint32_t count)
{
    int16_t best = 0;

    for (uint32_t i = 1; i < count; i++)
        if (p[i] > p[best])
            best = (int16_t)i;
    return best;
}

/* The clause that is surest of anything but the general intent speaks for the parts. */
static void weigh_parts(struct weighing *w)
{
    double part[MAX_INTENTS], surest[MAX_INTENTS] = {0}, top = 0;
    int16_t general = w->agent->general;

    for (uint32_t i = 0; i < w->count; i++) {
        int16_t best;

        if (w->clauses[i].kind != CLAUSE_SAYS)
            continue;
        linear_predict(w->linear, w->tokens, w->clauses[i].from, w->clauses[i].to, part);
        best = best_of(part, w->agent->intent_count);
        if (best == general || part[best] <= top)
            continue;
        top = part[best];
        for (uint32_t k = 0; k < MAX_INTENTS; k++)
            surest[k] = part[k];
    }
    for (uint32_t k = 0; top > 0 && k < MAX_INTENTS; k++)
        w->p[k] = whole_weight * w->p[k] + (1 - whole_weight) * surest[k];
}

/* An intent that was turned down, and not said as well, is out. */
static void weigh_rejections(struct weighing *w)
{
    double rejected[MAX_INTENTS];

    for (uint32_t i = 0; i < w->count; i++) {
        const struct clause *clause = &w->clauses[i];

        if (clause->kind != CLAUSE_REJECTS)
            continue;
        linear_predict(w->linear, w->tokens, clause->object, clause->to, rejected);
        for (uint32_t k = 0; k < w->agent->intent_count; k++)
            if ((int16_t)k != w->agent->general)
                w->p[k] *= 1 - rejected[k];
    }
}

static void weigh_escalation(struct weighing *w)
{
    double part[MAX_INTENTS];

    for (uint32_t k = 0; k < w->agent->intent_count; k++) {
        if (!w->agent->intents[k].escalation)
            continue;
        for (uint32_t i = 0; i < w->count; i++) {
            const struct clause *clause = &w->clauses[i];

            if (clause->kind != CLAUSE_SAYS)
                continue;
            linear_predict(w->linear, w->tokens, clause->from, clause->to, part);
            if (part[k] > 0.8 && part[k] > w->p[k] && clause->to - clause->from >= 3)
                w->p[k] = part[k];
            if (w->p[k] < asked_for_person &&
                clauses_ask_for_person(w->tokens, clause->from, clause->to))
                w->p[k] = asked_for_person;
        }
        for (uint32_t o = 0; w->p[k] > 0.7 && o < w->agent->intent_count; o++)
            if (o != k && w->p[o] >= w->p[k])
                w->p[o] = w->p[k] * 0.9;
    }
}

struct choice choice_of(const struct linear *linear, const struct plan_agent *agent,
                        const struct tokens *tokens)
{
    struct weighing w = {.linear = linear, .agent = agent, .tokens = tokens};
    struct choice undecided = {agent->general, 500}, choice;
    struct tokens said;
    double known, cap = 0.99;

    known = linear_known(linear, tokens, 0, tokens->count);
    if (tokens->count == 0 || (known <= 0 && !clauses_ask_for_person(tokens, 0, tokens->count)))
        return undecided;
    w.count = clauses_of(tokens, w.clauses);
    if (count_kind(&w, CLAUSE_SAYS) == 0) {
        linear_predict(linear, tokens, 0, tokens->count, w.p); /* Only what is left may win. */
    } else {
        said_tokens(&w, &said);
        linear_predict(linear, &said, 0, said.count, w.p);
        if (count_kind(&w, CLAUSE_SAYS) > 1)
            weigh_parts(&w);
    }
    weigh_rejections(&w);
    weigh_escalation(&w);
    choice.intent = best_of(w.p, agent->intent_count);
    if (w.p[choice.intent] < cap)
        cap = w.p[choice.intent];
    if (known < 0.5 && cap < asked_for_person)
        cap *= 0.5 + known;
    choice.confidence_permille = (uint16_t)(cap * 1000);
    return choice;
}

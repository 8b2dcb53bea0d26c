// SPDX-License-Identifier: Apache-2.0
/* summary.c - the sentence is put together from fixed parts. */
#include "mind/summary.h"

static const char *const openings[] = {[SENTIMENT_NEUTRAL] = "The caller",
                                       [SENTIMENT_POSITIVE] = "A friendly caller",
                                       [SENTIMENT_NEGATIVE] = "An unhappy caller",
                                       [SENTIMENT_FRUSTRATED] = "A frustrated caller"};

/* How a fact reads in brackets. */
static const struct {
    enum entity entity;
    const char *before;
} facts[] = {{ENTITY_ACCOUNT, "account "}, {ENTITY_INVOICE, "invoice "}, {ENTITY_PRODUCT, ""},
             {ENTITY_ERROR, "error "},     {ENTITY_AMOUNT, ""},          {ENTITY_DATE, ""}};

static void append_facts(const struct entities *entities, struct text_buffer *out)
{
    const char *between = " (";

    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        const char *value = entities->value[facts[i].entity];

        if (!value[0])
            continue;
        text_append(out, text_of(between));
        text_append(out, text_of(facts[i].before));
        text_append(out, text_of(value));
        between = ", ";
    }
    if (between[0] == ',')
        text_append_char(out, ')');
}

static void append_calls(const struct entities *entities, struct text_buffer *out)
{
    struct text calls = text_of(entities->value[ENTITY_CALLS_BEFORE]);

    if (text_empty(calls))
        return;
    text_append(out, TEXT(" and has called "));
    if (text_equal(calls, TEXT("1"))) {
        text_append(out, TEXT("once before"));
    } else {
        text_append(out, calls);
        text_append(out, TEXT(" times before"));
    }
}

void summary_of(const struct plan_intent *intent, enum sentiment sentiment,
                const struct entities *entities, struct text_buffer *out)
{
    text_append(out, text_of(openings[sentiment]));
    if (!intent) {
        text_append(out, TEXT(" has not said clearly what this is about"));
    } else if (intent->escalation) {
        text_append(out, TEXT(" asks for a person"));
    } else {
        text_append(out, TEXT(" asks about "));
        text_append(out, text_empty(intent->label) ? intent->name : intent->label);
    }
    append_facts(entities, out);
    append_calls(entities, out);
    text_append_char(out, '.');
}

// SPDX-License-Identifier: Apache-2.0
/* template.c - names to values, brackets to all or nothing. */
#include "core/template.h"

#include "core/context.h"
#include "core/phrase.h"

#include <string.h>

static void append_choices(const struct plan_agent *agent, struct text_buffer *out)
{
    struct phrases by = phrases_of(agent->language, NULL);
    uint32_t left = 0, count = 0;

    for (uint32_t i = 0; i < agent->intent_count; i++)
        left += agent->intents[i].choice;
    for (uint32_t i = 0; i < agent->intent_count; i++) {
        if (!agent->intents[i].choice)
            continue;
        if (count > 0)
            text_append(out, left == 1 ? phrase_last_of_many(&by) : TEXT(", "));
        text_append(out, agent->intents[i].label);
        count++;
        left--;
    }
}

/* "press 1 for billing, 2 for technical support, or 0 for a representative" needs only the pairs.
 */
static void append_keys(const struct plan_agent *agent, struct text_buffer *out)
{
    struct phrases by = phrases_of(agent->language, NULL);

    for (uint32_t i = 0; i < agent->key_count; i++) {
        if (i > 0)
            text_append(out, i + 1 == agent->key_count ? phrase_last_of_many(&by) : TEXT(", "));
        text_append_char(out, agent->keys[i].key);
        text_append(out, phrase_key_means(&by));
        text_append(out, agent->intents[agent->keys[i].intent].label);
    }
}

/* Appends the value; false when it is unknown or empty. */
static bool append_value(struct text name, const struct template_values *v, struct text_buffer *out)
{
    const struct context *c = v->context;
    struct phrases by = phrases_of(v->agent->language, NULL);
    const struct {
        struct text name, value;
    } rows[] = {
        {TEXT("caller"), text_of(c->caller)},
        {TEXT("called"), text_of(c->called)},
        {TEXT("statement"), text_of(c->statement)},
        {TEXT("summary"), text_of(c->summary)},
        {TEXT("transferred_from"), text_of(c->transferred_from)},
        {TEXT("reason"), text_of(c->reason)},
        {TEXT("sentiment"), text_of(sentiment_names[c->sentiment])},
        {TEXT("mood"), phrase_mood(&by, c->sentiment)},
        {TEXT("agent"), v->agent_label},
        {TEXT("intent"), v->intent_label},
        {TEXT("key"), v->key},
        {TEXT("number"), v->number},
        {TEXT("first"), v->first},
        {TEXT("second"), v->second},
        {TEXT("when"), v->when},
        {TEXT("queue"), v->queue},
        {TEXT("position"), v->position},
        {TEXT("wait"), v->wait},
        {TEXT("offers"), v->offers},
    };
    uint32_t before = out->size;
    struct text value;

    if (text_equal(name, TEXT("choices"))) {
        append_choices(v->agent, out);
        return out->size > before;
    }
    if (text_equal(name, TEXT("keys"))) {
        append_keys(v->agent, out);
        return out->size > before;
    }
    value = context_entity(text_of(c->entities), name);
    if (value.size == 0)
        value = context_entity(text_of(c->given), name);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (text_equal(name, rows[i].name))
            value = rows[i].value;
    text_append(out, value);
    return value.size > 0;
}

static bool after_space(const struct text_buffer *out)
{
    return out->size == 0 || out->data[out->size - 1] == ' ';
}

/* How many of the words from `at` on are themselves. */
static uint32_t plain(struct text words, uint32_t at)
{
    uint32_t size = 0;

    while (at + size < words.size && words.data[at + size] != '[' && words.data[at + size] != ']' &&
           words.data[at + size] != '{')
        size++;
    return size;
}

void template_render(struct text words, const struct template_values *values,
                     struct text_buffer *out)
{
    uint32_t bracket = 0; /* Size of *out where the open bracket began. */
    bool in_bracket = false, missing = false;

    for (uint32_t i = 0; i < words.size; i++) {
        char c = words.data[i];
        if (c == '[' && !in_bracket) {
            in_bracket = true;
            missing = false;
            bracket = out->size;
        } else if (c == ']' && in_bracket) {
            in_bracket = false;
            if (missing)
                out->size = bracket;
            while (missing && i + 1 < words.size && words.data[i + 1] == ' ' && after_space(out))
                i++; /* "A. [B.] C." without B is "A. C." */
        } else if (c == '{') {
            int32_t size = text_find(text_part(words, i + 1, words.size), TEXT("}"));
            if (size < 0)
                return; /* Checked when the plan is made. */
            if (!append_value(text_part(words, i + 1, (uint32_t)size), values, out))
                missing = true;
            i += (uint32_t)size + 1;
        } else {
            /* A bracket that opens none or closes none is itself too. */
            uint32_t size = 1 + plain(words, i + 1);
            text_append(out, text_part(words, i, size));
            i += size - 1;
        }
    }
}

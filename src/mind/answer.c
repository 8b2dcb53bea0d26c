// SPDX-License-Identifier: Apache-2.0
/* answer.c - everything is copied piece by piece; nothing passes that was not looked at. */
#include "mind/answer.h"

#include <string.h>

#include "base/tokens.h"
#include "core/command.h"
#include "mind/entities.h"

enum { MAX_LINES = 64 }; /* Of entities looked at. */

static void undecided(const struct plan_agent *agent, struct answer *out)
{
    memset(out, 0, sizeof *out);
    out->intent = TEXT("general");
    if (agent && agent->general >= 0)
        out->intent = agent->intents[agent->general].name;
    out->confidence_permille = 500;
    out->sentiment = SENTIMENT_NEUTRAL;
}

static const struct plan_intent *intent_named(const struct plan_agent *agent, struct text name)
{
    for (uint32_t i = 0; i < agent->intent_count; i++)
        if (text_equal_nocase(agent->intents[i].name, name))
            return &agent->intents[i];
    return NULL;
}

static enum sentiment sentiment_named(struct text name)
{
    for (int i = SENTIMENT_NEUTRAL; i <= SENTIMENT_FRUSTRATED; i++)
        if (text_equal_nocase(text_of(sentiment_names[i]), name))
            return (enum sentiment)i;
    return SENTIMENT_NEUTRAL;
}

/* Printable, one line, valid UTF-8: what can be stored, spoken and shown. */
static void append_clean(struct text_buffer *out, struct text t, uint32_t limit)
{
    const unsigned char *bytes = (const unsigned char *)t.data;
    uint32_t end = out->size + limit, length;

    for (uint32_t i = 0; i < t.size && out->size < end; i += length) {
        length = 1;
        if (bytes[i] >= 0x20 && bytes[i] < 0x7F) {
            text_append_char(out, t.data[i]);
        } else if (bytes[i] == '\t' || bytes[i] == '\n' || bytes[i] == '\r') {
            text_append_char(out, ' ');
        } else if (bytes[i] >= 0x80) {
            length = tokens_utf8(bytes + i, t.size - i);
            if (length && out->size + length <= end && !(bytes[i] == 0xC2 && bytes[i + 1] < 0xA0))
                text_append(out, text_part(t, i, length));
            length = length ? length : 1;
        }
    }
}

/* Which of ours the key names; ENTITY_KINDS: none. */
static enum entity entity_named(struct text key)
{
    for (int i = 0; i < ENTITY_KINDS; i++)
        if (text_equal(key, text_of(entity_names[i])))
            return (enum entity)i;
    return ENTITY_KINDS;
}

static void copy_entities(struct text lines, struct answer *out)
{
    struct entities entities = {0};
    struct text_buffer buffer;
    uint32_t count = 0;

    while (lines.data && count++ < MAX_LINES) {
        struct text value = text_next(&lines, '\n'), key = text_next(&value, '=');
        enum entity entity = entity_named(key);
        char storage[MAX_ENTITY - 1];

        if (entity == ENTITY_KINDS || entities.value[entity][0])
            continue;
        text_buffer_init(&buffer, storage, sizeof storage);
        append_clean(&buffer, value, sizeof storage);
        text_copy(entities.value[entity], MAX_ENTITY, text_trim(text_view(&buffer)));
    }
    text_buffer_init(&buffer, out->entities, sizeof out->entities);
    entities_print(&entities, &buffer);
    out->entities_size = buffer.size;
}

static void copy_summary(struct text summary, struct answer *out)
{
    struct text_buffer buffer;

    text_buffer_init(&buffer, out->summary, sizeof out->summary);
    append_clean(&buffer, text_trim(summary), sizeof out->summary);
    out->summary_size = buffer.size;
}

bool answer_check(const struct plan_agent *agent, const struct mind_answer *raw, struct answer *out)
{
    const struct plan_intent *intent;

    undecided(agent, out);
    if (raw->failed || !agent)
        return !raw->failed && agent;
    intent = intent_named(agent, raw->intent);
    if (!intent || !(raw->confidence >= 0 && raw->confidence <= 1))
        return false;
    out->intent = intent->name;
    out->confidence_permille = (uint16_t)(raw->confidence * 1000 + 0.5);
    out->sentiment = sentiment_named(raw->sentiment);
    copy_entities(raw->entities, out);
    copy_summary(raw->summary, out);
    return true;
}

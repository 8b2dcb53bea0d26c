// SPDX-License-Identifier: Apache-2.0
/* mind_fuzz.c - any bytes as a caller's words and as a provider's answer: sound words, one line a
 * fact. */
#include <assert.h>
#include <string.h>

#include "base/sentiment.h"
#include "mind/answer.h"
#include "mind/clauses.h"
#include "mind/entities.h"
#include "mind/features.h"
#include "mind/summary.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct plan_intent intent = {.name = {.data = "general", .size = 7}};
static const struct plan_agent agent = {.intents = &intent, .intent_count = 1, .general = 0};

/* Entities are lines of ours whatever was said, and a text of clean characters. */
static void check_lines(struct text lines)
{
    assert(lines.size <= MAX_ENTITIES);
    assert(lines.size == 0 || lines.data[lines.size - 1] == '\n');
    while (lines.size) {
        struct text value = text_next(&lines, '\n'), key = text_next(&value, '=');
        bool known = false;

        for (int i = 0; i < ENTITY_KINDS; i++)
            known |= text_equal(key, text_of(entity_names[i]));
        assert(known && value.size > 0 && value.size < MAX_ENTITY);
        for (uint32_t i = 0; i < value.size; i++)
            assert((unsigned char)value.data[i] >= 0x20);
    }
}

static void check_words(struct text said)
{
    static struct tokens tokens;
    static struct feature features[MAX_FEATURES];
    struct clause clauses[MAX_CLAUSES];
    struct entities entities;
    char lines[MAX_ENTITIES], sentence[1024];
    struct text_buffer out;
    uint32_t count, end = 0;
    enum sentiment sentiment;

    tokens_of(said, &tokens);
    count = clauses_of(&tokens, clauses);
    assert(count <= MAX_CLAUSES);
    for (uint32_t i = 0; i < count; i++) {
        assert(clauses[i].from >= end && clauses[i].from < clauses[i].to);
        assert(clauses[i].kind != CLAUSE_REJECTS || clauses[i].object < clauses[i].to);
        end = clauses[i].to;
    }
    assert(end <= tokens.count && features_of(&tokens, 0, tokens.count, features) <= MAX_FEATURES);
    entities_of(&tokens, said, &entities);
    text_buffer_init(&out, lines, sizeof lines);
    entities_print(&entities, &out);
    assert(!out.cut);
    check_lines(text_view(&out));
    sentiment = sentiment_of(&tokens, entities_calls_before(&entities));
    text_buffer_init(&out, sentence, sizeof sentence);
    summary_of(&intent, sentiment, &entities, &out);
    assert(!out.cut && memchr(sentence, '\n', out.size) == NULL);
}

static void check_answer(struct text bytes)
{
    struct mind_answer raw = {.intent = TEXT("general"), .confidence = 0.5};
    struct answer answer;

    raw.entities = raw.summary = raw.sentiment = bytes;
    assert(answer_check(&agent, &raw, &answer));
    assert(answer.summary_size <= MAX_SUMMARY && answer.confidence_permille == 500);
    check_lines((struct text){answer.entities, answer.entities_size});
    raw.intent = bytes;
    raw.confidence = bytes.size > 0 ? (double)(signed char)bytes.data[0] : 0;
    (void)answer_check(&agent, &raw, &answer);
    assert(text_equal(answer.intent, TEXT("general")) && answer.confidence_permille <= 1000);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text bytes = {(const char *)data, (uint32_t)(size > 65536 ? 65536 : size)};

    check_words(bytes);
    check_answer(bytes);
    return 0;
}

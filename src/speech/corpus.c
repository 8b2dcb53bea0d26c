// SPDX-License-Identifier: Apache-2.0
/* corpus.c - examples, carrier phrases around labels, and what callers say to any agent. */
#include "speech/corpus.h"

#include <stdlib.h>
#include <string.h>

/* {} is an intent's label. */
static const char *const carriers[] = {
    "{}",
    "{} please",
    "i need help with {}",
    "i have a question about {}",
    "i'm calling about {}",
    "it's about {}",
    "can i talk to someone about {}",
    "i'd like to speak to {}",
    "connect me to {}",
    "yes {}",
    "no {}",
};

static const char *const common[] = {
    "yes",
    "yes please",
    "yes that's right",
    "yeah",
    "no",
    "no thanks",
    "no thank you",
    "no that's all",
    "that's all thank you",
    "okay",
    "okay thank you",
    "thank you",
    "thanks",
    "hello",
    "hi",
    "repeat that",
    "can you repeat that",
    "could you repeat that please",
    "say that again",
    "what did you say",
    "sorry what was that",
    "start over",
    "go back",
    "let me start over",
    "goodbye",
    "bye",
    "thank you goodbye",
    "thanks bye bye",
    "representative",
    "a representative please",
    "operator",
    "agent",
    "speak to an agent",
    "let me talk to a person",
    "i want to talk to a human",
    "i want to speak to a representative",
    "can i speak to someone",
    "can i speak to a manager",
    "hold on",
    "wait",
    "wait a minute",
    "i don't know",
    "i'm not sure",
    "i have a question",
    "can you help me",
    "i need some help",
    "this is ridiculous",
    "i've called three times already",
    "i called twice about this",
    "my account number is",
    "my invoice number is",
    "my order number is",
    "my phone number is",
    "my name is",
    "it's for last month",
    "it happened yesterday",
    "since this morning",
    "twenty five dollars",
    "fifty dollars",
    "a hundred dollars",
    "mm hm",
    "uh huh",
    "i see",
    "oh i see",
    "okay i see",
    "oh okay",
    "got it",
    "okay got it",
    "right",
    "yeah right",
    "all right",
    "alright",
    "sure",
};

/* Answers that we ask for ourselves: of who waits, and to whom nobody can come. */
static const char *const asked_for[] = {
    "callback",
    "a callback please",
    "call me back",
    "call me back please",
    "please call me back",
    "hold",
    "hold please",
    "i'll hold",
    "i will hold",
    "i'll wait",
    "voicemail",
    "leave a message",
    "i want to leave a message",
    "go back",
    "another number",
};
static const char *const before_digits[] = {
    "my account number is", "account", "invoice",       "invoice number",
    "order number",         "it's",    "the number is", "",
};

enum {
    OWN_TIMES = 3,     /* The agent's examples, against once the other agents'. */
    DIGIT_STRINGS = 24 /* More, and digits are heard in other words: measured. */
};

static void add(struct corpus *corpus, struct text part)
{
    if (corpus->size + part.size > corpus->capacity) {
        uint32_t capacity = (corpus->size + part.size) * 2 + 4096;
        char *lines = realloc(corpus->lines, capacity);
        if (!lines) {
            corpus->failed = true;
            return;
        }
        corpus->lines = lines;
        corpus->capacity = capacity;
    }
    memcpy(corpus->lines + corpus->size, part.data, part.size);
    corpus->size += part.size;
}

static void add_line(struct corpus *corpus, struct text line)
{
    add(corpus, line);
    add(corpus, TEXT("\n"));
}

static void add_carried(struct corpus *corpus, struct text label)
{
    for (uint32_t i = 0; i < sizeof(carriers) / sizeof(carriers[0]); i++) {
        struct text carrier = text_of(carriers[i]);
        int32_t at = text_find(carrier, TEXT("{}"));
        add(corpus, text_part(carrier, 0, (uint32_t)at));
        add(corpus, label);
        add_line(corpus, text_part(carrier, (uint32_t)at + 2, carrier.size));
    }
}

static void add_agent(struct corpus *corpus, const struct plan_agent *agent)
{
    for (uint32_t i = 0; i < agent->intent_count; i++) {
        const struct plan_intent *intent = &agent->intents[i];
        for (uint32_t j = 0; j < intent->example_count; j++)
            add_line(corpus, intent->examples[j]);
    }
}

static void add_labels(struct corpus *corpus, const struct plan_agent *agent)
{
    for (uint32_t i = 0; i < agent->intent_count; i++) {
        add_carried(corpus, agent->intents[i].name);
        if (!text_empty(agent->intents[i].label) &&
            !text_equal(agent->intents[i].label, agent->intents[i].name))
            add_carried(corpus, agent->intents[i].label);
    }
}

static void add_common(struct corpus *corpus)
{
    for (uint32_t i = 0; i < sizeof(common) / sizeof(common[0]); i++)
        add_line(corpus, text_of(common[i]));
}

static void add_asked_for(struct corpus *corpus)
{
    for (uint32_t i = 0; i < OWN_TIMES * sizeof(asked_for) / sizeof(asked_for[0]); i++)
        add_line(corpus, text_of(asked_for[i / OWN_TIMES]));
}

/* Each digit after each other, in strings as long as account numbers. */
static void add_digits(struct corpus *corpus)
{
    uint32_t state = 1;

    for (uint32_t i = 0; i < DIGIT_STRINGS; i++) {
        char line[64];
        struct text_buffer buffer;
        text_buffer_init(&buffer, line, sizeof(line));
        text_append(&buffer, text_of(before_digits[i % 8]));
        text_append_char(&buffer, ' ');
        for (uint32_t digit = 0; digit < 4 + i % 5; digit++) {
            state = state * 1664525u + 1013904223u;
            text_append_char(&buffer, (char)('0' + (state >> 24) % 10));
            text_append_char(&buffer, ' ');
        }
        add_line(corpus, text_view(&buffer));
    }
}

void corpus_make(struct corpus *corpus, const struct plan *plan, uint32_t agent)
{
    *corpus = (struct corpus){0};
    for (uint32_t i = 0; i < OWN_TIMES; i++)
        add_agent(corpus, &plan->agents[agent]);
    for (uint32_t i = 0; i < plan->agent_count; i++) {
        if (i != agent)
            add_agent(corpus, &plan->agents[i]);
    }
    add_labels(corpus, &plan->agents[agent]);
    add_common(corpus);
    if (plan->queue_count > 0 || plan->unavailable.given)
        add_asked_for(corpus);
    add_digits(corpus);
}

void corpus_release(struct corpus *corpus)
{
    free(corpus->lines);
    *corpus = (struct corpus){0};
}

struct text corpus_text(const struct corpus *corpus)
{
    return (struct text){.data = corpus->lines, .size = corpus->size};
}

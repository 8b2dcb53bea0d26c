// SPDX-License-Identifier: Apache-2.0
/* embedded.c - the provider that needs nothing but this machine: one linear model an agent, and
 * rules.
 *
 * A slot's models are written by prepare() on another thread before the first question for the
 * slot; the mailboxes in between order the two. After that the mind's thread alone touches them. */
#include "mind/provider.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/sentiment.h"
#include "core/command.h"
#include "mind/choice.h"
#include "mind/entities.h"
#include "mind/linear.h"
#include "mind/summary.h"

struct embedded {
    struct mind_sink sink;
    struct linear *models[MAX_PLANS][MAX_AGENTS];
};

static int embedded_open(void **out, const struct mind_sink *sink, char *why, uint32_t why_size)
{
    struct embedded *embedded = calloc(1, sizeof *embedded);

    if (!embedded) {
        snprintf(why, why_size, "no memory for the classifier");
        return -ENOMEM;
    }
    embedded->sink = *sink;
    *out = embedded;
    return 0;
}

static void embedded_forget(void *provider, uint32_t slot)
{
    struct embedded *embedded = provider;

    assert(slot < MAX_PLANS);
    for (uint32_t i = 0; i < MAX_AGENTS; i++) {
        linear_free(embedded->models[slot][i]);
        embedded->models[slot][i] = NULL;
    }
}

static void embedded_close(void *provider)
{
    for (uint32_t slot = 0; slot < MAX_PLANS; slot++)
        embedded_forget(provider, slot);
    free(provider);
}

static int embedded_prepare(void *provider, uint32_t slot, const struct plan *plan, char *why,
                            uint32_t why_size)
{
    struct embedded *embedded = provider;

    assert(slot < MAX_PLANS && plan->agent_count <= MAX_AGENTS);
    for (uint32_t i = 0; i < plan->agent_count; i++) {
        int error = linear_train(&embedded->models[slot][i], &plan->agents[i]);

        if (error) {
            snprintf(why, why_size, "agent " TEXT_FORMAT ": %s", TEXT_ARGS(plan->agents[i].name),
                     error == -E2BIG ? "too many examples" : "no memory to learn the examples");
            embedded_forget(embedded, slot);
            return error;
        }
    }
    return 0;
}

static void embedded_ask(void *provider, uint32_t ticket, const struct mind_question *question)
{
    struct embedded *embedded = provider;
    const struct plan_agent *agent = &question->plan->agents[question->agent];
    const struct linear *linear = embedded->models[question->slot][question->agent];
    struct mind_answer answer = {0};
    struct tokens tokens;
    struct entities entities;
    struct choice choice;
    enum sentiment sentiment;
    char lines[MAX_ENTITIES], sentence[MAX_UTTERANCE];
    struct text_buffer entity_lines, summary;

    assert(linear);
    tokens_of(question->text, &tokens);
    choice = choice_of(linear, agent, &tokens);
    entities_of(&tokens, question->asked, &entities);
    sentiment = sentiment_of(&tokens, entities_calls_before(&entities));
    text_buffer_init(&entity_lines, lines, sizeof lines);
    entities_print(&entities, &entity_lines);
    text_buffer_init(&summary, sentence, sizeof sentence);
    summary_of(choice.intent == agent->general ? NULL : &agent->intents[choice.intent], sentiment,
               &entities, &summary);
    answer.intent = agent->intents[choice.intent].name;
    answer.confidence = choice.confidence_permille / 1000.0;
    answer.sentiment = text_of(sentiment_names[sentiment]);
    answer.entities = text_view(&entity_lines);
    answer.summary = text_view(&summary);
    embedded->sink.answered(embedded->sink.mind, ticket, &answer);
}

const struct mind_provider mind_embedded = {
    .name = "embedded",
    .open = embedded_open,
    .close = embedded_close,
    .prepare = embedded_prepare,
    .forget = embedded_forget,
    .ask = embedded_ask,
};

// SPDX-License-Identifier: Apache-2.0
/* intents.c - how often the embedded classifier is right:
 *   intents examples/front-desk front-desk tests/bench/intents-test.tsv
 *
 * Trains on the agent's examples, asks for each "intent<TAB>sentence" and prints accuracy overall
 * and for each intent, how honest the confidence is, and the time it takes. A sentence that is also
 * an example, word for word, does not count. "general" stands for every intent that belongs to no
 * department: the agent's general one, and those that it answers itself. With `errors` as a fourth
 * argument each wrong answer is printed: for development sentences only, never for held-out ones.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "base/clock.h"
#include "mind/choice.h"

static const struct plan_agent *agent_named(const struct plan *plan, struct text name)
{
    for (uint32_t i = 0; i < plan->agent_count; i++)
        if (text_equal(plan->agents[i].name, name))
            return &plan->agents[i];
    return NULL;
}

static int16_t intent_named(const struct plan_agent *agent, struct text name)
{
    for (int16_t i = 0; i < agent->intent_count; i++)
        if (text_equal(agent->intents[i].name, name))
            return i;
    return -1;
}

static bool is_example(const struct plan_agent *agent, struct text sentence)
{
    for (uint32_t i = 0; i < agent->intent_count; i++)
        for (uint32_t e = 0; e < agent->intents[i].example_count; e++)
            if (text_equal(agent->intents[i].examples[e], sentence))
                return true;
    return false;
}

enum { BANDS = 3 };
static const char *const band_names[BANDS] = {"below 0.4 (asks)", "0.4-0.6 (confirms)",
                                              "above 0.6 (acts)"};

struct score {
    uint32_t asked[MAX_INTENTS], right[MAX_INTENTS], all, all_right, examples;
    uint32_t band[BANDS], band_right[BANDS];
    uint64_t ns;
};

/* The front desk answers questions about the company itself: for the caller that is general, too.
 */
static bool is_right(const struct plan_agent *agent, int16_t expected, int16_t chosen)
{
    const struct plan_intent *intent = &agent->intents[chosen];

    return chosen == expected || (expected == agent->general && intent->then == THEN_LISTEN &&
                                  !intent->choice && !intent->escalation);
}

static void count_answer(struct score *score, int16_t expected, bool right, struct choice choice)
{
    uint32_t band = choice.confidence_permille < 400    ? 0
                    : choice.confidence_permille <= 600 ? 1
                                                        : 2;

    score->all++;
    score->all_right += right;
    score->asked[expected]++;
    score->right[expected] += right;
    score->band[band]++;
    score->band_right[band] += right;
}

static void ask_all(const struct linear *linear, const struct plan_agent *agent, FILE *in,
                    bool errors, struct score *score)
{
    char line[2048];

    while (fgets(line, sizeof line, in)) {
        struct text rest = text_trim(text_of(line)), name = text_next(&rest, '\t');
        int16_t expected = intent_named(agent, name);
        struct tokens tokens;
        struct choice choice;
        uint64_t before;

        if (expected < 0 || is_example(agent, rest)) {
            score->examples++;
            continue;
        }
        before = clock_ns();
        tokens_of(rest, &tokens);
        choice = choice_of(linear, agent, &tokens);
        score->ns += clock_ns() - before;
        count_answer(score, expected, is_right(agent, expected, choice.intent), choice);
        if (errors && !is_right(agent, expected, choice.intent))
            printf(TEXT_FORMAT " not " TEXT_FORMAT " %u: " TEXT_FORMAT "\n", TEXT_ARGS(name),
                   TEXT_ARGS(agent->intents[choice.intent].name), choice.confidence_permille,
                   TEXT_ARGS(rest));
    }
}

static double percent(uint32_t part, uint32_t whole)
{
    return whole ? 100.0 * part / whole : 0;
}

static void print_score(const struct score *score, const struct plan_agent *agent)
{
    for (uint32_t i = 0; i < agent->intent_count; i++)
        printf("%-24.*s %3u of %3u  %5.1f %%\n", TEXT_ARGS(agent->intents[i].name), score->right[i],
               score->asked[i], percent(score->right[i], score->asked[i]));
    for (uint32_t b = 0; b < BANDS; b++)
        printf("%-24s %3u of %3u  %5.1f %% right, %4.1f %% of all\n", band_names[b],
               score->band_right[b], score->band[b], percent(score->band_right[b], score->band[b]),
               percent(score->band[b], score->all));
    printf("%-24s %3u of %3u  %5.1f %%  (%u left out: also examples)\n", "accuracy",
           score->all_right, score->all, percent(score->all_right, score->all), score->examples);
    printf("%-24s %.0f us\n", "a sentence",
           score->all ? (double)score->ns / 1e3 / score->all : 0.0);
}

static int judge(const struct plan_agent *agent, FILE *in, bool errors)
{
    static struct score score;
    struct linear *linear;
    uint64_t before = clock_ns();

    if (linear_train(&linear, agent))
        return 2;
    printf("%-24s %.0f ms\n", "training", (double)(clock_ns() - before) / 1e6);
    ask_all(linear, agent, in, errors, &score);
    print_score(&score, agent);
    linear_free(linear);
    return 0;
}

int main(int argc, char **argv)
{
    static struct config_result result;
    const struct plan_agent *agent = NULL;
    FILE *in = NULL;
    int status = 2;

    if (argc < 4) {
        fprintf(stderr, "intents CONFIGURATION AGENT SENTENCES.tsv [errors]\n");
        return 2;
    }
    config_read(argv[1], &result);
    if (result.config)
        agent = agent_named(&result.config->plan, text_of(argv[2]));
    in = fopen(argv[3], "r");
    if (!agent || !in)
        fprintf(stderr, "%s, agent %s or %s cannot be read\n", argv[1], argv[2], argv[3]);
    else
        status = judge(agent, in, argc > 4);
    if (in)
        fclose(in);
    config_free(&result);
    return status;
}

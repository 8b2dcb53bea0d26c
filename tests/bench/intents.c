// SPDX-License-Identifier: Apache-2.0
/* intents.c - how often the embedded classifier is right: intents AGENT.md SENTENCES.tsv [errors].
 *
 * Trains on the agent's examples, asks for each "intent<TAB>sentence" and prints accuracy overall
 * and for each intent, how honest the confidence is, and the time it takes. A sentence that is also
 * an example, word for word, does not count. With `errors` each wrong answer is printed: for
 * development sentences only, never for those held out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "mind/choice.h"

struct agent_file {
    struct plan_agent agent;
    struct plan_intent intents[MAX_INTENTS];
    struct text examples[MAX_INTENTS][512];
};

static struct text keep(const char *from, size_t size)
{
    char *copy = strndup(from, size);

    if (!copy)
        abort();
    return text_of(copy);
}

/* Reads the examples of a front matter that is laid out as in examples/. */
static void read_agent(struct agent_file *file, const char *path)
{
    FILE *in = fopen(path, "r");
    char line[1024];
    bool intents = false;
    struct plan_intent *intent = NULL;

    if (!in) {
        perror(path);
        exit(2);
    }
    file->agent.intents = file->intents;
    file->agent.general = -1;
    while (fgets(line, sizeof line, in)) {
        size_t size = strcspn(line, "\n");

        line[size] = 0;
        if (line[0] && line[0] != ' ')
            intents = strcmp(line, "intents:") == 0;
        if (!intents)
            continue;
        if (strncmp(line, "  ", 2) == 0 && line[2] > ' ' && line[size - 1] == ':') {
            int16_t index = file->agent.intent_count++;

            intent = &file->intents[index];
            intent->name = keep(line + 2, size - 3);
            intent->examples = file->examples[index];
            if (text_equal(intent->name, TEXT("general")))
                file->agent.general = index;
        } else if (intent && strncmp(line, "    label: ", 11) == 0) {
            intent->label = keep(line + 11, size - 11);
        } else if (intent && strstr(line, "escalation: true")) {
            intent->escalation = true;
        } else if (intent && strncmp(line, "      - ", 8) == 0 && intent->example_count < 512) {
            bool quoted = line[8] == '"';

            file->examples[intent - file->intents][intent->example_count++] =
                keep(line + 8 + quoted, size - 8 - 2 * quoted);
        }
    }
    fclose(in);
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

static void count_answer(struct score *score, int16_t expected, struct choice choice)
{
    uint32_t band = choice.confidence_permille < 400    ? 0
                    : choice.confidence_permille <= 600 ? 1
                                                        : 2;
    uint32_t right = choice.intent == expected;

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
        count_answer(score, expected, choice);
        if (errors && choice.intent != expected)
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

int main(int argc, char **argv)
{
    static struct agent_file file;
    static struct score score;
    struct linear *linear;
    uint64_t before;
    FILE *in;

    if (argc < 3) {
        fprintf(stderr, "intents AGENT.md SENTENCES.tsv [errors]\n");
        return 2;
    }
    read_agent(&file, argv[1]);
    in = fopen(argv[2], "r");
    if (!in || file.agent.general < 0) {
        fprintf(stderr, "%s: cannot be read, or the agent has no general intent\n", argv[2]);
        return 2;
    }
    before = clock_ns();
    if (linear_train(&linear, &file.agent))
        return 2;
    printf("%-24s %.0f ms\n", "training", (double)(clock_ns() - before) / 1e6);
    ask_all(linear, &file.agent, in, argc > 3, &score);
    fclose(in);
    print_score(&score, &file.agent);
    linear_free(linear);
    return 0;
}

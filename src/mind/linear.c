// SPDX-License-Identifier: Apache-2.0
/* linear.c - liblinear behind a dictionary of the features that the examples have.
 *
 * A feature's value is how rare it is among the examples; each group of features then has length
 * one before it is weighted, so that long words do not outvote short ones. What the dictionary does
 * not know still counts into the length: an unknown sentence moves no decision far from the bias.
 */
#include "mind/linear.h"

#include <assert.h>
#include <errno.h>
#include <linear.h>
#include <math.h>
#include <stdlib.h>

#include "mind/features.h"

static const double group_weight[FEATURE_GROUPS] = {
    [FEATURE_WORDS] = 1.0, [FEATURE_PIECES] = 1.0, [FEATURE_TOPICS] = 0.5};
static const double cost = 30; /* liblinear's C: measured on examples held out of training. */

/* What people say when they say nothing, and what a poor recogniser makes of noise: examples of the
 * general intent of every agent. */
static const char *const nothing_said[] = {"the",
                                           "of",
                                           "a",
                                           "the of a",
                                           "and the",
                                           "to a of it is",
                                           "it",
                                           "is it the",
                                           "uh",
                                           "um well",
                                           "so",
                                           "and",
                                           "but i",
                                           "in the",
                                           "that",
                                           "i",
                                           "you know",
                                           "a to the",
                                           "on a the and",
                                           "what",
                                           "huh",
                                           "sorry",
                                           "excuse me",
                                           "hello",
                                           "hello hello",
                                           "i have a question",
                                           "okay then",
                                           "yeah",
                                           "right",
                                           "mm"};

struct entry {
    uint64_t key; /* 0: free. */
    uint32_t index;
    uint32_t seen; /* In how many examples. */
};

struct linear {
    struct entry *entries;
    uint32_t capacity, count; /* A power of two, at most half full. */
    uint32_t examples;
    struct model *model; /* NULL: only one intent has examples. */
    int16_t only;
    uint8_t intents;
};

/* One example while training: its features as dictionary indices. */
struct sample {
    struct feature *features;
    uint32_t count;
    int16_t intent;
};

struct training {
    struct linear *linear;
    struct sample *samples;
    uint32_t count, capacity;
    struct tokens tokens;
    struct feature features[MAX_FEATURES];
};

static struct entry *find(const struct linear *linear, uint64_t key)
{
    uint32_t mask = linear->capacity - 1, at = (uint32_t)(key ^ key >> 32) & mask;

    while (linear->entries[at].key && linear->entries[at].key != key)
        at = (at + 1) & mask;
    return &linear->entries[at];
}

static int grow(struct linear *linear)
{
    struct entry *old = linear->entries;
    uint32_t capacity = linear->capacity;

    linear->capacity = capacity ? 2 * capacity : 4096;
    linear->entries = calloc(linear->capacity, sizeof *linear->entries);
    if (!linear->entries) {
        linear->entries = old;
        linear->capacity = capacity;
        return -ENOMEM;
    }
    for (uint32_t i = 0; i < capacity; i++)
        if (old[i].key)
            *find(linear, old[i].key) = old[i];
    free(old);
    return 0;
}

static int learn_feature(struct linear *linear, uint64_t key)
{
    struct entry *entry;

    if (2 * (linear->count + 1) > linear->capacity && grow(linear))
        return -ENOMEM;
    entry = find(linear, key);
    if (!entry->key)
        *entry = (struct entry){.key = key, .index = ++linear->count};
    entry->seen++;
    return 0;
}

static int add_sample(struct training *t, struct text text, int16_t intent)
{
    struct sample *sample = &t->samples[t->count];

    assert(t->count < t->capacity);
    tokens_of(text, &t->tokens);
    sample->count = features_of(&t->tokens, 0, t->tokens.count, t->features);
    if (sample->count == 0)
        return 0;
    sample->intent = intent;
    sample->features = malloc(sample->count * sizeof *sample->features);
    if (!sample->features)
        return -ENOMEM;
    t->count++;
    for (uint32_t i = 0; i < sample->count; i++) {
        sample->features[i] = t->features[i];
        if (learn_feature(t->linear, t->features[i].key))
            return -ENOMEM;
    }
    return 0;
}

/* Examples, and the intent's own name and label: what a developer would try first. */
static int add_samples(struct training *t, const struct plan_agent *agent)
{
    for (uint32_t i = 0; i < agent->intent_count; i++) {
        const struct plan_intent *intent = &agent->intents[i];

        for (uint32_t e = 0; e < intent->example_count; e++)
            if (add_sample(t, intent->examples[e], (int16_t)i))
                return -ENOMEM;
        if ((int16_t)i != agent->general &&
            (add_sample(t, intent->name, (int16_t)i) || add_sample(t, intent->label, (int16_t)i)))
            return -ENOMEM;
    }
    for (size_t i = 0; agent->general >= 0 && i < sizeof nothing_said / sizeof *nothing_said; i++)
        if (add_sample(t, text_of(nothing_said[i]), agent->general))
            return -ENOMEM;
    return 0;
}

static double rarity(const struct linear *linear, uint32_t seen)
{
    return log((1.0 + linear->examples) / (1.0 + seen)) + 1;
}

static int by_index(const void *a, const void *b)
{
    int x = ((const struct feature_node *)a)->index, y = ((const struct feature_node *)b)->index;

    return x < y ? -1 : x > y;
}

/* Writes at most count + 2 nodes, ordered, with the bias before the end mark. */
static void vector(const struct linear *linear, const struct feature *features, uint32_t count,
                   struct feature_node *out)
{
    double length[FEATURE_GROUPS] = {0};
    uint32_t nodes = 0;

    for (uint32_t i = 0; i < count; i++) {
        double value = rarity(linear, find(linear, features[i].key)->seen);

        length[features[i].group] += value * value;
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct entry *entry = find(linear, features[i].key);
        enum feature_group group = features[i].group;

        if (entry->key)
            out[nodes++] = (struct feature_node){(int)entry->index,
                                                 group_weight[group] * rarity(linear, entry->seen) /
                                                     sqrt(length[group])};
    }
    qsort(out, nodes, sizeof *out, by_index);
    out[nodes++] = (struct feature_node){(int)linear->count + 1, 1};
    out[nodes] = (struct feature_node){-1, 0};
}

static int fit(struct training *t)
{
    struct parameter parameter = {.solver_type = L2R_LR, .eps = 0.01, .C = cost};
    struct problem problem = {.l = (int)t->count, .n = (int)t->linear->count + 1, .bias = 1};
    struct feature_node *nodes;
    size_t total = 0, used = 0;
    int error = -ENOMEM;

    for (uint32_t i = 0; i < t->count; i++)
        total += t->samples[i].count + 2;
    problem.y = calloc(t->count, sizeof *problem.y);
    problem.x = calloc(t->count, sizeof *problem.x);
    nodes = malloc(total * sizeof *nodes);
    if (!problem.y || !problem.x || !nodes)
        goto out;
    for (uint32_t i = 0; i < t->count; i++) {
        problem.y[i] = t->samples[i].intent;
        problem.x[i] = nodes + used;
        vector(t->linear, t->samples[i].features, t->samples[i].count, nodes + used);
        used += t->samples[i].count + 2;
    }
    t->linear->model = train(&problem, &parameter);
    error = t->linear->model ? 0 : -ENOMEM;
out:
    free(nodes);
    free(problem.x);
    free(problem.y);
    return error;
}

static bool has_two_intents(const struct training *t)
{
    for (uint32_t i = 1; i < t->count; i++)
        if (t->samples[i].intent != t->samples[0].intent)
            return true;
    return false;
}

static void be_quiet(const char *text)
{
    (void)text;
}

static void training_free(struct training *t)
{
    for (uint32_t i = 0; t && i < t->count; i++)
        free(t->samples[i].features);
    if (t)
        free(t->samples);
    free(t);
}

static int train_all(struct training *t, const struct plan_agent *agent)
{
    struct linear *linear = t->linear;
    int error;

    if (grow(linear) || add_samples(t, agent))
        return -ENOMEM;
    linear->examples = t->count;
    linear->intents = agent->intent_count;
    linear->only = t->count ? t->samples[0].intent : agent->general;
    if (!has_two_intents(t))
        return 0;
    set_print_string_function(be_quiet);
    error = fit(t);
    return error;
}

int linear_train(struct linear **out, const struct plan_agent *agent)
{
    struct training *t;
    uint64_t examples = 2ULL * MAX_INTENTS + sizeof nothing_said / sizeof *nothing_said;
    int error = -ENOMEM;

    for (uint32_t i = 0; i < agent->intent_count; i++)
        examples += agent->intents[i].example_count;
    if (examples > MAX_EXAMPLES)
        return -E2BIG;
    t = calloc(1, sizeof *t);
    if (!t)
        return -ENOMEM;
    t->capacity = (uint32_t)examples;
    t->samples = calloc(t->capacity, sizeof *t->samples);
    t->linear = calloc(1, sizeof *t->linear);
    if (t->samples && t->linear)
        error = train_all(t, agent);
    if (error)
        linear_free(t->linear);
    else
        *out = t->linear;
    training_free(t);
    return error;
}

void linear_free(struct linear *linear)
{
    if (!linear)
        return;
    if (linear->model)
        free_and_destroy_model(&linear->model);
    free(linear->entries);
    free(linear);
}

void linear_predict(const struct linear *linear, const struct tokens *tokens, uint32_t from,
                    uint32_t to, double probabilities[MAX_INTENTS])
{
    static _Thread_local struct feature features[MAX_FEATURES];
    static _Thread_local struct feature_node nodes[MAX_FEATURES + 2];
    double estimates[MAX_INTENTS];
    uint32_t count = features_of(tokens, from, to, features);

    for (uint32_t i = 0; i < MAX_INTENTS; i++)
        probabilities[i] = 0;
    if (!linear->model) {
        if (linear->only >= 0)
            probabilities[linear->only] = 1;
        return;
    }
    vector(linear, features, count, nodes);
    predict_probability(linear->model, nodes, estimates);
    for (int i = 0; i < linear->model->nr_class; i++)
        probabilities[linear->model->label[i]] = estimates[i];
}

/* 1: an example has the word; 0.7: another form of it, or another word of its topic; 0: neither. */
static double word_known(const struct linear *linear, const struct tokens *tokens, uint32_t i,
                         uint64_t key)
{
    static _Thread_local struct feature features[MAX_FEATURES];
    uint32_t count;

    if (find(linear, key)->key)
        return 1;
    count = features_of(tokens, i, i + 1, features);
    for (uint32_t f = 0; f < count; f++)
        if (features[f].group != FEATURE_PIECES && find(linear, features[f].key)->key)
            return 0.7;
    return 0;
}

double linear_known(const struct linear *linear, const struct tokens *tokens, uint32_t from,
                    uint32_t to)
{
    double known = 0, all = 0;

    for (uint32_t i = from; i < to && i < tokens->count; i++) {
        uint64_t key;

        if (!features_word(tokens, i, &key) || tokens_in(tokens, i, "a an the of to and is it"))
            continue;
        all++;
        known += word_known(linear, tokens, i, key);
    }
    return all > 0 ? known / all : 0;
}

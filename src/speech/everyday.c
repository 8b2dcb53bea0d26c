// SPDX-License-Identifier: Apache-2.0
/* everyday.c - the general model turned round: for each word before, the words after it. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "speech/merged.h"

/* Halves the model: 0.6 million bigrams, 10 MB a decoder less, no errors more. */
#define SMALL_COST 1e-7f
#define USUAL_BACKOFF 0.35f

struct ranked {
    float probability;
    uint32_t word;
};

static int more_probable(const void *a, const void *b)
{
    const struct ranked *left = a, *right = b;

    if (left->probability != right->probability)
        return left->probability > right->probability ? -1 : 1;
    return left->word < right->word ? -1 : 1;
}

/* Numbers of ours, by the general model's numbers. */
static int choose_words(struct everyday *out, const struct general *general,
                        const struct dictionary *dictionary, uint32_t *ours)
{
    uint32_t count = general_count(general);
    struct ranked *ranks = calloc(count, sizeof(*ranks));

    if (!ranks)
        return -ENOMEM;
    for (uint32_t i = 0; i < count; i++) {
        ours[i] = vocabulary_find(&out->words, general_word(general, i));
        ranks[i] = (struct ranked){.probability = general_probability(general, i), .word = i};
    }
    qsort(ranks, count, sizeof(*ranks), more_probable);
    for (uint32_t i = 0; i < count && out->words.count < MERGED_GENERAL_WORDS + 2; i++) {
        const char *name = general_word(general, ranks[i].word);
        if (ours[ranks[i].word] == WORD_NONE && dictionary_has(dictionary, name))
            ours[ranks[i].word] = vocabulary_add(&out->words, name);
    }
    free(ranks);
    return 0;
}

struct turning {
    struct everyday *everyday;
    const uint32_t *ours;
    uint32_t word;
    uint32_t *next; /* By word before: where its next row goes; NULL: only count. */
};

/* What leaving the bigram out would cost, in nats, with a usual backoff: most cost next to nothing.
 */
static bool matters(const struct turning *turning, uint32_t before, float probability)
{
    const float *words = turning->everyday->probability;
    float without = USUAL_BACKOFF * words[turning->word];

    if (before == WORD_BEGIN || turning->word == WORD_END)
        return true;
    return words[before] * probability * fabsf(logf(probability / without)) > SMALL_COST;
}

static void turn(void *context, uint32_t before, float probability)
{
    struct turning *turning = context;
    uint32_t history = turning->ours[before];

    if (history == WORD_NONE || !matters(turning, history, probability))
        return;
    if (!turning->next)
        turning->everyday->first[history + 1]++;
    else
        turning->everyday->rows[turning->next[history]++] =
            (struct everyday_row){.word = turning->word, .probability = probability};
}

static void visit_all(const struct general *general, struct turning *turning)
{
    for (uint32_t i = 0; i < general_count(general); i++) {
        turning->word = turning->ours[i];
        if (turning->word != WORD_NONE && turning->word != WORD_BEGIN)
            general_visit(general, i, turn, turning);
    }
}

static int read_bigrams(struct everyday *out, const struct general *general, const uint32_t *ours)
{
    uint32_t count = out->words.count;
    struct turning turning = {.everyday = out, .ours = ours};

    out->first = calloc(count + 1, sizeof(*out->first));
    if (!out->first)
        return -ENOMEM;
    visit_all(general, &turning);
    for (uint32_t i = 0; i < count; i++)
        out->first[i + 1] += out->first[i];
    out->rows = calloc(out->first[count] + 1, sizeof(*out->rows));
    turning.next = calloc(count, sizeof(*turning.next));
    if (!out->rows || !turning.next) {
        free(turning.next);
        return -ENOMEM;
    }
    memcpy(turning.next, out->first, count * sizeof(*turning.next));
    visit_all(general, &turning);
    free(turning.next);
    return 0;
}

static int read_words(struct everyday *out, const struct general *general, const uint32_t *ours)
{
    float sum = 0;

    out->probability = calloc(out->words.count, sizeof(*out->probability));
    if (!out->probability)
        return -ENOMEM;
    for (uint32_t i = 0; i < general_count(general); i++) {
        if (ours[i] == WORD_NONE || ours[i] == WORD_BEGIN)
            continue;
        out->probability[ours[i]] = general_probability(general, i);
        sum += out->probability[ours[i]];
    }
    for (uint32_t i = 0; i < out->words.count; i++)
        out->probability[i] /= sum;
    return 0;
}

int everyday_build(struct everyday *out, const struct general *general,
                   const struct dictionary *dictionary)
{
    uint32_t *ours = calloc(general_count(general), sizeof(*ours));
    int result = -ENOMEM;

    *out = (struct everyday){0};
    if (ours)
        result = vocabulary_init(&out->words);
    if (result == 0)
        result = choose_words(out, general, dictionary, ours);
    if (result == 0)
        result = read_words(out, general, ours);
    if (result == 0)
        result = read_bigrams(out, general, ours);
    free(ours);
    if (result < 0)
        everyday_release(out);
    return result;
}

void everyday_release(struct everyday *everyday)
{
    vocabulary_release(&everyday->words);
    free(everyday->probability);
    free(everyday->first);
    free(everyday->rows);
    *everyday = (struct everyday){0};
}

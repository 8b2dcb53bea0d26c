// SPDX-License-Identifier: Apache-2.0
/* merged.c - both models' n-grams, mixed, with backoffs that make each history sum to 1. */
#include "speech/merged.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "speech/trie.h"
#include "speech/trigram.h"

#define OWN_SHARE 0.7f

struct merging {
    const struct everyday *everyday;
    const struct vocabulary *words;
    struct trigram own;
    float *unigram;         /* Mixed, by word. */
    float *general_backoff; /* Everyday's, by word before. */
    float *own_row;         /* The agent's bigrams after one word; 0 where it has none. */
    float *row;             /* Mixed bigrams after one word; 0 where there is none. */
    uint32_t *row_words, row_count;
    float *own_bigrams; /* Mixed probabilities of own.grams[1]. */
    float *backoff;     /* Of the merged model, by word. */
    struct trie_bigram *bigrams;
    uint32_t bigram_count;
    struct trie_trigram *trigrams;
};

static float everyday_word(const struct merging *merging, uint32_t word)
{
    return word < merging->everyday->words.count ? merging->everyday->probability[word] : 0;
}

static float mix(float own, float general)
{
    return OWN_SHARE * own + (1 - OWN_SHARE) * general;
}

static float left_over(float seen, float seen_shorter)
{
    float rest = 1 - seen, rest_shorter = 1 - seen_shorter;
    return (rest > 1e-6f ? rest : 1e-6f) / (rest_shorter > 1e-6f ? rest_shorter : 1e-6f);
}

/* After cutting the vocabulary, what everyday English leaves for words not seen after this one. */
static void renew_backoffs(struct merging *merging)
{
    const struct everyday *everyday = merging->everyday;

    for (uint32_t before = 0; before < merging->words->count; before++) {
        float seen = 0, shorter = 0;
        merging->general_backoff[before] = 1;
        if (before >= everyday->words.count)
            continue;
        for (uint32_t i = everyday->first[before]; i < everyday->first[before + 1]; i++) {
            seen += everyday->rows[i].probability;
            shorter += everyday_word(merging, everyday->rows[i].word);
        }
        if (everyday->first[before] < everyday->first[before + 1])
            merging->general_backoff[before] = left_over(seen, shorter);
    }
}

static void add_to_row(struct merging *merging, uint32_t before, uint32_t word, float general)
{
    const struct gram *words = merging->own.grams[0];
    float own = merging->own_row[word];

    if (own <= 0)
        own = words[before].backoff * words[word].probability;
    if (merging->row[word] <= 0)
        merging->row_words[merging->row_count++] = word;
    merging->row[word] = mix(own, general);
}

/* First of the agent's bigrams that begin with the word; they are sorted. */
static uint32_t first_own(const struct merging *merging, uint32_t before)
{
    uint32_t from = 0, to = merging->own.counts[1];

    while (from < to) {
        uint32_t middle = (from + to) / 2;
        if (merging->own.grams[1][middle].words[0] < before)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

/* All bigrams after `before` into row: everyday's, then the agent's that everyday lacks. */
static void make_row(struct merging *merging, uint32_t before)
{
    const struct everyday *everyday = merging->everyday;
    const struct gram *own = merging->own.grams[1];

    for (uint32_t i = 0; i < merging->row_count; i++) {
        merging->row[merging->row_words[i]] = 0;
        merging->own_row[merging->row_words[i]] = 0;
    }
    merging->row_count = 0;
    uint32_t from = first_own(merging, before), to = from;
    for (; to < merging->own.counts[1] && own[to].words[0] == before; to++)
        merging->own_row[own[to].words[1]] = own[to].probability;
    if (before < everyday->words.count) {
        for (uint32_t i = everyday->first[before]; i < everyday->first[before + 1]; i++)
            add_to_row(merging, before, everyday->rows[i].word, everyday->rows[i].probability);
    }
    for (uint32_t i = from; i < to; i++) {
        uint32_t word = own[i].words[1];
        if (merging->row[word] <= 0)
            add_to_row(merging, before, word,
                       merging->general_backoff[before] * everyday_word(merging, word));
        merging->own_bigrams[i] = merging->row[word];
    }
}

static float row_backoff(const struct merging *merging)
{
    float seen = 0, shorter = 0;

    for (uint32_t i = 0; i < merging->row_count; i++) {
        seen += merging->row[merging->row_words[i]];
        shorter += merging->unigram[merging->row_words[i]];
    }
    return merging->row_count > 0 ? left_over(seen, shorter) : 1;
}

/* Trigrams are the agent's alone; everyday English backs off to its bigram. */
static float mixed_trigram(const struct merging *merging, const struct gram *gram)
{
    const struct gram *short_gram = trigram_find(&merging->own, 2, gram->words + 1);
    float own_short = short_gram ? short_gram->probability : 0;
    float mixed_short = short_gram ? merging->own_bigrams[short_gram - merging->own.grams[1]] : 0;
    float general = (mixed_short - OWN_SHARE * own_short) / (1 - OWN_SHARE);

    return mix(gram->probability, general > 0 ? general : 0);
}

/* What is left after the trigrams that begin with this bigram. 1: there are none. */
static float bigram_backoff(const struct merging *merging, uint32_t before, uint32_t word)
{
    const struct gram *grams = merging->own.grams[2];
    uint32_t from = 0, to = merging->own.counts[2];
    float seen = 0, shorter = 0;

    while (from < to) {
        uint32_t middle = (from + to) / 2;
        const uint32_t *at = grams[middle].words;
        if (at[0] < before || (at[0] == before && at[1] < word))
            from = middle + 1;
        else
            to = middle;
    }
    for (; from < merging->own.counts[2] && grams[from].words[0] == before &&
           grams[from].words[1] == word;
         from++) {
        const struct gram *short_gram = trigram_find(&merging->own, 2, grams[from].words + 1);
        seen += mixed_trigram(merging, &grams[from]);
        shorter += short_gram ? merging->own_bigrams[short_gram - merging->own.grams[1]] : 0;
    }
    return seen > 0 ? left_over(seen, shorter) : 1;
}

/* Room for what both have, at most. */
static int make_room(struct merging *merging)
{
    const struct everyday *everyday = merging->everyday;
    size_t bigrams = everyday->first[everyday->words.count] + (size_t)merging->own.counts[1];

    merging->backoff = calloc(merging->words->count, sizeof(*merging->backoff));
    merging->bigrams = calloc(bigrams + 1, sizeof(*merging->bigrams));
    merging->trigrams = calloc(merging->own.counts[2] + 1, sizeof(*merging->trigrams));
    return merging->backoff && merging->bigrams && merging->trigrams ? 0 : -ENOMEM;
}

/* Backoffs of bigrams that the agent has come after all rows are known: 0 until then. */
static void take_rows(struct merging *merging)
{
    for (uint32_t before = 0; before < merging->words->count; before++) {
        make_row(merging, before);
        merging->backoff[before] = row_backoff(merging);
        for (uint32_t i = 0; i < merging->row_count; i++) {
            uint32_t word = merging->row_words[i];
            merging->bigrams[merging->bigram_count++] =
                (struct trie_bigram){.before = before,
                                     .word = word,
                                     .probability = merging->row[word],
                                     .backoff = merging->own_row[word] > 0 ? 0 : 1};
        }
    }
    for (uint32_t i = 0; i < merging->bigram_count; i++) {
        struct trie_bigram *bigram = &merging->bigrams[i];
        if (bigram->backoff <= 0)
            bigram->backoff = bigram_backoff(merging, bigram->before, bigram->word);
    }
}

static void take_trigrams(struct merging *merging)
{
    for (uint32_t i = 0; i < merging->own.counts[2]; i++) {
        const struct gram *gram = &merging->own.grams[2][i];
        merging->trigrams[i].probability = mixed_trigram(merging, gram);
        memcpy(merging->trigrams[i].words, gram->words, sizeof(gram->words));
    }
}

static int prepare(struct merging *merging, const struct sentences *sentences)
{
    uint32_t count = merging->words->count;
    int result = trigram_build(&merging->own, merging->words, sentences);

    if (result < 0)
        return result;
    merging->unigram = calloc(count, sizeof(float));
    merging->general_backoff = calloc(count, sizeof(float));
    merging->own_row = calloc(count, sizeof(float));
    merging->row = calloc(count, sizeof(float));
    merging->row_words = calloc(count, sizeof(uint32_t));
    merging->own_bigrams = calloc(merging->own.counts[1] + 1, sizeof(float));
    if (!merging->unigram || !merging->general_backoff || !merging->own_row || !merging->row ||
        !merging->row_words || !merging->own_bigrams)
        return -ENOMEM;
    for (uint32_t word = 0; word < count; word++)
        merging->unigram[word] =
            mix(merging->own.grams[0][word].probability, everyday_word(merging, word));
    renew_backoffs(merging);
    return 0;
}

int merged_write(const struct everyday *everyday, const struct vocabulary *words,
                 const struct sentences *sentences, FILE *out)
{
    struct merging merging = {.everyday = everyday, .words = words};
    int result = prepare(&merging, sentences);

    if (result == 0)
        result = make_room(&merging);
    if (result < 0)
        goto out;
    take_rows(&merging);
    take_trigrams(&merging);
    const struct trie trie = {.words = words,
                              .probability = merging.unigram,
                              .backoff = merging.backoff,
                              .bigrams = merging.bigrams,
                              .bigram_count = merging.bigram_count,
                              .trigrams = merging.trigrams,
                              .trigram_count = merging.own.counts[2]};
    result = trie_write(&trie, out);
out:
    trigram_release(&merging.own);
    free(merging.unigram);
    free(merging.general_backoff);
    free(merging.own_row);
    free(merging.row);
    free(merging.row_words);
    free(merging.own_bigrams);
    free(merging.backoff);
    free(merging.bigrams);
    free(merging.trigrams);
    return result;
}

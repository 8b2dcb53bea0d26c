// SPDX-License-Identifier: Apache-2.0
/* trigram.c - count by sorting, smooth from short to long. */
#include "speech/trigram.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int compare(const struct gram *a, const struct gram *b, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (a->words[i] != b->words[i])
            return a->words[i] < b->words[i] ? -1 : 1;
    }
    return 0;
}

static int compare_2(const void *a, const void *b)
{
    return compare(a, b, 2);
}

static int compare_3(const void *a, const void *b)
{
    return compare(a, b, 3);
}

/* Every run of n words, a sentence's beginning mark included. */
static uint32_t collect(struct gram *grams, uint32_t n, const struct sentences *sentences)
{
    uint32_t window[TRIGRAM_ORDER] = {0}, length = 1, count = 0;

    window[0] = WORD_BEGIN;
    for (uint32_t i = 0; i < sentences->count; i++) {
        if (length == n)
            memmove(window, window + 1, (n - 1) * sizeof(window[0]));
        else
            length++;
        window[length - 1] = sentences->items[i];
        if (length == n) {
            grams[count].count = 1;
            memcpy(grams[count].words, window, sizeof(window));
            count++;
        }
        if (sentences->items[i] == WORD_END) {
            window[0] = WORD_BEGIN;
            length = 1;
        }
    }
    return count;
}

static uint32_t merge_equal(struct gram *grams, uint32_t count, uint32_t n)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < count; i++) {
        if (kept > 0 && compare(&grams[kept - 1], &grams[i], n) == 0)
            grams[kept - 1].count += grams[i].count;
        else
            grams[kept++] = grams[i];
    }
    return kept;
}

static void smooth_words(struct trigram *trigram, const struct sentences *sentences)
{
    struct gram *grams = trigram->grams[0];
    float total = (float)sentences->count, types = 0;

    for (uint32_t i = 0; i < sentences->count; i++)
        grams[sentences->items[i]].count++;
    for (uint32_t i = 0; i < trigram->counts[0]; i++)
        types += grams[i].count > 0;
    for (uint32_t i = 0; i < trigram->counts[0]; i++) {
        if (grams[i].count > 0)
            grams[i].probability = (grams[i].count + 1) / (total + types);
    }
}

const struct gram *trigram_find(const struct trigram *trigram, uint32_t n, const uint32_t *words)
{
    struct gram key = {0};

    memcpy(key.words, words, n * sizeof(words[0]));
    if (n == 1)
        return words[0] < trigram->counts[0] ? &trigram->grams[0][words[0]] : NULL;
    return bsearch(&key, trigram->grams[n - 1], trigram->counts[n - 1], sizeof(key),
                   n == 2 ? compare_2 : compare_3);
}

float trigram_after(const struct trigram *trigram, uint32_t before, uint32_t word)
{
    const uint32_t words[] = {before, word};
    const struct gram *gram = trigram_find(trigram, 2, words);

    return gram ? gram->probability
                : trigram->grams[0][before].backoff * trigram->grams[0][word].probability;
}

/* P(last | the words before it) by the next shorter model. */
static float shorter(const struct trigram *trigram, const struct gram *gram, uint32_t n)
{
    if (n == 2)
        return trigram->grams[0][gram->words[1]].probability;
    return trigram_after(trigram, gram->words[1], gram->words[2]);
}

/* Grams with the same history stand together. */
static void smooth(struct trigram *trigram, uint32_t n)
{
    struct gram *grams = trigram->grams[n - 1];
    uint32_t count = trigram->counts[n - 1];

    for (uint32_t from = 0, to; from < count; from = to) {
        float total = 0;
        for (to = from; to < count && compare(&grams[from], &grams[to], n - 1) == 0; to++)
            total += grams[to].count;
        float types = (float)(to - from);
        for (uint32_t i = from; i < to; i++)
            grams[i].probability =
                (grams[i].count + types * shorter(trigram, &grams[i], n)) / (total + types);
        uint32_t history[TRIGRAM_ORDER] = {grams[from].words[0], grams[from].words[1], 0};
        struct gram *short_gram = NULL;
        const struct gram *found = trigram_find(trigram, n - 1, history);
        if (found)
            short_gram = &trigram->grams[n - 2][found - trigram->grams[n - 2]];
        if (short_gram)
            short_gram->backoff = types / (total + types);
    }
}

int trigram_build(struct trigram *out, const struct vocabulary *words,
                  const struct sentences *sentences)
{
    *out = (struct trigram){0};
    out->counts[0] = words->count;
    for (uint32_t n = 1; n <= TRIGRAM_ORDER; n++) {
        uint32_t room = n == 1 ? words->count : sentences->count + 1;
        out->grams[n - 1] = calloc(room, sizeof(struct gram));
        if (!out->grams[n - 1]) {
            trigram_release(out);
            return -ENOMEM;
        }
    }
    smooth_words(out, sentences);
    for (uint32_t n = 2; n <= TRIGRAM_ORDER; n++) {
        struct gram *grams = out->grams[n - 1];
        uint32_t count = collect(grams, n, sentences);
        qsort(grams, count, sizeof(*grams), n == 2 ? compare_2 : compare_3);
        out->counts[n - 1] = merge_equal(grams, count, n);
    }
    for (uint32_t n = 1; n <= TRIGRAM_ORDER; n++) {
        for (uint32_t i = 0; i < out->counts[n - 1]; i++)
            out->grams[n - 1][i].backoff = 1;
    }
    smooth(out, 2);
    smooth(out, 3);
    return 0;
}

void trigram_release(struct trigram *trigram)
{
    for (uint32_t n = 0; n < TRIGRAM_ORDER; n++)
        free(trigram->grams[n]);
    *trigram = (struct trigram){0};
}

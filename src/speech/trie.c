// SPDX-License-Identifier: Apache-2.0
/* trie.c - header, tables of values, words' rows, bit-packed bigrams and trigrams, names.
 *
 * Grams hang below the word that they predict, then below the word before it: bigrams in the order
 * of (word, before), trigrams in that of (third, second, first). Each row names where its children
 * begin; one row more than there are ends the last one's. */
#include "speech/trie.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    ORDER = 3,
    QUANTISER_16 = 1,
    VALUES = 65536,
    VALUE_BITS = 16,
    VALUE_ZERO = VALUES / 2,
    STEPS = 4096, /* Of a decade. */
    TABLES = 3    /* Bigrams' probabilities and backoffs, trigrams' probabilities. */
};

struct writing {
    const struct trie *trie;
    uint32_t *first;             /* By word: its first bigram below; one more than words. */
    struct trie_bigram *bigrams; /* In the order of the file. */
    uint32_t word_bits, next_bits;
};

/* Logarithms in the file have the base 1.0001. */
static float to_file(float decades)
{
    return (float)((double)decades * log(10) / log1p(0.0001));
}

static float decades(float probability)
{
    return probability > 1e-30f ? log10f(probability) : -99.0f;
}

static uint32_t value_of(float probability)
{
    long value = lrintf(decades(probability) * STEPS) + VALUE_ZERO;

    return value < 0 ? 0 : value >= VALUES ? VALUES - 1 : (uint32_t)value;
}

static uint32_t bits_for(uint32_t largest)
{
    uint32_t bits = 0;

    while (largest >> bits)
        bits++;
    return bits;
}

static void put_u32(uint32_t value, FILE *out)
{
    fwrite(&value, sizeof(value), 1, out);
}

static void put_float(float value, FILE *out)
{
    fwrite(&value, sizeof(value), 1, out);
}

static size_t packed_bytes(uint64_t rows, uint32_t bits)
{
    return ((rows + 1) * bits + 7) / 8 + sizeof(uint64_t);
}

/* The bits there are 0 before; at most 32 of them. */
static void put_bits(uint8_t *base, uint64_t *at, uint32_t bits, uint32_t value)
{
    uint64_t word;

    memcpy(&word, base + *at / 8, sizeof(word));
    word |= (uint64_t)value << *at % 8;
    memcpy(base + *at / 8, &word, sizeof(word));
    *at += bits;
}

/* By counting: from the order of `before` to that of `word`, then `before`. */
static int turn_bigrams(struct writing *writing)
{
    const struct trie *trie = writing->trie;
    uint32_t words = trie->words->count;
    uint32_t *next = calloc(words, sizeof(*next));

    writing->first = calloc(words + 1, sizeof(*writing->first));
    writing->bigrams = calloc(trie->bigram_count + 1, sizeof(*writing->bigrams));
    if (!next || !writing->first || !writing->bigrams) {
        free(next);
        return -ENOMEM;
    }
    for (uint32_t i = 0; i < trie->bigram_count; i++)
        writing->first[trie->bigrams[i].word + 1]++;
    for (uint32_t word = 0; word < words; word++)
        writing->first[word + 1] += writing->first[word];
    memcpy(next, writing->first, words * sizeof(*next));
    for (uint32_t i = 0; i < trie->bigram_count; i++)
        writing->bigrams[next[trie->bigrams[i].word]++] = trie->bigrams[i];
    free(next);
    return 0;
}

static int compare_trigrams(const void *a, const void *b)
{
    const struct trie_trigram *left = a, *right = b;

    for (uint32_t i = ORDER; i-- > 0;) {
        if (left->words[i] != right->words[i])
            return left->words[i] < right->words[i] ? -1 : 1;
    }
    return 0;
}

static void write_head(const struct trie *trie, FILE *out)
{
    fputs("Trie Language Model", out);
    putc(ORDER, out);
    put_u32(trie->words->count, out);
    put_u32(trie->bigram_count, out);
    put_u32(trie->trigram_count, out);
    put_u32(QUANTISER_16, out);
    for (int table = 0; table < TABLES; table++) {
        for (int value = 0; value < VALUES; value++)
            put_float(to_file((float)(value - VALUE_ZERO) / STEPS), out);
    }
}

static void write_words(const struct writing *writing, FILE *out)
{
    const struct trie *trie = writing->trie;

    for (uint32_t word = 0; word <= trie->words->count; word++) {
        bool end = word == trie->words->count;
        put_float(end ? 0 : to_file(decades(trie->probability[word])), out);
        put_float(end ? 0 : to_file(decades(trie->backoff[word])), out);
        put_u32(writing->first[word], out);
    }
}

/* Both are in the same order, so one walk finds each bigram's first trigram. */
static int write_bigrams(const struct writing *writing, FILE *out)
{
    const struct trie *trie = writing->trie;
    size_t size =
        packed_bytes(trie->bigram_count, writing->word_bits + 2 * VALUE_BITS + writing->next_bits);
    uint8_t *packed = calloc(1, size);
    uint32_t next = 0;
    uint64_t at = 0;

    if (!packed)
        return -ENOMEM;
    for (uint32_t i = 0; i < trie->bigram_count; i++) {
        const struct trie_bigram *bigram = &writing->bigrams[i];
        put_bits(packed, &at, writing->word_bits, bigram->before);
        put_bits(packed, &at, VALUE_BITS, value_of(bigram->backoff));
        put_bits(packed, &at, VALUE_BITS, value_of(bigram->probability));
        put_bits(packed, &at, writing->next_bits, next);
        while (next < trie->trigram_count && trie->trigrams[next].words[2] == bigram->word &&
               trie->trigrams[next].words[1] == bigram->before)
            next++;
    }
    at += writing->word_bits + 2 * VALUE_BITS;
    put_bits(packed, &at, writing->next_bits, next);
    fwrite(packed, 1, size, out);
    free(packed);
    return next == trie->trigram_count ? 0 : -EINVAL; /* A trigram without its bigram. */
}

static int write_trigrams(const struct writing *writing, FILE *out)
{
    const struct trie *trie = writing->trie;
    size_t size = packed_bytes(trie->trigram_count, writing->word_bits + VALUE_BITS);
    uint8_t *packed = calloc(1, size);
    uint64_t at = 0;

    if (!packed)
        return -ENOMEM;
    for (uint32_t i = 0; i < trie->trigram_count; i++) {
        put_bits(packed, &at, writing->word_bits, trie->trigrams[i].words[0]);
        put_bits(packed, &at, VALUE_BITS, value_of(trie->trigrams[i].probability));
    }
    fwrite(packed, 1, size, out);
    free(packed);
    return 0;
}

static void write_names(const struct vocabulary *words, FILE *out)
{
    size_t size = 0;

    for (uint32_t i = 0; i < words->count; i++)
        size += strlen(words->names[i]) + 1;
    put_u32((uint32_t)size, out);
    for (uint32_t i = 0; i < words->count; i++)
        fwrite(words->names[i], 1, strlen(words->names[i]) + 1, out);
}

int trie_write(const struct trie *trie, FILE *out)
{
    struct writing writing = {.trie = trie,
                              .word_bits = bits_for(trie->words->count),
                              .next_bits = bits_for(trie->trigram_count)};
    int result = turn_bigrams(&writing);

    if (trie->trigram_count > 1)
        qsort(trie->trigrams, trie->trigram_count, sizeof(*trie->trigrams), compare_trigrams);
    if (result == 0) {
        write_head(trie, out);
        write_words(&writing, out);
        result = write_bigrams(&writing, out);
    }
    if (result == 0)
        result = write_trigrams(&writing, out);
    if (result == 0)
        write_names(trie->words, out);
    free(writing.first);
    free(writing.bigrams);
    return result == 0 && ferror(out) ? -EIO : result;
}

// SPDX-License-Identifier: Apache-2.0
/* general.c - the file, mapped: header, quantisers, unigrams, bit-packed bigrams and trigrams,
 * words.
 *
 * Bigrams hang below the word that is predicted, so that a word's entries are its histories. */
#include "speech/general.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    ORDER = 3,
    QUANTISED = 65536,
    QUANTISER_16 = 1,
    UNIGRAM_BYTES = 12, /* float probability, float backoff, uint32 first bigram */
    HEADER_BYTES = 19 + 1 + 4 * ORDER + 4,
    VALUE_BITS = 16,
    BASE_LOG = 10000 /* The logarithms' base is 1.0001. */
};

struct general {
    const uint8_t *file;
    size_t size;
    uint32_t counts[ORDER];
    const uint8_t *bigram_values, *unigrams, *bigrams;
    uint32_t word_bits, next_bits;
    const char **words;
};

static uint32_t read_u32(const uint8_t *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof(value));
    return value;
}

static float read_float(const uint8_t *at)
{
    float value;
    memcpy(&value, at, sizeof(value));
    return value;
}

static uint32_t bits_for(uint32_t largest)
{
    uint32_t bits = 0;
    while (largest >> bits)
        bits++;
    return bits;
}

static uint32_t read_bits(const uint8_t *base, uint64_t at, uint32_t bits)
{
    uint64_t word;
    memcpy(&word, base + at / 8, sizeof(word));
    return (uint32_t)(word >> at % 8 & ((1ull << bits) - 1));
}

static uint64_t packed_bytes(uint64_t entries, uint32_t bits)
{
    return ((entries + 1) * bits + 7) / 8 + sizeof(uint64_t);
}

/* Words follow each other, terminated, in the order of their numbers. */
static int read_words(struct general *general, uint64_t at)
{
    if (at + 4 > general->size || at + 4 + read_u32(general->file + at) != general->size ||
        general->file[general->size - 1] != '\0')
        return -EINVAL;
    general->words = calloc(general->counts[0], sizeof(*general->words));
    if (!general->words)
        return -ENOMEM;
    at += 4;
    for (uint32_t i = 0; i < general->counts[0]; i++) {
        if (at >= general->size)
            return -EINVAL;
        general->words[i] = (const char *)general->file + at;
        at += strlen(general->words[i]) + 1;
    }
    return at == general->size ? 0 : -EINVAL;
}

static int read_layout(struct general *general)
{
    static const char magic[] = "Trie Language Model";
    const uint8_t *file = general->file;

    if (general->size < HEADER_BYTES || memcmp(file, magic, 19) != 0 || file[19] != ORDER)
        return -EINVAL;
    for (uint32_t i = 0; i < ORDER; i++)
        general->counts[i] = read_u32(file + 20 + 4 * i);
    if (read_u32(file + 20 + 4 * ORDER) != QUANTISER_16)
        return -EINVAL;
    general->word_bits = bits_for(general->counts[0]);
    general->next_bits = bits_for(general->counts[2]);
    uint64_t at = HEADER_BYTES;
    general->bigram_values = file + at;
    at += 3ull * QUANTISED * sizeof(float);
    general->unigrams = file + at;
    at += (general->counts[0] + 1ull) * UNIGRAM_BYTES;
    general->bigrams = file + at;
    at +=
        packed_bytes(general->counts[1], general->word_bits + 2 * VALUE_BITS + general->next_bits);
    at += packed_bytes(general->counts[2], general->word_bits + VALUE_BITS);
    return read_words(general, at);
}

int general_open(struct general **out, const char *path)
{
    struct general *general = calloc(1, sizeof(*general));
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC), result = 0;

    if (!general || fd < 0) {
        result = general ? -errno : -ENOMEM;
        goto out;
    }
    if (fstat(fd, &status) < 0) {
        result = -errno;
        goto out;
    }
    general->size = (size_t)status.st_size;
    void *map = mmap(NULL, general->size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (map == MAP_FAILED) {
        result = -errno;
        goto out;
    }
    general->file = map;
    result = read_layout(general);
out:
    if (fd >= 0)
        close(fd);
    if (result < 0)
        general_close(general);
    else
        *out = general;
    return result;
}

void general_close(struct general *general)
{
    union {
        const uint8_t *constant;
        void *plain;
    } file;

    if (!general)
        return;
    file.constant = general->file;
    if (file.plain)
        munmap(file.plain, general->size);
    free(general->words);
    free(general);
}

uint32_t general_count(const struct general *general)
{
    return general->counts[0];
}

const char *general_word(const struct general *general, uint32_t word)
{
    return general->words[word];
}

static float to_probability(float logarithm)
{
    return (float)exp((double)logarithm * log1p(1.0 / BASE_LOG));
}

float general_probability(const struct general *general, uint32_t word)
{
    return to_probability(read_float(general->unigrams + (uint64_t)word * UNIGRAM_BYTES));
}

void general_visit(const struct general *general, uint32_t word,
                   void (*visit)(void *context, uint32_t before, float probability), void *context)
{
    const uint8_t *unigram = general->unigrams + (uint64_t)word * UNIGRAM_BYTES;
    uint32_t from = read_u32(unigram + 8), to = read_u32(unigram + UNIGRAM_BYTES + 8);
    uint32_t entry_bits = general->word_bits + 2 * VALUE_BITS + general->next_bits;

    for (uint32_t i = from; i < to && i < general->counts[1]; i++) {
        uint64_t at = (uint64_t)i * entry_bits;
        uint32_t before = read_bits(general->bigrams, at, general->word_bits);
        /* The first value is the backoff's. */
        uint64_t value_at = at + general->word_bits + VALUE_BITS;
        uint32_t value = read_bits(general->bigrams, value_at, VALUE_BITS);
        if (before < general->counts[0])
            visit(context, before,
                  to_probability(read_float(general->bigram_values + 4ull * value)));
    }
}

// SPDX-License-Identifier: Apache-2.0
/* agent_lm.c - looks into the cache first, and builds what is missing. */
#include "speech/agent_lm.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "speech/corpus.h"
#include "speech/dictionary.h"
#include "speech/general.h"
#include "speech/merged.h"
#include "speech/vocabulary.h"

enum { LOGGED_WORDS = 20 };

/* What every new model is made with; loaded when the first one is missing. */
struct building {
    const struct plan *plan;
    struct corpus corpora[MAX_AGENTS];
    struct agent_lm *out;
    bool loaded;
    struct general *general;
    struct dictionary *dictionary;
    struct everyday everyday;
};

static uint64_t hash_text(uint64_t hash, struct text t)
{
    for (uint32_t i = 0; i < t.size; i++)
        hash = (hash ^ (uint8_t)t.data[i]) * 1099511628211ull;
    return (hash ^ 0xff) * 1099511628211ull;
}

/* A dictionary's name follows from all corpora, a model's from its own and the dictionary's. */
static int name_files(struct building *building, const char *cache_dir)
{
    uint64_t all = 14695981039346656037ull + AGENT_LM_VERSION;
    int size = 0;

    for (uint32_t i = 0; i < building->plan->agent_count; i++)
        all = hash_text(all, corpus_text(&building->corpora[i]));
    for (uint32_t i = 0; i < building->plan->agent_count; i++) {
        struct agent_lm *lm = &building->out[i];
        uint64_t own = hash_text(all, corpus_text(&building->corpora[i]));
        snprintf(lm->dictionary, sizeof(lm->dictionary), "%s/words-%016llx.dict", cache_dir,
                 (unsigned long long)all);
        size = snprintf(lm->model, sizeof(lm->model), "%s/agent-%016llx.bin", cache_dir,
                        (unsigned long long)own);
    }
    return size < SPEECH_PATH - 8 ? 0 : -ENAMETOOLONG;
}

static int load(struct building *building)
{
    int result = 0;

    if (building->loaded)
        return 0;
    result = general_open(&building->general, GENERAL_PATH);
    if (result == 0)
        result = dictionary_open(&building->dictionary, DICTIONARY_PATH);
    if (result == 0)
        result = everyday_build(&building->everyday, building->general, building->dictionary);
    building->loaded = result == 0;
    return result;
}

/* Everyday words with the corpus's behind, and its sentences. */
static int read_corpus(const struct building *building, struct text lines, struct vocabulary *words,
                       struct sentences *sentences)
{
    const struct vocabulary *everyday = &building->everyday.words;
    int result = vocabulary_init(words);

    for (uint32_t i = 0; i < everyday->count && result == 0; i++)
        result = vocabulary_add(words, everyday->names[i]) == i ? 0 : -ENOMEM;
    while (lines.data && result == 0)
        result = sentences_add(sentences, words, text_next(&lines, '\n')) ? 0 : -ENOMEM;
    return result;
}

static int write_model(struct building *building, uint32_t agent)
{
    char path[SPEECH_PATH + 8];
    struct vocabulary words = {0};
    struct sentences sentences = {0};
    struct agent_lm *lm = &building->out[agent];
    uint64_t started_ms = clock_ms();
    FILE *file = NULL;
    int result = read_corpus(building, corpus_text(&building->corpora[agent]), &words, &sentences);

    snprintf(path, sizeof(path), "%s.new", lm->model);
    if (result == 0) {
        file = fopen(path, "we");
        result = file ? merged_write(&building->everyday, &words, &sentences, file) : -errno;
    }
    if (file && fclose(file) != 0 && result == 0)
        result = -EIO;
    if (result == 0 && rename(path, lm->model) < 0)
        result = -errno;
    if (result < 0)
        unlink(path);
    if (result == 0)
        log_line(LOG_INFO, "speech",
                 "language model of agent " TEXT_FORMAT " made: %u words, %.1f s",
                 TEXT_ARGS(building->plan->agents[agent].name), words.count,
                 (double)(clock_ms() - started_ms) / 1000);
    sentences_release(&sentences);
    vocabulary_release(&words);
    return result;
}

/* Pronunciations of all words; guessed ones are logged, for an operator to respell. */
static void write_words(const struct building *building, const struct vocabulary *words, FILE *out)
{
    char storage[512];
    struct text_buffer guessed;
    uint32_t count = 0;

    text_buffer_init(&guessed, storage, sizeof(storage));
    for (uint32_t i = WORD_END + 1; i < words->count; i++) {
        if (dictionary_has(building->dictionary, words->names[i])) {
            dictionary_write(building->dictionary, words->names[i], out);
            continue;
        }
        const char *mark = dictionary_guess(words->names[i], out) ? "" : " (left out)";
        if (count++ < LOGGED_WORDS) {
            text_append(&guessed, text_of(count > 1 ? ", " : ""));
            text_append(&guessed, text_of(words->names[i]));
            text_append(&guessed, text_of(mark));
        }
    }
    if (count > 0)
        log_line(LOG_INFO, "speech",
                 "%u word%s not in the dictionary, pronunciation guessed: " TEXT_FORMAT, count,
                 count == 1 ? " is" : "s are", TEXT_ARGS(text_view(&guessed)));
}

static int write_dictionary(struct building *building)
{
    char path[SPEECH_PATH + 8];
    struct vocabulary words = {0};
    struct sentences sentences = {0};
    const char *final_path = building->out[0].dictionary;
    FILE *file = NULL;
    int result = read_corpus(building, TEXT_EMPTY, &words, &sentences);

    for (uint32_t i = 0; i < building->plan->agent_count && result == 0; i++) {
        struct text lines = corpus_text(&building->corpora[i]);
        while (lines.data && result == 0)
            result = sentences_add(&sentences, &words, text_next(&lines, '\n')) ? 0 : -ENOMEM;
    }
    snprintf(path, sizeof(path), "%s.new", final_path);
    if (result == 0) {
        file = fopen(path, "we");
        result = file ? 0 : -errno;
    }
    if (file) {
        write_words(building, &words, file);
        if (fclose(file) != 0)
            result = -EIO;
    }
    if (result == 0 && rename(path, final_path) < 0)
        result = -errno;
    sentences_release(&sentences);
    vocabulary_release(&words);
    return result;
}

static bool missing(const char *path)
{
    return access(path, R_OK) < 0;
}

/* A first start takes a while: what for, and that the next will not. */
static void announce(const struct building *building)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < building->plan->agent_count; i++)
        count += missing(building->out[i].model);
    if (count > 0)
        log_line(LOG_INFO, "speech", "making %u language model%s; the next start has them", count,
                 count == 1 ? "" : "s");
}

static int build_missing(struct building *building)
{
    int result = 0;

    announce(building);
    if (building->plan->agent_count > 0 && missing(building->out[0].dictionary)) {
        result = load(building);
        if (result == 0)
            result = write_dictionary(building);
    }
    for (uint32_t i = 0; i < building->plan->agent_count && result == 0; i++) {
        if (!missing(building->out[i].model))
            continue;
        result = load(building);
        if (result == 0)
            result = write_model(building, i);
    }
    return result;
}

int agent_lm_prepare(const struct plan *plan, const char *cache_dir, struct agent_lm *out,
                     char *why, uint32_t why_size)
{
    struct building *building = calloc(1, sizeof(*building));
    int result = building ? 0 : -ENOMEM;

    if (result == 0 && mkdir(cache_dir, 0755) < 0 && errno != EEXIST)
        result = -errno;
    if (result == 0) {
        building->plan = plan;
        building->out = out;
        for (uint32_t i = 0; i < plan->agent_count; i++) {
            corpus_make(&building->corpora[i], plan, i);
            if (building->corpora[i].failed)
                result = -ENOMEM;
        }
    }
    if (result == 0)
        result = name_files(building, cache_dir);
    if (result == 0)
        result = build_missing(building);
    if (result < 0)
        snprintf(why, why_size, "language models in %s: %s", cache_dir, strerror(-result));
    if (building) {
        for (uint32_t i = 0; i < plan->agent_count; i++)
            corpus_release(&building->corpora[i]);
        everyday_release(&building->everyday);
        dictionary_close(building->dictionary);
        general_close(building->general);
        free(building);
    }
    return result;
}

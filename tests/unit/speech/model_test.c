// SPDX-License-Identifier: Apache-2.0
/* model_test.c - language models: counted right, summing to one, made of the right sentences. */
#include "speech/trigram.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sphinxbase/err.h>
#include <sphinxbase/ngram_model.h>

#include "check.h"
#include "speech/corpus.h"
#include "speech/general.h"
#include "speech/merged.h"

static struct vocabulary words;
static struct sentences sentences;
static struct trigram trigram;

static void given_sentences(const char *lines)
{
    struct text rest = text_of(lines);

    vocabulary_release(&words);
    sentences_release(&sentences);
    trigram_release(&trigram);
    CHECK(vocabulary_init(&words) == 0);
    while (rest.data)
        CHECK(sentences_add(&sentences, &words, text_next(&rest, '\n')));
    CHECK(trigram_build(&trigram, &words, &sentences) == 0);
}

static uint32_t word(const char *name)
{
    uint32_t number = vocabulary_find(&words, name);
    CHECK(number != WORD_NONE);
    return number;
}

static void a_text_becomes_words_as_they_are_spoken(void)
{
    given_sentences("I can't pay $25 for invoice 4512 -- O'Neil's!");
    const char *expected[] = {"i",       "can't", "pay",  "twenty", "five", "for",
                              "invoice", "four",  "five", "one",    "two",  "o'neil's"};
    CHECK(sentences.count == 13);
    for (uint32_t i = 0; i < 12; i++)
        CHECK(strcmp(words.names[sentences.items[i]], expected[i]) == 0);
    CHECK(sentences.items[12] == WORD_END);
}

static void probabilities_after_a_word_sum_to_one(void)
{
    given_sentences("pay my bill\npay my invoice\nask about my bill\nmy phone is broken");
    const uint32_t before[] = {word("my"), word("pay"), word("broken"), WORD_BEGIN};
    for (uint32_t i = 0; i < 4; i++) {
        float sum = 0;
        for (uint32_t w = 1; w < words.count; w++)
            sum += trigram_after(&trigram, before[i], w);
        CHECK(fabsf(sum - 1) < 1e-3f);
    }
}

static void smoothing_is_witten_and_bells(void)
{
    given_sentences("a b\na b\na c");
    /* 9 tokens, types a b c </s>. P(b) = (2 + 1) / (9 + 4); after a: b twice, c once. */
    float b = 3.0f / 13;
    CHECK(fabsf(trigram.grams[0][word("b")].probability - b) < 1e-5f);
    CHECK(fabsf(trigram_after(&trigram, word("a"), word("b")) - (2 + 2 * b) / 5) < 1e-5f);
    CHECK(fabsf(trigram.grams[0][word("a")].backoff - 2.0f / 5) < 1e-5f);
}

static void an_agents_corpus_has_its_examples_labels_and_common_answers(void)
{
    static const struct text examples[] = {{.data = "my bill is wrong", .size = 16}};
    static const struct plan_intent intents[] = {
        {.name = {.data = "billing", .size = 7},
         .label = {.data = "billing questions", .size = 17},
         .examples = examples,
         .example_count = 1}};
    const struct plan_agent agents[2] = {{.intents = intents, .intent_count = 1},
                                         {.name = TEXT("b")}};
    const struct plan plan = {.agents = agents, .agent_count = 2};
    struct corpus own, other;

    corpus_make(&own, &plan, 0);
    corpus_make(&other, &plan, 1);
    struct text text = corpus_text(&own);
    CHECK(text_find(text, TEXT("my bill is wrong\n")) == 0);
    CHECK(text_find(text, TEXT("i need help with billing questions\n")) > 0);
    CHECK(text_find(text, TEXT("repeat that\n")) > 0 && text_find(text, TEXT("goodbye\n")) > 0);
    CHECK(text_find(text, TEXT("representative\n")) > 0);
    CHECK(text_find(corpus_text(&other), TEXT("my bill is wrong\n")) == 0);
    CHECK(text_find(corpus_text(&other), TEXT("billing questions")) < 0);
    corpus_release(&own);
    corpus_release(&other);
}

static struct everyday everyday;

static void everyday_english_is_read_from_the_package(void)
{
    struct general *general;
    struct dictionary *dictionary;

    CHECK(general_open(&general, GENERAL_PATH) == 0);
    CHECK(dictionary_open(&dictionary, DICTIONARY_PATH) == 0);
    CHECK(everyday_build(&everyday, general, dictionary) == 0);
    CHECK(everyday.words.count == MERGED_GENERAL_WORDS + 2);
    uint32_t of = vocabulary_find(&everyday.words, "of"),
             the = vocabulary_find(&everyday.words, "the");
    CHECK(of < 20 && the < 20);
    float best = 0;
    uint32_t likely = 0;
    for (uint32_t i = everyday.first[of]; i < everyday.first[of + 1]; i++) {
        if (everyday.rows[i].probability > best) {
            best = everyday.rows[i].probability;
            likely = everyday.rows[i].word;
        }
    }
    CHECK(likely == the && best > 0.1f && best < 0.5f);
    CHECK(dictionary_has(dictionary, "billing") && !dictionary_has(dictionary, "zorbatron"));
    dictionary_close(dictionary);
    general_close(general);
}

static void another_format_of_the_general_model_is_refused(void)
{
    struct general *general;

    CHECK(general_open(&general, DICTIONARY_PATH) < 0);
    CHECK(general_open(&general, "/nowhere") < 0);
}

static float probability_after(ngram_model_t *model, uint32_t w, uint32_t before)
{
    int used;
    int score = ngram_bg_score(model, ngram_wid(model, words.names[w]),
                               ngram_wid(model, words.names[before]), &used);
    return (float)exp(score * log1p(0.0001));
}

/* The recogniser's own library reads the file: P(w | before) must sum to 1 over the vocabulary. */
static void the_merged_model_sums_to_one_after_each_word(void)
{
    char path[] = "/tmp/offhook-model-XXXXXX";
    const char *const befores[] = {"my", "zorbatron", "of"};
    logmath_t *logmath = logmath_init(1.0001, 0, 0);

    err_set_logfp(NULL);
    vocabulary_release(&words);
    sentences_release(&sentences);
    CHECK(vocabulary_init(&words) == 0);
    for (uint32_t i = 0; i < everyday.words.count; i++)
        CHECK(vocabulary_add(&words, everyday.words.names[i]) == i);
    CHECK(sentences_add(&sentences, &words, TEXT("my zorbatron is broken")));
    CHECK(sentences_add(&sentences, &words, TEXT("my bill is wrong")));
    FILE *file = fdopen(mkstemp(path), "w");
    CHECK(file && merged_write(&everyday, &words, &sentences, file) == 0 && fclose(file) == 0);
    ngram_model_t *model = ngram_model_read(NULL, path, NGRAM_BIN, logmath);
    unlink(path);
    CHECK(model && ngram_model_get_counts(model)[0] == words.count);
    for (uint32_t i = 0; i < 3; i++) {
        float sum = 0;
        for (uint32_t w = 1; w < words.count; w++)
            sum += probability_after(model, w, word(befores[i]));
        CHECK(fabsf(sum - 1) < 0.01f);
    }
    uint32_t my = word("my");
    CHECK(probability_after(model, word("zorbatron"), my) > 0.2f);
    CHECK(probability_after(model, word("bill"), my) >
          probability_after(model, word("mother"), my));
    int used;
    int score = ngram_tg_score(model, ngram_wid(model, "broken"), ngram_wid(model, "is"),
                               ngram_wid(model, "zorbatron"), &used);
    CHECK(used == 3 && exp(score * log1p(0.0001)) > 0.4); /* Seen once, and always so. */
    score = ngram_tg_score(model, ngram_wid(model, "wrong"), ngram_wid(model, "is"),
                           ngram_wid(model, "zorbatron"), &used);
    CHECK(used == 2); /* Not seen: by the bigram. */
    double sum = 0;
    for (uint32_t w = 1; w < words.count; w++)
        sum += exp(ngram_tg_score(model, ngram_wid(model, words.names[w]), ngram_wid(model, "is"),
                                  ngram_wid(model, "zorbatron"), &used) *
                   log1p(0.0001));
    CHECK(fabs(sum - 1) < 0.01); /* After two words, too. */
    ngram_model_free(model);
    logmath_free(logmath);
}

int main(void)
{
    RUN(a_text_becomes_words_as_they_are_spoken);
    RUN(probabilities_after_a_word_sum_to_one);
    RUN(smoothing_is_witten_and_bells);
    RUN(an_agents_corpus_has_its_examples_labels_and_common_answers);
    RUN(everyday_english_is_read_from_the_package);
    RUN(another_format_of_the_general_model_is_refused);
    RUN(the_merged_model_sums_to_one_after_each_word);
    vocabulary_release(&words);
    sentences_release(&sentences);
    trigram_release(&trigram);
    everyday_release(&everyday);
    return 0;
}

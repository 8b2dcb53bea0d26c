// SPDX-License-Identifier: Apache-2.0
/* recogniser_sphinx.c - the embedded recogniser: pocketsphinx behind band extension.
 *
 * One decoder a stream. Its dictionary is the plan's; the agent's model and the two grammars are
 * searches in it, and expect() chooses. Free speech costs 0.10 of real time, grammars 0.02. */
#include "speech/recogniser.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <pocketsphinx.h>
#include <sphinxbase/cmn.h>
#include <sphinxbase/err.h>
#include <sphinxbase/feat.h>
#include <sphinxbase/fsg_model.h>
#include <sphinxbase/jsgf.h>

#include "base/log.h"
#include "speech/bandwidth.h"
#include "speech/note.h"

#define MODEL_DIR "/usr/share/pocketsphinx/model/en-us/en-us"

enum {
    FEED = 320,                   /* 8 kHz samples a step. */
    SECOND_TRY = 8 * SAMPLE_RATE, /* Longer answers to a simple question are not heard again (4 s of
                                   * wideband ones). */
    WIDE_RATE = 2 * SAMPLE_RATE,
    SURE_PERMILLE = 500 /* Below, a grammar has heard something that is not in it. */
};

struct recogniser_sphinx {
    struct recogniser_source source;
    struct bandwidth_table *table;
};

struct sphinx {
    struct recogniser base;
    const struct bandwidth_table *table;
    ps_decoder_t *decoder;
    char dictionary[SPEECH_PATH], model[SPEECH_PATH]; /* Loaded. */
    enum expect expect;
    struct bandwidth bandwidth;
    bool open, finished, failed;
    char partial[MAX_UTTERANCE];
    int16_t *kept; /* What a grammar hears, for a second try; SECOND_TRY of them. */
    uint32_t kept_count;
    uint32_t rate; /* Of what is heard; the means are of such sound. */
};

/* Words around the answer are heard and kept: the mind looks for yes and no in them. */
static const char yes_no_grammar[] =
    "#JSGF V1.0; grammar yes_no;\n"
    "public <answer> = [<lead>] (<yes> | <no>) [<tail>];\n"
    "<lead> = oh | um | uh | well;\n"
    "<yes> = yes [yes] | yeah [yeah] | yep | yup | sure | okay | correct | right | exactly |\n"
    "  absolutely | of course | it is | i do | i am | please do | that's (right | correct | it | "
    "fine) |\n"
    "  (yes | yeah) (it is | i do | i am | please do | that's (right | correct | it | fine) | sure "
    "|\n"
    "  correct | right);\n"
    "<no> = no [no] | nope | nah | not really | not (at all | now | yet) | wrong | never mind |\n"
    "  it's not | it is not | i don't | i do not | that's (wrong | not right | not correct | not "
    "it) |\n"
    "  no (it's not | it is not | i don't | i do not | that's (wrong | not right | not correct | "
    "not it));\n"
    "<tail> = please | thanks | thank you | ma'am | sir;\n";

static const char digits_grammar[] =
    "#JSGF V1.0; grammar digits;\n"
    "public <answer> = [<lead>] <digit>+ [<tail>];\n"
    "<lead> = um | uh | it's | it is | [my] [account] number is | yes;\n"
    "<digit> = zero | oh | one | two | three | four | five | six | seven | eight | nine;\n"
    "<tail> = please | thanks | thank you;\n";

static struct sphinx *sphinx_of(struct recogniser *recogniser)
{
    return (struct sphinx *)recogniser;
}

static const char *search_name(enum expect expect)
{
    switch (expect) {
    case EXPECT_FREE:
        return "free";
    case EXPECT_YES_NO:
        return "yes_no";
    case EXPECT_DIGITS:
        return "digits";
    }
    return "free";
}

/* Read when a search is made: a price for each word, and silence as likely as a word between two
 * words, so that clicks and breaths do not become digits (measured: 67 -> 85 % of strings exact).
 */
static const struct {
    const char *name;
    double value;
} grammar_settings[] = {{"-wip", 5e-3}, {"-silprob", 0.5}};

enum { GRAMMAR_SETTINGS = sizeof(grammar_settings) / sizeof(grammar_settings[0]) };

/* By hand: ps_set_jsgf_string() forgets to free what it parsed. */
static bool load_grammar(ps_decoder_t *decoder, const char *name, const char *grammar,
                         double weight)
{
    jsgf_t *parsed = jsgf_parse_string(grammar, NULL);
    jsgf_rule_t *rule = parsed ? jsgf_get_public_rule(parsed) : NULL;
    fsg_model_t *graph =
        rule ? jsgf_build_fsg(parsed, rule, ps_get_logmath(decoder), (float32)weight) : NULL;
    bool loaded = graph && ps_set_fsg(decoder, name, graph) >= 0;

    if (graph)
        fsg_model_free(graph);
    if (parsed)
        jsgf_grammar_free(parsed);
    return loaded;
}

static bool load_grammars(struct sphinx *sphinx, cmd_ln_t *config)
{
    double before[GRAMMAR_SETTINGS];

    for (uint32_t i = 0; i < GRAMMAR_SETTINGS; i++) {
        before[i] = cmd_ln_float_r(config, grammar_settings[i].name);
        cmd_ln_set_float_r(config, grammar_settings[i].name, grammar_settings[i].value);
    }
    double weight = cmd_ln_float_r(config, "-lw");
    bool loaded = load_grammar(sphinx->decoder, "yes_no", yes_no_grammar, weight) &&
                  load_grammar(sphinx->decoder, "digits", digits_grammar, weight);
    for (uint32_t i = 0; i < GRAMMAR_SETTINGS; i++)
        cmd_ln_set_float_r(config, grammar_settings[i].name, before[i]);
    return loaded;
}

/* The mean of the features of voices on the telephone, after band extension, over recorded and made
 * ones (136 utterances). The model's own is that of a microphone close by: with it the first words
 * after a start are heard worse, until the decoder has learned the line. */
static const mfcc_t telephone_mean[] = {55.0F, 8.8F, -0.1F, 18.9F, -7.5F, 2.4F, -4.4F,
                                        -0.8F, 1.9F, 1.6F,  -4.3F, 2.0F,  -0.3F};

/* The model's own, for wideband callers. */
static const mfcc_t wide_mean[] = {41.0F,  -5.29F, -0.12F, 5.09F,  2.48F,  -4.07F, -1.37F,
                                   -1.78F, -5.08F, -2.05F, -6.45F, -1.42F, 1.17F};

_Static_assert(sizeof telephone_mean == sizeof wide_mean, "of the same features");

static void expect_rate(struct sphinx *sphinx, uint32_t rate)
{
    cmn_t *means = ps_get_feat(sphinx->decoder)->cmn_struct;

    sphinx->rate = rate;
    if (means && means->veclen == (int)(sizeof(telephone_mean) / sizeof(telephone_mean[0])))
        cmn_live_set(means, rate == WIDE_RATE ? wide_mean : telephone_mean);
}

/* A new decoder for another dictionary, with both grammars. */
static int load_dictionary(struct sphinx *sphinx, const char *dictionary)
{
    cmd_ln_t *config;

    if (sphinx->decoder && strcmp(sphinx->dictionary, dictionary) == 0)
        return 0;
    if (sphinx->decoder)
        ps_free(sphinx->decoder);
    sphinx->decoder = NULL;
    sphinx->model[0] = '\0';
    config = cmd_ln_init(NULL, ps_args(), TRUE, "-hmm", MODEL_DIR, "-dict", dictionary, NULL);
    if (!config)
        return -ENOMEM;
    /* Its own silence and noise removal eats weak beginnings, and our gate has cut already. */
    cmd_ln_set_boolean_r(config, "-remove_silence", FALSE);
    cmd_ln_set_boolean_r(config, "-remove_noise", FALSE);
    sphinx->decoder = ps_init(config);
    if (sphinx->decoder && !load_grammars(sphinx, config)) {
        ps_free(sphinx->decoder);
        sphinx->decoder = NULL;
    }
    cmd_ln_free_r(config);
    if (sphinx->decoder)
        expect_rate(sphinx, SAMPLE_RATE);
    snprintf(sphinx->dictionary, sizeof(sphinx->dictionary), "%s", dictionary);
    return sphinx->decoder ? 0 : -EIO;
}

/* The free model is loaded for grammars too: callers answer as they like. */
static int sphinx_expect(struct recogniser *recogniser, const struct recogniser_task *task)
{
    struct sphinx *sphinx = sphinx_of(recogniser);
    int result = load_dictionary(sphinx, task->dictionary);

    if (result < 0)
        return result;
    if (strcmp(sphinx->model, task->model) != 0) {
        sphinx->model[0] = '\0';
        if (ps_set_lm_file(sphinx->decoder, "free", task->model) < 0)
            return -EIO;
        snprintf(sphinx->model, sizeof(sphinx->model), "%s", task->model);
    }
    sphinx->expect = task->expect;
    return ps_set_search(sphinx->decoder, search_name(task->expect)) < 0 ? -EIO : 0;
}

static int sphinx_begin(struct recogniser *recogniser)
{
    struct sphinx *sphinx = sphinx_of(recogniser);

    sphinx->finished = sphinx->failed = false;
    sphinx->partial[0] = '\0';
    sphinx->kept_count = 0;
    bandwidth_init(&sphinx->bandwidth, sphinx->table);
    sphinx->open = ps_start_utt(sphinx->decoder) == 0;
    return sphinx->open ? 0 : -EIO;
}

static void keep(struct sphinx *sphinx, const int16_t *samples, uint32_t count)
{
    if (!sphinx->kept)
        sphinx->kept = malloc(SECOND_TRY * sizeof(*sphinx->kept));
    if (sphinx->kept && sphinx->kept_count + count <= SECOND_TRY)
        memcpy(sphinx->kept + sphinx->kept_count, samples, count * sizeof(*samples));
    sphinx->kept_count += count; /* Beyond SECOND_TRY: too long. */
}

static int decode(struct sphinx *sphinx, const int16_t *samples, uint32_t count)
{
    int16_t wide[2 * (FEED + BANDWIDTH_HOP)];

    if (sphinx->rate == WIDE_RATE) {
        if (ps_process_raw(sphinx->decoder, samples, count, FALSE, FALSE) < 0)
            sphinx->failed = true;
        return sphinx->failed ? -EIO : 0;
    }

    while (count > 0) {
        uint32_t part = count < FEED ? count : FEED;
        uint32_t made = bandwidth_extend(&sphinx->bandwidth, samples, part, wide);
        if (made > 0 && ps_process_raw(sphinx->decoder, wide, made, FALSE, FALSE) < 0)
            sphinx->failed = true;
        samples += part;
        count -= part;
    }
    return sphinx->failed ? -EIO : 0;
}

static int sphinx_feed(struct recogniser *recogniser, const int16_t *samples, uint32_t count,
                       uint32_t rate)
{
    struct sphinx *sphinx = sphinx_of(recogniser);

    if (rate != sphinx->rate) {
        expect_rate(sphinx, rate);
        sphinx->kept_count = sphinx->kept_count ? SECOND_TRY + 1 : 0; /* Of two kinds: no use. */
    }
    if (sphinx->expect != EXPECT_FREE)
        keep(sphinx, samples, count);
    return decode(sphinx, samples, count);
}

static int sphinx_finish(struct recogniser *recogniser)
{
    struct sphinx *sphinx = sphinx_of(recogniser);

    if (sphinx->open && ps_end_utt(sphinx->decoder) < 0)
        sphinx->failed = true;
    sphinx->open = false;
    sphinx->finished = true;
    return 0;
}

/* The mean log posterior of the words: -0.5, where they are worth accepting, is 500; 0 is 1,000. */
static uint16_t word_confidence(ps_decoder_t *decoder)
{
    logmath_t *logmath = ps_get_logmath(decoder);
    double sum = 0;
    uint32_t words = 0;

    for (ps_seg_t *segment = ps_seg_iter(decoder); segment; segment = ps_seg_next(segment)) {
        const char *word = ps_seg_word(segment);
        if (word[0] == '<' || word[0] == '[' || word[0] == '+')
            continue;
        sum += logmath_log_to_ln(logmath, ps_seg_prob(segment, NULL, NULL, NULL));
        words++;
    }
    if (words == 0)
        return 0;
    double permille = 1000.0 * exp2(sum / words / 0.5);
    return (uint16_t)(permille > 1000.0 ? 1000.0 : permille);
}

/* Posteriors of a grammar are always 1. How well the sound fits its words is their mean acoustic
 * score a frame: measured medians are -28 for answers in the grammar and -50 for other speech. -42,
 * where one in ten of either is on the wrong side, is 500; -24 is 1,000. */
static uint16_t grammar_confidence(ps_decoder_t *decoder)
{
    double sum = 0;
    int frames = 0;

    for (ps_seg_t *segment = ps_seg_iter(decoder); segment; segment = ps_seg_next(segment)) {
        const char *word = ps_seg_word(segment);
        int32 score = 0, language = 0, back = 0;
        int from = 0, to = 0;
        if (strchr("<[+(", word[0]))
            continue;
        ps_seg_prob(segment, &score, &language, &back);
        ps_seg_frames(segment, &from, &to);
        sum += score;
        frames += to - from + 1;
    }
    if (frames == 0)
        return 0;
    double permille = 500.0 + (sum / frames + 42.0) * 500.0 / 18.0;
    return (uint16_t)(permille > 1000.0 ? 1000.0 : permille < 0 ? 0 : permille);
}

static void copy_words(char *out, const char *hypothesis)
{
    snprintf(out, MAX_UTTERANCE, "%s", hypothesis ? hypothesis : "");
    for (char *c = out; *c; c++) {
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    }
}

/* Reads the decoder's words; their confidence too when the utterance is over. */
static void read_words(struct sphinx *sphinx, bool grammar, struct recogniser_heard *out)
{
    copy_words(out->text, ps_get_hyp(sphinx->decoder, NULL));
    out->confidence_permille = 500; /* Of a partial: not known before the end. */
    if (!sphinx->open && out->text[0] == '\0')
        out->confidence_permille = 0;
    else if (!sphinx->open)
        out->confidence_permille =
            grammar ? grammar_confidence(sphinx->decoder) : word_confidence(sphinx->decoder);
}

/* Something else was said than was asked for: heard again as free speech. */
static void try_again(struct sphinx *sphinx, struct recogniser_heard *out)
{
    struct recogniser_heard second;

    if (!sphinx->kept || sphinx->kept_count > SECOND_TRY)
        return;
    bandwidth_init(&sphinx->bandwidth, sphinx->table);
    if (ps_set_search(sphinx->decoder, "free") == 0 && ps_start_utt(sphinx->decoder) == 0) {
        bool decoded = decode(sphinx, sphinx->kept, sphinx->kept_count) == 0;
        if (ps_end_utt(sphinx->decoder) == 0 && decoded) {
            read_words(sphinx, false, &second);
            if (second.confidence_permille > out->confidence_permille)
                *out = second;
        }
    }
    if (ps_set_search(sphinx->decoder, search_name(sphinx->expect)) < 0)
        sphinx->failed = true;
}

static enum recogniser_news sphinx_poll(struct recogniser *recogniser, struct recogniser_heard *out)
{
    struct sphinx *sphinx = sphinx_of(recogniser);
    bool grammar = sphinx->expect != EXPECT_FREE;

    if (sphinx->failed)
        return RECOGNISER_FAILED;
    if (!sphinx->open && !sphinx->finished)
        return RECOGNISER_NOTHING;
    read_words(sphinx, grammar, out);
    if (sphinx->finished) {
        sphinx->finished = false;
        if (grammar && out->confidence_permille < SURE_PERMILLE)
            try_again(sphinx, out);
        return RECOGNISER_FINAL;
    }
    if (strcmp(out->text, sphinx->partial) == 0)
        return RECOGNISER_NOTHING;
    memcpy(sphinx->partial, out->text, sizeof(sphinx->partial));
    return RECOGNISER_PARTIAL;
}

static void sphinx_cancel(struct recogniser *recogniser)
{
    struct sphinx *sphinx = sphinx_of(recogniser);

    if (sphinx->open)
        (void)ps_end_utt(sphinx->decoder);
    sphinx->open = sphinx->finished = false;
}

static void sphinx_close(struct recogniser *recogniser)
{
    struct sphinx *sphinx = sphinx_of(recogniser);

    if (sphinx->decoder)
        ps_free(sphinx->decoder);
    free(sphinx->kept);
    free(sphinx);
}

static void sphinx_afresh(struct recogniser *recogniser)
{
    struct sphinx *sphinx = sphinx_of(recogniser);

    if (sphinx->decoder)
        expect_rate(sphinx, SAMPLE_RATE);
}

static const struct recogniser_kind sphinx_kind = {
    .name = "sphinx",
    .expect = sphinx_expect,
    .begin = sphinx_begin,
    .feed = sphinx_feed,
    .finish = sphinx_finish,
    .poll = sphinx_poll,
    .cancel = sphinx_cancel,
    .close = sphinx_close,
    .afresh = sphinx_afresh,
};

static int open_one(const struct recogniser_source *source, struct recogniser **out)
{
    const struct recogniser_sphinx *provider = source->own;
    struct sphinx *sphinx = calloc(1, sizeof(*sphinx));

    if (!sphinx)
        return -ENOMEM;
    sphinx->base.kind = &sphinx_kind;
    sphinx->table = provider->table;
    *out = &sphinx->base;
    return 0;
}

int recogniser_sphinx_open(struct recogniser_sphinx **out, char *why, uint32_t why_size)
{
    struct recogniser_sphinx *provider = calloc(1, sizeof(*provider));

    err_set_logfp(NULL); /* It is talkative. */
    if (access(MODEL_DIR "/mdef", R_OK) < 0) {
        snprintf(why, why_size, "%s is not there: install pocketsphinx-en-us", MODEL_DIR);
        free(provider);
        return -ENOENT;
    }
    if (provider)
        provider->table = bandwidth_table_new();
    if (!provider || !provider->table) {
        snprintf(why, why_size, "no memory for the recogniser");
        free(provider);
        return -ENOMEM;
    }
    provider->source = (struct recogniser_source){.open = open_one, .own = provider};
    *out = provider;
    return 0;
}

void recogniser_sphinx_close(struct recogniser_sphinx *sphinx)
{
    bandwidth_table_free(sphinx->table);
    free(sphinx);
}

const struct recogniser_source *recogniser_sphinx_source(const struct recogniser_sphinx *sphinx)
{
    return &sphinx->source;
}

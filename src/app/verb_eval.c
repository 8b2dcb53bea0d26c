// SPDX-License-Identifier: Apache-2.0
/* verb_eval.c - `offhook eval`: a suite of conversations in virtual time, or with real sound. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "app/eval_report.h"
#include "app/eval_sound.h"
#include "config/suite_read.h"
#include "app/verbs.h"
#include "base/log.h"
#include "mind/answer.h"
#include "mind/provider.h"
#include "speech/speech.h"

enum { WHY = 512, MOST_REPEATS = 1000 };

/* The classifier of a server, asked and answered at once. */
struct classifier {
    void *state;
    const struct plan *plan;
    const struct plan_agent *agent; /* Of the question. */
    struct answer answer;
};

static void answered(void *context, uint32_t ticket, const struct mind_answer *raw)
{
    struct classifier *classifier = context;

    (void)ticket;
    if (!answer_check(classifier->agent, raw, &classifier->answer))
        return; /* It stands as general, as it would in a server. */
}

static void understand(void *context, const struct command *command, struct event *out)
{
    struct classifier *classifier = context;
    struct answer *answer = &classifier->answer;
    struct mind_question question = {.plan = classifier->plan,
                                     .agent = command->understand.agent,
                                     .text = command->understand.text,
                                     .asked = command->understand.asked,
                                     .word_confidence_permille =
                                         command->understand.confidence_permille};

    classifier->agent = &classifier->plan->agents[command->understand.agent];
    mind_embedded.ask(classifier->state, 1, &question);
    out->understood.intent = answer->intent;
    out->understood.confidence_permille = answer->confidence_permille;
    out->understood.sentiment = answer->sentiment;
    out->understood.entities = (struct text){answer->entities, answer->entities_size};
    out->understood.summary = (struct text){answer->summary, answer->summary_size};
}

static bool open_classifier(struct classifier *classifier, const struct plan *plan)
{
    struct mind_sink sink = {.mind = classifier, .answered = answered};
    char why[WHY] = "";

    *classifier = (struct classifier){.plan = plan};
    if (mind_embedded.open(&classifier->state, &sink, why, sizeof(why)) == 0) {
        if (mind_embedded.prepare(classifier->state, 0, plan, why, sizeof(why)) == 0)
            return true;
        mind_embedded.close(classifier->state);
    }
    fprintf(stderr, "offhook: %s\n", why);
    return false;
}

/* ---- Which ---- */

static bool chosen(const struct suite_conversation *c, const char *only)
{
    if (!only || text_equal(c->name, text_of(only)))
        return true;
    for (uint32_t i = 0; i < c->tags.count; i++)
        if (text_equal(c->tags.items[i], text_of(only)))
            return true;
    return false;
}

static bool know_part(const struct suite *suite, const struct plan *plan, uint32_t line,
                      struct text part)
{
    static const char *const ours[] = {"ears", "voice", "classifier", "callee"};

    for (uint32_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
        if (text_equal(part, text_of(ours[i])))
            return true;
    for (uint32_t i = 0; i < plan->provider_count; i++)
        if (text_equal(part, plan->providers[i].name))
            return true;
    fprintf(stderr,
            TEXT_FORMAT ":%u: error: nothing is called '" TEXT_FORMAT
                        "' that could fail\n    write ears, voice, classifier, callee, or a "
                        "provider of %s\n",
            TEXT_ARGS(suite->name), line, TEXT_ARGS(part), suite->configuration);
    return false;
}

static bool know_people(const struct suite *suite, const struct plan *plan, uint32_t line,
                        const struct suite_person *people, uint32_t count)
{
    bool good = true;

    for (uint32_t p = 0; p < count; p++) {
        bool known = false;
        for (uint32_t i = 0; i < plan->operator_count; i++)
            known = known || text_equal(people[p].name, plan->operators[i].name);
        if (!known)
            fprintf(stderr,
                    TEXT_FORMAT ":%u: error: there is no operator '" TEXT_FORMAT
                                "'\n    write one of the `operators` of %s\n",
                    TEXT_ARGS(suite->name), line, TEXT_ARGS(people[p].name), suite->configuration);
        good = good && known;
    }
    return good;
}

/* Everybody and everything that the suite names is in the configuration. */
static bool know_names(const struct suite *suite, const struct plan *plan)
{
    bool good = true;

    for (uint32_t c = 0; c < suite->count; c++) {
        const struct suite_conversation *call = &suite->conversations[c];
        good &= know_people(suite, plan, call->line, call->people, call->people_count);
        for (uint32_t t = 0; t < call->turn_count; t++) {
            const struct suite_turn *turn = &call->turns[t];
            for (uint32_t f = 0; f < turn->fault_count; f++)
                good &= know_part(suite, plan, turn->line, turn->faults[f].part);
            good &= know_people(suite, plan, turn->line, turn->people, turn->people_count);
        }
    }
    return good;
}

/* ---- The run ---- */

static bool any_played(const struct arguments *arguments, uint32_t played)
{
    if (played == 0 && arguments_has(arguments, "--only"))
        fprintf(stderr, "offhook: no conversation that can be played has the name or tag '%s'\n",
                arguments_value(arguments, "--only"));
    else if (played == 0)
        fprintf(stderr, "offhook: no conversation can be played\n");
    return played > 0;
}

/* The server's, by default that of the suite's own configuration. */
static bool server_socket(const struct suite *suite, const struct arguments *arguments, char *path,
                          size_t size)
{
    const char *control = arguments_value(arguments, "--control");
    const char *server = arguments_value(arguments, "--server");
    struct config_result result;
    bool good;

    if (control) {
        snprintf(path, size, "%s", control);
        return true;
    }
    config_read(server ? server : suite->configuration, &result);
    good = result.config != NULL;
    if (good)
        snprintf(path, size, "%s", result.config->control_socket);
    else
        check_print(&result, stderr);
    config_free(&result);
    return good;
}

static bool play_silently(const struct suite *suite, const struct plan *plan,
                          const struct arguments *arguments, struct eval_report *report,
                          uint32_t repeats)
{
    uint32_t played = 0;
    struct classifier classifier;
    struct stage_mind mind = {.understand = understand, .context = &classifier};

    if (!open_classifier(&classifier, plan))
        return false;
    for (uint32_t i = 0; i < suite->count; i++) {
        if (!chosen(&suite->conversations[i], arguments_value(arguments, "--only")))
            continue;
        for (uint32_t r = 0; r < repeats; r++, played++) {
            struct verdict *verdict = verdict_run(plan, &suite->conversations[i], r, &mind);
            if (!verdict) {
                fprintf(stderr, "offhook: no memory to play a conversation, or no trunk\n");
                mind_embedded.close(classifier.state);
                return false;
            }
            eval_report_add(report, verdict, arguments_has(arguments, "--verbose"), stdout);
            verdict_free(verdict);
        }
    }
    mind_embedded.close(classifier.state);
    return any_played(arguments, played);
}

/* Every conversation with this voice and noise. False: it cannot go on. */
static bool play_aloud(const struct suite *suite, const struct eval_sound *sound,
                       const struct arguments *arguments, struct eval_report *report,
                       uint32_t repeats)
{
    char with[128], why[WHY] = "";
    uint32_t played = 0;

    snprintf(with, sizeof(with), TEXT_FORMAT "%s", TEXT_ARGS(sound->voice),
             sound->noise_db ? "" : ", no noise");
    if (sound->noise_db)
        snprintf(with + sound->voice.size, sizeof(with) - sound->voice.size, ", %u dB",
                 sound->noise_db);
    for (uint32_t i = 0; i < suite->count; i++) {
        const struct suite_conversation *c = &suite->conversations[i];
        if (!chosen(c, arguments_value(arguments, "--only")))
            continue;
        const char *cannot = eval_sound_cannot(c);
        if (cannot)
            printf("  -     " TEXT_FORMAT ": left out: %s\n", TEXT_ARGS(c->name), cannot);
        for (uint32_t r = 0; r < repeats && !cannot; r++, played++) {
            struct verdict *verdict = eval_sound_run(c, sound, r, why, sizeof(why));
            if (!verdict) {
                fprintf(stderr, "offhook: %s\n", why);
                return false;
            }
            verdict->with = text_of(with);
            eval_report_add(report, verdict, arguments_has(arguments, "--verbose"), stdout);
            verdict_free(verdict);
        }
    }
    return any_played(arguments, played);
}

static bool good_voice(struct text voice)
{
    struct text names;
    bool good = voice.size <= MAX_NAME && speech_voice_known(voice, &names);

    if (!good)
        fprintf(stderr, "offhook: --voice '" TEXT_FORMAT "' is none of " TEXT_FORMAT "\n",
                TEXT_ARGS(voice), TEXT_ARGS(names));
    return good;
}

/* "none" or decibels. */
static bool read_noise(struct text word, uint32_t *db)
{
    uint64_t number = 0;
    bool good = text_equal(word, TEXT("none")) ||
                (text_number(word, &number) && number >= SOUND_LEAST_DB && number <= SOUND_MOST_DB);

    if (!good)
        fprintf(stderr,
                "offhook: --noise is none or how many dB the caller is louder: none,20,10\n");
    *db = (uint32_t)number;
    return good;
}

static bool play_voices(const struct suite *suite, const struct arguments *arguments,
                        struct eval_report *report, uint32_t repeats)
{
    const char *voices = arguments_value(arguments, "--voice");
    const char *noises = arguments_value(arguments, "--noise");
    char path[WHY];
    struct eval_sound sound = {.uri = arguments_value(arguments, "--sound"), .socket = path};
    struct text voice_list = text_of(voices ? voices : "kal16");

    log_set_level(LOG_WARN);
    if (!server_socket(suite, arguments, path, sizeof(path)))
        return false;
    while (voice_list.size > 0) {
        struct text noise_list = text_of(noises ? noises : "none");
        sound.voice = text_next(&voice_list, ',');
        if (!good_voice(sound.voice))
            return false;
        while (noise_list.size > 0)
            if (!read_noise(text_next(&noise_list, ','), &sound.noise_db) ||
                !play_aloud(suite, &sound, arguments, report, repeats))
                return false;
    }
    return true;
}

static bool play_all(const struct suite *suite, const struct plan *plan,
                     const struct arguments *arguments, struct eval_report *report)
{
    const char *repeat = arguments_value(arguments, "--repeat");
    uint32_t repeats = repeat ? (uint32_t)strtoul(repeat, NULL, 10) : 1;

    if (repeats == 0 || repeats > MOST_REPEATS) {
        fprintf(stderr, "offhook: --repeat is a number from 1 to %d\n", MOST_REPEATS);
        return false;
    }
    if (arguments_has(arguments, "--sound"))
        return play_voices(suite, arguments, report, repeats);
    return play_silently(suite, plan, arguments, report, repeats);
}

static bool written(int error, const char *path)
{
    if (error)
        fprintf(stderr, "offhook: cannot write %s: %s\n", path, strerror(-error));
    return error == 0;
}

static int evaluate(const struct suite *suite, const struct plan *plan,
                    const struct arguments *arguments)
{
    const char *json = arguments_value(arguments, "--json");
    const char *junit = arguments_value(arguments, "--junit");
    char why[WHY] = "";
    struct eval_report *report =
        eval_report_open(suite, arguments_value(arguments, "--baseline"), why, sizeof(why));
    bool good;

    if (!report) {
        fprintf(stderr, "offhook: %s\n", why);
        return EXIT_FAILED;
    }
    good = play_all(suite, plan, arguments, report);
    if (good) {
        eval_report_sum(report, stdout);
        good = (!json || written(eval_report_json(report, json), json)) &&
               (!junit || written(eval_report_junit(report, junit), junit)) &&
               eval_report_good(report);
    }
    eval_report_close(report);
    return good ? EXIT_DONE : EXIT_FAILED;
}

int verb_eval(const struct arguments *arguments)
{
    struct config_result problems, config;
    const struct suite *suite = suite_read(arguments->given[0], &problems);
    int code = EXIT_FAILED;

    check_print(&problems, stderr);
    if (!suite) {
        config_free(&problems);
        return EXIT_FAILED;
    }
    config_read(suite->configuration, &config);
    if (!config.config)
        check_print(&config, stderr);
    else if (know_names(suite, &config.config->plan))
        code = evaluate(suite, &config.config->plan, arguments);
    config_free(&config);
    config_free(&problems);
    return code;
}

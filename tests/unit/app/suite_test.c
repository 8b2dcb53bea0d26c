// SPDX-License-Identifier: Apache-2.0
/* suite_test.c - suites: what is wrong with one, what comes of one, and what is reported of it. */
#include <jansson.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/eval_report.h"
#include "config/suite_read.h"
#include "given.h"

#define AGENT                                                                          \
    "---\ngreeting: Hello, this is the desk. How can I help?\n"                        \
    "keys: {\"1\": hours}\n"                                                           \
    "intents:\n"                                                                       \
    "  hours: {say: We are open from nine to five., examples: [when are you open]}\n"  \
    "  more: {say: \"{statement}\", examples: [more]}\n"                               \
    "  person: {transfer: \"+14155550199\", escalation: true, examples: [a person]}\n" \
    "---\nBe kind.\n"

static struct config_result problems;

static const struct suite *read_suite(const char *yaml)
{
    const struct suite *suite;

    config_free(&problems);
    suite = suite_read_text("suite.yaml", text_of(yaml), &problems);
    return suite;
}

static void wrong(const char *yaml, const char *what)
{
    CHECK(!read_suite(yaml));
    CHECK(problems.problem_count > 0);
    if (!strstr(problems.problems[0].what, what))
        fprintf(stderr, "expected %s, was %s\n", what, problems.problems[0].what);
    CHECK(strstr(problems.problems[0].what, what) && problems.problems[0].line > 0);
}

/* Whatever is said is the intent `hours`, but for "a person" and what begins with "more". */
static void understand(void *context, const struct command *command, struct event *out)
{
    struct text words = command->understand.text;

    (void)context;
    out->understood.intent = text_equal(words, TEXT("a person")) ? TEXT("person")
                             : text_starts(words, TEXT("more"))  ? TEXT("more")
                                                                 : TEXT("hours");
    out->understood.confidence_permille = 900;
    out->understood.entities = TEXT("day=monday\n");
}

static const char *server = SERVER, *agent = AGENT;

static struct verdict *play(const char *yaml)
{
    static const struct stage_mind mind = {.understand = understand};
    const struct suite *suite = read_suite(yaml);

    if (problems.problem_count > 0)
        fprintf(stderr, "%s\n", problems.problems[0].what);
    CHECK(suite);
    given(server, agent);
    CHECK(result.config);
    struct verdict *verdict = verdict_run(&result.config->plan, &suite->conversations[0], 0, &mind);
    CHECK(verdict);
    return verdict;
}

static void good(const char *yaml)
{
    struct verdict *verdict = play(yaml);

    for (uint32_t i = 0; i < verdict->failure_count; i++)
        fprintf(stderr, "%u: " TEXT_FORMAT "\n", verdict->failures[i].line,
                TEXT_ARGS(verdict->failures[i].what));
    CHECK(verdict_good(verdict));
    verdict_free(verdict);
}

static void bad(const char *yaml, const char *what)
{
    struct verdict *verdict = play(yaml);

    CHECK(verdict->failure_count > 0);
    if (text_find(verdict->failures[0].what, text_of(what)) < 0)
        fprintf(stderr, "expected %s, was " TEXT_FORMAT "\n", what,
                TEXT_ARGS(verdict->failures[0].what));
    CHECK(text_find(verdict->failures[0].what, text_of(what)) >= 0);
    verdict_free(verdict);
}

static void what_is_wrong_with_a_suite_is_said_with_its_line(void)
{
    wrong("conversations:\n  a: {}\n", "'turns' is missing");
    wrong("conversations:\n  a:\n    turns:\n      - {say: x, press: \"1\"}\n", "one thing");
    wrong("conversations:\n  a:\n    turns:\n      - {press: \"1\", sound: a.wav}\n", "its words");
    wrong("conversations:\n  a:\n    turns:\n      - {say: x, expects: {}}\n", "unknown option");
    wrong("conversations:\n  a:\n    turns:\n      - {say: x, faults: {ears: sleeps}}\n",
          "no way to fail");
    wrong("operators: {anna: sleeps}\nconversations:\n  a:\n    turns:\n      - wait: 1s\n",
          "not what operators do");
}

static void what_was_expected_and_came_is_good(void)
{
    good("conversations:\n  a:\n    turns:\n"
         "      - expect: {agent: desk, said: [how can i help]}\n"
         "      - say: when are you open\n"
         "        expect: {intent: hours, said: [nine to five], within: 2s, knows: [day=monday]}\n"
         "      - press: \"1\"\n        expect: {said: [nine to five]}\n"
         "      - hang-up: true\n"
         "    expect: {end: caller_hung_up, handovers: 0, never-said: [sorry]}\n");
    good("conversations:\n  a:\n    turns:\n"
         "      - say: a person\n        expect: {transfer: \"+14155550199\"}\n");
}

static void each_expectation_can_fail(void)
{
#define SAYS "conversations:\n  a:\n    turns:\n      - say: when are you open\n        expect: "
    bad(SAYS "{said: [good-bye]}\n", "never said \"good-bye\"; said: We are open");
    bad(SAYS "{never-said: [open]}\n", "which must never be said");
    bad(SAYS "{intent: person}\n", "intent: expected person, was hours");
    bad(SAYS "{agent: other}\n", "agent: expected other, was desk");
    bad(SAYS "{knows: [day=friday]}\n", "did not find out that day=friday");
    bad(SAYS "{within: 20ms}\n", "expected within 20 ms");
    bad(SAYS "{transfer: \"1\"}\n", "not transferred to 1");
    bad("conversations:\n  a:\n    turns:\n      - say: a person\n        faults: {callee: refuses}\n"
        "        expect: {transfer: \"+14155550199\"}\n",
        "not transferred to +14155550199");
    bad(SAYS "{queue: desk}\n", "queue: expected desk, was none");
    bad(SAYS "{operator: anna}\n", "operator: expected anna, was none");
    bad(SAYS "{leaves: callback}\n", "no callback was left");
    bad(SAYS "{called: [crm]}\n", "never called the tool crm");
    bad(SAYS "{}\n    expect: {end: silence}\n", "end: expected silence, was caller_hung_up");
    bad(SAYS "{}\n    expect: {handovers: 1}\n", "handovers: expected 1, were 0");
    bad("conversations:\n  a:\n    turns:\n      - hang-up: true\n      - say: hello\n",
        "the call was over before this");
}

static void words_interrupt_and_sounds_of_listening_do_not(void)
{
    struct verdict *verdict = play("conversations:\n  a:\n    turns:\n"
                                   "      - interrupt: when are you open\n");

    CHECK(verdict_good(verdict) && verdict->lines[0].unheard && verdict->interruptions == 1);
    verdict_free(verdict);
    verdict = play("conversations:\n  a:\n    turns:\n      - interrupt: mm-hm\n");
    CHECK(verdict_good(verdict) && !verdict->lines[0].unheard && verdict->interruptions == 0);
    verdict_free(verdict);
}

static void a_recogniser_hears_what_the_suite_says_it_hears(void)
{
    good("conversations:\n  a:\n    turns:\n      - {say: a person, heard: more of it}\n"
         "    expect: {said: [more of it], intent: more}\n");
}

static void what_stalls_is_not_waited_for_and_what_fails_is_gone_round(void)
{
    good("conversations:\n  a:\n    turns:\n      - say: when are you open\n"
         "        faults: {classifier: stalls}\n        expect: {intent: general}\n");
    good("conversations:\n  a:\n    turns:\n      - expect: {agent: desk}\n"
         "      - {wait: 1s, faults: {ears: refuses}}\n"
         "      - press: \"1\"\n        expect: {said: [nine to five]}\n");
}

static json_t *report_of(const char *yaml, const char *baseline, const char *path)
{
    char why[256];
    struct verdict *verdict = play(yaml);
    struct suite suite = {.name = TEXT("suite.yaml")};
    struct eval_report *report = eval_report_open(&suite, baseline, why, sizeof(why));
    FILE *nowhere = fopen("/dev/null", "w");
    json_t *json;

    CHECK(report && nowhere);
    eval_report_add(report, verdict, true, nowhere);
    eval_report_sum(report, nowhere);
    CHECK(eval_report_json(report, path) == 0);
    CHECK(eval_report_junit(report, "suite_test.xml") == 0);
    json = json_load_file(path, 0, NULL);
    CHECK(json);
    json_object_set_new(json, "good", json_boolean(eval_report_good(report)));
    eval_report_close(report);
    verdict_free(verdict);
    fclose(nowhere);
    return json;
}

/* A provider that hears, thinks and speaks, and a model and the agent's intents behind it. */
static void a_whole_conversation_provider_is_played_too(void)
{
#define MODEL "model:\n  - {when: bring, says: [\"Who shall come?\"]}\n" \
              "  - {when: order, says: [\"Let me see.\"], tool: find, then: [\"It is {result}.\"]}\n" \
              "  - {says: [\"We open at eight, \", \"every day.\"]}\n" \
              "tools: {find: {answers: on its way}}\nconversations:\n  a:\n    turns:\n"
    server = SERVER "providers:\n  whole: {kind: openai-realtime, url: \"ws://127.0.0.1:1/v1\"}\n"
                    "  gpt: {kind: chat, url: \"http://127.0.0.1:1/v1\", model: m}\n";
    agent = "---\ngreeting: Hello.\nconverse: [whole]\nthink: [gpt]\n"
            "tools: {find: {description: Finds., url: \"http://127.0.0.1:1/find\", method: GET}}\n"
            "intents:\n  hours: {say: We are open from nine to five., examples: [when are you open]}\n"
            "---\nBe kind.\n";
    good(MODEL "      - say: where is my order\n"
               "        expect: {said: [let me see, on its way], called: [find], by: whole}\n"
               "      - say: when are you open\n"
               "        expect: {said: [open at eight, every day], within: 800ms, by: whole}\n"
               "      - say: when are you open\n"
               "      - interrupt: no bring me somebody\n        after: 300ms\n"
               "        expect: {said: [who shall come], by: whole}\n");
    bad(MODEL "      - say: when are you open\n        expect: {by: gpt}\n",
        "by: expected gpt, was whole");
    good(MODEL "      - say: when are you open\n        faults: {whole: dies}\n"
               "        expect: {said: [every day], by: whole}\n");
    good(MODEL "      - say: when are you open\n        faults: {whole: stalls}\n"
               "        expect: {said: [every day], by: gpt}\n");
    good(MODEL "      - say: when are you open\n        faults: {whole: refuses, gpt: refuses}\n"
               "        expect: {said: [nine to five], by: embedded}\n");
    server = SERVER;
    agent = AGENT;
}

static void a_baseline_tells_what_became_bad_from_what_was_bad_before(void)
{
    static const char passes[] = SAYS "{said: [nine]}\n", fails[] = SAYS "{said: [\"<ten>\"]}\n";
    json_t *first = report_of(passes, NULL, "suite_good.json");
    json_t *worse = report_of(fails, "suite_good.json", "suite_bad.json");
    json_t *same = report_of(fails, "suite_bad.json", "suite_test.json");
    json_t *mended = report_of(passes, "suite_bad.json", "suite_test.json");
    char xml[4096] = "";

    CHECK(json_is_true(json_object_get(first, "good")));
    CHECK(!json_is_true(json_object_get(worse, "good")));
    CHECK(json_array_size(json_object_get(worse, "regressions")) == 1);
    CHECK(json_is_true(json_object_get(same, "good")));
    CHECK(json_array_size(json_object_get(mended, "mended")) == 1);
    CHECK(json_integer_value(json_object_get(worse, "failed")) == 1);
    json_decref(report_of(fails, NULL, "suite_test.json"));
    FILE *file = fopen("suite_test.xml", "r");
    CHECK(file && fread(xml, 1, sizeof(xml) - 1, file) > 0 && fclose(file) == 0);
    CHECK(strstr(xml, "tests=\"1\" failures=\"1\"") && strstr(xml, "&lt;ten&gt;"));
    json_decref(first);
    json_decref(worse);
    json_decref(same);
    json_decref(mended);
}

int main(void)
{
    char scratch[] = "/tmp/offhook-suite-XXXXXX";

    CHECK(mkdtemp(scratch) && chdir(scratch) == 0);
    what_is_wrong_with_a_suite_is_said_with_its_line();
    what_was_expected_and_came_is_good();
    each_expectation_can_fail();
    words_interrupt_and_sounds_of_listening_do_not();
    a_recogniser_hears_what_the_suite_says_it_hears();
    what_stalls_is_not_waited_for_and_what_fails_is_gone_round();
    a_whole_conversation_provider_is_played_too();
    a_baseline_tells_what_became_bad_from_what_was_bad_before();
    config_free(&problems);
    config_free(&result);
    for (uint32_t i = 0; i < 4; i++)
        unlink((const char *const[]){"suite_good.json", "suite_bad.json", "suite_test.json",
                                     "suite_test.xml"}[i]);
    CHECK(rmdir(scratch) == 0);
    return 0;
}

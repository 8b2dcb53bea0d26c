// SPDX-License-Identifier: Apache-2.0
/* late_show_test.c - what a person reads of late turns: budgets and steps, and the waterfall of one
 * turn. */
#include <stdlib.h>
#include <string.h>

#include "app/slo_show.h"
#include "app/turns_show.h"
#include "check.h"
#include "core/command.h"

static char *printed(const json_t *json, void (*show)(const json_t *, FILE *))
{
    char *out = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&out, &size);

    CHECK(to);
    show(json, to);
    fclose(to);
    return out;
}

static struct slo_row row(enum slo_kind kind, const char *name, enum slo_step step)
{
    struct slo_row made = {.kind = kind, .step = step, .step_s = 61};

    made.limits = (struct slo_limits){250, 1000, 950, 400, SLO_REFUSE};
    text_copy(made.name, sizeof(made.name), text_of(name));
    for (int i = 0; i < SLO_WINDOWS; i++)
        made.measures[SLO_ROUND_TRIP].windows[i] = (struct slo_count){100, 4};
    made.measures[SLO_ROUND_TRIP].windows[SLO_HOUR] = (struct slo_count){100, 30};
    made.measures[SLO_ROUND_TRIP].p50_ms = 640;
    made.measures[SLO_ROUND_TRIP].p95_ms = 1180;
    return made;
}

static void budgets_and_what_is_done_are_a_table(void)
{
    struct slo_row agent = row(SLO_AGENT, "desk", SLO_STEP_NONE);
    struct slo_row model = row(SLO_PROVIDER, "model", SLO_STEP_AVOIDED);
    json_t *answer = json_pack("{s:[o,o]}", "slo", slo_json(&model), slo_json(&agent));
    char *text = printed(answer, slo_show);

    CHECK(strstr(text, "95.0 % of the turns shall be in time; above a burn of 4.0: refuse\n"));
    const char *first = strstr(text, "agent desk\n"), *second = strstr(text, "provider model\n");
    CHECK(first && second && first < second);
    CHECK(strstr(text, "  round trip       1000    100    640   1180    spent    20 %    20 %    "
                       "0.8    6.0\n"));
    CHECK(!strstr(text, "first partial")); /* There was none. */
    CHECK(strstr(second, "! avoided: others of a chain are asked first, for 61 s\n"));
    CHECK(!strstr(first, "!") || strstr(first, "!") > second);
    free(text);
    json_decref(answer);
}

static void json_says_how_much_of_a_budget_is_left(void)
{
    struct slo_row agent = row(SLO_AGENT, "desk", SLO_STEP_REFUSING);
    json_t *made = slo_json(&agent), *trip = json_object_get(made, "round_trip");
    const json_t *hour = json_object_get(trip, "1h"), *day = json_object_get(trip, "24h");

    CHECK(strcmp(json_string_value(json_object_get(made, "step")), "refusing") == 0);
    CHECK(json_integer_value(json_object_get(hour, "left_percent")) == -500);
    CHECK(json_integer_value(json_object_get(day, "left_percent")) == 20);
    CHECK(json_integer_value(json_object_get(trip, "target_ms")) == 1000);
    json_decref(made);
}

static void without_a_turn_that_is_said(void)
{
    json_t *answer = json_pack("{s:[]}", "slo");
    char *text = printed(answer, slo_show);

    CHECK(strncmp(text, "no turn yet", 11) == 0);
    free(text);
    json_decref(answer);
}

static const char account[] =
    "{\"ref\": \"r-1\", \"agent\": \"desk\", \"account\": {\"turns\": ["
    "{\"turn\": 1, \"speaker\": \"agent\", \"text\": \"Yes.\"},"
    "{\"turn\": 1, \"speaker\": \"caller\", \"text\": \"my \\u001b[2Jbill\"}],"
    "\"ledger\": [{\"turn\": 1, \"speech_ms\": 1200, \"first_partial_ms\": 180,"
    "\"end_of_turn_ms\": 300, \"final_text_ms\": 400, \"understood_ms\": null,"
    "\"first_token_ms\": 700, \"first_speech_ms\": 800, \"silence_cut_ms\": 40,"
    "\"audible_ms\": 1000, \"answer_ms\": 1000, \"heard_ms\": 2500, \"interrupted\": true,"
    "\"heard_by\": \"ears\", \"thought_by\": \"model\", \"spoken_by\": \"voice\","
    "\"tokens_in\": 90, \"tokens_out\": 12, \"thrown_away\": 1, \"saved_ms\": 150}]}}";

static void a_turn_is_a_waterfall(void)
{
    json_t *call = json_loads(account, 0, NULL);
    char *text = printed(call, turns_show);

    CHECK(call && strstr(text, "turn 1, answered after 1000 ms: my  [2Jbill\n"));
    CHECK(strstr(text, "caller speech    1200 |----------  first partial 180 ms after"));
    CHECK(strstr(text, "end of turn       300 |          ..................\n"));
    CHECK(strstr(text, "final text        400 |                            ======  ears\n"));
    CHECK(strstr(text, "==================  model\n") && strstr(text, "======  voice\n"));
    CHECK(strstr(text, "audible          1000 |") && !strstr(text, "the answer  "));
    CHECK(!strstr(text, "understood"));
    CHECK(strstr(text, "  heard 2.5 s of it, interrupted; 40 ms of silence cut; tokens 90 in, 12 "
                       "out; begun 150 ms before the end was certain; 1 begun for nothing\n"));
    free(text);
    json_decref(call);
}

static void as_json_a_turn_is_a_line_with_its_words(void)
{
    json_t *call = json_loads(account, 0, NULL);
    char *text = printed(call, turns_show_json);

    CHECK(strchr(text, '\n') == text + strlen(text) - 1);
    CHECK(strstr(text, "\"audible_ms\":1000") && strstr(text, "\"text\":\"my \\u001B[2Jbill\""));
    free(text);
    json_decref(call);
}

static void a_call_without_turns_has_none(void)
{
    json_t *call = json_loads("{\"ref\": \"r-1\", \"account\": {\"ledger\": []}}", 0, NULL);
    char *text = printed(call, turns_show);

    CHECK(strstr(text, "0 answered turns") && !strstr(text, "turn 1"));
    free(text);
    json_decref(call);
}

int main(void)
{
    RUN(budgets_and_what_is_done_are_a_table);
    RUN(json_says_how_much_of_a_budget_is_left);
    RUN(without_a_turn_that_is_said);
    RUN(a_turn_is_a_waterfall);
    RUN(as_json_a_turn_is_a_line_with_its_words);
    RUN(a_call_without_turns_has_none);
    return 0;
}

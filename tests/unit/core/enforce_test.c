// SPDX-License-Identifier: Apache-2.0
/* enforce_test.c - late turns lead to another provider, then to none, then to no more calls; and
 * back. */
#include <stdlib.h>
#include <string.h>

#include "../../sim/example_models.h"
#include "check.h"
#include "scene.h"

enum { LINE = 400, TURNS = 30, QUICK_MS = 100, SLOW_MS = 700, MINUTE = 60000 };

static void begin(enum slo_act act)
{
    scene_begin(4);
    scene_models();
    scene_plan()->slo = (struct plan_slo){.first_partial_ms = 500, /* The scene's come after 400. */
                                          .round_trip_ms = 800,
                                          .share_permille = 950,
                                          .burn_hundredths = LINE,
                                          .act = act};
    scene_listening();
}

/* The call is over, and everybody has let go of it. */
static void hang_up(void)
{
    scene_event((struct event){.kind = SIP_BYE, .sip.dialog = scene_dialog()});
    scene_event((struct event){.kind = MEDIA_CLOSED, .leg = scene_leg()});
    scene_event((struct event){.kind = SPEECH_STOPPED, .leg = scene_leg()});
    scene_event((struct event){.kind = SIP_RELEASED, .sip.dialog = scene_dialog()});
}

static void said(uint32_t utterance)
{
    struct event audible = {.kind = MEDIA_AUDIBLE, .leg = scene_leg()};

    scene_ready();
    audible.played.utterance = utterance;
    scene_event(audible);
    scene_played(2000, 2000); /* The last step's commands are those of the turn's end. */
}

/* The caller says it; the words are final 400 ms later. */
static void says(const char *words)
{
    scene_voice(true);
    scene_wait(400);
    scene_partial(words);
    scene_wait(600);
    scene_voice(false);
    scene_wait(400);
    scene_final(words);
}

/* One turn, answered so long after its final. Who thought. */
static int turn(uint32_t delay_ms)
{
    says("i want to pay my bill");
    const struct command *think = scene_command(MIND_THINK);
    CHECK(think);
    int provider = think->think.provider;
    scene_wait(delay_ms);
    scene_clause("You can pay by card.");
    uint32_t utterance = scene_command(SPEECH_SAY)->say.utterance;
    scene_thought();
    said(utterance);
    CHECK(scene_command(STORE_LEDGER));
    return provider;
}

/* So many; the last step's commands stay. */
static void turns(uint32_t count, uint32_t delay_ms)
{
    while (count-- > 0)
        turn(delay_ms);
}

/* Turns until something is done about them; how many. NULL: nothing in `most`. */
static const struct command *turns_until_told(uint32_t most, uint32_t delay_ms, uint32_t *count)
{
    for (*count = 1; *count <= most; ++*count) {
        turn(delay_ms);
        if (scene_command(STORE_SLO))
            return scene_command(STORE_SLO);
    }
    return NULL;
}

/* Half a second after half a second, until a step is taken back. */
static const struct command *wait_until_told(uint32_t most_ms, uint32_t *waited_ms)
{
    for (*waited_ms = 0; *waited_ms < most_ms; *waited_ms += 500) {
        scene_wait(500);
        if (scene_command(STORE_SLO))
            return scene_command(STORE_SLO);
        scene_event((struct event){.kind = PROVIDER_FACT, .provider.plan = MAX_PLANS}); /* Any. */
        if (scene_command(STORE_SLO))
            return scene_command(STORE_SLO);
    }
    return NULL;
}

static void nothing_is_done_while_turns_are_in_time(void)
{
    begin(SLO_REFUSE);
    turns(2 * TURNS, QUICK_MS);
    CHECK(!scene_command(STORE_SLO) && turn(QUICK_MS) == EXAMPLE_MODEL);
    scene_end();
}

static void a_slow_model_is_avoided_when_enough_turns_say_so(void)
{
    uint32_t count;

    begin(SLO_REFUSE);
    const struct command *told = turns_until_told(2 * TURNS, SLOW_MS, &count);
    CHECK(told && count == TURNS);
    CHECK(text_equal(told->slo.name, TEXT("model")) && told->slo.kind == SLO_PROVIDER);
    CHECK(told->slo.step == SLO_STEP_AVOIDED && told->slo.was == SLO_STEP_NONE);
    CHECK(told->slo.measure == SLO_ROUND_TRIP && told->slo.late == TURNS);
    CHECK(told->slo.burn_hundredths == 2000);
    CHECK(turn(QUICK_MS) == EXAMPLE_MODEL_TOO);
    scene_end();
}

static void a_fifth_of_late_turns_is_on_the_line_and_more_is_above(void)
{
    uint32_t count;

    begin(SLO_REFUSE);
    for (int i = 0; i < 12; i++) { /* One in five: a burn of 4. */
        turns(4, QUICK_MS);
        CHECK(!scene_command(STORE_SLO));
        turns(1, SLOW_MS);
        CHECK(!scene_command(STORE_SLO));
    }
    CHECK(turns_until_told(1, SLOW_MS, &count));
    scene_end();
}

static void where_it_is_only_watched_nothing_is_done(void)
{
    uint32_t count;

    begin(SLO_WATCH);
    CHECK(!turns_until_told(2 * TURNS, SLOW_MS, &count));
    CHECK(turn(QUICK_MS) == EXAMPLE_MODEL);
    scene_end();
}

static void a_provider_that_is_alone_is_asked_all_the_same(void)
{
    static struct plan_agent agents[3];
    uint32_t count;

    begin(SLO_MOVE);
    memcpy(agents, scene_plan()->agents, sizeof(agents));
    agents[DESK].think.count = 1;
    scene_plan()->agents = agents;
    CHECK(turns_until_told(2 * TURNS, SLOW_MS, &count));
    CHECK(turn(SLOW_MS) == EXAMPLE_MODEL);
    CHECK(!turns_until_told(4 * TURNS, SLOW_MS, &count)); /* It may not go further. */
    scene_end();
}

/* Both models are slow: the first is avoided, then the second and the agent is embedded. */
static void embed(void)
{
    const struct command *told;
    uint32_t count;

    do {
        told = turns_until_told(4 * TURNS, SLOW_MS, &count);
        CHECK(told);
    } while (told->slo.kind == SLO_PROVIDER);
    CHECK(text_equal(told->slo.name, TEXT("front-desk")) && told->slo.step == SLO_STEP_EMBEDDED);
}

static void when_that_does_not_help_new_calls_go_without_providers(void)
{
    begin(SLO_REFUSE);
    embed();
    CHECK(turn(QUICK_MS) >= 0); /* Who is up keeps what they have. */
    hang_up();
    scene_listening();
    says("i want to pay my bill");
    CHECK(!scene_command(MIND_THINK) && scene_command(MIND_UNDERSTAND));
    scene_end();
}

/* A turn without a model, understood as late. Its end's commands. */
static void plain_turn(uint32_t delay_ms)
{
    says("when are you open");
    scene_wait(delay_ms);
    scene_understood("hours", 900, SENTIMENT_NEUTRAL, "");
    const struct command *say = scene_command(SPEECH_SAY);
    CHECK(say);
    said(say->say.utterance);
}

static void refuse(void)
{
    const struct command *told = NULL;

    embed();
    hang_up();
    scene_listening();
    for (uint32_t i = 0; i < 4 * TURNS && !told; i++) {
        plain_turn(600);
        told = scene_command(STORE_SLO);
    }
    CHECK(told && told->slo.step == SLO_STEP_REFUSING && told->slo.kind == SLO_AGENT);
    hang_up();
}

static void and_then_new_calls_are_refused(void)
{
    begin(SLO_REFUSE);
    refuse();
    scene_invite("100", NULL);
    const struct command *reject = scene_command(SIP_REJECT);
    CHECK(reject && reject->sip.status == 503 && reject->sip.retry_after_s > 0);
    const struct command *closed = scene_command(STORE_CALL_CLOSED);
    CHECK(closed && closed->closed.cause == CAUSE_FULL);
    CHECK(text_starts(closed->closed.detail, TEXT("slo")));
    scene_end();
}

static void all_steps_are_taken_back_when_it_is_calm(void)
{
    const struct command *told;
    uint32_t waited_ms, back = 0;
    bool refused = true;

    begin(SLO_REFUSE);
    refuse();
    while ((told = wait_until_told(20 * MINUTE, &waited_ms))) {
        CHECK(told->slo.step < told->slo.was);
        back += scene_count(STORE_SLO);
        refused = refused && told->slo.was != SLO_STEP_REFUSING;
    }
    CHECK(back >= 3 && !refused);
    scene_listening();
    CHECK(turn(QUICK_MS) == EXAMPLE_MODEL);
    scene_end();
}

static void who_is_slow_again_is_avoided_for_longer(void)
{
    const struct command *told;
    uint32_t count, first_ms, second_ms;

    begin(SLO_MOVE);
    CHECK(turns_until_told(2 * TURNS, SLOW_MS, &count));
    hang_up();
    told = wait_until_told(20 * MINUTE, &first_ms);
    CHECK(told && told->slo.step == SLO_STEP_NONE);
    scene_listening();
    CHECK(turns_until_told(2 * TURNS, SLOW_MS, &count));
    hang_up();
    CHECK(wait_until_told(20 * MINUTE, &second_ms));
    CHECK(first_ms >= 5 * MINUTE - 500 && first_ms < 6 * MINUTE);
    CHECK(second_ms >= 10 * MINUTE - 500);
    scene_end();
}

static bool month_of(enum slo_kind kind, const char *name, struct slo_count *out)
{
    struct slo_row row;

    for (uint32_t i = 0; core_slo(scene_core(), i, scene_now(), &row); i++)
        if (row.kind == kind && strcmp(row.name, name) == 0) {
            *out = row.measures[SLO_ROUND_TRIP].windows[SLO_MONTH];
            return true;
        }
    return false;
}

static void what_is_counted_is_told_and_known_again_after_a_restart(void)
{
    struct event known = {.kind = STORE_SLO_KNOWN};
    struct slo_count month = {0, 0};

    begin(SLO_WATCH);
    known.counted.kind = SLO_PROVIDER;
    known.counted.name = TEXT("model");
    known.counted.measure = SLO_ROUND_TRIP;
    known.counted.span = SLO_DAYS;
    known.counted.age_ms = 3ull * 86400000;
    known.counted.turns = 100;
    known.counted.late = 40;
    scene_event(known);
    CHECK(month_of(SLO_PROVIDER, "model", &month) && month.turns == 100 && month.late == 40);
    turns(2, SLOW_MS);
    CHECK(month_of(SLO_PROVIDER, "model", &month) && month.turns == 102 && month.late == 42);
    turns(1, SLOW_MS);
    scene_wait(11000);
    const struct command *told = scene_command(STORE_SLO_COUNT);
    CHECK(told && told->slo.turns > 0 && told->slo.late == told->slo.turns);
    scene_wait(11000);
    CHECK(!scene_command(STORE_SLO_COUNT)); /* Each turn once. */
    scene_end();
}

static void a_snapshot_remembers_what_is_done(void)
{
    static uint8_t bytes[4 << 20];
    struct core *other = core_init(calloc(1, core_size(8, 4)), 8, 4);
    uint32_t count;
    char why[128];
    struct text_buffer buffer;
    size_t size;

    begin(SLO_REFUSE);
    CHECK(turns_until_told(2 * TURNS, SLOW_MS, &count));
    size = core_save(scene_core(), bytes, sizeof(bytes));
    core_set_plan(other, 0, scene_plan());
    CHECK(size > 0 && core_load(other, bytes, size));
    text_buffer_init(&buffer, why, sizeof(why));
    CHECK(core_check(other, &buffer));
    struct slo_row row;
    bool avoided = false;
    for (uint32_t i = 0; core_slo(other, i, scene_now(), &row); i++)
        avoided |= row.step == SLO_STEP_AVOIDED && strcmp(row.name, "model") == 0;
    CHECK(avoided);
    free(other);
    scene_end();
}

int main(void)
{
    RUN(nothing_is_done_while_turns_are_in_time);
    RUN(a_slow_model_is_avoided_when_enough_turns_say_so);
    RUN(a_fifth_of_late_turns_is_on_the_line_and_more_is_above);
    RUN(where_it_is_only_watched_nothing_is_done);
    RUN(a_provider_that_is_alone_is_asked_all_the_same);
    RUN(when_that_does_not_help_new_calls_go_without_providers);
    RUN(and_then_new_calls_are_refused);
    RUN(all_steps_are_taken_back_when_it_is_calm);
    RUN(who_is_slow_again_is_avoided_for_longer);
    RUN(what_is_counted_is_told_and_known_again_after_a_restart);
    RUN(a_snapshot_remembers_what_is_done);
    return 0;
}

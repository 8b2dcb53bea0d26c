// SPDX-License-Identifier: Apache-2.0
/* failover_test.c - recognisers and voices that fail, are late, or die in the midst of a sentence:
 * the next one hears the same words again, the next one says the rest. */
#include <string.h>

#include "../../sim/example_models.h"
#include "check.h"
#include "scene.h"

static struct plan_agent agents[3];

/* A call whose agent has two recognisers and two voices, and answers by intents. */
static void begin(uint32_t places)
{
    scene_begin(places);
    example_with_models(scene_plan(), agents);
    agents[DESK].think.count = 0;
    agents[DESK].listen = (struct plan_chain){{EXAMPLE_EARS, EXAMPLE_EARS_TOO}, 2};
    agents[DESK].speak = (struct plan_chain){{EXAMPLE_VOICE, EXAMPLE_VOICE_TOO}, 2};
    scene_event((struct event){.kind = PLAN_LOADED, .plan = {0, 1}});
}

static const struct command *listen(void)
{
    const struct command *command = scene_command(SPEECH_LISTEN);

    CHECK(command);
    return command;
}

static void the_first_recogniser_of_the_chain_listens(void)
{
    begin(4);
    scene_call();
    CHECK(listen()->listen.provider == EXAMPLE_EARS && !listen()->listen.replay);
    CHECK(scene_command(SPEECH_EXPECT)->listen.provider == EXAMPLE_EARS);
    CHECK(scene_command(SPEECH_SAY)->say.provider == EXAMPLE_VOICE);
    scene_end();
}

static void a_recogniser_that_dies_while_the_caller_speaks_is_replaced_with_replay(void)
{
    begin(4);
    scene_listening();
    scene_voice(true);
    scene_voice_failed(0, EXAMPLE_EARS);
    CHECK(listen()->listen.provider == EXAMPLE_EARS_TOO && listen()->listen.replay);
    CHECK(!scene_command(SPEECH_FINISH));
    scene_voice_failed(0, EXAMPLE_EARS); /* Once more, late: it was left already. */
    CHECK(!scene_command(SPEECH_LISTEN));
    scene_voice(false);
    scene_wait(1000);
    scene_final("when are you open");
    CHECK(scene_command(MIND_UNDERSTAND));
    scene_end();
}

static void a_recogniser_that_dies_before_its_final_is_asked_for_by_the_next(void)
{
    begin(4);
    scene_listening();
    scene_voice(true);
    scene_voice(false);
    scene_wait(1000);
    scene_voice_failed(0, EXAMPLE_EARS);
    CHECK(listen()->listen.replay && scene_command(SPEECH_FINISH));
    scene_final("when are you open");
    CHECK(text_equal(scene_command(MIND_UNDERSTAND)->understand.text, TEXT("when are you open")));
    scene_end();
}

static void a_late_final_is_explained_then_another_is_asked_then_the_embedded_one(void)
{
    begin(4);
    scene_listening();
    scene_voice(true);
    scene_voice(false);
    scene_wait(600); /* The turn is over. */
    scene_wait(700);
    CHECK(strcmp(scene_words(), "One moment.") == 0);
    scene_said();
    scene_wait(800);
    CHECK(listen()->listen.provider == EXAMPLE_EARS_TOO && listen()->listen.replay);
    scene_wait(1500);
    CHECK(listen()->listen.provider == PROVIDER_EMBEDDED && scene_command(SPEECH_FINISH));
    scene_final("when are you open");
    CHECK(scene_command(MIND_UNDERSTAND));
    scene_end();
}

static void without_any_recogniser_the_call_goes_on_by_keys(void)
{
    begin(0); /* No place for the embedded one. */
    scene_listening();
    scene_voice_failed(0, EXAMPLE_EARS);
    scene_voice_failed(0, EXAMPLE_EARS_TOO);
    CHECK(!scene_command(SPEECH_LISTEN) && strstr(scene_words(), "Please use the keys"));
    scene_end();
}

static uint32_t said(void)
{
    const struct command *say = scene_command(SPEECH_SAY);

    CHECK(say);
    return say->say.utterance;
}

static void a_voice_that_fails_before_its_first_sound_is_replaced(void)
{
    begin(4);
    scene_call();
    scene_voice_failed(said(), EXAMPLE_VOICE);
    CHECK(scene_command(SPEECH_SAY)->say.provider == EXAMPLE_VOICE_TOO);
    CHECK(text_starts(scene_command(SPEECH_SAY)->say.text, TEXT("Thank you for calling.")));
    scene_voice_failed(said(), EXAMPLE_VOICE_TOO);
    CHECK(scene_command(SPEECH_SAY)->say.provider == PROVIDER_EMBEDDED);
    scene_said();
    CHECK(scene_command(TIMER_SET)->timer.kind == TIMER_SILENCE);
    scene_end();
}

static void a_late_voice_is_explained_by_the_embedded_one_and_then_replaced(void)
{
    begin(4);
    scene_call();
    scene_wait(700);
    CHECK(strcmp(scene_words(), "One moment.") == 0);
    CHECK(scene_command(SPEECH_SAY)->say.provider == PROVIDER_EMBEDDED);
    scene_ready();
    CHECK(scene_command(MEDIA_PLAY)); /* Before the words that are late. */
    scene_played(700, 700);
    uint32_t again = 0;
    for (int i = 0; i < 20 && !again; i++) {
        scene_wait(100);
        again = scene_count(SPEECH_SAY) ? scene_command(SPEECH_SAY)->say.utterance : 0;
    }
    CHECK(again && scene_command(SPEECH_SAY)->say.provider == EXAMPLE_VOICE_TOO);
    scene_end();
}

static void a_voice_that_dies_in_mid_sentence_is_taken_over_at_the_word_last_heard(void)
{
    begin(4);
    scene_call();
    uint32_t utterance = said();
    scene_ready();
    scene_voice_failed(utterance, EXAMPLE_VOICE);
    CHECK(scene_command(MEDIA_FLUSH) && !scene_command(SPEECH_SAY));
    scene_flushed(1000);
    const struct command *say = scene_command(SPEECH_SAY), *turn = scene_command(STORE_TURN);
    CHECK(say && say->say.provider == EXAMPLE_VOICE_TOO);
    CHECK(turn && text_equal(turn->turn.text, TEXT("Thank you for")) &&
          turn->turn.unheard.size == 0);
    CHECK(text_equal(say->say.text, TEXT("calling. How can I help you today?")));
    scene_said();
    CHECK(text_equal(scene_command(STORE_TURN)->turn.text,
                     TEXT("calling. How can I help you today?")));
    CHECK(scene_command(TIMER_SET)->timer.kind == TIMER_SILENCE);
    scene_end();
}

static void a_provider_that_failed_often_is_passed_over_by_new_calls_and_told_of(void)
{
    begin(4);
    scene_listening();
    uint32_t told = 0;
    for (int i = 0; i < 3; i++) {
        struct event event = {.kind = PROVIDER_FACT};
        event.provider.provider = EXAMPLE_VOICE;
        event.provider.what = PROVIDER_FAILED;
        scene_event(event);
        told += scene_count(STORE_PROVIDER);
    }
    CHECK(told == 2); /* Degraded, unhealthy. */
    scene_key('7');
    CHECK(scene_command(SPEECH_SAY)->say.provider == EXAMPLE_VOICE_TOO);
    scene_end();
}

/* As with status 429 and a Retry-After: one failure is enough. */
static void a_recogniser_that_wants_to_be_left_alone_is_unhealthy_at_once(void)
{
    struct event event = {.kind = SPEECH_FAILED};

    begin(4);
    scene_call();
    event.leg = listen()->leg;
    event.speech.provider = EXAMPLE_EARS;
    event.speech.retry_after_s = 30;
    event.speech.why = TEXT("status 429");
    scene_event(event);
    CHECK(listen()->listen.provider == EXAMPLE_EARS_TOO);
    CHECK(scene_command(STORE_PROVIDER)->provider.health == TRUNK_UNHEALTHY);
    scene_end();
}

static void a_voice_that_wants_to_be_left_alone_is_too(void)
{
    struct event event = {.kind = SPEECH_FAILED}, fact = {.kind = PROVIDER_FACT};

    begin(4);
    scene_listening();
    scene_key('7');
    const struct command *say = scene_command(SPEECH_SAY);
    CHECK(say->say.provider == EXAMPLE_VOICE);
    event.leg = say->leg;
    event.speech.utterance = say->say.utterance;
    event.speech.provider = EXAMPLE_VOICE;
    event.speech.retry_after_s = 30;
    event.speech.why = TEXT("429: slow down");
    scene_event(event);
    CHECK(scene_command(SPEECH_SAY)->say.provider == EXAMPLE_VOICE_TOO);
    CHECK(scene_command(STORE_PROVIDER)->provider.health == TRUNK_UNHEALTHY);
    fact.provider.provider = EXAMPLE_VOICE_TOO; /* By words spoken ahead. */
    fact.provider.what = PROVIDER_FAILED;
    fact.provider.retry_after_s = 30;
    scene_event(fact);
    CHECK(scene_command(STORE_PROVIDER)->provider.health == TRUNK_UNHEALTHY);
    scene_end();
}

static void a_late_success_closes_the_breaker(void)
{
    struct event event = {.kind = PROVIDER_FACT};

    begin(4);
    scene_listening();
    event.provider.provider = EXAMPLE_VOICE;
    for (int i = 0; i < 3; i++) {
        event.provider.what = PROVIDER_FAILED;
        scene_event(event);
    }
    CHECK(scene_command(STORE_PROVIDER)->provider.health == TRUNK_UNHEALTHY);
    event.provider.what = PROVIDER_SLOW;
    scene_event(event);
    CHECK(scene_command(STORE_PROVIDER));
    CHECK(scene_command(STORE_PROVIDER)->provider.health == TRUNK_DEGRADED);
    scene_end();
}

/* The billing agent has them in the other order. */
static void after_a_handover_the_next_of_that_agents_chain_takes_over(void)
{
    begin(4);
    agents[BILLING].listen = (struct plan_chain){{EXAMPLE_EARS_TOO, EXAMPLE_EARS}, 2};
    scene_listening();
    scene_key('1');
    CHECK(scene_command(STORE_HANDOVER));
    CHECK(scene_command(SPEECH_EXPECT)->listen.provider == EXAMPLE_EARS); /* Goes on hearing. */
    scene_said();
    scene_voice_failed(0, EXAMPLE_EARS);
    CHECK(listen()->listen.provider == EXAMPLE_EARS_TOO);
    scene_end();
}

static void the_last_word_of_one_that_was_left_does_not_end_the_hearing(void)
{
    begin(4);
    scene_listening();
    scene_voice_failed(0, EXAMPLE_EARS);
    scene_voice_failed(0, EXAMPLE_EARS_TOO);
    CHECK(listen()->listen.provider == PROVIDER_EMBEDDED);
    scene_voice_failed(0, EXAMPLE_EARS_TOO);
    CHECK(scene_words()[0] == 0); /* Of keys. */
    scene_says("when are you open");
    CHECK(scene_command(MIND_UNDERSTAND));
    scene_end();
}

static void ready(uint32_t utterance, int provider)
{
    struct event event = {.kind = SPEECH_READY, .leg = scene_leg()};

    event.speech.utterance = utterance;
    event.speech.provider = provider;
    event.speech.clip = utterance;
    scene_event(event);
}

/* The caller speaks while a model goes on with its answer, and the final text is late. Gives the
 * filler's utterance. */
static uint32_t explained(void)
{
    begin(4);
    agents[DESK].think = (struct plan_chain){{EXAMPLE_MODEL, EXAMPLE_MODEL_TOO}, 2};
    scene_listening();
    scene_voice(true);
    scene_wait(1000);
    scene_voice(false);
    scene_wait(600);
    scene_final("where is my parcel");
    scene_clause("Certainly.");
    scene_ready();
    scene_played(900, 900);
    scene_voice(true);
    scene_voice(false);
    scene_wait(600); /* The turn is over. */
    scene_wait(1500);
    CHECK(strcmp(scene_words(), "One moment.") == 0);
    CHECK(scene_command(SPEECH_SAY)->say.provider == EXAMPLE_VOICE);
    return scene_command(SPEECH_SAY)->say.utterance;
}

static void what_comes_meanwhile_keeps_no_explanation_back(void)
{
    uint32_t filler = explained();

    scene_clause("It is on its way.");
    uint32_t answer = scene_command(SPEECH_SAY)->say.utterance;
    ready(filler, EXAMPLE_VOICE);
    CHECK(scene_command(MEDIA_PLAY)->play.utterance == filler);
    ready(answer, EXAMPLE_VOICE);
    CHECK(!scene_command(MEDIA_PLAY)); /* There may be words to come. */
    scene_end();
    filler = explained();
    scene_clause("It is on its way.");
    scene_wait(351);
    CHECK(strcmp(scene_words(), "One moment.") == 0);
    CHECK(scene_command(SPEECH_SAY)->say.provider == -1);
    scene_end();
}

int main(void)
{
    RUN(what_comes_meanwhile_keeps_no_explanation_back);
    RUN(the_first_recogniser_of_the_chain_listens);
    RUN(a_recogniser_that_dies_while_the_caller_speaks_is_replaced_with_replay);
    RUN(a_recogniser_that_dies_before_its_final_is_asked_for_by_the_next);
    RUN(a_late_final_is_explained_then_another_is_asked_then_the_embedded_one);
    RUN(without_any_recogniser_the_call_goes_on_by_keys);
    RUN(the_last_word_of_one_that_was_left_does_not_end_the_hearing);
    RUN(after_a_handover_the_next_of_that_agents_chain_takes_over);
    RUN(a_voice_that_fails_before_its_first_sound_is_replaced);
    RUN(a_late_voice_is_explained_by_the_embedded_one_and_then_replaced);
    RUN(a_voice_that_dies_in_mid_sentence_is_taken_over_at_the_word_last_heard);
    RUN(a_provider_that_failed_often_is_passed_over_by_new_calls_and_told_of);
    RUN(a_voice_that_wants_to_be_left_alone_is_too);
    RUN(a_late_success_closes_the_breaker);
    RUN(a_recogniser_that_wants_to_be_left_alone_is_unhealthy_at_once);
    return 0;
}

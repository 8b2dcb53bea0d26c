// SPDX-License-Identifier: Apache-2.0
/* conversation_test.c - how the front desk behaves, told as scenes. */
#include <string.h>

#include "check.h"
#include "scene.h"

static bool says(const char *words)
{
    if (strcmp(scene_words(), words) == 0)
        return true;
    fprintf(stderr, "said: %s\n", scene_words());
    return false;
}

static bool text_is(struct text t, const char *string)
{
    return text_equal(t, text_of(string));
}

static void the_agent_greets_without_a_menu_when_the_call_is_up(void)
{
    scene_begin(4);
    scene_call();
    CHECK(says("Thank you for calling. How can I help you today?"));
    CHECK(scene_command(SPEECH_LISTEN) && scene_command(MEDIA_TAP));
    scene_ready();
    CHECK(scene_command(MEDIA_PLAY));
    scene_end();
}

static void a_clear_intent_is_handed_over_with_the_context(void)
{
    scene_begin(4);
    scene_listening();
    scene_says("i have a question about invoice four five one two");
    CHECK(text_is(scene_command(MIND_UNDERSTAND)->understand.text,
                  "i have a question about invoice four five one two"));
    scene_understood("billing", 900, SENTIMENT_NEUTRAL, "invoice=4512\n");
    CHECK(says(
        "Let me connect you with billing. | Billing here. This is about invoice 4512. What is the "
        "matter?"));
    const struct command *handover = scene_command(STORE_HANDOVER);
    CHECK(handover && text_is(handover->handover.from, "front-desk"));
    CHECK(text_is(handover->handover.to, "billing") &&
          text_is(handover->handover.intent, "billing"));
    CHECK(
        text_is(handover->handover.statement, "i have a question about invoice four five one two"));
    CHECK(text_is(handover->handover.entities, "invoice=4512\n"));
    CHECK(handover->handover.summary.size > 0);
    const struct command *turn = scene_command(STORE_TURN);
    CHECK(turn && turn->turn.speaker == SPEAKER_CALLER && text_is(turn->turn.intent, "billing"));
    scene_end();
}

static void a_frustrated_caller_hears_other_words_on_the_way_to_a_person(void)
{
    scene_begin(4);
    scene_listening();
    scene_says("let me talk to a person");
    scene_understood("escalation", 900, SENTIMENT_NEUTRAL, "");
    CHECK(strncmp(scene_words(), "I will get a person. | Technical support.", 40) == 0);
    scene_end();
    scene_begin(4);
    scene_listening();
    scene_says("this is ridiculous let me talk to a person");
    scene_understood("escalation", 900, SENTIMENT_FRUSTRATED, "");
    CHECK(strncmp(scene_words(), "I am sorry for the trouble.", 27) == 0);
    scene_end();
}

static void an_unclear_intent_gets_one_question_that_names_the_choices(void)
{
    scene_begin(4);
    scene_listening();
    scene_says("well it is like this");
    scene_understood("technical", 250, SENTIMENT_NEUTRAL, "");
    CHECK(says("Is this about billing questions, or technical support?"));
    scene_said();
    scene_says("i do not know");
    scene_understood("general", 500, SENTIMENT_NEUTRAL, "");
    CHECK(strncmp(scene_words(), "I will find someone who can help. | Billing here.", 49) == 0);
    scene_end();
}

static void a_middling_confidence_is_confirmed(void)
{
    scene_begin(4);
    scene_listening();
    scene_says("the router thing on the bill");
    scene_understood("technical", 500, SENTIMENT_NEUTRAL, "");
    CHECK(says("Is this about technical support?"));
    CHECK(scene_command(SPEECH_EXPECT)->listen.expect == EXPECT_YES_NO);
    scene_said();
    scene_says("yes please");
    CHECK(scene_command(STORE_HANDOVER) && !scene_command(MIND_UNDERSTAND));
    scene_end();
}

static void nonsense_from_the_classifier_becomes_general(void)
{
    scene_begin(4);
    scene_listening();
    scene_says("hello there");
    scene_understood("rm -rf", 60000, SENTIMENT_FRUSTRATED, "a=b\n");
    const struct command *turn = scene_command(STORE_TURN);
    CHECK(text_is(turn->turn.intent, "general") && turn->turn.confidence_permille == 500);
    CHECK(turn->turn.sentiment == SENTIMENT_NEUTRAL && turn->turn.entities.size == 0);
    CHECK(says("Is this about billing questions, or technical support?"));
    scene_end();
}

static void words_are_asked_for_early_and_waited_with_when_they_are_unfinished(void)
{
    scene_begin(4);
    scene_listening();
    scene_voice(true);
    scene_partial("i have a question about my");
    scene_wait(500);
    scene_voice(false);
    scene_wait(350);
    CHECK(scene_command(SPEECH_FINISH)); /* The partial's end may be wrong. */
    scene_final("i have a question about my");
    CHECK(!scene_command(MIND_UNDERSTAND)); /* It was not: there is more to come. */
    scene_wait(700);
    CHECK(scene_command(SPEECH_FINISH));
    scene_final("");
    const struct command *understand = scene_command(MIND_UNDERSTAND);
    CHECK(understand && text_is(understand->understand.text, "i have a question about my"));
    scene_end();
}

static void a_caller_who_goes_on_after_an_unfinished_end_is_heard_as_one(void)
{
    scene_begin(4);
    scene_listening();
    scene_voice(true);
    scene_partial("i have a question about my");
    scene_wait(500);
    scene_voice(false);
    scene_wait(350);
    scene_final("i have a question about my");
    scene_voice(true);
    scene_partial("bill");
    scene_wait(300);
    scene_voice(false);
    scene_wait(350);
    scene_final("bill");
    const struct command *understand = scene_command(MIND_UNDERSTAND);
    CHECK(understand && text_is(understand->understand.text, "i have a question about my bill"));
    scene_end();
}

static void a_late_classifier_is_not_waited_for_and_never_silence(void)
{
    scene_begin(4);
    scene_listening();
    scene_says("hello there");
    scene_wait(900);
    CHECK(says("One moment."));
    scene_wait(700);
    CHECK(scene_command(MIND_CANCEL) &&
          says("Is this about billing questions, or technical support?"));
    scene_understood("billing", 990, SENTIMENT_NEUTRAL, "");
    CHECK(!scene_command(STORE_HANDOVER));
    scene_end();
}

static void keys_work_while_the_greeting_plays(void)
{
    scene_begin(4);
    scene_call();
    scene_ready();
    scene_key('1');
    CHECK(scene_command(MEDIA_FLUSH) && scene_command(STORE_HANDOVER));
    CHECK(text_is(scene_command(STORE_KEY)->key.meaning, "billing"));
    CHECK(strncmp(scene_words(), "Let me connect you with billing.", 32) == 0);
    scene_end();
}

static void an_unknown_key_is_answered_and_recorded(void)
{
    scene_begin(4);
    scene_listening();
    scene_key('9');
    CHECK(says("I didn't recognize that.") && scene_command(STORE_KEY)->key.key == '9');
    scene_end();
}

static void a_key_heard_from_two_sources_is_one_key(void)
{
    scene_begin(4);
    scene_listening();
    scene_key('9');
    scene_event((struct event){.kind = SIP_KEY, .sip_key = {scene_dialog(), '9'}});
    CHECK(!scene_command(STORE_KEY));
    scene_wait(300);
    scene_key('9');
    CHECK(scene_command(STORE_KEY));
    scene_end();
}

static void the_callers_voice_pauses_the_agent_at_once_and_words_end_its_turn(void)
{
    scene_begin(4);
    scene_call();
    scene_ready();
    scene_wait(500);
    scene_voice(true);
    CHECK(scene_command(MEDIA_PAUSE) && !scene_command(MEDIA_FLUSH));
    scene_wait(200);
    scene_partial("i need billing");
    scene_wait(500);
    scene_voice(false);
    scene_wait(400);
    CHECK(scene_command(SPEECH_FINISH));
    scene_final("i need billing");
    CHECK(scene_command(MEDIA_FLUSH) && scene_command(MIND_UNDERSTAND));
    scene_played(500, 2000);
    const struct command *turn = scene_command(STORE_TURN);
    CHECK(turn && text_is(turn->turn.text, "Thank you") && turn->turn.speaker == SPEAKER_AGENT);
    CHECK(text_is(turn->turn.unheard, "for calling. How can I help you today?"));
    scene_end();
}

static void a_cough_resumes_the_agent_within_the_time_for_evidence(void)
{
    scene_begin(4);
    scene_call();
    scene_ready();
    scene_voice(true);
    scene_wait(150);
    scene_voice(false);
    scene_wait(149);
    CHECK(!scene_command(MEDIA_RESUME));
    scene_wait(2);
    CHECK(scene_command(MEDIA_RESUME) && !scene_command(MEDIA_FLUSH));
    scene_final("");
    CHECK(!scene_command(MEDIA_FLUSH));
    scene_end();
}

static void a_sound_that_the_detector_calls_noise_resumes_at_once(void)
{
    scene_begin(4);
    scene_call();
    scene_ready();
    scene_voice(true);
    scene_wait(100);
    scene_event(
        (struct event){.kind = SPEECH_VERDICT, .leg = scene_leg(), .verdict.speech = false});
    CHECK(scene_command(MEDIA_RESUME) && scene_command(SPEECH_FORGET));
    scene_end();
}

static void a_lone_mm_hm_does_not_end_the_agents_turn(void)
{
    scene_begin(4);
    scene_call();
    scene_ready();
    scene_voice(true);
    scene_wait(300);
    scene_partial("mm-hm");
    scene_wait(200);
    scene_voice(false);
    scene_wait(400);
    scene_final("mm-hm");
    CHECK(scene_command(MEDIA_RESUME) && !scene_command(MEDIA_FLUSH) && !scene_command(STORE_TURN));
    scene_end();
}

/* Of the finals to come: how much they sound like listening. */
static uint16_t sounding;

/* A voice of so long stops the agent, these partial words, this final. */
static void interrupts(const char *partial, uint32_t ms, const char *words, uint16_t confidence)
{
    scene_voice(true);
    scene_wait(250);
    scene_partial(partial);
    scene_wait(ms - 250);
    scene_voice(false);
    scene_wait(1000);
    scene_final_sounding(words, confidence, sounding);
}

static bool goes_on_after(const char *partial, uint32_t ms, const char *words, uint16_t confidence)
{
    scene_begin(4);
    scene_call();
    scene_ready();
    interrupts(partial, ms, words, confidence);
    for (int i = 0; i < 3 && !scene_command(MEDIA_RESUME) && !scene_command(MEDIA_FLUSH); i++) {
        scene_wait(1000); /* "The" may go on. */
        if (scene_command(SPEECH_FINISH))
            scene_final_at("", 0);
    }
    bool goes_on = scene_command(MEDIA_RESUME) != NULL;
    CHECK(goes_on != (scene_command(MEDIA_FLUSH) != NULL));
    scene_end();
    return goes_on;
}

static void a_short_voice_without_words_that_mean_something_does_not_end_the_agents_turn(void)
{
    CHECK(goes_on_after("the", 400, "us", 700));
    CHECK(!goes_on_after("the", 800, "us", 700));
    CHECK(!goes_on_after("the", 400, "hours", 700));
    CHECK(goes_on_after("go", 400, "profit", 20)); /* It does not believe that itself. */
    CHECK(!goes_on_after("go", 400, "profit", 300));
    CHECK(!goes_on_after("go", 600, "profit", 20));
}

static void how_a_short_voice_sounds_counts_beside_its_words(void)
{
    sounding = 1200; /* Like listening. */
    CHECK(goes_on_after("drop", 500, "drop it", 20));
    CHECK(goes_on_after("the", 600, "the date", 60));
    CHECK(goes_on_after("have", 400, "i have", 700)); /* It may go on; and nothing more came. */
    CHECK(!goes_on_after("drop", 500, "drop it", 950));
    CHECK(!goes_on_after("drop", 1200, "drop it", 20)); /* Nobody listens aloud for so long. */
    CHECK(!goes_on_after("no", 300, "you'll", 20));
    sounding = 700; /* Unlike it. */
    CHECK(!goes_on_after("go", 400, "profit", 20));
    CHECK(!goes_on_after("the", 400, "us", 300));
    CHECK(goes_on_after("oh", 400, "okay", 500));
    sounding = 0;
}

static void noise(void)
{
    scene_event((struct event){.kind = SPEECH_VERDICT, .leg = scene_leg()});
}

/* The detector is often wrong about raised voices. */
static void what_may_be_no_voice_is_heard_to_its_end(void)
{
    for (uint16_t like = 700; like <= 1300; like += 600) {
        scene_begin(4);
        scene_call();
        scene_ready();
        scene_voice(true);
        scene_wait(310);
        CHECK(scene_count(MEDIA_RESUME) == 0);
        scene_wait(190);
        noise();
        CHECK(!scene_command(MEDIA_RESUME) && !scene_command(SPEECH_FORGET));
        scene_wait(200);
        scene_voice(false);
        CHECK(scene_command(SPEECH_FINISH)); /* At once. */
        scene_final_sounding("runaway", 300, like);
        scene_wait(400); /* It might have gone on. */
        CHECK(scene_command(SPEECH_FINISH));
        scene_final_at("", 0);
        CHECK(scene_command(like < 1000 ? MEDIA_FLUSH : MEDIA_RESUME));
        scene_end();
    }
}

static void a_noise_that_does_not_end_is_spoken_over(void)
{
    scene_begin(4);
    scene_call();
    scene_ready();
    scene_voice(true);
    scene_wait(500);
    noise();
    CHECK(!scene_command(MEDIA_RESUME));
    scene_wait(710);
    CHECK(scene_command(MEDIA_RESUME) && scene_command(SPEECH_FORGET));
    scene_end();
}

static void a_no_ends_the_agents_turn_however_badly_it_is_heard(void)
{
    CHECK(!goes_on_after("no", 300, "you'll", 20));
    CHECK(!goes_on_after("you", 300, "no", 20));
    CHECK(!goes_on_after("wait", 300, "way", 20));
    CHECK(!goes_on_after("good", 300, "goodbye", 20));
}

static void after_a_question_short_words_are_an_answer(void)
{
    scene_begin(4);
    scene_listening();
    scene_says("the lights flicker");
    scene_understood("billing", 500, SENTIMENT_NEUTRAL, "");
    scene_ready(); /* "Is this about billing?" */
    interrupts("the", 400, "us", 700);
    CHECK(!scene_command(MEDIA_RESUME) && scene_command(MEDIA_FLUSH));
    scene_end();
}

static void echoing(void)
{
    scene_event((struct event){.kind = MEDIA_VOICE,
                               .leg = scene_leg(),
                               .voice = {.voiced = true, .edge_ms = 1500, .echo = true}});
}

static void the_agents_own_words_interrupt_it_on_no_line_with_an_echo(void)
{
    scene_begin(4);
    scene_call();
    scene_ready();
    echoing(); /* "Thank you for calling. How can I help you today?" */
    CHECK(scene_command(MEDIA_PAUSE));
    scene_wait(200);
    scene_partial("how can i");
    CHECK(!scene_command(SPEECH_FINISH));
    scene_wait(101);
    CHECK(scene_command(MEDIA_RESUME) && !scene_command(MEDIA_FLUSH));
    scene_final("how can i help");
    CHECK(!scene_command(MEDIA_FLUSH) && !scene_command(STORE_TURN));
    scene_end();
}

static void other_words_interrupt_it_on_a_line_with_an_echo_too(void)
{
    scene_begin(4);
    scene_call();
    scene_ready();
    echoing();
    scene_wait(200);
    scene_partial("help me please");
    scene_voice(false);
    scene_wait(800);
    CHECK(scene_command(SPEECH_FINISH));
    scene_final("help me please");
    CHECK(scene_command(MEDIA_FLUSH) && scene_command(MIND_UNDERSTAND));
    scene_end();
}

static void a_short_stop_is_heard_although_the_agent_went_on(void)
{
    scene_begin(4);
    scene_call();
    scene_ready();
    scene_voice(true);
    scene_wait(200);
    scene_voice(false);
    scene_wait(110);
    CHECK(scene_command(MEDIA_RESUME) && scene_command(SPEECH_FINISH));
    scene_final("stop please wait");
    CHECK(scene_command(MEDIA_FLUSH) && scene_command(MIND_UNDERSTAND));
    scene_end();
}

static void a_caller_who_goes_on_while_we_think_is_heard_as_one_turn(void)
{
    scene_begin(4);
    scene_listening();
    scene_says("i have a question");
    scene_voice(true);
    CHECK(scene_command(MIND_CANCEL));
    scene_wait(500);
    scene_partial("about my invoice");
    scene_voice(false);
    scene_wait(1000);
    scene_final("about my invoice");
    CHECK(text_is(scene_command(MIND_UNDERSTAND)->understand.text,
                  "i have a question about my invoice"));
    scene_end();
}

static void a_mumbled_end_does_not_unsay_the_rest_of_a_turn(void)
{
    scene_begin(4);
    scene_listening();
    scene_says("i have a question about an invoice");
    scene_voice(true);
    scene_wait(500);
    scene_partial("it is too high");
    scene_voice(false);
    scene_wait(1000);
    scene_final_at("it is too high", 165);
    CHECK(scene_command(MIND_UNDERSTAND)->understand.confidence_permille ==
          (7 * 800 + 4 * 165) / 11);
    scene_end();
}

static void a_caller_who_goes_on_while_the_final_is_awaited_is_heard_as_one_turn(void)
{
    scene_begin(4);
    scene_listening();
    scene_voice(true);
    scene_wait(600);
    scene_partial("i have a question");
    scene_voice(false);
    scene_wait(400);
    CHECK(scene_command(SPEECH_FINISH));
    scene_voice(true);
    scene_final("i have a question");
    CHECK(!scene_command(MIND_UNDERSTAND));
    scene_wait(500);
    scene_voice(false);
    scene_wait(1000);
    scene_final("about my invoice");
    CHECK(text_is(scene_command(MIND_UNDERSTAND)->understand.text,
                  "i have a question about my invoice"));
    scene_end();
}

static void words_that_were_never_heard_are_not_in_the_account(void)
{
    scene_begin(4);
    scene_call();
    scene_ready();
    scene_key('9');
    CHECK(scene_command(SPEECH_CANCEL));
    scene_played(0, 2000);
    CHECK(!scene_command(STORE_TURN));
    scene_end();
}

static void a_final_that_comes_after_a_key_is_not_acted_on(void)
{
    scene_begin(4);
    scene_listening();
    scene_voice(true);
    scene_wait(600);
    scene_partial("i need billing");
    scene_voice(false);
    scene_wait(400);
    scene_key('2');
    CHECK(scene_command(STORE_HANDOVER));
    scene_final("i need billing");
    CHECK(!scene_command(MIND_UNDERSTAND) && !scene_command(STORE_TURN));
    scene_end();
}

static void the_choices_are_named_once_a_conversation(void)
{
    scene_begin(4);
    scene_listening();
    scene_says("well it is like this");
    scene_understood("general", 900, SENTIMENT_NEUTRAL, "");
    CHECK(says("Is this about billing questions, or technical support?"));
    scene_said();
    scene_says("when are you open");
    scene_understood("hours", 900, SENTIMENT_NEUTRAL, "");
    scene_said();
    scene_says("well it is like that");
    scene_understood("general", 900, SENTIMENT_NEUTRAL, "");
    CHECK(says("Sorry, I did not catch that."));
    scene_end();
}

static void a_key_ends_the_counting_of_silences(void)
{
    scene_begin(4);
    scene_listening();
    scene_wait(6001);
    scene_said();
    scene_key('9');
    scene_said();
    scene_wait(6001);
    CHECK(says("Are you still there?"));
    scene_end();
}

static void silence_is_asked_about_then_keys_are_offered_then_the_call_ends_politely(void)
{
    scene_begin(4);
    scene_listening();
    scene_wait(6001);
    CHECK(says("Are you still there?"));
    scene_said();
    scene_wait(6001);
    CHECK(
        says("Please press 1 for billing questions, 2 for technical support, or 0 for a person."));
    scene_said();
    scene_wait(6001);
    CHECK(says("I cannot hear you. Good-bye."));
    scene_said();
    CHECK(scene_command(SIP_HANG_UP) && scene_command(MEDIA_CLOSE));
    scene_event((struct event){.kind = MEDIA_CLOSED, .leg = scene_leg()});
    CHECK(scene_command(STORE_CALL_CLOSED)->closed.cause == CAUSE_SILENCE);
    scene_end();
}

static void repeat_start_over_and_goodbye_are_understood_without_a_classifier(void)
{
    scene_begin(4);
    scene_listening();
    scene_says("could you repeat that please");
    CHECK(says("Thank you for calling. How can I help you today?"));
    scene_said();
    scene_key('1');
    scene_said();
    scene_says("start over");
    CHECK(says("Let us start again. | Thank you for calling. How can I help you today?"));
    scene_said();
    scene_says("okay goodbye");
    CHECK(says("Thank you for calling. Good-bye."));
    scene_said();
    CHECK(scene_command(SIP_HANG_UP));
    scene_end();
}

static void without_a_free_recogniser_the_call_goes_on_by_keys_and_says_so(void)
{
    scene_begin(0);
    scene_call();
    CHECK(!scene_command(SPEECH_LISTEN) &&
          strstr(scene_words(), "Please use the keys: 1 for billing"));
    scene_said();
    scene_key('2');
    CHECK(scene_command(STORE_HANDOVER));
    scene_end();
}

static void speech_without_words_twice_ends_in_the_fallback(void)
{
    scene_begin(4);
    scene_listening();
    scene_says("");
    CHECK(says("Sorry, I did not catch that."));
    scene_said();
    scene_says("");
    CHECK(scene_command(STORE_HANDOVER) && strstr(scene_words(), "Billing here."));
    scene_end();
}

static void the_ledger_tells_the_times_of_a_turn(void)
{
    scene_begin(4);
    scene_listening();
    scene_says("i need billing");
    scene_understood("hours", 900, SENTIMENT_NEUTRAL, "");
    scene_wait(30);
    scene_ready();
    scene_wait(20);
    scene_event((struct event){.kind = MEDIA_AUDIBLE, .leg = scene_leg(), .played.utterance = 2});
    scene_wait(100);
    scene_played(1500, 1500);
    const struct command *ledger = scene_command(STORE_LEDGER);
    CHECK(ledger && ledger->ledger.turn == 1 && ledger->ledger.speech_ms == 1000);
    CHECK(ledger->ledger.first_partial_ms == 400 && ledger->ledger.end_of_turn_ms == 300);
    CHECK(ledger->ledger.audible_ms > ledger->ledger.first_speech_ms &&
          ledger->ledger.heard_ms == 1500);
    CHECK(!ledger->ledger.interrupted && ledger->ledger.first_token_ms == -1);
    scene_end();
}

int main(void)
{
    RUN(the_agent_greets_without_a_menu_when_the_call_is_up);
    RUN(a_clear_intent_is_handed_over_with_the_context);
    RUN(a_frustrated_caller_hears_other_words_on_the_way_to_a_person);
    RUN(an_unclear_intent_gets_one_question_that_names_the_choices);
    RUN(a_middling_confidence_is_confirmed);
    RUN(nonsense_from_the_classifier_becomes_general);
    RUN(words_are_asked_for_early_and_waited_with_when_they_are_unfinished);
    RUN(a_caller_who_goes_on_after_an_unfinished_end_is_heard_as_one);
    RUN(a_late_classifier_is_not_waited_for_and_never_silence);
    RUN(keys_work_while_the_greeting_plays);
    RUN(an_unknown_key_is_answered_and_recorded);
    RUN(a_key_heard_from_two_sources_is_one_key);
    RUN(the_callers_voice_pauses_the_agent_at_once_and_words_end_its_turn);
    RUN(a_cough_resumes_the_agent_within_the_time_for_evidence);
    RUN(a_sound_that_the_detector_calls_noise_resumes_at_once);
    RUN(a_lone_mm_hm_does_not_end_the_agents_turn);
    RUN(a_short_voice_without_words_that_mean_something_does_not_end_the_agents_turn);
    RUN(how_a_short_voice_sounds_counts_beside_its_words);
    RUN(what_may_be_no_voice_is_heard_to_its_end);
    RUN(a_noise_that_does_not_end_is_spoken_over);
    RUN(a_no_ends_the_agents_turn_however_badly_it_is_heard);
    RUN(after_a_question_short_words_are_an_answer);
    RUN(the_agents_own_words_interrupt_it_on_no_line_with_an_echo);
    RUN(other_words_interrupt_it_on_a_line_with_an_echo_too);
    RUN(a_short_stop_is_heard_although_the_agent_went_on);
    RUN(a_caller_who_goes_on_while_we_think_is_heard_as_one_turn);
    RUN(a_mumbled_end_does_not_unsay_the_rest_of_a_turn);
    RUN(a_caller_who_goes_on_while_the_final_is_awaited_is_heard_as_one_turn);
    RUN(words_that_were_never_heard_are_not_in_the_account);
    RUN(a_final_that_comes_after_a_key_is_not_acted_on);
    RUN(the_choices_are_named_once_a_conversation);
    RUN(a_key_ends_the_counting_of_silences);
    RUN(silence_is_asked_about_then_keys_are_offered_then_the_call_ends_politely);
    RUN(repeat_start_over_and_goodbye_are_understood_without_a_classifier);
    RUN(without_a_free_recogniser_the_call_goes_on_by_keys_and_says_so);
    RUN(speech_without_words_twice_ends_in_the_fallback);
    RUN(the_ledger_tells_the_times_of_a_turn);
    return 0;
}

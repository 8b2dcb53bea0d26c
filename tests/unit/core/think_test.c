// SPDX-License-Identifier: Apache-2.0
/* think_test.c - a model answers: clauses spoken as they come, interruptions, guesses, and what
 * happens when it is late or fails. */
#include <string.h>

#include "../../sim/example_models.h"
#include "check.h"
#include "scene.h"

static void asked(const char *words)
{
    scene_begin(4);
    scene_models();
    scene_listening();
    scene_says(words);
}

static void a_turn_is_given_to_the_first_model_with_what_is_known(void)
{
    asked("i want to pay my bill");
    const struct command *think = scene_command(MIND_THINK);
    CHECK(think && think->think.provider == EXAMPLE_MODEL && !think->think.speculative);
    CHECK(text_equal(think->think.text, TEXT("i want to pay my bill")) && !think->think.noted);
    CHECK(text_find(think->think.facts, TEXT("caller=+14155550123\n")) >= 0);
    CHECK(!scene_command(MIND_UNDERSTAND) && !scene_command(STORE_TURN));
    scene_end();
}

static void clauses_are_spoken_in_their_order_while_the_model_goes_on(void)
{
    asked("i want to pay my bill");
    scene_clause("Certainly.");
    CHECK(strcmp(scene_words(), "Certainly.") == 0);
    const struct command *note = scene_command(MIND_NOTE), *turn = scene_command(STORE_TURN);
    CHECK(note && note->note.speaker == SPEAKER_CALLER);
    CHECK(text_equal(note->note.text, TEXT("i want to pay my bill")));
    CHECK(turn && turn->turn.speaker == SPEAKER_CALLER);
    scene_clause("Which invoice is it about?");
    CHECK(strcmp(scene_words(), "Which invoice is it about?") == 0 && !scene_command(MIND_NOTE));
    scene_thought();
    CHECK(!scene_command(TIMER_SET) || scene_command(TIMER_SET)->timer.kind != TIMER_SILENCE);
    scene_said();
    CHECK(scene_command(TIMER_SET)->timer.kind == TIMER_SILENCE); /* It listens. */
    scene_end();
}

static void the_first_speech_is_that_of_the_first_clause(void)
{
    asked("i want to pay my bill");
    scene_clause("You can pay by card.");
    uint32_t first = scene_command(SPEECH_SAY)->say.utterance;
    scene_clause("Which invoice is it about?");
    scene_thought();
    scene_ready(); /* The second one: it was in the cache. */
    scene_wait(300);
    struct event ready = {.kind = SPEECH_READY, .leg = scene_leg()};
    ready.speech.utterance = first;
    ready.speech.clip = 99;
    scene_event(ready);
    scene_played(2000, 2000);
    scene_played(2000, 2000);
    const struct command *ledger = scene_command(STORE_LEDGER);
    CHECK(ledger && ledger->ledger.first_speech_ms - ledger->ledger.first_token_ms >= 300);
    scene_end();
}

static void what_was_heard_of_the_agent_joins_the_dialogue(void)
{
    asked("i want to pay my bill");
    scene_clause("You can pay by card now.");
    scene_thought();
    scene_ready();
    scene_played(2000, 2000);
    const struct command *note = scene_command(MIND_NOTE);
    CHECK(note && note->note.speaker == SPEAKER_AGENT);
    CHECK(text_equal(note->note.text, TEXT("You can pay by card now.")));
    const struct command *ledger = scene_command(STORE_LEDGER);
    CHECK(ledger && text_equal(ledger->ledger.thought_by, TEXT("model")));
    CHECK(ledger->ledger.first_token_ms >= 0 && ledger->ledger.tokens_out == 10);
    CHECK(text_equal(ledger->ledger.spoken_by, TEXT("embedded")));
    scene_end();
}

static void an_interruption_ends_the_thinking_and_only_what_was_heard_is_noted(void)
{
    asked("i want to pay my bill");
    scene_clause("You can pay by card, by invoice or at the counter.");
    scene_ready();
    scene_voice(true);
    CHECK(scene_command(MEDIA_PAUSE) && !scene_command(MIND_CANCEL));
    scene_partial("by card please");
    scene_voice(false);
    scene_wait(1000);
    scene_final("by card please");
    CHECK(scene_command(MIND_CANCEL) && scene_command(SPEECH_CANCEL));
    CHECK(scene_command(MEDIA_FLUSH));
    CHECK(text_equal(scene_command(MIND_THINK)->think.text, TEXT("by card please")));
    scene_flushed(1200);
    const struct command *note = scene_command(MIND_NOTE);
    CHECK(note && note->note.speaker == SPEAKER_AGENT);
    CHECK(text_starts(note->note.text, TEXT("You can pay")));
    CHECK(note->note.text.size < 30 && note->note.unheard.size > 20);
    scene_end();
}

static void a_sound_of_listening_lets_the_model_go_on(void)
{
    asked("i want to pay my bill");
    scene_clause("You can pay by card.");
    scene_ready();
    scene_voice(true);
    scene_partial("mm-hm");
    scene_voice(false);
    scene_wait(1000);
    scene_clause("Or by invoice.");
    CHECK(!scene_command(MIND_CANCEL));
    scene_thought();
    scene_said();
    CHECK(scene_command(TIMER_SET)->timer.kind == TIMER_SILENCE);
    scene_end();
}

static void a_late_first_token_is_explained_and_then_the_next_model_is_asked(void)
{
    asked("i want to pay my bill");
    scene_wait(1000);
    CHECK(strcmp(scene_words(), "One moment.") == 0);
    scene_said();
    scene_wait(1501);
    CHECK(strcmp(scene_words(), "One moment.") == 0); /* And again. */
    scene_said();
    scene_wait(600);
    const struct command *think = scene_command(MIND_THINK);
    CHECK(scene_command(MIND_CANCEL) && think && think->think.provider == EXAMPLE_MODEL_TOO);
    scene_clause("Here I am.");
    CHECK(strcmp(scene_words(), "Here I am.") == 0);
    scene_end();
}

static void one_that_writes_what_a_tool_is_called_with_is_given_time(void)
{
    asked("i want to pay my bill");
    scene_wait(1000);
    scene_said();
    for (int i = 0; i < 3; i++) {
        scene_wait(1200);
        scene_writes();
        CHECK(!scene_command(MIND_THINK) && !scene_command(MIND_CANCEL));
    }
    scene_wait(3001); /* Its `hard`, after the last of it. */
    CHECK(scene_command(MIND_CANCEL));
    CHECK(scene_command(MIND_THINK)->think.provider == EXAMPLE_MODEL_TOO);
    scene_end();
}

static void when_no_model_answers_the_embedded_intents_do(void)
{
    asked("i want to pay my bill");
    scene_mind_failed();
    CHECK(scene_command(MIND_THINK)->think.provider == EXAMPLE_MODEL_TOO);
    scene_mind_failed();
    CHECK(scene_command(MIND_UNDERSTAND) && !scene_command(MIND_THINK));
    scene_understood("hours", 900, SENTIMENT_NEUTRAL, "");
    CHECK(strcmp(scene_words(), "We are open from nine to five.") == 0);
    CHECK(scene_count(STORE_TURN) == 1);
    scene_end();
}

/* An agent that has nothing but models: what it knows is in their instruction. */
static void only_models(void)
{
    static struct plan_agent agents[3];
    static struct plan_intent general;

    scene_begin(4);
    scene_models();
    struct plan *plan = scene_plan();
    plan->unavailable.given = true;
    memcpy(agents, plan->agents, sizeof(agents));
    general = agents[0].intents[agents[0].general];
    for (int i = 0; i < 3; i++) {
        agents[i].intents = &general;
        agents[i].intent_count = 1;
        agents[i].general = 0;
        agents[i].fallback.kind = FALLBACK_GOODBYE;
    }
    plan->agents = agents;
}

static void who_has_only_models_says_so_when_none_answers(void)
{
    only_models();
    scene_listening();
    scene_says("i want to pay my bill");
    scene_mind_failed();
    scene_mind_failed();
    CHECK(!scene_command(MIND_UNDERSTAND) && strcmp(scene_words(), "We have difficulties.") == 0);
    CHECK(scene_count(STORE_TURN) == 1); /* What the caller said is in the account. */
    scene_end();
}

/* Who calls while all of them are known to be dead is not greeted first. */
static void and_at_once_when_that_is_known(void)
{
    only_models();
    for (int i = 0; i < 2; i++) {
        struct event dead = {.kind = PROVIDER_FACT};
        dead.provider.provider = i ? EXAMPLE_MODEL_TOO : EXAMPLE_MODEL;
        dead.provider.what = PROVIDER_FAILED;
        dead.provider.why = TEXT("no route");
        for (int failure = 0; failure < 3; failure++)
            scene_event(dead);
    }
    scene_call();
    CHECK(strcmp(scene_words(), "We have difficulties.") == 0);
    scene_said();
    CHECK(strcmp(scene_words(), "Speak after the beep.") == 0);
    scene_end();
}

static void a_model_that_dies_in_mid_answer_is_followed_by_one_that_knows_what_was_heard(void)
{
    asked("i want to pay my bill");
    scene_clause("You can pay by card.");
    scene_ready();
    scene_mind_failed();
    CHECK(!scene_command(MIND_THINK)); /* First it is known what the caller heard. */
    scene_said();
    const struct command *think = scene_command(MIND_THINK);
    CHECK(think && think->think.provider == EXAMPLE_MODEL_TOO && think->think.noted);
    scene_clause("Or by invoice.");
    CHECK(strcmp(scene_words(), "Or by invoice.") == 0 && !scene_command(STORE_TURN));
    scene_end();
}

static void a_model_that_failed_three_times_is_left_alone(void)
{
    scene_begin(4);
    scene_models();
    scene_listening();
    for (int i = 0; i < 3; i++) {
        scene_says("i want to pay my bill");
        CHECK(scene_command(MIND_THINK)->think.provider == EXAMPLE_MODEL);
        scene_mind_failed();
        scene_clause("Certainly.");
        scene_thought();
        scene_said();
    }
    scene_says("i want to pay my bill");
    CHECK(scene_command(MIND_THINK)->think.provider == EXAMPLE_MODEL_TOO);
    scene_thought();
    scene_end();
}

static void asks(int16_t provider)
{
    scene_says("i want to pay my bill");
    CHECK(scene_command(MIND_THINK)->think.provider == provider);
}

static void answers(void)
{
    scene_clause("Certainly.");
    scene_thought();
    scene_said();
}

static void a_model_that_wants_to_be_left_alone_is_until_then(void)
{
    scene_begin(4);
    scene_models();
    scene_listening();
    asks(EXAMPLE_MODEL);
    scene_mind_refused(12);
    CHECK(scene_command(MIND_THINK)->think.provider == EXAMPLE_MODEL_TOO);
    answers();
    asks(EXAMPLE_MODEL_TOO);
    answers();
    scene_wait(4000);
    asks(EXAMPLE_MODEL_TOO);
    answers();
    uint64_t from_ms = scene_now();
    scene_wait(5900); /* Before the silence of the caller is asked about. */
    scene_says("i want to pay my bill");
    CHECK(scene_command(MIND_THINK)->think.provider == EXAMPLE_MODEL && scene_now() > from_ms);
    scene_end();
}

static void the_deadline_of_a_turn_leads_to_the_fallback(void)
{
    scene_begin(4);
    scene_models();
    scene_plan()->manners.answer_ms = 2500;
    scene_listening();
    scene_says("i want to pay my bill");
    for (int i = 0; i < 3; i++) {
        scene_wait(900);
        if (scene_command(STORE_HANDOVER))
            break;
        scene_said();
    }
    CHECK(scene_command(STORE_HANDOVER) && strstr(scene_words(), "Something went wrong"));
    scene_end();
}

static void a_key_works_while_a_model_thinks(void)
{
    asked("i want to pay my bill");
    scene_key('1');
    CHECK(scene_command(MIND_CANCEL) && scene_command(STORE_HANDOVER));
    CHECK(strstr(scene_words(), "Billing here."));
    scene_clause("Certainly.");
    CHECK(scene_words()[0] == 0);
    scene_end();
}

static void speech_before_the_answer_makes_the_thought_a_guess(void)
{
    asked("i want to pay");
    scene_voice(true);
    CHECK(!scene_command(MIND_CANCEL));
    scene_clause("Certainly.");
    CHECK(strcmp(scene_words(), "Certainly.") == 0 && !scene_command(STORE_TURN));
    scene_ready();
    CHECK(!scene_command(MEDIA_PLAY));
    scene_voice(false);
    scene_wait(1000);
    scene_final(""); /* A cough: the answer is heard. */
    CHECK(scene_command(MEDIA_PLAY) && scene_command(STORE_TURN));
    scene_end();
}

static void a_guess_is_made_ready_and_heard_when_the_turn_is_over(void)
{
    scene_begin(4);
    scene_models();
    scene_listening();
    scene_voice(true);
    scene_partial("i want to pay");
    scene_turn(TURN_EAGER_END, "i want to pay");
    const struct command *think = scene_command(MIND_THINK);
    CHECK(think && think->think.speculative);
    scene_clause("Certainly.");
    scene_ready();
    CHECK(!scene_command(MEDIA_PLAY) && !scene_command(STORE_TURN));
    scene_turn(TURN_END, "i want to pay");
    CHECK(scene_command(SPEECH_FINISH));
    scene_final("I want to pay.");
    CHECK(scene_command(MEDIA_PLAY) && scene_command(STORE_TURN) && scene_command(MIND_NOTE));
    think = scene_command(MIND_THINK); /* It is certain now. */
    CHECK(think && !think->think.speculative && think->think.text.size == 0);
    scene_thought();
    scene_said();
    const struct command *ledger = scene_command(STORE_LEDGER);
    CHECK(ledger && ledger->ledger.thrown_away == 0 && ledger->ledger.saved_ms >= 0);
    scene_end();
}

static void a_guess_is_thrown_away_when_the_caller_goes_on(void)
{
    scene_begin(4);
    scene_models();
    scene_listening();
    scene_voice(true);
    scene_turn(TURN_EAGER_END, "i want to pay");
    scene_clause("Certainly.");
    scene_turn(TURN_RESUMED, "");
    CHECK(scene_command(MIND_CANCEL) && scene_command(SPEECH_CANCEL));
    scene_voice(false);
    scene_wait(1000);
    scene_final("i want to pay tomorrow");
    const struct command *think = scene_command(MIND_THINK);
    CHECK(think && text_equal(think->think.text, TEXT("i want to pay tomorrow")));
    scene_clause("Tomorrow, then.");
    scene_thought();
    scene_said();
    CHECK(scene_command(STORE_LEDGER)->ledger.thrown_away == 1);
    scene_end();
}

static void a_long_answer_has_no_more_with_the_voice_than_is_soon_heard(void)
{
    asked("tell me all");
    for (int i = 0; i < 9; i++)
        scene_clause("And then there is another thing to be said.");
    CHECK(!scene_command(SPEECH_SAY)); /* Enough are ahead. */
    scene_thought();
    for (int i = 0; i < 6; i++)
        scene_said();
    CHECK(scene_command(TIMER_SET)->timer.kind == TIMER_SILENCE);
    scene_end();
}

static void in_another_language_nothing_is_taken_for_an_english_order(void)
{
    static struct plan_agent agents[3];

    scene_begin(4);
    example_with_models(scene_plan(), agents);
    agents[DESK].think.count = 0;
    agents[DESK].language = TEXT("it");
    scene_event((struct event){.kind = PLAN_LOADED, .plan = {0, 1}});
    scene_listening();
    scene_says("goodbye");
    CHECK(scene_command(MIND_UNDERSTAND));
    scene_end();
}

static void the_dialogue_is_forgotten_with_the_call(void)
{
    asked("i want to pay my bill");
    scene_event((struct event){.kind = SIP_BYE, .sip.dialog = scene_dialog()});
    CHECK(scene_command(MIND_CANCEL) && scene_command(MIND_FORGET));
    CHECK(scene_command(STORE_TURN)); /* What the caller said is not lost. */
    scene_end();
}

static void a_dialogue_of_a_greeting_alone_is_forgotten_too_and_nothing_is_added_to_it(void)
{
    scene_begin(4);
    scene_models();
    scene_call();
    scene_ready();
    scene_event((struct event){.kind = SIP_BYE, .sip.dialog = scene_dialog()});
    CHECK(scene_command(MIND_FORGET));
    scene_flushed(300); /* It is known only now what was heard of the greeting. */
    CHECK(scene_command(STORE_TURN) && !scene_command(MIND_NOTE));
    scene_end();
}

/* "Did you mean billing?" is asked by us, and its answer is none of the model's. */
static void the_answer_to_our_own_question_is_not_guessed_at(void)
{
    asked("something about a bill");
    scene_mind_failed();
    scene_mind_failed();
    scene_understood("billing", 500, SENTIMENT_NEUTRAL, "");
    CHECK(strstr(scene_words(), "billing questions"));
    scene_said();
    scene_voice(true);
    scene_partial("yes");
    scene_turn(TURN_EAGER_END, "yes");
    CHECK(!scene_command(MIND_THINK));
    scene_end();
}

static void what_the_caller_said_is_kept_when_the_deadline_passes(void)
{
    scene_begin(4);
    scene_models();
    scene_plan()->manners.answer_ms = 2500;
    scene_listening();
    scene_says("i want to pay my bill");
    for (int i = 0; i < 3 && !scene_command(STORE_HANDOVER); i++) {
        scene_said();
        scene_wait(900);
    }
    const struct command *turn = scene_command(STORE_TURN);
    CHECK(turn && turn->turn.speaker == SPEAKER_CALLER);
    CHECK(text_equal(turn->turn.text, TEXT("i want to pay my bill")));
    CHECK(scene_command(MIND_NOTE) && scene_command(STORE_HANDOVER));
    scene_end();
}

int main(void)
{
    RUN(a_turn_is_given_to_the_first_model_with_what_is_known);
    RUN(clauses_are_spoken_in_their_order_while_the_model_goes_on);
    RUN(the_first_speech_is_that_of_the_first_clause);
    RUN(what_was_heard_of_the_agent_joins_the_dialogue);
    RUN(an_interruption_ends_the_thinking_and_only_what_was_heard_is_noted);
    RUN(a_sound_of_listening_lets_the_model_go_on);
    RUN(a_late_first_token_is_explained_and_then_the_next_model_is_asked);
    RUN(one_that_writes_what_a_tool_is_called_with_is_given_time);
    RUN(when_no_model_answers_the_embedded_intents_do);
    RUN(who_has_only_models_says_so_when_none_answers);
    RUN(and_at_once_when_that_is_known);
    RUN(a_model_that_dies_in_mid_answer_is_followed_by_one_that_knows_what_was_heard);
    RUN(a_model_that_failed_three_times_is_left_alone);
    RUN(a_model_that_wants_to_be_left_alone_is_until_then);
    RUN(the_deadline_of_a_turn_leads_to_the_fallback);
    RUN(what_the_caller_said_is_kept_when_the_deadline_passes);
    RUN(a_key_works_while_a_model_thinks);
    RUN(speech_before_the_answer_makes_the_thought_a_guess);
    RUN(a_guess_is_made_ready_and_heard_when_the_turn_is_over);
    RUN(a_guess_is_thrown_away_when_the_caller_goes_on);
    RUN(the_answer_to_our_own_question_is_not_guessed_at);
    RUN(a_long_answer_has_no_more_with_the_voice_than_is_soon_heard);
    RUN(in_another_language_nothing_is_taken_for_an_english_order);
    RUN(the_dialogue_is_forgotten_with_the_call);
    RUN(a_dialogue_of_a_greeting_alone_is_forgotten_too_and_nothing_is_added_to_it);
    return 0;
}

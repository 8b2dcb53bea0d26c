// SPDX-License-Identifier: Apache-2.0
/* converse_test.c - one provider that hears, thinks and speaks: when it is asked, what is heard of
 * it, and who goes on when it is gone. */
#include <string.h>

#include "../../sim/example_models.h"
#include "check.h"
#include "scene.h"

enum { SESSION = 71, CLIP = 9 };

static struct plan_agent agents[3];

static void begin(void)
{
    scene_begin(4);
    example_with_models(scene_plan(), agents);
    agents[DESK].listen = (struct plan_chain){{EXAMPLE_WHOLE, EXAMPLE_EARS}, 2};
    agents[DESK].think = (struct plan_chain){{EXAMPLE_WHOLE, EXAMPLE_MODEL}, 2};
    scene_event((struct event){.kind = PLAN_LOADED, .plan = {0, 1}});
    scene_listening();
    scene_session(SESSION, EXAMPLE_WHOLE);
}

/* The caller has spoken, and is still for long enough. */
static void turn_over(const char *words)
{
    scene_voice(true);
    scene_wait(400);
    scene_partial(words);
    scene_wait(600);
    scene_voice(false);
    scene_wait(400);
}

static const struct command *asked(void)
{
    const struct command *think = scene_command(MIND_THINK);

    CHECK(think && think->think.provider == EXAMPLE_WHOLE && think->think.session == SESSION);
    return think;
}

/* It is asked before its words are known, and says something. */
static void answering(void)
{
    begin();
    turn_over("when are you open");
    scene_turn(TURN_COMMITTED, "");
    CHECK(asked()->think.speculative);
    scene_sounds(CLIP);
    CHECK(!scene_command(MEDIA_PLAY) && !scene_command(STORE_TURN));
    scene_final("when are you open");
    CHECK(!asked()->think.speculative);
    CHECK(scene_command(MEDIA_PLAY) && scene_command(MEDIA_PLAY)->play.clip == CLIP);
}

static void who_hears_is_asked_when_its_words_are_there(void)
{
    begin();
    turn_over("when are you open");
    scene_final("when are you open");
    CHECK(!asked()->think.speculative);
    scene_sounds(CLIP);
    CHECK(scene_command(MEDIA_PLAY)->play.clip == CLIP);
    CHECK(text_equal(scene_command(STORE_TURN)->turn.text, TEXT("when are you open")));
    scene_end();
}

static void it_is_not_asked_before_its_session_is_known(void)
{
    scene_begin(4);
    example_with_models(scene_plan(), agents);
    agents[DESK].listen = (struct plan_chain){{EXAMPLE_WHOLE, EXAMPLE_EARS}, 2};
    agents[DESK].think = (struct plan_chain){{EXAMPLE_WHOLE, EXAMPLE_MODEL}, 2};
    scene_event((struct event){.kind = PLAN_LOADED, .plan = {0, 1}});
    scene_listening();
    turn_over("when are you open");
    scene_turn(TURN_COMMITTED, "");
    CHECK(!scene_command(MIND_THINK));
    scene_final("when are you open");
    CHECK(scene_command(MIND_THINK)->think.provider == EXAMPLE_MODEL);
    CHECK(scene_command(MIND_THINK)->think.session == 0);
    scene_end();
}

static void what_it_says_is_in_the_account_as_it_was_heard(void)
{
    answering();
    scene_spoken(CLIP, "We open at");
    scene_spoken(CLIP, " eight.");
    scene_thought();
    scene_played(1500, 1500);
    const struct command *turn = scene_command(STORE_TURN), *note = scene_command(MIND_NOTE);
    CHECK(text_equal(turn->turn.text, TEXT("We open at eight.")) && turn->turn.unheard.size == 0);
    CHECK(note->note.clip == CLIP && note->note.heard_ms == 1500);
    const struct command *ledger = scene_command(STORE_LEDGER);
    CHECK(text_equal(ledger->ledger.heard_by, TEXT("whole")));
    CHECK(text_equal(ledger->ledger.thought_by, TEXT("whole")));
    CHECK(text_equal(ledger->ledger.spoken_by, TEXT("whole")));
    scene_end();
}

static void an_interruption_tells_it_how_much_was_heard(void)
{
    answering();
    scene_spoken(CLIP, "We open at eight and close at six on all days.");
    scene_voice(true);
    CHECK(scene_command(MEDIA_PAUSE)); /* At once. */
    scene_wait(100);
    scene_partial("no wait what about sunday");
    scene_wait(500);
    scene_voice(false);
    scene_wait(1000);
    scene_final("no wait what about sunday");
    CHECK(scene_command(MIND_CANCEL) && scene_command(MEDIA_FLUSH));
    scene_flushed(1000);
    const struct command *note = scene_command(MIND_NOTE);
    CHECK(note && note->note.clip == CLIP && note->note.heard_ms == 1000);
    CHECK(text_starts(note->note.text, TEXT("We open at")) && note->note.unheard.size > 0);
    scene_end();
}

static void what_was_begun_for_a_turn_that_goes_on_is_thrown_away(void)
{
    begin();
    turn_over("when are you open");
    scene_turn(TURN_COMMITTED, "");
    scene_sounds(CLIP);
    scene_voice(true); /* Before the words are there: more comes. */
    scene_wait(300);
    scene_final("when are you open");
    scene_wait(300);
    scene_voice(false);
    scene_wait(500);
    scene_turn(TURN_COMMITTED, "");
    CHECK(scene_command(MIND_CANCEL) && scene_command(CLIP_DROP)->clip.clip == CLIP);
    const struct command *note = scene_command(MIND_NOTE);
    CHECK(note && note->note.clip == CLIP && note->note.heard_ms == 0);
    CHECK(asked()->think.speculative);
    scene_end();
}

static void a_clip_that_nobody_waits_for_is_given_back(void)
{
    answering();
    scene_event((struct event){.kind = MIND_SOUNDS, .leg = scene_leg(), .mind = {.clip = 12}});
    CHECK(scene_command(CLIP_DROP)->clip.clip == 12);
    scene_end();
}

static void when_its_connection_dies_the_others_go_on(void)
{
    begin();
    turn_over("when are you open");
    scene_final("when are you open");
    scene_voice_failed(0, EXAMPLE_WHOLE);
    CHECK(scene_command(SPEECH_LISTEN)->listen.provider == EXAMPLE_EARS);
    CHECK(scene_command(MIND_CANCEL));
    const struct command *think = scene_command(MIND_THINK);
    CHECK(think->think.provider == EXAMPLE_MODEL && think->think.session == 0);
    CHECK(text_equal(think->think.text, TEXT("when are you open")));
    scene_end();
}

static void when_its_connection_is_opened_anew_an_answer_under_way_is_another_s(void)
{
    answering();
    scene_spoken(CLIP, "We open at eight and");
    scene_session(SESSION + 1, EXAMPLE_WHOLE);
    CHECK(scene_command(MIND_CANCEL) && !scene_command(MIND_THINK));
    scene_played(900, 900); /* What there was of it. */
    const struct command *think = scene_command(MIND_THINK);
    CHECK(think && think->think.provider == EXAMPLE_MODEL && think->think.noted);
    scene_end();
}

static void one_that_is_late_is_left_for_the_model_and_goes_on_hearing(void)
{
    begin();
    turn_over("when are you open");
    scene_final("when are you open");
    scene_wait(3100);
    CHECK(scene_command(MIND_THINK)->think.provider == EXAMPLE_MODEL);
    CHECK(!scene_command(SPEECH_LISTEN));
    scene_end();
}

static void models_are_told_of_keys(void)
{
    begin();
    scene_key('1');
    const struct command *note = scene_command(MIND_NOTE);
    CHECK(note && note->note.key && note->note.speaker == SPEAKER_CALLER);
    CHECK(text_starts(note->note.text, TEXT("[pressed 1: ")));
    scene_end();
}

int main(void)
{
    RUN(who_hears_is_asked_when_its_words_are_there);
    RUN(it_is_not_asked_before_its_session_is_known);
    RUN(what_it_says_is_in_the_account_as_it_was_heard);
    RUN(an_interruption_tells_it_how_much_was_heard);
    RUN(what_was_begun_for_a_turn_that_goes_on_is_thrown_away);
    RUN(a_clip_that_nobody_waits_for_is_given_back);
    RUN(when_its_connection_dies_the_others_go_on);
    RUN(when_its_connection_is_opened_anew_an_answer_under_way_is_another_s);
    RUN(one_that_is_late_is_left_for_the_model_and_goes_on_hearing);
    RUN(models_are_told_of_keys);
    return 0;
}

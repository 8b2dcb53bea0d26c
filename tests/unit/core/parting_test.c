// SPDX-License-Identifier: Apache-2.0
/* What a caller is given to whom nobody can come: words, a message, a promise. */
#include <string.h>

#include "../../sim/example_models.h"
#include "check.h"
#include "core/permit.h"
#include "scene.h"

static bool tasked(enum task_state state)
{
    const struct command *task = scene_command(STORE_TASK);

    return task && task->task.state == state;
}

static void noted(uint32_t number)
{
    scene_event((struct event){.kind = STORE_NOTED,
                               .call = scene_call_id(),
                               .leg = scene_leg(),
                               .noted = {.turn = 0, .number = number}});
}

static bool placed;

static void place(const struct command *command)
{
    placed |= command->kind == CALL_PLACE;
}

/* A call with the billing agent, which understood this. */
static void wished(const char *intent)
{
    scene_begin(4);
    scene_plan()->agents = example_agents + BILLING;
    scene_plan()->agent_count = 1;
    placed = false;
    scene_watch(place);
    scene_listening();
    scene_says("please");
    scene_understood(intent, 900, SENTIMENT_NEUTRAL, "");
}

/* The invitation is said, and the beep. */
static void beeped(void)
{
    wished("message");
    CHECK(strcmp(scene_words(), "Speak after the beep.") == 0);
    scene_said();
    const struct command *beep = scene_command(SPEECH_SAY);
    CHECK(beep && text_equal(beep->say.text, TEXT("beep")) &&
          text_equal(beep->say.voice, TEXT("music")));
    scene_ready();
    scene_played(400, 400);
}

static void spoken(const char *words, uint64_t ms)
{
    scene_voice(true);
    scene_wait(ms);
    scene_voice(false);
    scene_wait(800);
    CHECK(scene_command(SPEECH_FINISH));
    scene_final(words);
}

static void a_message_is_recorded_written_down_and_passed_on(void)
{
    beeped();
    CHECK(scene_command(MEDIA_CAPTURE)->capture.act == CAPTURE_START && tasked(TASK_RECORDING));
    CHECK(strstr(scene_command(MEDIA_CAPTURE)->capture.name.data, "-message"));
    spoken("it is ann", 1500);
    spoken("call me about the invoice", 1500);
    CHECK(text_equal(scene_command(STORE_TURN)->turn.text, TEXT("call me about the invoice")));
    scene_key('#');
    CHECK(scene_command(MEDIA_CAPTURE)->capture.act == CAPTURE_STOP && tasked(TASK_NEW));
    const struct command *task = scene_command(STORE_TASK);
    CHECK(text_equal(task->task.text, TEXT("it is ann call me about the invoice")));
    CHECK(text_equal(task->task.party, TEXT("+14155550123")) && task->task.length_ms >= 4600);
    CHECK(scene_words()[0] == 0); /* Not before it is durable. */
    noted(1);
    CHECK(strcmp(scene_words(), "It is passed on.") == 0);
    scene_said();
    CHECK(scene_command(SIP_HANG_UP) && !scene_command(STORE_TASK));
    scene_end();
}

static void silence_ends_a_message_and_silence_alone_is_none(void)
{
    beeped();
    scene_wait(4001);
    CHECK(tasked(TASK_DISCARDED) && strcmp(scene_words(), "There was no message.") == 0);
    scene_end();
    beeped();
    spoken("a whole sentence", 2500);
    scene_wait(3300);
    CHECK(tasked(TASK_NEW));
    scene_end();
}

static void a_short_message_that_was_understood_is_one(void)
{
    beeped();
    spoken("call ann", 1200);
    scene_wait(3300);
    CHECK(tasked(TASK_NEW) && text_equal(scene_command(STORE_TASK)->task.text, TEXT("call ann")));
    scene_end();
    beeped();
    spoken("uh", 1200); /* A cough may be heard as a word. */
    scene_wait(3300);
    CHECK(tasked(TASK_DISCARDED));
    scene_end();
}

static void where_no_call_could_go_out_a_message_is_taken_in_place_of_a_promise(void)
{
    scene_begin(4);
    scene_plan()->agents = example_agents + BILLING;
    scene_plan()->agent_count = 1;
    scene_plan()->outbound_count = 0;
    scene_plan()->user_count = 0;
    scene_plan()->callbacks.trunk = -1;
    placed = false;
    scene_watch(place);
    scene_listening();
    scene_says("please");
    scene_understood("callback", 900, SENTIMENT_NEUTRAL, "");
    CHECK(strcmp(scene_words(), "Speak after the beep.") == 0);
    scene_end();
}

static void a_message_has_a_longest_time(void)
{
    beeped();
    scene_voice(true);
    scene_partial("and then");
    scene_wait(119999);
    CHECK(!scene_command(MEDIA_CAPTURE));
    scene_wait(1);
    CHECK(scene_command(MEDIA_CAPTURE) && scene_command(SPEECH_FINISH));
    scene_wait(4001); /* No final comes: the last partial must do. */
    CHECK(tasked(TASK_NEW) && text_equal(scene_command(STORE_TASK)->task.text, TEXT("and then")));
    scene_end();
}

static void who_hangs_up_in_the_midst_has_left_a_message(void)
{
    beeped();
    spoken("this is ben", 1500);
    scene_voice(true);
    scene_partial("please ring");
    scene_wait(900);
    scene_event((struct event){.kind = SIP_BYE, .sip.dialog = scene_dialog()});
    CHECK(tasked(TASK_NEW));
    CHECK(text_equal(scene_command(STORE_TASK)->task.text, TEXT("this is ben please ring")));
    CHECK(scene_command(MEDIA_CAPTURE)->capture.act == CAPTURE_STOP);
    scene_end();
    beeped();
    scene_voice(true);
    scene_wait(1000);
    scene_event((struct event){.kind = SIP_BYE, .sip.dialog = scene_dialog()});
    CHECK(tasked(TASK_DISCARDED));
    scene_end();
}

static void a_message_can_be_recorded_again(void)
{
    beeped();
    scene_plan()->voicemail.review = true;
    spoken("wrong", 2500);
    scene_key('#');
    CHECK(strcmp(scene_words(), "One to send, two for another.") == 0 && !tasked(TASK_NEW));
    scene_said();
    scene_key('2');
    CHECK(tasked(TASK_DISCARDED) && text_equal(scene_command(SPEECH_SAY)->say.text, TEXT("beep")));
    scene_ready();
    scene_played(400, 400);
    CHECK(tasked(TASK_RECORDING) && scene_command(STORE_TASK)->task.number == 2);
    spoken("right", 2500);
    scene_key('#');
    scene_said();
    scene_key('1');
    CHECK(tasked(TASK_NEW) && text_equal(scene_command(STORE_TASK)->task.text, TEXT("right")));
    noted(1); /* Of the first one: not this. */
    CHECK(scene_words()[0] == 0);
    noted(2);
    CHECK(strcmp(scene_words(), "It is passed on.") == 0);
    scene_end();
}

static void a_message_that_cannot_be_written_down_is_not_confirmed(void)
{
    beeped();
    spoken("hello there", 2500);
    scene_key('#');
    scene_wait(3001);
    CHECK(strcmp(scene_words(), "One moment. | It could not be kept.") == 0);
    scene_end();
}

static void a_voice_that_fails_keeps_nobody_from_leaving_a_message(void)
{
    wished("message");
    scene_voice_failed(scene_command(SPEECH_SAY)->say.utterance, -1); /* The invitation. */
    scene_voice_failed(scene_command(SPEECH_SAY)->say.utterance, -1); /* The beep. */
    CHECK(scene_command(MEDIA_CAPTURE) && tasked(TASK_RECORDING));
    scene_voice_failed(0, -1); /* The recogniser: the sound is kept all the same. */
    scene_voice(true);
    scene_wait(2500);
    scene_voice(false);
    scene_key('#');
    CHECK(tasked(TASK_NEW));
    scene_end();
}

static void a_promise_is_written_down_before_it_is_made(void)
{
    wished("callback");
    CHECK(strcmp(scene_words(), "At 1 4 1, 5 5 5, 5 0 1, 2 3?") == 0);
    scene_said();
    scene_says("yes please");
    const struct command *task = scene_command(STORE_TASK);
    CHECK(tasked(TASK_WAITING) && text_equal(task->task.party, TEXT("+14155550123")));
    CHECK(task->task.until_ms == task->task.from_ms + 3600000 && scene_words()[0] == 0);
    noted(1);
    CHECK(strstr(scene_words(), "We will call 1 4 1"));
    scene_said();
    CHECK(scene_command(SIP_HANG_UP));
    scene_end();
    wished("callback");
    scene_said();
    scene_key('1');
    scene_wait(3001);
    CHECK(tasked(TASK_CANCELLED) &&
          strcmp(scene_words(), "One moment. | I cannot promise it.") == 0);
    scene_end();
}

static void who_hangs_up_after_yes_is_called_all_the_same(void)
{
    wished("callback");
    scene_said();
    scene_key('1');
    scene_event((struct event){.kind = SIP_BYE, .sip.dialog = scene_dialog()});
    noted(1);
    scene_wait(120000);
    CHECK(placed);
    scene_end();
}

static void another_number_is_keyed_in_or_said_and_read_back(void)
{
    wished("callback");
    scene_said();
    scene_key('2');
    scene_said();
    for (const char *key = "112#0791112"; *key; key++)
        scene_key(*key);
    scene_key('#');
    CHECK(strcmp(scene_words(), "Is 0 7 9, 1 1 1, 2 right?") == 0);
    scene_said();
    scene_says("no");
    CHECK(strcmp(scene_words(), "Which number?") == 0);
    scene_said();
    scene_says("oh four four double two six seven");
    CHECK(strcmp(scene_words(), "Is 0 4 4, 2 2 6, 7 right?") == 0);
    scene_said();
    scene_key('1');
    CHECK(text_equal(scene_command(STORE_TASK)->task.party, TEXT("0442267")));
    scene_end();
}

static void who_is_not_understood_is_promised_nothing(void)
{
    wished("callback");
    scene_said();
    scene_says("another number please");
    for (int i = 0; i < 3; i++) {
        scene_said();
        scene_wait(6001);
    }
    CHECK(strcmp(scene_words(), "I cannot promise it.") == 0 && !scene_command(STORE_TASK));
    scene_end();
}

/* Keys a number in where another is asked for. */
static void keyed(const char *number)
{
    for (const char *key = number; *key; key++)
        scene_key(*key);
    scene_key('#');
    scene_said();
    scene_key('1');
}

static void a_number_that_is_not_allowed_is_not_promised(void)
{
    static const struct text never[] = {TEXT_INIT("0900*"), TEXT_INIT("+1900*")};

    wished("callback"); /* A caller of +1. */
    scene_plan()->callbacks.never = never;
    scene_plan()->callbacks.never_count = 2;
    scene_said();
    scene_key('2');
    scene_said();
    keyed("*4419001234"); /* + */
    CHECK(strcmp(scene_words(), "That number is not called.") == 0 && !scene_command(STORE_TASK));
    scene_said();
    keyed("0119001234567"); /* As it is dialled there. */
    CHECK(strcmp(scene_words(), "That number is not called.") == 0);
    scene_said();
    keyed("0900123456");
    CHECK(strcmp(scene_words(), "That number is not called.") == 0); /* For the third time. */
    scene_said();
    CHECK(scene_command(SIP_HANG_UP) && !scene_command(STORE_TASK));
    scene_end();
    wished("callback");
    scene_said();
    scene_key('2');
    scene_said();
    keyed("*14155550199"); /* The same country. */
    CHECK(tasked(TASK_WAITING));
    scene_end();
}

static void patterns_say_who_may_be_called(void)
{
    static const struct text numbers[] = {TEXT_INIT("+41*"), TEXT_INIT("0441234567")};
    struct plan plan = {.callbacks = {.numbers = numbers, .number_count = 2}};

    CHECK(permit_number(&plan, TEXT("+41446681800"), TEXT("+491701234567")));
    CHECK(permit_number(&plan, TEXT("0041446681800"), TEXT_EMPTY));
    CHECK(permit_number(&plan, TEXT("0441234567"), TEXT_EMPTY));
    CHECK(!permit_number(&plan, TEXT("+491701234567"), TEXT("+491701234567")));
    plan.callbacks.number_count = 0;
    CHECK(permit_number(&plan, TEXT("+351211234567"), TEXT("+351911234567")));
    CHECK(!permit_number(&plan, TEXT("+352211234567"), TEXT("+351911234567")));
    CHECK(!permit_number(&plan, TEXT("+351211234567"), TEXT("anonymous")));
    CHECK(permit_number(&plan, TEXT("0211234567"), TEXT("anonymous")));
}

static void a_beep_that_comes_after_the_end_is_heard_by_nobody(void)
{
    wished("message");
    scene_said();
    CHECK(text_equal(scene_command(SPEECH_SAY)->say.text, TEXT("beep")));
    scene_event((struct event){.kind = SIP_BYE, .sip.dialog = scene_dialog()});
    scene_ready();
    CHECK(scene_command(CLIP_DROP) && !scene_command(MEDIA_PLAY));
    scene_end();
}

static void a_slow_disk_is_explained_before_two_seconds(void)
{
    wished("callback");
    scene_said();
    scene_key('1');
    scene_wait(1501);
    CHECK(strcmp(scene_words(), "One moment.") == 0);
    scene_ready();
    CHECK(scene_command(MEDIA_PLAY));
    scene_played(500, 500);
    noted(1);
    CHECK(strstr(scene_words(), "We will call 1 4 1"));
    scene_end();
    beeped();
    spoken("call me back", 2500);
    scene_key('#');
    scene_wait(1501);
    CHECK(strcmp(scene_words(), "One moment.") == 0);
    scene_end();
}

/* The final text is late, and then the voice: together they are no two seconds. */
static void what_a_caller_waits_for_counts_from_their_last_word(void)
{
    static struct plan_agent agents[3];
    static struct plan_provider providers[EXAMPLE_PROVIDERS];

    wished("callback");
    example_with_models(scene_plan(), agents);
    memcpy(providers, example_providers, sizeof(providers));
    providers[EXAMPLE_VOICE].soft_ms = 1500;
    scene_plan()->providers = providers;
    agents[0] = example_agents[BILLING];
    agents[0].speak = (struct plan_chain){{EXAMPLE_VOICE, EXAMPLE_VOICE_TOO}, 2};
    scene_event((struct event){.kind = PLAN_LOADED, .plan = {0, 1}});
    scene_said();
    scene_voice(true);
    scene_wait(1000);
    scene_voice(false);
    scene_wait(600); /* The turn is over. */
    scene_wait(700);
    scene_final("yes please");
    noted(1);
    CHECK(scene_command(SPEECH_SAY)->say.provider == EXAMPLE_VOICE);
    scene_wait(850);
    CHECK(scene_count(SPEECH_SAY) == 1 && scene_command(SPEECH_SAY)->say.provider == -1 &&
          strcmp(scene_words(), "One moment.") == 0);
    scene_end();
}

int main(void)
{
    RUN(a_beep_that_comes_after_the_end_is_heard_by_nobody);
    RUN(a_slow_disk_is_explained_before_two_seconds);
    RUN(what_a_caller_waits_for_counts_from_their_last_word);
    RUN(a_message_is_recorded_written_down_and_passed_on);
    RUN(silence_ends_a_message_and_silence_alone_is_none);
    RUN(a_short_message_that_was_understood_is_one);
    RUN(where_no_call_could_go_out_a_message_is_taken_in_place_of_a_promise);
    RUN(a_message_has_a_longest_time);
    RUN(who_hangs_up_in_the_midst_has_left_a_message);
    RUN(a_message_can_be_recorded_again);
    RUN(a_message_that_cannot_be_written_down_is_not_confirmed);
    RUN(a_voice_that_fails_keeps_nobody_from_leaving_a_message);
    RUN(a_promise_is_written_down_before_it_is_made);
    RUN(who_hangs_up_after_yes_is_called_all_the_same);
    RUN(another_number_is_keyed_in_or_said_and_read_back);
    RUN(who_is_not_understood_is_promised_nothing);
    RUN(a_number_that_is_not_allowed_is_not_promised);
    RUN(patterns_say_who_may_be_called);
    return 0;
}

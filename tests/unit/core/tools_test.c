// SPDX-License-Identifier: Apache-2.0
/* tools_test.c - what a model wants done: written down first, tried again under one key, told to the
 * model, to the caller and to the account. */
#include <string.h>

#include "../../sim/example_models.h"
#include "check.h"
#include "core/arguments.h"
#include "scene.h"

static void asked(void)
{
    scene_begin(4);
    scene_models();
    scene_listening();
    scene_says("find my invoice");
}

static enum tool_outcome result(void)
{
    const struct command *command = scene_command(MIND_RESULT);

    CHECK(command);
    return command->result.outcome;
}

static void a_tool_that_only_reads_is_called_at_once_and_its_result_goes_back(void)
{
    asked();
    scene_tool(1, "find", "{\"number\":\"1\"}");
    const struct command *call = scene_command(TOOL_CALL), *account = scene_command(STORE_TOOL);
    CHECK(call && call->tool.attempt == 1 && call->tool.key.size > 0);
    CHECK(text_equal(call->tool.arguments, TEXT("{\"number\":\"1\"}")));
    CHECK(account && account->tool_account.state == TOOL_STATE_ASKED);
    scene_thought(); /* The round is over: the model waits. */
    CHECK(!scene_command(MIND_UNDERSTAND) && !scene_command(MIND_THINK));
    scene_tool_done(1, 1, TOOL_OK, "42 euros");
    CHECK(result() == TOOL_OK);
    CHECK(text_equal(scene_command(MIND_RESULT)->result.text, TEXT("42 euros")));
    CHECK(scene_command(STORE_TOOL)->tool_account.state == TOOL_STATE_DONE);
    scene_clause("It is 42 euros.");
    scene_thought();
    CHECK(scene_command(STORE_LEDGER) == NULL);
    scene_said();
    CHECK(scene_command(TIMER_SET)->timer.kind == TIMER_SILENCE);
    scene_end();
}

static void a_slow_tool_is_explained_in_its_own_words(void)
{
    asked();
    scene_tool(1, "find", "{}");
    scene_wait(400);
    CHECK(strcmp(scene_words(), "Let me look that up.") == 0);
    scene_end();
    asked();
    scene_tool(1, "book", "{}");
    scene_noted(1);
    scene_wait(400);
    CHECK(strcmp(scene_words(), "I am booking that.") == 0);
    scene_end();
}

static void an_acting_tool_waits_for_the_account_and_keeps_one_key(void)
{
    char key[64];

    asked();
    scene_tool(1, "book", "{}");
    CHECK(!scene_command(TOOL_CALL) && scene_command(STORE_TOOL));
    text_copy(key, sizeof(key), scene_command(STORE_TOOL)->tool_account.key);
    scene_noted(1);
    CHECK(text_equal(scene_command(TOOL_CALL)->tool.key, text_of(key)));
    scene_tool_done(1, 1, TOOL_TIMED_OUT, "");
    CHECK(!scene_command(TOOL_CALL) && !scene_command(MIND_RESULT));
    scene_wait(400);
    const struct command *again = scene_command(TOOL_CALL);
    CHECK(again && again->tool.attempt == 2 && text_equal(again->tool.key, text_of(key)));
    scene_tool_done(1, 1, TOOL_OK, "late"); /* Of the first try: not awaited any more. */
    CHECK(!scene_command(MIND_RESULT));
    scene_tool_done(1, 2, TOOL_OK, "booked");
    CHECK(result() == TOOL_OK && scene_command(STORE_TOOL)->tool_account.attempts == 2);
    scene_end();
}

/* The key under which the last tool was written down. */
static const char *key_now(void)
{
    static char key[64];

    text_copy(key, sizeof(key), scene_command(STORE_TOOL)->tool_account.key);
    return key;
}

static void what_another_model_asks_for_again_has_the_same_key(void)
{
    char key[64];
    struct event failed = {.kind = MIND_FAILED, .leg = scene_leg(), .call = scene_call_id()};

    asked();
    failed.mind.turn = scene_command(MIND_THINK)->think.turn;
    failed.mind.provider = scene_command(MIND_THINK)->think.provider;
    scene_tool(1, "book", "{\"day\": \"friday \\\"13\"}");
    snprintf(key, sizeof(key), "%s", key_now());
    scene_noted(1);
    scene_tool_done(1, 1, TOOL_OK, "booked");
    scene_event(failed);
    CHECK(scene_command(MIND_THINK) && scene_command(MIND_THINK)->think.turn != failed.mind.turn);
    scene_tool(1, "book", "{\"day\":\"friday \\\"13\"}");
    CHECK(strcmp(key_now(), key) == 0);
    scene_tool(2, "book", "{\"day\":\"friday\\\"13\"}");
    CHECK(strcmp(key_now(), key) != 0);
    scene_end();
}

static void what_cannot_be_written_down_is_not_done(void)
{
    asked();
    scene_tool(1, "book", "{}");
    scene_wait(1600);
    CHECK(!scene_command(TOOL_CALL) && result() == TOOL_UNREACHABLE);
    CHECK(scene_command(STORE_TOOL)->tool_account.state == TOOL_STATE_FAILED);
    scene_noted(1);
    CHECK(!scene_command(TOOL_CALL));
    scene_end();
}

static void tries_come_later_and_later_and_the_end_is_told_to_everybody(void)
{
    asked();
    scene_tool(1, "find", "{}");
    scene_thought();
    uint64_t waited_ms[2];
    for (uint32_t attempt = 1; attempt <= 2; attempt++) {
        scene_tool_done(1, attempt, TOOL_UNREACHABLE, "");
        uint64_t from_ms = scene_now();
        while (!scene_command(TOOL_CALL))
            scene_wait(10);
        waited_ms[attempt - 1] = scene_now() - from_ms;
    }
    CHECK(waited_ms[0] >= 250 && waited_ms[0] <= 390);
    CHECK(waited_ms[1] >= 500 && waited_ms[1] <= 770);
    scene_said();
    scene_tool_done(1, 3, TOOL_UNREACHABLE, "nobody there");
    CHECK(result() == TOOL_UNREACHABLE);
    CHECK(strstr(scene_words(), "I cannot get at that right now."));
    CHECK(scene_command(STORE_TOOL)->tool_account.state == TOOL_STATE_FAILED);
    scene_end();
}

static void a_refusal_is_not_tried_again(void)
{
    asked();
    scene_tool(1, "find", "{}");
    scene_tool_done(1, 1, TOOL_REFUSED, "no such customer");
    CHECK(result() == TOOL_REFUSED && !scene_command(TOOL_CALL));
    scene_end();
}

static void a_limb_that_never_answers_is_not_waited_for_for_ever(void)
{
    asked();
    scene_tool(1, "crm__find", "{}"); /* No retries. */
    CHECK(text_equal(scene_command(TOOL_CALL)->tool.name, TEXT("crm__find")));
    uint32_t results = 0;
    for (int i = 0; i < 40; i++) {
        scene_wait(100);
        results += scene_count(MIND_RESULT);
    }
    CHECK(results == 1);
    scene_end();
}

static void tools_that_are_not_there_or_too_many_are_refused(void)
{
    asked();
    scene_tool(1, "format-disk", "{}");
    CHECK(result() == TOOL_REFUSED && !scene_command(STORE_TOOL));
    for (uint32_t i = 2; i < 6; i++)
        scene_tool(i, "find", "{}");
    scene_tool(6, "find", "{}");
    CHECK(result() == TOOL_REFUSED);
    scene_end();
}

static void an_interruption_lets_an_acting_tool_go_on_for_the_account_alone(void)
{
    struct event done = {.kind = TOOL_DONE};

    asked();
    done.leg = scene_leg();
    done.call = scene_call_id();
    done.tool.turn = scene_command(MIND_THINK)->think.turn;
    done.tool.number = done.tool.attempt = 1;
    done.tool.text = TEXT("booked");
    scene_tool(1, "book", "{}");
    scene_noted(1);
    scene_voice(true); /* Before anything was said: it may be a cough. */
    CHECK(!scene_command(MIND_CANCEL));
    scene_partial("wait");
    scene_wait(600);
    scene_voice(false);
    scene_wait(1200);
    scene_final("wait i want something else");
    CHECK(scene_command(MIND_CANCEL) && scene_command(MIND_THINK));
    scene_event(done);
    CHECK(!scene_command(MIND_RESULT));
    CHECK(scene_command(STORE_TOOL)->tool_account.state == TOOL_STATE_DONE);
    scene_end();
}

static void a_cough_while_a_tool_works_loses_nothing(void)
{
    asked();
    scene_tool(1, "find", "{}");
    scene_thought(); /* The round is over: the model waits. */
    scene_voice(true);
    scene_wait(200);
    scene_voice(false);
    scene_event((struct event){.kind = SPEECH_VERDICT, .leg = scene_leg()});
    CHECK(!scene_command(MIND_CANCEL));
    scene_tool_done(1, 1, TOOL_OK, "42 euros");
    CHECK(result() == TOOL_OK);
    scene_clause("It is 42 euros.");
    CHECK(strcmp(scene_words(), "It is 42 euros.") == 0);
    scene_thought();
    scene_said();
    CHECK(scene_command(TIMER_SET)->timer.kind == TIMER_SILENCE);
    scene_end();
}

static void a_model_hands_over_only_where_the_agent_leads(void)
{
    asked();
    scene_tool(1, "hand-over", "{\"to\":\"the moon\"}");
    CHECK(result() == TOOL_REFUSED);
    scene_tool(2, "hand-over", "{\"to\":\"billing\"}");
    const struct command *handover = scene_command(STORE_HANDOVER);
    CHECK(handover && text_equal(handover->handover.to, TEXT("billing")));
    CHECK(text_equal(handover->handover.statement, TEXT("find my invoice")));
    CHECK(scene_command(MIND_CANCEL) && strstr(scene_words(), "Billing here."));
    scene_end();
}

static void a_model_hangs_up_after_its_last_words(void)
{
    asked();
    scene_clause("Good-bye, and thank you.");
    scene_tool(1, "hang-up", "{}");
    CHECK(!scene_command(SIP_HANG_UP));
    scene_said();
    CHECK(scene_command(SIP_HANG_UP));
    scene_end();
}

static void keys_facts_and_messages_are_done_here(void)
{
    asked();
    scene_tool(1, "send-keys", "{\"keys\":\"12#\"}");
    CHECK(text_equal(scene_command(MEDIA_SEND_KEYS)->keys.keys, TEXT("12#")));
    scene_tool(2, "send-keys", "{\"keys\":\"1;2\"}");
    CHECK(result() == TOOL_REFUSED);
    scene_tool(3, "set-context", "{\"key\":\"invoice\",\"value\":\"A\\n7\"}");
    CHECK(result() == TOOL_OK);
    scene_tool(4, "take-message", "{\"text\":\"Call me\",\"from\":\"Ann\"}");
    const struct command *task = scene_command(STORE_TASK);
    CHECK(task && text_equal(task->task.party, TEXT("Ann")) && !scene_command(MIND_RESULT));
    scene_noted(4);
    CHECK(result() == TOOL_OK);
    scene_tool(5, "queue", "{}");
    CHECK(result() == TOOL_REFUSED);
    scene_thought(); /* All results are there: the next round, without a word of ours. */
    scene_clause("It is noted.");
    scene_thought();
    scene_said();
    scene_says("and now");
    CHECK(text_find(scene_command(MIND_THINK)->think.facts, TEXT("invoice=A 7\n")) >= 0);
    scene_end();
}

static void a_guess_may_call_nothing(void)
{
    scene_begin(4);
    scene_models();
    scene_listening();
    scene_voice(true);
    scene_turn(TURN_EAGER_END, "find my invoice");
    scene_tool(1, "book", "{}");
    CHECK(scene_command(MIND_CANCEL) && !scene_command(STORE_TOOL));
    scene_end();
}

static void arguments_are_read_as_json(void)
{
    static const struct {
        const char *json, *key, *value; /* NULL: there is none. */
    } rows[] = {
        {"{\"a\":\"b\"}", "a", "b"},
        {" { \"x\" : [1,{\"a\":\"no\"}] , \"a\" : \"y\" } ", "a", "y"},
        {"{\"a\":12.5}", "a", "12.5"},
        {"{\"a\":true}", "a", "true"},
        {"{\"a\":null}", "a", NULL},
        {"{\"a\":{}}", "a", NULL},
        {"{\"a\":\"\\u00e9\\n\\\"\\ud83d\\ude00\"}", "a", "\xc3\xa9 \"\xf0\x9f\x98\x80"},
        {"{\"\\u0061\":\"b\"}", "a", "b"},
        {"{\"b\":1}", "a", NULL},
        {"{\"a\":\"b", "a", NULL},
        {"[\"a\"]", "a", NULL},
        {"", "a", NULL},
        {"{\"a\"", "a", NULL},
        {"{\"x\":[[[[", "a", NULL},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char storage[64];
        struct text_buffer out;
        text_buffer_init(&out, storage, sizeof(storage));
        bool given = arguments_get(text_of(rows[i].json), text_of(rows[i].key), &out);
        CHECK(given == (rows[i].value != NULL));
        CHECK(!given || text_equal(text_view(&out), text_of(rows[i].value)));
    }
}

/* "hang-up" came while the caller was interrupting the good-bye. */
static void who_interrupts_a_goodbye_can_interrupt_the_next_answer_too(void)
{
    asked();
    scene_clause("Good-bye, then.");
    scene_ready();
    scene_voice(true);
    CHECK(scene_command(MEDIA_PAUSE));
    scene_partial("wait i have another question");
    scene_tool(1, "hang-up", "{}");
    scene_voice(false);
    scene_wait(1000);
    scene_final("wait i have another question");
    CHECK(scene_command(MIND_THINK));
    scene_flushed(300);
    scene_clause("Which one is it?");
    scene_ready();
    scene_voice(true);
    CHECK(scene_command(MEDIA_PAUSE));
    scene_end();
}

static void failed_with(uint32_t retry_after_s)
{
    struct event event = {.kind = TOOL_DONE, .leg = scene_leg(), .call = scene_call_id()};

    event.tool.turn = scene_command(MIND_THINK)->think.turn;
    scene_tool(1, "find", "{}");
    event.tool.number = event.tool.attempt = 1;
    event.tool.outcome = TOOL_UNREACHABLE;
    event.tool.retry_after_s = retry_after_s;
    scene_event(event);
}

static void a_tool_that_wants_a_pause_gets_it_or_is_not_tried_again(void)
{
    asked();
    failed_with(3);
    CHECK(!scene_command(MIND_RESULT));
    scene_wait(2900);
    CHECK(!scene_command(TOOL_CALL));
    scene_wait(100);
    CHECK(scene_command(TOOL_CALL));
    scene_end();
    asked();
    failed_with(9); /* Longer than a caller waits. */
    CHECK(result() == TOOL_UNREACHABLE);
    scene_wait(10000);
    CHECK(!scene_command(TOOL_CALL));
    scene_end();
}

int main(void)
{
    RUN(a_tool_that_only_reads_is_called_at_once_and_its_result_goes_back);
    RUN(a_slow_tool_is_explained_in_its_own_words);
    RUN(an_acting_tool_waits_for_the_account_and_keeps_one_key);
    RUN(what_another_model_asks_for_again_has_the_same_key);
    RUN(what_cannot_be_written_down_is_not_done);
    RUN(tries_come_later_and_later_and_the_end_is_told_to_everybody);
    RUN(a_refusal_is_not_tried_again);
    RUN(a_tool_that_wants_a_pause_gets_it_or_is_not_tried_again);
    RUN(a_limb_that_never_answers_is_not_waited_for_for_ever);
    RUN(tools_that_are_not_there_or_too_many_are_refused);
    RUN(an_interruption_lets_an_acting_tool_go_on_for_the_account_alone);
    RUN(a_cough_while_a_tool_works_loses_nothing);
    RUN(a_model_hands_over_only_where_the_agent_leads);
    RUN(a_model_hangs_up_after_its_last_words);
    RUN(who_interrupts_a_goodbye_can_interrupt_the_next_answer_too);
    RUN(keys_facts_and_messages_are_done_here);
    RUN(a_guess_may_call_nothing);
    RUN(arguments_are_read_as_json);
    return 0;
}

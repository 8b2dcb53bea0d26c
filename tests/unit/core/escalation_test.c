// SPDX-License-Identifier: Apache-2.0
/* escalation_test.c - who is not understood, meets tools that fail, or is unhappy, is led to people. */
#include <string.h>

#include "../../sim/example_models.h"
#include "check.h"
#include "core/state.h"
#include "scene.h"

enum { PEOPLE = 1, TIMES = 2 };

static struct plan_agent agents[3];

/* Every agent escalates into the second queue. */
static void given(struct plan_escalation escalation)
{
    scene_begin(4);
    struct plan *plan = scene_plan();
    escalation.queue = PEOPLE;
    memcpy(agents, plan->agents, sizeof(agents));
    for (int i = 0; i < 3; i++)
        agents[i].escalation = escalation;
    plan->agents = agents;
    scene_listening();
}

static void says(const char *intent, uint16_t confidence_permille, enum sentiment sentiment)
{
    scene_says("it does not work at all");
    scene_understood(intent, confidence_permille, sentiment, "");
}

static bool hears(const char *words)
{
    return strstr(scene_words(), words) != NULL;
}

static const struct call *the_call(void)
{
    return core_call(scene_core(), scene_call_id());
}

/* The words are said to their end: the queue is entered, for this reason. */
static const struct command *joined(const char *why)
{
    scene_said();
    const struct command *queue = scene_command(STORE_QUEUE);
    CHECK(queue && queue->queue.what == QUEUE_JOINED);
    CHECK(text_equal(queue->queue.queue, TEXT("second")));
    CHECK(text_equal(queue->queue.why, text_of(why)));
    CHECK(text_equal(text_of(the_call()->talk.context.reason), text_of(why)));
    CHECK(text_equal(text_of(the_call()->talk.context.transferred_from), TEXT("the front desk")));
    return queue;
}

static void who_is_not_understood_twice_waits_for_a_person_not_for_the_fallback(void)
{
    given((struct plan_escalation){.failed_turns = TIMES});
    says("general", 300, SENTIMENT_NEUTRAL);
    CHECK(!hears("get a person"));
    scene_said();
    says("general", 300, SENTIMENT_NEUTRAL);
    CHECK(hears("I will get a person.") && !hears("I will find someone"));
    CHECK(joined("the caller was not understood")->queue.priority == 1); /* The queue's own. */
    scene_end();
}

static void a_turn_that_is_understood_begins_the_count_anew(void)
{
    given((struct plan_escalation){.failed_turns = TIMES});
    says("general", 300, SENTIMENT_NEUTRAL);
    scene_said();
    says("hours", 900, SENTIMENT_NEUTRAL);
    scene_said();
    says("general", 300, SENTIMENT_NEUTRAL);
    CHECK(!hears("get a person"));
    scene_end();
}

static void a_higher_number_puts_the_fallback_off_and_none_leaves_it(void)
{
    given((struct plan_escalation){.failed_turns = 3});
    for (int i = 0; i < 2; i++) {
        says("general", 300, SENTIMENT_NEUTRAL);
        CHECK(!hears("I will find someone") && !hears("get a person"));
        scene_said();
    }
    says("general", 300, SENTIMENT_NEUTRAL);
    CHECK(hears("I will get a person."));
    scene_end();
    given((struct plan_escalation){.negative_turns = TIMES});
    says("general", 300, SENTIMENT_NEUTRAL);
    scene_said();
    says("general", 300, SENTIMENT_NEUTRAL);
    CHECK(hears("I will find someone") && !hears("get a person"));
    scene_end();
}

static void a_frustrated_caller_goes_before_the_others(void)
{
    given((struct plan_escalation){.negative_turns = TIMES});
    says("hours", 900, SENTIMENT_NEGATIVE);
    CHECK(hears("nine to five"));
    scene_said();
    says("hours", 900, SENTIMENT_FRUSTRATED);
    CHECK(hears("I am sorry for the trouble.") && !hears("nine to five"));
    CHECK(joined("the caller is frustrated")->queue.priority == QUEUE_TOP_PRIORITY);
    scene_end();
}

static void an_unhappy_caller_is_led_on_in_a_row_only_and_keeps_the_priority(void)
{
    given((struct plan_escalation){.negative_turns = TIMES});
    says("hours", 900, SENTIMENT_NEGATIVE);
    scene_said();
    says("hours", 900, SENTIMENT_NEUTRAL);
    scene_said();
    says("hours", 900, SENTIMENT_NEGATIVE);
    CHECK(hears("nine to five"));
    scene_said();
    says("hours", 900, SENTIMENT_NEGATIVE);
    CHECK(hears("I will get a person."));
    CHECK(joined("the caller is unhappy")->queue.priority == 1);
    scene_end();
}

static void what_leads_to_people_by_itself_goes_its_way(void)
{
    given((struct plan_escalation){.negative_turns = 1});
    struct plan_intent intents[5];
    memcpy(intents, agents[0].intents, sizeof(intents));
    intents[DESK_BILLING].then = THEN_QUEUE;
    intents[DESK_BILLING].queue = 0;
    intents[DESK_BILLING].priority = -1;
    agents[0].intents = intents;
    says("billing", 900, SENTIMENT_FRUSTRATED);
    CHECK(!hears("sorry for the trouble")); /* It has no words of its own: at once. */
    CHECK(text_equal(scene_command(STORE_QUEUE)->queue.queue, TEXT("support")));
    CHECK(text_empty(scene_command(STORE_QUEUE)->queue.why));
    scene_end();
}

static void a_sound_in_between_does_not_undo_it(void)
{
    given((struct plan_escalation){.negative_turns = 1});
    says("hours", 900, SENTIMENT_FRUSTRATED);
    scene_ready();
    scene_voice(true);
    scene_partial("no wait i want");
    CHECK(!scene_command(MEDIA_PAUSE) && !scene_command(MEDIA_FLUSH));
    scene_voice(false);
    joined("the caller is frustrated");
    scene_end();
}

static void who_comes_back_from_the_queue_is_not_sent_there_again_at_once(void)
{
    given((struct plan_escalation){.negative_turns = TIMES, .failed_turns = TIMES});
    says("hours", 900, SENTIMENT_NEGATIVE);
    scene_said();
    says("hours", 900, SENTIMENT_NEGATIVE);
    joined("the caller is unhappy");
    scene_said();
    scene_key('0');
    CHECK(scene_command(STORE_QUEUE)->queue.what == QUEUE_LEFT);
    scene_said();
    says("hours", 900, SENTIMENT_NEGATIVE);
    CHECK(hears("nine to five"));
    scene_end();
}

/* The model's agents, which escalate too. */
static void given_models(uint8_t tool_failures)
{
    scene_begin(4);
    scene_models();
    struct plan *plan = scene_plan();
    memcpy(agents, plan->agents, sizeof(agents));
    agents[0].escalation =
        (struct plan_escalation){.queue = PEOPLE, .tool_failures = tool_failures};
    plan->agents = agents;
    scene_listening();
    scene_says("find my invoice");
}

static void tools_that_fail_lead_to_a_person_and_end_the_answer(void)
{
    given_models(TIMES);
    scene_tool(1, "crm__find", "{}");
    scene_tool_done(1, 1, TOOL_UNREACHABLE, "no route");
    CHECK(scene_command(MIND_RESULT) && !scene_command(MIND_CANCEL));
    scene_tool(2, "crm__find", "{\"again\":1}");
    scene_tool_done(2, 1, TOOL_TIMED_OUT, "no answer");
    CHECK(!scene_command(MIND_RESULT) && scene_command(MIND_CANCEL));
    CHECK(hears("I will get a person."));
    scene_clause("It is 42 euros."); /* Too late. */
    CHECK(!scene_command(SPEECH_SAY));
    joined("what the agent needed could not be reached");
    scene_end();
}

static void a_tool_that_said_no_has_not_failed(void)
{
    given_models(1);
    scene_tool(1, "find", "{}");
    scene_tool_done(1, 1, TOOL_REFUSED, "there is no such invoice");
    CHECK(scene_command(MIND_RESULT) && !hears("get a person"));
    scene_tool(2, "transfer", "{\"to\":\"nobody\"}");
    CHECK(scene_command(MIND_RESULT)->result.outcome == TOOL_REFUSED && !hears("get a person"));
    scene_end();
}

/* The model's agents, which lead the unhappy to people; the agent's language. */
static void given_a_model_alone(const char *language, uint8_t negative_turns)
{
    scene_begin(4);
    scene_models();
    struct plan *plan = scene_plan();
    memcpy(agents, plan->agents, sizeof(agents));
    agents[0].escalation =
        (struct plan_escalation){.queue = PEOPLE, .negative_turns = negative_turns};
    agents[0].language = text_of(language);
    plan->agents = agents;
    scene_listening();
}

/* A turn that the model answers. */
static void is_answered(const char *words)
{
    scene_says(words);
    CHECK(scene_command(MIND_THINK));
    scene_clause("Let me see.");
    scene_thought();
    scene_said();
}

static void a_model_that_answers_alone_is_not_asked_again_by_who_is_unhappy(void)
{
    given_a_model_alone("en-GB", TIMES);
    is_answered("i am not happy with this");
    is_answered("where is my invoice"); /* Calm: it begins anew. */
    is_answered("i am disappointed");
    scene_says("this is ridiculous");
    CHECK(!scene_command(MIND_THINK) && hears("I am sorry for the trouble."));
    const struct command *turn = scene_command(STORE_TURN);
    CHECK(turn && turn->turn.speaker == SPEAKER_CALLER);
    CHECK(turn->turn.sentiment == SENTIMENT_FRUSTRATED);
    CHECK(text_equal(scene_command(MIND_NOTE)->note.text, TEXT("this is ridiculous")));
    CHECK(joined("the caller is frustrated")->queue.priority == QUEUE_TOP_PRIORITY);
    scene_end();
}

static void what_was_thought_ahead_of_the_turns_end_is_dropped_for_it(void)
{
    given_a_model_alone("", 1);
    scene_voice(true);
    scene_partial("this is outrageous");
    scene_turn(TURN_EAGER_END, "this is outrageous");
    CHECK(scene_command(MIND_THINK));
    scene_clause("I understand.");
    scene_voice(false);
    scene_wait(700);
    scene_final("this is outrageous");
    CHECK(scene_command(MIND_CANCEL) && hears("I am sorry for the trouble."));
    CHECK(!hears("I understand"));
    scene_end();
}

static void a_model_says_how_a_caller_feels_in_a_language_without_a_list(void)
{
    given_a_model_alone("de", TIMES);
    is_answered("this is ridiculous"); /* Not for the English list. */
    is_answered("das ist ja unerhört");
    scene_says("so geht das nicht");
    scene_tool(1, "set-context", "{\"key\":\"sentiment\",\"value\":\"negative\"}");
    CHECK(!hears("get a person"));
    scene_tool(2, "set-context", "{\"key\":\"sentiment\",\"value\":\"angry\"}");
    CHECK(scene_command(MIND_RESULT)->result.outcome == TOOL_REFUSED);
    scene_tool(3, "set-context", "{\"key\":\"sentiment\",\"value\":\"Frustrated\"}");
    CHECK(!hears("get a person")); /* The same turn. */
    scene_clause("It is 42 euros.");
    scene_thought();
    scene_said();
    scene_says("das glaube ich nicht");
    scene_tool(4, "set-context", "{\"key\":\"sentiment\",\"value\":\"negative\"}");
    CHECK(scene_command(MIND_CANCEL) && hears("I will get a person."));
    joined("the caller is unhappy");
    scene_end();
}

static void without_an_escalation_a_feeling_is_written_down_only(void)
{
    given_a_model_alone("", 0);
    scene_says("this is ridiculous");
    scene_clause("I am sorry.");
    CHECK(scene_command(STORE_TURN)->turn.sentiment == SENTIMENT_FRUSTRATED);
    CHECK(the_call()->talk.context.sentiment == SENTIMENT_FRUSTRATED);
    scene_end();
}

int main(void)
{
    RUN(who_is_not_understood_twice_waits_for_a_person_not_for_the_fallback);
    RUN(a_turn_that_is_understood_begins_the_count_anew);
    RUN(a_higher_number_puts_the_fallback_off_and_none_leaves_it);
    RUN(a_frustrated_caller_goes_before_the_others);
    RUN(an_unhappy_caller_is_led_on_in_a_row_only_and_keeps_the_priority);
    RUN(what_leads_to_people_by_itself_goes_its_way);
    RUN(a_sound_in_between_does_not_undo_it);
    RUN(who_comes_back_from_the_queue_is_not_sent_there_again_at_once);
    RUN(tools_that_fail_lead_to_a_person_and_end_the_answer);
    RUN(a_tool_that_said_no_has_not_failed);
    RUN(a_model_that_answers_alone_is_not_asked_again_by_who_is_unhappy);
    RUN(what_was_thought_ahead_of_the_turns_end_is_dropped_for_it);
    RUN(a_model_says_how_a_caller_feels_in_a_language_without_a_list);
    RUN(without_an_escalation_a_feeling_is_written_down_only);
    return 0;
}

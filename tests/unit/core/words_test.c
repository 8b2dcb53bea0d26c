// SPDX-License-Identifier: Apache-2.0
/* words_test.c - phrases, ends of turns, templates, entities, routes. */
#include <string.h>

#include "../../sim/example_plan.h"
#include "check.h"
#include "core/context.h"
#include "core/phrase.h"
#include "core/route.h"
#include "core/template.h"
#include "core/turn.h"

static enum phrase_order order(const char *words)
{
    return phrase_order(text_of(words));
}

static void orders_are_understood_when_they_are_what_was_said(void)
{
    CHECK(order("repeat that") == PHRASE_REPEAT &&
          order("sorry what did you say") == PHRASE_REPEAT);
    CHECK(order("can you say that again please") == PHRASE_REPEAT);
    CHECK(order("i want to start over") == PHRASE_START_OVER);
    CHECK(order("goodbye") == PHRASE_GOODBYE && order("okay thank you bye") == PHRASE_GOODBYE);
    CHECK(order("no that's all thanks") == PHRASE_GOODBYE);
    CHECK(order("i want to buy a router") == PHRASE_NONE);
    CHECK(order("my repeat prescription order was charged twice on my card") == PHRASE_NONE);
    CHECK(order("") == PHRASE_NONE);
}

static void yes_and_no_are_told_apart(void)
{
    CHECK(phrase_answer(TEXT("yes please")) == PHRASE_YES &&
          phrase_answer(TEXT("no")) == PHRASE_NO);
    CHECK(phrase_answer(TEXT("that's not right")) == PHRASE_NO);
    CHECK(phrase_answer(TEXT("yeah no")) == PHRASE_NO &&
          phrase_answer(TEXT("maybe")) == PHRASE_NEITHER);
}

static void sounds_of_listening_are_no_wish_to_speak(void)
{
    CHECK(phrase_backchannel(TEXT("mm-hm")) && phrase_backchannel(TEXT("uh huh")));
    CHECK(phrase_backchannel(TEXT("okay i see")) && phrase_backchannel(TEXT("")));
    CHECK(phrase_repeats(TEXT("can i"), TEXT("How can I help?")) &&
          phrase_repeats(TEXT("i help"), TEXT("How can I help?")));
    CHECK(!phrase_repeats(TEXT("help"), TEXT("How can I help?")) &&
          !phrase_repeats(TEXT("help me"), TEXT("How can I help?")) &&
          !phrase_repeats(TEXT(""), TEXT("How can I help?")));
    CHECK(!phrase_backchannel(TEXT("okay but wait")) && !phrase_backchannel(TEXT("stop")));
}

static void an_unfinished_turn_is_waited_for(void)
{
    const struct plan_manners *m = &example_plan.manners;

    CHECK(turn_wait_ms(m, TEXT("i have a question about my bill"), EXPECT_FREE) == 300);
    CHECK(turn_wait_ms(m, TEXT("i have a question and"), EXPECT_FREE) == 900);
    CHECK(turn_wait_ms(m, TEXT("my number is four five"), EXPECT_FREE) == 900);
    CHECK(turn_wait_ms(m, TEXT("four five one two"), EXPECT_FREE) == 300);
    CHECK(turn_wait_ms(m, TEXT("four five one two"), EXPECT_DIGITS) == 900);
    CHECK(turn_wait_ms(m, TEXT("it is john at example dot"), EXPECT_FREE) == 900);
    CHECK(turn_wait_ms(m, TEXT("john underscore b at example"), EXPECT_FREE) == 900);
    CHECK(turn_wait_ms(m, TEXT("it is john at example dot com"), EXPECT_FREE) == 300);
    CHECK(turn_wait_ms(m, TEXT("my name is b r o"), EXPECT_FREE) == 900);
    CHECK(turn_wait_ms(m, TEXT("it was in march"), EXPECT_FREE) == 900);
    CHECK(turn_wait_ms(m, TEXT("on the third of march"), EXPECT_FREE) == 300);
    CHECK(turn_wait_ms(m, TEXT("yes"), EXPECT_YES_NO) == 200);
    CHECK(turn_wait_ms(m, TEXT(""), EXPECT_FREE) == 600);
}

static const char *rendered(const char *words, const char *entities)
{
    static char out[256];
    static struct context context;
    struct text_buffer buffer;

    text_copy(context.entities, sizeof(context.entities), text_of(entities));
    text_copy(context.statement, sizeof(context.statement), TEXT("it is broken"));
    struct template_values values = {.context = &context,
                                     .agent = &example_agents[DESK],
                                     .agent_label = TEXT("billing"),
                                     .intent_label = TEXT_EMPTY,
                                     .key = TEXT("9")};
    text_buffer_init(&buffer, out, sizeof(out) - 1);
    template_render(text_of(words), &values, &buffer);
    out[buffer.size] = 0;
    return out;
}

static void templates_say_what_is_known_and_leave_out_what_is_not(void)
{
    CHECK(strcmp(rendered("Key {key}, {agent}.", ""), "Key 9, billing.") == 0);
    CHECK(strcmp(rendered("Hello[ about invoice {invoice}].", ""), "Hello.") == 0);
    CHECK(strcmp(rendered("Hello[ about invoice {invoice}].", "a=b\ninvoice=12\n"),
                 "Hello about invoice 12.") == 0);
    CHECK(strcmp(rendered("[{intent} {invoice}]{statement}", "invoice=1\n"), "it is broken") == 0);
    CHECK(strcmp(rendered("Billing. [About {invoice}.] [On {date}.] Yes?", ""), "Billing. Yes?") ==
          0);
    CHECK(strcmp(rendered("[About {invoice}.] Yes?", ""), "Yes?") == 0);
    CHECK(strcmp(rendered("{choices}?", ""), "billing questions, or technical support?") == 0);
    CHECK(strcmp(rendered("{never closed", ""), "") == 0);
}

static void entities_are_merged_by_key_and_bounded(void)
{
    char entities[MAX_ENTITIES] = "invoice=1\nproduct=router\n", big[MAX_ENTITIES];

    context_merge(entities, TEXT("invoice=2\ndate=monday\n"));
    CHECK(strcmp(entities, "product=router\ninvoice=2\ndate=monday\n") == 0);
    context_merge(entities, TEXT("=\n==\nnothing\n\nx="));
    CHECK(strcmp(entities, "product=router\ninvoice=2\ndate=monday\n") == 0);
    memset(big, 'x', sizeof(big));
    big[3] = '=';
    context_merge(entities, (struct text){big, sizeof(big)});
    CHECK(strcmp(entities, "product=router\ninvoice=2\ndate=monday\n") == 0);
}

static void what_signalling_says_of_a_caller_is_known_by_its_headers_name(void)
{
    char given[MAX_ENTITIES], long_headers[3000];

    context_from_signalling(given, TEXT("+1415"), TEXT(""),
                            TEXT("X-Campaign: spring sale\nnonsense\nY: 1\nX-Empty:\n"));
    CHECK(strcmp(given, "diversion=+1415\nx-campaign=spring sale\n") == 0);
    memset(long_headers, 'x', sizeof(long_headers));
    memcpy(long_headers, "X-A: ", 5);
    context_from_signalling(given, TEXT_EMPTY, TEXT("48"),
                            (struct text){long_headers, sizeof(long_headers)});
    CHECK(strcmp(given, "user_to_user=48\n") == 0);
}

static void the_trunk_is_found_by_source_and_the_agent_by_number(void)
{
    CHECK(route_trunk(&example_plan, TEXT("192.0.2.255:5060")) == 0);
    CHECK(route_trunk(&example_plan, TEXT("192.0.3.1:5060")) == -1);
    CHECK(route_trunk(&example_plan, TEXT("[2001:db8::1]:5060")) == -1);
    CHECK(route_trunk(&example_plan, TEXT("nonsense")) == -1);
    CHECK(route_find(&example_plan, TEXT("100"), 0)->agent == DESK);
    CHECK(route_find(&example_plan, TEXT("2999"), 0)->agent == BILLING);
    CHECK(!route_find(&example_plan, TEXT("1000"), 0));
}

int main(void)
{
    RUN(orders_are_understood_when_they_are_what_was_said);
    RUN(yes_and_no_are_told_apart);
    RUN(sounds_of_listening_are_no_wish_to_speak);
    RUN(an_unfinished_turn_is_waited_for);
    RUN(templates_say_what_is_known_and_leave_out_what_is_not);
    RUN(entities_are_merged_by_key_and_bounded);
    RUN(what_signalling_says_of_a_caller_is_known_by_its_headers_name);
    RUN(the_trunk_is_found_by_source_and_the_agent_by_number);
    return 0;
}

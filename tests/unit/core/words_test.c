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

static struct phrases english;

static enum phrase_order order(const char *words)
{
    return phrase_order(&english, text_of(words));
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
    CHECK(phrase_answer(&english, TEXT("yes please")) == PHRASE_YES &&
          phrase_answer(&english, TEXT("no")) == PHRASE_NO);
    CHECK(phrase_answer(&english, TEXT("that's not right")) == PHRASE_NO);
    CHECK(phrase_answer(&english, TEXT("yeah no")) == PHRASE_NO &&
          phrase_answer(&english, TEXT("maybe")) == PHRASE_NEITHER);
}

static void sounds_of_listening_are_no_wish_to_speak(void)
{
    CHECK(phrase_backchannel(&english, TEXT("mm-hm")) &&
          phrase_backchannel(&english, TEXT("uh huh")));
    CHECK(phrase_backchannel(&english, TEXT("okay i see")) &&
          phrase_backchannel(&english, TEXT("")));
    CHECK(phrase_repeats(TEXT("can i"), TEXT("How can I help?")) &&
          phrase_repeats(TEXT("i help"), TEXT("How can I help?")));
    CHECK(!phrase_repeats(TEXT("help"), TEXT("How can I help?")) &&
          !phrase_repeats(TEXT("help me"), TEXT("How can I help?")) &&
          !phrase_repeats(TEXT(""), TEXT("How can I help?")));
    CHECK(!phrase_backchannel(&english, TEXT("okay but wait")) &&
          !phrase_backchannel(&english, TEXT("stop")));
}

static void words_of_grammar_ask_for_nothing_and_a_no_takes_the_floor(void)
{
    CHECK(phrase_empty(&english, TEXT("you have")) && phrase_empty(&english, TEXT("okay, the")) &&
          phrase_empty(&english, TEXT("")));
    CHECK(!phrase_empty(&english, TEXT("the hours")) && !phrase_empty(&english, TEXT("no")) &&
          !phrase_empty(&english, TEXT("you don't")) && !phrase_empty(&english, TEXT("four")));
    CHECK(phrase_takes_floor(&english, TEXT("you don't")) &&
          phrase_takes_floor(&english, TEXT("Wait!")) &&
          phrase_takes_floor(&english, TEXT("goodbye")));
    CHECK(!phrase_takes_floor(&english, TEXT("my hours")) &&
          !phrase_takes_floor(&english, TEXT("")));
    CHECK(!phrase_takes_floor(&english, TEXT("i said i would wait for you there")));
}

static void an_unfinished_turn_is_waited_for(void)
{
    const struct plan_manners *m = &example_plan.manners;

    CHECK(turn_wait_ms(m, &english, TEXT("i have a question about my bill"), EXPECT_FREE) == 300);
    CHECK(turn_wait_ms(m, &english, TEXT("i have a question and"), EXPECT_FREE) == 900);
    CHECK(turn_wait_ms(m, &english, TEXT("my number is four five"), EXPECT_FREE) == 900);
    CHECK(turn_wait_ms(m, &english, TEXT("four five one two"), EXPECT_FREE) == 300);
    CHECK(turn_wait_ms(m, &english, TEXT("four five one two"), EXPECT_DIGITS) == 900);
    CHECK(turn_wait_ms(m, &english, TEXT("it is john at example dot"), EXPECT_FREE) == 900);
    CHECK(turn_wait_ms(m, &english, TEXT("john underscore b at example"), EXPECT_FREE) == 900);
    CHECK(turn_wait_ms(m, &english, TEXT("it is john at example dot com"), EXPECT_FREE) == 300);
    CHECK(turn_wait_ms(m, &english, TEXT("my name is b r o"), EXPECT_FREE) == 900);
    CHECK(turn_wait_ms(m, &english, TEXT("b as in boy r as in"), EXPECT_FREE) == 900);
    CHECK(turn_wait_ms(m, &english, TEXT("b as in boy r as in romeo"), EXPECT_FREE) == 900);
    CHECK(turn_wait_ms(m, &english, TEXT("i like a lot of them"), EXPECT_FREE) == 300);
    CHECK(turn_wait_ms(m, &english, TEXT("my number is sixty one fifteen"), EXPECT_FREE) == 900);
    CHECK(turn_wait_ms(m, &english, TEXT("my email is john at example"), EXPECT_FREE) == 900);
    CHECK(turn_wait_ms(m, &english, TEXT("my email is john at example dot com"), EXPECT_FREE) ==
          300);
    CHECK(turn_wait_ms(m, &english, TEXT("i am at home"), EXPECT_FREE) == 300);
    CHECK(turn_wait_ms(m, &english, TEXT("it was in march"), EXPECT_FREE) == 900);
    CHECK(turn_wait_ms(m, &english, TEXT("on the third of march"), EXPECT_FREE) == 300);
    CHECK(turn_wait_ms(m, &english, TEXT("yes"), EXPECT_YES_NO) == 200);
    CHECK(turn_wait_ms(m, &english, TEXT(""), EXPECT_FREE) == 600);
}

/* A language's own: each row is what must be understood, and what must not be mistaken. */
static void german_is_understood(void)
{
    struct phrases by = phrases_of(TEXT("de-CH"), NULL);

    CHECK(phrase_order(&by, TEXT("Können Sie das bitte wiederholen?")) == PHRASE_REPEAT);
    CHECK(phrase_order(&by, TEXT("wie bitte")) == PHRASE_REPEAT);
    CHECK(phrase_order(&by, TEXT("noch mal von vorne bitte")) == PHRASE_START_OVER);
    CHECK(phrase_order(&by, TEXT("Vielen Dank, auf Wiederhören!")) == PHRASE_GOODBYE);
    CHECK(phrase_order(&by, TEXT("Nein danke, das war\xe2\x80\x99s.")) == PHRASE_GOODBYE);
    CHECK(phrase_order(&by, TEXT("ich habe die rechnung nicht verstanden")) == PHRASE_NONE);
    CHECK(phrase_order(&by, TEXT("das war alles falsch")) == PHRASE_NONE);
    CHECK(phrase_order(&by, TEXT("repeat that")) == PHRASE_NONE);
    CHECK(phrase_answer(&by, TEXT("NEIN")) == PHRASE_NO &&
          phrase_answer(&by, TEXT("\"Ja, genau.\"")) == PHRASE_YES);
    CHECK(phrase_answer(&by, TEXT("stimmt nicht")) == PHRASE_NO &&
          phrase_answer(&by, TEXT("kein Problem")) == PHRASE_YES &&
          phrase_answer(&by, TEXT("weiß ich nicht")) == PHRASE_NEITHER);
    CHECK(phrase_empty(&by, TEXT("ja, das ist")) && !phrase_empty(&by, TEXT("nicht das")) &&
          phrase_takes_floor(&by, TEXT("Moment mal")));
    CHECK(phrase_backchannel(&by, TEXT("Ach so, ja.")) &&
          !phrase_backchannel(&by, TEXT("ja aber")));
    CHECK(phrase_unfinished(&by, TEXT("ich rufe an weil"), EXPECT_FREE));
    CHECK(phrase_unfinished(&by, TEXT("meine mail ist jan at beispiel"), EXPECT_FREE) &&
          phrase_unfinished(&by, TEXT("b wie berta o wie otto"), EXPECT_FREE));
    CHECK(phrase_unfinished(&by, TEXT("null eins vierunddreißig"), EXPECT_FREE));
    CHECK(phrase_unfinished(&by, TEXT("hans punkt meier"), EXPECT_FREE) &&
          !phrase_unfinished(&by, TEXT("hans punkt meier at web punkt de"), EXPECT_FREE) &&
          !phrase_unfinished(&by, TEXT("an dem punkt ging es nicht"), EXPECT_FREE));
    CHECK(phrase_unfinished(&by, TEXT("am dritten"), EXPECT_FREE) &&
          !phrase_unfinished(&by, TEXT("am dritten März"), EXPECT_FREE));
    CHECK(!phrase_unfinished(&by, TEXT("ich rufe morgen an"), EXPECT_FREE));
}

static void spanish_is_understood(void)
{
    struct phrases by = phrases_of(TEXT("es"), NULL);

    CHECK(phrase_order(&by, TEXT("¿Me lo puede repetir, por favor?")) == PHRASE_REPEAT);
    CHECK(phrase_order(&by, TEXT("quiero volver a empezar")) == PHRASE_START_OVER);
    CHECK(phrase_order(&by, TEXT("Muchas gracias, ¡ADIÓS!")) == PHRASE_GOODBYE);
    CHECK(phrase_order(&by, TEXT("no gracias nada más")) == PHRASE_GOODBYE);
    CHECK(phrase_order(&by, TEXT("nada más una pregunta")) == PHRASE_NONE);
    CHECK(phrase_order(&by, TEXT("no funciona desde el principio")) == PHRASE_NONE);
    CHECK(phrase_answer(&by, TEXT("sí, claro")) == PHRASE_YES &&
          phrase_answer(&by, TEXT("no es correcto")) == PHRASE_NO);
    CHECK(phrase_answer(&by, TEXT("no hay problema")) == PHRASE_YES &&
          phrase_answer(&by, TEXT("no lo sé")) == PHRASE_NEITHER);
    CHECK(phrase_empty(&by, TEXT("y la")) && phrase_takes_floor(&by, TEXT("¡espera!")));
    CHECK(phrase_backchannel(&by, TEXT("ajá, ya veo")) &&
          !phrase_backchannel(&by, TEXT("bueno pero")));
    CHECK(phrase_unfinished(&by, TEXT("el tres de"), EXPECT_FREE) &&
          !phrase_unfinished(&by, TEXT("el tres de mayo"), EXPECT_FREE));
    CHECK(phrase_unfinished(&by, TEXT("ana arroba ejemplo"), EXPECT_FREE) &&
          !phrase_unfinished(&by, TEXT("ana arroba ejemplo punto com"), EXPECT_FREE));
    CHECK(phrase_unfinished(&by, TEXT("ana punto gómez"), EXPECT_FREE) &&
          !phrase_unfinished(&by, TEXT("a las tres en punto"), EXPECT_FREE));
    CHECK(phrase_unfinished(&by, TEXT("seis doce veintidós"), EXPECT_FREE));
}

static void french_is_understood(void)
{
    struct phrases by = phrases_of(TEXT("fr-CA"), NULL);

    CHECK(phrase_order(&by, TEXT("Vous pouvez répéter, s\xe2\x80\x99il vous plaît ?")) ==
          PHRASE_REPEAT);
    CHECK(phrase_order(&by, TEXT("je voudrais recommencer")) == PHRASE_START_OVER);
    CHECK(phrase_order(&by, TEXT("merci, au revoir")) == PHRASE_GOODBYE);
    CHECK(phrase_order(&by, TEXT("non merci c'est tout")) == PHRASE_GOODBYE);
    CHECK(phrase_order(&by, TEXT("c'est tout cassé")) == PHRASE_NONE);
    CHECK(phrase_answer(&by, TEXT("d'accord")) == PHRASE_YES &&
          phrase_answer(&by, TEXT("ce n'est pas ça")) == PHRASE_NO);
    CHECK(phrase_answer(&by, TEXT("pas de problème")) == PHRASE_YES &&
          phrase_answer(&by, TEXT("je ne sais pas")) == PHRASE_NEITHER);
    CHECK(phrase_empty(&by, TEXT("c'est le")) && phrase_takes_floor(&by, TEXT("Attendez")));
    CHECK(phrase_backchannel(&by, TEXT("oui oui, je vois")) &&
          !phrase_backchannel(&by, TEXT("oui mais")));
    CHECK(phrase_unfinished(&by, TEXT("le vingt-deux"), EXPECT_FREE) &&
          !phrase_unfinished(&by, TEXT("le vingt-deux mars"), EXPECT_FREE));
    CHECK(phrase_unfinished(&by, TEXT("j comme julie b comme"), EXPECT_FREE) &&
          phrase_unfinished(&by, TEXT("j comme julie b comme bernard"), EXPECT_FREE));
    CHECK(phrase_unfinished(&by, TEXT("jean tiret paul"), EXPECT_FREE) &&
          !phrase_unfinished(&by, TEXT("à ce point je raccroche"), EXPECT_FREE));
    CHECK(phrase_unfinished(&by, TEXT("je vous appelle parce que"), EXPECT_FREE));
}

static void an_unknown_language_has_only_the_agents_own_phrases(void)
{
    static const struct text again[] = {TEXT_INIT("nog een keer")}, yes[] = {TEXT_INIT("ja")};
    static const struct plan_agent agent = {
        .orders = {[ORDER_REPEAT] = {again, 1}, [ORDER_YES] = {yes, 1}}};
    struct phrases bare = phrases_of(TEXT("nl"), NULL), by = phrases_of(TEXT("nl"), &agent),
                   both = phrases_of(TEXT("EN"), &agent);

    CHECK(!phrase_known_language(TEXT("nl")) && phrase_known_language(TEXT("ES-mx")));
    CHECK(phrase_order(&bare, TEXT("goodbye")) == PHRASE_NONE &&
          phrase_answer(&bare, TEXT("yes")) == PHRASE_NEITHER &&
          phrase_backchannel(&bare, TEXT("hmm")) && !phrase_backchannel(&bare, TEXT("right")));
    CHECK(phrase_order(&by, TEXT("Nog een keer!")) == PHRASE_REPEAT &&
          phrase_answer(&by, TEXT("Ja.")) == PHRASE_YES);
    CHECK(phrase_order(&both, TEXT("nog een keer")) == PHRASE_REPEAT &&
          phrase_order(&both, TEXT("goodbye")) == PHRASE_GOODBYE);
    CHECK(phrase_unfinished(&bare, TEXT("0 1 2"), EXPECT_FREE) &&
          phrase_unfinished(&bare, TEXT("j a n"), EXPECT_FREE));
}

static void a_fact_changes_the_language_of_a_call(void)
{
    static const struct plan_agent agent = {.language = TEXT_INIT("fr")};
    static struct talk talk;
    struct phrases by = turn_phrases(&agent, &talk);

    CHECK(phrase_order(&by, TEXT("au revoir")) == PHRASE_GOODBYE);
    text_copy(talk.context.entities, MAX_ENTITIES, TEXT("invoice=7\nlanguage=de-AT\n"));
    by = turn_phrases(&agent, &talk);
    CHECK(phrase_order(&by, TEXT("auf wiederhören")) == PHRASE_GOODBYE &&
          phrase_order(&by, TEXT("au revoir")) == PHRASE_NONE);
    text_copy(talk.context.entities, MAX_ENTITIES, TEXT("language=german\n"));
    by = turn_phrases(&agent, &talk);
    CHECK(phrase_order(&by, TEXT("au revoir")) == PHRASE_GOODBYE);
}

static void what_a_call_is_about_is_said_in_the_agent_s_language(void)
{
    static const struct {
        const char *language, *words;
    } rows[] = {{"", "The caller asks about "},
                {"de-AT", "Es geht um "},
                {"es", "La persona pregunta por "},
                {"fr", "L’appel concerne "},
                {"it", ""}}; /* The intent's label alone. */

    for (uint32_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct phrases by = phrases_of(text_of(rows[i].language), NULL);
        CHECK(text_equal(phrase_asks_about(&by), text_of(rows[i].words)));
    }
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
    english = phrases_of(TEXT("en-GB"), NULL);
    RUN(orders_are_understood_when_they_are_what_was_said);
    RUN(yes_and_no_are_told_apart);
    RUN(sounds_of_listening_are_no_wish_to_speak);
    RUN(words_of_grammar_ask_for_nothing_and_a_no_takes_the_floor);
    RUN(an_unfinished_turn_is_waited_for);
    RUN(german_is_understood);
    RUN(spanish_is_understood);
    RUN(french_is_understood);
    RUN(an_unknown_language_has_only_the_agents_own_phrases);
    RUN(a_fact_changes_the_language_of_a_call);
    RUN(what_a_call_is_about_is_said_in_the_agent_s_language);
    RUN(templates_say_what_is_known_and_leave_out_what_is_not);
    RUN(entities_are_merged_by_key_and_bounded);
    RUN(what_signalling_says_of_a_caller_is_known_by_its_headers_name);
    RUN(the_trunk_is_found_by_source_and_the_agent_by_number);
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* choice_test.c - which intent a sentence has when it says, turns down and takes back things. */
#include "mind/choice.h"

#include <string.h>

#include "check.h"
#include "mind/clauses.h"
#include "office.h"

static struct linear *linear;
static struct tokens tokens;

static struct choice choose(const char *said)
{
    tokens_of(text_of(said), &tokens);
    return choice_of(linear, &office_agent, &tokens);
}

#define IS(said, expected)                                                                      \
    do {                                                                                        \
        struct choice got = choose(said);                                                       \
        if (got.intent != expected)                                                             \
            fprintf(stderr, "\"%s\" is %d at %u\n", said, got.intent, got.confidence_permille); \
        CHECK(got.intent == expected);                                                          \
    } while (0)

static void plain_sentences_find_their_intent_with_confidence(void)
{
    IS("i think there's a mistake on my bill", OFFICE_BILLING);
    IS("the internet is down again", OFFICE_TECHNICAL);
    IS("i'd like to buy two phones", OFFICE_SALES);
    CHECK(choose("i was charged twice").confidence_permille > 600);
}

static void what_is_turned_down_is_not_chosen(void)
{
    IS("i don't want to talk to sales i have a billing problem", OFFICE_BILLING);
    IS("I don't want to talk to sales, I have a billing problem.", OFFICE_BILLING);
    IS("this isn't about my bill my internet is down", OFFICE_TECHNICAL);
    IS("i don't have a technical problem i want to buy a phone", OFFICE_SALES);
    IS("not sales billing", OFFICE_BILLING);
    IS("i have a billing question not a technical problem", OFFICE_BILLING);
}

static void a_sentence_that_only_turns_down_leads_to_a_question(void)
{
    const char *const refusals[] = {"not sales", "i don't want to talk to sales",
                                    "not billing please", "i don't want a refund",
                                    "i don't need technical support"};

    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        struct choice choice = choose(refusals[i]);

        CHECK(choice.intent == OFFICE_GENERAL || choice.confidence_permille < 400);
    }
}

static void what_is_taken_back_does_not_count(void)
{
    IS("i want to buy a phone no wait i have a billing problem", OFFICE_BILLING);
    IS("technical support no sorry sales please", OFFICE_SALES);
}

static void asking_for_a_person_outranks_the_rest(void)
{
    IS("my bill is wrong and i want to talk to a manager", OFFICE_PERSON);
    IS("my internet is down let me speak to a real person", OFFICE_PERSON);
    IS("i don't want to talk to a robot", OFFICE_PERSON);
    IS("supervisor", OFFICE_PERSON);
}

static void a_fault_is_not_taken_for_a_refusal(void)
{
    IS("i can't log in and nothing works", OFFICE_TECHNICAL);
    IS("it doesn't work", OFFICE_TECHNICAL);
}

static void words_from_nowhere_are_general_and_undecided(void)
{
    const char *const nothing[] = {"", "   ", "um uh", "zxqv brrt plonk", "!!! ???"};

    for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++) {
        struct choice choice = choose(nothing[i]);

        CHECK(choice.intent == OFFICE_GENERAL && choice.confidence_permille == 500);
    }
    IS("the of a", OFFICE_GENERAL);
    CHECK(choose("purple elephants dance my moonlight").confidence_permille < 600);
}

static void clauses_end_at_new_subjects_and_name_what_is_turned_down(void)
{
    struct clause clauses[MAX_CLAUSES];

    tokens_of(TEXT("i don't want to talk to sales i have a billing problem"), &tokens);
    CHECK(clauses_of(&tokens, clauses) == 2);
    CHECK(clauses[0].kind == CLAUSE_REJECTS && clauses[0].object == 6 && clauses[0].to == 7);
    CHECK(clauses[1].kind == CLAUSE_SAYS && clauses[1].from == 7 && clauses[1].to == tokens.count);
}

static void an_agent_with_one_intent_or_no_examples_still_answers(void)
{
    const struct plan_intent general = {.name = TEXT("general")};
    const struct plan_agent lonely = {.intents = &general, .intent_count = 1, .general = 0};
    struct linear *other;

    CHECK(linear_train(&other, &lonely) == 0);
    tokens_of(TEXT("hello there"), &tokens);
    CHECK(choice_of(other, &lonely, &tokens).intent == 0);
    linear_free(other);
}

static void training_twice_gives_the_same_answers(void)
{
    struct linear *other;
    struct choice first = choose("my invoice and my printer are wrong"), second;

    CHECK(linear_train(&other, &office_agent) == 0);
    second = choice_of(other, &office_agent, &tokens);
    CHECK(first.intent == second.intent && first.confidence_permille == second.confidence_permille);
    linear_free(other);
}

static void garbage_of_any_length_gives_a_sound_choice(void)
{
    static const char likely[] = "not a i  but $1.,' \n";
    static char bytes[65536];
    uint64_t random = 20261121;

    for (int round = 0; round < 200; round++) {
        uint32_t size = check_random(&random) % (round < 190 ? 600u : (uint32_t)sizeof bytes);
        struct choice choice;

        for (uint32_t i = 0; i < size; i++)
            bytes[i] = round % 2 ? (char)check_random(&random)
                                 : likely[check_random(&random) % (sizeof likely - 1)];
        tokens_of((struct text){bytes, size}, &tokens);
        CHECK(tokens.count <= MAX_TOKENS);
        choice = choice_of(linear, &office_agent, &tokens);
        CHECK(choice.intent >= 0 && choice.intent < OFFICE_INTENTS &&
              choice.confidence_permille <= 1000);
    }
}

static void broken_utf8_separates_words_and_whole_letters_stay(void)
{
    tokens_of((struct text){"caf\xC3\xA9 don\xE2\x80\x99t a\xFF\xC3z \xED\xA0\x80x", 23}, &tokens);
    CHECK(tokens.count == 5);
    CHECK(text_equal(tokens.words[0], TEXT("caf\xC3\xA9")) &&
          text_equal(tokens.words[1], TEXT("don't")));
    CHECK(text_equal(tokens.words[2], TEXT("a")) && text_equal(tokens.words[3], TEXT("z")));
}

int main(void)
{
    CHECK(linear_train(&linear, &office_agent) == 0);
    RUN(plain_sentences_find_their_intent_with_confidence);
    RUN(what_is_turned_down_is_not_chosen);
    RUN(a_sentence_that_only_turns_down_leads_to_a_question);
    RUN(what_is_taken_back_does_not_count);
    RUN(asking_for_a_person_outranks_the_rest);
    RUN(a_fault_is_not_taken_for_a_refusal);
    RUN(words_from_nowhere_are_general_and_undecided);
    RUN(clauses_end_at_new_subjects_and_name_what_is_turned_down);
    RUN(an_agent_with_one_intent_or_no_examples_still_answers);
    RUN(training_twice_gives_the_same_answers);
    RUN(garbage_of_any_length_gives_a_sound_choice);
    RUN(broken_utf8_separates_words_and_whole_letters_stay);
    linear_free(linear);
    return 0;
}

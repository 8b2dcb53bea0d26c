// SPDX-License-Identifier: Apache-2.0
/* entities_test.c - facts heard in speech and read in text, feelings, and the sentence about them.
 */
#include "mind/entities.h"

#include <string.h>

#include "base/sentiment.h"
#include "check.h"
#include "mind/summary.h"

static struct tokens tokens;
static struct entities entities;
static char lines[1024];

static const char *heard_after(const char *asked, const char *said)
{
    struct text_buffer buffer;

    tokens_of(text_of(said), &tokens);
    entities_of(&tokens, text_of(asked), &entities);
    text_buffer_init(&buffer, lines, sizeof lines - 1);
    entities_print(&entities, &buffer);
    lines[buffer.size] = 0;
    return lines;
}

static const char *heard(const char *said)
{
    return heard_after("", said);
}

static void is(const char *said, const char *expected)
{
    if (strcmp(heard(said), expected) == 0)
        return;
    printf("\"%s\" gives \"%s\"\n", said, lines);
    CHECK(strcmp(lines, expected) == 0);
}

static void digits_spoken_as_words_become_an_invoice_number(void)
{
    is("it's about invoice four five one two", "invoice=4512\n");
    is("invoice number double five oh seven please", "invoice=5507\n");
    is("invoice forty five twelve is wrong", "invoice=4512\n");
    is("the invoice number is four thousand five hundred and twelve", "invoice=4512\n");
    is("Invoice #INV-4512, please.", "invoice=inv-4512\n");
    is("i have two invoices from you", "");
    is("you sent the invoice twice", "");
}

static void an_account_number_is_heard_after_its_name_or_after_the_question_for_it(void)
{
    is("my account number is one two three four five", "account=12345\n");
    is("customer number 99-1234", "account=99-1234\n");
    is("i have one account", "");
    CHECK(!strcmp(heard_after("What is your account number?", "um four four nine one"),
                  "account=4491\n"));
    CHECK(!strcmp(heard_after("What is your name?", "four four nine one"), ""));
}

static void amounts_are_heard_in_words_and_in_figures(void)
{
    is("you charged me twenty five dollars", "amount=$25\n");
    is("twenty five dollars and ten cents", "amount=$25.10\n");
    is("a hundred and two bucks", "amount=$102\n");
    is("a charge of $1,250.50 on my card", "amount=$1250.50\n");
    is("twelve euros", "amount=12 euros\n");
    is("\xC2\xA3"
       "40 too much",
       "amount=40 pounds\n");
    is("ninety nine dollars ninety nine", "amount=$99.99\n");
    is("we are twenty five people", "");
}

static void dates_stay_as_they_were_said(void)
{
    is("i paid last tuesday", "date=last tuesday\n");
    is("on the third of march", "date=the third of march\n");
    is("since november twenty first", "date=november twenty first\n");
    is("on march 3rd", "date=march 3rd\n");
    is("two weeks ago i paid", "date=two weeks ago\n");
    is("on 2026-11-03", "date=2026-11-03\n");
    is("tomorrow morning", "date=tomorrow morning\n");
    is("may i ask you something", "");
    is("the second one", "");
}

static void earlier_calls_are_counted(void)
{
    is("this is the third time i call", "calls_before=2\n");
    is("third time i'm calling about this", "calls_before=2\n");
    is("i've called three times already", "calls_before=3\n");
    is("i called you twice", "calls_before=2\n");
    is("i already called yesterday", "date=yesterday\ncalls_before=1\n");
    is("i've called so many times", "calls_before=several\n");
    is("is this a first time offer", "");
    is("you charged me three times", "");
    is("my wife called me", "");
}

static void products_and_errors_are_heard(void)
{
    is("my printer is jammed", "product=printer\n");
    is("the smart doorbell doesn't ring", "product=smart doorbell\n");
    is("my coffee maker won't start", "product=coffee maker\n");
    is("my husband won't pay", "");
    is("can i pay over the phone", "");
    is("i have a new phone number", "");
    is("error five oh three", "error=503\n");
    is("it shows error code 12 on the laptop", "product=laptop\nerror=12\n");
    is("it says access denied and then nothing", "error=access denied\n");
    is("my bank says it was paid", "");
}

static void one_sentence_can_hold_many_facts(void)
{
    is("third time i call about invoice four five one two you charged me twenty five dollars last "
       "tuesday",
       "invoice=4512\ndate=last tuesday\namount=$25\ncalls_before=2\n");
}

static void values_cannot_forge_other_lines(void)
{
    is("invoice 12\nevil=1", "invoice=12\n");
    heard("it says a\nb=c\x01 d");
    CHECK(strchr(lines, '\n') == strrchr(lines, '\n'));
}

static enum sentiment mood(const char *said)
{
    heard(said);
    return sentiment_of(&tokens, entities_calls_before(&entities));
}

static void a_problem_alone_is_neutral_and_thanks_are_positive(void)
{
    CHECK(mood("my internet is not working") == SENTIMENT_NEUTRAL);
    CHECK(mood("i have a question about my bill") == SENTIMENT_NEUTRAL);
    CHECK(mood("") == SENTIMENT_NEUTRAL);
    CHECK(mood("thank you that was great") == SENTIMENT_POSITIVE);
}

static void complaints_are_negative_and_negation_turns_words_round(void)
{
    CHECK(mood("i'm disappointed") == SENTIMENT_NEGATIVE);
    CHECK(mood("i am not happy with that") == SENTIMENT_NEGATIVE);
    CHECK(mood("that's not good") == SENTIMENT_NEGATIVE);
    CHECK(mood("not bad at all thanks") == SENTIMENT_POSITIVE);
}

static void repeated_calls_swearing_and_ridicule_are_frustration(void)
{
    CHECK(mood("this is ridiculous") == SENTIMENT_FRUSTRATED);
    CHECK(mood("this is the third time i call") == SENTIMENT_FRUSTRATED);
    CHECK(mood("where is my damn refund") == SENTIMENT_FRUSTRATED);
    CHECK(mood("i am sick and tired of this") == SENTIMENT_FRUSTRATED);
    CHECK(mood("nobody called me back") == SENTIMENT_FRUSTRATED);
    CHECK(mood("this is the second time i call") == SENTIMENT_NEUTRAL);
}

static void a_summary_is_one_sentence_in_the_third_person(void)
{
    const struct plan_intent billing = {.name = TEXT("billing"), .label = TEXT("billing")};
    char storage[600];
    struct text_buffer out;

    heard("third time i call about invoice four five one two");
    text_buffer_init(&out, storage, sizeof storage);
    summary_of(&billing, SENTIMENT_FRUSTRATED, &entities, &out);
    CHECK(text_equal(text_view(&out),
                     TEXT("A frustrated caller asks about billing (invoice 4512) and has "
                          "called 2 times before.")));
    heard("");
    text_buffer_init(&out, storage, sizeof storage);
    summary_of(NULL, SENTIMENT_NEUTRAL, &entities, &out);
    CHECK(text_equal(text_view(&out), TEXT("The caller has not said clearly what this is about.")));
}

int main(void)
{
    RUN(digits_spoken_as_words_become_an_invoice_number);
    RUN(an_account_number_is_heard_after_its_name_or_after_the_question_for_it);
    RUN(amounts_are_heard_in_words_and_in_figures);
    RUN(dates_stay_as_they_were_said);
    RUN(earlier_calls_are_counted);
    RUN(products_and_errors_are_heard);
    RUN(one_sentence_can_hold_many_facts);
    RUN(values_cannot_forge_other_lines);
    RUN(a_problem_alone_is_neutral_and_thanks_are_positive);
    RUN(complaints_are_negative_and_negation_turns_words_round);
    RUN(repeated_calls_swearing_and_ridicule_are_frustration);
    RUN(a_summary_is_one_sentence_in_the_third_person);
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* breath_test.c - where clauses end, and what is left of what a model wrote. */
#include "mind/breath.h"

#include <string.h>

#include "check.h"

static struct breath breath;
static char storage[4096];
static struct text_buffer said;

static void take(void *context, struct text clause)
{
    CHECK(context == &said && clause.size > 0);
    text_append(&said, clause);
    text_append_char(&said, '|');
}

static void given(const char *language)
{
    text_buffer_init(&said, storage, sizeof storage);
    breath_init(&breath, text_of(language), take, &said);
}

static void put(const char *token)
{
    breath_put(&breath, text_of(token));
}

static void expect(const char *wanted)
{
    if (!text_equal(text_view(&said), text_of(wanted)))
        fprintf(stderr, "said:   %.*s\nwanted: %s\n", TEXT_ARGS(text_view(&said)), wanted);
    CHECK(text_equal(text_view(&said), text_of(wanted)));
}

/* The same however it comes: whole, and byte by byte. */
static void says_in(const char *language, const char *written, const char *wanted)
{
    given(language);
    put(written);
    breath_end(&breath);
    expect(wanted);
    given(language);
    for (const char *c = written; *c; c++)
        breath_put(&breath, (struct text){c, 1});
    breath_end(&breath);
    expect(wanted);
}

static void says(const char *written, const char *wanted)
{
    says_in("en", written, wanted);
}

static void a_sentence_is_said_when_the_next_begins(void)
{
    given("en");
    put("Your order");
    put(" was sent");
    put(".");
    expect("");
    put(" It");
    expect("Your order was sent.|");
    put(" arrives");
    put(" tomorrow.");
    breath_end(&breath);
    expect("Your order was sent.|It arrives tomorrow.|");
}

static void the_first_clause_ends_at_a_comma_later_ones_do_not(void)
{
    given("en");
    put("Certainly, ");
    expect("");
    put("I");
    expect("Certainly,|");
    put(" will look, and then, perhaps, we know more. OK");
    expect("Certainly,|I will look, and then, perhaps, we know more.|");
    says("Well, I see it now.", "Well, I see it now.|"); /* Too short to be said alone. */
}

static void a_short_sentence_is_said_with_the_next_unless_it_is_the_first(void)
{
    says("Yes. Sure. It is here today. Bye.", "Yes.|Sure. It is here today.|Bye.|");
}

static void a_full_stop_within_is_no_end(void)
{
    says("Ask Dr. Smith about U.S. Robots. Then call.",
         "Ask Dr. Smith about U.S. Robots.|Then call.|");
    says("It costs 3.50 e.g. at noon. Fine.", "It costs 3.50 e.g. at noon.|Fine.|");
    says("It is in version 2.0. Mail a.b@c.de. Or see www.x.org/a.b now.",
         "It is in version 2.0.|Mail a.b@c.de. Or see www.x.org/a.b now.|");
    says("Take bus No. 5 at 3:30 or 4:15. No. Wait for the last.",
         "Take bus No. 5 at 3:30 or 4:15.|No. Wait for the last.|");
    says("We are 1,000 people, all in all", "We are 1,000 people,|all in all|");
    says("I asked J. Meyer. He knows.", "I asked J. Meyer.|He knows.|");
    says("Hm... let me see. Yes...", "Hm... let me see.|Yes...|");
}

static void numbers_of_days_are_no_end_where_they_are_written_with_a_stop(void)
{
    says_in("de-CH", "Das ist am 3. Mai um acht. Gut.", "Das ist am 3. Mai um acht.|Gut.|");
    says_in("en", "It costs exactly 3. May I go on?", "It costs exactly 3.|May I go on?|");
}

static void questions_and_quotes_end_behind_what_closes_them(void)
{
    says("He said \"it works.\" Then he left. Why?! Nobody really knows.",
         "He said \"it works.\"|Then he left. Why?!|Nobody really knows.|");
    says("(It is open.) Come in, please now.", "(It is open.)|Come in, please now.|");
}

static void scripts_without_capitals_end_at_their_own_signs(void)
{
    says("\xe4\xbd\xa0\xe5\xa5\xbd\xe3\x80\x82\xe8\xaf\xb7\xe7\xa8\x8d\xe5\x80\x99\xe7\xad\x89\xe5"
         "\xbe\x85\xe3\x80\x82",
         "\xe4\xbd\xa0\xe5\xa5\xbd\xe3\x80\x82|"
         "\xe8\xaf\xb7\xe7\xa8\x8d\xe5\x80\x99\xe7\xad\x89\xe5\xbe\x85\xe3\x80\x82|");
}

static void marks_are_left_out(void)
{
    says("## Plans\n\n- **Basic**: 5 a month\n- *Big*: `10` a month\n---\nWhich one?",
         "Plans|Basic: 5 a month|Big: 10 a month|Which one?|");
    says("1. First open it\n2. Then close it\n", "1, First open it|2, Then close it|");
    says("See [our page](https://example.com/a.b?c=d) or https://example.org/help now.",
         "See our page or example.org/help now.|");
    says("Mail to john_doe@example.com, 2 * 3 is _six_.",
         "Mail to john_doe@example.com,|2 * 3 is six.|");
    says("| plan | price |\n|---|---|\n| one | 5 |\n", "plan, price,|one, 5,|");
    says("Great! \xf0\x9f\x98\x80 \xe2\x9c\x85 That is<br>done for you.",
         "Great!|That is done for you.|");
    says("```python\nprint\n```\nDone.", "print|Done.|");
    says("a < b is not a tag", "a < b is not a tag|");
}

static void thoughts_are_not_said(void)
{
    says("<think>\nThe user wants. I must.\n</think>\n\nHello there.", "Hello there.|");
    says("<<thin <think>no</thin</think>yes", "<<thin yes|");
    says("<think>never closed", "");
    says("ends with <thi", "ends with <thi|");
}

static void nothing_to_speak_is_nothing(void)
{
    says("", "");
    says("\n\n \n", "");
    says("** **\n...\n", "");
}

static void length_is_bounded(void)
{
    char long_text[2000] = {0};

    for (int i = 0; i < 180; i++)
        strcat(long_text, "eleven byt ");
    given("en");
    put(long_text);
    breath_end(&breath);
    for (uint32_t from = 0, i = 0, count = 0; i < said.size; i++)
        if (said.data[i] == '|') {
            CHECK(i - from <= (count++ == 0 ? BREATH_FIRST_MOST : BREATH_MOST));
            CHECK(i < 3 || said.data[i - 1] != ' ');
            from = i + 1;
        }
    CHECK(said.size > 1900);
    memset(long_text, 'x', sizeof long_text - 1);
    given("en");
    put(long_text);
    breath_end(&breath);
    CHECK(said.size == 1999 + 1999 / BREATH_MOST + 1);
}

int main(void)
{
    RUN(a_sentence_is_said_when_the_next_begins);
    RUN(the_first_clause_ends_at_a_comma_later_ones_do_not);
    RUN(a_short_sentence_is_said_with_the_next_unless_it_is_the_first);
    RUN(a_full_stop_within_is_no_end);
    RUN(numbers_of_days_are_no_end_where_they_are_written_with_a_stop);
    RUN(questions_and_quotes_end_behind_what_closes_them);
    RUN(scripts_without_capitals_end_at_their_own_signs);
    RUN(marks_are_left_out);
    RUN(thoughts_are_not_said);
    RUN(nothing_to_speak_is_nothing);
    RUN(length_is_bounded);
    return 0;
}

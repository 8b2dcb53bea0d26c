// SPDX-License-Identifier: Apache-2.0
/* say_test.c - what a voice is given to say. */
#include "speech/say.h"

#include <string.h>

#include "check.h"

static char storage[1024];
static struct text_buffer out;

static const char *spelled(const char *words)
{
    memset(storage, 0, sizeof(storage));
    text_buffer_init(&out, storage, sizeof(storage) - 1);
    say_spell(text_of(words), &out);
    return storage;
}

#define SAYS(words, expected)                              \
    do {                                                   \
        if (strcmp(spelled(words), expected) != 0)         \
            fprintf(stderr, "%s -> %s\n", words, storage); \
        CHECK(strcmp(storage, expected) == 0);             \
    } while (0)

static void identifiers_are_read_digit_by_digit(void)
{
    SAYS("Your invoice 4512 is paid.", "Your invoice four five one two is paid.");
    SAYS("account number 00123", "account number zero zero one two three");
    SAYS("call 415-555-0123", "call four one five, five five five, zero one two three");
    SAYS("ticket AC-1042", "ticket A C one zero four two");
    SAYS("#889912", "eight eight nine, nine one two");
}

static void amounts_stay_amounts(void)
{
    SAYS("It costs $12.50.", "It costs twelve dollars and fifty cents.");
    SAYS("$1 or $0.05", "one dollar or five cents");
    SAYS("$1,200,000", "one million two hundred thousand dollars");
    SAYS("in 25 minutes", "in 25 minutes");
    SAYS("since 2024", "since 2024");
    SAYS("$12.5x", "$12.5x");
}

static void an_address_is_read_with_at_and_dot(void)
{
    SAYS("Write to jo.doe7@example.com, please",
         "Write to jo dot doe seven at example dot com, please");
    SAYS("meet @ noon", "meet @ noon");
}

static void a_text_comes_sentence_by_sentence(void)
{
    struct text rest = TEXT("  Hello. I am Mr. Smith! How are you?  ");
    const char *expected[] = {"Hello.", "I am Mr. Smith!", "How are you?"};

    for (int i = 0; i < 3; i++) {
        text_buffer_init(&out, storage, sizeof(storage));
        CHECK(say_next(&rest, &out) && strcmp(storage, expected[i]) == 0);
    }
    CHECK(!say_next(&rest, &out));
}

static void a_long_first_clause_is_split_off_for_an_early_sound(void)
{
    struct text rest =
        TEXT("Thank you for calling the front desk of the Lakeside Clinic, where all of our "
             "assistants are glad to be of help to you at any time of the day");

    text_buffer_init(&out, storage, sizeof(storage));
    CHECK(say_next(&rest, &out) && text_starts(text_view(&out), TEXT("Thank you")));
    CHECK(storage[out.size - 1] == ',');
    text_buffer_init(&out, storage, sizeof(storage));
    CHECK(say_next(&rest, &out) && text_starts(text_view(&out), TEXT("where all")));
}

static void what_does_not_fit_is_cut_and_terminated(void)
{
    struct text rest = TEXT("account 1234567890");

    text_buffer_init(&out, storage, 16);
    CHECK(say_next(&rest, &out) && out.size == 15 && storage[15] == '\0');
}

int main(void)
{
    RUN(identifiers_are_read_digit_by_digit);
    RUN(amounts_stay_amounts);
    RUN(an_address_is_read_with_at_and_dot);
    RUN(a_text_comes_sentence_by_sentence);
    RUN(a_long_first_clause_is_split_off_for_an_early_sound);
    RUN(what_does_not_fit_is_cut_and_terminated);
    return 0;
}

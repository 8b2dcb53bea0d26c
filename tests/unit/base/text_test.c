// SPDX-License-Identifier: Apache-2.0
/* text_test.c - views are cut and compared without touching what they look at. */
#include "base/text.h"

#include <string.h>

#include "check.h"

static void views_of_nothing_are_equal_and_never_read(void)
{
    struct text none = {.data = NULL, .size = 0};

    CHECK(text_empty(text_of(NULL)) && text_empty(none));
    CHECK(text_equal(none, TEXT_EMPTY) && text_equal_nocase(none, TEXT("")));
    CHECK(text_starts(none, none) && text_find(none, none) == 0);
    CHECK(text_find(none, TEXT("a")) == -1);
    CHECK(text_empty(text_trim(none)) && text_empty(text_part(none, 0, 5)));
}

static void comparison_without_case_is_for_letters_only(void)
{
    CHECK(text_equal_nocase(TEXT("Content-Length"), TEXT("cONTENT-lENGTH")));
    CHECK(!text_equal_nocase(TEXT("["), TEXT("{")));
    CHECK(!text_equal_nocase(TEXT("\xC4"), TEXT("\xE4")));
    CHECK(!text_equal(TEXT("a"), TEXT("A")) && !text_equal(TEXT("a"), TEXT("ab")));
    CHECK(text_starts_nocase(TEXT("SIPS:x"), TEXT("sips:")));
    CHECK(!text_starts(TEXT("sip"), TEXT("sips")));
}

static void finding_gives_the_first_place_or_minus_one(void)
{
    CHECK(text_find(TEXT("abcabc"), TEXT("ca")) == 2);
    CHECK(text_find(TEXT("abc"), TEXT("abcd")) == -1);
    CHECK(text_find(TEXT("aab"), TEXT("ab")) == 1);
    CHECK(text_find(TEXT("abc"), TEXT("c")) == 2);
    CHECK(text_find_nocase(TEXT("xxTAG=1"), TEXT("tag=")) == 2);
    CHECK(text_find(TEXT("abc"), TEXT("")) == 0 && text_find_nocase(TEXT("abc"), TEXT("")) == 0);
    CHECK(text_find(TEXT("ab"), TEXT("b")) == 1 && text_find(TEXT("abab"), TEXT("bb")) == -1);
}

/* All words of up to three letters in all texts of six, of four letters in both cases and a sign. */
static void finding_without_case_is_what_comparing_at_each_place_gives(void)
{
    static const char letters[] = "aAbB=";
    char words[6], part[3];

    for (uint32_t i = 0; i < 15625; i++) {
        for (uint32_t at = 0, left = i; at < 6; at++, left /= 5)
            words[at] = letters[left % 5];
        for (uint32_t j = 0; j < 125; j++) {
            struct text in = {words, 6}, what = {part, 1 + j % 3};
            int32_t first = -1, first_nocase = -1;
            for (uint32_t at = 0, left = j; at < 3; at++, left /= 5)
                part[at] = letters[left % 5];
            for (uint32_t at = 6 - what.size + 1; at-- > 0;) {
                if (text_equal(text_part(in, at, what.size), what))
                    first = (int32_t)at;
                if (text_equal_nocase(text_part(in, at, what.size), what))
                    first_nocase = (int32_t)at;
            }
            CHECK(text_find(in, what) == first);
            CHECK(text_find_nocase(in, what) == first_nocase);
        }
    }
}

static void parts_and_trims_stay_inside(void)
{
    CHECK(text_equal(text_part(TEXT("hello"), 1, 3), TEXT("ell")));
    CHECK(text_equal(text_part(TEXT("hello"), 3, UINT32_MAX), TEXT("lo")));
    CHECK(text_empty(text_part(TEXT("hello"), 5, 1)));
    CHECK(text_equal(text_trim(TEXT(" \t a b\r\n")), TEXT("a b")));
    CHECK(text_empty(text_trim(TEXT(" \r\n "))));
}

static void cutting_gives_each_part_once_empty_ones_too(void)
{
    struct text rest = TEXT("a,,b,");

    CHECK(text_equal(text_next(&rest, ','), TEXT("a")) && rest.data);
    CHECK(text_empty(text_next(&rest, ',')) && rest.data);
    CHECK(text_equal(text_next(&rest, ','), TEXT("b")) && rest.data);
    CHECK(text_empty(text_next(&rest, ',')) && !rest.data && rest.size == 0);
}

static void numbers_are_whole_decimal_and_bounded(void)
{
    uint64_t n = 7;

    CHECK(text_number(TEXT("0"), &n) && n == 0);
    CHECK(text_number(TEXT("18446744073709551615"), &n) && n == UINT64_MAX);
    n = 7;
    CHECK(!text_number(TEXT("18446744073709551616"), &n));
    CHECK(!text_number(TEXT("99999999999999999999"), &n));
    CHECK(!text_number(TEXT(""), &n) && !text_number(TEXT("-1"), &n));
    CHECK(!text_number(TEXT("1 "), &n) && !text_number(TEXT("1x"), &n) && n == 7);
}

static void a_full_buffer_cuts_between_characters_and_takes_nothing_after(void)
{
    char storage[6];
    struct text_buffer buffer;

    text_buffer_init(&buffer, storage, sizeof(storage));
    text_append(&buffer, TEXT("abcd"));
    CHECK(!buffer.cut);
    text_append(&buffer, TEXT("e\xE2\x82\xAC")); /* The euro's three bytes do not fit. */
    CHECK(buffer.cut && text_equal(text_view(&buffer), TEXT("abcde")));
    text_append_char(&buffer, 'x');
    CHECK(text_equal(text_view(&buffer), TEXT("abcde")));
}

static void a_full_buffer_cuts_noise_where_it_is(void)
{
    char storage[4];
    struct text_buffer buffer;

    text_buffer_init(&buffer, storage, sizeof(storage));
    text_append(&buffer, TEXT("\x80\x80\x80\x80\x80\x80"));
    CHECK(buffer.cut && buffer.size == 4);
}

static void numbers_are_written_whole(void)
{
    char storage[64];
    struct text_buffer buffer;

    text_buffer_init(&buffer, storage, sizeof(storage));
    text_append_number(&buffer, 0);
    text_append_char(&buffer, ' ');
    text_append_number(&buffer, UINT64_MAX);
    CHECK(text_equal(text_view(&buffer), TEXT("0 18446744073709551615")));
}

static void a_copy_is_terminated_and_cut_between_characters(void)
{
    char out[4];

    text_copy(out, sizeof(out), TEXT("abcdef"));
    CHECK(strcmp(out, "abc") == 0);
    text_copy(out, sizeof(out), TEXT("ab\xC3\xA4"));
    CHECK(strcmp(out, "ab") == 0);
    text_copy(out, 1, TEXT("a"));
    CHECK(out[0] == '\0');
    text_copy(out, sizeof(out), (struct text){.data = NULL, .size = 0});
    CHECK(out[0] == '\0');
}

static void expect_hidden(const char *said, const char *secret, const char *wanted)
{
    char out[64];

    text_copy(out, sizeof(out), text_of(said));
    text_hide(out, (uint32_t)strlen(out), text_of(secret));
    CHECK(strcmp(out, wanted) == 0);
}

static void a_secret_is_hidden_wherever_it_is_and_where_it_was_cut(void)
{
    expect_hidden("Incorrect key sk-12345: no", "sk-12345", "Incorrect key ********: no");
    expect_hidden("sk-12345sk-12345", "sk-12345", "****************");
    expect_hidden("aaaaa", "aaaa", "****a");
    expect_hidden("it was sk-12", "sk-12345", "it was *****");
    expect_hidden("it was sk-", "sk-12345", "it was sk-");
    expect_hidden("a b c", "a b", "a b c");
    expect_hidden("nothing", "", "nothing");
    expect_hidden("", "sk-12345", "");
}

int main(void)
{
    RUN(views_of_nothing_are_equal_and_never_read);
    RUN(comparison_without_case_is_for_letters_only);
    RUN(finding_gives_the_first_place_or_minus_one);
    RUN(finding_without_case_is_what_comparing_at_each_place_gives);
    RUN(parts_and_trims_stay_inside);
    RUN(cutting_gives_each_part_once_empty_ones_too);
    RUN(numbers_are_whole_decimal_and_bounded);
    RUN(a_full_buffer_cuts_between_characters_and_takes_nothing_after);
    RUN(a_full_buffer_cuts_noise_where_it_is);
    RUN(numbers_are_written_whole);
    RUN(a_copy_is_terminated_and_cut_between_characters);
    RUN(a_secret_is_hidden_wherever_it_is_and_where_it_was_cut);
    return 0;
}

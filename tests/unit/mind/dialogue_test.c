// SPDX-License-Identifier: Apache-2.0
/* dialogue_test.c - what a model is told of the call so far. */
#include "mind/dialogue.h"

#include <string.h>

#include "check.h"

static struct dialogue dialogue;
static struct llm_message messages[DIALOGUE_MESSAGES];
static char storage[65536];

static void given(void)
{
    dialogue_init(&dialogue, 7);
}

/* U user, A assistant, C call, R result. */
static void told(uint32_t turn, const char *said, uint32_t tokens, const char *wanted)
{
    uint32_t count = dialogue_compose(&dialogue, turn, text_of(said), tokens, messages);
    struct text_buffer out;

    text_buffer_init(&out, storage, sizeof storage);
    for (uint32_t i = 0; i < count; i++) {
        text_append_char(&out, "UACR"[messages[i].role]);
        text_append(&out, messages[i].id);
        text_append(&out, messages[i].name);
        text_append_char(&out, ':');
        text_append(&out, messages[i].text);
        text_append_char(&out, '|');
    }
    if (!text_equal(text_view(&out), text_of(wanted)))
        fprintf(stderr, "told:   %.*s\nwanted: %s\n", TEXT_ARGS(text_view(&out)), wanted);
    CHECK(text_equal(text_view(&out), text_of(wanted)));
}

static void turns_are_told_in_their_order_however_late_the_notes_are(void)
{
    given();
    dialogue_spoken(&dialogue, 0, TEXT("Hello."), TEXT(""));
    dialogue_heard(&dialogue, 2, TEXT("and now"));
    dialogue_spoken(&dialogue, 1, TEXT("It is open."), TEXT(""));
    dialogue_heard(&dialogue, 1, TEXT("is it open"));
    told(2, "and now", 4000, "U:(The call begins.)|A:Hello.|U:is it open|A:It is open.|U:and now|");
    told(3, "bye", 4000,
         "U:(The call begins.)|A:Hello.|U:is it open|A:It is open.|U:and now|U:bye|");
}

static void nothing_said_yet_is_a_call_that_begins(void)
{
    given();
    told(0, "", 4000, "U:(The call begins.)|");
    told(1, "hello", 4000, "U:hello|");
}

static void what_was_not_heard_is_not_told(void)
{
    given();
    dialogue_heard(&dialogue, 1, TEXT("how much is it"));
    dialogue_spoken(&dialogue, 1, TEXT("It is ten francs"), TEXT("a month, and five more."));
    dialogue_heard(&dialogue, 2, TEXT("stop"));
    dialogue_spoken(&dialogue, 2, TEXT(""), TEXT("I was only saying"));
    told(3, "go on", 4000,
         "U:how much is it|A:It is ten francs... [interrupted here]|U:stop|U:go on|");
}

static void clauses_of_one_turn_are_one_message(void)
{
    given();
    dialogue_heard(&dialogue, 1, TEXT("hi"));
    dialogue_spoken(&dialogue, 1, TEXT("Good morning."), TEXT(""));
    dialogue_spoken(&dialogue, 1, TEXT("How can I help?"), TEXT(""));
    told(2, "x", 4000, "U:hi|A:Good morning. How can I help?|U:x|");
}

static void the_next_round_knows_what_was_said_and_called_in_this_one(void)
{
    given();
    dialogue_begin(&dialogue);
    dialogue_say(&dialogue, 1, TEXT("Let me"));
    dialogue_say(&dialogue, 1, TEXT("look."));
    dialogue_call(&dialogue, 1, TEXT("c1"), TEXT("find"), TEXT("{\"n\":7}"));
    dialogue_call(&dialogue, 1, TEXT("c2"), TEXT("hours"), TEXT("{}"));
    dialogue_result(&dialogue, 1, TEXT("c2"), TEXT("9 to 5"));
    dialogue_result(&dialogue, 1, TEXT("c1"), TEXT("sent"));
    dialogue_spoken(&dialogue, 1, TEXT("Let me"), TEXT("")); /* The note of it, meanwhile. */
    told(1, "where is it", 4000,
         "U:where is it|A:Let me look.|Cc1find:{\"n\":7}|Cc2hours:{}|Rc2:9 to 5|Rc1:sent|");
    dialogue_heard(&dialogue, 1, TEXT("where is it"));
    dialogue_spoken(&dialogue, 1, TEXT("look. It was sent."), TEXT(""));
    dialogue_begin(&dialogue);
    told(2, "thanks", 4000,
         "U:where is it|Cc1find:{\"n\":7}|Cc2hours:{}|Rc2:9 to 5|Rc1:sent|A:Let me look. It was "
         "sent.|U:thanks|");
}

static void a_call_without_a_result_gets_one(void)
{
    given();
    dialogue_call(&dialogue, 1, TEXT("c1"), TEXT("find"), TEXT("{}"));
    dialogue_call(&dialogue, 1, TEXT("c2"), TEXT("find"), TEXT("{}"));
    dialogue_result(&dialogue, 1, TEXT("c2"), TEXT("yes"));
    told(2, "x", 4000,
         "U:(The call begins.)|Cc1find:{}|Cc2find:{}|Rc1:No result came. Whether it was done is "
         "not known.|"
         "Rc2:yes|U:x|");
}

static void the_oldest_turns_go_when_the_budget_is_spent(void)
{
    given();
    for (uint32_t turn = 1; turn <= 9; turn++) {
        dialogue_heard(&dialogue, turn, TEXT("twelve bytes"));    /* 3 + 4 tokens */
        dialogue_spoken(&dialogue, turn, TEXT("four"), TEXT("")); /* 1 + 4 */
    }
    told(10, "last", 35, "U:twelve bytes|A:four|U:twelve bytes|A:four|U:last|");
    told(10, "last", 0, "U:twelve bytes|A:four|U:last|");
}

static void memory_is_bounded_and_the_newest_stays(void)
{
    static char long_text[6000];
    char last[40];

    memset(long_text, 'x', sizeof long_text - 1);
    given();
    for (uint32_t turn = 1; turn <= 50; turn++) {
        dialogue_heard(&dialogue, turn, text_of(long_text));
        dialogue_result(&dialogue, turn, text_of(long_text), text_of(long_text));
        CHECK(dialogue.used <= DIALOGUE_BYTES);
    }
    for (uint32_t turn = 51; turn <= 300; turn++) {
        snprintf(last, sizeof last, "turn %u", turn);
        dialogue_heard(&dialogue, turn, text_of(last));
        CHECK(dialogue.count <= DIALOGUE_ENTRIES);
    }
    CHECK(dialogue.lost > 200);
    dialogue_compose(&dialogue, 301, TEXT("x"), 100000, messages);
    CHECK(dialogue_compose(&dialogue, 301, TEXT("x"), 20, messages) <= 3);
    CHECK(text_equal(messages[0].text, TEXT("turn 299")) ||
          text_equal(messages[0].text, TEXT("turn 300")));
}

static void old_turns_are_summed_up_before_they_are_too_many(void)
{
    struct text_buffer out;
    uint32_t until = 0;

    given();
    text_buffer_init(&out, storage, sizeof storage);
    dialogue_heard(&dialogue, 1, TEXT("my order is number seven"));
    dialogue_spoken(&dialogue, 1, TEXT("Thank you."), TEXT(""));
    CHECK(!dialogue_old(&dialogue, 1000, &until, &out));
    dialogue_heard(&dialogue, 2, TEXT("when does it come"));
    dialogue_spoken(&dialogue, 2, TEXT("Tomorrow."), TEXT(""));
    CHECK(!dialogue_old(&dialogue, 1000, &until, &out));
    CHECK(dialogue_old(&dialogue, 30, &until, &out) && until == 1);
    CHECK(
        text_equal(text_view(&out), TEXT("Caller: my order is number seven\nAgent: Thank you.\n")));
    dialogue_sum(&dialogue, until, TEXT(" The order is number seven. "));
    CHECK(text_equal(dialogue_summary(&dialogue), TEXT("The order is number seven.")));
    told(3, "fine", 4000, "U:when does it come|A:Tomorrow.|U:fine|");
}

/* Calls are followed by their results at once, each by one, and by nothing else. */
static void check_calls(uint32_t count)
{
    struct text open[DIALOGUE_MESSAGES];
    uint32_t opened = 0;

    for (uint32_t m = 0; m < count; m++) {
        uint32_t i = 0;
        if (messages[m].role == LLM_CALL)
            open[opened++] = messages[m].id;
        if (messages[m].role != LLM_RESULT) {
            CHECK(messages[m].role == LLM_CALL || opened == 0);
            continue;
        }
        while (i < opened && !text_equal(open[i], messages[m].id))
            i++;
        CHECK(i < opened);
        open[i] = open[--opened];
    }
    CHECK(opened == 0);
}

/* Any order of anything: bounds hold, and what is told keeps the vendors' rules. */
static void whatever_comes_the_rules_of_vendors_hold(void)
{
    static const char *const words[] = {"", "a", "b c", "\xc3\xa4\xc3\xb6", " "};
    uint64_t seed = 99;
    uint32_t called = 0, called_turn = 0;
    char id[16];

    given();
    for (uint32_t i = 0; i < 200000; i++) {
        uint32_t turn = i / 300 + check_random(&seed) % 3, count;
        struct text text = text_of(words[check_random(&seed) % 5]);

        snprintf(id, sizeof id, "c%u", i % 9999);
        switch (check_random(&seed) % 8) {
        case 0:
            dialogue_heard(&dialogue, turn, text);
            break;
        case 1:
            dialogue_spoken(&dialogue, turn, text, text_of(words[check_random(&seed) % 5]));
            break;
        case 2:
            dialogue_begin(&dialogue);
            break;
        case 3:
            dialogue_say(&dialogue, turn, text);
            break;
        case 4:
            dialogue_call(&dialogue, turn, text_of(id), TEXT("f"), TEXT("{}"));
            called = i;
            called_turn = turn;
            break;
        case 5:
            if (called > 0) {
                snprintf(id, sizeof id, "c%u", called % 9999);
                dialogue_result(&dialogue, called_turn, text_of(id), text);
            }
            called = 0;
            break;
        default:
            break;
        }
        if (i % 7)
            continue;
        count = dialogue_compose(&dialogue, turn, text, check_random(&seed) % 200, messages);
        CHECK(count > 0 && messages[0].role == LLM_USER && dialogue.used <= DIALOGUE_BYTES);
        check_calls(count);
        for (uint32_t m = 0; m < count; m++)
            CHECK(messages[m].role == LLM_CALL || messages[m].role == LLM_RESULT ||
                  messages[m].text.size > 0);
    }
}

int main(void)
{
    RUN(turns_are_told_in_their_order_however_late_the_notes_are);
    RUN(nothing_said_yet_is_a_call_that_begins);
    RUN(what_was_not_heard_is_not_told);
    RUN(clauses_of_one_turn_are_one_message);
    RUN(the_next_round_knows_what_was_said_and_called_in_this_one);
    RUN(a_call_without_a_result_gets_one);
    RUN(the_oldest_turns_go_when_the_budget_is_spent);
    RUN(memory_is_bounded_and_the_newest_stays);
    RUN(old_turns_are_summed_up_before_they_are_too_many);
    RUN(whatever_comes_the_rules_of_vendors_hold);
    return 0;
}

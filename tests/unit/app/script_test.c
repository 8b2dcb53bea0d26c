// SPDX-License-Identifier: Apache-2.0
/* script_test.c - what a scripted caller can be told, and what is said about slips. */
#include "app/script.h"

#include <string.h>

#include "check.h"

static struct script script;
static char why[512];

static bool reads(const char *bytes)
{
    why[0] = 0;
    return script_read(text_of(bytes), &script, why, sizeof(why));
}

static void a_script_is_read_line_by_line_also_as_a_yaml_list(void)
{
    CHECK(reads("# a caller\n\nwait agent\n- say hi there, you\n  - press 1#\nwait 300ms\nwait 2s\n"
                "interrupt no\nexpect agent billing\nexpect end caller_hung_up\nhangup\n"));
    CHECK(script.count == 9);
    CHECK(script.lines[0].kind == SCRIPT_WAIT_AGENT && script.lines[0].line == 3);
    CHECK(text_equal(script.lines[1].words, TEXT("hi there, you")));
    CHECK(text_equal(script.lines[2].words, TEXT("1#")));
    CHECK(script.lines[3].ms == 300 && script.lines[4].ms == 2000);
    CHECK(script.lines[6].kind == SCRIPT_EXPECT_AGENT && script_expects(&script));
    CHECK(reads("say hello\n") && !script_expects(&script));
}

static void a_slip_is_answered_with_the_word_that_was_meant(void)
{
    CHECK(!reads("say a\nsya hello\n"));
    CHECK(strcmp(why, "line 2: unknown 'sya'; did you mean 'say'?") == 0);
    CHECK(!reads("dance\n"));
    CHECK(strcmp(why,
                 "line 1: write say, interrupt, wait, press, expect agent, expect intent, expect "
                 "key, expect said, expect end or hangup") == 0);
    CHECK(!reads("expect nothing\n"));
    CHECK(strstr(why, "expect agent"));
}

static void what_follows_a_word_is_checked(void)
{
    CHECK(!reads("press x\n"));
    CHECK(strcmp(why, "line 1: 'press' is followed by keys: press 1") == 0);
    CHECK(!reads("wait 2\n") && !reads("wait 7000s\n") && !reads("wait\n"));
    CHECK(!reads("say\n") && !reads("hangup now\n") &&
          !reads("expect key 12345678901234567890123456789012345\n"));
}

static void a_script_is_bounded(void)
{
    static char bytes[SCRIPT_LINES * 8 + 64];

    for (int i = 0; i <= SCRIPT_LINES; i++)
        strcat(bytes, "say a\n");
    CHECK(!reads(bytes));
    CHECK(strcmp(why, "line 201: more than 200 lines") == 0);
}

int main(void)
{
    RUN(a_script_is_read_line_by_line_also_as_a_yaml_list);
    RUN(a_slip_is_answered_with_the_word_that_was_meant);
    RUN(what_follows_a_word_is_checked);
    RUN(a_script_is_bounded);
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* refused_test.c - a flood of calls that are refused is a few rows of the account, and a count. */
#include "check.h"
#include "core/refused.h"
#include "scene.h"

static uint32_t answered, written;

static void refuse(const char *to, int calls)
{
    for (int i = 0; i < calls; i++) {
        scene_invite(to, NULL);
        answered += scene_command(SIP_REJECT) != NULL;
        written += scene_command(STORE_CALL_CLOSED) != NULL;
    }
}

static void begin(void)
{
    scene_begin(4);
    scene_plan()->max_calls = 0;
    answered = written = 0;
}

static bool is_sum(enum cause cause, const char *detail)
{
    const struct command *opened = scene_command(STORE_CALL_OPENED),
                         *closed = scene_command(STORE_CALL_CLOSED);

    return opened && closed && text_equal(opened->opened.ref, closed->closed.ref) &&
           text_equal(opened->opened.trunk, TEXT("carrier")) && opened->opened.caller.size == 0 &&
           closed->closed.cause == cause && text_equal(closed->closed.detail, text_of(detail));
}

static void each_is_answered_and_a_few_are_written(void)
{
    begin();
    refuse("100", 1000);
    CHECK(answered == 1000 && written == REFUSED_A_SECOND);
    refuse("999", 1); /* Another cause has its own count. */
    CHECK(written == REFUSED_A_SECOND + 1);
    scene_wait(1000);
    scene_event((struct event){.kind = MEDIA_LATE});
    CHECK(is_sum(CAUSE_FULL, "980 calls: overload: max-calls"));
    CHECK(scene_command(STORE_CALL_CLOSED)->closed.status == 503);
    scene_event((struct event){.kind = MEDIA_LATE});
    CHECK(!scene_command(STORE_CALL_CLOSED));
    refuse("100", 2);
    CHECK(written == REFUSED_A_SECOND + 3); /* The next second has its own. */
    scene_end();
}

static void a_slow_stream_of_refusals_is_written_whole(void)
{
    begin();
    for (int second = 0; second < 5; second++) {
        refuse("100", REFUSED_A_SECOND);
        scene_wait(1000);
    }
    CHECK(written == 5 * REFUSED_A_SECOND);
    scene_end();
}

static void two_causes_are_summed_up_one_a_step_and_at_the_end_at_once(void)
{
    begin();
    refuse("100", REFUSED_A_SECOND + 1);
    refuse("999", REFUSED_A_SECOND + 2);
    scene_event((struct event){.kind = SERVER_DRAIN});
    CHECK(is_sum(CAUSE_NOT_FOUND, "2 calls"));
    scene_event((struct event){.kind = MEDIA_LATE});
    CHECK(is_sum(CAUSE_FULL, "1 call: overload: max-calls"));
    scene_end();
}

static void what_signalling_turned_away_itself_is_one_call_a_second(void)
{
    begin();
    scene_event((struct event){.kind = SIP_AWAY,
                               .away = {.why = AWAY_RATE,
                                        .count = 812,
                                        .seed = 7,
                                        .source = TEXT("192.0.2.7:5060")}});
    CHECK(is_sum(CAUSE_FULL, "812 calls: overload: the trunk's calls per second"));
    CHECK(scene_command(STORE_CALL_CLOSED)->closed.status == 503);
    scene_event((struct event){.kind = SIP_AWAY,
                               .away = {.why = AWAY_BEHIND,
                                        .count = 1,
                                        .seed = 8,
                                        .source = TEXT("203.0.113.9:5060")}});
    CHECK(text_equal(scene_command(STORE_CALL_CLOSED)->closed.detail,
                     TEXT("1 call: overload: signalling is behind")));
    CHECK(scene_command(STORE_CALL_OPENED)->opened.trunk.size == 0);
    scene_event((struct event){.kind = SIP_AWAY, .away = {.why = AWAY_BEHIND}});
    CHECK(!scene_command(STORE_CALL_OPENED));
    scene_end();
}

int main(void)
{
    RUN(each_is_answered_and_a_few_are_written);
    RUN(a_slow_stream_of_refusals_is_written_whole);
    RUN(two_causes_are_summed_up_one_a_step_and_at_the_end_at_once);
    RUN(what_signalling_turned_away_itself_is_one_call_a_second);
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* call_test.c - a call's life as signalling sees it, and truthful refusals. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "core/session.h"
#include "scene.h"

#define SDP_HEAD "v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\n"
static const char g729_only[] = SDP_HEAD "m=audio 4000 RTP/AVP 18\r\n";
static const char moved[] = SDP_HEAD "m=audio 5000 RTP/AVP 0\r\n";
static const char held[] = SDP_HEAD "m=audio 5000 RTP/AVP 0\r\na=sendonly\r\n";

static bool contains(struct text t, const char *part)
{
    return text_find(t, text_of(part)) >= 0;
}

static uint16_t refused_with(void)
{
    const struct command *reject = scene_command(SIP_REJECT);

    return reject ? reject->sip.status : 0;
}

static void a_call_is_answered_only_when_its_account_is_durable(void)
{
    scene_begin(4);
    scene_invite("100", NULL);
    CHECK(scene_command(STORE_CALL_OPENED) && !scene_command(SIP_ANSWER));
    scene_event((struct event){.kind = STORE_OPENED, .call = scene_call_id(), .leg = scene_leg()});
    const struct command *answer = scene_command(SIP_ANSWER), *open = scene_command(MEDIA_OPEN);
    CHECK(answer && contains(answer->sip.sdp, "m=audio 20000 RTP/AVP 8 101"));
    CHECK(contains(answer->sip.sdp, "c=IN IP4 203.0.113.1"));
    CHECK(open && text_equal(open->media.remote, TEXT("192.0.2.7:4000")));
    CHECK(open->media.codec == CODEC_PCMA && open->media.event_type == 101);
    scene_end();
}

static void an_account_that_is_late_does_not_keep_the_caller_waiting(void)
{
    scene_begin(4);
    scene_invite("100", NULL);
    scene_wait(1600);
    CHECK(scene_command(SIP_ANSWER));
    scene_end();
}

static void an_offer_whose_answer_would_be_too_long_is_refused(void)
{
    static char offer[MAX_SDP];
    struct text_buffer out;

    text_buffer_init(&out, offer, sizeof(offer) - 1);
    text_append(&out, TEXT("v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\n"
                           "t=0 0\r\nm=audio 4000 RTP/AVP 8\r\n"));
    for (int i = 0; i < 7; i++) {
        text_append(&out, TEXT("m=image 0 UDPTL "));
        for (int j = 0; j < 300; j++)
            text_append_char(&out, '9');
        text_append(&out, TEXT("\r\n"));
    }
    scene_begin(4);
    scene_invite("100", offer);
    CHECK(refused_with() == 488 && scene_command(STORE_CALL_CLOSED));
    scene_end();
}

static void refusals_are_truthful_and_in_the_account(void)
{
    scene_begin(4);
    scene_invite("999", NULL);
    CHECK(refused_with() == 404 &&
          scene_command(STORE_CALL_CLOSED)->closed.cause == CAUSE_NOT_FOUND);
    scene_invite("100", g729_only);
    CHECK(refused_with() == 488 &&
          scene_command(STORE_CALL_CLOSED)->closed.cause == CAUSE_NO_CODEC);
    scene_plan()->max_calls = 0;
    scene_invite("100", NULL);
    CHECK(refused_with() == 503 && scene_command(SIP_REJECT)->sip.retry_after_s == 5);
    CHECK(scene_command(STORE_CALL_CLOSED)->closed.cause == CAUSE_FULL);
    scene_plan()->trunk_count = 0;
    scene_invite("100", NULL);
    CHECK(refused_with() == 403 && !scene_command(STORE_CALL_OPENED));
    scene_end();
}

static bool refused_for(const char *detail)
{
    const struct command *closed = scene_command(STORE_CALL_CLOSED);

    return refused_with() == 503 && closed && closed->closed.cause == CAUSE_FULL &&
           text_equal(closed->closed.detail, text_of(detail));
}

static void no_call_is_taken_while_sound_is_not_in_time_and_those_up_stay(void)
{
    scene_begin(4);
    scene_listening();
    scene_event((struct event){.kind = MEDIA_LATE, .late.permille = 300});
    CHECK(!scene_command(SIP_HANG_UP));
    uint32_t up = scene_call_id();
    scene_invite("100", NULL);
    CHECK(refused_for("overload: media tick"));
    scene_wait(2000);
    scene_event((struct event){.kind = MEDIA_LATE, .late.permille = 300});
    scene_wait(1000);
    scene_invite("100", NULL);
    CHECK(refused_for("overload: media tick"));
    scene_wait(1600);
    scene_invite("100", NULL);
    CHECK(refused_with() == 0 && scene_command(STORE_CALL_OPENED));
    CHECK(up != scene_call_id());
    scene_plan()->refuse_late = false;
    scene_event((struct event){.kind = MEDIA_LATE, .late.permille = 300});
    scene_invite("100", NULL);
    CHECK(refused_with() == 0);
    scene_end();
}

static void where_everybody_is_to_be_heard_a_call_takes_its_place_when_it_comes(void)
{
    scene_begin(1);
    scene_plan()->refuse_unheard = true;
    scene_invite("100", NULL);
    CHECK(refused_with() == 0);
    scene_invite("100", NULL); /* The first is not answered yet. */
    CHECK(refused_for("overload: recognisers"));
    scene_end();
    scene_begin(1);
    scene_plan()->refuse_unheard = true;
    scene_call();
    CHECK(scene_command(SPEECH_LISTEN));
    struct core_figures figures;
    core_figures(scene_core(), &figures);
    CHECK(figures.recognisers == 1);
    scene_end();
}

static void calls_of_a_trunk_that_authenticates_need_a_proof(void)
{
    static const struct plan_source here = {
        {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 7}, 128};
    static const struct plan_user alice = {.name = TEXT_INIT("alice")};
    struct plan_trunk trunks[] = {{.name = TEXT("a"),
                                   .sources = &here,
                                   .source_count = 1,
                                   .user = TEXT("carrier"),
                                   .authenticate = true},
                                  {.name = PLAN_PHONES, .authenticate = true, .phones = true}};

    scene_begin(4);
    scene_plan()->trunks = trunks;
    scene_plan()->trunk_count = 2;
    scene_plan()->users = &alice;
    scene_plan()->user_count = 1;
    scene_invite("100", NULL);
    CHECK(refused_with() == 401);
    CHECK(scene_command(STORE_CALL_CLOSED)->closed.cause == CAUSE_FORBIDDEN);
    scene_invite_by("alice"); /* Proves to be somebody, but not this trunk. */
    CHECK(refused_with() == 401);
    trunks[0].source_count = 0;
    scene_invite("100", NULL);
    CHECK(refused_with() == 401 && !scene_command(STORE_CALL_OPENED));
    scene_invite_by("bob");
    CHECK(refused_with() == 401 && !scene_command(STORE_CALL_OPENED));
    scene_invite_by("carrier");
    CHECK(text_equal(scene_command(STORE_CALL_OPENED)->opened.trunk, TEXT("a")));
    scene_invite_by("alice");
    CHECK(text_equal(scene_command(STORE_CALL_OPENED)->opened.trunk, PLAN_PHONES));
    scene_end();
}

static void a_server_that_drains_takes_no_calls_and_ends_those_up_one_by_one(void)
{
    scene_begin(4);
    scene_listening();
    scene_event((struct event){.kind = SERVER_DRAIN});
    CHECK(!scene_command(SIP_HANG_UP));
    scene_invite("100", NULL);
    CHECK(refused_with() == 503);
    scene_event((struct event){.kind = SERVER_DRAIN});
    CHECK(scene_command(SIP_HANG_UP) && scene_command(MEDIA_CLOSE));
    scene_end();
}

static void a_trunks_limit_counts_its_calls_also_after_a_reload_that_moves_it(void)
{
    static struct plan_trunk one, two[2];
    static struct plan next;

    scene_begin(4);
    one = scene_plan()->trunks[0];
    one.max_calls = 1;
    scene_plan()->trunks = &one;
    scene_invite("100", NULL);
    CHECK(!refused_with());
    two[0] = (struct plan_trunk){.name = TEXT("another")};
    two[1] = one;
    next = *scene_plan();
    next.trunks = two;
    next.trunk_count = 2;
    core_set_plan(scene_core(), 1, &next);
    scene_event((struct event){.kind = PLAN_LOADED, .plan = {1, 2}});
    scene_invite("100", NULL);
    CHECK(refused_with() == 503);
    scene_end();
}

static void calls_a_second_are_limited(void)
{
    scene_begin(4);
    scene_plan()->max_calls_per_second = 1;
    scene_invite("100", NULL);
    CHECK(!refused_with());
    scene_invite("100", NULL);
    CHECK(refused_with() == 503);
    scene_wait(1000);
    scene_invite("100", NULL);
    CHECK(!refused_with());
    scene_end();
}

/* Admitted as far as the rate goes; then refused for its session timer, so that no call stays up.
 */
static bool taken_after(uint64_t ms)
{
    struct event event = {.kind = SIP_INVITE};

    event.invite.dialog = scene_dialog();
    event.invite.source = TEXT("192.0.2.7:5060");
    event.invite.local = TEXT("203.0.113.1");
    event.invite.to = TEXT("100");
    event.invite.session_expires_s = 1;
    event.invite.timer_supported = true;
    if (ms > 0)
        scene_wait(ms);
    scene_event(event);
    CHECK(refused_with() == 422 || refused_with() == 503);
    return refused_with() == 422;
}

static void calls_over_the_rate_are_taken_evenly_and_not_all_at_the_beginning_of_a_second(void)
{
    uint32_t taken = 0, first_half = 0;

    scene_begin(4);
    scene_plan()->max_calls_per_second = 4;
    for (int i = 0; i < 4; i++)
        CHECK(taken_after(0)); /* A second's calls at once, */
    CHECK(!taken_after(0));
    CHECK(!taken_after(249)); /* then one each quarter of a second, to the millisecond. */
    CHECK(taken_after(1));
    CHECK(!taken_after(249));
    CHECK(taken_after(1));
    for (uint64_t ms = 50; ms <= 4000; ms += 50) { /* Twenty a second are offered. */
        bool one = taken_after(50);
        taken += one;
        first_half += one && ms % 1000 <= 500 && ms % 1000 > 0;
    }
    CHECK(taken == 16 && first_half == 8);
    CHECK(taken_after(600000) && taken_after(0) && taken_after(0) && taken_after(0));
    CHECK(!taken_after(0)); /* Long quiet saves up no more than a second's. */
    scene_end();
}

static void a_caller_who_requires_100rel_gets_a_reliable_180_first(void)
{
    struct event event = {.kind = SIP_INVITE};

    scene_begin(4);
    event.invite.dialog = scene_dialog();
    event.invite.source = TEXT("192.0.2.7:5060");
    event.invite.local = TEXT("203.0.113.1");
    event.invite.to = TEXT("100");
    event.invite.reliable_required = true;
    scene_event(event);
    scene_event((struct event){.kind = STORE_OPENED, .call = scene_call_id(), .leg = scene_leg()});
    CHECK(scene_command(SIP_RING)->sip.reliable && !scene_command(SIP_ANSWER));
    scene_event((struct event){.kind = SIP_PRACKED, .sip.dialog = scene_dialog()});
    CHECK(
        contains(scene_command(SIP_ANSWER)->sip.sdp, "RTP/AVP 0 8 9 96 101 102")); /* Our offer. */
    scene_event((struct event){.kind = SIP_ACKED,
                               .sip = {.dialog = scene_dialog(), .sdp = TEXT("nonsense")}});
    CHECK(scene_command(SIP_HANG_UP));
    scene_end();
}

static void a_reinvite_moves_the_sound_and_hold_makes_the_agent_wait(void)
{
    scene_begin(4);
    scene_listening();
    scene_event((struct event){
        .kind = SIP_REINVITED,
        .reinvite = {.dialog = scene_dialog(), .request = 7, .sdp = text_of(moved)}});
    CHECK(scene_command(SIP_REPLY)->sip.status == 200 &&
          scene_command(SIP_REPLY)->sip.request == 7);
    CHECK(text_equal(scene_command(MEDIA_UPDATE)->media.remote, TEXT("192.0.2.7:5000")));
    scene_event((struct event){.kind = SIP_REINVITED,
                               .reinvite = {.dialog = scene_dialog(), .sdp = text_of(held)}});
    CHECK(contains(scene_command(SIP_REPLY)->sip.sdp, "a=recvonly"));
    scene_wait(20000);
    CHECK(!scene_command(SPEECH_SAY));
    scene_event((struct event){.kind = SIP_REINVITED,
                               .reinvite = {.dialog = scene_dialog(), .sdp = text_of(moved)}});
    scene_wait(6001);
    CHECK(scene_command(SPEECH_SAY));
    scene_event((struct event){.kind = SIP_REINVITED,
                               .reinvite = {.dialog = scene_dialog(), .sdp = text_of(g729_only)}});
    CHECK(scene_command(SIP_REPLY)->sip.status == 488 && !scene_command(SIP_HANG_UP));
    scene_end();
}

static void a_description_has_a_new_version_only_when_it_is_another(void)
{
    char first[64];

    scene_begin(4);
    scene_listening();
    struct event again = {.kind = SIP_REINVITED};
    again.reinvite.dialog = scene_dialog();
    again.reinvite.sdp = text_of(moved);
    scene_event(again);
    struct text sdp = scene_command(SIP_REPLY)->sip.sdp;
    text_copy(first, sizeof(first), text_part(sdp, 0, 60)); /* v= and o= */
    scene_event(again);
    CHECK(contains(scene_command(SIP_REPLY)->sip.sdp, first));
    again.reinvite.sdp = text_of(held);
    scene_event(again);
    CHECK(!contains(scene_command(SIP_REPLY)->sip.sdp, first));
    again.reinvite.sdp = text_of(moved);
    scene_event(again); /* As it was, and yet another than the last. */
    CHECK(!contains(scene_command(SIP_REPLY)->sip.sdp, first));
    scene_end();
}

static void session_timers_are_agreed_refreshed_and_expire(void)
{
    struct event ask = {.kind = SIP_REINVITED};

    scene_begin(4);
    scene_listening();
    ask.reinvite.dialog = scene_dialog();
    ask.reinvite.update = true;
    ask.reinvite.session_expires_s = 60;
    scene_event(ask);
    CHECK(scene_command(SIP_REPLY)->sip.status == 422 &&
          scene_command(SIP_REPLY)->sip.min_se_s == 90);
    ask.reinvite.session_expires_s = 120;
    ask.reinvite.timer_supported = true;
    ask.reinvite.refresher = REFRESHER_UAS;
    scene_event(ask);
    CHECK(scene_command(SIP_REPLY)->sip.session_expires_s == 120);
    CHECK(scene_command(SIP_REPLY)->sip.refresher == REFRESHER_UAS);
    for (int i = 0; i < 60; i++) {
        CHECK(!scene_command(SIP_REFRESH));
        scene_wait(1000);
        scene_key('9'); /* Keeps the conversation from closing for silence. */
    }
    scene_wait(1);
    scene_event(
        (struct event){.kind = SIP_REFRESHED, .sip = {.dialog = scene_dialog(), .status = 408}});
    CHECK(scene_command(SIP_HANG_UP));
    scene_end();
}

static void a_session_interval_lies_between_what_both_sides_can_bear(void)
{
    const struct plan plan = {.session_expires_s = 1800, .min_se_s = 90};
    struct session session;
    enum session_refresher refresher;

    CHECK(!session_agree(&plan, &(struct session_ask){.expires_s = 89}, &session, &refresher));
    CHECK(session_agree(&plan, &(struct session_ask){.expires_s = 7200}, &session, &refresher));
    CHECK(session.interval_s == 1800 && refresher == REFRESHER_UAS && session.refresh);
    CHECK(session_agree(&plan, &(struct session_ask){.min_se_s = 3600, .supported = true}, &session,
                        &refresher));
    CHECK(session.interval_s == 3600 && refresher == REFRESHER_UAC && !session.refresh);
    CHECK(session_next_ms(&session, 1000) == 1000 + 3568000);
}

static void a_call_without_sound_goes_on_while_the_other_side_says_so(void)
{
    scene_begin(4);
    scene_plan()->manners.silence_ms = 1000000;
    scene_listening();
    scene_event((struct event){.kind = MEDIA_SILENT, .leg = scene_leg(), .silent = {true, 10000}});
    scene_wait(49000);
    CHECK(!scene_command(SIP_HANG_UP));
    scene_wait(1001);
    CHECK(!scene_command(SIP_HANG_UP) && scene_command(SIP_REFRESH)); /* Are you there? */
    struct event answer = {.kind = SIP_REFRESHED};
    answer.sip.dialog = scene_dialog();
    answer.sip.status = 200;
    scene_event(answer);
    scene_wait(59000);
    CHECK(!scene_command(SIP_HANG_UP) && !scene_command(SIP_REFRESH));
    scene_wait(1001);
    CHECK(scene_command(SIP_REFRESH));
    answer.sip.status = 481;
    scene_event(answer);
    CHECK(scene_command(SIP_HANG_UP));
    scene_end();
}

static void a_call_without_sound_whose_other_side_says_nothing_is_ended(void)
{
    scene_begin(4);
    scene_plan()->manners.silence_ms = 1000000;
    scene_listening();
    scene_event((struct event){.kind = MEDIA_SILENT, .leg = scene_leg(), .silent = {true, 10000}});
    scene_wait(50001);
    CHECK(scene_command(SIP_REFRESH));
    scene_wait(33000);
    CHECK(!scene_command(SIP_HANG_UP));
    scene_wait(1001);
    CHECK(scene_command(SIP_HANG_UP)->sip.status == 102); /* Q.850: recovery on timer expiry. */
    scene_listening();
    scene_event((struct event){.kind = MEDIA_SILENT, .leg = scene_leg(), .silent = {true, 10000}});
    scene_wait(50001);
    scene_event((struct event){.kind = MEDIA_SILENT, .leg = scene_leg(), .silent = {false, 50001}});
    scene_wait(100000);
    CHECK(!scene_command(SIP_HANG_UP)); /* Sound came back: whatever the answer. */
    scene_end();
}

static void the_last_words_and_one_account_close_a_call(void)
{
    struct core_figures figures;

    scene_begin(4);
    scene_listening();
    scene_voice(true);
    scene_partial("well i");
    scene_event((struct event){.kind = SIP_BYE, .sip.dialog = scene_dialog()});
    CHECK(text_equal(scene_command(STORE_TURN)->turn.text, TEXT("well i")));
    CHECK(scene_command(MEDIA_CLOSE) && scene_command(SPEECH_STOP) &&
          !scene_command(STORE_CALL_CLOSED));
    scene_event((struct event){.kind = MEDIA_CLOSED, .leg = scene_leg(), .closed.received = 500});
    CHECK(scene_command(STORE_CALL_CLOSED)->closed.received == 500);
    CHECK(scene_command(STORE_CALL_CLOSED)->closed.cause == CAUSE_CALLER_HUNG_UP);
    scene_event((struct event){.kind = SIP_RELEASED, .sip.dialog = scene_dialog()});
    core_figures(scene_core(), &figures);
    CHECK(figures.calls == 1);
    scene_event((struct event){.kind = SPEECH_STOPPED, .leg = scene_leg()});
    core_figures(scene_core(), &figures);
    CHECK(figures.calls == 0 && figures.recognisers == 0);
    scene_event((struct event){.kind = SPEECH_READY, .leg = scene_leg(), .speech.clip = 9});
    CHECK(scene_command(CLIP_DROP)->clip.clip == 9);
    scene_end();
}

static void media_that_never_reports_does_not_keep_an_account_open(void)
{
    scene_begin(4);
    scene_listening();
    scene_event((struct event){.kind = SIP_BYE, .sip.dialog = scene_dialog()});
    scene_wait(2001);
    CHECK(scene_command(STORE_CALL_CLOSED));
    scene_end();
}

static void a_call_keeps_the_plan_it_started_with_and_frees_it_at_its_end(void)
{
    static struct plan next;

    scene_begin(4);
    scene_listening();
    next = *scene_plan();
    next.serial = 2;
    core_set_plan(scene_core(), 1, &next);
    scene_event((struct event){.kind = PLAN_LOADED, .plan = {1, 2}});
    CHECK(!scene_command(PLAN_DROP));
    scene_event((struct event){.kind = SIP_BYE, .sip.dialog = scene_dialog()});
    scene_event((struct event){.kind = SIP_RELEASED, .sip.dialog = scene_dialog()});
    scene_event((struct event){.kind = SPEECH_STOPPED, .leg = scene_leg()});
    scene_event((struct event){.kind = MEDIA_CLOSED, .leg = scene_leg()});
    CHECK(scene_command(PLAN_DROP) && scene_command(PLAN_DROP)->plan.slot == 0);
    scene_end();
}

static void a_snapshot_goes_on_as_the_core_would_have(void)
{
    static struct commands one, two;
    static uint8_t bytes[4 << 20];

    scene_begin(4);
    scene_listening();
    size_t size = core_save(scene_core(), bytes, sizeof(bytes));
    CHECK(size > 0);
    struct core *copy = core_init(calloc(1, core_size(8, 4)), 8, 4);
    core_set_plan(copy, 0, scene_plan());
    CHECK(!core_load(copy, bytes, size - 1) && core_load(copy, bytes, size));
    struct event key = {.kind = MEDIA_KEY, .leg = scene_leg(), .now_ms = 9000, .at_ms = 9000};
    key.key.key = '1';
    core_step(scene_core(), &key, &one);
    core_step(copy, &key, &two);
    CHECK(one.count > 3 && one.count == two.count);
    for (uint32_t i = 0; i < one.count; i++)
        CHECK(command_equal(&one.items[i], &two.items[i]));
    free(copy);
    scene_end();
}

int main(void)
{
    RUN(a_call_is_answered_only_when_its_account_is_durable);
    RUN(an_account_that_is_late_does_not_keep_the_caller_waiting);
    RUN(an_offer_whose_answer_would_be_too_long_is_refused);
    RUN(refusals_are_truthful_and_in_the_account);
    RUN(no_call_is_taken_while_sound_is_not_in_time_and_those_up_stay);
    RUN(where_everybody_is_to_be_heard_a_call_takes_its_place_when_it_comes);
    RUN(calls_of_a_trunk_that_authenticates_need_a_proof);
    RUN(a_server_that_drains_takes_no_calls_and_ends_those_up_one_by_one);
    RUN(a_trunks_limit_counts_its_calls_also_after_a_reload_that_moves_it);
    RUN(calls_a_second_are_limited);
    RUN(calls_over_the_rate_are_taken_evenly_and_not_all_at_the_beginning_of_a_second);
    RUN(a_caller_who_requires_100rel_gets_a_reliable_180_first);
    RUN(a_reinvite_moves_the_sound_and_hold_makes_the_agent_wait);
    RUN(a_description_has_a_new_version_only_when_it_is_another);
    RUN(session_timers_are_agreed_refreshed_and_expire);
    RUN(a_session_interval_lies_between_what_both_sides_can_bear);
    RUN(a_call_without_sound_goes_on_while_the_other_side_says_so);
    RUN(a_call_without_sound_whose_other_side_says_nothing_is_ended);
    RUN(the_last_words_and_one_account_close_a_call);
    RUN(media_that_never_reports_does_not_keep_an_account_open);
    RUN(a_call_keeps_the_plan_it_started_with_and_frees_it_at_its_end);
    RUN(a_snapshot_goes_on_as_the_core_would_have);
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* passing_test.c - what an operator's ordinary telephone does with a caller: the transfer key, blind and after asking;
 * three in one call; who may not, and what happens when somebody leaves in the midst of it. */
#include <string.h>

#include "base/random.h"
#include "check.h"
#include "core/places.h"
#include "core/state.h"
#include "office.h"

enum { SECOND = 0x20005 };

static void refers_to(uint32_t dialog, const char *target, uint32_t replaced)
{
    struct event e = {.kind = SIP_REFERRED};

    e.refer.dialog = dialog;
    e.refer.request = 7;
    e.refer.target = text_of(target);
    e.refer.referred_by = TEXT("<sip:anna@offhook>");
    e.refer.replaced = replaced;
    if (replaced)
        e.refer.replaces = TEXT("a@b;to-tag=1;from-tag=2");
    scene_event(e);
}

static void anna_refers(const char *target)
{
    refers_to(office_dialog(office_anna()), target, 0);
}

static bool plays_music_to(uint32_t leg)
{
    const struct command *say = scene_command(SPEECH_SAY);

    return say && say->leg == leg && text_equal(say->say.voice, TEXT("music"));
}

static uint32_t last(void)
{
    return office_leg(office_dialled() - 1);
}

/* ---- Blind ---- */

static void the_transfer_key_rings_a_colleague_and_joins_them(void)
{
    office_begin();
    office_joined();
    anna_refers("sip:ben@203.0.113.1:5060");
    CHECK(office_told("reply 202; ") && office_told("notify anna 100; ") && office_told("unbridge anna"));
    CHECK(strstr(office_uri(1), "sip:ben@10.0.0.8") && plays_music_to(office_caller()));
    const struct command *dial = scene_command(SIP_DIAL);
    CHECK(text_find(dial->sip.headers, TEXT("X-Offhook-Call: ")) == 0);
    CHECK(text_find(dial->sip.from, TEXT("14155550123")) >= 0);
    CHECK(text_equal(dial->sip.referred_by, TEXT("<sip:anna@offhook>")));
    office_forget();
    office_sip(SIP_PROGRESS, last(), 180);
    CHECK(office_told("notify anna 180; "));
    office_answers(last());
    CHECK(office_told("notify anna 200 end; blind ben done by anna; hang up anna; bridge other; "));
    CHECK(scene_command(MEDIA_BRIDGE)->leg == office_caller());
    office_forget();
    office_sip(SIP_BYE, office_anna(), 0); /* Both at once. */
    CHECK(!scene_command(SIP_HANG_UP));
    office_sip(SIP_BYE, last(), 0);
    CHECK(office_told("hang up caller; "));
    scene_end();
}

static void a_refusal_joins_the_two_again(void)
{
    static const uint16_t statuses[] = {486, 603, 480, 404};

    for (int i = 0; i < 4; i++) {
        char told[64];

        office_begin();
        office_joined();
        anna_refers("sip:ben@203.0.113.1");
        office_forget();
        office_refuses(last(), statuses[i]);
        snprintf(told, sizeof(told), "notify anna %u end; ", statuses[i]);
        CHECK(office_told(told) && office_told("bridge anna; ") && office_told("blind ben by anna"));
        CHECK(!scene_command(SIP_HANG_UP) && !scene_command(STORE_QUEUE));
        anna_refers("sip:ben@203.0.113.1"); /* She may try again. */
        CHECK(office_told("reply 202; ") && office_dialled() == 3);
        scene_end();
    }
}

static void who_does_not_answer_is_given_up_and_the_two_are_joined_again(void)
{
    office_begin();
    office_joined();
    anna_refers("sip:ben@203.0.113.1");
    (void)office_dialog(last());
    office_forget();
    scene_wait(30000);
    CHECK(office_told("notify anna 408 end; ") && office_told("hang up other; ") && office_told("bridge anna; "));
    office_sip(SIP_REFUSED, last(), 487); /* Its CANCEL. */
    CHECK(!scene_command(MEDIA_UNBRIDGE));
    scene_end();
}

static void who_hangs_up_after_transferring_loses_nobody(void)
{
    office_begin();
    office_joined();
    anna_refers("sip:ben@203.0.113.1");
    office_sip(SIP_BYE, office_anna(), 0);
    CHECK(office_not_told("hang up caller"));
    office_forget();
    office_answers(last());
    CHECK(office_told("blind ben done by anna; ") && office_told("bridge other; "));
    CHECK(scene_command(MEDIA_BRIDGE)->leg == office_caller());
    scene_end();

    office_begin();
    office_joined();
    anna_refers("sip:ben@203.0.113.1");
    office_sip(SIP_FAILED, office_anna(), 408); /* Or disappears. */
    office_forget();
    office_refuses(last(), 486);
    CHECK(office_told("queue support back: ") && strstr(scene_words(), "nobody took your call there"));
    CHECK(!scene_command(SIP_HANG_UP));
    scene_end();
}

static void falls_silent(uint32_t leg, uint32_t for_ms)
{
    struct event e = {.kind = MEDIA_SILENT, .leg = leg};

    e.silent.silent = true;
    e.silent.for_ms = for_ms;
    scene_event(e);
}

/* Anna's telephone holds without a sound, transfers and hangs up: nobody asks whether it is there. */
static void who_held_in_silence_and_left_is_looked_after_no_more(void)
{
    static const uint32_t silences_ms[] = {10000, 40000};

    for (int i = 0; i < 2; i++) {
        office_begin();
        office_joined();
        falls_silent(office_anna(), silences_ms[i]);
        anna_refers("sip:ben@203.0.113.1");
        office_sip(SIP_BYE, office_anna(), 0);
        if (i == 0)
            office_answers(last());
        else
            (void)office_dialog(last());
        office_sip_of(SIP_RELEASED, office_dialog(office_anna()), 0);
        office_forget();
        scene_wait(25000);
        CHECK(office_not_told("hang up caller"));
        scene_wait(i == 0 ? 40000 : 0);
        CHECK(office_not_told("hang up caller"));
        scene_end();
    }
}

/* The caller's silence before it is not forgotten by that. */
static void a_caller_who_is_silent_all_the_time_is_still_asked(void)
{
    office_begin();
    office_joined();
    falls_silent(office_anna(), 10000);
    falls_silent(office_caller(), 10000);
    anna_refers("sip:ben@203.0.113.1");
    office_sip(SIP_BYE, office_anna(), 0);
    office_answers(last());
    scene_wait(60000);
    CHECK(scene_command(SIP_REFRESH) && scene_command(SIP_REFRESH)->leg == office_caller());
    scene_end();
}

static void a_telephone_that_hangs_up_when_its_transfer_failed_loses_nobody_either(void)
{
    office_begin();
    office_joined();
    anna_refers("sip:ben@203.0.113.1");
    office_refuses(last(), 486);
    office_sip(SIP_BYE, office_anna(), 0); /* As baresip does. */
    CHECK(office_told("queue support back: ") && strstr(scene_words(), "nobody took your call there"));
    scene_end();
    office_begin();
    office_joined();
    anna_refers("sip:ben@203.0.113.1");
    office_refuses(last(), 486);
    scene_wait(2000);
    office_sip(SIP_BYE, office_anna(), 0); /* They have said good-bye. */
    CHECK(office_told("hang up caller; "));
    scene_end();
}

static void a_caller_who_hangs_up_meanwhile_ends_it_all(void)
{
    office_begin();
    office_joined();
    anna_refers("sip:ben@203.0.113.1");
    (void)office_dialog(last());
    office_forget();
    office_sip(SIP_BYE, office_caller(), 0);
    CHECK(office_told("notify anna 487 end; ") && office_told("hang up other; ") && office_told("hang up anna; "));
    CHECK(office_told("blind ben by anna: the call ended before it; "));
    scene_end();
}

static void to_a_queue_and_to_an_agent_nobody_is_rung(void)
{
    office_begin();
    office_joined();
    anna_refers("sip:support@203.0.113.1");
    CHECK(office_told("notify anna 200 end; blind support done by anna; ") && office_told("hang up anna; "));
    CHECK(office_told("queue support joined: ; ") && strstr(scene_words(), "next in line"));
    scene_wait(15000);
    CHECK(office_dialled() == 1); /* Who has just given the caller away is not asked at once. */
    scene_end();
    office_begin();
    office_joined();
    anna_refers("sip:billing@203.0.113.1");
    CHECK(office_told("hand-over front-desk to billing: an operator transferred the call; "));
    CHECK(strstr(scene_words(), "Billing here.") && scene_command(SPEECH_LISTEN));
    scene_end();
}

static void a_number_goes_by_the_routes_of_telephones(void)
{
    office_begin();
    office_joined();
    anna_refers("sip:3199%32@203.0.113.1"); /* 31992 */
    CHECK(office_told("reply 202; ") && strcmp(office_uri(1), "sip:31992@192.0.2.7") == 0);
    scene_end();
    office_begin();
    office_joined();
    anna_refers("sip:+900555000@203.0.113.1"); /* No route. */
    CHECK(office_told("notify anna 404 end; ") && office_dialled() == 1);
    CHECK(!scene_command(MEDIA_UNBRIDGE));
    anna_refers("sip:sip:x%40evil.example@203.0.113.1");
    CHECK(office_dialled() == 1);
    scene_end();
}

static void a_route_of_that_name_goes_before_the_name_and_codes_lead_nowhere(void)
{
    static const struct plan_route by_name[] = {
        {.number = TEXT_INIT("carl"), .agent = 1, .trunk = -1, .queue = -1},
        {.number = TEXT_INIT("*"), .agent = 2, .trunk = -1, .queue = -1}};

    office_begin();
    office_joined();
    scene_plan()->routes = by_name;
    scene_plan()->route_count = 2;
    scene_plan()->codes[SAID_BREAK] = TEXT("*41");
    anna_refers("sip:*41@203.0.113.1"); /* A code is for who dials it. */
    CHECK(office_told("notify anna 404 end; ") && !scene_command(STORE_HANDOVER));
    anna_refers("sip:carl@203.0.113.1"); /* As when she calls carl. */
    CHECK(office_dialled() == 1 && office_told("hand-over front-desk to billing"));
    scene_end();
    office_begin();
    office_joined();
    scene_plan()->routes = by_name;
    scene_plan()->route_count = 2;
    anna_refers("sip:ben@203.0.113.1"); /* A name, and a route for all. */
    CHECK(office_dialled() == 2 && strstr(office_uri(1), "ben"));
    scene_end();
}

static void to_oneself_is_nobody(void)
{
    office_begin();
    office_joined();
    anna_refers("sip:anna@203.0.113.1");
    CHECK(office_told("notify anna 486 end; ") && office_dialled() == 1 && !scene_command(MEDIA_UNBRIDGE));
    scene_end();
}

static void a_caller_cannot_call_at_our_expense(void)
{
    office_begin();
    office_joined();
    refers_to(scene_dialog(), "sip:31992@203.0.113.1", 0); /* The trunk's `refer` is on: with the agent. */
    CHECK(office_told("reply 603; ") && office_dialled() == 1 && !scene_command(SIP_NOTIFY));
    refers_to(scene_dialog(), "sip:ben@203.0.113.1", office_dialog(office_anna()));
    CHECK(office_dialled() == 1 && !scene_command(MEDIA_UNBRIDGE) && !scene_command(SIP_HANG_UP));
    scene_end();
}

static void one_at_a_time(void)
{
    office_begin();
    office_joined();
    anna_refers("sip:ben@203.0.113.1");
    office_forget();
    anna_refers("sip:carl@203.0.113.1");
    CHECK(office_told("reply 491; ") && office_dialled() == 2);
    scene_end();
}

/* ---- Attended ---- */

static void holds(uint32_t dialog, const char *way)
{
    struct event e = {.kind = SIP_REINVITED};
    static char sdp[256];

    snprintf(sdp, sizeof(sdp),
             "v=0\r\no=- 1 %s IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\nm=audio 6000 "
             "RTP/AVP 8\r\na=%s\r\n",
             strcmp(way, "sendonly") ? "3" : "2", way);
    e.reinvite.dialog = dialog;
    e.reinvite.request = 4;
    e.reinvite.sdp = text_of(sdp);
    scene_event(e);
}

static void while_it_rings_the_music_goes_on_whatever_she_does_with_the_hold_key(void)
{
    office_begin();
    office_joined();
    anna_refers("sip:ben@203.0.113.1");
    holds(office_dialog(office_anna()), "sendonly");
    CHECK(!scene_command(MEDIA_FLUSH) && !scene_command(SPEECH_SAY) && !scene_command(SPEECH_CANCEL));
    holds(office_dialog(office_anna()), "sendrecv");
    struct event ready = {.kind = SPEECH_READY, .leg = office_caller()};
    ready.speech.clip = 9;
    for (ready.speech.utterance = 1; ready.speech.utterance < 40; ready.speech.utterance++) {
        scene_event(ready);
        if (scene_command(MEDIA_PLAY) && scene_command(MEDIA_PLAY)->play.loop)
            break;
    }
    CHECK(ready.speech.utterance < 40);
    scene_end();
}

/* Anna holds the caller and talks to ben in a second call, over the number that she dialled. */
static uint32_t consults(void)
{
    holds(office_dialog(office_anna()), "sendonly");
    uint32_t second = office_calls("anna", "ben", SECOND);
    office_answers(last());
    office_sip_of(SIP_ACKED, SECOND, 0);
    CHECK(scene_command(MEDIA_BRIDGE));
    office_forget();
    return second;
}

static void after_asking_the_two_are_joined_and_she_is_out_of_both(void)
{
    office_begin();
    office_joined();
    uint32_t second = consults(), ben = last(), bens = office_dialog(ben);
    struct core_figures figures;
    refers_to(office_dialog(office_anna()), "sip:ben@203.0.113.1", SECOND);
    CHECK(office_told("reply 202; ") && office_told("notify anna 200 end; attended ben done by anna; "));
    CHECK(office_told("hang up anna; ") && office_told("hang up other; ")); /* Her second leg, */
    CHECK(scene_count(SIP_HANG_UP) == 2); /* and not ben's. */
    uint32_t hers = scene_command(SIP_HANG_UP)->leg;
    const struct command *offer = scene_command(SIP_REINVITE), *bridge = scene_command(MEDIA_BRIDGE);
    CHECK(offer && offer->sip.dialog == bens && bridge && bridge->leg == office_caller());
    CHECK(bridge->bridge.other == offer->leg && offer->leg != ben);
    CHECK(text_find(offer->sip.sdp, TEXT("sendrecv")) > 0 || text_find(offer->sip.sdp, TEXT("a=sendonly")) < 0);
    uint32_t moved = offer->leg;
    office_sip_of(SIP_AGREED, bens, 200);
    CHECK(scene_command(MEDIA_UPDATE) && scene_command(MEDIA_UPDATE)->leg == moved);
    scene_event((struct event){.kind = MEDIA_CLOSED, .leg = ben});
    scene_event((struct event){.kind = MEDIA_CLOSED, .leg = hers});
    CHECK(scene_command(STORE_CALL_CLOSED) && scene_command(STORE_CALL_CLOSED)->call == second);
    office_sip_of(SIP_RELEASED, SECOND, 0);
    core_figures(scene_core(), &figures);
    CHECK(figures.calls == 1); /* Nothing is left of the second. */
    office_forget();
    office_sip_of(SIP_BYE, bens, 0);
    CHECK(office_told("hang up caller; "));
    scene_end();
}

static void the_other_way_round_is_the_same(void)
{
    office_begin();
    office_joined();
    (void)consults();
    refers_to(SECOND, "sip:x@203.0.113.1", office_dialog(office_anna()));
    CHECK(office_told("reply 202; ") && office_told("notify other 200 end; attended ben done by anna; "));
    CHECK(office_told("hang up anna; ") && scene_command(MEDIA_BRIDGE)->leg == office_caller());
    scene_end();
}

static void where_the_sound_cannot_be_led_over_the_caller_waits_again(void)
{
    office_begin();
    office_joined();
    (void)consults();
    uint32_t bens = office_dialog(last());
    refers_to(office_dialog(office_anna()), "sip:ben@203.0.113.1", SECOND);
    office_forget();
    office_sip_of(SIP_AGREED, bens, 488);
    CHECK(office_told("queue support back: its sound could not be led over; "));
    scene_end();
}

static void a_second_call_that_is_not_theirs_is_none(void)
{
    office_begin();
    office_joined();
    holds(office_dialog(office_anna()), "sendonly");
    office_calls("carl", "ben", SECOND);
    office_answers(last());
    office_sip_of(SIP_ACKED, SECOND, 0);
    office_forget();
    refers_to(office_dialog(office_anna()), "sip:ben@203.0.113.1", SECOND);
    CHECK(office_told("notify anna 481 end; ") && !scene_command(MEDIA_UNBRIDGE) && !scene_command(SIP_HANG_UP));
    refers_to(office_dialog(office_anna()), "sip:ben@203.0.113.1", office_dialog(office_anna())); /* Itself. */
    CHECK(office_told("notify anna 481 end; ") && !scene_command(SIP_HANG_UP));
    scene_end();
}

static void while_it_still_rings_it_is_a_blind_one(void)
{
    office_begin();
    office_joined();
    holds(office_dialog(office_anna()), "sendonly");
    office_calls("anna", "ben", SECOND);
    (void)office_dialog(last());
    office_forget();
    refers_to(office_dialog(office_anna()), "sip:ben@203.0.113.1", SECOND);
    CHECK(office_told("hang up other; ") && office_told("notify anna 100; "));
    CHECK(office_dialled() == 3 && strstr(office_uri(2), "ben"));
    office_answers(last());
    CHECK(office_told("blind ben done by anna; ") && scene_command(MEDIA_BRIDGE)->leg == office_caller());
    scene_end();
}

static void an_agent_who_was_asked_has_the_caller_then(void)
{
    office_begin();
    office_joined();
    holds(office_dialog(office_anna()), "sendonly");
    office_calls("anna", "100", SECOND);
    office_sip_of(SIP_ACKED, SECOND, 0);
    office_forget();
    refers_to(office_dialog(office_anna()), "sip:100@203.0.113.1", SECOND);
    CHECK(office_told("blind front-desk done by anna; ") && office_told("hand-over front-desk to front-desk"));
    CHECK(office_told("hang up anna; ") && office_told("hang up other; "));
    scene_end();
}

/* ---- Three ---- */

static void to_the_code_all_three_talk(void)
{
    office_begin();
    office_joined();
    scene_plan()->three_way = TEXT("*43");
    (void)consults();
    uint32_t ben = last(), bens = office_dialog(ben);
    refers_to(SECOND, "sip:*43@203.0.113.1", 0);
    CHECK(office_told("notify other 200 end; three-way ben done by anna; hang up other; "));
    CHECK(office_not_told("hang up anna") && scene_count(MEDIA_HEAR) == 4 && !scene_command(MEDIA_UNBRIDGE));
    uint32_t third = scene_command(SIP_REINVITE)->leg;
    office_sip_of(SIP_AGREED, bens, 200);
    holds(office_dialog(office_anna()), "sendrecv");
    CHECK(!plays_music_to(office_caller()));
    office_forget();
    office_sip(SIP_BYE, office_anna(), 0); /* The two others go on. */
    CHECK(office_told("unbridge anna; ") && office_told("bridge other; ") && scene_count(MEDIA_HEAR) == 4);
    CHECK(scene_command(MEDIA_BRIDGE)->leg == office_caller() && scene_command(MEDIA_BRIDGE)->bridge.other == third);
    office_sip(SIP_BYE, office_caller(), 0);
    CHECK(office_told("hang up other; "));
    scene_end();
}

static void the_third_may_go_and_the_caller_may_end_it(void)
{
    for (int i = 0; i < 2; i++) {
        office_begin();
        office_joined();
        scene_plan()->three_way = TEXT("*43");
        (void)consults();
        uint32_t bens = office_dialog(last());
        refers_to(office_dialog(office_anna()), "sip:%2A43@203.0.113.1", 0); /* From either line. */
        CHECK(office_told("three-way ben done by anna; ") && office_not_told("hang up anna"));
        office_forget();
        if (i == 0) {
            office_sip_of(SIP_BYE, bens, 0);
            CHECK(!scene_command(SIP_HANG_UP) || scene_command(SIP_HANG_UP)->leg != office_anna());
            CHECK(plays_music_to(office_caller())); /* She still holds. */
        }
        office_sip(SIP_BYE, office_caller(), 0);
        CHECK(office_told("hang up anna; "));
        scene_end();
    }
}

static void without_a_second_call_there_is_nobody_to_be_third(void)
{
    office_begin();
    office_joined();
    scene_plan()->three_way = TEXT("*43");
    anna_refers("sip:*43@203.0.113.1");
    CHECK(office_told("notify anna 404 end; ") && !scene_command(MEDIA_UNBRIDGE));
    scene_end();
}

/* ---- INVITE with Replaces ---- */

static void replaces(const char *user, uint32_t dialog, uint32_t replaced)
{
    struct event e = {.kind = SIP_INVITE};

    e.invite.dialog = dialog;
    e.invite.replaces = replaced;
    e.invite.seed = 77;
    e.invite.source = text_of(user[0] ? "198.51.100.4:1024" : "192.0.2.7:5060");
    e.invite.local = TEXT("203.0.113.1");
    e.invite.from = e.invite.user = text_of(user);
    e.invite.to = TEXT("anna");
    e.invite.sdp = TEXT(OFFICE_SDP);
    scene_event(e);
}

static void a_colleague_takes_a_joined_call_over(void)
{
    office_begin();
    office_joined();
    replaces("ben", SECOND, office_dialog(office_anna()));
    CHECK(scene_command(SIP_ANSWER) && !scene_command(MEDIA_UNBRIDGE));
    uint32_t ben = scene_command(SIP_ANSWER)->leg;
    office_sip_of(SIP_ACKED, SECOND, 0);
    CHECK(office_told("replaces ben done ; ") && office_told("hang up anna; "));
    CHECK(scene_command(MEDIA_BRIDGE)->leg == office_caller() && scene_command(MEDIA_BRIDGE)->bridge.other == ben);
    scene_end();
}

static void strangers_and_the_callers_trunk_do_not(void)
{
    office_begin();
    office_joined();
    replaces("", SECOND, office_dialog(office_anna())); /* By the carrier, whose `refer` is on. */
    CHECK(scene_command(SIP_REJECT)->sip.status == 403 && !scene_command(SIP_ANSWER));
    replaces("ben", SECOND + 1, scene_dialog()); /* A telephone, the carrier's leg. */
    CHECK(scene_command(SIP_REJECT)->sip.status == 403);
    replaces("ben", SECOND + 2, 0x7777);
    CHECK(scene_command(SIP_REJECT)->sip.status == 481);
    scene_end();
}

static void who_never_acknowledges_takes_nobodys_place(void)
{
    office_begin();
    office_joined();
    replaces("ben", SECOND, office_dialog(office_anna()));
    office_forget();
    scene_wait(40000);
    CHECK(office_told("hang up other; ") && office_not_told("hang up anna"));
    anna_refers("sip:ben@203.0.113.1");
    CHECK(office_told("reply 202; "));
    scene_end();
}

static void whose_place_is_gone_before_the_acknowledgement_leaves_nobody_behind(void)
{
    office_begin();
    office_joined();
    replaces("carl", SECOND, office_dialog(office_anna()));
    office_forget();
    office_sip(SIP_FAILED, office_anna(), 408);
    CHECK(office_told("queue support back: ") && office_told("hang up other; "));
    office_sip_of(SIP_ACKED, SECOND, 0); /* It was on its way. */
    CHECK(!scene_command(MEDIA_BRIDGE));
    scene_end();
}

/* ---- Anything, in any order ---- */

/* Of those that are in use now; NULL: none is. */
static const struct leg *any_leg(struct random *random)
{
    const struct core *core = scene_core();
    const struct leg *found = NULL;
    uint32_t count = 0;

    for (uint32_t slot = 0; slot < core->max_calls + core->spare_legs; slot++) {
        if (places_leg_links(core)[slot].used && random_below(random, ++count) == 0)
            found = &places_legs(core)[slot];
    }
    return found;
}

static void somebody_refers(struct random *random, const struct leg *leg)
{
    static const char *const targets[] = {"sip:ben@203.0.113.1",     "sip:carl@203.0.113.1",
                                          "sip:support@203.0.113.1", "sip:anna@203.0.113.1",
                                          "sip:31992@203.0.113.1",   "sip:*43@203.0.113.1",
                                          "sip:100@203.0.113.1"};
    const struct leg *other = random_below(random, 2) ? any_leg(random) : NULL;

    refers_to(leg->dialog, targets[random_below(random, 7)], other ? other->dialog : 0);
}

/* As office_calls(), and it may be refused. */
static void calls(const char *user, const char *number, uint32_t dialog)
{
    struct event e = {.kind = SIP_INVITE};

    e.invite.dialog = dialog;
    e.invite.seed = dialog;
    e.invite.source = TEXT("198.51.100.4:1024");
    e.invite.local = TEXT("203.0.113.1");
    e.invite.from = e.invite.user = text_of(user);
    e.invite.to = text_of(number);
    e.invite.hops = 70;
    e.invite.sdp = TEXT(OFFICE_SDP);
    scene_event(e);
    const struct command *opened = scene_command(STORE_CALL_OPENED);
    if (opened)
        scene_event((struct event){.kind = STORE_OPENED, .call = opened->call, .leg = opened->leg});
}

static void is_silent(struct random *random, const struct leg *leg)
{
    struct event e = {.kind = MEDIA_SILENT, .leg = leg->id};

    e.silent.silent = random_below(random, 3) > 0;
    e.silent.for_ms = e.silent.silent ? 10000 : 0;
    scene_event(e);
}

static void has_news(struct random *random, const struct leg *leg, uint32_t *next)
{
    static const enum event_kind kinds[] = {
        SIP_BYE,      SIP_FAILED,   SIP_RELEASED, MEDIA_CLOSED, SIP_REFUSED,   SIP_ANSWERED, SIP_ANSWERED,
        SIP_ANSWERED, SIP_ANSWERED, SIP_ANSWERED, SIP_PROGRESS, SIP_ACKED,     SIP_ACKED,    SIP_ACKED,
        SIP_ACKED,    SIP_AGREED,   SIP_AGREED,   SIP_AGREED,   SIP_REFRESHED, MEDIA_KEY,    MEDIA_KEY,
        MEDIA_KEY,    MEDIA_KEY,    SPEECH_STOPPED, SPEECH_STOPPED};
    static const uint16_t statuses[] = {200, 200, 481, 488, 491, 408};
    struct event e = {.kind = kinds[random_below(random, sizeof(kinds) / sizeof(kinds[0]))]};

    if (leg->dialed) {
        scene_event((struct event){.kind = SIP_DIALED, .leg = leg->id, .sip.dialog = ++*next});
        return;
    }
    if (e.kind == MEDIA_CLOSED || e.kind == MEDIA_KEY || e.kind == SPEECH_STOPPED)
        e.leg = leg->id;
    else
        e.sip.dialog = leg->dialog;
    if (e.kind == MEDIA_KEY)
        e.key.key = '1';
    else if (!e.leg)
        e.sip.status = e.kind == SIP_ANSWERED   ? 200
                       : e.kind == SIP_PROGRESS ? 180
                       : e.kind == SIP_REFUSED  ? 486
                                                : statuses[random_below(random, 6)];
    if (e.kind == SIP_ANSWERED || e.kind == SIP_AGREED)
        e.sip.sdp = random_below(random, 8) ? TEXT(OFFICE_SDP) : TEXT_EMPTY;
    scene_event(e);
}

static void anything(struct random *random, uint32_t *next)
{
    const struct leg *leg = any_leg(random);
    uint32_t what = random_below(random, 20);

    if (!leg || what == 0)
        calls(random_below(random, 2) ? "anna" : "ben", random_below(random, 2) ? "ben" : "support",
              ++*next);
    else if (what == 1)
        scene_wait(random_below(random, 40000));
    else if (what == 2)
        replaces("carl", ++*next, leg->dialog);
    else if (what == 3)
        holds(leg->dialog, random_below(random, 2) ? "sendonly" : "sendrecv");
    else if (what < 7)
        somebody_refers(random, leg);
    else if (what < 9)
        is_silent(random, leg);
    else
        has_news(random, leg, next);
}

/* What the limbs owe the core comes in the end. */
static void all_let_go(uint32_t *next)
{
    struct core *core = scene_core();

    for (uint32_t slot = 0; slot < core->max_calls + core->spare_legs; slot++) {
        const struct leg *leg = &places_legs(core)[slot];
        uint32_t id = leg->id;
        if (!places_leg_links(core)[slot].used)
            continue;
        if (leg->dialed)
            scene_event((struct event){.kind = SIP_DIALED, .leg = id, .sip.dialog = ++*next});
        scene_event((struct event){.kind = SIP_BYE, .sip.dialog = leg->dialog});
        scene_event((struct event){.kind = SPEECH_STOPPED, .leg = id});
        if (core_leg(core, id))
            scene_event((struct event){.kind = SIP_RELEASED, .sip.dialog = leg->dialog});
        if (core_leg(core, id))
            scene_event((struct event){.kind = MEDIA_CLOSED, .leg = id});
    }
}

static void whatever_comes_nothing_is_left_over(void)
{
    for (uint64_t seed = 1; seed <= 300; seed++) {
        struct random random = {.state = seed};
        struct core_figures figures;
        uint32_t next = SECOND + 100;

        office_begin();
        scene_plan()->three_way = TEXT("*43");
        office_joined();
        if (seed % 2)
            (void)consults();
        for (int i = 0; i < 60; i++) {
            office_forget();
            anything(&random, &next);
        }
        for (int i = 0; i < 4; i++) {
            all_let_go(&next);
            scene_wait(60000);
        }
        core_figures(scene_core(), &figures);
        if (figures.calls || figures.spare_legs)
            printf("# seed %llu: %u calls, %u spare legs\n", (unsigned long long)seed, figures.calls,
                   figures.spare_legs);
        CHECK(figures.calls == 0 && figures.spare_legs == 0);
        scene_end();
    }
}

int main(void)
{
    RUN(the_transfer_key_rings_a_colleague_and_joins_them);
    RUN(a_refusal_joins_the_two_again);
    RUN(who_does_not_answer_is_given_up_and_the_two_are_joined_again);
    RUN(who_hangs_up_after_transferring_loses_nobody);
    RUN(who_held_in_silence_and_left_is_looked_after_no_more);
    RUN(a_caller_who_is_silent_all_the_time_is_still_asked);
    RUN(a_telephone_that_hangs_up_when_its_transfer_failed_loses_nobody_either);
    RUN(a_caller_who_hangs_up_meanwhile_ends_it_all);
    RUN(to_a_queue_and_to_an_agent_nobody_is_rung);
    RUN(a_number_goes_by_the_routes_of_telephones);
    RUN(a_route_of_that_name_goes_before_the_name_and_codes_lead_nowhere);
    RUN(while_it_rings_the_music_goes_on_whatever_she_does_with_the_hold_key);
    RUN(to_oneself_is_nobody);
    RUN(a_caller_cannot_call_at_our_expense);
    RUN(one_at_a_time);
    RUN(after_asking_the_two_are_joined_and_she_is_out_of_both);
    RUN(the_other_way_round_is_the_same);
    RUN(where_the_sound_cannot_be_led_over_the_caller_waits_again);
    RUN(a_second_call_that_is_not_theirs_is_none);
    RUN(while_it_still_rings_it_is_a_blind_one);
    RUN(an_agent_who_was_asked_has_the_caller_then);
    RUN(to_the_code_all_three_talk);
    RUN(the_third_may_go_and_the_caller_may_end_it);
    RUN(without_a_second_call_there_is_nobody_to_be_third);
    RUN(a_colleague_takes_a_joined_call_over);
    RUN(strangers_and_the_callers_trunk_do_not);
    RUN(who_never_acknowledges_takes_nobodys_place);
    RUN(whose_place_is_gone_before_the_acknowledgement_leaves_nobody_behind);
    RUN(whatever_comes_nothing_is_left_over);
    return 0;
}

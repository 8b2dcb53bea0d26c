// SPDX-License-Identifier: Apache-2.0
/* comeback_test.c - an operator's telephone disappears while the caller is there: by each of the ways in which that is
 * noticed; where the caller goes, what is said, and that a hang-up is none of it. */
#include <string.h>

#include "check.h"
#include "office.h"

static void say_all(uint32_t leg)
{
    for (uint32_t utterance = 1; utterance < 40; utterance++) {
        struct event ready = {.kind = SPEECH_READY, .leg = leg};
        ready.speech.utterance = utterance;
        ready.speech.clip = 500 + utterance;
        scene_event(ready);
        struct event played = {.kind = MEDIA_PLAYED, .leg = leg};
        played.played.utterance = utterance;
        played.played.heard_ms = played.played.total_ms = 2000;
        played.played.finished = true;
        scene_event(played);
    }
}

/* Told the truth, and in line again. */
static void is_back(const char *why)
{
    char told[256];

    snprintf(told, sizeof(told), "queue support back: %s; ", why);
    CHECK(office_told(told));
    CHECK(strstr(scene_words(), "connection to the person you were talking to was lost"));
    CHECK(strstr(scene_words(), "next in line"));
    CHECK(scene_command(SPEECH_LISTEN) && scene_command(SPEECH_LISTEN)->leg == office_caller());
    CHECK(scene_command(MEDIA_CLOSE)->leg == office_anna());
}

static void a_dead_dialog_puts_the_caller_back_into_the_queue(void)
{
    office_begin();
    office_joined();
    office_sip(SIP_FAILED, office_anna(), 408);
    is_back("");
    CHECK(office_told("unbridge anna") && office_told("hang up anna"));
    scene_end();
}

static void so_does_one_that_is_released_without_a_word(void)
{
    office_begin();
    office_joined();
    office_sip(SIP_RELEASED, office_anna(), 0);
    is_back("the dialog was lost");
    CHECK(!scene_command(SIP_HANG_UP)); /* There is nobody to be told. */
    scene_end();
}

static void a_hang_up_ends_the_call_as_ever(void)
{
    office_begin();
    office_joined();
    office_sip(SIP_BYE, office_anna(), 0);
    CHECK(office_told("hang up caller") && !strstr(scene_words(), "lost"));
    scene_end();
    office_begin();
    office_joined();
    office_sip(SIP_FAILED, office_caller(), 408);
    CHECK(office_told("hang up anna")); /* The caller's own telephone is gone. */
    scene_end();
}

static void who_comes_back_is_offered_to_others_first_and_in_the_old_place(void)
{
    office_begin();
    office_joined();
    scene_wait(1000);
    office_calls("carl", "help", 0x20003); /* Waits since; answered, and acknowledged: */
    office_sip_of(SIP_ACKED, 0x20003, 0);
    CHECK(office_told("queue support joined"));
    scene_wait(40000);
    office_sip(SIP_FAILED, office_anna(), 408);
    is_back(""); /* Number one. */
    say_all(office_caller());
    CHECK(office_dialled() == 1); /* Anna has her wrap-up, and is spared. */
    scene_wait(6000);
    CHECK(office_dialled() == 2); /* For carl: somebody else may have better luck with her telephone. */
    office_refuses(office_leg(1), 486);
    scene_wait(20000);
    CHECK(office_dialled() == 3 && strstr(office_uri(2), "anna"));
    office_answers(office_leg(2));
    scene_event((struct event){.kind = MEDIA_KEY, .leg = office_leg(2), .key.key = '1'});
    CHECK(office_told("warm anna done") && scene_command(MEDIA_BRIDGE)->leg == office_caller());
    CHECK(scene_command(STORE_QUEUE)->queue.waited_ms < 30000); /* Since then, not since the first time. */
    scene_end();
}

static void silent(uint32_t leg, bool on)
{
    struct event e = {.kind = MEDIA_SILENT, .leg = leg};

    e.silent.silent = on;
    e.silent.for_ms = on ? 10000 : 0;
    scene_event(e);
}

static void without_sound_the_telephone_is_asked_and_no_answer_is_its_end(void)
{
    office_begin();
    office_joined();
    silent(office_anna(), true);
    scene_wait(49000);
    CHECK(!scene_command(SIP_REFRESH));
    scene_wait(1000);
    CHECK(scene_command(SIP_REFRESH) && scene_command(SIP_REFRESH)->leg == office_anna());
    office_sip(SIP_REFRESHED, office_anna(), 200); /* Muted. */
    scene_wait(59000);
    CHECK(!scene_command(SIP_REFRESH));
    scene_wait(1000);
    CHECK(scene_command(SIP_REFRESH));
    office_sip(SIP_REFRESHED, office_anna(), 481);
    is_back("no sound came, and no answer whether to go on");
    scene_end();
}

static void so_is_a_closed_socket_of_a_telephones(void)
{
    static const uint16_t statuses[] = {503, 430, 408};

    for (int i = 0; i < 3; i++) {
        office_begin();
        office_joined();
        silent(office_anna(), true);
        scene_wait(50000);
        office_sip(SIP_REFRESHED, office_anna(), statuses[i]);
        is_back("no sound came, and no answer whether to go on");
        scene_end();
    }
    office_begin();
    office_joined();
    silent(office_caller(), true);
    scene_wait(50000);
    office_sip(SIP_REFRESHED, office_caller(), 503); /* A trunk's proxy may be busy. */
    CHECK(!scene_command(SIP_HANG_UP));
    scene_end();
}

static void sound_that_comes_again_is_no_end(void)
{
    office_begin();
    office_joined();
    silent(office_anna(), true);
    scene_wait(30000);
    silent(office_caller(), true);
    silent(office_anna(), false);
    scene_wait(59000);
    CHECK(!scene_command(SIP_REFRESH));
    scene_wait(1000);
    CHECK(scene_command(SIP_REFRESH)->leg == office_caller()); /* Whose turn it is now. */
    scene_wait(34000);
    CHECK(office_told("hang up anna") && office_told("hang up caller"));
    scene_end();
}

static void a_session_that_is_not_refreshed_is_lost(void)
{
    struct event e = {.kind = SIP_REINVITED};

    office_begin();
    office_joined();
    e.reinvite.dialog = office_dialog(office_anna());
    e.reinvite.request = 3;
    e.reinvite.update = true;
    e.reinvite.timer_supported = true;
    e.reinvite.session_expires_s = 90;
    e.reinvite.refresher = REFRESHER_UAC;
    scene_event(e);
    CHECK(scene_command(SIP_REPLY)->sip.status == 200);
    scene_wait(90000);
    is_back("the session expired");
    scene_end();
}

/* Its last step is looked at. */
static void gone(const char *user, const char *contact, const char *sip_call_id)
{
    struct event e = {.kind = SIP_REGISTER};

    e.registering.request = 99;
    e.registering.user = e.registering.aor = text_of(user);
    e.registering.source = TEXT("198.51.100.4:1024");
    e.registering.contacts = text_of(contact);
    e.registering.sip_call_id = text_of(sip_call_id);
    e.registering.cseq = 100;
    scene_event(e);
}

static void a_telephone_that_goes_from_the_registrar_is_asked(void)
{
    office_begin();
    office_joined();
    gone("anna", "0 sip:anna@10.0.0.7\n", "a");
    CHECK(scene_command(SIP_REFRESH) && scene_command(SIP_REFRESH)->leg == office_anna());
    office_sip(SIP_REFRESHED, office_anna(), 408);
    is_back("no answer came whether to go on");
    scene_end();
}

static void and_so_is_one_that_was_restarted(void)
{
    office_begin();
    office_joined();
    gone("anna", "3000 sip:anna@10.0.0.7\n", "another");
    CHECK(scene_command(SIP_REFRESH) && scene_command(SIP_REFRESH)->leg == office_anna());
    office_sip(SIP_REFRESHED, office_anna(), 200); /* It knows the call all the same. */
    scene_wait(100000);
    CHECK(!scene_command(STORE_QUEUE) && !scene_command(SIP_HANG_UP));
    scene_end();
}

static void where_the_queue_has_closed_the_agent_has_the_caller(void)
{
    static const struct plan_hours shut = {.name = TEXT_INIT("never")};

    office_begin();
    office_joined();
    scene_plan()->hours = &shut;
    scene_plan()->hours_count = 1;
    office_queue()->hours = 0;
    office_sip(SIP_FAILED, office_anna(), 408);
    CHECK(office_told("hand-over anna to front-desk: ; ") && office_dialled() == 1);
    CHECK(strstr(scene_words(), "was lost"));
    CHECK(strstr(scene_words(), "back with you"));
    say_all(office_caller());
    scene_wait(6000);
    CHECK(scene_words()[0]); /* It listens, and asks after a while. */
    scene_end();
}

static void while_it_is_being_recognised_what_both_say_the_recogniser_changes_in_order(void)
{
    office_begin();
    scene_plan()->overhear = OVERHEAR_BOTH;
    scene_plan()->recogniser_places = 8;
    office_joined();
    office_sip(SIP_FAILED, office_anna(), 408);
    CHECK(scene_command(SPEECH_STOP) && !scene_command(SPEECH_LISTEN));
    scene_event((struct event){.kind = SPEECH_STOPPED, .leg = office_caller()});
    CHECK(scene_command(SPEECH_LISTEN) && scene_command(SPEECH_LISTEN)->leg == office_caller());
    scene_event((struct event){.kind = SPEECH_STOPPED, .leg = office_anna()});
    scene_end();
}

static void a_telephone_may_die_before_the_recogniser_has_let_go(void)
{
    office_begin();
    office_taken();
    office_sip(SIP_FAILED, office_anna(), 408);
    CHECK(office_told("queue support back: ") && !scene_command(SPEECH_LISTEN));
    scene_event((struct event){.kind = SPEECH_STOPPED, .leg = office_caller()});
    CHECK(scene_command(SPEECH_LISTEN) && scene_command(SPEECH_LISTEN)->leg == office_caller());
    scene_end();
}

static void what_was_said_is_remembered_until_the_call_ends(void)
{
    office_begin();
    scene_plan()->provider_count = 1; /* Somebody thinks. */
    office_taken();
    CHECK(!scene_command(MIND_FORGET));
    office_sip(SIP_FAILED, office_anna(), 408);
    CHECK(!scene_command(MIND_FORGET));
    office_sip(SIP_BYE, office_caller(), 0);
    CHECK(scene_command(MIND_FORGET));
    scene_end();
    office_begin();
    scene_plan()->provider_count = 1;
    office_taken();
    office_sip(SIP_BYE, office_caller(), 0);
    CHECK(scene_count(MIND_FORGET) == 1);
    scene_end();
}

int main(void)
{
    RUN(a_dead_dialog_puts_the_caller_back_into_the_queue);
    RUN(so_does_one_that_is_released_without_a_word);
    RUN(a_hang_up_ends_the_call_as_ever);
    RUN(who_comes_back_is_offered_to_others_first_and_in_the_old_place);
    RUN(without_sound_the_telephone_is_asked_and_no_answer_is_its_end);
    RUN(so_is_a_closed_socket_of_a_telephones);
    RUN(sound_that_comes_again_is_no_end);
    RUN(a_session_that_is_not_refreshed_is_lost);
    RUN(a_telephone_that_goes_from_the_registrar_is_asked);
    RUN(and_so_is_one_that_was_restarted);
    RUN(a_telephone_may_die_before_the_recogniser_has_let_go);
    RUN(what_was_said_is_remembered_until_the_call_ends);
    RUN(where_the_queue_has_closed_the_agent_has_the_caller);
    RUN(while_it_is_being_recognised_what_both_say_the_recogniser_changes_in_order);
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* offering_test.c - a caller who waits and operators with telephones: who is rung, what they hear,
 * what a key does, and every way in which it comes to nothing. */
#include <string.h>

#include "check.h"
#include "core/phones.h"
#include "scene.h"

#define SDP                                                                                     \
    "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\nm=audio 4000 RTP/" \
    "AVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\n"

static const struct plan_user users[] = {{.name = TEXT_INIT("anna")}, {.name = TEXT_INIT("ben")}};
static struct plan_operator people[2];
static struct plan_queue queue;
static struct plan_trunk trunks[2];
static struct plan_route routes[1];
static struct plan_agent agents[3];
static struct plan_intent intents[5];
static uint32_t cseq, dialog, caller;

/* Of what the last step rang, and of all that was told of operators and transfers. */
static uint32_t rung[8], dialogs[8], rings;
static char places[8][32]; /* Where. */
static char told[1024];
static char ended[MAX_NAME]; /* Whose leg's last word was written last. */

static uint32_t most_legs;   /* The highest number of a leg in the account. */

static uint32_t cancelled; /* The leg that was given up last, */
static uint16_t cancelled_as;

static void note(const struct command *c)
{
    uint32_t used = (uint32_t)strlen(told);

    if (c->kind == SIP_DIAL) {
        text_copy(places[rings], sizeof(places[0]), c->sip.uri);
        rung[rings++] = c->leg;
    }
    if (c->kind == SIP_HANG_UP) {
        cancelled = c->leg;
        cancelled_as = c->sip.status;
    }
    if (c->kind == STORE_LEG && c->leg_account.number > most_legs)
        most_legs = c->leg_account.number;
    if (c->kind == STORE_LEG && c->leg_account.ended_ms)
        text_copy(ended, sizeof(ended), c->leg_account.party);
    if (c->kind == STORE_OPERATOR)
        snprintf(told + used, sizeof(told) - used, TEXT_FORMAT " %s; ", TEXT_ARGS(c->duty.name),
                 operator_state_names[c->duty.state]);
    if (c->kind == STORE_TRANSFER)
        snprintf(told + used, sizeof(told) - used, TEXT_FORMAT " " TEXT_FORMAT " %s" TEXT_FORMAT "; ",
                 TEXT_ARGS(c->transfer.how), TEXT_ARGS(c->transfer.target),
                 c->transfer.done ? "done" : "", TEXT_ARGS(c->transfer.detail));
}

static void event(struct event e)
{
    scene_event(e);
}

static void wait_ms(uint64_t ms)
{
    scene_wait(ms);
}

static void registers(const char *user, const char *contact)
{
    struct event e = {.kind = SIP_REGISTER};

    e.registering.request = ++cseq;
    e.registering.user = e.registering.aor = text_of(user);
    e.registering.source = TEXT("198.51.100.4:1024");
    e.registering.contacts = text_of(contact);
    e.registering.sip_call_id = text_of(contact);
    e.registering.cseq = cseq;
    event(e);
    event((struct event){.kind = STORE_BOUND, .call = cseq});
}

static void begin(void)
{
    scene_begin(4);
    scene_watch(note);
    struct plan *plan = scene_plan();
    trunks[0] = plan->trunks[0];
    trunks[1] = (struct plan_trunk){.name = TEXT_INIT("phones"), .phones = true};
    plan->trunks = trunks;
    plan->trunk_count = 2;
    plan->users = users;
    plan->user_count = 2;
    plan->realm = TEXT("offhook");
    plan->media_threads = 1;
    queue = (struct plan_queue){.name = TEXT_INIT("support"),
                                .label = TEXT_INIT("support"),
                                .max_callers = 10,
                                .ring_ms = 20000,
                                .put_aside_after = 2,
                                .hours = -1};
    plan->queues = &queue;
    plan->queue_count = 1;
    people[0] = (struct plan_operator){.name = TEXT_INIT("anna"),
                                       .label = TEXT_INIT("Anna Keller"),
                                       .places = {TEXT_INIT("anna")},
                                       .place_count = 1,
                                       .queues = 1,
                                       .wrap_up_ms = 5000};
    people[1] = (struct plan_operator){.name = TEXT_INIT("ben"),
                                       .label = TEXT_INIT("Ben"),
                                       .places = {TEXT_INIT("ben")},
                                       .place_count = 1,
                                       .queues = 1};
    plan->operators = people;
    plan->operator_count = 2;
    memcpy(agents, plan->agents, sizeof(agents));
    memcpy(intents, agents[0].intents, sizeof(intents));
    intents[0].then = THEN_QUEUE;
    intents[0].queue = 0;
    intents[0].priority = -1;
    agents[0].intents = intents;
    plan->agents = agents;
    routes[0] = plan->routes[0];
    routes[0].queue = -1;
    plan->routes = routes;
    plan->route_count = 1;
    plan->codes[SAID_BREAK] = TEXT("*41");
    dialog = 0x20100; /* Slots of their own. */
    rings = 0;
    told[0] = 0;
    event((struct event){.kind = PLAN_LOADED, .plan = {0, 2}});
}

/* A caller in the queue. */
static void a_caller(void)
{
    scene_listening();
    caller = scene_leg();
    event((struct event){.kind = MEDIA_KEY, .leg = caller, .key.key = '1'});
    scene_said();
}

static void tell_dialog(uint32_t i)
{
    struct event e = {.kind = SIP_DIALED, .leg = rung[i], .sip.dialog = ++dialog};

    dialogs[i] = dialog;
    event(e);
}

static void answers(uint32_t i)
{
    tell_dialog(i);
    struct event e = {.kind = SIP_ANSWERED, .sip.dialog = dialogs[i], .sip.status = 200};
    e.sip.sdp = TEXT(SDP);
    event(e);
}

static void refuses(uint32_t i, uint16_t status)
{
    tell_dialog(i);
    event((struct event){.kind = SIP_REFUSED, .sip.dialog = dialogs[i], .sip.status = status});
}

static void presses(uint32_t i, char key)
{
    event((struct event){.kind = MEDIA_KEY, .leg = rung[i], .key.key = key});
}

static bool was_told(const char *words)
{
    bool found = strstr(told, words) != NULL;

    if (!found)
        printf("# told: %s\n", told);
    return found;
}

static void who_registers_is_available_and_who_goes_is_offline(void)
{
    begin();
    CHECK(was_told("anna offline; ben offline; "));
    registers("anna", "300 sip:anna@10.0.0.7\n");
    CHECK(was_told("anna available; "));
    told[0] = 0;
    wait_ms(301000); /* Its time ended without a word. */
    CHECK(was_told("anna offline; "));
    scene_end();
}

static void a_telephone_that_answers_no_more_takes_its_operator_offline(void)
{
    begin();
    registers("anna", "300 sip:anna@10.0.0.7\n");
    wait_ms(10);
    registers("anna", "300 sip:anna@10.0.0.8\n");
    told[0] = 0;
    event((struct event){.kind = SIP_PHONE, .watched = {.place = 0, .serial = 1, .silent = true}});
    CHECK(told[0] == 0); /* The other one is there. */
    event((struct event){.kind = SIP_PHONE, .watched = {.place = 1, .serial = 2, .silent = true}});
    CHECK(was_told("anna offline; "));
    event((struct event){.kind = SIP_PHONE, .watched = {.place = 1, .serial = 2}});
    CHECK(was_told("anna available; "));
    scene_end();
}

static void an_operator_hears_the_brief_and_accepts_by_a_key(void)
{
    begin();
    registers("anna", "300 sip:anna@10.0.0.7\n");
    told[0] = 0;
    a_caller();
    CHECK(rings == 1 && was_told("anna ringing; "));
    answers(0);
    const struct command *say = scene_command(SPEECH_SAY);
    CHECK(say && say->leg == rung[0]);
    CHECK(text_find(say->say.text, TEXT("Call about billing questions.")) == 0);
    CHECK(text_find(say->say.text, TEXT("Press 1")) > 0);
    event((struct event){.kind = SPEECH_READY,
                         .leg = rung[0],
                         .speech = {.utterance = say->say.utterance, .clip = 77}});
    CHECK(scene_command(MEDIA_PLAY)->leg == rung[0]);
    presses(0, '1');
    CHECK(scene_command(MEDIA_BRIDGE)->leg == caller);
    CHECK(scene_command(MEDIA_BRIDGE)->bridge.other == rung[0]);
    CHECK(was_told("warm anna done") && was_told("anna busy; "));
    told[0] = 0;
    event((struct event){.kind = SIP_BYE, .sip.dialog = dialogs[0]});
    CHECK(was_told("anna wrap_up; "));
    wait_ms(5000);
    CHECK(was_told("anna available; "));
    scene_end();
}

/* The brief is asked for; its utterance. */
static uint32_t briefed(void)
{
    begin();
    registers("anna", "300 sip:anna@10.0.0.7\n");
    a_caller();
    answers(0);
    const struct command *say = scene_command(SPEECH_SAY);
    uint32_t utterance = say->say.utterance;
    event((struct event){
        .kind = SPEECH_READY, .leg = rung[0], .speech = {.utterance = utterance, .clip = 77}});
    return utterance;
}

static void has_heard_it(uint32_t utterance)
{
    event((struct event){.kind = MEDIA_PLAYED, .leg = rung[0], .played.utterance = utterance});
}

/* A voice of so many milliseconds, and what is heard of it. */
static void speaks(uint64_t ms)
{
    event((struct event){
        .kind = MEDIA_VOICE, .leg = rung[0], .voice = {.voiced = true, .edge_ms = scene_now()}});
    wait_ms(ms);
    event((struct event){.kind = MEDIA_VOICE, .leg = rung[0], .voice.edge_ms = scene_now()});
}

static bool is_finished(void)
{
    return scene_command(SPEECH_FINISH) && scene_command(SPEECH_FINISH)->leg == rung[0];
}

static void says(const char *words)
{
    speaks(400);
    CHECK(is_finished());
    event((struct event){.kind = SPEECH_FINAL,
                         .leg = rung[0],
                         .heard = {.turn = scene_command(SPEECH_FINISH)->finish.turn,
                                   .text = text_of(words),
                                   .confidence_permille = 700}});
}

static uint32_t ears(void)
{
    struct core_figures figures;
    struct text_buffer why;
    char room[128];

    core_figures(scene_core(), &figures);
    text_buffer_init(&why, room, sizeof(room));
    CHECK(core_check(scene_core(), &why));
    return figures.recognisers + figures.hearers;
}

static void an_operator_who_has_heard_the_brief_may_say_yes(void)
{
    uint32_t utterance = briefed();

    CHECK(ears() == 1); /* The caller's. */
    has_heard_it(utterance);
    const struct command *listen = scene_command(SPEECH_LISTEN);
    CHECK(listen && listen->leg == rung[0] && listen->listen.expect == EXPECT_YES_NO);
    CHECK(scene_command(MEDIA_TAP)->leg == rung[0] && ears() == 2);
    says("yes please");
    CHECK(scene_command(MEDIA_BRIDGE) && scene_command(MEDIA_BRIDGE)->bridge.other == rung[0]);
    CHECK(was_told("warm anna done"));
    event((struct event){.kind = SPEECH_STOPPED, .leg = rung[0]});
    event((struct event){.kind = SPEECH_STOPPED, .leg = caller});
    CHECK(ears() == 0);
    scene_end();
}

static void or_no_in_the_words_of_the_agents_language(void)
{
    uint32_t utterance = briefed();
    agents[0].language = TEXT("de");
    has_heard_it(utterance);
    CHECK(!scene_command(SPEECH_LISTEN)); /* The embedded one knows English only. */
    presses(0, '2');
    scene_end();

    utterance = briefed();
    has_heard_it(utterance);
    agents[0].language = TEXT("de-CH"); /* As if it had ears that know it. */
    says("lieber nicht");
    CHECK(was_told("warm anna declined: by a word; ") && scene_command(SPEECH_STOP));
    event((struct event){.kind = SIP_RELEASED, .sip.dialog = dialogs[0]});
    event((struct event){.kind = MEDIA_CLOSED, .leg = rung[0]});
    CHECK(ears() == 2); /* The recogniser still reads the ring: the leg stays. */
    event((struct event){.kind = SPEECH_STOPPED, .leg = rung[0]});
    CHECK(ears() == 1);
    agents[0].language = TEXT_EMPTY;
    scene_end();
}

static void the_briefs_own_echo_accepts_nothing(void)
{
    uint32_t utterance = briefed();

    speaks(400); /* It comes back. */
    CHECK(!is_finished());
    has_heard_it(utterance);
    event((struct event){ /* Its end comes back after it. */
        .kind = MEDIA_VOICE, .leg = rung[0], .voice = {.voiced = true, .edge_ms = scene_now() - 100}});
    wait_ms(200);
    event((struct event){.kind = MEDIA_VOICE, .leg = rung[0], .voice.edge_ms = scene_now()});
    CHECK(!is_finished() && scene_command(SPEECH_FORGET));
    event((struct event){.kind = SPEECH_FINAL, .leg = rung[0], .heard.text = TEXT("yes")});
    CHECK(!scene_command(MEDIA_BRIDGE));
    speaks(3000); /* Nobody says yes for so long. */
    CHECK(!is_finished());
    says("the weather");
    CHECK(!scene_command(MEDIA_BRIDGE));
    wait_ms(8000);
    CHECK(was_told("warm anna not answered: no key was pressed; "));
    scene_end();
}

static void what_is_said_in_the_last_moment_is_waited_for(void)
{
    has_heard_it(briefed());
    wait_ms(7000);
    speaks(900);
    CHECK(is_finished());
    uint32_t turn = scene_command(SPEECH_FINISH)->finish.turn;
    wait_ms(1500);
    event((struct event){.kind = SPEECH_FINAL,
                         .leg = rung[0],
                         .heard = {.turn = turn, .text = TEXT("yes")}});
    CHECK(was_told("warm anna done"));
    scene_end();
}

static void the_last_place_to_hear_is_for_callers(void)
{
    begin();
    scene_plan()->recogniser_places = 2;
    registers("anna", "300 sip:anna@10.0.0.7\n");
    a_caller();
    answers(0);
    uint32_t utterance = scene_command(SPEECH_SAY)->say.utterance;
    event((struct event){
        .kind = SPEECH_READY, .leg = rung[0], .speech = {.utterance = utterance, .clip = 77}});
    has_heard_it(utterance);
    CHECK(!scene_command(SPEECH_LISTEN));
    speaks(300);
    CHECK(!is_finished());
    presses(0, '1');
    CHECK(was_told("warm anna done"));
    scene_end();
}

static void without_a_brief_who_answers_is_joined_at_once(void)
{
    begin();
    intents[0].plain = true;
    registers("anna", "300 sip:anna@10.0.0.7\n");
    a_caller();
    answers(0);
    CHECK(!scene_command(SPEECH_SAY));
    CHECK(scene_command(MEDIA_BRIDGE)->leg == caller);
    CHECK(was_told("warm anna done") && was_told("anna busy; "));
    scene_end();
}

static void who_does_not_serve_the_queue_is_not_rung(void)
{
    begin();
    people[0].queues = 2; /* Another one. */
    registers("anna", "300 sip:anna@10.0.0.7\n");
    a_caller();
    CHECK(rings == 0);
    registers("ben", "300 sip:ben@10.0.0.8\n");
    CHECK(rings == 1 && was_told("ben ringing; "));
    scene_end();
}

static void who_declines_is_followed_by_the_next_and_asked_again_later(void)
{
    begin();
    registers("anna", "300 sip:anna@10.0.0.7\n");
    wait_ms(10);
    registers("ben", "300 sip:ben@10.0.0.8\n");
    told[0] = 0;
    a_caller();
    CHECK(rings == 1);
    answers(0);
    presses(0, '2');
    CHECK(was_told("warm anna declined: by a key; ") && was_told("anna available; "));
    CHECK(rings == 2 && was_told("ben ringing; "));
    refuses(1, 486);
    CHECK(was_told("warm ben declined") && rings == 2);
    wait_ms(19000);
    CHECK(rings == 2);
    wait_ms(2000);
    CHECK(rings == 3); /* Nobody else is free. */
    scene_end();
}

static void who_is_asked_for_very_often_keeps_the_rows_of_the_account_apart(void)
{
    begin();
    registers("anna", "300 sip:anna@10.0.0.7\n");
    scene_plan()->manners.longest_call_ms = 24 * 3600000;
    queue.max_wait_ms = 0;
    queue.put_aside_after = 0;
    scene_plan()->session_expires_s = 0;
    most_legs = 0;
    a_caller();
    for (uint32_t i = 0; i < 2000 && most_legs < 300; i++) {
        if (i % 8 == 0)
            registers("anna", "300 sip:anna@10.0.0.7\n");
        if (rings > 0) {
            rung[0] = rung[rings - 1];
            rings = 0;
            refuses(0, 486);
        }
        wait_ms(20500);
    }
    CHECK(most_legs == 300);
    scene_end();
}

static void who_lets_it_ring_twice_is_put_aside(void)
{
    begin();
    registers("anna", "300 sip:anna@10.0.0.7\n");
    a_caller();
    tell_dialog(0);
    wait_ms(20000);
    CHECK(was_told("warm anna not answered: it rang in vain; ") && was_told("anna available; "));
    CHECK(cancelled == rung[0]);
    wait_ms(20000);
    CHECK(rings == 2);
    told[0] = 0;
    tell_dialog(1);
    wait_ms(20000);
    CHECK(was_told("anna aside; "));
    wait_ms(60000);
    CHECK(rings == 2);
    event((struct event){.kind = OPERATOR_ASKED,
                         .wish = {.name = TEXT_INIT("anna"), .said = SAID_AVAILABLE}});
    CHECK(was_told("anna available; ") && rings == 3);
    scene_end();
}

static void several_telephones_ring_and_the_others_are_told_who_answered(void)
{
    begin();
    registers("anna", "300 sip:anna@10.0.0.7\n");
    registers("anna", "300 sip:anna@10.0.0.8\n");
    a_caller();
    CHECK(rings == 2);
    tell_dialog(0);
    answers(1);
    CHECK(cancelled == rung[0] && cancelled_as == 200);
    presses(1, '1');
    CHECK(was_told("warm anna done"));
    /* The other was answered at the same time: it is hung up. */
    struct event late = {.kind = SIP_ANSWERED, .sip.dialog = dialogs[0], .sip.status = 200};
    late.sip.sdp = TEXT(SDP);
    event(late);
    CHECK(!scene_command(MEDIA_OPEN) && !scene_command(MEDIA_BRIDGE));
    scene_end();
}

static void one_telephone_lost_in_mid_ring_leaves_the_other(void)
{
    begin();
    registers("anna", "300 sip:anna@10.0.0.7\n");
    registers("anna", "300 sip:anna@10.0.0.8\n");
    a_caller();
    told[0] = 0;
    refuses(0, 430);
    CHECK(told[0] == 0);
    refuses(1, 430);
    CHECK(was_told("warm anna failed") && was_told("anna available; "));
    scene_end();
}

static void a_caller_who_hangs_up_takes_the_ringing_along(void)
{
    begin();
    registers("anna", "300 sip:anna@10.0.0.7\n");
    a_caller();
    tell_dialog(0);
    cancelled = 0;
    event((struct event){.kind = SIP_BYE, .sip.dialog = scene_dialog()});
    CHECK(was_told("warm anna withdrawn"));
    CHECK(was_told("anna available; "));
    scene_end();
}

static void an_answering_machine_counts_as_no_answer(void)
{
    begin();
    registers("anna", "300 sip:anna@10.0.0.7\n");
    a_caller();
    answers(0);
    event((struct event){.kind = MEDIA_VOICE, .leg = rung[0], .voice.voiced = true});
    wait_ms(5000);
    CHECK(was_told("warm anna not answered: an answering machine; "));
    scene_end();
}

static void somebody_who_answers_and_presses_nothing_has_not_taken_it(void)
{
    begin();
    registers("anna", "300 sip:anna@10.0.0.7\n");
    a_caller();
    answers(0);
    event((struct event){.kind = MEDIA_VOICE, .leg = rung[0], .voice.voiced = true});
    wait_ms(800);
    event((struct event){.kind = MEDIA_VOICE, .leg = rung[0]});
    wait_ms(25000);
    CHECK(was_told("warm anna not answered: no key was pressed; "));
    scene_end();
}

static void all_who_are_free_ring_with_ring_all(void)
{
    begin();
    queue.strategy = STRATEGY_RING_ALL;
    registers("anna", "300 sip:anna@10.0.0.7\n");
    registers("ben", "300 sip:ben@10.0.0.8\n");
    a_caller();
    CHECK(rings == 2 && was_told("anna ringing; ben ringing; "));
    tell_dialog(0);
    told[0] = 0;
    answers(1);
    presses(1, '1');
    CHECK(was_told("anna available; ") && was_told("ben busy; "));
    scene_end();
}

/* Addresses that are called in one step are each their own: the commands are looked at after it. */
static void each_address_that_rings_is_its_own(void)
{
    begin();
    queue.strategy = STRATEGY_RING_ALL;
    people[0].places[0] = TEXT("sip:anna@192.0.2.21");
    people[1].places[0] = TEXT("sip:ben@192.0.2.22");
    event((struct event){.kind = PLAN_LOADED, .plan = {0, 3}});
    a_caller();
    CHECK(rings == 2);
    CHECK(strcmp(places[0], "sip:anna@192.0.2.21") == 0);
    CHECK(strcmp(places[1], "sip:ben@192.0.2.22") == 0);
    scene_end();
}

static void leads_on(uint32_t i, const char *uri)
{
    struct event e = {.kind = SIP_REFUSED, .sip.status = 302};

    tell_dialog(i);
    e.sip.dialog = dialogs[i];
    e.sip.target = text_of(uri);
    event(e);
}

/* The call's own transfer goes on to whom it is for, whatever becomes of an offer given up before. */
static void an_offer_that_is_given_up_leaves_the_calls_own_dialling_alone(void)
{
    begin();
    queue.max_wait_ms = 5000;
    queue.overflows[QUEUE_WHEN_WAITED] = (struct plan_overflow){.kind = OVERFLOW_AGENT, .to = -1};
    registers("anna", "300 sip:anna@10.0.0.7\n");
    a_caller();
    tell_dialog(0);
    wait_ms(5000);
    CHECK(was_told("warm anna withdrawn"));
    struct event refer = {.kind = SIP_REFERRED};
    refer.refer.dialog = scene_dialog();
    refer.refer.target = TEXT("sip:4711@elsewhere.example");
    event(refer);
    CHECK(rings == 2);
    event((struct event){.kind = SIP_REFUSED, .sip.dialog = dialogs[0], .sip.status = 487});
    refuses(1, 486);
    CHECK(was_told("referred 4711"));
    scene_end();
}

static void who_waits_while_being_referred_in_vain_is_offered_then(void)
{
    begin();
    a_caller();
    struct event refer = {.kind = SIP_REFERRED};
    refer.refer.dialog = scene_dialog();
    refer.refer.target = TEXT("sip:4711@elsewhere.example");
    event(refer);
    registers("anna", "300 sip:anna@10.0.0.7\n");
    CHECK(rings == 1);
    refuses(0, 486);
    CHECK(rings == 2 && was_told("anna ringing; "));
    scene_end();
}

static void an_operator_whom_a_reload_gives_the_queue_is_offered_who_waits(void)
{
    begin();
    people[0].queues = 0;
    event((struct event){.kind = PLAN_LOADED, .plan = {0, 3}});
    registers("anna", "300 sip:anna@10.0.0.7\n");
    a_caller();
    CHECK(rings == 0);
    people[0].queues = 1;
    event((struct event){.kind = PLAN_LOADED, .plan = {0, 4}});
    CHECK(rings == 1);
    scene_end();
}

/* A second plan, used from now on; the callers who wait have the first. */
static struct plan second;
static struct plan_user second_users[3];
static struct plan_operator second_people[3];
static struct plan_queue second_queue;

static void copy_plan(void)
{
    second = *scene_plan();
    second_queue = queue;
    memcpy(second_people, people, sizeof(people));
    memcpy(second_users, users, sizeof(users));
    second.queues = &second_queue;
    second.operators = second_people;
    second.users = second_users;
}

static void reload(void)
{
    core_set_plan(scene_core(), 1, &second);
    event((struct event){.kind = PLAN_LOADED, .plan = {1, 3}});
}

static void a_reload_that_numbers_skills_anew_asks_for_the_same(void)
{
    begin();
    queue.skills = 1;
    people[0].levels[0] = 3;
    a_caller();
    copy_plan();
    second_queue.skills = 2;
    second_people[0].levels[0] = 0;
    second_people[0].levels[1] = 3;
    second_people[1].levels[0] = 3; /* Something else. */
    reload();
    registers("ben", "300 sip:ben@10.0.0.8\n");
    CHECK(rings == 0);
    registers("anna", "300 sip:anna@10.0.0.7\n");
    CHECK(rings == 1 && was_told("anna ringing; "));
    scene_end();
}

static void a_telephone_that_a_reload_adds_is_called_as_one(void)
{
    begin();
    a_caller();
    copy_plan();
    second_users[2] = (struct plan_user){.name = TEXT_INIT("carl")};
    second.user_count = 3;
    second_people[2] = (struct plan_operator){.name = TEXT_INIT("carl"),
                                              .label = TEXT_INIT("Carl"),
                                              .places = {TEXT_INIT("carl")},
                                              .place_count = 1,
                                              .queues = 1};
    second.operator_count = 3;
    reload();
    registers("carl", "300 sip:carl@10.0.0.9\n");
    CHECK(rings == 1 && strcmp(places[0], "sip:carl@10.0.0.9") == 0);
    scene_end();
}

static void an_operator_behind_a_trunk_is_not_led_on_for_ever(void)
{
    begin();
    people[0].places[0] = TEXT("555");
    people[1].queues = 0;
    event((struct event){.kind = PLAN_LOADED, .plan = {0, 3}});
    a_caller();
    CHECK(rings == 1);
    leads_on(0, "sip:556@192.0.2.7");
    leads_on(1, "sip:557@192.0.2.7");
    leads_on(2, "sip:558@192.0.2.7");
    CHECK(rings == 4 && strcmp(places[3], "sip:558@192.0.2.7") == 0);
    leads_on(3, "sip:559@192.0.2.7");
    CHECK(rings == 4 && was_told("warm anna failed"));
    scene_end();
}

/* All places for telephones that ring are anna's: ben is rung when they are free, at once. */
static void who_could_not_be_rung_yet_has_not_refused(void)
{
    begin();
    queue.strategy = STRATEGY_RING_ALL;
    registers("anna", "300 sip:anna@10.0.0.1\n");
    registers("anna", "300 sip:anna@10.0.0.2\n");
    registers("anna", "300 sip:anna@10.0.0.3\n");
    registers("anna", "300 sip:anna@10.0.0.4\n");
    wait_ms(10);
    registers("ben", "300 sip:ben@10.0.0.8\n");
    a_caller();
    CHECK(rings == 4);
    refuses(0, 486);
    CHECK(rings == 5 && was_told("ben ringing; "));
    /* The leg's place is ben's by now; its last word is still anna's. */
    CHECK(rung[4] % 0x10000 == rung[0] % 0x10000);
    CHECK(strcmp(ended, "anna") == 0);
    scene_end();
}

static void a_telephone_is_called_again_without_a_session_timer(void)
{
    begin();
    registers("anna", "300 sip:anna@10.0.0.7\n");
    registers("anna", "300 sip:anna@10.0.0.8\n");
    a_caller();
    CHECK(rings == 2 && strcmp(places[1], "sip:anna@10.0.0.7") == 0);
    refuses(1, 422);
    CHECK(rings == 3 && strcmp(places[2], places[1]) == 0);
    scene_end();
}

static void who_is_called_in_anothers_place_is_busy_instead(void)
{
    begin();
    registers("anna", "300 sip:anna@10.0.0.7\n");
    registers("ben", "300 sip:ben@10.0.0.8\n");
    struct event request = {.kind = CALL_REQUESTED};
    request.request.number = TEXT("anna");
    request.request.seed = 7;
    event(request);
    event((struct event){.kind = STORE_OPENED, .call = scene_call_id()});
    CHECK(rings == 1 && was_told("anna busy; "));
    told[0] = 0;
    leads_on(0, "sip:ben@offhook");
    CHECK(rings == 2 && was_told("anna available; ben busy; "));
    scene_end();
}

static void a_break_is_said_by_word_and_kept(void)
{
    begin();
    registers("anna", "300 sip:anna@10.0.0.7\n");
    event((struct event){.kind = OPERATOR_ASKED,
                         .wish = {.name = TEXT_INIT("anna"), .said = SAID_BREAK}});
    CHECK(was_told("anna break; "));
    a_caller();
    CHECK(rings == 0);
    event((struct event){.kind = STORE_OPERATOR_KNOWN,
                         .wish = {.name = TEXT_INIT("ben"), .said = SAID_BREAK}});
    registers("ben", "300 sip:ben@10.0.0.8\n");
    CHECK(was_told("ben break; ") && rings == 0);
    scene_end();
}

static void a_code_is_dialled_from_the_operators_own_telephone(void)
{
    begin();
    registers("anna", "300 sip:anna@10.0.0.7\n");
    told[0] = 0;
    struct event invite = {.kind = SIP_INVITE};
    invite.invite.dialog = 0x90001;
    invite.invite.seed = 7;
    invite.invite.source = TEXT("198.51.100.4:1024");
    invite.invite.local = TEXT("203.0.113.1");
    invite.invite.from = invite.invite.user = TEXT("anna");
    invite.invite.to = TEXT("*41");
    invite.invite.sdp = TEXT(SDP);
    event(invite);
    CHECK(was_told("anna busy; "));
    event((struct event){.kind = STORE_OPENED, .call = scene_call_id(), .leg = scene_leg()});
    event((struct event){.kind = SIP_ACKED, .sip.dialog = 0x90001});
    CHECK(strcmp(scene_words(), "You are on a break.") == 0);
    scene_said();
    CHECK(scene_command(SIP_HANG_UP) && was_told("anna break; "));
    scene_end();
}

int main(void)
{
    RUN(who_registers_is_available_and_who_goes_is_offline);
    RUN(a_telephone_that_answers_no_more_takes_its_operator_offline);
    RUN(an_operator_hears_the_brief_and_accepts_by_a_key);
    RUN(an_operator_who_has_heard_the_brief_may_say_yes);
    RUN(or_no_in_the_words_of_the_agents_language);
    RUN(the_briefs_own_echo_accepts_nothing);
    RUN(what_is_said_in_the_last_moment_is_waited_for);
    RUN(the_last_place_to_hear_is_for_callers);
    RUN(without_a_brief_who_answers_is_joined_at_once);
    RUN(who_does_not_serve_the_queue_is_not_rung);
    RUN(who_declines_is_followed_by_the_next_and_asked_again_later);
    RUN(who_is_asked_for_very_often_keeps_the_rows_of_the_account_apart);
    RUN(who_lets_it_ring_twice_is_put_aside);
    RUN(several_telephones_ring_and_the_others_are_told_who_answered);
    RUN(one_telephone_lost_in_mid_ring_leaves_the_other);
    RUN(a_caller_who_hangs_up_takes_the_ringing_along);
    RUN(an_answering_machine_counts_as_no_answer);
    RUN(somebody_who_answers_and_presses_nothing_has_not_taken_it);
    RUN(all_who_are_free_ring_with_ring_all);
    RUN(each_address_that_rings_is_its_own);
    RUN(an_offer_that_is_given_up_leaves_the_calls_own_dialling_alone);
    RUN(who_waits_while_being_referred_in_vain_is_offered_then);
    RUN(an_operator_whom_a_reload_gives_the_queue_is_offered_who_waits);
    RUN(a_reload_that_numbers_skills_anew_asks_for_the_same);
    RUN(a_telephone_that_a_reload_adds_is_called_as_one);
    RUN(an_operator_behind_a_trunk_is_not_led_on_for_ever);
    RUN(who_could_not_be_rung_yet_has_not_refused);
    RUN(a_telephone_is_called_again_without_a_session_timer);
    RUN(who_is_called_in_anothers_place_is_busy_instead);
    RUN(a_break_is_said_by_word_and_kept);
    RUN(a_code_is_dialled_from_the_operators_own_telephone);
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* standing_test.c - a callback that a queue promised: its place there, the operator who is rung first,
 * the caller who is called then, and every way in which it comes to nothing. */
#include <string.h>

#include "base/random.h"
#include "check.h"
#include "core/callbacks.h"
#include "core/places.h"
#include "core/state.h"
#include "scene.h"

#define SDP                                                                                     \
    "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\nm=audio 4000 RTP/" \
    "AVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\n"

static const uint64_t wall_ms = 1700000000000; /* Of the scene's clock's zero. */
static const struct plan_opening mondays[] = {{.weekday = 1, .from_min = 600, .to_min = 660}};
static const struct plan_hours hours[] = {
    {.name = TEXT_INIT("mondays"), .openings = mondays, .opening_count = 1}};
static const struct plan_user users[] = {{.name = TEXT_INIT("anna")}, {.name = TEXT_INIT("ben")}};
static struct plan_operator people[2];
static struct plan_queue queue;
static struct plan_trunk trunks[2];
static struct plan_agent agents[3];
static struct plan_intent intents[5];
static uint32_t cseq, dialog;

/* Every telephone that was dialled, and what was said last to which. */
static struct {
    uint32_t leg, dialog;
    char uri[64];
} rung[16];
static uint32_t rings, bridges, closed, asks, asked_for; /* asked_for: of the last CALL_PLACE. */
static bool with_key;
static char told[1024]; /* Tasks and offers, in order. */
static struct command task;
static char attempt[32], said[512];

static void note(const struct command *c)
{
    uint32_t used = (uint32_t)strlen(told);

    if (c->kind == SIP_DIAL && rings < 16) {
        rung[rings].leg = c->leg;
        text_copy(rung[rings++].uri, sizeof(rung[0].uri), c->sip.uri);
    }
    bridges += c->kind == MEDIA_BRIDGE;
    if (c->kind == CALL_PLACE) {
        asks++;
        asked_for = c->place.callback;
        with_key = c->place.key.size > 0;
    }
    closed += c->kind == STORE_CALL_CLOSED;
    if (c->kind == SPEECH_SAY)
        text_copy(said, sizeof(said), c->say.text);
    if (c->kind == STORE_TASK && c->task.kind == TASK_CALLBACK) {
        task = *c;
        text_copy(attempt, sizeof(attempt), c->task.attempt);
        snprintf(told + used, sizeof(told) - used, "%s%s %u; ", task_state_names[c->task.state],
                 c->task.queued ? " in line" : "", c->task.attempts);
    }
    if (c->kind == STORE_OFFER)
        snprintf(told + used, sizeof(told) - used, "to " TEXT_FORMAT "; ", TEXT_ARGS(c->offer.name));
}

static bool was_told(const char *words)
{
    bool equal = strcmp(told, words) == 0;

    if (!equal)
        printf("# told: %s\n", told);
    told[0] = 0;
    return equal;
}

static void registers(const char *user)
{
    struct event e = {.kind = SIP_REGISTER};

    e.registering.request = ++cseq;
    e.registering.user = e.registering.aor = e.registering.sip_call_id = text_of(user);
    e.registering.source = TEXT("198.51.100.4:1024");
    e.registering.contacts = TEXT("86400 sip:desk@10.0.0.7\n");
    e.registering.cseq = cseq;
    scene_event(e);
    scene_event((struct event){.kind = STORE_BOUND, .call = cseq});
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
                                .max_callers = 1,
                                .ring_ms = 20000,
                                .hours = -1,
                                .operator_first = true,
                                .keys = {[WISH_CALLBACK] = '1'},
                                .overflows = {[QUEUE_WHEN_FULL] = {OVERFLOW_GOODBYE, -1}}};
    plan->queues = &queue;
    plan->queue_count = 1;
    plan->hours = hours;
    plan->hours_count = 1;
    for (int i = 0; i < 2; i++)
        people[i] = (struct plan_operator){.name = users[i].name,
                                           .label = users[i].name,
                                           .places = {users[i].name},
                                           .place_count = 1,
                                           .queues = 1};
    plan->operators = people;
    plan->operator_count = 2;
    memcpy(agents, plan->agents, sizeof(agents));
    memcpy(intents, agents[0].intents, sizeof(intents));
    intents[0].then = THEN_QUEUE;
    intents[0].queue = 0;
    intents[0].priority = 3;
    agents[0].intents = intents;
    plan->agents = agents;
    dialog = 0x20100;
    rings = bridges = closed = asks = 0;
    told[0] = said[0] = attempt[0] = 0;
    scene_event((struct event){.kind = PLAN_LOADED, .plan = {0, 2}});
    scene_event((struct event){.kind = STORE_TASKS_TOLD});
}

/* Of an earlier run: the place of ten minutes ago, to be made in so long. */
static struct event known(uint64_t ms)
{
    struct event event = {.kind = STORE_TASK_KNOWN};

    event.task.ref = TEXT("0190-aa");
    event.task.number = 1;
    event.task.party = TEXT("+14155550123");
    event.task.queue = TEXT("support");
    event.task.agent = TEXT("billing");
    event.task.intent = TEXT("pay");
    event.task.promised_ms = event.task.from_ms = wall_ms - 500000;
    event.task.place_ms = wall_ms - 600000;
    event.task.priority = 2;
    event.task.next_ms = wall_ms + scene_now() + ms;
    event.task.until_ms = wall_ms + 36000000;
    return event;
}

/* Its call, which an operator is rung from. */
static void placed(void)
{
    struct event event = {.kind = CALL_REQUESTED};

    CHECK(asks && !with_key);
    asks = 0;
    event.request.callback = asked_for;
    event.request.number = TEXT("+14155550123");
    event.request.agent = TEXT("billing");
    event.request.seed = 7;
    scene_event(event);
}

static void dialled(uint32_t i)
{
    struct event e = {.kind = SIP_DIALED, .leg = rung[i].leg, .sip.dialog = ++dialog};

    rung[i].dialog = dialog;
    scene_event(e);
}

static void answers(uint32_t i)
{
    struct event e = {.kind = SIP_ANSWERED};

    dialled(i);
    e.sip.dialog = rung[i].dialog;
    e.sip.status = 200;
    e.sip.sdp = TEXT(SDP);
    scene_event(e);
}

static void refuses(uint32_t i, uint16_t status)
{
    dialled(i);
    scene_event((struct event){.kind = SIP_REFUSED,
                               .sip = {.dialog = rung[i].dialog, .status = status, .reason = TEXT("no")}});
    scene_event((struct event){.kind = SIP_RELEASED, .sip.dialog = rung[i].dialog});
}

static void presses(uint32_t i, char key)
{
    scene_event((struct event){.kind = MEDIA_KEY, .leg = rung[i].leg, .key.key = key});
}

static void hangs_up(uint32_t i)
{
    scene_event((struct event){.kind = SIP_BYE, .sip.dialog = rung[i].dialog});
}

/* The attempt is durable. */
static void written(void)
{
    struct event e = {.kind = STORE_NOTED, .call = task.call, .leg = task.leg};

    e.noted.number = 1;
    scene_event(e);
}

/* Anna has taken it, and the caller's telephone rings. */
static void fetched(void)
{
    begin();
    registers("anna");
    scene_event(known(0));
    scene_wait(1);
    placed();
    answers(0);
    told[0] = 0;
    presses(0, '1');
    CHECK(was_told("calling 1; ") && rings == 1 && strcmp(said, "I am calling +14155550123.") == 0);
    CHECK(attempt[0]);
    written();
    CHECK(rings == 2 && strstr(rung[1].uri, "+14155550123"));
}

static void an_operator_is_rung_then_the_caller_and_both_are_joined(void)
{
    begin();
    scene_event(known(0));
    scene_wait(1);
    CHECK(was_told("waiting in line 0; ") && asks == 0); /* Nobody is there. */
    registers("anna");
    CHECK(asks == 1 && rings == 0);
    placed();
    CHECK(was_told("waiting in line 0; to anna; ") && rings == 1);
    answers(0);
    CHECK(strcmp(said, "Callback of about ten minutes about paying. Press 1 or 2.") == 0);
    presses(0, '1');
    CHECK(was_told("calling 1; ") && rings == 1); /* Not before it is durable. */
    written();
    CHECK(rings == 2 && bridges == 0);
    answers(1);
    CHECK(bridges == 1 && scene_command(STORE_CALL_ANSWERED));
    scene_wait(10000);
    CHECK(was_told("kept 1; "));
    hangs_up(1);
    scene_wait(400000);
    CHECK(was_told("") && closed == 1 && rings == 2);
    scene_end();
}

static void who_is_busy_is_called_again_from_the_old_place_and_the_operator_is_told(void)
{
    fetched();
    refuses(1, 486);
    CHECK(was_told("waiting 1; ") && task.task.next_ms == wall_ms + scene_now() + 60000);
    CHECK(strcmp(said, "I could not reach +14155550123.") == 0 && closed == 0);
    scene_wait(10001); /* The words are not heard to their end: the operator is free all the same. */
    scene_event((struct event){.kind = SIP_RELEASED, .sip.dialog = rung[0].dialog});
    scene_wait(40000);
    CHECK(closed == 1);
    CHECK(was_told("waiting in line 1; ")); /* It is near: it stands there, and waits for its time. */
    CHECK(task.task.place_ms == wall_ms - 600000 && task.task.priority == 2);
    scene_wait(20000);
    placed();
    CHECK(was_told("waiting in line 1; to anna; "));
    scene_end();
}

static void nobody_answers_or_the_operator_hangs_up(void)
{
    fetched();
    dialled(1);
    scene_wait(60000);
    CHECK(strstr(told, "waiting 1; ") == told); /* It rang in vain. */
    scene_end();
    fetched(); /* The operator gives up while it rings. */
    hangs_up(0);
    CHECK(was_told("waiting 1; "));
    scene_end();
    fetched(); /* A machine answers: the operator hangs up at once. */
    answers(1);
    hangs_up(0);
    CHECK(was_told("waiting 1; "));
    scene_end();
    fetched(); /* The caller answers and hangs up at once: they were reached. */
    answers(1);
    hangs_up(1);
    CHECK(was_told("kept 1; "));
    scene_end();
}

static void an_attempt_that_is_not_durable_calls_nobody(void)
{
    begin();
    registers("anna");
    scene_event(known(0));
    scene_wait(1);
    placed();
    answers(0);
    presses(0, '1');
    told[0] = 0;
    scene_wait(3001);
    CHECK(was_told("waiting 1; waiting in line 1; ") && rings == 1);
    scene_end();
}

static void who_declines_costs_no_attempt_and_the_next_one_is_asked(void)
{
    begin();
    registers("anna");
    registers("ben");
    scene_event(known(0));
    scene_wait(1);
    placed();
    told[0] = 0;
    answers(0);
    presses(0, '2');
    CHECK(was_told("to ben; "));
    refuses(1, 603);
    scene_wait(45000); /* Nobody takes it: it gives its call back, and keeps its place. */
    CHECK(task.task.attempts == 0);
    scene_end();
}

static void a_place_whose_time_has_not_come_stands_and_blocks_nobody(void)
{
    begin();
    struct event later = known(60000);
    later.task.party = TEXT("+14155550199");
    scene_event(later);
    CHECK(was_told("")); /* The house looks. */
    scene_wait(1);
    CHECK(was_told("waiting in line 0; "));
    scene_listening();
    scene_key('1');
    scene_said();
    registers("anna");
    CHECK(asks == 0 && was_told("to anna; ")); /* The caller behind it. */
    scene_end();
}

static void nobody_is_asked_while_it_is_closed(void)
{
    begin();
    queue.hours = 0;
    registers("anna");
    scene_event(known(0));
    scene_wait(1);
    CHECK(was_told("waiting 0; ") && asks == 0);
    scene_wait(86400000);
    CHECK(asks == 0);
    scene_end();
}

static void who_asks_for_it_in_the_queue_keeps_the_place(void)
{
    begin();
    scene_listening();
    scene_key('1');
    scene_said();
    uint64_t joined_ms = scene_now();
    scene_wait(30000);
    scene_key('1'); /* Call me back, */
    scene_said();
    scene_key('1'); /* at this number. */
    CHECK(was_told("waiting 0; "));
    CHECK(task.task.priority == 3 && task.task.place_ms <= wall_ms + joined_ms);
    scene_event((struct event){.kind = STORE_NOTED,
                               .call = scene_call_id(),
                               .leg = scene_leg(),
                               .noted.number = 1});
    CHECK(was_told("waiting in line 0; "));
    registers("anna");
    CHECK(asks == 0); /* They are still on the line. */
    scene_event((struct event){.kind = SIP_BYE, .sip.dialog = scene_dialog()});
    scene_wait(60000);
    CHECK(asks);
    scene_end();
}

static void who_rings_first_has_the_place_and_is_not_called(void)
{
    begin();
    registers("anna");
    scene_event(known(0));
    scene_wait(1);
    placed();
    told[0] = 0;
    scene_call(); /* Anna is rung for them; they are here. */
    CHECK(was_told("waiting 0; ") && strstr(scene_words(), "We owe you a call."));
    scene_said();
    scene_key('1');
    scene_said();
    CHECK(strstr(told, "to anna"));
    scene_end();
}

static void it_is_ended_by_hand_wherever_it_stands(void)
{
    struct event asked = {
        .kind = TASK_ASKED,
        .asked = {.ref = TEXT("0190-aa"), .kind = TASK_CALLBACK, .state = TASK_CANCELLED}};

    begin();
    scene_event(known(0));
    scene_wait(1);
    told[0] = 0;
    scene_event(asked);
    CHECK(was_told("cancelled 0; "));
    scene_end();
    begin();
    registers("anna");
    scene_event(known(0));
    scene_wait(1);
    placed();
    told[0] = 0;
    scene_event(asked);
    CHECK(was_told("cancelled 0; "));
    scene_wait(100000);
    CHECK(closed == 1 && rings == 1);
    scene_end();
}

static void what_is_about_to_break_goes_first(void)
{
    begin();
    struct event soon = known(0);
    soon.task.until_ms = wall_ms + 1200000;
    scene_event(soon);
    scene_wait(1);
    told[0] = 0;
    scene_wait(700000);
    CHECK(was_told("waiting in line 0; ") && task.task.priority == 9);
    scene_end();
}

static void a_reload_that_wants_the_agent_first_takes_it_out_of_the_queue(void)
{
    begin();
    scene_event(known(0));
    scene_wait(1);
    queue.operator_first = false;
    scene_event((struct event){.kind = PLAN_LOADED, .plan = {0, 3}});
    scene_wait(1);
    CHECK(asks && with_key);
    scene_end();
}

static void what_no_operator_took_in_time_is_made_by_the_voice_agent(void)
{
    begin();
    struct event soon = known(0);
    soon.task.until_ms = wall_ms + 1200000;
    scene_event(soon);
    scene_wait(1150000);
    CHECK(asks == 0);
    scene_wait(55000);
    CHECK(asks == 1 && with_key);
    CHECK(strstr(told, "waiting 0; calling 1; "));
    scene_end();
}

/* The operator's telephone dies after the caller has answered: the caller waits as any caller does. */
static void whose_operator_disappears_waits_as_a_caller_who_rang(void)
{
    struct text_buffer why;
    char room[128];

    fetched();
    answers(1);
    CHECK(bridges == 1);
    told[0] = 0;
    scene_event((struct event){
        .kind = SIP_FAILED, .sip = {.dialog = rung[0].dialog, .status = 408, .reason = TEXT("gone")}});
    text_buffer_init(&why, room, sizeof(room));
    CHECK(core_check(scene_core(), &why));
    CHECK(was_told("kept 1; "));
    CHECK(scene_command(STORE_QUEUE) && scene_command(STORE_QUEUE)->queue.what == QUEUE_JOINED);
    hangs_up(1);
    CHECK(scene_command(STORE_QUEUE)->queue.what == QUEUE_ABANDONED);
    text_buffer_init(&why, room, sizeof(room));
    CHECK(core_check(scene_core(), &why));
    scene_end();
}

/* A warning during the attempt does not make the account forget which call it is. */
static void what_is_about_to_break_during_the_attempt_keeps_its_name(void)
{
    begin();
    registers("anna");
    struct event soon = known(0);
    soon.task.until_ms = wall_ms + scene_plan()->callbacks.warn_ms + 10000;
    scene_event(soon);
    scene_wait(1);
    placed();
    answers(0);
    presses(0, '1');
    CHECK(attempt[0] && task.task.state == TASK_CALLING);
    written();
    scene_wait(11000);
    CHECK(task.task.state == TASK_CALLING && attempt[0]);
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

static void has_news(struct random *random, const struct leg *leg)
{
    static const enum event_kind kinds[] = {
        SIP_BYE,      SIP_FAILED,   SIP_RELEASED, MEDIA_CLOSED, SIP_REFUSED,   SIP_ANSWERED,
        SIP_ANSWERED, SIP_ANSWERED, SIP_ANSWERED, SIP_PROGRESS, SIP_PROGRESS,  SIP_ACKED,
        SIP_ACKED,    SIP_REFRESHED, MEDIA_KEY,   MEDIA_KEY,    MEDIA_KEY,     SPEECH_READY,
        SPEECH_FAILED, MEDIA_PLAYED, STORE_NOTED, STORE_NOTED,  STORE_OPENED,  SPEECH_STOPPED};
    struct event e = {.kind = kinds[random_below(random, sizeof(kinds) / sizeof(kinds[0]))]};

    if (leg->dialed) {
        scene_event((struct event){.kind = SIP_DIALED, .leg = leg->id, .sip.dialog = ++dialog});
        return;
    }
    if (e.kind >= SIP_INVITE && e.kind <= SIP_RELEASED) {
        e.sip.dialog = leg->dialog;
        e.sip.status = e.kind == SIP_ANSWERED    ? 200
                       : e.kind == SIP_PROGRESS  ? 183
                       : e.kind == SIP_REFRESHED ? 481
                                                 : 486;
        e.sip.sdp = random_below(random, 8) ? TEXT(SDP) : TEXT_EMPTY;
        scene_event(e);
        return;
    }
    e.leg = leg->id;
    e.call = leg->call;
    if (e.kind == MEDIA_KEY)
        e.key.key = random_below(random, 4) ? '1' : '2';
    else if (e.kind == SPEECH_READY || e.kind == SPEECH_FAILED)
        e.speech.utterance = 1 + random_below(random, 12);
    else if (e.kind == MEDIA_PLAYED)
        e.played.utterance = 1 + random_below(random, 12);
    else if (e.kind == STORE_NOTED)
        e.noted.number = 1;
    scene_event(e);
}

static void its_call_comes(void)
{
    struct event event = {.kind = CALL_REQUESTED};

    event.request.callback = asked_for;
    event.request.number = TEXT("+14155550123");
    event.request.agent = TEXT("billing");
    event.request.seed = ++dialog;
    scene_event(event);
}

static void anything(struct random *random)
{
    const struct leg *leg = any_leg(random);
    uint32_t what = random_below(random, 30);
    struct event event = known(0);

    if (what == 0) {
        event.task.number = 1 + random_below(random, 4);
        event.task.until_ms = wall_ms + scene_now() + random_below(random, 2000000);
        scene_event(event);
    } else if (what == 1) {
        scene_event((struct event){.kind = TASK_ASKED,
                                   .asked = {.ref = TEXT("0190-aa"),
                                             .kind = TASK_CALLBACK,
                                             .state = TASK_CANCELLED}});
    } else if (what == 2) {
        queue.operator_first = random_below(random, 4) > 0;
        scene_event((struct event){.kind = PLAN_LOADED, .plan = {0, ++cseq + 10}});
    } else if (what < 5) {
        scene_wait(random_below(random, 60000));
    } else if (!leg || what < 9) {
        its_call_comes();
    } else {
        has_news(random, leg);
    }
}

/* What the limbs owe the core comes in the end. */
static void all_let_go(void)
{
    struct core *core = scene_core();

    for (uint32_t slot = 0; slot < core->max_calls + core->spare_legs; slot++) {
        const struct leg *leg = &places_legs(core)[slot];
        uint32_t id = leg->id;
        if (!places_leg_links(core)[slot].used)
            continue;
        if (leg->dialed)
            scene_event((struct event){.kind = SIP_DIALED, .leg = id, .sip.dialog = ++dialog});
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
        uint32_t calling = 0;

        begin();
        registers("anna");
        registers("ben");
        for (uint32_t i = 1; i < 4; i++) {
            struct event event = known(0);
            event.task.number = i;
            scene_event(event);
        }
        for (int i = 0; i < 80; i++) {
            told[0] = 0;
            rings = 0;
            anything(&random);
        }
        scene_event((struct event){.kind = TASK_ASKED,
                                   .asked = {.ref = TEXT("0190-aa"),
                                             .kind = TASK_CALLBACK,
                                             .state = TASK_CANCELLED}});
        for (int i = 0; i < 4; i++) {
            told[0] = 0;
            all_let_go();
            scene_wait(60000);
        }
        core_figures(scene_core(), &figures);
        for (uint32_t i = 0; i < MAX_CALLBACKS; i++)
            calling += scene_core()->callbacks.items[i].state == CALLBACK_CALLING;
        if (figures.calls || figures.spare_legs || calling != scene_core()->callbacks.calling)
            printf("# seed %llu: %u calls, %u spare legs, %u of %u attempts\n",
                   (unsigned long long)seed, figures.calls, figures.spare_legs, calling,
                   scene_core()->callbacks.calling);
        CHECK(figures.calls == 0 && figures.spare_legs == 0);
        CHECK(calling == scene_core()->callbacks.calling);
        scene_end();
    }
}

int main(void)
{
    RUN(an_operator_is_rung_then_the_caller_and_both_are_joined);
    RUN(who_is_busy_is_called_again_from_the_old_place_and_the_operator_is_told);
    RUN(nobody_answers_or_the_operator_hangs_up);
    RUN(an_attempt_that_is_not_durable_calls_nobody);
    RUN(who_declines_costs_no_attempt_and_the_next_one_is_asked);
    RUN(a_place_whose_time_has_not_come_stands_and_blocks_nobody);
    RUN(nobody_is_asked_while_it_is_closed);
    RUN(who_asks_for_it_in_the_queue_keeps_the_place);
    RUN(who_rings_first_has_the_place_and_is_not_called);
    RUN(it_is_ended_by_hand_wherever_it_stands);
    RUN(what_is_about_to_break_goes_first);
    RUN(what_no_operator_took_in_time_is_made_by_the_voice_agent);
    RUN(whose_operator_disappears_waits_as_a_caller_who_rang);
    RUN(what_is_about_to_break_during_the_attempt_keeps_its_name);
    RUN(a_reload_that_wants_the_agent_first_takes_it_out_of_the_queue);
    RUN(whatever_comes_nothing_is_left_over);
    return 0;
}

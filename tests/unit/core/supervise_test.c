// SPDX-License-Identifier: Apache-2.0
/* supervise_test.c - a supervisor's telephone in a call of others: who hears whom, who is told, who
 * may, and every instant at which somebody hangs up. */
#include <string.h>

#include "base/random.h"
#include "check.h"
#include "scene.h"

#define SDP                                                                                     \
    "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\nm=audio 4000 RTP/" \
    "AVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\n"

enum { EDGES = 8 };

static const struct plan_user users[] = {
    {.name = TEXT_INIT("anna")}, {.name = TEXT_INIT("clara")}, {.name = TEXT_INIT("dora")}};
static struct plan_operator person;
static struct plan_queue queue;
static struct plan_trunk trunks[2];
static struct plan_route route;
static struct plan_agent agents[3];
static struct plan_intent intents[5];
static const struct text telephones[] = {TEXT_INIT("clara")}, operators[] = {TEXT_INIT("anna")},
                         front[] = {TEXT_INIT("reception")};
static struct plan_supervisor supervisor;
static uint32_t cseq, dialog, caller, caller_dialog, anna, anna_dialog, clara, clara_dialog, rung;
static struct {
    uint32_t to, from;
    bool played;
} edges[EDGES];
static uint32_t edge_count;
static char told[2048];
static uint32_t said_to[8], said_count, bridged_with;

static void forget_leg(uint32_t leg)
{
    for (uint32_t i = 0; i < edge_count;) {
        if (edges[i].to == leg || edges[i].from == leg)
            edges[i] = edges[--edge_count];
        else
            i++;
    }
}

static void hear(const struct command *c)
{
    uint32_t i = 0;

    while (i < edge_count && (edges[i].to != c->leg || edges[i].from != c->hear.other ||
                              edges[i].played != c->hear.played))
        i++;
    CHECK((i < edge_count) != c->hear.on); /* Nothing is told twice. */
    if (c->hear.on) {
        edges[edge_count].to = c->leg;
        edges[edge_count].from = c->hear.other;
        edges[edge_count++].played = c->hear.played;
    } else {
        edges[i] = edges[--edge_count];
    }
}

static void note(const struct command *c)
{
    uint32_t used = (uint32_t)strlen(told);

    if (c->kind == SIP_DIAL)
        rung = c->leg;
    if (c->kind == MEDIA_HEAR)
        hear(c);
    if (c->kind == MEDIA_CLOSE)
        forget_leg(c->leg);
    if (c->kind == MEDIA_BRIDGE)
        bridged_with = c->bridge.other;
    if (c->kind == SPEECH_SAY && said_count < 8)
        said_to[said_count++] = c->leg;
    if (c->kind == STORE_SUPERVISION)
        snprintf(told + used, sizeof(told) - used, "%u %s %s%s" TEXT_FORMAT "; ",
                 c->supervision.number, supervise_mode_names[c->supervision.mode],
                 supervise_what_names[c->supervision.what], c->supervision.why.size ? ": " : "",
                 TEXT_ARGS(c->supervision.why));
}

static bool hears(uint32_t to, uint32_t from)
{
    for (uint32_t i = 0; i < edge_count; i++) {
        if (edges[i].to == to && edges[i].from == from)
            return true;
    }
    return false;
}

static void event(struct event e)
{
    struct text_buffer why;
    char room[128];

    scene_event(e);
    text_buffer_init(&why, room, sizeof(room));
    CHECK(core_check(scene_core(), &why));
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

static void make_plan(struct plan *plan)
{
    trunks[0] = plan->trunks[0];
    trunks[1] = (struct plan_trunk){.name = TEXT_INIT("phones"), .phones = true};
    plan->trunks = trunks;
    plan->trunk_count = 2;
    plan->users = users;
    plan->user_count = 3;
    plan->realm = TEXT("offhook");
    plan->media_threads = 1;
    queue = (struct plan_queue){.name = TEXT_INIT("support"),
                                .label = TEXT_INIT("support"),
                                .max_callers = 10,
                                .ring_ms = 20000,
                                .hours = -1};
    plan->queues = &queue;
    plan->queue_count = 1;
    person = (struct plan_operator){.name = TEXT_INIT("anna"),
                                    .label = TEXT_INIT("Anna"),
                                    .places = {TEXT_INIT("anna")},
                                    .place_count = 1,
                                    .queues = 1};
    plan->operators = &person;
    plan->operator_count = 1;
    memcpy(agents, plan->agents, sizeof(agents));
    memcpy(intents, agents[0].intents, sizeof(intents));
    intents[0].then = THEN_QUEUE;
    intents[0].queue = 0;
    intents[0].priority = -1;
    agents[0].intents = intents;
    plan->agents = agents;
    route = plan->routes[0];
    route.queue = -1;
    plan->routes = &route;
    plan->route_count = 1;
}

static void begin(void)
{
    scene_begin(4);
    scene_watch(note);
    struct plan *plan = scene_plan();
    make_plan(plan);
    supervisor = (struct plan_supervisor){.name = TEXT_INIT("chief"),
                                          .telephones = telephones,
                                          .telephone_count = 1,
                                          .everything = true};
    plan->supervisors = &supervisor;
    plan->supervisor_count = 1;
    plan->supervision = (struct plan_supervision){
        .codes = {TEXT_INIT("*51"), TEXT_INIT("*52"), TEXT_INIT("*53"), TEXT_INIT("*54")},
        .tell_caller = TELL_TONE,
        .tell_operator = TELL_TONE,
        .every_ms = 15000};
    dialog = 0x20100;
    edge_count = said_count = 0;
    told[0] = 0;
    clara = anna = 0;
    event((struct event){.kind = PLAN_LOADED, .plan = {0, 2}});
}

/* The agent listens to a caller. */
static void with_agent(void)
{
    begin();
    registers("clara", "3600 sip:clara@192.0.2.22:5062\n");
    scene_listening();
    caller = scene_leg();
    caller_dialog = scene_dialog();
}

static void answers(uint32_t leg, uint32_t *its_dialog)
{
    struct event e = {.kind = SIP_DIALED, .leg = leg, .sip.dialog = ++dialog};

    *its_dialog = dialog;
    event(e);
    e = (struct event){.kind = SIP_ANSWERED};
    e.sip.dialog = *its_dialog;
    e.sip.status = 200;
    e.sip.sdp = TEXT(SDP);
    event(e);
}

/* Anna has the caller. */
static void with_anna(void)
{
    begin();
    registers("anna", "3600 sip:anna@192.0.2.21:5062\n");
    registers("clara", "3600 sip:clara@192.0.2.22:5062\n");
    scene_listening();
    caller = scene_leg();
    caller_dialog = scene_dialog();
    event((struct event){.kind = MEDIA_KEY, .leg = caller, .key.key = '1'});
    scene_said();
    anna = rung;
    answers(anna, &anna_dialog);
    event((struct event){.kind = MEDIA_KEY, .leg = anna, .key.key = '1'});
    CHECK(bridged_with == anna);
    said_count = 0;
}

static void dials(const char *user, const char *number)
{
    struct event e = {.kind = SIP_INVITE};

    clara_dialog = e.invite.dialog = ++dialog;
    e.invite.seed = 77;
    e.invite.source = TEXT("198.51.100.4:1024");
    e.invite.local = TEXT("192.0.2.1");
    e.invite.from = e.invite.user = text_of(user);
    e.invite.to = text_of(number);
    e.invite.hops = 70;
    e.invite.sdp = TEXT(SDP);
    event(e);
    const struct command *answer = scene_command(SIP_ANSWER);
    clara = answer ? answer->leg : 0;
}

static void acks(void)
{
    event((struct event){.kind = SIP_ACKED, .sip.dialog = clara_dialog});
}

static void presses(char key)
{
    event((struct event){.kind = MEDIA_KEY, .leg = clara, .key.key = key});
}

static void hangs_up(uint32_t its_dialog)
{
    event((struct event){.kind = SIP_BYE, .sip.dialog = its_dialog});
}

/* ---- Who hears whom ---- */

static void who_listens_hears_both_and_is_heard_by_nobody(void)
{
    with_anna();
    dials("clara", "*51");
    CHECK(clara && clara != caller && clara != anna);
    CHECK(edge_count == 0); /* Not before the telephone is up. */
    acks();
    CHECK(edge_count == 2 && hears(clara, caller) && hears(clara, anna));
    CHECK(strcmp(told, "1 listen wanted; 1 listen began; ") == 0);
    CHECK(said_count == 2 && said_to[0] == caller && said_to[1] == anna);
    hangs_up(clara_dialog);
    CHECK(edge_count == 0 && strstr(told, "1 listen over: the supervisor hung up"));
    CHECK(!scene_count(STORE_CALL_CLOSED)); /* The two go on. */
    scene_end();
}

static void keys_go_from_one_way_to_the_next(void)
{
    with_anna();
    dials("clara", "*512662"); /* As the keys spell anna. */
    acks();
    presses('2');
    CHECK(edge_count == 3 && hears(anna, clara) && !hears(caller, clara));
    presses('3');
    CHECK(edge_count == 4 && hears(anna, clara) && hears(caller, clara));
    presses('1');
    CHECK(edge_count == 2);
    CHECK(strstr(told, "2 whisper began; 2 whisper over; 3 barge-in began; 3 barge-in over; "
                       "4 listen began; "));
    presses('4');
    CHECK(edge_count == 0 && bridged_with == clara);
    CHECK(strstr(told, "5 take-over over: took over"));
    const struct command *transfer = scene_command(STORE_TRANSFER);
    CHECK(transfer && transfer->transfer.done &&
          text_equal(transfer->transfer.how, TEXT("take-over")));
    CHECK(scene_command(SIP_HANG_UP)->leg == anna);
    hangs_up(clara_dialog); /* Now the call's second leg: that is the end of the call. */
    CHECK(scene_count(SIP_HANG_UP) == 2 && scene_count(MEDIA_CLOSE) == 2);
    scene_end();
}

static void with_the_agent_one_hears_what_it_says(void)
{
    with_agent();
    dials("clara", "*51");
    acks();
    CHECK(edge_count == 2 && edges[0].from == caller && edges[1].from == caller);
    CHECK(edges[0].to == clara && edges[1].to == clara && edges[0].played != edges[1].played);
    CHECK(said_count >= 1 && said_to[said_count - 1] == caller); /* The tone. */
    presses('2'); /* Nobody whispers to an agent. */
    CHECK(edge_count == 2 && scene_command(SPEECH_SAY)->leg == clara);
    presses('3'); /* To barge in is to take over. */
    CHECK(edge_count == 0 && bridged_with == clara);
    CHECK(strstr(told, "2 take-over began; 2 take-over over: took over"));
    scene_end();
}

/* The offer goes along: whoever answers it later is nobody's second leg. */
static void who_takes_over_a_waiting_caller_takes_them_out_of_the_queue(void)
{
    begin();
    registers("anna", "3600 sip:anna@192.0.2.21:5062\n");
    registers("clara", "3600 sip:clara@192.0.2.22:5062\n");
    scene_listening();
    caller = scene_leg();
    caller_dialog = scene_dialog();
    dials("clara", "*51");
    acks();
    event((struct event){.kind = MEDIA_KEY, .leg = caller, .key.key = '1'});
    scene_said();
    anna = rung;
    anna_dialog = ++dialog;
    event((struct event){.kind = SIP_DIALED, .leg = anna, .sip.dialog = anna_dialog});
    presses('4');
    CHECK(bridged_with == clara);
    const struct command *left = scene_command(STORE_QUEUE);
    CHECK(left && left->queue.what == QUEUE_LEFT);
    CHECK(scene_command(SIP_HANG_UP) && scene_command(SIP_HANG_UP)->leg == anna);
    struct event late = {.kind = SIP_ANSWERED};
    late.sip.dialog = anna_dialog;
    late.sip.status = 200;
    late.sip.sdp = TEXT(SDP);
    event(late);
    event((struct event){.kind = MEDIA_KEY, .leg = anna, .key.key = '1'});
    CHECK(bridged_with == clara);
    scene_end();
}

static void what_is_masked_is_not_heard(void)
{
    with_anna();
    scene_core(); /* The capture is of the caller's leg. */
    struct event e = {.kind = CAPTURE_ASKED};
    char ref[64];
    dials("clara", "*51");
    text_copy(ref, sizeof(ref), scene_command(STORE_SUPERVISION)->supervision.ref);
    acks();
    e.capture.ref = text_of(ref);
    e.capture.act = CAPTURE_START;
    event(e);
    e.capture.act = CAPTURE_MASK;
    event(e);
    CHECK(edge_count == 0);
    e.capture.act = CAPTURE_UNMASK;
    event(e);
    CHECK(edge_count == 2);
    scene_end();
}

/* ---- Who may, and who is told ---- */

static void who_may_not_hears_why(void)
{
    with_anna();
    dials("dora", "*51");
    CHECK(clara == 0); /* A call of its own: its account is opened first. */
    event((struct event){.kind = STORE_OPENED, .call = scene_call_id()});
    event((struct event){.kind = SIP_ACKED, .sip.dialog = clara_dialog});
    CHECK(strstr(scene_words(), "may not supervise"));
    CHECK(strstr(told, "1 listen refused: You may not supervise this call."));
    CHECK(edge_count == 0);
    scene_end();
}

static void rights_are_for_operators_queues_and_agents(void)
{
    with_anna();
    supervisor.everything = false;
    supervisor.agents = front;
    supervisor.agent_count = 1;
    dials("clara", "*51");
    CHECK(clara == 0);
    supervisor.operators = operators;
    supervisor.operator_count = 1;
    dials("clara", "*51");
    CHECK(clara != 0);
    scene_end();
}

static void a_second_supervisor_is_refused(void)
{
    struct event e = {.kind = SUPERVISE_ASKED};
    static const struct text both[] = {TEXT_INIT("clara"), TEXT_INIT("dora")};
    char ref[64];

    with_anna();
    supervisor.telephones = both;
    supervisor.telephone_count = 2;
    dials("clara", "*51");
    text_copy(ref, sizeof(ref), scene_command(STORE_SUPERVISION)->supervision.ref);
    acks();
    e.supervise.ref = text_of(ref);
    e.supervise.user = TEXT("dora");
    event(e);
    CHECK(strstr(told, "2 listen refused: somebody else"));
    CHECK(edge_count == 2);
    hangs_up(clara_dialog);
    CHECK(strstr(told, "1 listen over"));
    scene_end();
}

static void the_tone_comes_again_as_long_as_somebody_listens(void)
{
    with_anna();
    dials("clara", "*51");
    acks();
    CHECK(said_count == 2);
    scene_wait(15001);
    CHECK(said_count == 4);
    presses('4');
    scene_wait(40000);
    CHECK(said_count == 4);
    scene_end();
}

static void nobody_is_told_where_the_configuration_says_so(void)
{
    with_anna();
    scene_plan()->supervision.tell_caller = TELL_NOT;
    scene_plan()->supervision.tell_operator = TELL_WORDS;
    dials("clara", "*51");
    acks();
    CHECK(said_count == 1 && said_to[0] == anna);
    scene_wait(15001); /* Words are said once. */
    CHECK(said_count == 1);
    scene_end();
}

static void who_is_refused_changes_nothing_for_who_is_there(void)
{
    struct event e = {.kind = SUPERVISE_ASKED};
    char ref[64];

    with_anna();
    dials("clara", "*51");
    text_copy(ref, sizeof(ref), scene_command(STORE_SUPERVISION)->supervision.ref);
    acks();
    e.supervise.ref = text_of(ref);
    e.supervise.user = TEXT("dora"); /* Supervises nobody. */
    e.supervise.mode = SUPERVISE_TAKE_OVER;
    event(e);
    CHECK(strstr(told, "2 take-over refused: no supervisor"));
    hangs_up(clara_dialog);
    CHECK(strstr(told, "1 listen over"));
    CHECK(text_equal(scene_command(STORE_SUPERVISION)->supervision.telephone, TEXT("clara")));
    scene_end();
}

static void whoever_takes_over_takes_the_caller_out_of_the_queue(void)
{
    with_agent();
    dials("clara", "*51");
    acks();
    event((struct event){.kind = MEDIA_KEY, .leg = caller, .key.key = '1'});
    for (uint32_t utterance = 1; utterance < 20 && !scene_command(STORE_QUEUE); utterance++) {
        event((struct event){
            .kind = SPEECH_READY, .leg = caller, .speech = {.utterance = utterance, .clip = 9}});
        event((struct event){
            .kind = MEDIA_PLAYED, .leg = caller, .played = {.utterance = utterance, .heard_ms = 9, .total_ms = 9, .finished = true}});
    }
    CHECK(scene_command(STORE_QUEUE)->queue.what == QUEUE_JOINED);
    presses('4');
    CHECK(bridged_with == clara && scene_command(STORE_QUEUE)->queue.what == QUEUE_LEFT);
    scene_end();
}

/* Anna takes the caller whom the chief has been listening to: the words are for her too. */
static void who_joins_later_is_told_as_well(void)
{
    with_agent();
    scene_plan()->supervision.tell_operator = TELL_WORDS;
    dials("clara", "*51");
    acks();
    event((struct event){.kind = MEDIA_KEY, .leg = caller, .key.key = '1'});
    for (uint32_t utterance = 1; utterance < 20 && !scene_command(STORE_QUEUE); utterance++) {
        event((struct event){
            .kind = SPEECH_READY, .leg = caller, .speech = {.utterance = utterance, .clip = 9}});
        event((struct event){
            .kind = MEDIA_PLAYED, .leg = caller, .played = {.utterance = utterance, .heard_ms = 9, .total_ms = 9, .finished = true}});
    }
    registers("anna", "3600 sip:anna@192.0.2.21:5062\n");
    anna = rung;
    answers(anna, &anna_dialog);
    said_count = 0;
    event((struct event){.kind = MEDIA_KEY, .leg = anna, .key.key = '1'});
    CHECK(bridged_with == anna && hears(clara, anna));
    CHECK(said_count == 1 && said_to[0] == anna);
    CHECK(text_find(scene_command(SPEECH_SAY)->say.text, TEXT("supervisor")) >= 0);
    scene_wait(15001);
    CHECK(said_count == 2 && said_to[1] == caller); /* A tone; words are said once. */
    scene_end();
}

static void not_spoken(uint32_t leg, uint32_t utterance)
{
    event((struct event){
        .kind = SPEECH_FAILED, .leg = leg, .speech = {.utterance = utterance, .provider = -1}});
}

static void who_cannot_be_told_is_not_listened_to(void)
{
    with_anna();
    scene_plan()->supervision.tell_caller = TELL_NOT;
    scene_plan()->supervision.tell_operator = TELL_WORDS;
    dials("clara", "*51");
    acks();
    not_spoken(anna, scene_command(SPEECH_SAY)->say.utterance);
    const struct command *say = scene_command(SPEECH_SAY);
    CHECK(say && say->leg == anna && text_equal(say->say.text, TEXT("beep")));
    CHECK(hears(clara, anna));
    not_spoken(anna, say->say.utterance);
    CHECK(strstr(told, "listen over: those who are listened to could not be told"));
    CHECK(edge_count == 0 && scene_command(SIP_HANG_UP)->leg == clara);
    scene_end();
}

/* ---- Calls of operators ---- */

static void a_call_that_an_operator_placed_can_be_taken_over_too(void)
{
    begin();
    registers("anna", "3600 sip:anna@192.0.2.21:5062\n");
    registers("clara", "3600 sip:clara@192.0.2.22:5062\n");
    registers("dora", "3600 sip:dora@192.0.2.23:5062\n");
    intents[0].then = THEN_TRANSFER;
    intents[0].transfer = TEXT("dora");
    scene_invite_by("anna");
    event((struct event){.kind = STORE_OPENED, .call = scene_call_id(), .leg = scene_leg()});
    event((struct event){.kind = SIP_ACKED, .sip.dialog = scene_dialog()});
    scene_said();
    anna = scene_leg();
    anna_dialog = scene_dialog();
    event((struct event){.kind = MEDIA_KEY, .leg = anna, .key.key = '1'});
    scene_said();
    caller = rung; /* Dora. */
    answers(caller, &caller_dialog);
    CHECK(bridged_with == caller);
    dials("clara", "*51anna");
    acks();
    CHECK(clara && hears(clara, anna) && hears(clara, caller));
    presses('4');
    CHECK(strstr(told, "take-over over: took over"));
    const struct command *bridge = scene_command(MEDIA_BRIDGE);
    CHECK(bridge && bridge->leg == clara && bridge->bridge.other == caller);
    CHECK(scene_command(SIP_HANG_UP)->leg == anna && edge_count == 0);
    event((struct event){.kind = MEDIA_CLOSED, .leg = anna});
    event((struct event){.kind = SIP_RELEASED, .sip.dialog = anna_dialog});
    hangs_up(caller_dialog);
    event((struct event){.kind = MEDIA_CLOSED, .leg = clara});
    event((struct event){.kind = MEDIA_CLOSED, .leg = caller});
    CHECK(scene_command(STORE_CALL_CLOSED));
    scene_end();
}

/* ---- Telephones that are gone ---- */

static void falls_silent(uint32_t leg, bool silent)
{
    event((struct event){.kind = MEDIA_SILENT, .leg = leg, .silent = {silent, 4000}});
}

static void a_supervisors_telephone_that_is_gone_is_asked_and_let_go(void)
{
    with_anna();
    dials("clara", "*53");
    acks();
    CHECK(hears(caller, clara));
    falls_silent(clara, true);
    scene_wait(55999);
    CHECK(!scene_command(SIP_REFRESH));
    falls_silent(clara, false); /* Only mute. */
    scene_wait(60000);
    falls_silent(clara, true);
    for (int i = 0; i < 60 && !scene_command(SIP_REFRESH); i++)
        scene_wait(1000); /* The tone comes in between. */
    CHECK(scene_command(SIP_REFRESH) && scene_command(SIP_REFRESH)->leg == clara);
    event((struct event){.kind = SIP_REFRESHED, .sip = {.dialog = clara_dialog, .status = 200}});
    CHECK(hears(caller, clara)); /* It is there. */
    for (int i = 0; i < 70 && !scene_command(SIP_REFRESH); i++)
        scene_wait(1000);
    CHECK(scene_command(SIP_REFRESH));
    for (int i = 0; i < 40 && !strstr(told, "barge-in over"); i++)
        scene_wait(1000);
    CHECK(strstr(told, "barge-in over: no sound came, and no answer whether to go on"));
    CHECK(edge_count == 0);
    hangs_up(caller_dialog); /* The two went on. */
    scene_end();
}

static void who_listens_stays_when_the_operator_transfers_the_caller(void)
{
    struct event e = {.kind = SIP_REFERRED};

    with_anna();
    e.refer.dialog = anna_dialog;
    e.refer.target = TEXT("sip:200@192.0.2.9");
    event(e);
    CHECK(scene_command(SIP_REPLY)->sip.status == 202);
    scene_end();
}

static void whose_silent_telephone_was_taken_the_place_of_is_asked_no_more(void)
{
    with_anna();
    dials("clara", "*51");
    acks();
    falls_silent(anna, true);
    presses('4');
    CHECK(bridged_with == clara);
    event((struct event){.kind = MEDIA_CLOSED, .leg = anna});
    event((struct event){.kind = SIP_RELEASED, .sip.dialog = anna_dialog});
    scene_wait(60000);
    CHECK(!scene_command(SIP_REFRESH));
    scene_end();
}

/* Somebody is rung for the caller: who took over now would be forgotten when they answer. */
static void during_a_transfer_nobody_can_take_over(void)
{
    struct event e = {.kind = SIP_REFERRED};
    uint32_t dora, dora_dialog;

    with_anna();
    registers("dora", "3600 sip:dora@192.0.2.23:5062\n");
    dials("clara", "*51");
    acks();
    e.refer.dialog = anna_dialog;
    e.refer.target = TEXT("sip:dora@192.0.2.9");
    event(e);
    dora = rung;
    CHECK(dora != anna && dora != clara);
    bridged_with = 0;
    presses('4');
    CHECK(bridged_with == 0);
    answers(dora, &dora_dialog);
    CHECK(bridged_with == dora);
    hangs_up(caller_dialog);
    CHECK(scene_command(SIP_HANG_UP)->leg == clara || scene_command(SIP_HANG_UP)->leg == dora);
    scene_end();
}

/* ---- Rung ---- */

static void the_control_socket_rings_the_telephone(void)
{
    struct event e = {.kind = SUPERVISE_ASKED};
    char ref[64];

    with_anna();
    text_copy(ref, sizeof(ref), scene_command(STORE_TRANSFER)->transfer.ref);
    e.supervise.ref = text_of(ref);
    e.supervise.user = TEXT("clara");
    e.supervise.mode = SUPERVISE_WHISPER;
    event(e);
    clara = rung;
    CHECK(clara != anna && strstr(told, "1 whisper wanted"));
    answers(clara, &clara_dialog);
    CHECK(edge_count == 3 && hears(anna, clara));
    e.supervise.mode = SUPERVISE_END;
    event(e);
    CHECK(edge_count == 0 && strstr(told, "1 whisper over: by the control socket"));
    CHECK(scene_command(SIP_HANG_UP)->leg == clara);
    scene_end();
}

static void who_does_not_answer_is_in_the_account(void)
{
    struct event e = {.kind = SUPERVISE_ASKED};
    char ref[64];

    with_anna();
    text_copy(ref, sizeof(ref), scene_command(STORE_TRANSFER)->transfer.ref);
    e.supervise.ref = text_of(ref);
    e.supervise.user = TEXT("clara");
    event(e);
    event((struct event){.kind = SIP_DIALED, .leg = rung, .sip.dialog = ++dialog});
    e = (struct event){.kind = SIP_REFUSED};
    e.sip.dialog = dialog;
    e.sip.status = 486;
    e.sip.reason = TEXT("Busy Here");
    event(e);
    CHECK(strstr(told, "1 listen refused: Busy Here"));
    CHECK(edge_count == 0);
    scene_end();
}

/* ---- Hanging up at any instant ---- */

static void whoever_hangs_up_at_whatever_instant_all_legs_end(void)
{
    for (int instant = 0; instant < 5; instant++) {
        for (int who = 0; who < 3; who++) {
            with_anna();
            dials("clara", "*51");
            if (instant > 0)
                acks();
            if (instant > 1)
                presses((char)('0' + instant));
            hangs_up(who == 0 ? caller_dialog : who == 1 ? anna_dialog : clara_dialog);
            bool ended = who == 0 || (who == 1 && instant < 4) || (who == 2 && instant == 4);
            CHECK(edge_count == 0 || (!ended && who == 1 && instant == 4));
            CHECK(!ended || scene_count(SIP_HANG_UP) >= 1);
            hangs_up(caller_dialog);
            const uint32_t dialogs[] = {caller_dialog, anna_dialog, clara_dialog},
                           legs[] = {caller, anna, clara};
            for (int i = 0; i < 3; i++) {
                event((struct event){.kind = MEDIA_CLOSED, .leg = legs[i]});
                event((struct event){.kind = SIP_RELEASED, .sip.dialog = dialogs[i]});
            }
            scene_wait(60000);
            struct core_figures figures;
            core_figures(scene_core(), &figures);
            CHECK(figures.calls == 0 && figures.spare_legs == 0);
            scene_end();
        }
    }
}

/* ---- Anything, in any order ---- */

static const char *const numbers[] = {"*51", "*52", "*53", "*54", "*51anna", "*542662", "*51ben"};

/* A leg's or dialog's news, or the supervisor's idea; ids may be of a call that is over. */
static struct event anything(struct random *random, const char *ref)
{
    const uint32_t legs[] = {caller, anna, clara, rung},
                   dialogs[] = {caller_dialog, anna_dialog, clara_dialog, dialog};
    static const enum event_kind kinds[] = {SIP_BYE,      SIP_RELEASED,    SIP_ACKED, SIP_ANSWERED,
                                            SIP_REFUSED,  SIP_DIALED,      SIP_PROGRESS,
                                            SIP_FAILED,   MEDIA_KEY,       MEDIA_KEY,
                                            MEDIA_CLOSED, SUPERVISE_ASKED, SUPERVISE_ASKED,
                                            SPEECH_READY, SPEECH_FAILED,   CAPTURE_ASKED};
    uint32_t which = random_below(random, 4);
    struct event e = {.kind = kinds[random_below(random, sizeof(kinds) / sizeof(kinds[0]))]};

    if (e.kind == SUPERVISE_ASKED) {
        e.supervise.ref = text_of(ref);
        e.supervise.user = random_below(random, 4) ? TEXT("clara") : TEXT("dora");
        e.supervise.mode = (enum supervise_mode)random_below(random, SUPERVISE_MODES);
    } else if (e.kind == CAPTURE_ASKED) {
        e.capture.ref = text_of(ref);
        e.capture.act = (enum capture_act)random_below(random, CAPTURE_ACTS);
    } else if (e.kind >= SIP_INVITE && e.kind <= SIP_RELEASED) {
        e.sip.dialog = dialogs[which];
        e.leg = e.kind == SIP_DIALED ? legs[which] : 0;
        if (e.kind == SIP_DIALED)
            e.sip.dialog = ++dialog;
        e.sip.status = e.kind == SIP_ANSWERED ? 200 : e.kind == SIP_PROGRESS ? 180 : 486;
        e.sip.sdp = random_below(random, 8) ? TEXT(SDP) : TEXT_EMPTY;
    } else {
        e.leg = legs[which];
        if (e.kind == MEDIA_KEY)
            e.key.key = "1234"[random_below(random, 4)];
        else if (e.kind == SPEECH_READY || e.kind == SPEECH_FAILED)
            e.speech.utterance = 1 + random_below(random, 20);
    }
    return e;
}

/* What the core promises itself holds after each (event() looks), and media is never told the same
 * twice (hear() looks). */
static void nothing_that_comes_breaks_a_promise(void)
{
    for (uint64_t seed = 1; seed <= 1000; seed++) {
        struct random random;
        char ref[64];
        random = (struct random){.state = seed};
        if (seed % 2) {
            with_anna();
            text_copy(ref, sizeof(ref), scene_command(STORE_TRANSFER)->transfer.ref);
        } else {
            with_agent();
            dials("clara", "*51");
            text_copy(ref, sizeof(ref), scene_command(STORE_SUPERVISION)->supervision.ref);
        }
        for (int i = 0; i < 60; i++) {
            uint32_t what = random_below(&random, 10);
            if (what == 0)
                dials(random_below(&random, 4) ? "clara" : "dora",
                      numbers[random_below(&random, sizeof(numbers) / sizeof(numbers[0]))]);
            else if (what == 1)
                scene_wait(random_below(&random, 20000));
            else
                event(anything(&random, ref));
        }
        scene_end();
    }
}

int main(void)
{
    RUN(who_listens_hears_both_and_is_heard_by_nobody);
    RUN(keys_go_from_one_way_to_the_next);
    RUN(with_the_agent_one_hears_what_it_says);
    RUN(who_takes_over_a_waiting_caller_takes_them_out_of_the_queue);
    RUN(what_is_masked_is_not_heard);
    RUN(who_may_not_hears_why);
    RUN(rights_are_for_operators_queues_and_agents);
    RUN(a_second_supervisor_is_refused);
    RUN(who_is_refused_changes_nothing_for_who_is_there);
    RUN(the_tone_comes_again_as_long_as_somebody_listens);
    RUN(nobody_is_told_where_the_configuration_says_so);
    RUN(who_listens_stays_when_the_operator_transfers_the_caller);
    RUN(whose_silent_telephone_was_taken_the_place_of_is_asked_no_more);
    RUN(during_a_transfer_nobody_can_take_over);
    RUN(who_joins_later_is_told_as_well);
    RUN(who_cannot_be_told_is_not_listened_to);
    RUN(a_call_that_an_operator_placed_can_be_taken_over_too);
    RUN(a_supervisors_telephone_that_is_gone_is_asked_and_let_go);
    RUN(whoever_takes_over_takes_the_caller_out_of_the_queue);
    RUN(the_control_socket_rings_the_telephone);
    RUN(who_does_not_answer_is_in_the_account);
    RUN(whoever_hangs_up_at_whatever_instant_all_legs_end);
    RUN(nothing_that_comes_breaks_a_promise);
    return 0;
}

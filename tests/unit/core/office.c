// SPDX-License-Identifier: Apache-2.0
/* office.c - telephones, by the book. */
#include "office.h"

#include <string.h>

#include "check.h"

enum { LEGS = 256, FIRST_DIALOG = 0x30200 };

static const struct plan_user users[] = {
    {.name = TEXT_INIT("anna")}, {.name = TEXT_INIT("ben")}, {.name = TEXT_INIT("carl")}};
static const struct plan_route routes[] = {
    {.number = TEXT_INIT("100"), .agent = 0, .trunk = -1, .queue = -1},
    {.number = TEXT_INIT("31*"), .agent = -1, .trunk = 1, .queue = -1, .forward_trunk = -1},
    {.number = TEXT_INIT("ben"), .agent = -1, .trunk = 1, .queue = -1, .forward_trunk = 1},
    {.number = TEXT_INIT("help"), .agent = 0, .trunk = -1, .queue = 0}};
static struct plan_operator people[2];
static struct plan_queue queue;
static struct plan_trunk trunks[2];
static struct plan_agent agents[3];
static struct plan_intent intents[5];
static uint32_t cseq, next_dialog, caller, anna;

static struct {
    uint32_t leg, dialog;
    char uri[64];
} dialled[LEGS];
static uint32_t dialled_count;
static char told[4096];

static void note(const struct command *c)
{
    uint32_t used = (uint32_t)strlen(told);
    size_t room = sizeof(told) - used;
    char *to = told + used;

    if (c->kind == SIP_DIAL) {
        CHECK(dialled_count < LEGS);
        dialled[dialled_count].leg = c->leg;
        dialled[dialled_count].dialog = 0;
        text_copy(dialled[dialled_count++].uri, sizeof(dialled[0].uri), c->sip.uri);
    } else if (c->kind == STORE_TRANSFER) {
        snprintf(to, room, TEXT_FORMAT " " TEXT_FORMAT " %s" TEXT_FORMAT "; ",
                 TEXT_ARGS(c->transfer.how), TEXT_ARGS(c->transfer.target),
                 c->transfer.done ? "done " : "", TEXT_ARGS(c->transfer.detail));
    } else if (c->kind == STORE_QUEUE) {
        snprintf(to, room, "queue " TEXT_FORMAT " %s: " TEXT_FORMAT "; ", TEXT_ARGS(c->queue.queue),
                 queue_what_names[c->queue.what], TEXT_ARGS(c->queue.why));
    } else if (c->kind == STORE_HANDOVER) {
        snprintf(to, room, "hand-over " TEXT_FORMAT " to " TEXT_FORMAT ": " TEXT_FORMAT "; ",
                 TEXT_ARGS(c->handover.from), TEXT_ARGS(c->handover.to),
                 TEXT_ARGS(c->handover.reason));
    } else if (c->kind == SIP_NOTIFY) {
        snprintf(to, room, "notify %s %u%s; ", c->leg == anna ? "anna" : "other", c->sip.status,
                 c->sip.final ? " end" : "");
    } else if (c->kind == SIP_HANG_UP) {
        snprintf(to, room, "hang up %s; ",
                 c->leg == anna     ? "anna"
                 : c->leg == caller ? "caller"
                                    : "other");
    } else if (c->kind == SIP_REPLY) {
        snprintf(to, room, "reply %u; ", c->sip.status);
    } else if (c->kind == STORE_CALL_CLOSED) {
        snprintf(to, room, "closed %s; ", cause_names[c->closed.cause]);
    } else if (c->kind == MEDIA_BRIDGE || c->kind == MEDIA_UNBRIDGE) {
        snprintf(to, room, "%s %s; ", c->kind == MEDIA_BRIDGE ? "bridge" : "unbridge",
                 c->bridge.other == anna ? "anna" : "other");
    }
}

bool office_told(const char *words)
{
    bool found = strstr(told, words) != NULL;

    if (!found)
        printf("# told: %s\n", told);
    return found;
}

bool office_not_told(const char *words)
{
    return strstr(told, words) == NULL;
}

void office_forget(void)
{
    told[0] = 0;
}

void office_registers(const char *user, const char *contact, const char *sip_call_id)
{
    struct event e = {.kind = SIP_REGISTER};

    e.registering.request = ++cseq;
    e.registering.user = e.registering.aor = text_of(user);
    e.registering.source = TEXT("198.51.100.4:1024");
    e.registering.contacts = text_of(contact);
    e.registering.sip_call_id = text_of(sip_call_id);
    e.registering.cseq = cseq;
    scene_event(e);
    scene_event((struct event){.kind = STORE_BOUND, .call = cseq});
}

static void make_people(struct plan *plan)
{
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
                                       .place_count = 1};
    plan->operators = people;
    plan->operator_count = 2;
}

void office_begin(void)
{
    scene_begin(4);
    scene_watch(note);
    struct plan *plan = scene_plan();
    trunks[0] = plan->trunks[0];
    trunks[1] = (struct plan_trunk){.name = TEXT_INIT("phones"), .phones = true};
    plan->trunks = trunks;
    plan->trunk_count = 2;
    plan->users = users;
    plan->user_count = 3;
    plan->realm = TEXT("offhook");
    plan->media_threads = 1;
    make_people(plan);
    memcpy(agents, plan->agents, sizeof(agents));
    memcpy(intents, agents[0].intents, sizeof(intents));
    intents[0].then = THEN_QUEUE;
    intents[0].queue = 0;
    intents[0].priority = -1;
    agents[0].intents = intents;
    plan->agents = agents;
    plan->routes = routes;
    plan->route_count = 4;
    next_dialog = FIRST_DIALOG;
    dialled_count = caller = anna = 0;
    told[0] = 0;
    scene_event((struct event){.kind = PLAN_LOADED, .plan = {0, 2}});
    office_registers("anna", "3000 sip:anna@10.0.0.7\n", "a");
    office_registers("ben", "3000 sip:ben@10.0.0.8\n", "b");
    office_registers("carl", "3000 sip:carl@10.0.0.9\n", "c");
}

struct plan_queue *office_queue(void)
{
    return &queue;
}

void office_taken(void)
{
    scene_listening();
    caller = scene_leg();
    scene_event((struct event){.kind = MEDIA_KEY, .leg = caller, .key.key = '1'});
    scene_said();
    CHECK(dialled_count == 1);
    anna = dialled[0].leg;
    office_answers(anna);
    scene_event((struct event){.kind = MEDIA_KEY, .leg = anna, .key.key = '1'});
    CHECK(office_told("warm anna done") && scene_command(MEDIA_BRIDGE)->bridge.other == anna);
    office_forget();
}

void office_joined(void)
{
    office_taken();
    scene_event((struct event){.kind = SPEECH_STOPPED, .leg = caller});
}

uint32_t office_caller(void)
{
    return caller;
}

uint32_t office_anna(void)
{
    return anna;
}

uint32_t office_dialled(void)
{
    return dialled_count;
}

uint32_t office_leg(uint32_t index)
{
    CHECK(index < dialled_count);
    return dialled[index].leg;
}

const char *office_uri(uint32_t index)
{
    CHECK(index < dialled_count);
    return dialled[index].uri;
}

uint32_t office_dialog(uint32_t leg)
{
    uint32_t i = dialled_count;

    while (i > 0 && dialled[i - 1].leg != leg)
        i--;
    CHECK(i > 0);
    if (dialled[i - 1].dialog == 0) {
        dialled[i - 1].dialog = ++next_dialog;
        scene_event((struct event){
            .kind = SIP_DIALED, .leg = leg, .sip.dialog = dialled[i - 1].dialog});
    }
    return dialled[i - 1].dialog;
}

void office_sip_of(enum event_kind kind, uint32_t dialog, uint16_t status)
{
    struct event e = {.kind = kind};

    e.sip.dialog = dialog;
    e.sip.status = status;
    if (kind == SIP_ANSWERED || kind == SIP_AGREED)
        e.sip.sdp = TEXT(OFFICE_SDP);
    scene_event(e);
}

void office_sip(enum event_kind kind, uint32_t leg, uint16_t status)
{
    office_sip_of(kind, leg == caller ? scene_dialog() : office_dialog(leg), status);
}

void office_answers(uint32_t leg)
{
    office_sip(SIP_ANSWERED, leg, 200);
}

void office_refuses(uint32_t leg, uint16_t status)
{
    office_sip(SIP_REFUSED, leg, status);
}

uint32_t office_calls(const char *user, const char *number, uint32_t dialog)
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
    CHECK(opened);
    uint32_t call = opened->call;
    scene_event((struct event){.kind = STORE_OPENED, .call = call});
    return call;
}

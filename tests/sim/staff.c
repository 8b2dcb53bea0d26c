// SPDX-License-Identifier: Apache-2.0
/* staff.c - people who take calls and those who listen to them: operators whose telephones ring, hear
 * the brief, accept, decline, are carried away by somebody else's wish, or die at any instant;
 * supervisors who dial codes, or are rung. */
#include <stdio.h>
#include <string.h>

#include "inside.h"

enum { OPERATORS = 8, TELEPHONES = 4 /* The first of them; the others answer at addresses. */ };

static const struct plan_user users[] = {
    {.name = TEXT_INIT("op0")},   {.name = TEXT_INIT("op1")},  {.name = TEXT_INIT("op2")},
    {.name = TEXT_INIT("op3")},   {.name = TEXT_INIT("clara")}, {.name = TEXT_INIT("carl")},
    {.name = TEXT_INIT("nobody")}};
static const struct text claras[] = {TEXT_INIT("clara"), TEXT_INIT("op3")},
                         carls[] = {TEXT_INIT("carl")}, carls_queues[] = {TEXT_INIT("support")};
static const struct plan_supervisor supervisors[] = {
    {.name = TEXT_INIT("chief"), .telephones = claras, .telephone_count = 2, .everything = true},
    {.name = TEXT_INIT("second"),
     .telephones = carls,
     .telephone_count = 1,
     .queues = carls_queues,
     .queue_count = 1}};

static struct {
    struct plan_operator operators[OPERATORS];
    struct plan_trunk trunks[2];
    struct plan_queue queues[2];
    char names[OPERATORS][8], places[OPERATORS][32];
} made;

static void make_operator(int i)
{
    struct plan_operator *to = &made.operators[i];

    snprintf(made.names[i], sizeof(made.names[i]), "op%d", i);
    snprintf(made.places[i], sizeof(made.places[i]), i < TELEPHONES ? "op%d" : "sip:op%d@192.0.2.7", i);
    *to = (struct plan_operator){.name = text_of(made.names[i]),
                                 .label = text_of(made.names[i]),
                                 .places = {text_of(made.places[i])},
                                 .place_count = 1,
                                 .queues = i % 3 ? 1 : 3,
                                 .wrap_up_ms = 1000u * (uint32_t)i};
}

void staff_plan(uint64_t seed, struct plan *plan)
{
    memset(&made, 0, sizeof(made));
    for (int i = 0; i < OPERATORS; i++)
        make_operator(i);
    made.trunks[0] = plan->trunks[0];
    made.trunks[1] = (struct plan_trunk){.name = TEXT_INIT("phones"), .phones = true};
    memcpy(made.queues, plan->queues, sizeof(made.queues));
    for (int i = 0; i < 2; i++) {
        made.queues[i].ring_ms = 15000;
        made.queues[i].strategy = (enum plan_strategy)((seed + (uint64_t)i) % STRATEGIES);
    }
    plan->trunks = made.trunks;
    plan->trunk_count = 2;
    plan->realm = TEXT("offhook");
    plan->users = users;
    plan->user_count = sizeof(users) / sizeof(users[0]);
    plan->queues = made.queues;
    plan->operators = made.operators;
    plan->operator_count = OPERATORS;
    plan->supervisors = supervisors;
    plan->supervisor_count = 2;
    plan->supervision = (struct plan_supervision){
        .codes = {TEXT("*51"), TEXT("*52"), TEXT("*53"), TEXT("*54")},
        .tell_caller = seed % 2 ? TELL_WORDS : TELL_TONE,
        .tell_operator = seed / 2 % 2 ? TELL_WORDS : TELL_TONE,
        .every_ms = HEARING_EVERY_MS};
    plan->media_threads = 1 + seed % 2;
    plan->spare_legs = SPARE;
}

static void think(enum staff_thought what, uint32_t leg, uint32_t serial, uint32_t delay_ms)
{
    push((struct happening){.at_ms = w.now_ms + delay_ms,
                            .internal = true,
                            .staff = what,
                            .event = {.leg = leg, .call = serial}});
}

void staff_begin(void)
{
    for (size_t i = 0; i < sizeof(users) / sizeof(users[0]); i++) {
        struct event event = {.kind = STORE_PHONE_KNOWN};
        event.phone.user = users[i].name;
        event.phone.contact = TEXT("sip:desk@10.0.0.1");
        event.phone.source = TEXT("198.51.100.4:1024");
        event.phone.expires_ms = 1900000000000;
        push((struct happening){.at_ms = w.now_ms, .event = event});
    }
    think(STAFF_WISH, 0, 0, 5000);
}

/* ---- Telephones ---- */

bool staff_is(const struct command *dial)
{
    struct text user = dial->sip.user;

    return w.faults->staff &&
           (user.size > 0 || text_starts(dial->sip.uri, TEXT("sip:op")));
}

uint32_t staff_answers(const struct command *dial)
{
    (void)dial;
    if (chance(w.faults->dying))
        think(STAFF_DIES, dial->leg, 0, between(0, 60000));
    return chance(800) ? between(500, 6000) : 0;
}

/* The brief, or what an operator is told later. */
void staff_said(const struct command *say)
{
    static const char keys[] = {'1', '1', '1', '1', '1', '2', '9', 0, 0, 0};
    struct line *line = line_of(say->leg);

    if (!line->staff || line->leg != say->leg || line->bridged || line->briefed)
        return;
    line->briefed = true;
    think(STAFF_KEY, say->leg, (uint32_t)keys[random_below(&w.random, sizeof(keys))],
          between(100, 9000));
}

static void key(struct line *line, char pressed)
{
    struct event event = {.kind = MEDIA_KEY, .leg = line->leg};

    if (pressed == 0 && chance(500))
        return; /* Nobody is there, or a machine. */
    if (pressed == 0) {
        line->said_bye = true;
        happen((struct event){.kind = SIP_BYE, .sip.dialog = line->dialog}, 0);
        happen((struct event){.kind = SIP_RELEASED, .sip.dialog = line->dialog}, 40);
        return;
    }
    event.key.key = pressed;
    happen(event, 0);
}

/* The cable, the battery, the network, the process that has its sound. */
static void die(struct line *line)
{
    line->said_bye = line->dead = true;
    switch (random_below(&w.random, 4)) {
    case 0:
        happen((struct event){.kind = SIP_RELEASED, .sip.dialog = line->dialog}, 0);
        break;
    case 1:
        happen((struct event){.kind = SIP_FAILED, .sip = {.dialog = line->dialog, .status = 408}}, 0);
        happen((struct event){.kind = SIP_RELEASED, .sip.dialog = line->dialog}, 1);
        break;
    case 2:
        if (line->opened && !line->closed) {
            limbs_lost(line);
            happen((struct event){.kind = MEDIA_CLOSED, .leg = line->leg}, 0);
        }
        break;
    default:
        happen((struct event){.kind = MEDIA_SILENT,
                              .leg = line->leg,
                              .silent = {.silent = true, .for_ms = 10000}},
               10000);
        break;
    }
}

/* ---- Supervisors ---- */

/* A call that is there now, or was. */
static struct text some_ref(void)
{
    return text_of(w.refs[random_below(&w.random, CALLS)]);
}

static struct text some_user(void)
{
    return users[3 + random_below(&w.random, 4)].name;
}

static void ask(void)
{
    struct event event = {.kind = SUPERVISE_ASKED};

    event.supervise.ref = some_ref();
    event.supervise.user = some_user();
    event.supervise.mode = (enum supervise_mode)random_below(&w.random, SUPERVISE_MODES);
    if (event.supervise.ref.size)
        happen(event, 0);
}

static void dial(void)
{
    static const char *const codes[] = {"*51",    "*52",     "*53",    "*54",   "*51op1",
                                        "*52670", "*53op2", "*54op4", "*51op9"};
    struct text user = some_user();

    invite_by(user, text_of(codes[random_below(&w.random, sizeof(codes) / sizeof(codes[0]))]));
}

static void wish(void)
{
    if (w.invited >= w.calls)
        return;
    if (chance(500))
        ask();
    else
        dial();
    think(STAFF_WISH, 0, 0, between(500, 6000));
}

void staff_thought(const struct happening *happening)
{
    struct line *line = line_of(happening->event.leg);

    if (happening->staff == STAFF_WISH) {
        wish();
        return;
    }
    if (line->leg != happening->event.leg || line->said_bye)
        return;
    if (happening->staff == STAFF_DIES)
        die(line);
    else
        key(line, (char)happening->event.call);
}

// SPDX-License-Identifier: Apache-2.0
/* stage_people.c - operators: who is on duty, and what they do when their telephone rings. */
#include "eval/stage_inside.h"

enum {
    PICK_UP_MS = 3000,
    BUSY_MS = 300,
    THINKS_MS = 500, /* After the brief. */
    EXPIRES_MS = 3600000
};

static const char answer[] =
    "v=0\r\no=- 3 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n"
    "m=audio 4004 RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n";

static int32_t operator_named(const struct stage *stage, struct text name)
{
    for (uint32_t i = 0; i < stage->plan.operator_count; i++)
        if (text_equal(name, stage->plan.operators[i].name))
            return (int32_t)i;
    return -1;
}

/* Whose telephone is called: one of `users`, or a number or an address. */
static int32_t operator_called(const struct stage *stage, const struct command *command)
{
    for (uint32_t i = 0; i < stage->plan.operator_count; i++) {
        const struct plan_operator *person = &stage->plan.operators[i];
        for (uint32_t place = 0; place < person->place_count; place++)
            if (command->sip.user.size > 0
                    ? text_equal(command->sip.user, person->places[place])
                    : text_find(command->sip.uri, person->places[place]) >= 0)
                return (int32_t)i;
    }
    return -1;
}

static struct stage_phone *phone_of(struct stage *stage, uint32_t leg)
{
    for (uint32_t i = 0; i < STAGE_PHONES; i++)
        if (leg && stage->phones[i].leg == leg)
            return &stage->phones[i];
    return NULL;
}

/* ---- On duty, and off ---- */

static void say(struct stage *stage, uint32_t i, enum suite_manner manner)
{
    struct event event = {.kind = OPERATOR_ASKED};

    stage->manners[i] = manner;
    event.wish.name = stage->plan.operators[i].name;
    event.wish.said = manner == MANNER_AWAY ? SAID_OFFLINE : SAID_AVAILABLE;
    stage_happen(stage, event, 0);
}

void stage_people_begin(struct stage *stage)
{
    struct event known = {.kind = STORE_PHONE_KNOWN};

    known.phone.contact = TEXT("sip:phone@192.0.2.9");
    known.phone.source = TEXT("192.0.2.9:5060");
    known.phone.expires_ms = STAGE_WALL_MS + EXPIRES_MS * UINT64_C(24);
    for (uint32_t i = 0; i < stage->plan.user_count; i++) {
        known.phone.user = stage->plan.users[i].name;
        stage_happen(stage, known, 0);
    }
    for (uint32_t i = 0; i < stage->plan.operator_count; i++)
        say(stage, i, MANNER_AWAY);
    stage_people(stage, stage->suite->people, stage->suite->people_count);
}

void stage_people(struct stage *stage, const struct suite_person *people, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        int32_t found = operator_named(stage, people[i].name);
        if (found >= 0)
            say(stage, (uint32_t)found, people[i].manner);
    }
}

/* ---- Their telephones ---- */

static void happen_to(struct stage *stage, enum event_kind kind, uint32_t dialog, uint16_t status,
                      uint32_t delay_ms)
{
    struct event event = {.kind = kind, .sip = {.dialog = dialog, .status = status}};

    if (kind == SIP_ANSWERED)
        event.sip.sdp = text_of(answer);
    stage_happen(stage, event, delay_ms);
}

bool stage_people_dial(struct stage *stage, const struct command *command)
{
    struct event dialed = {.kind = SIP_DIALED, .call = command->call, .leg = command->leg};
    int32_t found = operator_called(stage, command);
    uint32_t at = 0, dialog;

    while (at < STAGE_PHONES && stage->phones[at].leg)
        at++;
    if (found < 0 || at == STAGE_PHONES)
        return false;
    stage->phones[at] = (struct stage_phone){.leg = command->leg, .who = (uint32_t)found};
    dialog = dialed.sip.dialog = STAGE_PHONE + stage->phones_called++;
    stage_happen(stage, dialed, 1);
    if (stage->manners[found] == MANNER_BUSY) {
        happen_to(stage, SIP_REFUSED, dialog, 486, BUSY_MS);
        happen_to(stage, SIP_RELEASED, dialog, 0, BUSY_MS);
        return true;
    }
    happen_to(stage, SIP_PROGRESS, dialog, 180, 80);
    if (stage->manners[found] != MANNER_NO_ANSWER)
        happen_to(stage, SIP_ANSWERED, dialog, 200, PICK_UP_MS);
    return true;
}

/* The brief, or what is said when they are joined: they hear it out, and answer the brief. */
static void hear(struct stage *stage, struct stage_phone *phone, const struct command *command)
{
    uint32_t length_ms = stage_length_ms(stage, command->play.utterance);
    struct event event = {.kind = MEDIA_AUDIBLE, .leg = phone->leg};

    event.played.utterance = command->play.utterance;
    stage_happen(stage, event, 20);
    event.kind = MEDIA_PLAYED;
    event.played.heard_ms = event.played.total_ms = length_ms;
    event.played.finished = true;
    stage_happen(stage, event, length_ms);
    if (phone->answered)
        return;
    phone->answered = true;
    event = (struct event){.kind = MEDIA_KEY, .leg = phone->leg};
    event.key.key = stage->manners[phone->who] == MANNER_DECLINES ? '2' : '1';
    event.key.source = KEY_RTP;
    event.key.duration_ms = 100;
    stage_happen(stage, event, length_ms + THINKS_MS);
}

bool stage_people_media(struct stage *stage, const struct command *command)
{
    struct stage_phone *phone = phone_of(stage, command->leg);

    if (!phone)
        return false;
    if (command->kind == MEDIA_PLAY)
        hear(stage, phone, command);
    else if (command->kind == MEDIA_CLOSE)
        *phone = (struct stage_phone){.leg = 0};
    return true;
}

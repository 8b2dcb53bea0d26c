// SPDX-License-Identifier: Apache-2.0
/* disbelief_test.c - what callers say is not believed further than it is proved. */
#include "check.h"
#include "scene.h"

enum { SECOND = 0x20002 };

static struct plan_trunk trunks[2];
static struct plan_user user = {.name = TEXT_INIT("alice")};

static void begin_with(bool authenticate)
{
    scene_begin(4);
    trunks[0] = scene_plan()->trunks[0];
    trunks[0].authenticate = authenticate;
    trunks[0].user = TEXT("carrier");
    scene_plan()->trunks = trunks;
}

static void come_up(void)
{
    scene_event((struct event){.kind = STORE_OPENED, .call = scene_call_id(), .leg = scene_leg()});
    scene_event((struct event){
        .kind = SIP_ACKED, .call = scene_call_id(), .leg = scene_leg(), .sip.dialog = scene_dialog()});
}

static uint16_t refused_with(void)
{
    const struct command *reject = scene_command(SIP_REJECT);

    return reject ? reject->sip.status : 0;
}

static struct event invitation(const char *source, const char *by)
{
    struct event event = {.kind = SIP_INVITE};

    event.invite.dialog = SECOND;
    event.invite.seed = 7;
    event.invite.source = text_of(source);
    event.invite.local = TEXT("203.0.113.1");
    event.invite.from = TEXT("+14155550199");
    event.invite.to = TEXT("100");
    event.invite.user = text_of(by);
    return event;
}

static void replace(const char *source, const char *by)
{
    struct event event = invitation(source, by);

    event.invite.replaces = scene_dialog();
    scene_event(event);
}

static void who_takes_a_leg_s_place_proves_what_a_caller_proves(void)
{
    begin_with(true);
    scene_invite_by("carrier");
    come_up();
    replace("192.0.2.7:5060", NULL);
    CHECK(refused_with() == 401 && !scene_command(SIP_ANSWER));
    replace("192.0.2.7:5060", "alice");
    CHECK(refused_with() == 401);
    replace("198.51.100.9:5060", NULL);
    CHECK(refused_with() == 403);
    replace("192.0.2.7:5060", "carrier");
    CHECK(refused_with() == 0 && scene_command(SIP_ANSWER));
    scene_end();
}

static const struct command *forward(const char *to, const char *from)
{
    struct event event = invitation("192.0.2.7:5060", NULL);

    event.invite.to = text_of(to);
    event.invite.from = text_of(from);
    event.invite.sdp = TEXT("v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\n"
                            "t=0 0\r\nm=audio 4000 RTP/AVP 8\r\n");
    scene_event(event);
    scene_event((struct event){.kind = STORE_OPENED, .call = scene_call_id(), .leg = scene_leg()});
    return scene_command(SIP_DIAL);
}

/* The number is decoded when it comes to us: "sip:sip%3Aa%40b@us" calls "sip:a@b". */
static void a_forwarded_number_stays_at_the_trunk_whatever_it_says(void)
{
    static const struct plan_route all[] = {
        {.number = TEXT_INIT("*"), .agent = -1, .trunk = -1, .forward_trunk = -1}};
    static const char *const cases[][2] = {
        {"+4930123", "sip:+4930123@192.0.2.7"},
        {"sip:eve@evil.example", "sip:sip%3Aeve%40evil.example@192.0.2.7"},
        {"SIPS:eve@evil.example", "sip:SIPS%3Aeve%40evil.example@192.0.2.7"},
        {"1@evil.example", "sip:1%40evil.example@192.0.2.7"},
        {"1 SIP/2.0", "sip:1%20SIP/2.0@192.0.2.7"},
        {"%3900", "sip:%253900@192.0.2.7"},
        {"1?X-a=b", "sip:1%3FX-a=b@192.0.2.7"},
        {"*21#", "sip:*21%23@192.0.2.7"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        begin_with(false);
        scene_plan()->routes = all;
        scene_plan()->route_count = 1;
        const struct command *dial = forward(cases[i][0], "sip:ceo@bank.example");
        CHECK(dial && text_equal(dial->sip.uri, text_of(cases[i][1])));
        CHECK(dial && text_equal(dial->sip.from, TEXT("sip%3Aceo%40bank.example")));
        scene_end();
    }
}

static void a_telephone_is_who_it_proved_to_be(void)
{
    begin_with(false);
    trunks[1] = (struct plan_trunk){
        .name = TEXT_INIT("phones"), .authenticate = true, .phones = true};
    scene_plan()->trunk_count = 2;
    scene_plan()->users = &user;
    scene_plan()->user_count = 1;
    struct event event = invitation("198.51.100.9:5060", "alice");
    event.invite.asserted = TEXT("+18005550100");
    scene_event(event);
    const struct command *opened = scene_command(STORE_CALL_OPENED);
    CHECK(opened && text_equal(opened->opened.caller, TEXT("alice")));
    CHECK(opened && opened->opened.asserted.size == 0);
    scene_end();
}

static void a_refer_to_a_uri_in_a_uri_is_refused(void)
{
    struct event event = {.kind = SIP_REFERRED, .call = 0};

    begin_with(false);
    scene_call();
    event.call = scene_call_id();
    event.leg = scene_leg();
    event.refer.dialog = scene_dialog();
    event.refer.request = 2;
    event.refer.target = TEXT("sip:sip:5060");
    scene_event(event);
    const struct command *reply = scene_command(SIP_REPLY);
    CHECK(reply && reply->sip.status == 400 && !scene_command(SIP_DIAL));
    event.refer.target = TEXT("sip:4711@evil.example");
    scene_event(event);
    const struct command *dial = scene_command(SIP_DIAL);
    CHECK(dial && text_equal(dial->sip.uri, TEXT("sip:4711@192.0.2.7")));
    scene_end();
}

int main(void)
{
    RUN(who_takes_a_leg_s_place_proves_what_a_caller_proves);
    RUN(a_forwarded_number_stays_at_the_trunk_whatever_it_says);
    RUN(a_telephone_is_who_it_proved_to_be);
    RUN(a_refer_to_a_uri_in_a_uri_is_refused);
    return 0;
}

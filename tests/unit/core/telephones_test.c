// SPDX-License-Identifier: Apache-2.0
/* telephones_test.c - a call to one of the users: where it registered, its next place, or the truth. */
#include <string.h>

#include "check.h"
#include "core/phones.h"
#include "scene.h"

static const struct plan_user users[] = {{.name = TEXT_INIT("alice")}, {.name = TEXT_INIT("300")}};
static const struct text hosts[] = {TEXT_INIT("203.0.113.1"), TEXT_INIT("2001:db8::1")};
static struct plan_trunk trunks[2];
static struct plan_route routes[1];
static uint32_t cseq, dialog;
static const char beside[] = "192.0.2.7:5060"; /* A source of the trunk. */

static void begin(void)
{
    scene_begin(4);
    struct plan *plan = scene_plan();
    trunks[0] = plan->trunks[0];
    trunks[1] = (struct plan_trunk){.name = TEXT_INIT("phones"), .phones = true};
    plan->trunks = trunks;
    plan->trunk_count = 2;
    plan->users = users;
    plan->user_count = 2;
    plan->realm = TEXT("offhook");
    plan->hosts = hosts;
    plan->host_count = 2;
    dialog = 0x20000;
}

static void registers(const char *user, const char *contact, const char *source,
                      enum transport transport)
{
    struct event event = {.kind = SIP_REGISTER};

    event.registering.request = ++cseq;
    event.registering.user = event.registering.aor = text_of(user);
    event.registering.source = text_of(source);
    event.registering.transport = transport;
    event.registering.contacts = text_of(contact);
    event.registering.sip_call_id = text_of(source);
    event.registering.cseq = cseq;
    scene_event(event);
    scene_event((struct event){.kind = STORE_BOUND, .call = cseq});
}

/* Number 300 is forwarded to `target`, or to itself. */
static void forwarded(const char *target)
{
    routes[0] = (struct plan_route){
        .number = TEXT("*"), .agent = -1, .trunk = -1, .forward_trunk = -1, .forward = text_of(target)};
    scene_plan()->routes = routes;
    scene_plan()->route_count = 1;
    scene_invite("300", NULL);
    scene_event((struct event){.kind = STORE_OPENED, .call = scene_call_id()});
}

static const struct command *dialled(void)
{
    return scene_command(SIP_DIAL);
}

static void refused(uint16_t status)
{
    struct event event = {.kind = SIP_DIALED, .leg = scene_leg(), .sip.dialog = ++dialog};
    uint32_t leg = dialled()->leg;

    event.leg = leg;
    scene_event(event);
    event.kind = SIP_REFUSED;
    event.sip.status = status;
    scene_event(event);
}

static void a_telephone_rings_where_it_registered_from(void)
{
    begin();
    registers("alice", "300 sip:alice@10.0.0.7:5060\n", "198.51.100.4:1024", TRANSPORT_TCP);
    forwarded("alice");
    CHECK(text_equal(dialled()->sip.uri, TEXT("sip:alice@10.0.0.7:5060")));
    CHECK(text_equal(dialled()->sip.route, TEXT("sip:198.51.100.4:1024;transport=tcp")));
    CHECK(dialled()->sip.trunk.size == 0);
    scene_end();
}

static void its_number_is_enough_and_so_is_its_address_here(void)
{
    static const char *const ours[] = {"", "300", "sip:300@offhook", "sip:300@203.0.113.1:5060",
                                       "SIP:300@[2001:db8::1]:5060;transport=tcp"};

    for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
        begin();
        registers("300", "300 sip:x@10.0.0.7\n", "198.51.100.4:1024", TRANSPORT_UDP);
        forwarded(ours[i]);
        CHECK(dialled()->sip.route.size > 0);
        scene_end();
    }
}

static void another_hosts_address_or_a_named_trunk_is_no_telephone_of_ours(void)
{
    begin();
    registers("300", "300 sip:x@10.0.0.7\n", "198.51.100.4:1024", TRANSPORT_UDP);
    forwarded("sip:300@192.0.2.9");
    CHECK(dialled()->sip.route.size == 0 && text_equal(dialled()->sip.trunk, TEXT("carrier")));
    CHECK(phones_meant(scene_plan(), TEXT("300"), 0).size == 0);
    CHECK(phones_meant(scene_plan(), TEXT("300"), 1).size == 3);
    CHECK(phones_meant(scene_plan(), TEXT("sip:300"), -1).size == 0);
    CHECK(phones_meant(scene_plan(), TEXT("sip:300@"), -1).size == 0);
    CHECK(phones_meant(scene_plan(), TEXT("sip:300@[2001:db8::1"), -1).size == 3);
    scene_end();
}

static void who_is_not_registered_is_480_and_the_account_says_so(void)
{
    begin();
    forwarded("alice");
    CHECK(!dialled() && scene_command(SIP_REJECT)->sip.status == 480);
    const struct command *closed = scene_command(STORE_CALL_CLOSED);
    CHECK(closed->closed.cause == CAUSE_UNREACHABLE && closed->closed.status == 480);
    CHECK(text_equal(closed->closed.detail, TEXT("no telephone is registered as alice")));
    scene_end();
}

static void the_newest_place_first_then_the_one_before(void)
{
    begin();
    registers("alice", "3600 sip:desk@10.0.0.7\n", "198.51.100.4:1024", TRANSPORT_UDP);
    registers("alice", "300 sip:soft@10.0.0.8\n", "198.51.100.5:1024", TRANSPORT_UDP);
    forwarded("alice");
    CHECK(text_equal(dialled()->sip.uri, TEXT("sip:soft@10.0.0.8")));
    refused(408);
    CHECK(text_equal(dialled()->sip.uri, TEXT("sip:desk@10.0.0.7")));
    refused(430);
    CHECK(scene_command(SIP_REJECT)->sip.status == 480);
    CHECK(scene_command(STORE_CALL_CLOSED)->closed.cause == CAUSE_UNREACHABLE);
    CHECK(!scene_command(STORE_TRUNK)); /* No trunk is at fault. */
    scene_end();
}

static void who_is_busy_is_not_looked_for_elsewhere(void)
{
    begin();
    registers("alice", "3600 sip:desk@10.0.0.7\n", "198.51.100.4:1024", TRANSPORT_UDP);
    registers("alice", "300 sip:soft@10.0.0.8\n", "198.51.100.5:1024", TRANSPORT_UDP);
    forwarded("alice");
    refused(486);
    CHECK(!dialled() && scene_command(SIP_REJECT)->sip.status == 486);
    CHECK(scene_command(STORE_CALL_CLOSED)->closed.cause == CAUSE_BUSY);
    scene_end();
}

static void a_call_is_placed_to_a_telephone_without_any_trunk(void)
{
    struct event event = {.kind = CALL_REQUESTED};

    begin();
    scene_plan()->outbound_count = 0;
    event.request.number = TEXT("alice");
    scene_event(event);
    scene_event((struct event){.kind = STORE_OPENED, .call = scene_call_id()});
    CHECK(scene_command(STORE_CALL_CLOSED)->closed.cause == CAUSE_UNREACHABLE);
    CHECK(scene_command(STORE_CALL_CLOSED)->closed.status == 480);
    registers("alice", "300 sip:alice@10.0.0.7\n", "198.51.100.4:1024", TRANSPORT_UDP);
    scene_event(event);
    scene_event((struct event){.kind = STORE_OPENED, .call = scene_call_id()});
    CHECK(text_equal(dialled()->sip.route, TEXT("sip:198.51.100.4:1024;transport=udp")));
    scene_end();
}

static void moved(const char *uri)
{
    struct event event = {.kind = SIP_DIALED, .leg = dialled()->leg, .sip.dialog = ++dialog};

    scene_event(event);
    event.kind = SIP_REFUSED;
    event.sip.status = 302;
    event.sip.target = text_of(uri);
    scene_event(event);
}

static void a_trunk_that_says_302_is_followed_within_itself(void)
{
    begin();
    trunks[0].host = TEXT("sip.example.net");
    forwarded("sip:5@sip.example.net");
    moved("sip:6@SIP.example.net:5060");
    CHECK(text_equal(dialled()->sip.uri, TEXT("sip:6@sip.example.net")));
    CHECK(text_equal(dialled()->sip.trunk, TEXT("carrier")));
    moved("sip:7@192.0.2.200:5070;transport=tcp"); /* Of its sources. */
    CHECK(text_equal(dialled()->sip.uri, TEXT("sip:7@192.0.2.200:5070;transport=tcp")));
    CHECK(dialled()->sip.trunk.size == 0);
    moved("sip:8@sip.example.net");
    moved("sip:9@sip.example.net"); /* The fourth. */
    CHECK(!dialled() && scene_command(SIP_REJECT)->sip.status == 502);
    scene_end();
}

static void nobody_is_led_away_from_the_trunk(void)
{
    static const char *const away[] = {"sip:6@elsewhere.example", "sip:6@198.51.100.1",
                                       "sip:6@[2001:db8::1]", "tel:+900", "sip:192.0.2.7",
                                       "sip:sip:x@elsewhere@192.0.2.7", "sip:", ""};

    for (size_t i = 0; i < sizeof(away) / sizeof(away[0]); i++) {
        begin();
        forwarded("5");
        moved(away[i]);
        CHECK(!dialled() && scene_command(STORE_CALL_CLOSED)->closed.cause == CAUSE_REFUSED);
        scene_end();
    }
}

static void a_telephone_that_says_302_leads_to_another_of_ours_only(void)
{
    begin();
    registers("alice", "300 sip:alice@10.0.0.7\n", "198.51.100.4:1024", TRANSPORT_UDP);
    registers("300", "300 sip:x@10.0.0.8\n", "198.51.100.5:1024", TRANSPORT_UDP);
    forwarded("alice");
    moved("sip:300@offhook");
    CHECK(text_equal(dialled()->sip.uri, TEXT("sip:x@10.0.0.8")));
    moved("sip:+14155550199@192.0.2.7");
    CHECK(!dialled() && scene_command(SIP_REJECT)->sip.status == 502);
    scene_end();
}

static void a_name_that_is_not_there_is_answered_with_those_that_are(void)
{
    struct event event = {.kind = CALL_REQUESTED};

    begin();
    event.request.number = TEXT("alice");
    event.request.agent = TEXT("nobody");
    scene_event(event);
    CHECK(text_find(scene_command(CALL_TELL)->told.why, TEXT("there are: front-desk, billing")) > 0);
    event.request.agent = TEXT_EMPTY;
    event.request.trunk = TEXT("nowhere");
    scene_event(event);
    CHECK(text_find(scene_command(CALL_TELL)->told.why, TEXT("there are: carrier, phones")) > 0);
    scene_end();
}

/* The sound's keys would go there in the clear. */
static void nobody_is_led_out_of_tls(void)
{
    begin();
    trunks[0].transport = TRANSPORT_TLS;
    forwarded("5");
    moved("sip:6@192.0.2.200");
    CHECK(!dialled() && scene_command(SIP_REJECT));
    scene_end();
    begin();
    trunks[0].transport = TRANSPORT_TLS;
    forwarded("5");
    moved("sip:6@192.0.2.200;transport=TLS");
    CHECK(text_equal(dialled()->sip.uri, TEXT("sip:6@192.0.2.200;transport=TLS")));
    scene_end();
}

static void where_one_trunk_led_is_not_the_next_trunks_to_find(void)
{
    static const int16_t both[] = {0, 1};
    struct event event = {.kind = SIP_DIALED};

    begin();
    trunks[1] = trunks[0];
    trunks[1].name = TEXT("second");
    trunks[1].host = TEXT("192.0.2.8");
    scene_plan()->outbound = both;
    scene_plan()->outbound_count = 2;
    forwarded("5");
    CHECK(text_equal(dialled()->sip.trunk, TEXT("carrier")));
    moved("sip:6@192.0.2.200");
    event.leg = dialled()->leg;
    event.sip.dialog = ++dialog;
    scene_event(event);
    event.kind = SIP_REFUSED;
    event.sip.status = 503;
    scene_event(event);
    CHECK(!dialled() && scene_command(SIP_REJECT));
    scene_end();
}

static void calls_from(const char *source, const char *from, const char *user)
{
    struct event event = {.kind = SIP_INVITE};

    event.invite.dialog = ++dialog;
    event.invite.seed = dialog;
    event.invite.source = text_of(source);
    event.invite.local = TEXT("203.0.113.1");
    event.invite.from = text_of(from);
    event.invite.user = text_of(user);
    event.invite.to = TEXT("100");
    event.invite.hops = 70;
    scene_event(event);
}

static bool taken_from(const char *trunk)
{
    const struct command *opened = scene_command(STORE_CALL_OPENED);

    return opened && text_equal(opened->opened.trunk, text_of(trunk));
}

/* Else softphones beside the server, under a trunk of this machine, could dial no code. */
static void a_telephone_at_a_trunks_address_proves_who_it_is(void)
{
    begin();
    calls_from(beside, "alice", "");
    CHECK(taken_from("carrier")); /* Nobody is registered there: the trunk is taken at its word. */
    registers("alice", "300 sip:alice@10.0.0.7:5060\n", beside, TRANSPORT_UDP);
    calls_from(beside, "alice", "");
    CHECK(!scene_command(STORE_CALL_OPENED) && scene_command(SIP_REJECT)->sip.status == 401);
    calls_from(beside, "alice", "300");
    CHECK(!scene_command(STORE_CALL_OPENED) && scene_command(SIP_REJECT)->sip.status == 401);
    calls_from(beside, "alice", "alice");
    CHECK(taken_from("phones"));
    calls_from(beside, "+14155550100", "");
    CHECK(taken_from("carrier"));
    scene_end();
}

int main(void)
{
    RUN(a_telephone_rings_where_it_registered_from);
    RUN(its_number_is_enough_and_so_is_its_address_here);
    RUN(another_hosts_address_or_a_named_trunk_is_no_telephone_of_ours);
    RUN(who_is_not_registered_is_480_and_the_account_says_so);
    RUN(the_newest_place_first_then_the_one_before);
    RUN(who_is_busy_is_not_looked_for_elsewhere);
    RUN(a_call_is_placed_to_a_telephone_without_any_trunk);
    RUN(a_trunk_that_says_302_is_followed_within_itself);
    RUN(nobody_is_led_away_from_the_trunk);
    RUN(where_one_trunk_led_is_not_the_next_trunks_to_find);
    RUN(nobody_is_led_out_of_tls);
    RUN(a_telephone_that_says_302_leads_to_another_of_ours_only);
    RUN(a_telephone_at_a_trunks_address_proves_who_it_is);
    RUN(a_name_that_is_not_there_is_answered_with_those_that_are);
    return 0;
}

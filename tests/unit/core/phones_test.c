// SPDX-License-Identifier: Apache-2.0
/* phones_test.c - who may register what, how long, how many; acknowledged when it is durable. */
#include "core/phones.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../sim/example_plan.h"
#include "check.h"

enum { WALL = 1000000 };

static struct core *core;
static struct commands out;
static struct plan plan;
static const struct plan_user users[] = {{.name = TEXT_INIT("alice")}, {.name = TEXT_INIT("bob")}};
static uint32_t request, cseq;
static uint64_t wall_ms;

static void begin(void)
{
    struct event loaded = {.kind = PLAN_LOADED};

    free(core);
    core = core_init(calloc(1, core_size(4, 0)), 4, 0);
    plan = example_plan;
    plan.users = users;
    plan.user_count = 2;
    core_set_plan(core, 0, &plan);
    core_step(core, &loaded, &out);
    wall_ms = WALL;
}

static const struct command *command(enum command_kind kind)
{
    for (uint32_t i = out.count; i > 0; i--) {
        if (out.items[i - 1].kind == kind)
            return &out.items[i - 1];
    }
    return NULL;
}

static void registers_as(const char *user, const char *aor, const char *contacts, bool all)
{
    struct event event = {.kind = SIP_REGISTER, .now_ms = wall_ms, .wall_ms = wall_ms};

    event.registering.request = ++request;
    event.registering.user = text_of(user);
    event.registering.aor = text_of(aor);
    event.registering.source = TEXT("192.0.2.7:5060");
    event.registering.contacts = text_of(contacts);
    event.registering.all = all;
    event.registering.sip_call_id = TEXT("same");
    event.registering.cseq = ++cseq;
    core_step(core, &event, &out);
}

static uint16_t status(void)
{
    const struct command *reply = command(SIP_REGISTERED);

    return reply ? reply->registered.status : 0;
}

/* The store's word; the contacts that are then named. */
static const char *bound(void)
{
    static char contacts[1024];
    struct event event = {
        .kind = STORE_BOUND, .call = request, .now_ms = wall_ms, .wall_ms = wall_ms};

    core_step(core, &event, &out);
    CHECK(status() == 200 && command(SIP_REGISTERED)->registered.request == request);
    text_copy(contacts, sizeof(contacts), command(SIP_REGISTERED)->registered.contacts);
    return contacts;
}

static void a_binding_is_acknowledged_when_it_is_durable(void)
{
    begin();
    registers_as("alice", "alice", "300 sip:a@10.0.0.1\n", false);
    CHECK(!command(SIP_REGISTERED) && command(STORE_PHONE)->call == request);
    CHECK(text_equal(command(STORE_PHONE)->phone.source, TEXT("192.0.2.7:5060")));
    CHECK(strcmp(bound(), "300 sip:a@10.0.0.1\n") == 0);
    CHECK(phones_next(core, TEXT("alice"), wall_ms, 0) &&
          !phones_next(core, TEXT("bob"), wall_ms, 0));
    wall_ms += 300000;
    CHECK(!phones_next(core, TEXT("alice"), wall_ms, 0));
    registers_as("alice", "alice", "", false); /* Only asks. */
    CHECK(status() == 200 && command(SIP_REGISTERED)->registered.contacts.size == 0);
}

static void nobody_registers_for_another(void)
{
    begin();
    registers_as("alice", "bob", "300 sip:a@10.0.0.1\n", false);
    CHECK(status() == 403 && !command(STORE_PHONE));
    registers_as("eve", "eve", "300 sip:a@10.0.0.1\n", false);
    CHECK(status() == 403 && !command(STORE_PHONE));
    registers_as("", "", "300 sip:a@10.0.0.1\n", false);
    CHECK(status() == 403 && !command(STORE_PHONE));
}

static void times_are_bounded(void)
{
    begin();
    registers_as("alice", "alice", "59 sip:a@10.0.0.1\n", false);
    CHECK(status() == 423 && command(SIP_REGISTERED)->registered.min_expires_s == PHONES_LEAST_S);
    registers_as("alice", "alice", "4000000000 sip:a@10.0.0.1\n", false);
    CHECK(strcmp(bound(), "3600 sip:a@10.0.0.1\n") == 0);
}

static void contacts_are_removed_one_by_one_or_all(void)
{
    begin();
    registers_as("alice", "alice", "300 sip:a@10.0.0.1\n300 sip:b@10.0.0.2\n", false);
    bound();
    registers_as("alice", "alice", "0 sip:a@10.0.0.1\n", false);
    CHECK(command(STORE_PHONE)->phone.expires_ms == 0);
    CHECK(strcmp(bound(), "300 sip:b@10.0.0.2\n") == 0);
    registers_as("bob", "bob", "300 sip:c@10.0.0.3\n", false);
    bound();
    registers_as("alice", "alice", "", true);
    CHECK(strcmp(bound(), "") == 0 && phones_next(core, TEXT("bob"), wall_ms, 0));
}

static void a_sixth_place_takes_that_of_the_one_that_ends_first(void)
{
    char line[64];

    begin();
    for (int i = 0; i < PHONES_CONTACTS + 1; i++) {
        snprintf(line, sizeof(line), "%d sip:a@10.0.0.%d\n", 300 - i, i);
        registers_as("alice", "alice", line, false);
        bound();
    }
    registers_as("alice", "alice", "", false);
    struct text contacts = command(SIP_REGISTERED)->registered.contacts;
    CHECK(text_find(contacts, TEXT("10.0.0.4")) < 0 && text_find(contacts, TEXT("10.0.0.5")) >= 0);
}

static void an_older_request_that_comes_late_changes_nothing(void)
{
    begin();
    registers_as("alice", "alice", "300 sip:a@10.0.0.1\n", false);
    bound();
    cseq -= 2;
    registers_as("alice", "alice", "0 sip:a@10.0.0.1\n", false);
    CHECK(status() == 500 && phones_next(core, TEXT("alice"), wall_ms, 0));
    cseq += 2;
}

static void the_table_is_bounded_and_ended_ones_make_room(void)
{
    static char names[MAX_USERS][8];
    static struct plan_user many[MAX_USERS];
    char line[64];

    begin();
    for (int i = 0; i < MAX_USERS; i++) {
        snprintf(names[i], sizeof(names[i]), "u%d", i);
        many[i].name = text_of(names[i]);
    }
    plan.users = many;
    plan.user_count = MAX_USERS;
    for (int i = 0; i < MAX_BINDINGS; i++) {
        snprintf(line, sizeof(line), "300 sip:%d@10.0.0.1\n", i);
        registers_as(names[i / 5], names[i / 5], line, false);
        bound();
    }
    registers_as(names[200], names[200], "300 sip:x@10.0.0.1\n", false);
    CHECK(status() == 503);
    wall_ms += 400000;
    registers_as(names[200], names[200], "300 sip:x@10.0.0.1\n", false);
    CHECK(strcmp(bound(), "300 sip:x@10.0.0.1\n") == 0);
}

static void a_telephone_of_an_earlier_run_is_known(void)
{
    struct event event = {.kind = STORE_PHONE_KNOWN, .wall_ms = WALL};

    begin();
    event.phone.user = TEXT("alice");
    event.phone.contact = TEXT("sip:a@10.0.0.1");
    event.phone.source = TEXT("192.0.2.9:5070");
    event.phone.expires_ms = WALL + 5000;
    core_step(core, &event, &out);
    CHECK(strcmp(phones_next(core, TEXT("alice"), WALL, 0)->source, "192.0.2.9:5070") == 0);
}

static void heard(const struct command *watch, bool silent)
{
    struct event event = {.kind = SIP_PHONE, .wall_ms = wall_ms};

    event.watched.place = watch->watch.place;
    event.watched.serial = watch->watch.serial;
    event.watched.silent = silent;
    core_step(core, &event, &out);
}

static void a_place_is_watched_and_not_called_while_it_is_silent(void)
{
    begin();
    plan.keep_alive_ms = 25000;
    registers_as("alice", "alice", "300 sip:a@10.0.0.1\n", false);
    const struct command first = *command(SIP_WATCH);
    CHECK(first.watch.every_ms == 25000 && first.watch.expires_ms == WALL + 300000);
    bound();
    heard(&first, true);
    CHECK(command(STORE_PHONE)->phone.silent);
    CHECK(!phones_next(core, TEXT("alice"), wall_ms, 0));
    CHECK(phones_silent(core, TEXT("alice"), wall_ms));
    heard(&first, true);
    CHECK(out.count == 0); /* It is known. */
    heard(&first, false);
    CHECK(!command(STORE_PHONE)->phone.silent && phones_next(core, TEXT("alice"), wall_ms, 0));
    registers_as("alice", "alice", "300 sip:a@10.0.0.1\n", false);
    heard(&first, true); /* Of what it was before. */
    CHECK(out.count == 0 && phones_next(core, TEXT("alice"), wall_ms, 0));
    registers_as("alice", "alice", "0 sip:a@10.0.0.1\n", false);
    CHECK(command(SIP_WATCH)->watch.expires_ms == 0 &&
          command(SIP_WATCH)->watch.place == first.watch.place);
}

static void another_plan_asks_those_that_are_there_more_often(void)
{
    static struct plan other;
    struct event loaded = {.kind = PLAN_LOADED, .plan.slot = 1};

    begin();
    plan.keep_alive_ms = 25000;
    other = plan;
    core_set_plan(core, 1, &other);
    core_step(core, &loaded, &out);
    CHECK(!command(SIP_WATCH_EVERY));
    plan.keep_alive_ms = 5000;
    loaded.plan.slot = 0;
    core_step(core, &loaded, &out);
    CHECK(command(SIP_WATCH_EVERY)->watch.every_ms == 5000);
}

int main(void)
{
    RUN(a_binding_is_acknowledged_when_it_is_durable);
    RUN(nobody_registers_for_another);
    RUN(times_are_bounded);
    RUN(contacts_are_removed_one_by_one_or_all);
    RUN(a_sixth_place_takes_that_of_the_one_that_ends_first);
    RUN(an_older_request_that_comes_late_changes_nothing);
    RUN(the_table_is_bounded_and_ended_ones_make_room);
    RUN(a_telephone_of_an_earlier_run_is_known);
    RUN(another_plan_asks_those_that_are_there_more_often);
    RUN(a_place_is_watched_and_not_called_while_it_is_silent);
    free(core);
    return 0;
}

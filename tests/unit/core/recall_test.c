// SPDX-License-Identifier: Apache-2.0
/* Promises are kept: attempts, outcomes, a caller who rings first, and what a crash leaves. */
#include <string.h>

#include "../../sim/example_plan.h"
#include "check.h"
#include "core/callbacks.h"
#include "core/when.h"
#include "scene.h"

enum { AGAIN_MS = 60000, NOW_MS = 1000 };
static const uint64_t wall_ms = 1700000000000;

static bool tasked(enum task_state state)
{
    const struct command *task = scene_command(STORE_TASK);

    return task && task->task.kind == TASK_CALLBACK && task->task.state == state;
}

/* A promise of an earlier run, due in `ms`. */
static struct event known(uint64_t ms)
{
    struct event event = {.kind = STORE_TASK_KNOWN};

    event.task.ref = TEXT("0190-aa");
    event.task.number = 1;
    event.task.party = TEXT("+14155550123");
    event.task.agent = TEXT("billing");
    event.task.intent = TEXT("pay");
    event.task.promised_ms = event.task.from_ms = wall_ms;
    event.task.next_ms = wall_ms + NOW_MS + ms;
    event.task.until_ms = wall_ms + 3600000;
    return event;
}

static void begun(void)
{
    scene_begin(4);
    scene_plan()->agents = example_agents + BILLING;
    scene_plan()->agent_count = 1;
}

/* CALL_PLACE comes back. */
static void placed(void)
{
    const struct command *place = scene_command(CALL_PLACE);
    struct event event = {.kind = CALL_REQUESTED};

    CHECK(place);
    event.request.callback = place->place.callback;
    event.request.number = place->place.number;
    event.request.agent = place->place.agent;
    event.request.key = place->place.key;
    event.request.seed = 7;
    scene_event(event);
}

static void dialed(void)
{
    const struct command *opened = scene_command(STORE_CALL_OPENED);

    CHECK(opened && !scene_command(SIP_DIAL)); /* Not before it is durable. */
    scene_event((struct event){.kind = STORE_OPENED, .call = scene_call_id(), .leg = scene_leg()});
    CHECK(scene_command(SIP_DIAL));
    scene_event((struct event){.kind = SIP_DIALED, .leg = scene_leg(), .sip.dialog = 0x20002});
}

static void refused(uint16_t status)
{
    scene_event((struct event){.kind = SIP_REFUSED,
                               .sip = {.dialog = 0x20002, .status = status, .reason = TEXT("no")}});
    scene_event((struct event){.kind = SIP_RELEASED, .sip.dialog = 0x20002});
}

static void a_promise_is_kept_once(void)
{
    begun();
    scene_event(known(0));
    scene_event(known(0)); /* Told twice: it is one. */
    scene_wait(1);
    CHECK(scene_count(CALL_PLACE) == 1 && tasked(TASK_CALLING));
    CHECK(text_equal(scene_command(CALL_PLACE)->place.key, TEXT("callback-0190-aa-0-1-1")));
    placed();
    CHECK(text_equal(scene_command(STORE_CALL_OPENED)->opened.key, TEXT("callback-0190-aa-0-1-1")));
    dialed();
    struct event answer = {.kind = SIP_ANSWERED, .sip.dialog = 0x20002};
    answer.sip.sdp =
        TEXT("v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\n"
             "m=audio 4000 RTP/AVP 8\r\n");
    scene_event(answer);
    CHECK(tasked(TASK_KEPT) && scene_command(STORE_CALL_ANSWERED));
    CHECK(strstr(scene_words(), "You wanted to be called."));
    scene_event((struct event){.kind = SIP_BYE, .sip.dialog = 0x20002});
    scene_wait(4000000);
    CHECK(!scene_command(CALL_PLACE) && !scene_command(STORE_TASK));
    scene_end();
}

static void an_attempt_that_fails_is_followed_later_and_later_then_left_to_people(void)
{
    begun();
    scene_event(known(0));
    scene_wait(1);
    for (uint32_t attempt = 1; attempt <= 3; attempt++) {
        placed();
        CHECK(scene_command(STORE_CALL_OPENED)->opened.key.data[21] == (char)('0' + attempt));
        dialed();
        refused(486);
        if (attempt == 3)
            break;
        scene_wait((uint64_t)AGAIN_MS * attempt - 1);
        CHECK(!scene_command(CALL_PLACE));
        scene_wait(2);
    }
    scene_wait(10000000);
    CHECK(!scene_command(CALL_PLACE));
    scene_end();
}

static void the_last_failure_is_told(void)
{
    begun();
    struct event last = known(0);
    last.task.attempts = 2;
    scene_event(last);
    scene_wait(1);
    placed();
    dialed();
    scene_event((struct event){.kind = SIP_REFUSED,
                               .sip = {.dialog = 0x20002, .status = 486, .reason = TEXT("no")}});
    CHECK(tasked(TASK_GIVEN_UP) && scene_command(STORE_TASK)->task.attempts == 3);
    CHECK(text_equal(scene_command(STORE_TASK)->task.why, TEXT("busy")));
    scene_end();
}

static void what_a_crash_left_is_not_done_twice(void)
{
    begun(); /* The attempt was written down and never made: it is made, with its key. */
    struct event under_way = known(0);
    under_way.task.calling = true;
    under_way.task.attempts = 1;
    scene_event(under_way);
    scene_wait(1);
    CHECK(text_equal(scene_command(CALL_PLACE)->place.key, TEXT("callback-0190-aa-0-1-1")));
    placed(); /* Its account was there all the same: nobody is dialled. */
    scene_event((struct event){.kind = STORE_KNOWN,
                               .call = scene_call_id(),
                               .leg = scene_leg(),
                               .store.why = TEXT("another")});
    CHECK(!scene_command(SIP_DIAL) && tasked(TASK_WAITING));
    scene_end();

    begun(); /* Made, and reached nobody: the next attempt follows, later. */
    under_way.task.made = true;
    scene_event(under_way);
    CHECK(tasked(TASK_WAITING) &&
          scene_command(STORE_TASK)->task.next_ms == wall_ms + NOW_MS + AGAIN_MS);
    scene_wait(AGAIN_MS + 1);
    CHECK(text_equal(scene_command(CALL_PLACE)->place.key, TEXT("callback-0190-aa-0-1-2")));
    scene_end();

    begun(); /* Reached: kept. */
    under_way.task.reached = true;
    scene_event(under_way);
    CHECK(tasked(TASK_KEPT));
    scene_wait(4000000);
    CHECK(!scene_command(CALL_PLACE));
    scene_end();
}

static void a_wish_that_is_lost_on_its_way_is_said_again_under_its_key(void)
{
    begun();
    scene_event(known(0));
    scene_wait(1);
    CHECK(scene_command(CALL_PLACE));
    scene_wait(10001);
    CHECK(text_equal(scene_command(CALL_PLACE)->place.key, TEXT("callback-0190-aa-0-1-1")));
    placed();
    dialed();
    scene_end();
}

static void a_server_without_room_has_made_no_attempt(void)
{
    begun();
    scene_plan()->outbound_address = TEXT_EMPTY;
    scene_event(known(0));
    scene_wait(1);
    placed();
    CHECK(tasked(TASK_WAITING) && scene_command(STORE_TASK)->task.attempts == 0);
    CHECK(!scene_command(CALL_TELL));
    scene_wait(30001);
    CHECK(text_equal(scene_command(CALL_PLACE)->place.key, TEXT("callback-0190-aa-0-1-1")));
    scene_end();
}

static void a_promise_about_to_break_is_told(void)
{
    begun();
    scene_event(known(3500000));
    scene_wait(3600000 - 600000 - NOW_MS + 1);
    CHECK(tasked(TASK_WAITING) &&
          text_equal(scene_command(STORE_TASK)->task.why, TEXT("the promise is about to break")));
    scene_wait(1000);
    CHECK(!scene_command(STORE_TASK));
    scene_end();
}

static void a_caller_who_rings_first_is_told_and_served(void)
{
    begun();
    scene_event(known(3000));
    scene_call();
    CHECK(strstr(scene_words(), "We owe you a call."));
    scene_wait(4000); /* Due meanwhile, and not called. */
    CHECK(!scene_command(CALL_PLACE));
    scene_key('9');
    scene_event((struct event){.kind = SIP_BYE, .sip.dialog = scene_dialog()});
    CHECK(tasked(TASK_CANCELLED));
    scene_end();
    begun(); /* Who hangs up at once was not served: the promise stands. */
    scene_event(known(5000));
    scene_call();
    scene_event((struct event){.kind = SIP_BYE, .sip.dialog = scene_dialog()});
    CHECK(!tasked(TASK_CANCELLED));
    scene_wait(6000);
    CHECK(scene_command(CALL_PLACE));
    scene_end();
}

static void a_callback_is_cancelled_by_hand(void)
{
    begun();
    scene_event(known(60000));
    scene_event((struct event){
        .kind = TASK_ASKED,
        .asked = {.ref = TEXT("0190-aa"), .kind = TASK_CALLBACK, .state = TASK_CANCELLED}});
    CHECK(tasked(TASK_CANCELLED) && scene_command(STORE_TASK_STATE));
    scene_wait(120000);
    CHECK(!scene_command(CALL_PLACE));
    scene_end();
}

static void a_callback_that_is_being_made_is_cancelled_after_its_attempt(void)
{
    begun();
    scene_event(known(0));
    scene_wait(1);
    placed();
    dialed();
    scene_event((struct event){
        .kind = TASK_ASKED,
        .asked = {.ref = TEXT("0190-aa"), .kind = TASK_CALLBACK, .state = TASK_CANCELLED}});
    CHECK(!tasked(TASK_CANCELLED)); /* They may answer yet. */
    scene_event((struct event){.kind = SIP_REFUSED,
                               .sip = {.dialog = 0x20002, .status = 486, .reason = TEXT("no")}});
    CHECK(tasked(TASK_CANCELLED));
    scene_end();
}

static void what_cannot_be_made_here_at_all_is_given_up_in_the_end(void)
{
    bool given_up = false;

    begun();
    scene_plan()->outbound_address = TEXT_EMPTY;
    scene_event(known(0));
    scene_wait(1);
    for (int tries = 0; tries < 130 && !given_up; tries++) {
        placed();
        given_up = tasked(TASK_GIVEN_UP);
        if (!given_up)
            scene_wait(30000);
    }
    CHECK(given_up);
    scene_end();
}

static void numbers_are_the_same_however_they_are_written(void)
{
    static struct callbacks callbacks;
    struct callback callback = {.ref = "r", .party = "+41446681800"};

    CHECK(callbacks_add(&callbacks, &callback));
    CHECK(callbacks_of(&callbacks, TEXT("0446681800")));
    CHECK(callbacks_of(&callbacks, TEXT("+41 44 668 18 00")));
    CHECK(!callbacks_of(&callbacks, TEXT("0446681801")));
    CHECK(!callbacks_of(&callbacks, TEXT("+49446681800"))); /* Of another country. */
    CHECK(!callbacks_of(&callbacks, TEXT("1800")) && !callbacks_of(&callbacks, TEXT("anonymous")));
}

static void more_than_there_is_room_for_is_asked_of_the_account(void)
{
    begun();
    scene_event((struct event){.kind = STORE_TASKS_TOLD});
    struct event event = known(900000);
    for (uint32_t i = 1; i <= MAX_CALLBACKS + 1; i++) {
        event.task.number = i;
        scene_event(event);
    }
    event.kind = TASK_ASKED;
    event.asked.ref = TEXT("0190-aa");
    event.asked.kind = TASK_CALLBACK;
    event.asked.state = TASK_CANCELLED;
    uint32_t asked = 0, cancelled = 0;
    for (int i = 0; i < MAX_CALLBACKS / 8; i++) {
        scene_event(event);
        asked += scene_count(STORE_TASKS_WANTED);
        cancelled += scene_count(STORE_TASK);
    }
    CHECK(asked == 1 && cancelled == MAX_CALLBACKS);
    scene_end();
}

static void cancelled_by_hand(const char *ref)
{
    scene_event((struct event){
        .kind = TASK_ASKED,
        .asked = {.ref = text_of(ref), .kind = TASK_CALLBACK, .state = TASK_CANCELLED}});
}

/* One more than there is room for, of a promise with many parts. */
static void tell_from(uint32_t first)
{
    struct event many = known(900000);

    for (uint32_t i = first; i <= MAX_CALLBACKS + 1; i++) {
        many.task.number = i;
        scene_event(many);
    }
}

/* The account reads what is open, then one of them ends, then the core hears what was read. */
static void what_ended_while_the_account_tells_is_not_brought_back(void)
{
    begun();
    struct event one = known(5000), other = known(5000);
    other.task.ref = TEXT("0190-bb");
    scene_event(one); /* At the start: told once, and asked again as not all could be taken. */
    cancelled_by_hand("0190-aa");
    scene_event(one);
    scene_event(other);
    scene_event((struct event){.kind = STORE_TASKS_TOLD});
    scene_wait(5001);
    CHECK(scene_count(CALL_PLACE) == 1);
    CHECK(text_starts(scene_command(CALL_PLACE)->place.key, TEXT("callback-0190-bb-")));
    scene_end();

    begun(); /* Later: a full table has made room, and asked for the one that it had none for. */
    scene_event((struct event){.kind = STORE_TASKS_TOLD});
    tell_from(1);
    uint32_t asked = 0, over = 0;
    for (int i = 0; i < MAX_CALLBACKS / 8; i++) {
        over += asked ? 0 : 8;
        cancelled_by_hand("0190-aa");
        asked += scene_count(STORE_TASKS_WANTED);
    }
    CHECK(asked == 1 && over < MAX_CALLBACKS / 2);
    tell_from(over + 1); /* As it was when the account read it. */
    scene_event((struct event){.kind = STORE_TASKS_TOLD});
    scene_wait(900001);
    CHECK(scene_count(CALL_PLACE) == 1);
    CHECK(text_starts(scene_command(CALL_PLACE)->place.key, TEXT("callback-0190-aa-0-1025-")));
    scene_end();
}

static void a_clock_that_is_set_anew_is_noticed_within_a_minute(void)
{
    begun();
    scene_event(known(7200000));
    scene_wait(1000);
    scene_clock(7200000); /* Two hours later by the clock on the wall. */
    scene_wait(60000);
    CHECK(scene_command(CALL_PLACE));
    scene_end();
}

static void times_are_read_and_written(void)
{
    static const struct {
        const char *written;
        uint64_t ms; /* 0: none. */
    } rows[] = {{"1970-01-01T00:00:01Z", 1000},
                {"2026-11-22T10:00:00+01:00", 1795338000000},
                {"2026-11-22 09:00Z", 1795338000000},
                {"2024-02-29T23:59:59.5Z", 1709251199000},
                {"2023-02-29T00:00:00Z", 0},
                {"2026-13-01T00:00:00Z", 0},
                {"2026-11-22T10:00:00", 0},
                {"tomorrow at ten", 0},
                {"", 0}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint64_t ms = 0;
        CHECK(when_read(text_of(rows[i].written), &ms) == (rows[i].ms > 0) && ms == rows[i].ms);
    }
    for (uint64_t day = 0; day < 80000; day++) {
        char storage[32];
        struct text_buffer buffer;
        uint64_t ms = 0, wanted = day * 86400000 + day * 1000 % 86400000;
        text_buffer_init(&buffer, storage, sizeof(storage));
        when_write(wanted, &buffer);
        CHECK(when_read(text_view(&buffer), &ms) && ms == wanted);
    }
}

static void a_model_promises_by_the_same_engine(void)
{
    scene_begin(4);
    scene_models();
    scene_listening();
    scene_says("call me back");
    scene_tool(1, "schedule-callback", "{\"when\":\"tomorrow at ten\"}");
    CHECK(scene_command(MIND_RESULT)->result.outcome == TOOL_REFUSED && !tasked(TASK_WAITING));
    CHECK(text_find(scene_command(MIND_RESULT)->result.text, TEXT("it is now 2023-11-14T22:13")) >
          0);
    scene_tool(2, "schedule-callback",
               "{\"when\":\"2023-11-15T00:00:00+01:00\",\"about\":\"the invoice\"}");
    CHECK(tasked(TASK_WAITING) && !scene_command(MIND_RESULT));
    CHECK(scene_command(STORE_TASK)->task.next_ms == 1700002800000);
    scene_noted(2);
    CHECK(scene_command(MIND_RESULT)->result.outcome == TOOL_OK);
    scene_tool(3, "schedule-callback", "{\"number\":\"911\"}"); /* Nor a day in years. */
    CHECK(scene_command(MIND_RESULT)->result.outcome == TOOL_REFUSED && !tasked(TASK_WAITING));
    scene_tool(4, "schedule-callback", "{\"when\":\"2031-11-15T00:00:00+01:00\"}");
    CHECK(scene_command(MIND_RESULT)->result.outcome == TOOL_REFUSED && !tasked(TASK_WAITING));
    scene_event((struct event){.kind = SIP_BYE, .sip.dialog = scene_dialog()});
    scene_wait(2700000);
    CHECK(!scene_command(CALL_PLACE));
    scene_wait(100000);
    CHECK(text_equal(scene_command(CALL_PLACE)->place.number, TEXT("+14155550123")));
    scene_end();
}

/* How many of these promises, to numbers that are all others, a model may make. */
static uint32_t promises(uint32_t first, uint32_t count)
{
    uint32_t made = 0;

    for (uint32_t i = first; i < first + count; i++) {
        char arguments[64];
        snprintf(arguments, sizeof(arguments), "{\"number\":\"+1415555%04u\"}", i);
        scene_tool(i, "schedule-callback", arguments);
        made += tasked(TASK_WAITING);
        if (tasked(TASK_WAITING))
            scene_noted(i);
    }
    return made;
}

static void nobody_makes_us_ring_a_thousand_numbers(void)
{
    scene_begin(4);
    scene_models();
    scene_plan()->callbacks.per_caller = 2;
    scene_listening();
    scene_says("call me back");
    CHECK(promises(1, 4) == 2);
    CHECK(scene_command(MIND_RESULT)->result.outcome == TOOL_REFUSED);
    CHECK(text_find(scene_command(MIND_RESULT)->result.text, TEXT("promised already")) > 0);
    scene_end();
    scene_begin(4);
    scene_models();
    scene_plan()->callbacks.per_hour = 6;
    scene_listening();
    scene_says("call me back");
    CHECK(promises(1, 8) == 6);
    CHECK(text_find(scene_command(MIND_RESULT)->result.text, TEXT("now")) > 0);
    scene_end();
}

static void a_number_that_is_never_called_is_not_called_whoever_promised_it(void)
{
    static const struct text never[] = {TEXT_INIT("+1415555*")};

    begun();
    scene_plan()->callbacks.never = never;
    scene_plan()->callbacks.never_count = 1;
    scene_event(known(0));
    CHECK(tasked(TASK_GIVEN_UP));
    scene_wait(100000);
    CHECK(!scene_command(CALL_PLACE));
    scene_end();
}

/* The test's clock begins on a Tuesday at 22:13:20 UTC. */
enum { OPENS_MS = 38800000 }; /* Until 10:00 in Zurich: 09:00 UTC of the next day. */
static const struct plan_opening office_openings[] = {
    {.weekday = 2, .from_min = 600, .to_min = 660}, {.weekday = 3, .from_min = 600, .to_min = 660}};
static const struct plan_hours office[] = {{.name = TEXT_INIT("office"),
                                            .first_offset_s = 3600,
                                            .openings = office_openings,
                                            .opening_count = 2},
                                           {.name = TEXT_INIT("never")}};

static void begun_with_hours(int16_t hours)
{
    begun();
    scene_plan()->hours = office;
    scene_plan()->hours_count = 2;
    scene_plan()->callbacks.hours = hours;
}

static void nobody_is_called_while_it_is_closed(void)
{
    begun_with_hours(0);
    scene_event(known(0));
    scene_wait(1);
    CHECK(!scene_command(CALL_PLACE) && tasked(TASK_WAITING));
    CHECK(scene_command(STORE_TASK)->task.next_ms == wall_ms + OPENS_MS);
    CHECK(scene_command(STORE_TASK)->task.attempts == 0);
    scene_wait(OPENS_MS - NOW_MS - 2);
    CHECK(!scene_command(CALL_PLACE));
    scene_wait(2);
    CHECK(scene_command(CALL_PLACE));
    placed();
    dialed();
    scene_end();
    begun_with_hours(0); /* It closes in half a minute: the next attempt is the next week's. */
    scene_event(known(OPENS_MS + 3570000 - NOW_MS));
    scene_wait(OPENS_MS + 3570000 - NOW_MS + 1);
    placed();
    dialed();
    scene_event((struct event){.kind = SIP_REFUSED,
                               .sip = {.dialog = 0x20002, .status = 486, .reason = TEXT("no")}});
    CHECK(scene_command(STORE_TASK)->task.next_ms ==
          wall_ms + OPENS_MS + UINT64_C(6) * 24 * 3600000);
    scene_end();
}

static void the_hours_of_the_queue_go_before_those_of_callbacks(void)
{
    static struct plan_queue queues[2];

    begun_with_hours(1);
    memcpy(queues, scene_plan()->queues, sizeof(queues));
    queues[0].hours = 0;
    scene_plan()->queues = queues;
    struct event event = known(0);
    event.task.queue = queues[0].name;
    scene_event(event);
    scene_wait(1);
    CHECK(scene_command(STORE_TASK)->task.next_ms == wall_ms + OPENS_MS);
    scene_end();
    begun_with_hours(1); /* Never open: looked at once a day, and told when it breaks. */
    scene_event(known(0));
    scene_wait(1);
    CHECK(scene_command(STORE_TASK)->task.next_ms == wall_ms + NOW_MS + 86400000);
    scene_wait(3600000);
    CHECK(!scene_command(CALL_PLACE));
    scene_end();
}

static void a_model_is_told_when_people_are_called(void)
{
    scene_begin(4);
    scene_plan()->hours = office;
    scene_plan()->hours_count = 2;
    scene_plan()->callbacks.hours = 0;
    scene_models();
    scene_listening();
    scene_says("call me back");
    scene_tool(1, "schedule-callback", "{\"when\":\"2023-11-15T00:00:00+01:00\"}");
    CHECK(scene_command(MIND_RESULT)->result.outcome == TOOL_REFUSED && !tasked(TASK_WAITING));
    CHECK(text_find(scene_command(MIND_RESULT)->result.text,
                    TEXT("the next one is 2023-11-15T09:00")) > 0);
    scene_tool(2, "schedule-callback", "{\"when\":\"as soon as possible\"}");
    CHECK(scene_command(STORE_TASK)->task.next_ms == wall_ms + OPENS_MS);
    CHECK(scene_command(STORE_TASK)->task.until_ms == wall_ms + OPENS_MS + 3600000);
    scene_end();
}

int main(void)
{
    RUN(nobody_is_called_while_it_is_closed);
    RUN(the_hours_of_the_queue_go_before_those_of_callbacks);
    RUN(a_model_is_told_when_people_are_called);
    RUN(a_promise_is_kept_once);
    RUN(an_attempt_that_fails_is_followed_later_and_later_then_left_to_people);
    RUN(the_last_failure_is_told);
    RUN(what_a_crash_left_is_not_done_twice);
    RUN(a_wish_that_is_lost_on_its_way_is_said_again_under_its_key);
    RUN(a_server_without_room_has_made_no_attempt);
    RUN(a_promise_about_to_break_is_told);
    RUN(a_caller_who_rings_first_is_told_and_served);
    RUN(a_callback_is_cancelled_by_hand);
    RUN(a_callback_that_is_being_made_is_cancelled_after_its_attempt);
    RUN(what_cannot_be_made_here_at_all_is_given_up_in_the_end);
    RUN(numbers_are_the_same_however_they_are_written);
    RUN(more_than_there_is_room_for_is_asked_of_the_account);
    RUN(what_ended_while_the_account_tells_is_not_brought_back);
    RUN(a_clock_that_is_set_anew_is_noticed_within_a_minute);
    RUN(a_model_promises_by_the_same_engine);
    RUN(times_are_read_and_written);
    RUN(nobody_makes_us_ring_a_thousand_numbers);
    RUN(a_number_that_is_never_called_is_not_called_whoever_promised_it);
    return 0;
}

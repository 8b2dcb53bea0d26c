// SPDX-License-Identifier: Apache-2.0
/* appointment_test.c - a callback at a time that a calendar has free: read, said, chosen, promised,
 * booked; and every way in which the calendar fails. */
#include <string.h>

#include "../../sim/example_plan.h"
#include "check.h"
#include "core/appointment_words.h"
#include "core/when.h"
#include "scene.h"

/* The scene begins on Tuesday, 14 November 2023, at 22:13:21 UTC. */
static const char free_times[] =
    "[\"2023-11-14T20:00:00Z\", \"2023-11-16T14:30:00.000+01:00\", \"2023-11-15T10:00:00.000+01:00\","
    " \"2023-11-15T10:30:00.000+01:00\", \"2024-11-15T10:00:00.000+01:00\", \"soon\"]";
static const uint64_t ten_ms = 1700038800000; /* 10:00 in Zurich. */

static struct plan_agent agent;
static const struct plan_tool tools[] = {{.name = TEXT_INIT("free-slots"), .timeout_ms = 3000},
                                         {.name = TEXT_INIT("book-slot"), .timeout_ms = 3000}};

static void noted(void)
{
    scene_event((struct event){.kind = STORE_NOTED,
                               .call = scene_call_id(),
                               .leg = scene_leg(),
                               .noted = {.turn = 0, .number = 1}});
}

static void calendar(uint32_t number, enum tool_outcome outcome, const char *text)
{
    struct event event = {.kind = TOOL_DONE, .call = scene_call_id(), .leg = scene_leg()};

    event.tool.number = number;
    event.tool.attempt = 1;
    event.tool.outcome = outcome;
    event.tool.text = text_of(text);
    scene_event(event);
}

/* The number is settled: the calendar is being asked. */
static void asked(void)
{
    scene_begin(4);
    agent = example_agents[BILLING];
    agent.tools = tools;
    agent.tool_count = 2;
    scene_plan()->agents = &agent;
    scene_plan()->agent_count = 1;
    scene_plan()->callbacks.slots = tools[0].name;
    scene_plan()->callbacks.book = tools[1].name;
    scene_listening();
    scene_says("please");
    scene_understood("callback", 900, SENTIMENT_NEUTRAL, "");
    scene_said();
    scene_key('1');
    const struct command *call = scene_command(TOOL_CALL);
    CHECK(call && text_equal(call->tool.name, TEXT("free-slots")) && !scene_command(STORE_TASK));
    CHECK(text_equal(call->tool.arguments,
                     TEXT("{\"start\": \"2023-11-14\", \"end\": \"2023-11-20\"}")));
}

static bool promised_for(uint64_t ms)
{
    const struct command *task = scene_command(STORE_TASK);

    return task && task->task.state == TASK_WAITING && task->task.next_ms == ms;
}

static void a_time_is_read_said_chosen_promised_and_then_booked(void)
{
    asked();
    calendar(1, TOOL_OK, free_times);
    CHECK(strcmp(scene_words(), "tomorrow at 10 AM, or on Thursday at 2:30 PM?") == 0);
    CHECK(scene_command(STORE_TOOL)->tool_account.state == TOOL_STATE_DONE);
    scene_said();
    scene_says("rather on thursday");
    CHECK(promised_for(ten_ms + 102600000) && !scene_command(TOOL_CALL));
    noted();
    const struct command *book = scene_command(TOOL_CALL);
    CHECK(book && text_equal(book->tool.name, TEXT("book-slot")));
    CHECK(text_starts(book->tool.key, TEXT("callback-")));
    CHECK(text_find(book->tool.key, TEXT("-0-1-book")) > 0);
    CHECK(text_equal(book->tool.arguments,
                     TEXT("{\"start\": \"2023-11-16T13:30:00Z\", \"name\": \"+14155550123\", "
                          "\"number\": \"+14155550123\"}")));
    calendar(2, TOOL_OK, "accepted");
    CHECK(strcmp(scene_words(), "We will call on Thursday at 2:30 PM.") == 0);
    scene_event((struct event){.kind = SIP_BYE, .sip.dialog = scene_dialog()});
    scene_wait(ten_ms + 102600000 - 1700000000000 - scene_now() - 1);
    CHECK(!scene_command(CALL_PLACE));
    scene_wait(2);
    CHECK(scene_command(CALL_PLACE));
    scene_end();
}

static void a_key_chooses_and_none_of_them_is_as_soon_as_possible(void)
{
    asked();
    calendar(1, TOOL_OK, free_times);
    scene_said();
    scene_key('1');
    CHECK(promised_for(ten_ms));
    scene_end();
    asked();
    calendar(1, TOOL_OK, free_times);
    scene_said();
    scene_key('3');
    CHECK(scene_command(STORE_TASK) && !promised_for(ten_ms));
    noted();
    CHECK(!scene_command(TOOL_CALL) && strstr(scene_words(), "We will call 1 4 1"));
    scene_end();
}

static void without_a_calendar_it_is_as_soon_as_possible(void)
{
    asked(); /* It does not answer. */
    scene_wait(4001);
    CHECK(scene_command(STORE_TASK) && scene_command(STORE_TOOL)->tool_account.outcome == TOOL_TIMED_OUT);
    noted();
    CHECK(!scene_command(TOOL_CALL) && strstr(scene_words(), "We will call 1 4 1"));
    scene_end();
    asked(); /* It is broken, or has nothing free. */
    calendar(1, TOOL_UNREACHABLE, "502");
    CHECK(scene_command(STORE_TASK));
    scene_end();
    asked();
    calendar(1, TOOL_OK, "{\"data\": {}}");
    CHECK(scene_command(STORE_TASK));
    scene_end();
}

static void what_could_not_be_booked_is_promised_as_soon_as_possible(void)
{
    asked();
    calendar(1, TOOL_OK, free_times);
    scene_said();
    scene_key('1');
    noted();
    calendar(2, TOOL_REFUSED, "409");
    CHECK(scene_command(STORE_TASK) && !promised_for(ten_ms));
    CHECK(text_equal(scene_command(STORE_TASK)->task.why, TEXT("the calendar could not book it")));
    CHECK(strstr(scene_words(), "We will call 1 4 1"));
    scene_end();
    asked(); /* Who hangs up meanwhile is called at the time that was promised. */
    calendar(1, TOOL_OK, free_times);
    scene_said();
    scene_key('1');
    noted();
    scene_event((struct event){.kind = SIP_BYE, .sip.dialog = scene_dialog()});
    CHECK(scene_command(STORE_TOOL)->tool_account.state == TOOL_STATE_FAILED);
    CHECK(!scene_command(STORE_TASK));
    scene_end();
}

static void times_are_said_in_the_agents_language(void)
{
    static const struct {
        const char *language, *at, *words;
    } rows[] = {{"en-US", "2023-11-15T00:05:00Z", "tomorrow at 12:05 AM"},
                {"en", "2023-11-14T23:00:00Z", "today at 11 PM"},
                {"de", "2023-11-15T14:30:00Z", "morgen um 14 Uhr 30"},
                {"de", "2023-11-20T08:00:00Z", "am Montag um 8 Uhr"},
                {"es", "2023-11-15T01:15:00Z", "mañana a la 1 y 15"},
                {"fr", "2023-11-16T10:00:00Z", "jeudi à 10 heures"},
                {"nl", "2023-11-15T10:00:00Z", "tomorrow at 10 AM"}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char room[64];
        struct text_buffer out;
        uint64_t at_ms = 0;
        text_buffer_init(&out, room, sizeof(room));
        CHECK(when_read(text_of(rows[i].at), &at_ms));
        appointment_words_say(text_of(rows[i].language), 1700000001000, at_ms, &out);
        CHECK(text_equal(text_view(&out), text_of(rows[i].words)));
    }
}

static void a_choice_is_understood(void)
{
    static const struct {
        const char *language, *words;
        enum appointment_choice choice;
    } rows[] = {{"en", "the second one please", APPOINTMENT_SECOND},
                {"en", "at ten", APPOINTMENT_FIRST},
                {"en", "two thirty would be fine", APPOINTMENT_SECOND},
                {"en", "tomorrow", APPOINTMENT_FIRST},
                {"en", "as soon as possible", APPOINTMENT_SOON},
                {"en", "no", APPOINTMENT_SOON},
                {"en", "well let me think", APPOINTMENT_UNCLEAR},
                {"de", "lieber am Donnerstag", APPOINTMENT_SECOND},
                {"de", "um zehn", APPOINTMENT_FIRST},
                {"es", "la primera", APPOINTMENT_FIRST},
                {"fr", "le deuxième", APPOINTMENT_SECOND}};
    static const uint64_t times_ms[] = {1700042400000, 1700145000000}; /* As on the wall there. */

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        enum appointment_choice got =
            appointment_words_choice(text_of(rows[i].language), text_of(rows[i].words),
                                     1700000001000, times_ms, 2);
        if (got != rows[i].choice)
            printf("# %s: %d\n", rows[i].words, (int)got);
        CHECK(got == rows[i].choice);
    }
}

int main(void)
{
    RUN(a_time_is_read_said_chosen_promised_and_then_booked);
    RUN(a_key_chooses_and_none_of_them_is_as_soon_as_possible);
    RUN(without_a_calendar_it_is_as_soon_as_possible);
    RUN(what_could_not_be_booked_is_promised_as_soon_as_possible);
    RUN(times_are_said_in_the_agents_language);
    RUN(a_choice_is_understood);
    return 0;
}

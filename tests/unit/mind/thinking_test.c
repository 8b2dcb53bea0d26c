// SPDX-License-Identifier: Apache-2.0
/* thinking_test.c - thoughts of a whole-conversation session, whose connection is a real one that
 * answers nothing of use: what it tells is posted as its owner would post it. */
#include "mind/thinking.h"

#include <stddef.h>
#include <string.h>

#include "../net/told.h"
#include "base/clip.h"
#include "base/clock.h"
#include "mind/toolbox.h"
#include "net/net.h"
#include "office.h"
#include "vendor/realtime.h"

enum { CALL = 0x10001, LEG = 0x20001 };

static const struct plan_provider whole = {.name = SAID("whole"),
                                           .kind = PROVIDER_OPENAI_REALTIME};
static struct plan plan = {
    .serial = 1, .agents = &office_agent, .agent_count = 1, .providers = &whole, .provider_count = 1};
static struct lab lab;
static struct net *net;
static struct clip_table *clips;
static struct mailbox *events;
static struct thinking *thinking;
static struct toolbox *toolbox;
static uint32_t session;
static struct told told;
static struct event event;

/* A session that was asked, in the call's first turn. */
static void ask(void)
{
    struct command command = {.kind = MIND_THINK, .call = CALL, .leg = LEG};

    command.think.turn = 1;
    command.think.session = session;
    command.think.text = TEXT("when are you open");
    thinking_obey(thinking, &command);
}

static void given_a_session(size_t mailbox_bytes)
{
    char why[160], url[64];

    CHECK(clip_table_open(&clips, 8) == 0);
    CHECK(mailbox_open(&events, "events", mailbox_bytes) == 0);
    CHECK(toolbox_new(&toolbox, NULL, &plan, why, sizeof(why)) == 0);
    CHECK(thinking_open(&thinking, net, clips, events) == 0);
    thinking_plan(thinking, 0, &plan, toolbox);
    memset(&told, 0, sizeof(told));
    heard_init(&told.at);
    snprintf(url, sizeof(url), "ws://localhost:%d/ws/echo", lab.port);
    struct socket_request request = {.url = text_of(url)};
    CHECK(socket_start(net, &request, &told_sink, &told, &session) == NET_OK);
    heard_wait(&told.at, &told.opens, 1);
    ask();
}

static void done(void)
{
    thinking_close(thinking);
    toolbox_free(toolbox);
    socket_cancel(net, session);
    heard_wait(&told.at, &told.at.gones, 1);
    mailbox_close(events);
    clip_reap(clips);
    clip_table_close(clips);
}

static void told_by(uint32_t who, enum realtime_note_kind kind, uint32_t clip)
{
    struct realtime_note note = {
        .call = CALL, .session = who, .number = 1, .kind = kind, .clip = clip};

    CHECK(mailbox_post(thinking_answers(thinking), &note, offsetof(struct realtime_note, bytes)) ==
          MAILBOX_OK);
    thinking_hear(thinking);
}

/* EVENT_NONE: there is none. */
static enum event_kind next(void)
{
    uint8_t bytes[MAX_PACKED];
    size_t size = mailbox_take(events, bytes, sizeof(bytes));

    if (size == 0)
        return EVENT_NONE;
    CHECK(event_unpack(bytes, size, &event));
    return event.kind;
}

static void an_old_session_s_late_words_do_nothing_to_a_new_one(void)
{
    uint32_t clip;

    given_a_session(65536);
    clip = clip_new(clips, 8000);
    told_by(session + 1, REALTIME_NOTE_SOUND, clip);
    told_by(session + 1, REALTIME_NOTE_FAILED, 0);
    told_by(session + 1, REALTIME_NOTE_OVER, 0);
    CHECK(next() == EVENT_NONE && clip_reap(clips) == 1);
    told_by(session, REALTIME_NOTE_OVER, 0);
    CHECK(next() == MIND_DONE);
    done();
}

static void sound_that_the_core_has_no_room_to_hear_of_is_given_back(void)
{
    uint32_t clip;

    given_a_session(4096);
    clip = clip_new(clips, 8000);
    while (event_post(events, &(struct event){.kind = MIND_DONE}) == MAILBOX_OK)
        ;
    told_by(session, REALTIME_NOTE_SOUND, clip);
    CHECK(clip_reap(clips) == 1);
    while (next() != EVENT_NONE)
        CHECK(event.kind == MIND_DONE);
    done();
}

static void a_session_that_does_not_end_an_answer_is_ended(void)
{
    struct command cancel = {.kind = MIND_CANCEL, .call = CALL};

    given_a_session(65536);
    thinking_tend(thinking, clock_ms() + 60000);
    CHECK(thinking_talks(thinking) && next() == EVENT_NONE); /* `hard` is the core's. */
    thinking_obey(thinking, &cancel);
    thinking_tend(thinking, clock_ms() + 500);
    CHECK(thinking_talks(thinking) && told.closes == 0);
    ask(); /* Waits for the end of that. */
    thinking_tend(thinking, clock_ms() + 2000);
    CHECK(next() == MIND_FAILED && text_equal(event.mind.why, TEXT("it does not end its answer")));
    heard_wait(&told.at, &told.at.gones, 1);
    thinking_tend(thinking, clock_ms() + 2000);
    CHECK(!thinking_talks(thinking));
    done();
}

static void one_that_ends_it_is_asked_again(void)
{
    struct command cancel = {.kind = MIND_CANCEL, .call = CALL};

    given_a_session(65536);
    thinking_obey(thinking, &cancel);
    ask();
    told_by(session, REALTIME_NOTE_OVER, 0); /* Of the one that was cancelled. */
    CHECK(next() == EVENT_NONE);
    thinking_tend(thinking, clock_ms() + 60000);
    told_by(session, REALTIME_NOTE_WRITING, 0);
    CHECK(next() == MIND_WRITES);
    thinking_tend(thinking, clock_ms() + 1400);
    CHECK(next() == EVENT_NONE);
    thinking_tend(thinking, clock_ms() + 1600);
    CHECK(next() == MIND_FAILED && text_equal(event.mind.why, TEXT("it fell silent in its answer")));
    heard_wait(&told.at, &told.at.gones, 1);
    done();
}

int main(int argc, char **argv)
{
    char why[160];

    CHECK(argc == 2);
    lab_start(&lab, argv[1]);
    CHECK(net_open(&net, &(struct net_options){.ca_file = lab.ca}, why, sizeof(why)) == 0);
    RUN(an_old_session_s_late_words_do_nothing_to_a_new_one);
    RUN(sound_that_the_core_has_no_room_to_hear_of_is_given_back);
    RUN(a_session_that_does_not_end_an_answer_is_ended);
    RUN(one_that_ends_it_is_asked_again);
    net_close(net);
    lab_stop(&lab);
    return 0;
}

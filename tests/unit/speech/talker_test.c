// SPDX-License-Identifier: Apache-2.0
/* talker_test.c - the speaking thread with a voice of our own: who is answered, when, with what. */
#include "speech/talker.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "check.h"
#include "core/command.h"
#include "speech/note.h"

enum { WAIT_MS = 10000, PIECE = 800 };

static struct clip_table *clips;
static struct mailbox *events, *figures, *doors;
static struct talker *talker;

static char spoken[4096]; /* All that the voice was given. Read when the talker has ended. */

/* A word a piece of sound. "wait" sleeps until the test opens the door; "dumb" makes no sound. */
static int speak(const struct voice *voice, const char *words, const struct voice_sink *sink)
{
    int16_t piece[PIECE];
    struct text rest = text_of(words);

    (void)voice;
    snprintf(spoken + strlen(spoken), sizeof(spoken) - strlen(spoken), "%s|", words);
    while (rest.data) {
        struct text word = text_next(&rest, ' ');
        char open;
        if (text_starts(word, TEXT("dumb")))
            return 0;
        if (text_starts(word, TEXT("fail")))
            return -1;
        while (text_starts(word, TEXT("wait")) && mailbox_take(doors, &open, 1) == 0)
            mailbox_wait(doors, 100);
        for (uint32_t i = 0; i < PIECE; i++)
            piece[i] = (int16_t)(text_starts(word, TEXT("hush")) ? 0 : 5000 - 10000 * (int)(i % 2));
        if (!sink->put(sink->context, piece, PIECE))
            return 0;
    }
    return 0;
}

static const struct voice fake = {.name = "fake", .speak = speak};

static const struct voice *find(struct text name)
{
    return text_equal(name, TEXT("fake")) ? &fake : NULL;
}

static void given_talker(uint64_t cache_bytes)
{
    spoken[0] = '\0';
    CHECK(clip_table_open(&clips, 64) == 0);
    CHECK(mailbox_open(&events, "events", 1 << 16) == 0);
    CHECK(mailbox_open(&figures, "figures", 1 << 12) == 0);
    CHECK(mailbox_open(&doors, "doors", 64) == 0);
    struct talker_options options = {.clips = clips,
                                     .events = events,
                                     .figures = figures,
                                     .cache_bytes = cache_bytes,
                                     .find = find};
    CHECK(talker_start(&talker, &options) == 0);
}

static void then_it_ends(void)
{
    talker_stop(talker);
    CHECK(clip_reap(clips) == 0); /* Nothing was left over: the talker reaped its own. */
    mailbox_close(doors);
    mailbox_close(figures);
    mailbox_close(events);
    clip_table_close(clips);
}

static void say(uint32_t leg, uint32_t utterance, const char *voice, const char *words)
{
    struct command command = {.kind = SPEECH_SAY, .call = leg, .leg = leg};

    command.say.utterance = utterance;
    command.say.voice = text_of(voice);
    command.say.text = text_of(words);
    CHECK(command_post(talker_mailbox(talker), &command) == MAILBOX_OK);
}

static void cancel(uint32_t leg)
{
    struct command command = {.kind = SPEECH_CANCEL, .call = leg, .leg = leg};
    CHECK(command_post(talker_mailbox(talker), &command) == MAILBOX_OK);
}

static void open_door(void)
{
    CHECK(mailbox_post(doors, "", 1) == MAILBOX_OK);
}

static struct event await(enum event_kind kind, uint32_t utterance)
{
    static uint8_t bytes[MAX_PACKED];
    struct event event = {0};
    uint64_t until_ms = clock_ms() + WAIT_MS;
    size_t size;

    while ((size = mailbox_take(events, bytes, sizeof(bytes))) == 0 && clock_ms() < until_ms)
        mailbox_wait(events, 100);
    CHECK(size > 0 && event_unpack(bytes, size, &event));
    CHECK(event.kind == kind && event.speech.utterance == utterance);
    return event;
}

static uint32_t length(uint32_t clip)
{
    struct clip_view view = {0};
    uint64_t until_ms = clock_ms() + WAIT_MS;

    while (clock_ms() < until_ms) {
        CHECK(clip_read(clips, clip, &view));
        if (view.finished)
            return view.size;
        clock_sleep_until_ns(clock_ns() + 1000000);
    }
    CHECK(!"the clip is finished");
    return 0;
}

static void words_are_ready_with_their_first_sound_and_grow(void)
{
    given_talker(1 << 20);
    say(1, 10, "fake", "hush hush one wait two");
    struct event ready = await(SPEECH_READY, 10); /* The voice still waits. */
    struct clip_view view;
    CHECK(!ready.speech.cached && ready.leg == 1 && ready.call == 1);
    CHECK(ready.speech.cut_ms == 170); /* 30 ms are kept. */
    CHECK(clip_read(clips, ready.speech.clip, &view) && view.size > 0 && !view.finished);
    open_door();
    CHECK(length(ready.speech.clip) == 3 * PIECE + 240);
    clip_drop(clips, ready.speech.clip);
    then_it_ends();
}

static void words_spoken_before_are_answered_at_once_even_in_the_middle_of_others(void)
{
    given_talker(1 << 20);
    say(1, 1, "fake", "hello");
    clip_drop(clips, await(SPEECH_READY, 1).speech.clip);
    say(2, 2, "fake", "one wait two");
    struct event slow = await(SPEECH_READY, 2);
    open_door();
    say(3, 3, "fake", "hello");
    struct event kept = await(SPEECH_READY, 3);
    CHECK(kept.speech.cached && kept.leg == 3 && length(kept.speech.clip) == PIECE);
    CHECK(length(slow.speech.clip) == 3 * PIECE);
    clip_drop(clips, kept.speech.clip);
    clip_drop(clips, slow.speech.clip);
    then_it_ends();
}

static void a_cancelled_leg_hears_of_nothing_that_was_not_ready(void)
{
    given_talker(1 << 20);
    say(1, 1, "fake", "wait one");
    say(1, 2, "fake", "two");
    say(2, 3, "fake", "three");
    cancel(1);
    open_door();
    struct event other = await(SPEECH_READY, 3);
    CHECK(other.leg == 2);
    clip_drop(clips, other.speech.clip);
    say(1, 4, "fake", "four"); /* The leg itself goes on. */
    clip_drop(clips, await(SPEECH_READY, 4).speech.clip);
    then_it_ends();
}

static void what_cannot_be_spoken_is_told(void)
{
    given_talker(1 << 20);
    say(1, 1, "nobody", "hello");
    await(SPEECH_FAILED, 1);
    say(1, 2, "fake", "dumb");
    await(SPEECH_FAILED, 2);
    say(1, 3, "fake", "fail");
    await(SPEECH_FAILED, 3);
    say(1, 4, "fake", "");
    await(SPEECH_FAILED, 4);
    then_it_ends();
}

/* The talker answers when it has put away what it has spoken. */
static uint64_t kept_bytes(void)
{
    struct note note = {0};
    size_t size;

    CHECK(note_post(talker_mailbox(talker), &note, NOTE_FIGURES));
    while ((size = mailbox_take(figures, &note, sizeof(note))) == 0)
        mailbox_wait(figures, WAIT_MS);
    return note.figures.cache_bytes;
}

static void the_least_recently_used_words_leave_when_there_is_no_room(void)
{
    given_talker(5 * PIECE); /* Bytes of two words and a half. */
    for (uint32_t i = 0; i < 3; i++) {
        const char *words[] = {"one", "two", "one"};
        say(1, i, "fake", words[i]);
        struct event ready = await(SPEECH_READY, i);
        CHECK(ready.speech.cached == (i == 2));
        length(ready.speech.clip);
        clip_drop(clips, ready.speech.clip);
    }
    say(1, 3, "fake", "three"); /* "two" leaves. */
    struct event three = await(SPEECH_READY, 3);
    length(three.speech.clip);
    clip_drop(clips, three.speech.clip);
    CHECK(kept_bytes() == 2 * PIECE * 2);
    say(1, 4, "fake", "one");
    struct event one = await(SPEECH_READY, 4);
    say(1, 5, "fake", "two");
    struct event two = await(SPEECH_READY, 5);
    CHECK(one.speech.cached && !two.speech.cached);
    clip_drop(clips, one.speech.clip);
    clip_drop(clips, two.speech.clip);
    then_it_ends();
}

static void prompts_made_in_advance_let_callers_pass(void)
{
    given_talker(1 << 20);
    say(1, 1, "fake", "go wait one");
    struct event ready = await(SPEECH_READY, 1); /* It is being spoken. */
    talker_prime(talker, TEXT("fake"), TEXT("greeting"));
    say(2, 2, "fake", "two");
    open_door();
    clip_drop(clips, ready.speech.clip);
    struct event two = await(SPEECH_READY, 2);
    CHECK(!two.speech.cached);
    clip_drop(clips, two.speech.clip);
    for (bool cached = false; !cached;) { /* Soon it is there. */
        say(3, 3, "fake", "greeting");
        struct event greeting = await(SPEECH_READY, 3);
        cached = greeting.speech.cached;
        clip_drop(clips, greeting.speech.clip);
    }
    then_it_ends();
    CHECK(strcmp(spoken, "go wait one|two|greeting|") == 0);
}

static void prompts_made_in_advance_wait_once_and_leave_places_for_callers(void)
{
    given_talker(1 << 20);
    say(1, 1, "fake", "go wait one");
    struct event ready = await(SPEECH_READY, 1); /* It is being spoken. */
    for (uint32_t i = 0; i < TALKER_WAITING; i++) /* As when plans come faster than voices. */
        talker_prime(talker, TEXT("fake"), TEXT("again"));
    for (uint32_t i = 0; i < TALKER_WAITING; i++) {
        char words[16];
        snprintf(words, sizeof(words), "p%u", i);
        talker_prime(talker, TEXT("fake"), text_of(words));
    }
    say(2, 2, "fake", "two");
    open_door();
    clip_drop(clips, ready.speech.clip);
    clip_drop(clips, await(SPEECH_READY, 2).speech.clip);
    then_it_ends();
    CHECK(text_starts(text_of(spoken), TEXT("go wait one|two|")));
}

static void many_legs_at_once_are_all_answered(void)
{
    given_talker(1 << 20);
    for (uint32_t i = 1; i <= 200; i++) {
        char words[32];
        snprintf(words, sizeof(words), "word %u", i % 23);
        say(i, i, "fake", words);
    }
    bool answered[201] = {false};
    uint64_t until_ms = clock_ms() + WAIT_MS;
    for (uint32_t count = 0; count < 200 && clock_ms() < until_ms;) {
        static uint8_t bytes[MAX_PACKED];
        struct event event;
        size_t size = mailbox_take(events, bytes, sizeof(bytes));
        if (size == 0) {
            mailbox_wait(events, 100);
            continue;
        }
        CHECK(event_unpack(bytes, size, &event) && event.kind == SPEECH_READY);
        CHECK(!answered[event.leg] && event.speech.utterance == event.leg);
        answered[event.leg] = true;
        clip_drop(clips, event.speech.clip);
        count++;
    }
    for (uint32_t i = 1; i <= 200; i++)
        CHECK(answered[i]);
    then_it_ends();
}

int main(void)
{
    RUN(words_are_ready_with_their_first_sound_and_grow);
    RUN(words_spoken_before_are_answered_at_once_even_in_the_middle_of_others);
    RUN(a_cancelled_leg_hears_of_nothing_that_was_not_ready);
    RUN(what_cannot_be_spoken_is_told);
    RUN(the_least_recently_used_words_leave_when_there_is_no_room);
    RUN(prompts_made_in_advance_let_callers_pass);
    RUN(prompts_made_in_advance_wait_once_and_leave_places_for_callers);
    RUN(many_legs_at_once_are_all_answered);
    return 0;
}

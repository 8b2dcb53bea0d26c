// SPDX-License-Identifier: Apache-2.0
/* listener_test.c - the listening thread with a recogniser of our own, which writes down what it
 * gets. */
#include "speech/listener.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "check.h"
#include "core/command.h"
#include "speech/note.h"

enum { WAIT_MS = 10000 };

/* Hears "n frames of model m": everything that reached it. Every tenth frame is a partial. Loud
 * frames (sample 30000) break it. A model named "late" gives its final only at the third poll, as a
 * network. */
struct fake {
    struct recogniser base;
    char model[SPEECH_PATH];
    enum expect expect;
    uint32_t frames, polls;
    bool open, finished, broken;
};

static int fake_expect(struct recogniser *recogniser, const struct recogniser_task *task)
{
    struct fake *fake = (struct fake *)recogniser;

    snprintf(fake->model, sizeof(fake->model), "%s", task->model);
    fake->expect = task->expect;
    return strcmp(task->model, "broken") == 0 ? -1 : 0;
}

static int fake_begin(struct recogniser *recogniser)
{
    struct fake *fake = (struct fake *)recogniser;

    CHECK(!fake->open);
    fake->open = true;
    fake->finished = fake->broken = false;
    fake->frames = fake->polls = 0;
    return 0;
}

static int fake_feed(struct recogniser *recogniser, const int16_t *samples, uint32_t count,
                     uint32_t rate)
{
    struct fake *fake = (struct fake *)recogniser;

    CHECK(fake->open && !fake->finished && count == FRAME_SAMPLES && rate == SAMPLE_RATE);
    fake->frames++;
    return samples[0] == 30000 ? -1 : 0;
}

static int fake_finish(struct recogniser *recogniser)
{
    struct fake *fake = (struct fake *)recogniser;

    CHECK(fake->open);
    fake->finished = true;
    fake->polls = 0;
    return 0;
}

static enum recogniser_news fake_poll(struct recogniser *recogniser, struct recogniser_heard *out)
{
    struct fake *fake = (struct fake *)recogniser;

    snprintf(out->text, sizeof(out->text), "%u %s %d", fake->frames, fake->model,
             (int)fake->expect);
    out->confidence_permille = 777;
    fake->polls++;
    if (fake->finished && (strcmp(fake->model, "late") != 0 || fake->polls >= 3)) {
        fake->open = false;
        return RECOGNISER_FINAL;
    }
    return !fake->finished && fake->frames >= 20 ? RECOGNISER_PARTIAL : RECOGNISER_NOTHING;
}

static void fake_cancel(struct recogniser *recogniser)
{
    ((struct fake *)recogniser)->open = false;
}

static void fake_close(struct recogniser *recogniser)
{
    free(recogniser);
}

static const struct recogniser_kind fake_kind = {
    .name = "fake",
    .expect = fake_expect,
    .begin = fake_begin,
    .feed = fake_feed,
    .finish = fake_finish,
    .poll = fake_poll,
    .cancel = fake_cancel,
    .close = fake_close,
};

static int fake_open(const struct recogniser_source *source, struct recogniser **out)
{
    struct fake *fake = calloc(1, sizeof(*fake));

    (void)source;
    CHECK(fake);
    fake->base.kind = &fake_kind;
    *out = &fake->base;
    return 0;
}

static const struct recogniser_source source = {.open = fake_open};
static struct ring_pool *rings;
static struct mailbox *events, *figures;
static struct listener *listener;
static uint64_t at_ms = 1000;

static void given_models(void)
{
    static const char *const names[] = {"plain", "late", "broken"};

    for (uint32_t i = 0; i < 3; i++) {
        struct note note = {.model = {.plan = 1, .agent = i}};
        snprintf(note.model.model, sizeof(note.model.model), "%s", names[i]);
        CHECK(note_post(listener_mailbox(listener), &note, NOTE_MODEL));
    }
}

static void given_listener(void)
{
    CHECK(ring_pool_open(&rings, 4, 4) == 0);
    CHECK(mailbox_open(&events, "events", 1 << 16) == 0);
    CHECK(mailbox_open(&figures, "figures", 1 << 12) == 0);
    struct listener_options options = {.number = 1,
                                       .legs = 2,
                                       .rings = rings,
                                       .events = events,
                                       .figures = figures,
                                       .source = &source};
    CHECK(listener_start(&listener, &options) == 0);
    given_models();
}

static void then_it_ends(void)
{
    listener_stop(listener);
    mailbox_close(figures);
    mailbox_close(events);
    ring_pool_close(rings);
}

static void order(struct command command)
{
    command.call = command.leg;
    CHECK(command_post(listener_mailbox(listener), &command) == MAILBOX_OK);
}

static void listen(uint32_t leg, uint32_t agent)
{
    order((struct command){
        .kind = SPEECH_LISTEN,
        .leg = leg,
        .listen = {.ring = leg, .epoch = leg + 100, .plan = 1, .agent = agent, .provider = -1}});
}

/* Verdicts depend on the detector that this machine has; they have a test of their own. */
static struct event await(enum event_kind kind, uint32_t leg)
{
    static uint8_t bytes[MAX_PACKED];
    struct event event = {0};
    uint64_t until_ms = clock_ms() + WAIT_MS;

    for (;;) {
        size_t size = mailbox_take(events, bytes, sizeof(bytes));
        if (size == 0 && clock_ms() < until_ms) {
            mailbox_wait(events, 100);
            continue;
        }
        CHECK(size > 0 && event_unpack(bytes, size, &event));
        if (event.kind == SPEECH_VERDICT ||
            (event.kind == SPEECH_PARTIAL && kind != SPEECH_PARTIAL))
            continue;
        CHECK(event.kind == kind && event.leg == leg);
        return event;
    }
}

static void put(uint32_t leg, uint32_t count, uint32_t flags, int16_t value)
{
    for (uint32_t i = 0; i < count; i++) {
        struct audio_frame frame = {
            .at_ms = at_ms += FRAME_MS, .epoch = leg + 100, .flags = flags, .samples = {value}};
        while (!ring_put(rings, leg, &frame))
            clock_sleep_until_ns(clock_ns() + 1000000);
    }
}

static struct event finish(uint32_t leg, uint32_t turn)
{
    order((struct command){.kind = SPEECH_FINISH, .leg = leg, .finish = {.turn = turn}});
    struct event event = await(SPEECH_FINAL, leg);
    CHECK(event.heard.turn == turn);
    return event;
}

static void an_utterance_has_the_300_ms_before_it_and_all_until_the_finish(void)
{
    given_listener();
    listen(1, 0);
    await(SPEECH_LISTENING, 1);
    put(1, 40, 0, 0);
    uint64_t from_ms = at_ms;
    put(1, 30, AUDIO_VOICED, 0);
    uint64_t to_ms = at_ms;
    put(1, 10, 0, 0);
    struct event final = finish(1, 5);
    CHECK(text_equal(final.heard.text, TEXT("55 plain 0")));
    CHECK(final.heard.confidence_permille == 777);
    CHECK(final.heard.speech_from_ms == from_ms && final.heard.speech_to_ms == to_ms);
    then_it_ends();
}

static void partials_come_while_it_speaks(void)
{
    given_listener();
    listen(1, 0);
    await(SPEECH_LISTENING, 1);
    put(1, 60, AUDIO_VOICED, 0);
    struct event partial = await(SPEECH_PARTIAL, 1);
    CHECK(partial.heard.text.size > 0 && partial.heard.turn == 0);
    finish(1, 1);
    put(1, 60, AUDIO_VOICED, 0);
    CHECK(await(SPEECH_PARTIAL, 1).heard.turn == 2);
    then_it_ends();
}

static void a_finish_without_speech_gives_an_empty_final_at_once(void)
{
    given_listener();
    listen(1, 0);
    await(SPEECH_LISTENING, 1);
    put(1, 20, 0, 0);
    CHECK(text_empty(finish(1, 3).heard.text));
    then_it_ends();
}

static void what_is_forgotten_is_in_no_final(void)
{
    given_listener();
    listen(1, 0);
    await(SPEECH_LISTENING, 1);
    put(1, 50, AUDIO_VOICED, 0);
    order((struct command){.kind = SPEECH_FORGET, .leg = 1});
    CHECK(text_empty(finish(1, 1).heard.text));
    put(1, 20, AUDIO_VOICED, 0);
    CHECK(text_equal(finish(1, 2).heard.text, TEXT("20 plain 0")));
    then_it_ends();
}

static void a_long_pause_is_not_decoded_but_the_turn_goes_on(void)
{
    given_listener();
    listen(1, 0);
    await(SPEECH_LISTENING, 1);
    put(1, 20, AUDIO_VOICED, 0);
    put(1, 200, 0, 0);
    put(1, 20, AUDIO_VOICED, 0);
    char expected[32];
    snprintf(expected, sizeof(expected), "%d plain 0", 20 + LISTEN_PAUSE + LISTEN_PREROLL + 20);
    CHECK(text_equal(finish(1, 1).heard.text, text_of(expected)));
    then_it_ends();
}

static void another_expected_answer_counts_from_the_next_utterance_on(void)
{
    given_listener();
    listen(1, 0);
    await(SPEECH_LISTENING, 1);
    put(1, 20, AUDIO_VOICED, 0);
    await(SPEECH_PARTIAL, 1);
    order((struct command){
        .kind = SPEECH_EXPECT,
        .leg = 1,
        .listen = {.plan = 1, .agent = 1, .expect = EXPECT_YES_NO, .provider = -1}});
    CHECK(text_equal(finish(1, 1).heard.text, TEXT("20 plain 0")));
    put(1, 20, AUDIO_VOICED, 0);
    CHECK(text_equal(finish(1, 2).heard.text, TEXT("20 late 1"))); /* As late as a network's. */
    then_it_ends();
}

static void a_recogniser_that_breaks_is_told_and_the_next_utterance_is_heard(void)
{
    given_listener();
    listen(1, 0);
    await(SPEECH_LISTENING, 1);
    put(1, 10, AUDIO_VOICED, 0);
    put(1, 1, AUDIO_VOICED, 30000);
    CHECK(await(SPEECH_FAILED, 1).speech.utterance == 0);
    put(1, 10, AUDIO_VOICED, 0);
    CHECK(finish(1, 1).heard.text.size > 0);
    listen(2, 2);
    await(SPEECH_FAILED, 2);
    then_it_ends();
}

static void places_are_bounded_and_free_again_after_a_stop(void)
{
    given_listener();
    listen(1, 0);
    listen(2, 0);
    listen(3, 0);
    await(SPEECH_LISTENING, 1);
    await(SPEECH_LISTENING, 2);
    await(SPEECH_FAILED, 3);
    put(1, 20, AUDIO_VOICED, 0);
    order((struct command){.kind = SPEECH_STOP, .leg = 1});
    await(SPEECH_STOPPED, 1);
    listen(3, 0);
    await(SPEECH_LISTENING, 3);
    CHECK(text_empty(finish(3, 1).heard.text)); /* Nothing of the leg before. */
    then_it_ends();
}

static void two_legs_speak_at_once_and_are_not_mixed(void)
{
    given_listener();
    listen(1, 0);
    listen(2, 1);
    await(SPEECH_LISTENING, 1);
    await(SPEECH_LISTENING, 2);
    for (uint32_t i = 0; i < 40; i++) {
        put(1, 1, AUDIO_VOICED, 0);
        put(2, 2, AUDIO_VOICED, 0);
    }
    CHECK(text_equal(finish(2, 1).heard.text, TEXT("80 late 0")));
    CHECK(text_equal(finish(1, 1).heard.text, TEXT("40 plain 0")));
    then_it_ends();
}

int main(void)
{
    RUN(an_utterance_has_the_300_ms_before_it_and_all_until_the_finish);
    RUN(partials_come_while_it_speaks);
    RUN(a_finish_without_speech_gives_an_empty_final_at_once);
    RUN(what_is_forgotten_is_in_no_final);
    RUN(a_long_pause_is_not_decoded_but_the_turn_goes_on);
    RUN(another_expected_answer_counts_from_the_next_utterance_on);
    RUN(a_recogniser_that_breaks_is_told_and_the_next_utterance_is_heard);
    RUN(places_are_bounded_and_free_again_after_a_stop);
    RUN(two_legs_speak_at_once_and_are_not_mixed);
    return 0;
}

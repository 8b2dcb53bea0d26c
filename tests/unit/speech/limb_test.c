// SPDX-License-Identifier: Apache-2.0
/* limb_test.c - the whole limb with its real recogniser and voice: it hears what it says itself. */
#include "speech/speech.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/g711.h"
#include "check.h"
#include "core/command.h"

enum { LEG = 7, RING = 3, EPOCH = 5, WAIT_MS = 20000 };

static struct mailbox *events;
static struct ring_pool *rings;
static struct clip_table *clips;
static struct speech *speech;
static uint64_t at_ms = 1000;

static const struct text billing_examples[] = {
    {.data = "i have a question about my bill", .size = 31},
    {.data = "why was i charged twice this month", .size = 34},
    {.data = "i want a refund for my last invoice", .size = 35},
};
static const struct text support_examples[] = {
    {.data = "my internet connection is not working", .size = 37},
    {.data = "i cannot log in to the zorbatron", .size = 32},
};
static struct plan_intent intents[3];
static struct plan_agent agent;
static struct plan plan;

static void given_plan(void)
{
    intents[0] = (struct plan_intent){.name = TEXT("billing"),
                                      .label = TEXT("billing questions"),
                                      .examples = billing_examples,
                                      .example_count = 3};
    intents[1] = (struct plan_intent){
        .name = TEXT("technical"), .examples = support_examples, .example_count = 2};
    intents[2] = (struct plan_intent){.name = TEXT("general")};
    agent = (struct plan_agent){.name = TEXT("front-desk"),
                                .voice = TEXT("slt"),
                                .greeting = TEXT("Hello, how can I help you[, {caller}]?"),
                                .intents = intents,
                                .intent_count = 3,
                                .general = 2};
    plan = (struct plan){.serial = 1, .agents = &agent, .agent_count = 1, .recogniser_places = 4};
}

static char cache[] = "/tmp/offhook-speech-test-XXXXXX";

static void given_limb(void)
{
    char why[200];

    CHECK(mkdtemp(cache));
    CHECK(mailbox_open(&events, "events", 1 << 16) == 0);
    CHECK(ring_pool_open(&rings, 8, 8) == 0);
    CHECK(clip_table_open(&clips, 64) == 0);
    struct speech_options options = {.places = 4,
                                     .workers = 2,
                                     .cache_dir = cache,
                                     .rings = rings,
                                     .clips = clips,
                                     .cache_bytes = 1 << 22};
    CHECK(speech_open(&speech, &options, events, why, sizeof(why)) == 0);
    given_plan();
    CHECK(speech_prepare(speech, 1, &plan, why, sizeof(why)) == 0);
}

static void order(struct command command)
{
    CHECK(command_post(speech_mailbox(speech, LEG), &command) == MAILBOX_OK);
}

/* The next event of this kind; others on the way are dropped. */
static struct event await(enum event_kind kind)
{
    static uint8_t bytes[MAX_PACKED];
    struct event event;
    uint64_t until_ms = clock_ms() + WAIT_MS;

    while (clock_ms() < until_ms) {
        size_t size = mailbox_take(events, bytes, sizeof(bytes));
        if (size == 0) {
            mailbox_wait(events, 100);
            continue;
        }
        CHECK(event_unpack(bytes, size, &event));
        if (event.kind == kind)
            return event;
        CHECK(event.kind != SPEECH_FAILED);
    }
    fprintf(stderr, "no event of kind %d came\n", (int)kind);
    exit(1);
}

static void put_frame(const int16_t *samples, uint32_t flags)
{
    struct audio_frame frame = {.at_ms = at_ms += FRAME_MS, .epoch = EPOCH, .flags = flags};
    uint8_t ulaw[FRAME_SAMPLES];

    g711_ulaw_encode(samples, ulaw, FRAME_SAMPLES);
    g711_ulaw_decode(ulaw, frame.samples, FRAME_SAMPLES);
    while (!ring_put(rings, RING, &frame))
        clock_sleep_until_ns(clock_ns() + 1000000);
}

static void when_the_caller_says(const char *words)
{
    static const int16_t silence[FRAME_SAMPLES];
    struct clip_view view;
    uint32_t clip = 0;

    CHECK(speech_speak(clips, TEXT("rms"), false, text_of(words), &clip) == 0);
    CHECK(clip_read(clips, clip, &view) && view.finished);
    for (uint32_t i = 0; i < 10; i++)
        put_frame(silence, 0);
    for (uint32_t i = 0; i + FRAME_SAMPLES <= view.size; i += FRAME_SAMPLES)
        put_frame(view.linear + i, AUDIO_VOICED);
    for (uint32_t i = 0; i < 15; i++)
        put_frame(silence, 0);
    clip_drop(clips, clip);
}

static void a_leg_that_listens_gets_partials_and_a_final_of_what_was_said(void)
{
    order((struct command){.kind = SPEECH_LISTEN,
                           .call = 1,
                           .leg = LEG,
                           .listen = {.ring = RING, .epoch = EPOCH, .plan = 1, .provider = -1}});
    CHECK(await(SPEECH_LISTENING).leg == LEG);
    when_the_caller_says("I have a question about my bill.");
    CHECK(await(SPEECH_PARTIAL).heard.text.size > 0);
    order((struct command){.kind = SPEECH_FINISH, .call = 1, .leg = LEG, .finish = {.turn = 1}});
    struct event final = await(SPEECH_FINAL);
    CHECK(final.heard.turn == 1 && final.leg == LEG && final.call == 1);
    CHECK(text_find(final.heard.text, TEXT("question about my bill")) >= 0);
    CHECK(final.heard.confidence_permille > 500);
    CHECK(final.heard.speech_to_ms > final.heard.speech_from_ms);
}

static void a_product_that_no_dictionary_knows_is_understood(void)
{
    when_the_caller_says("I cannot log in to the zorbatron.");
    order((struct command){.kind = SPEECH_FINISH, .call = 1, .leg = LEG, .finish = {.turn = 2}});
    struct event final = await(SPEECH_FINAL);
    CHECK(text_find(final.heard.text, TEXT("zorbatron")) >= 0);
}

static void the_expected_answer_changes_the_model_from_the_next_utterance_on(void)
{
    order((struct command){.kind = SPEECH_EXPECT,
                           .call = 1,
                           .leg = LEG,
                           .listen = {.plan = 1, .expect = EXPECT_DIGITS, .provider = -1}});
    when_the_caller_says("four, five, one, two");
    order((struct command){.kind = SPEECH_FINISH, .call = 1, .leg = LEG, .finish = {.turn = 3}});
    struct event final = await(SPEECH_FINAL);
    CHECK(text_equal(final.heard.text, TEXT("four five one two")));
}

static void another_answer_than_the_one_asked_for_is_heard_all_the_same(void)
{
    order((struct command){.kind = SPEECH_EXPECT,
                           .call = 1,
                           .leg = LEG,
                           .listen = {.plan = 1, .expect = EXPECT_YES_NO, .provider = -1}});
    when_the_caller_says("I want a refund for my last invoice.");
    order((struct command){.kind = SPEECH_FINISH, .call = 1, .leg = LEG, .finish = {.turn = 5}});
    struct event final = await(SPEECH_FINAL);
    CHECK(text_find(final.heard.text, TEXT("refund")) >= 0);
}

static void a_turn_without_words_ends_in_an_empty_final(void)
{
    order((struct command){.kind = SPEECH_FINISH, .call = 1, .leg = LEG, .finish = {.turn = 4}});
    struct event final = await(SPEECH_FINAL);
    CHECK(final.heard.turn == 4 && text_empty(final.heard.text));
}

static void a_stopped_leg_says_so_and_is_listened_to_no_more(void)
{
    struct speech_figures figures;

    speech_figures(speech, &figures);
    CHECK(figures.listening == 1 && figures.finals == 5 && figures.utterances == 4);
    order((struct command){.kind = SPEECH_STOP, .call = 1, .leg = LEG});
    CHECK(await(SPEECH_STOPPED).leg == LEG);
    speech_figures(speech, &figures);
    CHECK(figures.listening == 0);
}

static void the_greeting_was_made_in_advance_and_is_ready_at_once(void)
{
    struct clip_view view;

    order((struct command){.kind = SPEECH_SAY,
                           .call = 1,
                           .leg = LEG,
                           .say = {.utterance = 9,
                                   .provider = PROVIDER_EMBEDDED,
                                   .voice = TEXT("slt"),
                                   .text = TEXT("Hello, how can I help you?")}});
    struct event ready = await(SPEECH_READY);
    CHECK(ready.speech.utterance == 9 && ready.speech.cached && ready.leg == LEG);
    CHECK(clip_read(clips, ready.speech.clip, &view) && view.size > SAMPLE_RATE / 2);
    order((struct command){
        .kind = CLIP_DROP, .call = 1, .leg = LEG, .clip = {.clip = ready.speech.clip}});
}

static void remove_cache(void)
{
    DIR *directory = opendir(cache);
    struct dirent *entry;

    CHECK(directory);
    while ((entry = readdir(directory))) {
        if (entry->d_name[0] != '.')
            CHECK(unlinkat(dirfd(directory), entry->d_name, 0) == 0);
    }
    closedir(directory);
    CHECK(rmdir(cache) == 0);
}

int main(void)
{
    given_limb();
    RUN(a_leg_that_listens_gets_partials_and_a_final_of_what_was_said);
    RUN(a_product_that_no_dictionary_knows_is_understood);
    RUN(the_expected_answer_changes_the_model_from_the_next_utterance_on);
    RUN(another_answer_than_the_one_asked_for_is_heard_all_the_same);
    RUN(a_turn_without_words_ends_in_an_empty_final);
    RUN(a_stopped_leg_says_so_and_is_listened_to_no_more);
    RUN(the_greeting_was_made_in_advance_and_is_ready_at_once);
    speech_close(speech);
    clip_table_close(clips);
    ring_pool_close(rings);
    mailbox_close(events);
    remove_cache();
    return 0;
}

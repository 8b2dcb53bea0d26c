// SPDX-License-Identifier: Apache-2.0
/* provider_test.c - a listening thread with providers over real sockets, which report the words
 * that really reached them; and what becomes of the words when they die. */
#include "speech/listener.h"

#include "base/clock.h"
#include "core/command.h"
#include "net/net.h"
#include "provider_lab.h"
#include "speech/hearers.h"
#include "speech/note.h"

enum { LEG = 65536, RING = 0, EPOCH = 7, WAIT_MS = 20000, PLAN = 1 };

/* The embedded recogniser of these tests: counts the frames that it is given. */
struct counting {
    struct recogniser base;
    uint32_t frames;
};

static int count_expect(struct recogniser *recogniser, const struct recogniser_task *task)
{
    (void)recogniser;
    return task->model ? 0 : -1;
}

static int count_begin(struct recogniser *recogniser)
{
    ((struct counting *)recogniser)->frames = 0;
    return 0;
}

static int count_feed(struct recogniser *recogniser, const int16_t *samples, uint32_t count,
                      uint32_t rate)
{
    (void)samples;
    ((struct counting *)recogniser)->frames += count / (rate / 50);
    return 0;
}

static int count_finish(struct recogniser *recogniser)
{
    (void)recogniser;
    return 0;
}

static enum recogniser_news count_poll(struct recogniser *recogniser, struct recogniser_heard *out)
{
    snprintf(out->text, sizeof(out->text), "%u", ((struct counting *)recogniser)->frames);
    return RECOGNISER_FINAL;
}

static void count_cancel(struct recogniser *recogniser)
{
    (void)recogniser;
}

static void count_close(struct recogniser *recogniser)
{
    free(recogniser);
}

static const struct recogniser_kind counting_kind = {.name = "counting",
                                                     .expect = count_expect,
                                                     .begin = count_begin,
                                                     .feed = count_feed,
                                                     .finish = count_finish,
                                                     .poll = count_poll,
                                                     .cancel = count_cancel,
                                                     .close = count_close};

static int count_open(const struct recogniser_source *source, struct recogniser **out)
{
    struct counting *made = calloc(1, sizeof(*made));

    (void)source;
    CHECK(made);
    made->base.kind = &counting_kind;
    *out = &made->base;
    return 0;
}

static const struct recogniser_source source = {.open = count_open};
static const char *program;
static struct lab_standin first, second;
static struct net *net;
static struct ring_pool *rings;
static struct mailbox *events, *figures;
static struct listener *listener;
static uint64_t at_ms = 1000;
static uint32_t turn;

static struct plan_provider provider(enum provider_kind kind, const struct lab_standin *at,
                                     char url[96])
{
    snprintf(url, 96, "%s%s%s", kind == PROVIDER_WHISPER ? "http://" : "ws://", at->url,
             kind == PROVIDER_WHISPER || kind == PROVIDER_OPENAI_REALTIME_STT ? "/v1" : "");
    return (struct plan_provider){.name = TEXT("p"),
                                  .kind = kind,
                                  .url = text_of(url),
                                  .key = TEXT("secret"),
                                  .soft_ms = 700,
                                  .hard_ms = 1500};
}

static void order(struct command command)
{
    command.leg = LEG;
    command.call = LEG;
    CHECK(command_post(listener_mailbox(listener), &command) == MAILBOX_OK);
}

static bool next_event(struct event *event)
{
    static uint8_t bytes[MAX_PACKED];
    uint64_t until_ms = clock_ms() + WAIT_MS;
    size_t size = 0;

    while ((size = mailbox_take(events, bytes, sizeof(bytes))) == 0 && clock_ms() < until_ms)
        mailbox_wait(events, 100);
    return size > 0 && event_unpack(bytes, size, event);
}

/* The next event of this kind; those that follow one's opinions may come before. */
static struct event await(enum event_kind kind)
{
    struct event event = {0};

    for (;;) {
        CHECK(next_event(&event));
        if (event.kind == kind)
            return event;
        if (event.kind != SPEECH_VERDICT && event.kind != SPEECH_PARTIAL &&
            event.kind != SPEECH_TURN)
            fprintf(stderr, "event %d " TEXT_FORMAT "\n", (int)event.kind,
                    TEXT_ARGS(event.kind == SPEECH_FAILED ? event.speech.why : TEXT_EMPTY));
        CHECK(event.kind == SPEECH_VERDICT || event.kind == SPEECH_PARTIAL ||
              event.kind == SPEECH_TURN);
    }
}

/* A listener that knows the two kinds, at the two stand-ins, each with what its script says more;
 * two_more NULL: the second is not needed. */
static void given(enum provider_kind one, const char *one_more, enum provider_kind two,
                  const char *two_more)
{
    char urls[2][96], why[200];
    struct plan_provider providers[2];
    struct plan plan = {.providers = providers, .provider_count = 2};
    struct net_options nothing = {.ca_file = NULL};

    lab_start(&first, program, one_more);
    if (two_more)
        lab_start(&second, program, two_more);
    providers[0] = provider(one, &first, urls[0]);
    providers[1] = provider(two, &second, urls[1]);
    CHECK(net_open(&net, &nothing, why, sizeof(why)) == 0);
    CHECK(ring_pool_open(&rings, 1, 0) == 0);
    CHECK(mailbox_open(&events, "events", 1 << 18) == 0);
    CHECK(mailbox_open(&figures, "figures", 1 << 12) == 0);
    struct listener_options options = {.number = 1,
                                       .legs = 2,
                                       .net = net,
                                       .rings = rings,
                                       .events = events,
                                       .figures = figures,
                                       .source = &source};
    CHECK(listener_start(&listener, &options) == 0);
    struct note note = {.hearers = {.plan = PLAN, .hearers = hearers_new(&plan)}};
    CHECK(note.hearers.hearers && note_post(listener_mailbox(listener), &note, NOTE_HEARERS));
    struct note model = {.model = {.plan = PLAN, .agent = 0, .model = "m"}};
    CHECK(note_post(listener_mailbox(listener), &model, NOTE_MODEL));
    turn = 0;
}

static void listen(int32_t number)
{
    order((struct command){
        .kind = SPEECH_LISTEN,
        .listen = {.ring = RING, .epoch = EPOCH, .plan = PLAN, .provider = number}});
    await(SPEECH_LISTENING);
}

static void change(int32_t number)
{
    order((struct command){
        .kind = SPEECH_LISTEN,
        .listen = {
            .ring = RING, .epoch = EPOCH, .plan = PLAN, .provider = number, .replay = true}});
}

static void then_it_ends(void)
{
    order((struct command){.kind = SPEECH_STOP});
    await(SPEECH_STOPPED);
    listener_stop(listener);
    net_close(net);
    mailbox_close(figures);
    mailbox_close(events);
    ring_pool_close(rings);
    lab_stop(&first);
    if (second.pid)
        lab_stop(&second);
}

static void put(const int16_t *samples, uint32_t flags)
{
    struct audio_frame frame = {
        .at_ms = at_ms += FRAME_MS, .epoch = EPOCH, .flags = flags, .rate = SAMPLE_RATE};

    if (samples)
        memcpy(frame.samples, samples, FRAME_SAMPLES * sizeof(samples[0]));
    while (!ring_put(rings, RING, &frame))
        clock_sleep_until_ns(clock_ns() + 1000000);
}

static void pause_for(uint32_t frames)
{
    while (frames-- > 0)
        put(NULL, 0);
}

/* The words from..to-1, with pauses of a tenth of a second. */
static void say(uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++) {
        const struct lab_sound *sound = &lab_sounds[i];
        for (uint32_t at = 0; at + FRAME_SAMPLES <= sound->count; at += FRAME_SAMPLES)
            put(sound->samples + at, AUDIO_VOICED);
        pause_for(5);
    }
}

/* Until the thread has done what it was told: what is put into the ring from now on comes after. */
static void settle(void)
{
    struct note note = {.round = 1};
    uint64_t until_ms = clock_ms() + WAIT_MS;

    CHECK(note_post(listener_mailbox(listener), &note, NOTE_FIGURES));
    while (mailbox_take(figures, &note, sizeof(note)) == 0) {
        CHECK(clock_ms() < until_ms);
        mailbox_wait(figures, 100);
    }
}

static void finish(void)
{
    order((struct command){.kind = SPEECH_FINISH, .finish = {.turn = ++turn}});
    settle();
}

static void check_words(const struct event *final, uint32_t of, uint32_t from, uint32_t to)
{
    char expected[MAX_UTTERANCE] = "";

    for (uint32_t i = from; i < to; i++) {
        strcat(expected, i > from ? " " : "");
        strcat(expected, lab_words[i]);
    }
    if (!text_equal(final->heard.text, text_of(expected)))
        fprintf(stderr, "heard '" TEXT_FORMAT "', said '%s'\n", TEXT_ARGS(final->heard.text),
                expected);
    CHECK(text_equal(final->heard.text, text_of(expected)) && final->heard.turn == of);
}

static void then_heard(uint32_t of, uint32_t from, uint32_t to)
{
    struct event final = await(SPEECH_FINAL);

    check_words(&final, of, from, to);
}

static const enum provider_kind kinds[] = {PROVIDER_DEEPGRAM, PROVIDER_DEEPGRAM_FLUX,
                                           PROVIDER_OPENAI_REALTIME_STT, PROVIDER_WHISPER,
                                           PROVIDER_VOSK};

enum { KINDS = 5 };

static void each_provider_gives_the_words_of_each_utterance(void)
{
    for (uint32_t i = 0; i < KINDS; i++) {
        given(kinds[i], "", PROVIDER_VOSK, NULL);
        listen(0);
        pause_for(30);
        say(0, 5);
        finish();
        then_heard(1, 0, 5);
        say(5, 8);
        finish();
        then_heard(2, 5, 8);
        then_it_ends();
    }
}

static void words_come_before_the_end_and_grow(void)
{
    given(PROVIDER_DEEPGRAM, "", PROVIDER_VOSK, NULL);
    listen(0);
    say(0, 3);
    struct event partial = await(SPEECH_PARTIAL);
    CHECK(text_starts(partial.heard.text, TEXT("alpha")) && partial.heard.speech_from_ms > 0);
    finish();
    then_heard(1, 0, 3);
    then_it_ends();
}

static void an_utterance_may_begin_before_the_last_ones_words_have_come(void)
{
    for (uint32_t i = 0; i < KINDS; i++) {
        given(kinds[i], ", \"delays\": {\"final\": 700}", PROVIDER_VOSK, NULL);
        listen(0);
        say(0, 3);
        finish();
        say(3, 7);
        finish();
        then_heard(1, 0, 3);
        then_heard(2, 3, 7);
        then_it_ends();
    }
}

static void what_is_forgotten_is_in_no_words(void)
{
    for (uint32_t i = 0; i < KINDS; i++) {
        given(kinds[i], "", PROVIDER_VOSK, NULL);
        listen(0);
        say(0, 3);
        order((struct command){.kind = SPEECH_FORGET});
        settle();
        say(3, 5);
        finish();
        then_heard(1, 3, 5);
        then_it_ends();
    }
}

static void no_word_is_lost_when_a_provider_dies_in_the_middle_of_a_sentence(void)
{
    for (uint32_t i = 0; i < KINDS; i++) {
        bool file = kinds[i] == PROVIDER_WHISPER; /* Nothing of it is open in the middle. */
        given(kinds[i],
              file ? ", \"rules\": [{\"drop\": true}]"
                   : ", \"rules\": [{\"faults\": [{\"after_received\": 30000, \"do\": "
                     "\"disconnect\"}]}]",
              kinds[(i + 1) % KINDS], "");
        listen(0);
        say(0, 10);
        if (file)
            finish();
        CHECK(await(SPEECH_FAILED).speech.provider == 0);
        change(1);
        say(10, 12);
        finish();
        then_heard(file ? 2 : 1, 0, 12);
        say(2, 4);
        finish();
        then_heard(file ? 3 : 2, 2, 4);
        then_it_ends();
    }
}

static void words_of_finals_that_never_came_are_in_the_next(void)
{
    for (uint32_t i = 0; i < KINDS; i++) {
        given(kinds[i], ", \"rules\": [{\"faults\": [{\"do\": \"stall\"}]}]",
              kinds[(i + 2) % KINDS], "");
        listen(0);
        say(0, 4);
        finish();
        say(4, 6);
        finish();
        say(6, 8);
        change(1);
        finish();
        then_heard(3, 0, 8);
        then_it_ends();
    }
}

static void the_embedded_recogniser_is_given_what_was_kept(void)
{
    given(PROVIDER_DEEPGRAM, ", \"rules\": [{\"drop\": true}]", PROVIDER_VOSK, NULL);
    listen(0);
    say(0, 2);
    CHECK(await(SPEECH_FAILED).speech.provider == 0);
    uint32_t frames =
        lab_sounds[0].count / FRAME_SAMPLES + lab_sounds[1].count / FRAME_SAMPLES + 10;
    change(-1);
    finish();
    struct event final = await(SPEECH_FINAL);
    uint64_t heard = 0;
    CHECK(text_number(final.heard.text, &heard) && heard == frames);
    then_it_ends();
}

static void refusals_say_why_and_never_the_key(void)
{
    static const struct {
        const char *more, *why;
    } rows[] = {{", \"rules\": [{\"refuse\": {\"status\": 429}}]", "429"},
                {", \"rules\": [{\"refuse\": {\"status\": 503}}]", "503"},
                {", \"key\": \"other\"", "401"},
                {", \"rules\": [{\"faults\": [{\"do\": \"close\", \"code\": 1011, "
                 "\"reason\": \"NET-0000\"}]}]",
                 "NET-0000"},
                {", \"rules\": [{\"faults\": [{\"do\": \"raw\", \"hex\": \"f7ff\"}]}]", ""}};

    for (uint32_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        given(PROVIDER_DEEPGRAM, rows[i].more, PROVIDER_VOSK, NULL);
        listen(0);
        say(0, 1);
        struct event failed = await(SPEECH_FAILED);
        CHECK(text_find(failed.speech.why, text_of(rows[i].why)) >= 0 &&
              failed.speech.why.size > 0);
        CHECK(text_find(failed.speech.why, TEXT("secret")) < 0 && failed.speech.provider == 0);
        then_it_ends();
    }
}

static void how_long_a_provider_wants_to_be_left_alone_is_told(void)
{
    for (uint32_t i = 0; i < KINDS; i++) {
        given(kinds[i], ", \"rules\": [{\"refuse\": {\"status\": 429, \"headers\": {\"Retry-After\": \"9\"}}}]",
              PROVIDER_VOSK, NULL);
        listen(0);
        say(0, 1);
        finish();
        CHECK(await(SPEECH_FAILED).speech.retry_after_s == 9);
        then_it_ends();
    }
}

static void turns_that_a_provider_hears_are_told(void)
{
    given(PROVIDER_DEEPGRAM_FLUX, ", \"eager_ms\": 700, \"end_ms\": 1600", PROVIDER_VOSK, NULL);
    listen(0);
    say(0, 3);
    pause_for(40);
    struct event eager = await(SPEECH_TURN);
    CHECK(eager.turning.what == TURN_EAGER_END && eager.turning.turn == 1);
    CHECK(text_equal(eager.turning.text, TEXT("alpha invoice seven")));
    say(3, 4);
    CHECK(await(SPEECH_TURN).turning.what == TURN_RESUMED);
    pause_for(90);
    CHECK(await(SPEECH_TURN).turning.what == TURN_EAGER_END);
    struct event end = await(SPEECH_TURN);
    CHECK(end.turning.what == TURN_END);
    CHECK(text_equal(end.turning.text, TEXT("alpha invoice seven garden")));
    finish();
    then_heard(1, 0, 4);
    then_it_ends();
}

int main(int count, char **arguments)
{
    CHECK(count == 2);
    program = arguments[1];
    lab_open();
    RUN(each_provider_gives_the_words_of_each_utterance);
    RUN(words_come_before_the_end_and_grow);
    RUN(an_utterance_may_begin_before_the_last_ones_words_have_come);
    RUN(what_is_forgotten_is_in_no_words);
    RUN(no_word_is_lost_when_a_provider_dies_in_the_middle_of_a_sentence);
    RUN(words_of_finals_that_never_came_are_in_the_next);
    RUN(the_embedded_recogniser_is_given_what_was_kept);
    RUN(refusals_say_why_and_never_the_key);
    RUN(how_long_a_provider_wants_to_be_left_alone_is_told);
    RUN(turns_that_a_provider_hears_are_told);
    return 0;
}

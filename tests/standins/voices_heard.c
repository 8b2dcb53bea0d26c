// SPDX-License-Identifier: Apache-2.0
/* voices_heard.c - voices over the network against the stand-ins: real sockets, real speech.
 *
 * Runs tests/standins/voices.py (its path is the argument) with a script whose faults are chosen by
 * ElevenLabs's voice, which is part of the path. Waits for facts, with a limit that a broken build
 * meets. */
#include "speech/voices.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "check.h"
#include "core/event.h"
#include "net/net.h"
#include "speech/voice.h"

enum { LIMIT_MS = 90000, IMPATIENT_MS = 1500, CLIPS = 2048, SPEECHES = 200 };

static const char script[] =
    "{\"key\": \"sk-right\", \"odd\": true, \"rules\": ["
    "{\"when\": {\"path\": \"/v1/text-to-speech/slow/stream\"}, \"speed\": 1},"
    "{\"when\": {\"kind\": \"cartesia\"}, \"speed\": 3, \"late_chunks\": 2},"
    "{\"when\": {\"kind\": \"deepgram-aura-socket\"}, \"speed\": 3},"
    "{\"when\": {\"path\": \"/v1/text-to-speech/late/stream\"}, \"delays\": {\"first\": 300}},"
    "{\"when\": {\"path\": \"/v1/text-to-speech/never/stream\"}, \"faults\": [{\"do\": "
    "\"stall\"}]},"
    "{\"when\": {\"path\": \"/v1/text-to-speech/silent/stream\"}, \"speed\": 4, \"faults\": "
    "[{\"after_sent\": 8, \"do\": \"stall\"}]},"
    "{\"when\": {\"path\": \"/v1/text-to-speech/cut/stream\"}, \"speed\": 4, \"faults\": "
    "[{\"after_sent\": 8, \"do\": \"disconnect\"}]},"
    "{\"when\": {\"path\": \"/v1/text-to-speech/busy/stream\"}, \"refuse\": {\"status\": 429}},"
    "{\"when\": {\"path\": \"/v1/text-to-speech/crumbs/stream\"}, \"faults\": [{\"do\": \"slow\", "
    "\"bytes\": 701, \"every_ms\": 1}]},"
    "{\"when\": {\"path\": \"/v1/text-to-speech/strange/stream\"}, \"as\": \"mp3\"}]}";

static struct {
    pid_t pid;
    char url[64], log[64];
    struct net *net;
    struct clip_table *clips;
    struct mailbox *events, *door;
    struct voices *voices;
    uint32_t utterances;
} world;

enum {
    OPENAI,
    OPENAI_WAV,
    ELEVENLABS,
    ELEVENLABS_SOFT,
    AURA,
    WRONG_KEY,
    NOBODY,
    ONE_AT_ONCE,
    IMPATIENT,
    AURA_SOCKET,
    CARTESIA,
    PROVIDERS
};

static void start_standin(const char *program)
{
    char path[] = "/tmp/offhook-voices-XXXXXX", line[64] = "";
    int file = mkstemp(path), out[2];

    CHECK(file >= 0 && write(file, script, sizeof(script) - 1) == sizeof(script) - 1 &&
          pipe(out) == 0);
    close(file);
    snprintf(world.log, sizeof(world.log), "%s.log", path);
    world.pid = fork();
    CHECK(world.pid >= 0);
    if (world.pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM); /* It does not outlive a test that fails. */
        dup2(out[1], 1);
        close(out[0]);
        execl("/usr/bin/python3", "/usr/bin/python3", "-W", "ignore", program, "--script", path,
              "--log", world.log, NULL);
        _exit(127);
    }
    close(out[1]);
    FILE *said = fdopen(out[0], "r");
    CHECK(said && fgets(line, sizeof(line), said));
    snprintf(world.url, sizeof(world.url), "http://127.0.0.1:%d", atoi(line + strlen("ready ")));
    fclose(said);
    unlink(path);
}

static void load_plan(void)
{
    static const struct plan_pair wav = {TEXT_INIT("format"), TEXT_INIT("wav")};
    static char v1[80], socket[80 + sizeof("ws")];
    struct plan_provider providers[PROVIDERS];
    struct plan plan = {.providers = providers, .provider_count = PROVIDERS};

    snprintf(v1, sizeof(v1), "%s/v1", world.url);
    snprintf(socket, sizeof(socket), "ws%.64s", world.url + strlen("http"));
    for (uint32_t i = 0; i < PROVIDERS; i++)
        providers[i] = (struct plan_provider){.name = TEXT("theirs"),
                                              .kind = PROVIDER_ELEVENLABS,
                                              .url = text_of(world.url),
                                              .key = TEXT("sk-right"),
                                              .hard_ms = LIMIT_MS}; /* It may be busy here. */
    providers[OPENAI].kind = providers[OPENAI_WAV].kind = PROVIDER_OPENAI_SPEECH;
    providers[OPENAI].url = providers[OPENAI_WAV].url = text_of(v1);
    providers[OPENAI_WAV].options = &wav;
    providers[OPENAI_WAV].option_count = 1;
    providers[ELEVENLABS_SOFT].soft_ms = 100;
    providers[AURA].kind = PROVIDER_DEEPGRAM_AURA;
    providers[AURA_SOCKET].kind = PROVIDER_DEEPGRAM_AURA;
    providers[CARTESIA].kind = PROVIDER_CARTESIA;
    providers[AURA_SOCKET].url = providers[CARTESIA].url = text_of(socket);
    providers[WRONG_KEY].key = TEXT("sk-wrong");
    providers[NOBODY].url = TEXT("http://127.0.0.1:1");
    providers[ONE_AT_ONCE].max_sessions = 1;
    providers[IMPATIENT].hard_ms = IMPATIENT_MS;
    struct voices_plan *copy = voices_plan_new(&plan);
    CHECK(copy);
    voices_plan(world.voices, 3, copy);
}

static void open_world(const char *program)
{
    char why[256];

    start_standin(program);
    CHECK(net_open(&world.net, &(struct net_options){0}, why, sizeof(why)) == 0);
    CHECK(clip_table_open(&world.clips, CLIPS) == 0);
    CHECK(mailbox_open(&world.events, "events", 1 << 20) == 0);
    CHECK(mailbox_open(&world.door, "door", 1 << 22) == 0);
    CHECK(voice_open() == 0);
    struct voices_options options = {.net = world.net,
                                     .clips = world.clips,
                                     .events = world.events,
                                     .door = world.door,
                                     .cache_bytes = 64 << 20};
    world.voices = voices_new(&options);
    CHECK(world.voices);
    load_plan();
}

static void close_world(void)
{
    voices_free(world.voices);
    net_close(world.net);
    mailbox_close(world.events);
    mailbox_close(world.door);
    clip_table_close(world.clips);
    kill(world.pid, SIGTERM);
    waitpid(world.pid, NULL, 0);
    unlink(world.log);
}

/* What the door's thread does. */
static void turn_door(void)
{
    struct note note;
    uint8_t message[MAX_PACKED];
    size_t size;

    while ((size = mailbox_take(world.door, message, sizeof(message))) > 0) {
        CHECK(note_is(message, size));
        memcpy(&note, message, sizeof(note));
        voices_note(world.voices, &note);
    }
    voices_look(world.voices, clock_ms());
    mailbox_wait(world.door, 2);
}

static uint32_t say_at(uint32_t leg, int provider, const char *voice, bool wide, const char *words)
{
    struct command command = {.kind = SPEECH_SAY, .call = 5, .leg = leg};

    command.say.utterance = ++world.utterances;
    command.say.plan = 3;
    command.say.provider = provider;
    command.say.voice = text_of(voice);
    command.say.language = TEXT("en");
    command.say.wide = wide;
    command.say.text = text_of(words);
    voices_say(world.voices, &command);
    return world.utterances;
}

static uint32_t say(int provider, const char *voice, const char *words)
{
    return say_at(9, provider, voice, false, words);
}

/* The next event, unpacked over `storage`; fails the test when none comes. */
static struct event next_event(void)
{
    static uint8_t storage[MAX_PACKED];
    struct event event;
    uint64_t until_ms = clock_ms() + LIMIT_MS;
    size_t size;

    while ((size = mailbox_take(world.events, storage, sizeof(storage))) == 0) {
        CHECK(clock_ms() < until_ms);
        turn_door();
    }
    CHECK(event_unpack(storage, size, &event));
    return event;
}

static struct event next_of(enum event_kind kind)
{
    for (;;) {
        struct event event = next_event();
        if (event.kind == kind)
            return event;
        CHECK(event.kind == PROVIDER_FACT); /* Nothing else is expected. */
    }
}

static void until_gone(void)
{
    uint64_t until_ms = clock_ms() + LIMIT_MS;

    while (voices_busy(world.voices) > 0) {
        CHECK(clock_ms() < until_ms);
        turn_door();
    }
}

/* Until the stand-in has logged this word so many times. */
static void until_logged(const char *word, int times)
{
    uint64_t until_ms = clock_ms() + LIMIT_MS;
    char line[1024];

    for (int count = 0; count < times;) {
        FILE *log = fopen(world.log, "r");
        CHECK(clock_ms() < until_ms);
        count = 0;
        while (log && fgets(line, sizeof(line), log))
            count += strstr(line, word) != NULL;
        if (log)
            fclose(log);
        if (count < times)
            turn_door();
    }
}

static struct clip_view finished(uint32_t clip)
{
    struct clip_view view;
    uint64_t until_ms = clock_ms() + LIMIT_MS;

    do {
        CHECK(clip_read(world.clips, clip, &view) && clock_ms() < until_ms);
        turn_door();
    } while (!view.finished);
    CHECK(clip_read(world.clips, clip, &view));
    return view;
}

static bool is_loud(const struct clip_view *view)
{
    double sum = 0;

    for (uint32_t i = 0; i < view->size; i++)
        sum += (double)view->linear[i] * view->linear[i];
    return view->size > 0 && sum / view->size > 300.0 * 300.0;
}

static const char invoice[] = "Your invoice was sent on Monday, and it is due on Friday.";
static const char long_words[] =
    "Your invoice was sent on Monday, and it is due on Friday. If it has not come by then, you may "
    "ask us for another one. We send it by mail, and it takes two days. If it is wrong, tell us "
    "what it is about, and somebody who knows will look at it with you.";
enum { LONG_SAMPLES = 10 * SAMPLE_RATE }; /* They are longer. */

static void each_voice_is_heard_whole_and_without_its_silence(void)
{
    static const struct {
        int provider;
        bool wide;
    } ways[] = {{OPENAI, false},     {OPENAI, true},    {OPENAI_WAV, false}, {ELEVENLABS, false},
                {ELEVENLABS, true},  {AURA, false},     {AURA, true},        {AURA_SOCKET, false},
                {AURA_SOCKET, true}, {CARTESIA, false}, {CARTESIA, true}};
    uint32_t length = 0;

    for (uint32_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        uint32_t utterance = say_at(9, ways[i].provider, "", ways[i].wide, invoice);
        struct event ready = next_of(SPEECH_READY);
        CHECK(ready.speech.utterance == utterance && ready.speech.provider == ways[i].provider);
        CHECK(ready.call == 5 && ready.leg == 9 && !ready.speech.cached && ready.at_ms > 0);
        struct clip_view view = finished(ready.speech.clip);
        CHECK(is_loud(&view) && (view.wide != NULL) == ways[i].wide);
        length = length ? length : view.size;
        CHECK(view.size > 2 * SAMPLE_RATE && abs((int)view.size - (int)length) < 400);
        CHECK(ready.speech.cut_ms < 500);
        clip_drop(world.clips, ready.speech.clip);
        until_gone();
    }
}

static void words_said_before_are_answered_at_once(void)
{
    say(ELEVENLABS, "", "These words come twice.");
    struct event first = next_of(SPEECH_READY);
    finished(first.speech.clip);
    until_gone();
    say(ELEVENLABS, "", "These words come twice.");
    CHECK(voices_busy(world.voices) == 0);
    struct event second = next_of(SPEECH_READY);
    CHECK(second.speech.cached && second.speech.clip == first.speech.clip);
    say(ELEVENLABS, "other", "These words come twice.");
    CHECK(voices_busy(world.voices) == 1); /* Another voice is other sound. */
    struct event third = next_of(SPEECH_READY);
    CHECK(!third.speech.cached);
    until_gone();
    clip_drop(world.clips, first.speech.clip);
    clip_drop(world.clips, second.speech.clip);
    clip_drop(world.clips, third.speech.clip);
}

static void words_are_spoken_ahead_one_after_the_other(void)
{
    say_at(0, ELEVENLABS, "", false, "Please hold the line.");
    say_at(0, ELEVENLABS, "", false, "Goodbye for today.");
    CHECK(voices_busy(world.voices) == 1);
    until_gone();
    say(ELEVENLABS, "", "Goodbye for today.");
    struct event ready = next_of(SPEECH_READY);
    CHECK(ready.speech.cached);
    clip_drop(world.clips, ready.speech.clip);
    while (mailbox_take(world.events, (uint8_t[MAX_PACKED]){0}, MAX_PACKED) > 0)
        continue; /* Facts. */
}

static void what_a_dead_vendor_was_to_say_ahead_is_not_tried_word_for_word(void)
{
    for (uint32_t i = 0; i < 5; i++)
        say_at(0, NOBODY, "", false, i % 2 ? "One." : "Two.");
    CHECK(next_of(PROVIDER_FACT).provider.what == PROVIDER_FAILED);
    until_gone();
    CHECK(mailbox_take(world.events, (uint8_t[MAX_PACKED]){0}, MAX_PACKED) == 0);
}

static void a_cancel_reaches_the_vendor_in_the_middle(void)
{
    say(ELEVENLABS, "slow", long_words);
    struct event ready = next_of(SPEECH_READY);
    say_at(10, ELEVENLABS, "slow", false, "Another leg goes on as if nothing were.");
    voices_cancel(world.voices, 9);
    until_logged("\"cancelled\"", 1);
    struct clip_view view = finished(ready.speech.clip);
    CHECK(view.size < LONG_SAMPLES);
    struct event other = next_of(SPEECH_READY);
    CHECK(other.leg == 10);
    view = finished(other.speech.clip);
    CHECK(view.size > SAMPLE_RATE);
    until_gone();
    say(ELEVENLABS, "slow", long_words); /* What was cancelled was not kept. */
    CHECK(voices_busy(world.voices) == 1);
    voices_cancel(world.voices, 9);
    until_gone();
    clip_drop(world.clips, ready.speech.clip);
    clip_drop(world.clips, other.speech.clip);
}

static void sockets_are_told_to_stop_by_the_vendors_word(void)
{
    static const int providers[] = {AURA_SOCKET, CARTESIA};

    for (uint32_t i = 0; i < 2; i++) {
        say(providers[i], "", long_words);
        struct event ready = next_of(SPEECH_READY);
        voices_cancel(world.voices, 9);
        until_logged("\"cancelled\"", 2 + (int)i);
        until_gone();
        struct clip_view view = finished(ready.speech.clip);
        CHECK(view.size < LONG_SAMPLES);
        clip_drop(world.clips, ready.speech.clip);
    }
}

static void a_voice_that_speaks_ahead_is_told_as_well_or_slow(void)
{
    say_at(0, ELEVENLABS_SOFT, "late", false, "This takes its time.");
    struct event fact = next_event();
    CHECK(fact.kind == PROVIDER_FACT && fact.provider.what == PROVIDER_SLOW);
    CHECK(fact.provider.ms >= 300 && fact.provider.plan == 3);
    CHECK(fact.provider.provider == ELEVENLABS_SOFT);
    until_gone();
    say_at(0, ELEVENLABS, "", false, "This does not.");
    CHECK(next_of(PROVIDER_FACT).provider.what == PROVIDER_OK);
    until_gone();
}

static void each_refusal_is_told_with_its_reason(void)
{
    static const struct {
        int provider;
        const char *voice, *why;
    } refusals[] = {{WRONG_KEY, "", "401: Invalid API key"},
                    {ELEVENLABS, "busy", "429: Too many concurrent requests."},
                    {ELEVENLABS, "strange", "no sound in the form"},
                    {IMPATIENT, "never", "time"},
                    {NOBODY, "", "no connection"},
                    {PROVIDERS, "", "no such voice"}};

    for (uint32_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
        uint32_t utterance = say(refusals[i].provider, refusals[i].voice, "Hello.");
        struct event failed = next_of(SPEECH_FAILED);
        char why[256];
        text_copy(why, sizeof(why), failed.speech.why);
        fprintf(stderr, "# %s\n", why);
        CHECK(strstr(why, refusals[i].why) && !strstr(why, "sk-"));
        CHECK(failed.speech.utterance == utterance &&
              failed.speech.provider == refusals[i].provider);
        CHECK(failed.speech.made_ms == 0);
        until_gone();
    }
}

/* The standby goes on from here: the clip is finished, and how much of it there is is said. */
static void what_was_said_before_a_failure_can_be_played(void)
{
    static const char *const voices[] = {"cut", "silent"};

    for (uint32_t i = 0; i < 2; i++) {
        say(ELEVENLABS, voices[i], invoice);
        struct event ready = next_of(SPEECH_READY);
        struct event failed = next_of(SPEECH_FAILED);
        CHECK(failed.speech.utterance == ready.speech.utterance);
        struct clip_view view = finished(ready.speech.clip);
        CHECK(is_loud(&view) && view.size > 2000 && view.size < 8 * 900);
        CHECK(abs((int)failed.speech.made_ms - (int)(view.size / 8)) < 120);
        until_gone();
        say(ELEVENLABS, voices[i], invoice); /* It was not kept. */
        CHECK(voices_busy(world.voices) == 1);
        voices_cancel(world.voices, 9);
        until_gone();
        clip_drop(world.clips, ready.speech.clip);
        while (mailbox_take(world.events, (uint8_t[MAX_PACKED]){0}, MAX_PACKED) > 0)
            continue;
    }
}

/* The core counts those of calls, and asks for no more than there may be. */
static void words_ahead_take_no_place_that_the_plan_keeps_for_calls(void)
{
    say(ONE_AT_ONCE, "slow", "The first one.");
    say_at(0, ONE_AT_ONCE, "slow", false, "One ahead.");
    CHECK(voices_busy(world.voices) == 1);
    say(ONE_AT_ONCE, "slow", "The second one.");
    CHECK(voices_busy(world.voices) == 2);
    voices_cancel(world.voices, 9);
    until_gone();
    say_at(0, ONE_AT_ONCE, "", false, "One ahead.");
    CHECK(voices_busy(world.voices) == 1);
    until_gone();
    while (mailbox_take(world.events, (uint8_t[MAX_PACKED]){0}, MAX_PACKED) > 0)
        continue;
}

static void hundreds_speak_at_once_on_one_thread(void)
{
    uint32_t ready = 0, clips[SPEECHES];
    char words[64];

    for (uint32_t i = 0; i < SPEECHES; i++) {
        snprintf(words, sizeof(words), "This is call %c, and all is well.", 'a' + (int)(i % 20));
        say_at(100 + i, ELEVENLABS, i % 2 ? "crumbs" : "", false, words);
    }
    while (ready < SPEECHES)
        clips[ready++] = next_of(SPEECH_READY).speech.clip;
    for (uint32_t i = 0; i < SPEECHES; i++) {
        struct clip_view view = finished(clips[i]);
        CHECK(is_loud(&view) && view.size > SAMPLE_RATE);
        clip_drop(world.clips, clips[i]);
    }
    until_gone();
}

int main(int argc, char **argv)
{
    CHECK(argc == 2);
    open_world(argv[1]);
    RUN(each_voice_is_heard_whole_and_without_its_silence);
    RUN(words_said_before_are_answered_at_once);
    RUN(words_are_spoken_ahead_one_after_the_other);
    RUN(what_a_dead_vendor_was_to_say_ahead_is_not_tried_word_for_word);
    RUN(a_cancel_reaches_the_vendor_in_the_middle);
    RUN(sockets_are_told_to_stop_by_the_vendors_word);
    RUN(a_voice_that_speaks_ahead_is_told_as_well_or_slow);
    RUN(each_refusal_is_told_with_its_reason);
    RUN(what_was_said_before_a_failure_can_be_played);
    RUN(words_ahead_take_no_place_that_the_plan_keeps_for_calls);
    RUN(hundreds_speak_at_once_on_one_thread);
    close_world();
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* earshot_test.c - a caller, an operator and a supervisor: who hears whom, and
 * that a third who comes or goes costs the other two not a sample.
 *
 * Legs 1, 2 and 5 are the server's, 0, 3 and 4 the three people's telephones,
 * over real sockets; the beat is driven by hand. Each telephone plays a tone of
 * its own, whose period is a whole number of samples: a stream without a gap
 * repeats itself to the sample. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/g711.h"
#include "check.h"
#include "core/command.h"
#include "free_ports.h"
#include "media/capture.h"
#include "media/thread.h"
#include "wire/au.h"

enum { LEGS = 6, BEAT_NS = 5000000, KEPT = 8000 * 4 };

enum person { CALLER, OPERATOR, SUPERVISOR, PEOPLE };
static const uint32_t ours[PEOPLE] = {1, 2, 5}, theirs[PEOPLE] = {0, 3, 4};
static const uint32_t periods[PEOPLE] = {16, 10, 8}; /* 500, 800, 1,000 Hz. */

static struct clip_table *clips;
static struct ring_pool *rings;
static struct ports ports;
static uint16_t first_port;
static struct mailbox *events, *answers;
static struct media_thread *thread;
static uint64_t now_ns;
static struct recorder *recorder; /* NULL: nothing is recorded. */
static uint32_t played[LEGS];
static struct event closed[LEGS];

/* What each telephone heard. */
static int16_t heard[PEOPLE][KEPT];
static uint32_t count[PEOPLE];

static void listen_in(void)
{
    struct audio_frame frame;

    for (uint32_t who = 0; who < PEOPLE; who++) {
        while (ring_take(rings, who, 1, &frame)) {
            uint32_t step = frame.rate / 8000;
            for (uint32_t i = 0; i < FRAME_SAMPLES && count[who] < KEPT; i++)
                heard[who][count[who]++] = frame.samples[i * step];
        }
    }
}

static void run_ms(uint32_t ms)
{
    static uint8_t bytes[MAX_PACKED];

    for (uint32_t beat = 0; beat < ms / 5; beat++) {
        now_ns += BEAT_NS;
        thread_beat(thread, now_ns);
        for (size_t size; (size = mailbox_take(events, bytes, sizeof bytes)) > 0;) {
            struct event event;
            CHECK(event_unpack(bytes, size, &event));
            played[event.leg % 8] += event.kind == MEDIA_PLAYED && event.played.finished;
            if (event.kind == MEDIA_CLOSED)
                closed[event.leg % 8] = event;
        }
        listen_in();
    }
}

static void order(struct command command, uint32_t slot)
{
    command.call = command.leg = 1 << 16 | slot;
    CHECK(command_post(thread_mailbox(thread), &command) == MAILBOX_OK);
}

static void hear_at(enum person who, enum person whom, bool on, int32_t gain_db)
{
    order((struct command){.kind = MEDIA_HEAR,
                           .hear = {.other = 1 << 16 | ours[whom], .on = on, .gain_db = gain_db}},
          ours[who]);
}

static void hear(enum person who, enum person whom, bool on)
{
    hear_at(who, whom, on, 0);
}

static void open_leg(uint32_t slot, uint32_t to_slot, enum codec codec)
{
    static const uint8_t types[CODEC_KINDS] = {0, 8, 9, 96};
    struct command command = {.kind = MEDIA_OPEN};
    char remote[32];

    snprintf(remote, sizeof remote, "127.0.0.1:%u", first_port + 2 * to_slot);
    command.media.remote = text_of(remote);
    command.media.codec = codec;
    command.media.payload_type = types[codec];
    command.media.seed = slot + 77;
    order(command, slot);
}

static uint32_t make_tone(uint32_t period, uint32_t samples)
{
    uint32_t clip = clip_new(clips, samples);

    for (uint32_t i = 0; i < samples; i++) {
        int16_t sample = (int16_t)lrint(4000 * sin(2 * M_PI * i / period));
        clip_append(clips, clip, &sample, 1);
    }
    clip_finish(clips, clip);
    return clip;
}

static void speak(enum person who)
{
    uint32_t clip = make_tone(periods[who], 8000);

    order(
        (struct command){.kind = MEDIA_PLAY, .play = {.utterance = 1, .clip = clip, .loop = true}},
        theirs[who]);
}

static void begin(const enum codec codecs[PEOPLE])
{
    char why[256] = "";
    struct media_thread_options options = {.threads = 1, .legs = LEGS, .ports = &ports};

    memset(played, 0, sizeof played);
    memset(count, 0, sizeof count);
    CHECK(clip_table_open(&clips, 32) == 0 && ring_pool_open(&rings, 4, 4) == 0);
    CHECK(mailbox_open(&events, "core", 65536) == 0 &&
          mailbox_open(&answers, "answers", 4096) == 0);
    first_port = free_ports(2 * LEGS);
    CHECK(ports_open(&ports, "127.0.0.1", first_port, LEGS, 64, why, sizeof why) == 0);
    ports.own = (struct own){0}; /* Legs hear each other here. */
    options.clips = clips;
    options.rings = rings;
    options.events = events;
    options.answers = answers;
    options.recorder = recorder;
    CHECK(thread_open(&thread, &options) == 0);
    now_ns = clock_ns() + 2000000000; /* So far that the kernel's times of arrival
                                         are not believed. */
    for (uint32_t who = 0; who < PEOPLE; who++) {
        open_leg(theirs[who], ours[who], codecs[who]);
        open_leg(ours[who], theirs[who], codecs[who]);
        order((struct command){.kind = MEDIA_TAP, .tap = {.ring = who, .epoch = 1}}, theirs[who]);
    }
    order((struct command){.kind = MEDIA_BRIDGE, .bridge = {.other = 1 << 16 | ours[OPERATOR]}},
          ours[CALLER]);
    run_ms(400);
}

static void end(void)
{
    for (uint32_t slot = 0; slot < LEGS; slot++)
        order((struct command){.kind = MEDIA_CLOSE}, slot);
    run_ms(60);
    thread_close(thread);
    ports_close(&ports);
    mailbox_close(events);
    mailbox_close(answers);
    ring_pool_close(rings);
    clip_table_close(clips);
}

/* How loud `whom` is in the last half second of what `who` heard, as a tone's
 * peak. */
static double level_of(enum person who, enum person whom)
{
    uint32_t length = 4000, from = count[who] - length;
    double re = 0, im = 0;

    CHECK(count[who] >= length);
    for (uint32_t i = 0; i < length; i++) {
        re += heard[who][from + i] * cos(2 * M_PI * i / periods[whom]);
        im += heard[who][from + i] * sin(2 * M_PI * i / periods[whom]);
    }
    return 2 * sqrt(re * re + im * im) / length;
}

static bool hears(enum person who, enum person whom)
{
    double level = level_of(who, whom);
    if (!(level < 60 || (level > 2500 && level < 5500)))
        printf("   %u hears %u: %.0f\n", who, whom, level);

    CHECK(level < 60 || (level > 2500 && level < 5500));
    return level > 1000;
}

/* Samples from `from` on that are not what they were a period before. */
static uint32_t breaks(enum person who, enum person whom, uint32_t from)
{
    uint32_t found = 0;

    for (uint32_t i = from + periods[whom]; i < count[who]; i++)
        found += heard[who][i] != heard[who][i - periods[whom]];
    return found;
}

static void forget(void)
{
    memset(count, 0, sizeof count);
}

static void supervise(bool whisper, bool barge)
{
    hear(SUPERVISOR, CALLER, true);
    hear(SUPERVISOR, OPERATOR, true);
    if (whisper)
        hear(OPERATOR, SUPERVISOR, true);
    if (barge)
        hear(CALLER, SUPERVISOR, true);
}

static void all_speak(void)
{
    for (uint32_t who = 0; who < PEOPLE; who++)
        speak(who);
    run_ms(1200);
}

/* Rows who, columns whom. */
static void expect(bool caller_supervisor, bool operator_supervisor)
{
    CHECK(hears(CALLER, OPERATOR) && hears(OPERATOR, CALLER));
    CHECK(hears(SUPERVISOR, CALLER) && hears(SUPERVISOR, OPERATOR));
    CHECK(!hears(SUPERVISOR, SUPERVISOR) && !hears(CALLER, CALLER) && !hears(OPERATOR, OPERATOR));
    CHECK(hears(CALLER, SUPERVISOR) == caller_supervisor);
    CHECK(hears(OPERATOR, SUPERVISOR) == operator_supervisor);
}

static void who_listens_whispers_and_barges_in(const enum codec codecs[PEOPLE])
{
    begin(codecs);
    supervise(false, false);
    all_speak();
    expect(false, false);
    hear(OPERATOR, SUPERVISOR, true);
    forget();
    run_ms(1000);
    expect(false, true);
    hear(CALLER, SUPERVISOR, true);
    forget();
    run_ms(1000);
    expect(true, true);
    hear(CALLER, SUPERVISOR, false);
    forget();
    run_ms(1000);
    expect(false, true);
    hear(OPERATOR, SUPERVISOR, false);
    forget();
    run_ms(1000);
    expect(false, false);
    end();
}

static void in_all_codecs_of_the_supervisor_and_the_two(void)
{
    static const enum codec kinds[][PEOPLE] = {
        {CODEC_PCMU, CODEC_PCMU, CODEC_PCMU}, {CODEC_PCMA, CODEC_PCMA, CODEC_G722},
        {CODEC_G722, CODEC_G722, CODEC_PCMU}, {CODEC_PCMU, CODEC_PCMA, CODEC_PCMU},
        {CODEC_OPUS, CODEC_OPUS, CODEC_PCMA}, {CODEC_PCMU, CODEC_OPUS, CODEC_G722},
        {CODEC_G722, CODEC_PCMA, CODEC_OPUS}};

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        who_listens_whispers_and_barges_in(kinds[i]);
}

static const enum codec plain[PEOPLE] = {CODEC_PCMU, CODEC_PCMU, CODEC_PCMU};

static void a_third_who_comes_and_goes_costs_no_sample(void)
{
    begin(plain);
    speak(CALLER);
    run_ms(600);
    forget();
    run_ms(200);
    supervise(true, true); /* And is silent. */
    run_ms(400);
    hear(OPERATOR, SUPERVISOR, false);
    hear(CALLER, SUPERVISOR, false);
    hear(SUPERVISOR, CALLER, false);
    run_ms(400);
    CHECK(count[OPERATOR] == 8000);
    CHECK(breaks(OPERATOR, CALLER, 0) == 0);
    end();
    CHECK(closed[3].closed.lost == 0 && closed[3].closed.duplicate == 0);
}

static void while_a_third_speaks_the_partner_keeps_its_time(void)
{
    static int16_t before[16];

    begin(plain);
    speak(CALLER);
    run_ms(600);
    forget();
    run_ms(200);
    memcpy(before, heard[OPERATOR], sizeof before);
    supervise(true, false);
    speak(SUPERVISOR);
    run_ms(800);
    CHECK(hears(OPERATOR, SUPERVISOR) && hears(OPERATOR, CALLER) && !hears(CALLER, SUPERVISOR));
    hear(OPERATOR, SUPERVISOR, false);
    run_ms(200);
    uint32_t from = count[OPERATOR];
    run_ms(400);
    CHECK(breaks(OPERATOR, CALLER, from) == 0);
    for (uint32_t i = from; i < count[OPERATOR]; i++) /* Not a sample more or less in between. */
        CHECK(heard[OPERATOR][i] == before[i % 16]);
    end();
    CHECK(closed[3].closed.lost == 0 && closed[3].closed.duplicate == 0);
}

static void what_is_whispered_comes_through_while_the_caller_sends_nothing(void)
{
    struct command hold = {.kind = MEDIA_UPDATE, .media = {.way = WAY_NONE}};

    begin(plain);
    supervise(true, false);
    speak(SUPERVISOR);
    run_ms(600);
    order(hold, theirs[CALLER]);
    forget();
    run_ms(1000);
    CHECK(hears(OPERATOR, SUPERVISOR));
    hold.media.way = WAY_BOTH;
    order(hold, theirs[CALLER]);
    speak(CALLER);
    run_ms(1000);
    CHECK(hears(OPERATOR, SUPERVISOR) && hears(OPERATOR, CALLER));
    end();
}

static void our_words_to_one_are_heard_beside_the_others_and_by_nobody_else(void)
{
    begin(plain);
    supervise(false, false);
    hear(OPERATOR, SUPERVISOR, true);
    speak(CALLER);
    run_ms(600);
    uint32_t clip = make_tone(20, 7000); /* 400 Hz. */
    order((struct command){.kind = MEDIA_PLAY, .play = {.utterance = 9, .clip = clip}},
          ours[OPERATOR]);
    forget();
    run_ms(800);
    double level = 0, re = 0, im = 0;
    for (uint32_t i = 1600; i < 4800; i++) {
        re += heard[OPERATOR][i] * cos(2 * M_PI * i / 20);
        im += heard[OPERATOR][i] * sin(2 * M_PI * i / 20);
    }
    level = 2 * sqrt(re * re + im * im) / 3200;
    CHECK(level > 3000 && level < 5000 && hears(OPERATOR, CALLER));
    CHECK(breaks(SUPERVISOR, CALLER, 0) == 0);
    run_ms(300);
    CHECK(played[ours[OPERATOR]] == 1);
    end();
}

static void a_gain_makes_it_louder_or_quieter_at_any_time(void)
{
    begin(plain);
    hear_at(SUPERVISOR, CALLER, true, -12);
    speak(CALLER);
    run_ms(1200);
    double quiet = level_of(SUPERVISOR, CALLER);
    CHECK(quiet > 900 && quiet < 1100);
    hear_at(SUPERVISOR, CALLER, true, 6);
    forget();
    run_ms(1000);
    CHECK(level_of(SUPERVISOR, CALLER) > 7.5 * quiet);
    end();
}

static void three_without_a_bridge_hear_each_other(void)
{
    begin(plain);
    order((struct command){.kind = MEDIA_UNBRIDGE, .bridge = {.other = 1 << 16 | ours[OPERATOR]}},
          ours[CALLER]);
    supervise(true, true);
    hear(CALLER, OPERATOR, true);
    hear(OPERATOR, CALLER, true);
    all_speak();
    expect(true, true);
    order((struct command){.kind = MEDIA_BRIDGE, .bridge = {.other = 1 << 16 | ours[OPERATOR]}},
          ours[CALLER]);
    forget();
    run_ms(1000);
    expect(true, true); /* Once, not twice. */
    end();
}

static void a_leg_that_closes_is_heard_no_more_and_hears_no_more(void)
{
    begin(plain);
    supervise(true, true);
    all_speak();
    order((struct command){.kind = MEDIA_CLOSE}, ours[SUPERVISOR]);
    forget();
    run_ms(1000);
    CHECK(!hears(OPERATOR, SUPERVISOR) && !hears(CALLER, SUPERVISOR) && hears(CALLER, OPERATOR));
    open_leg(ours[SUPERVISOR], theirs[SUPERVISOR], CODEC_PCMU);
    forget();
    run_ms(1000);
    CHECK(!hears(SUPERVISOR, CALLER) && !hears(SUPERVISOR, OPERATOR));
    end();
}

static void whom_one_cannot_hear_is_refused_and_counted(void)
{
    struct thread_answer answer = {0};

    begin(plain);
    hear(CALLER, CALLER, true);
    order((struct command){.kind = MEDIA_HEAR, .hear = {.other = 2 << 16 | 2, .on = true}}, 1);
    order((struct command){.kind = MEDIA_HEAR, .hear = {.other = 1 << 16 | 77, .on = true}}, 1);
    hear(CALLER, SUPERVISOR, false);
    for (uint32_t i = 0; i < 2; i++) /* Twice the same is once. */
        hear(CALLER, SUPERVISOR, true);
    run_ms(20);
    CHECK(thread_ask(thread));
    run_ms(20);
    CHECK(mailbox_take(answers, &answer, sizeof answer) > 0);
    CHECK(answer.figures.hearing_refused == 3);
    end();
}

/* ---- The recording of the caller's leg ---- */

enum { LEFT, RIGHT, TAPE = 8000 * 12 };
static int16_t tape[2][TAPE];
static uint32_t taped;

static void read_tape(const char *path)
{
    static uint8_t bytes[64 + 2 * TAPE];
    struct au au;
    FILE *file = fopen(path, "r");

    CHECK(file != NULL);
    uint32_t size = (uint32_t)fread(bytes, 1, sizeof bytes, file);
    CHECK(fclose(file) == 0 && au_read_header(bytes, size, &au) && au.channels == 2);
    taped = 0;
    for (uint32_t at = au.offset; at + 2 <= size && taped < TAPE; at += 2, taped++) {
        g711_ulaw_decode(bytes + at, &tape[LEFT][taped], 1);
        g711_ulaw_decode(bytes + at + 1, &tape[RIGHT][taped], 1);
    }
}

/* A tone's peak in a channel from `from_ms` on, over half a second. */
static double taped_level(uint32_t channel, uint32_t from_ms, uint32_t period)
{
    double re = 0, im = 0;

    CHECK((from_ms + 500) * 8 <= taped);
    for (uint32_t i = from_ms * 8; i < (from_ms + 500) * 8; i++) {
        re += tape[channel][i] * cos(2 * M_PI * i / period);
        im += tape[channel][i] * sin(2 * M_PI * i / period);
    }
    return 2 * sqrt(re * re + im * im) / 4000;
}

static bool is_taped(uint32_t channel, uint32_t from_ms, uint32_t period)
{
    double level = taped_level(channel, from_ms, period);

    CHECK(level < 200 || level > 2000);
    return level > 2000;
}

static void capture(enum capture_act act)
{
    order((struct command){.kind = MEDIA_CAPTURE, .capture = {.act = act, .name = TEXT("call")}},
          ours[CALLER]);
}

/* 0 s: the agent speaks; 1.5 s: the operator is joined; 3 s: a whisper; 4.5 s:
 * barging in. */
static void a_call_in_which_all_happens(void)
{
    uint32_t clip = make_tone(20, 8000); /* 400 Hz. */

    order((struct command){.kind = MEDIA_UNBRIDGE, .bridge = {.other = 1 << 16 | ours[OPERATOR]}},
          ours[CALLER]);
    capture(CAPTURE_START);
    order(
        (struct command){.kind = MEDIA_PLAY, .play = {.utterance = 1, .clip = clip, .loop = true}},
        ours[CALLER]);
    for (uint32_t who = 0; who < PEOPLE; who++)
        speak(who);
    run_ms(1500);
    order((struct command){.kind = MEDIA_FLUSH}, ours[CALLER]);
    order((struct command){.kind = MEDIA_BRIDGE, .bridge = {.other = 1 << 16 | ours[OPERATOR]}},
          ours[CALLER]);
    run_ms(1500);
    supervise(true, false);
    run_ms(1500);
    hear(CALLER, SUPERVISOR, true);
    run_ms(1500);
    capture(CAPTURE_STOP);
    run_ms(100);
}

static void the_recording_goes_on_with_the_person_and_has_no_whisper(void)
{
    char folder[] = "/tmp/offhook-earshot-XXXXXX", path[64], why[256];

    CHECK(mkdtemp(folder) != NULL);
    CHECK(recorder_open(&recorder, folder, LEGS, 1, NULL, why, sizeof why) == 0);
    begin(plain);
    a_call_in_which_all_happens();
    end();
    recorder_close(recorder);
    recorder = NULL;
    snprintf(path, sizeof path, "%s/call.au", folder);
    read_tape(path);
    CHECK(taped >= 6000 * 8 && taped <= 6100 * 8); /* The time axis holds. */
    for (uint32_t from_ms = 500; from_ms <= 5000; from_ms += 1500)
        CHECK(is_taped(LEFT, from_ms, periods[CALLER]) &&
              !is_taped(LEFT, from_ms, periods[OPERATOR]));
    CHECK(is_taped(RIGHT, 500, 20) && !is_taped(RIGHT, 500, periods[OPERATOR]));
    CHECK(!is_taped(RIGHT, 2200, 20) && is_taped(RIGHT, 2200, periods[OPERATOR]));
    CHECK(is_taped(RIGHT, 3700, periods[OPERATOR]) && !is_taped(RIGHT, 3700, periods[SUPERVISOR]));
    CHECK(is_taped(RIGHT, 5200, periods[OPERATOR]) && is_taped(RIGHT, 5200, periods[SUPERVISOR]));
    CHECK(unlink(path) == 0 && rmdir(folder) == 0);
}

int main(void)
{
    RUN(in_all_codecs_of_the_supervisor_and_the_two);
    RUN(a_third_who_comes_and_goes_costs_no_sample);
    RUN(while_a_third_speaks_the_partner_keeps_its_time);
    RUN(what_is_whispered_comes_through_while_the_caller_sends_nothing);
    RUN(our_words_to_one_are_heard_beside_the_others_and_by_nobody_else);
    RUN(a_gain_makes_it_louder_or_quieter_at_any_time);
    RUN(three_without_a_bridge_hear_each_other);
    RUN(the_recording_goes_on_with_the_person_and_has_no_whisper);
    RUN(a_leg_that_closes_is_heard_no_more_and_hears_no_more);
    RUN(whom_one_cannot_hear_is_refused_and_counted);
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* hush_test.c - silence left out while an answer is awaited: the beat driven by hand, a telephone
 * of the test's own, a clock of its own. */
#include <arpa/inet.h>
#include <math.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/g711.h"
#include "check.h"
#include "core/command.h"
#include "free_ports.h"
#include "media/hush.h"
#include "media/thread.h"
#include "wire/rtp.h"

enum { BEAT_NS = 5000000, BEAT_SAMPLES = 40, LEG = 0x10000 };

static struct clip_table *clips;
static struct ports ports;
static struct mailbox *events, *answers;
static struct recorder *recorder;
static struct media_thread *thread;
static uint64_t now_ns;
static uint16_t first_port;
static char directory[] = "/tmp/offhook-hush-XXXXXX";
static struct event closed;

/* The telephone, and what it got last. */
static int phone;
static uint32_t spoken; /* Packets that it sent. */
static uint32_t beats;  /* Since the beginning. */
static uint32_t came;   /* In the last beat. */
static struct rtp_packet last, before;
static bool last_loud;
static uint32_t last_beat, overlaps;

static void begin(bool hushes, bool capture)
{
    struct media_thread_options options = {
        .threads = 1, .legs = 1, .ports = &ports, .plain = true, .hushes = hushes};
    struct sockaddr_in here = {.sin_family = AF_INET};
    struct command open = {.kind = MEDIA_OPEN, .call = LEG, .leg = LEG};
    char why[256] = "", remote[32];

    CHECK(clip_table_open(&clips, 32) == 0 && mailbox_open(&events, "core", 65536) == 0 &&
          mailbox_open(&answers, "answers", 4096) == 0);
    CHECK(recorder_open(&recorder, directory, 1, 1, NULL, why, sizeof why) == 0);
    first_port = free_ports(16);
    CHECK(ports_open(&ports, "127.0.0.1", first_port, 1, 8, why, sizeof why) == 0);
    ports.own = (struct own){0};
    options.clips = clips;
    options.events = events;
    options.answers = answers;
    options.recorder = recorder;
    CHECK(thread_open(&thread, &options) == 0);
    inet_pton(AF_INET, "127.0.0.1", &here.sin_addr);
    here.sin_port = htons((uint16_t)(first_port + 10));
    phone = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    CHECK(phone >= 0 && bind(phone, (struct sockaddr *)&here, sizeof here) == 0);
    snprintf(remote, sizeof remote, "127.0.0.1:%u", first_port + 10);
    open.media.remote = text_of(remote);
    open.media.seed = 1;
    open.media.capture = capture;
    open.media.name = TEXT("hush");
    CHECK(command_post(thread_mailbox(thread), &open) == MAILBOX_OK);
    now_ns = clock_ns();
    spoken = beats = overlaps = last_beat = 0;
    last = (struct rtp_packet){0};
}

static void end(void)
{
    recorder_close(recorder);
    thread_close(thread);
    ports_close(&ports);
    mailbox_close(events);
    mailbox_close(answers);
    clip_table_close(clips);
    close(phone);
}

static int16_t buzz_at(uint32_t i)
{
    double v = 0;

    for (int h = 1; h < 10; h++)
        v += 2500.0 / h * sin(2 * M_PI * 150 * h * i / 8000.0);
    return (int16_t)v;
}

static void phone_says(bool loud)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(first_port)};
    struct rtp_packet packet = {
        .sequence = (uint16_t)spoken, .timestamp = spoken * FRAME_SAMPLES, .ssrc = 5};
    uint8_t bytes[RTP_HEADER + FRAME_SAMPLES];
    int16_t samples[FRAME_SAMPLES] = {0};

    for (uint32_t i = 0; loud && i < FRAME_SAMPLES; i++)
        samples[i] = buzz_at(spoken * FRAME_SAMPLES + i);
    spoken++;
    rtp_write_header(&packet, bytes);
    g711_ulaw_encode(samples, bytes + RTP_HEADER, FRAME_SAMPLES);
    inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    CHECK(sendto(phone, bytes, sizeof bytes, 0, (struct sockaddr *)&to, sizeof to) > 0);
}

static void phone_hears(void)
{
    uint8_t bytes[2000];
    struct rtp_packet packet;
    ssize_t size;

    came = 0;
    while ((size = recv(phone, bytes, sizeof bytes, 0)) > 0) {
        CHECK(rtp_read(bytes, (size_t)size, &packet));
        if (last_beat > 0) {
            CHECK(packet.sequence == (uint16_t)(last.sequence + 1));
            overlaps += (int32_t)(packet.timestamp - last.timestamp) < FRAME_SAMPLES;
        }
        before = last;
        last = packet;
        last_loud = packet.payload_size == FRAME_SAMPLES && packet.payload[50] != G711_ULAW_SILENCE;
        last_beat = beats;
        came++;
    }
}

/* 5 ms. */
static void beat(bool loud)
{
    static uint8_t message[MAX_PACKED];
    size_t size;

    if (beats % 4 == 0)
        phone_says(loud);
    beats++;
    now_ns += BEAT_NS;
    thread_beat(thread, now_ns);
    phone_hears();
    while ((size = mailbox_take(events, message, sizeof message)) > 0) {
        struct event event;
        CHECK(event_unpack(message, size, &event));
        if (event.kind == MEDIA_CLOSED)
            closed = event;
    }
}

static uint32_t run_ms(uint32_t ms, bool loud)
{
    uint32_t packets = 0;

    for (uint32_t i = 0; i < ms / 5; i++) {
        beat(loud);
        packets += came;
    }
    return packets;
}

static void answer(uint32_t utterance, uint32_t ms)
{
    struct command play = {.kind = MEDIA_PLAY, .call = LEG, .leg = LEG};

    play.play.utterance = utterance;
    play.play.clip = clip_new(clips, 80000);
    for (uint32_t i = 0; i < ms * 8; i++) {
        int16_t sample = buzz_at(i);
        clip_append(clips, play.play.clip, &sample, 1);
    }
    clip_finish(clips, play.play.clip);
    CHECK(command_post(thread_mailbox(thread), &play) == MAILBOX_OK);
}

static void three_silent_frames_go_first_then_none_for_almost_a_second(void)
{
    struct hush hush = {0};
    uint32_t left_out = 0;

    CHECK(!hush_leaves_out(&hush, true));
    for (uint32_t i = 0; i < 100; i++)
        CHECK(!hush_leaves_out(&hush, false)); /* Nobody awaits anything. */
    CHECK(!hush_leaves_out(&hush, true));
    hush_set(&hush, true);
    for (uint32_t i = 0; i < 200; i++) {
        bool out = hush_leaves_out(&hush, false);
        CHECK(out == (i >= HUSH_AFTER && i < HUSH_AFTER + HUSH_MOST));
        left_out += out;
    }
    CHECK(left_out == HUSH_MOST);
    hush_set(&hush, true);
    CHECK(hush_leaves_out(&hush, false));
    hush_set(&hush, false);
    CHECK(!hush_leaves_out(&hush, false)); /* The caller goes on. */
}

static void an_answer_goes_out_when_it_comes_wherever_its_turn_is(void)
{
    begin(true, false);
    run_ms(3000, false); /* The turn is moved to where the telephone's packets come. */
    for (uint32_t wait = 0; wait < 8; wait++) {
        run_ms(600, true);
        run_ms(300, false);
        CHECK(run_ms(200 + 5 * wait, false) == 0);
        uint32_t quiet_since = last_beat;
        uint32_t stamp = last.timestamp;
        answer(wait + 1, 400);
        beat(false);
        CHECK(came == 1 && last.marker && last_loud); /* Within the beat. */
        /* Its timestamp tells when: to a beat, and what the lead before was. */
        int32_t passed = (int32_t)(last.timestamp - stamp);
        int32_t real = (int32_t)((last_beat - quiet_since) * BEAT_SAMPLES);
        CHECK(passed <= real && passed > real - FRAME_SAMPLES);
        CHECK(run_ms(400, false) >= 19);
        CHECK(run_ms(20, false) <= 1 && !last.marker);
    }
    CHECK(overlaps == 0);
    end();
}

/* The first gives a lead of up to a frame; it is not added up. */
static void timestamps_do_not_run_away(void)
{
    begin(true, false);
    run_ms(3000, false);
    uint32_t stamp = last.timestamp, at = last_beat;
    for (uint32_t i = 0; i < 20; i++) {
        run_ms(300, true);
        run_ms(505 + 5 * (i % 4), false);
        answer(i + 1, 200);
        run_ms(400, false);
    }
    int32_t ahead = (int32_t)(last.timestamp - stamp - (last_beat - at) * BEAT_SAMPLES);
    CHECK(ahead > -FRAME_SAMPLES && ahead <= FRAME_SAMPLES && overlaps == 0);
    end();
}

static void silence_is_sent_where_that_is_wanted(void)
{
    begin(false, false);
    run_ms(600, true);
    CHECK(run_ms(1000, false) >= 49);
    end();
}

static void nothing_is_left_out_before_anybody_has_spoken_or_for_long(void)
{
    begin(true, false);
    CHECK(run_ms(1000, false) >= 49);
    run_ms(600, true);
    run_ms(300, false);
    CHECK(run_ms(700, false) == 0);
    run_ms(400, false);
    CHECK(run_ms(1000, false) >= 49);
    end();
}

/* Returns its frames, and how many of the agent's samples in it are loud. */
static uint32_t capture_a_call(bool hushes, uint32_t *loud)
{
    static uint8_t bytes[1 << 20];
    char path[256];
    int16_t sample;

    begin(hushes, true);
    run_ms(600, true);
    run_ms(505, false);
    answer(1, 400);
    run_ms(995, false);
    CHECK(command_post(thread_mailbox(thread),
                       &(struct command){.kind = MEDIA_CLOSE, .call = LEG, .leg = LEG}) ==
          MAILBOX_OK);
    run_ms(100, false);
    end();
    snprintf(path, sizeof path, "%s/hush.au", directory);
    FILE *file = fopen(path, "rb");
    CHECK(file);
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    unlink(path);
    CHECK(size > 2 * 100 * FRAME_SAMPLES);
    *loud = 0;
    for (size_t i = size - 2 * 100 * FRAME_SAMPLES + 1; i < size; i += 2) {
        g711_ulaw_decode(bytes + i, &sample, 1);
        *loud += abs(sample) > 100;
    }
    return closed.closed.captured;
}

static void a_capture_keeps_its_time_and_has_the_whole_answer(void)
{
    uint32_t loud, loud_before;
    uint32_t frames = capture_a_call(false, &loud_before);

    CHECK(frames >= 104 && frames <= 107);
    CHECK(capture_a_call(true, &loud) == frames);
    CHECK(loud == loud_before && loud > 2000);
}

int main(void)
{
    CHECK(mkdtemp(directory));
    RUN(three_silent_frames_go_first_then_none_for_almost_a_second);
    RUN(an_answer_goes_out_when_it_comes_wherever_its_turn_is);
    RUN(timestamps_do_not_run_away);
    RUN(silence_is_sent_where_that_is_wanted);
    RUN(nothing_is_left_out_before_anybody_has_spoken_or_for_long);
    RUN(a_capture_keeps_its_time_and_has_the_whole_answer);
    rmdir(directory);
    return 0;
}

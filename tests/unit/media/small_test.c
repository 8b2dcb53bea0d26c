// SPDX-License-Identifier: Apache-2.0
/* small_test.c - G.711, ports, concealment, the outbox, captures. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/g711.h"
#include "check.h"
#include "media/capture.h"
#include "media/conceal.h"
#include "media/lateness.h"
#include "media/law.h"
#include "media/outbox.h"
#include "media/ports.h"
#include "wire/au.h"

/* ---- Ports ---- */

static void ports_of_the_kernels_own_range_are_refused_unless_reserved(void)
{
    const struct text range = TEXT("32768\t60999\n");

    CHECK(ports_are_ours(range, TEXT("\n"), 16384, 32767));
    CHECK(!ports_are_ours(range, TEXT("\n"), 16384, 32768));
    CHECK(!ports_are_ours(range, TEXT("\n"), 60998, 61100));
    CHECK(ports_are_ours(range, TEXT("\n"), 61000, 65535));
    CHECK(ports_are_ours(range, TEXT("8080,40000-42000\n"), 40000, 42000));
    CHECK(!ports_are_ours(range, TEXT("8080,40000-41999\n"), 40000, 42000));
    CHECK(!ports_are_ours(range, TEXT("40000"), 40000, 40001));
    CHECK(ports_are_ours(TEXT(""), TEXT(""), 40000, 40001)); /* Unknown: binding will tell. */
}

static void what_stands_against_the_ports_is_said_with_the_cure(void)
{
    struct ports ports;
    char why[256];

    CHECK(ports_open(&ports, "127.0.0.1", 40000, 4, 8, why, sizeof why) < 0);
    CHECK(strstr(why, "ephemeral") && strstr(why, "sysctl -w"));
    CHECK(ports_open(&ports, "127.0.0.1", 24001, 4, 8, why, sizeof why) < 0);
    CHECK(strstr(why, "even"));
    CHECK(ports_open(&ports, "media.example", 24000, 4, 8, why, sizeof why) < 0);
    CHECK(strstr(why, "media.example"));
    CHECK(ports_open(&ports, "127.0.0.1", 25800, 4, 8, why, sizeof why) == 0);
    struct ports second;
    CHECK(ports_open(&second, "127.0.0.1", 25804, 4, 8, why, sizeof why) < 0);
    CHECK(strstr(why, "25804") && second.count == 0);
    ports_close(&ports);
    CHECK(ports_open(&second, "127.0.0.1", 25804, 4, 8, why, sizeof why) == 0 && second.count == 4);
    ports_close(&second);
}

/* ---- Concealment ---- */

static double level_of(const int16_t *samples)
{
    double sum = 0;

    for (int i = 0; i < FRAME_SAMPLES; i++)
        sum += (double)samples[i] * samples[i];
    return sqrt(sum / FRAME_SAMPLES);
}

static void wave(int16_t *out, uint32_t from, double hertz)
{
    for (uint32_t i = 0; i < FRAME_SAMPLES; i++) {
        double t = (from + i) / 8000.0;
        out[i] = (int16_t)(6000 * sin(2 * M_PI * hertz * t) + 3000 * sin(4 * M_PI * hertz * t));
    }
}

static void a_gap_in_a_vowel_goes_on_in_its_pitch_and_fades_in_60_ms(void)
{
    static const double pitches[] = {60, 110, 137, 190, 250};
    struct conceal conceal;
    int16_t room[CONCEAL_ROOM];
    int16_t samples[FRAME_SAMPLES], real[FRAME_SAMPLES];

    for (int p = 0; p < 5; p++) {
        double error = 0;
        conceal_init(&conceal, 1, room);
        for (uint32_t f = 0; f < 10; f++) {
            wave(samples, f * FRAME_SAMPLES, pitches[p]);
            conceal_heard(&conceal, samples);
        }
        double whole = level_of(samples);
        conceal_missing(&conceal, samples);
        wave(real, 10 * FRAME_SAMPLES, pitches[p]);
        for (int i = 0; i < 80; i++)
            error += pow(samples[i] - real[i], 2) / 80;
        CHECK(sqrt(error) < 0.25 * whole);
        CHECK(level_of(samples) > 0.7 * whole);
        conceal_missing(&conceal, samples);
        CHECK(level_of(samples) > 0.2 * whole && level_of(samples) < 0.8 * whole);
        conceal_missing(&conceal, samples);
        conceal_missing(&conceal, samples);
        CHECK(level_of(samples) == 0);
    }
}

static void sound_after_a_gap_begins_without_a_step(void)
{
    struct conceal conceal;
    int16_t room[CONCEAL_ROOM];
    int16_t samples[FRAME_SAMPLES], last;

    conceal_init(&conceal, 1, room);
    for (uint32_t f = 0; f < 5; f++) {
        wave(samples, f * FRAME_SAMPLES, 100);
        conceal_heard(&conceal, samples);
    }
    conceal_missing(&conceal, samples);
    last = samples[FRAME_SAMPLES - 1];
    for (int i = 0; i < FRAME_SAMPLES; i++)
        samples[i] = 8000;
    conceal_heard(&conceal, samples);
    CHECK(abs(samples[0] - last) < 1500 && samples[60] == 8000);
}

/* ---- Outbox ---- */

static void events_wait_in_order_and_voice_edges_are_the_first_to_be_lost(void)
{
    struct mailbox *core;
    struct outbox outbox;
    struct event event = {.kind = MEDIA_KEY};
    static uint8_t bytes[MAX_PACKED];
    uint32_t keys = 0, voices = 0;
    size_t size;

    CHECK(mailbox_open(&core, "core", 64) == 0);
    CHECK(outbox_open(&outbox, core, 4) == 0);
    while (outbox.count == 0) /* The mailbox fills up. */
        outbox_put(&outbox, &event);
    event.kind = MEDIA_VOICE;
    outbox_put(&outbox, &event);
    event.kind = MEDIA_KEY;
    for (event.leg = 1; event.leg <= 3; event.leg++)
        outbox_put(&outbox, &event);
    CHECK(outbox.count == 4 && outbox.lost == 1); /* The voice edge made room. */
    event.kind = MEDIA_VOICE;
    outbox_put(&outbox, &event);
    CHECK(outbox.lost == 2 && !outbox_has_room(&outbox));
    for (uint32_t last = 0; (size = mailbox_take(core, bytes, sizeof bytes)) > 0;) {
        CHECK(event_unpack(bytes, size, &event));
        keys += event.kind == MEDIA_KEY;
        voices += event.kind == MEDIA_VOICE;
        CHECK(event.leg >= last);
        last = event.leg;
        outbox_flush(&outbox);
    }
    CHECK(voices == 0 && keys >= 4 && outbox.count == 0);
    outbox_close(&outbox);
    mailbox_close(core);
}

/* ---- Captures ---- */

static char directory[] = "/tmp/offhook-capture-XXXXXX";

static size_t read_file(const char *name, uint8_t *out, size_t size)
{
    char path[256];

    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "rb");
    CHECK(file);
    size_t got = fread(out, 1, size, file);
    fclose(file);
    unlink(path);
    return got;
}

static off_t size_of(const char *name)
{
    char path[256];
    struct stat status;

    snprintf(path, sizeof path, "%s/%s", directory, name);
    return stat(path, &status) == 0 ? status.st_size : 0;
}

static void put_frames(struct capture *capture, uint32_t count, uint32_t from)
{
    uint8_t sent[FRAME_SAMPLES];

    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t k = 0; k < FRAME_SAMPLES; k++) {
            capture->heard[k] = (uint8_t)((from + i + k) % 100);
            sent[k] = (uint8_t)(100 + (from + i + k) % 100);
        }
        capture_put(capture, sent);
        (void)recorder_collect(capture->recorder, 0);
        usleep(200);
    }
}

static void both_sides_are_on_disk_in_their_order(void)
{
    static uint8_t bytes[400000];
    struct recorder *recorder;
    struct capture capture;
    char why[256];

    CHECK(mkdtemp(directory));
    CHECK(recorder_open(&recorder, directory, 8, 1, NULL, why, sizeof why) == 0);
    capture_start(&capture, recorder, 0, 5, CODEC_PCMU, TEXT("../a/b"));
    put_frames(&capture, 300, 0);
    CHECK(capture_kept(&capture) == 300 && capture_lost(&capture) == 0);
    while (!capture_stop(&capture))
        usleep(1000);
    capture_start(&capture, recorder, 0, 5, CODEC_PCMA, TEXT("../a/b"));
    while (!capture_stop(&capture))
        usleep(1000);
    recorder_close(recorder);
    size_t size = read_file("_._a_b.au", bytes, sizeof bytes);
    CHECK(size == AU_HEADER + 300 * CAPTURE_FRAME && memcmp(bytes, ".snd", 4) == 0);
    for (uint32_t i = 0; i < 300 * CAPTURE_FRAME; i++)
        CHECK(bytes[AU_HEADER + i] ==
              (i % 2 ? 100 : 0) + (i / CAPTURE_FRAME + i % CAPTURE_FRAME / 2) % 100);
    CHECK(read_file("_._a_b-2.au", bytes, sizeof bytes) == AU_HEADER && bytes[15] == AU_PCMA);
}

static void what_cannot_be_kept_becomes_silence_of_the_same_length(void)
{
    static uint8_t bytes[400000];
    enum { BUFFERS = 14, BEFORE = 388, AFTER = 20 }; /* Frames */
    enum { KEPT = BUFFERS * CAPTURE_BYTES, LOST_TO = AU_HEADER + BEFORE * CAPTURE_FRAME };
    struct recorder *recorder;
    struct capture capture;
    uint8_t sent[FRAME_SAMPLES] = {0};
    char why[256];

    CHECK(recorder_open(&recorder, directory, 1, 1, NULL, why, sizeof why) == 0);
    capture_start(&capture, recorder, 0, 0, CODEC_PCMU, TEXT("owed"));
    memset(capture.heard, 0, sizeof capture.heard);
    for (uint32_t i = 0; i < BEFORE; i++) {
        capture_put(&capture, sent); /* No buffer is taken back meanwhile. */
        usleep(200);
    }
    CHECK(capture_kept(&capture) == KEPT / CAPTURE_FRAME);
    CHECK(capture_kept(&capture) + capture_lost(&capture) == BEFORE);
    while (size_of("owed.au") < KEPT)
        usleep(1000);
    usleep(100000); /* Written, and its return posted. */
    CHECK(recorder_collect(recorder, 0) == 0);
    for (uint32_t i = 0; i < AFTER; i++)
        capture_put(&capture, sent);
    while (!capture_stop(&capture))
        usleep(1000);
    recorder_close(recorder);
    CHECK(read_file("owed.au", bytes, sizeof bytes) == LOST_TO + AFTER * CAPTURE_FRAME);
    for (uint32_t i = AU_HEADER; i < LOST_TO + AFTER * CAPTURE_FRAME; i++)
        CHECK(bytes[i] == (i >= KEPT && i < LOST_TO ? G711_ULAW_SILENCE : 0));
}

static long resident_pages(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");

    CHECK(file && fscanf(file, "%*d %ld", &pages) == 1);
    fclose(file);
    return pages;
}

static void memory_of_a_standstill_is_given_back(void)
{
    enum {
        LEGS = 1000,
        BUFFERS = (LEGS + 1) * 3 + 8,
        FRAMES = BUFFERS * CAPTURE_BYTES / CAPTURE_FRAME
    };
    struct recorder *recorder;
    struct capture capture;
    uint8_t sent[FRAME_SAMPLES] = {0};
    char path[256], why[256];

    CHECK(recorder_open(&recorder, directory, LEGS, 1, NULL, why, sizeof why) == 0);
    capture_start(&capture, recorder, 0, 0, CODEC_PCMU, TEXT("stood"));
    memset(capture.heard, 0, sizeof capture.heard);
    long before = resident_pages();
    for (uint32_t i = 0; i < FRAMES - 100; i++)
        capture_put(&capture, sent); /* Nothing is taken back: each buffer is used once. */
    while (!capture_stop(&capture))
        usleep(1000);
    while (size_of("stood.au") < AU_HEADER + (FRAMES - 100) * CAPTURE_FRAME)
        usleep(1000);
    CHECK(resident_pages() - before < BUFFERS); /* Each has two. */
    recorder_close(recorder);
    snprintf(path, sizeof path, "%s/stood.au", directory);
    unlink(path);
}

static void a_directory_that_cannot_be_written_is_said_at_the_start(void)
{
    struct recorder *recorder;
    char why[256];

    CHECK(recorder_open(&recorder, "/proc/no/such", 8, 1, NULL, why, sizeof why) < 0);
    CHECK(strstr(why, "/proc/no/such"));
}

/* ---- Lateness ---- */

/* Seconds of 200 beats, so many of each begun late; how often it was said. */
static uint32_t said_late(struct lateness *lateness, uint64_t *now_ns, uint32_t seconds,
                          uint32_t late)
{
    uint32_t said = 0, permille = 0;

    for (uint32_t i = 0; i < 200 * seconds; i++) {
        *now_ns += 5000000;
        said += lateness_count(lateness, *now_ns, i % 200 < late, &permille);
    }
    return said;
}

static void a_thread_is_late_after_three_bad_seconds_until_a_better_one(void)
{
    struct lateness lateness = {0};
    uint64_t now_ns = 7;

    CHECK(said_late(&lateness, &now_ns, 10, 19) == 0);
    CHECK(said_late(&lateness, &now_ns, 2, 200) == 0); /* A stall. */
    CHECK(said_late(&lateness, &now_ns, 3, 0) == 0);
    CHECK(said_late(&lateness, &now_ns, 6, 40) == 3); /* Seconds are not cut where ours are. */
    CHECK(said_late(&lateness, &now_ns, 5, 40) == 5);
    (void)said_late(&lateness, &now_ns, 1, 10);
    CHECK(said_late(&lateness, &now_ns, 10, 10) == 0);
}

/* ---- G.711 in two widths ---- */

static void both_laws_are_those_of_the_base_for_every_sample_and_byte(void)
{
    static int16_t linear[65536], mine[256], theirs[256];
    static uint8_t bytes[256], coded[65536], expected[65536];

    for (uint32_t i = 0; i < 65536; i++)
        linear[i] = (int16_t)(i - 32768);
    for (uint32_t i = 0; i < 256; i++)
        bytes[i] = (uint8_t)i;
    law_encode(CODEC_PCMU, linear, coded, 65536);
    g711_ulaw_encode(linear, expected, 65536);
    CHECK(memcmp(coded, expected, sizeof coded) == 0);
    law_encode(CODEC_PCMA, linear, coded, 65536);
    g711_alaw_encode(linear, expected, 65536);
    CHECK(memcmp(coded, expected, sizeof coded) == 0);
    law_decode(CODEC_PCMU, bytes, mine, 256);
    g711_ulaw_decode(bytes, theirs, 256);
    CHECK(memcmp(mine, theirs, sizeof mine) == 0);
    law_decode(CODEC_PCMA, bytes, mine, 256);
    g711_alaw_decode(bytes, theirs, 256);
    CHECK(memcmp(mine, theirs, sizeof mine) == 0);
}

int main(void)
{
    RUN(both_laws_are_those_of_the_base_for_every_sample_and_byte);
    RUN(ports_of_the_kernels_own_range_are_refused_unless_reserved);
    RUN(what_stands_against_the_ports_is_said_with_the_cure);
    RUN(a_gap_in_a_vowel_goes_on_in_its_pitch_and_fades_in_60_ms);
    RUN(sound_after_a_gap_begins_without_a_step);
    RUN(events_wait_in_order_and_voice_edges_are_the_first_to_be_lost);
    RUN(both_sides_are_on_disk_in_their_order);
    RUN(what_cannot_be_kept_becomes_silence_of_the_same_length);
    RUN(a_thread_is_late_after_three_bad_seconds_until_a_better_one);
    RUN(memory_of_a_standstill_is_given_back);
    RUN(a_directory_that_cannot_be_written_is_said_at_the_start);
    rmdir(directory);
    return 0;
}
